"""A decision that a panel votes on, told from the call itself: whoever votes need not believe who shows it."""

from __future__ import annotations

from collections.abc import Mapping

from chain.errors.evaluation import ActUnlike
from chain.rules import act_hash
from chain.transactions import Call
from chain.types import DisqualificationReason, to_hex

__all__ = ["told"]

_DECIDES = ("AwardDesk", "EvaluationDesk")


def told(
    number: int, act: str, contract: str, data: bytes, *, chain_id: int, addresses: Mapping[str, str]
) -> str:
    """What ``act`` (0x hash) on a tender would do, in words; ``data``: calldata that it is said to be the hash of. Raises ActUnlike where
    it is not, CallUnknown, CallInvalid."""
    made = to_hex(act_hash(chain_id, addresses[contract], data)) if contract in _DECIDES else contract[:80]
    if made != act:
        raise ActUnlike(number, act, made)
    return _words(Call.from_data(contract, data))


def _words(call: Call) -> str:
    tender, args = int.from_bytes(call.args[0], "big"), call.args
    if call.function == "decideTechnical":
        failed = ", ".join(
            f"bid {bid} fails ({DisqualificationReason(reason).word})"
            for bid, reason in zip(args[1], args[2], strict=True)
        )
        return f"technical result of tender {tender}: {failed or 'all pass'}; document {args[3].hex()}"
    if call.function == "award":
        return f"award lot {args[1]} of tender {tender} to bid {args[3][0]}; document {args[4].hex()}"
    if call.function == "disqualify":
        reason = DisqualificationReason(args[3]).word
        return f"disqualify bid {args[2]} for lot {args[1]} of tender {tender}: {reason}; document {args[4].hex()}"
    return f"{call.function} of tender {tender}"
