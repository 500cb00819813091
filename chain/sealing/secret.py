"""Numbers that must not be shown, and are overwritten when they have served."""

from __future__ import annotations

from typing import NoReturn

from chain.errors.sealing import SecretErased
from chain.sealing.group import number, word

__all__ = ["Secret"]


class Secret:
    """A secret of 32 bytes: absent from ``repr``, ``str``, logs and tracebacks, not to be pickled or compared.

    ``erase`` overwrites the bytes that this object holds. What Python made of them meanwhile cannot be reached: integers and
    ``bytes`` of a computation are freed, not overwritten, and the system may have written memory to disk. Erasing shortens the
    time in which a stolen process image tells the secret; it is no proof against one who holds the machine.
    """

    __slots__ = ("_held",)

    def __init__(self, value: bytes) -> None:
        self._held = bytearray(value)

    @classmethod
    def of(cls, value: int) -> Secret:
        """From a number below 2^256."""
        return cls(word(value))

    @property
    def raw(self) -> bytes:
        """The secret, 32 bytes. Raises SecretErased."""
        if not self._held:
            raise SecretErased()
        return bytes(self._held)

    @property
    def number(self) -> int:
        """The secret as a number. Raises SecretErased."""
        return number(self.raw)

    @property
    def erased(self) -> bool:
        """Whether it is gone."""
        return not self._held

    def erase(self) -> None:
        """Overwrites the secret with zeros and lets it go; to repeat it does nothing."""
        for place in range(len(self._held)):
            self._held[place] = 0
        self._held = bytearray()

    def __repr__(self) -> str:
        return "<erased secret>" if self.erased else "<secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
