"""Several rules broken at once: which one is named, and which next once it is mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from chain.errors.base import LicitaError

Fix = tuple[LicitaError, Mapping[str, Any]]
"""The refusal that is expected, and the arguments that mend it."""


def require_order(check: Callable[..., None], wrong: Mapping[str, Any], fixes: Sequence[Fix]) -> None:
    """Everything is wrong, then one thing after the other is put right in the order of the contract; at last nothing is refused."""
    given = dict(wrong)
    for expected, fix in fixes:
        with pytest.raises(type(expected)) as caught:
            check(**given)
        assert caught.value.facts == expected.facts
        given |= fix
    check(**given)
