"""A question that a supplier hands to an enquiry desk, which asks it without naming the supplier.

The file says who asks; the chain gets its tag alone. Salt and signature stay with supplier and desk until bidding is over, and the desk
owes them to the auditor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chain.errors.chain import TransactionInvalid
from chain.errors.procurement import HandedQuestionWrong
from chain.rules import asker_tag, canonical
from chain.transactions import checksum
from chain.transactions.signing import message_signer, sign_message
from chain.types import from_hex, to_hex

__all__ = ["SALT", "HandedQuestion"]

SALT = 32
"""Random bytes in a tag: without them anybody could try all suppliers."""


@dataclass(frozen=True)
class HandedQuestion:
    """What is asked, for which supplier, and the signature of one of its accounts (EIP-191, 65 bytes) over all of it."""

    chain_id: int
    board: str
    tender: int
    supplier: bytes
    account: str
    salt: bytes
    title: str
    description: str
    lot: str | None = None
    item: str | None = None
    signature: bytes = b""

    @property
    def tag(self) -> bytes:
        """What the chain gets of who asks, 32 bytes."""
        return asker_tag(self.chain_id, self.board, self.tender, self.supplier, self.salt)

    @property
    def message(self) -> bytes:
        """What is signed: the canonical JSON of everything but the signature."""
        return canonical(self._said())

    def signed(self, key: bytes) -> HandedQuestion:
        """The same with the signature of the account's key. Raises HandedQuestionWrong where the key is another account's."""
        return replace(self, signature=sign_message(self.message, key)).checked(
            self.chain_id, self.board, self.tender
        )

    def checked(self, chain_id: int, board: str, tender: int) -> HandedQuestion:
        """Itself. Raises HandedQuestionWrong where it is of another tender or network, or the account did not sign it."""
        for part, said, wanted in (
            ("chainId", self.chain_id, chain_id), ("board", self.board, checksum(board)), ("tender", self.tender, tender),
        ):  # fmt: skip
            if said != wanted:
                raise HandedQuestionWrong(part)
        try:
            signer = message_signer(self.message, self.signature)
        except TransactionInvalid:
            raise HandedQuestionWrong("signature") from None
        if signer != self.account:
            raise HandedQuestionWrong("signature")
        return self

    def to_json(self) -> bytes:
        """The file: canonical JSON."""
        return canonical(self._said() | {"signature": to_hex(self.signature)}) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> HandedQuestion:
        """Reads the file. Raises HandedQuestionWrong."""
        try:
            found = json.loads(data)
            asked: Mapping[str, Any] = found["question"]
            read = cls(
                int(found["chainId"]), checksum(found["board"]), int(found["tender"]), from_hex(found["supplier"]),
                checksum(found["account"]), from_hex(found["salt"]), asked["title"], asked["description"],
                asked.get("relatedLot"), asked.get("relatedItem"), from_hex(found["signature"]),
            )  # fmt: skip
            if (
                read.to_json().strip() != canonical(found)
                or len(read.supplier) != 32
                or len(read.salt) != SALT
            ):
                raise HandedQuestionWrong("file")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise HandedQuestionWrong("file") from None
        return read

    def _said(self) -> dict[str, Any]:
        question = {
            "title": self.title, "description": self.description, "relatedLot": self.lot, "relatedItem": self.item,
        }  # fmt: skip
        return {
            "chainId": self.chain_id, "board": self.board, "tender": self.tender, "supplier": to_hex(self.supplier),
            "account": self.account, "salt": to_hex(self.salt),
            "question": {name: value for name, value in question.items() if value is not None},
        }  # fmt: skip
