"""An evaluator's scores on its own machine: committed to by a hash, kept until it is time to reveal, then shown page by page.

    sheet = ScoreSheet.draw(round, "0x...", {0: {"quality": 80}, 2: {"quality": 55}})

Nothing of a sheet but its commitment is sent before the time to commit is over; the salt keeps the points from being guessed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.contracts import EvaluationDeskPointsInvalid
from chain.errors.evaluation import PointsFileWrong, PointsMissing, PointsUnknown, ScoresOther
from chain.errors.sealing import LockedFileInvalid
from chain.rules.evaluation import PAGE, pages_of, word_of
from chain.rules.hashes import page_hash, scores_commitment
from chain.rules.nesting import is_too_deep
from chain.sealing.group import Draw
from chain.sealing.locked import COST, lock, unlock
from chain.sealing.secret import Secret
from chain.types import Criterion, from_hex, to_hex

__all__ = ["Points", "Round", "ScoreSheet", "points_form", "read_points"]

Points = Mapping[int, Mapping[str, int]]
"""Index of a bid -> id of a criterion -> points."""

_KIND = "evaluation-scores"


@dataclass(frozen=True)
class Round:
    """What scores of a tender are given in: ``desk``: address of EvaluationDesk, ``bids``: suppliers that ever sent a bid, ``opened``:
    indexes of those whose technical envelope is open, rising."""

    chain_id: int
    desk: str
    tender: int
    round: int
    bids: int
    opened: tuple[int, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class ScoreSheet:
    """The scores of one evaluator in one round. ``pages``: the words of each page, one an open bid; ``salt``: 32 bytes."""

    chain_id: int
    desk: str
    tender: int
    round: int
    evaluator: str
    pages: tuple[tuple[int, ...], ...]
    salt: Secret

    @classmethod
    def draw(
        cls, round_: Round, evaluator: str, points: Points, draw: Draw = secrets.token_bytes
    ) -> ScoreSheet:
        """Scores with a fresh salt. Raises PointsMissing, PointsUnknown, EvaluationDeskPointsInvalid."""
        pages = _pages(round_, points)
        return cls(
            round_.chain_id, round_.desk, round_.tender, round_.round, evaluator, pages, Secret(draw(32))
        )

    @property
    def page_hashes(self) -> list[bytes]:
        """Of each page, 32 bytes."""
        return [page_hash(words) for words in self.pages]

    @property
    def commitment(self) -> bytes:
        """What is sent first, 32 bytes. Raises SecretErased."""
        return scores_commitment(
            self.chain_id, self.desk, self.tender, self.round, self.evaluator, self.page_hashes, self.salt.raw
        )

    def require_for(self, due: Round, evaluator: str) -> None:
        """Raises ScoresOther where the scores are not for this round and account."""
        pairs = {
            "network": (self.chain_id, due.chain_id), "desk": (self.desk.lower(), due.desk.lower()), "tender": (self.tender, due.tender),
            "round": (self.round, due.round), "evaluator": (self.evaluator.lower(), evaluator.lower()),
        }  # fmt: skip
        for field, (kept, wanted) in pairs.items():
            if kept != wanted:
                raise ScoresOther(field, str(kept), str(wanted))

    def encrypted(self, passphrase: str, draw: Draw = secrets.token_bytes, cost: int = COST) -> bytes:
        """The file that the evaluator keeps. Raises SecretErased."""
        payload = {
            "chainId": self.chain_id, "desk": self.desk, "tender": self.tender, "round": self.round, "evaluator": self.evaluator,
            "pages": [[hex(word) for word in words] for words in self.pages], "salt": to_hex(self.salt.raw),
        }  # fmt: skip
        return lock(_KIND, payload, passphrase, draw, cost)

    @classmethod
    def decrypted(cls, data: bytes, passphrase: str) -> ScoreSheet:
        """Reads the file. Raises LockedFileInvalid, LockedFileRefused."""
        kept = unlock(_KIND, data, passphrase)
        try:
            pages = tuple(tuple(int(word, 16) for word in words) for words in kept["pages"])
            return cls(
                int(kept["chainId"]), str(kept["desk"]), int(kept["tender"]), int(kept["round"]), str(kept["evaluator"]), pages,
                Secret(from_hex(kept["salt"])),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, LicitaError):
            raise LockedFileInvalid(_KIND, "its content is of another version") from None

    def erase(self) -> None:
        """Overwrites the salt."""
        self.salt.erase()


def points_form(round_: Round) -> bytes:
    """A file to fill in: every open bid with each criterion, null for the points."""
    rows = {str(index): {each.id: None for each in round_.criteria} for index in round_.opened}
    return json.dumps(rows, indent=2, ensure_ascii=False).encode() + b"\n"


def read_points(data: bytes, path: str = "") -> dict[int, dict[str, int]]:
    """A file that was filled in. Raises PointsFileWrong."""
    try:
        if is_too_deep(data.decode()):
            raise ValueError("nested too deep")
        value: dict[str, dict[str, Any]] = json.loads(data, object_pairs_hook=_once)
        made = {int(bid): dict(row) for bid, row in value.items()}
        if [str(bid) for bid in made] != list(value):
            raise ValueError("an index is a number without zeros before it")
    except (ValueError, TypeError, AttributeError) as error:
        raise PointsFileWrong(path, str(error)[:80]) from None
    for bid, row in made.items():
        for criterion, points in row.items():
            if type(points) is not int:
                raise PointsFileWrong(path, f"bid {bid}, {criterion}: not a whole number"[:80])
    return made


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a bid or a criterion stands there twice")
    return made


def _pages(round_: Round, points: Points) -> tuple[tuple[int, ...], ...]:
    for index in sorted(points.keys() - set(round_.opened)):
        raise PointsUnknown(index, "")
    words = {index: _word(round_, index, points.get(index, {})) for index in round_.opened}
    return tuple(
        tuple(words[index] for index in round_.opened if index // PAGE == page)
        for page in range(pages_of(round_.bids))
    )


def _word(round_: Round, index: int, points: Mapping[str, int]) -> int:
    for name in sorted(points.keys() - {each.id for each in round_.criteria}):
        raise PointsUnknown(index, name[:80])
    given = []
    for place, criterion in enumerate(round_.criteria):
        if criterion.id not in points:
            raise PointsMissing(index, criterion.id)
        got = points[criterion.id]
        if not 0 <= got <= criterion.max_points:
            raise EvaluationDeskPointsInvalid(round_.tender, place, criterion.max_points, got)
        given.append(got)
    return word_of(given)
