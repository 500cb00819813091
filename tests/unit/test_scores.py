"""An evaluator's scores on its own machine: what is committed to, what is kept, what is no score."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.errors.contracts import EvaluationDeskPointsInvalid
from chain.errors.evaluation import PointsFileWrong, PointsMissing, PointsUnknown, ScoresOther
from chain.errors.sealing import LockedFileInvalid, LockedFileRefused, SecretErased
from chain.procurement.scores import Points, Round, ScoreSheet, points_form, read_points
from chain.types import Criterion

pytestmark = pytest.mark.unit

DESK, EVALUATOR = "0x" + "11" * 20, "0x" + "22" * 20
CRITERIA = (Criterion("quality", 3_000, 100), Criterion("term", 1_000, 10))
ROUND = Round(31_337, DESK, 7, 2, 18, (0, 3, 17), CRITERIA)
POINTS: Points = {bid: {"quality": 10 + bid, "term": bid % 10} for bid in (0, 3, 17)}
PHRASE, COST = "correct horse battery staple", 2**10


def drawn(size: int) -> bytes:
    return b"\x5e" * size


def sheet(points: Points = POINTS) -> ScoreSheet:
    return ScoreSheet.draw(ROUND, EVALUATOR, points, drawn)


def test_draw__bids_of_two_pages__words_hold_16_bits_a_criterion() -> None:
    assert sheet().pages == ((10, 13 | 3 << 16), (27 | 7 << 16,))


def test_draw__nobody_open_on_a_page__the_page_is_there_and_empty() -> None:
    made = ScoreSheet.draw(replace(ROUND, opened=(17,)), EVALUATOR, {17: POINTS[17]}, drawn)
    assert made.pages == ((), (27 | 7 << 16,))


def test_commitment__computed_a_second_time__is_the_same() -> None:
    made = sheet()
    hashes = [keccak(b"".join(word.to_bytes(32, "big") for word in words)) for words in made.pages]
    kinds = ["uint256", "address", "bytes32", "uint16", "address", "bytes32[]", "bytes32"]
    values = [31_337, DESK, (7).to_bytes(32, "big"), 2, EVALUATOR, hashes, b"\x5e" * 32]
    assert made.commitment == keccak(encode(kinds, values))


def test_commitment__fresh_salt__differs_for_equal_points() -> None:
    first, second = (ScoreSheet.draw(ROUND, EVALUATOR, POINTS) for _ in range(2))
    assert first.commitment != second.commitment and first.page_hashes == second.page_hashes


@pytest.mark.parametrize(
    ("points", "refusal"),
    [
        ({0: POINTS[0], 3: POINTS[3]}, PointsMissing(17, "quality")),
        ({**POINTS, 3: {"quality": 1}}, PointsMissing(3, "term")),
        ({**POINTS, 4: POINTS[3]}, PointsUnknown(4, "")),
        ({**POINTS, 3: {**POINTS[3], "colour": 1}}, PointsUnknown(3, "colour")),
        ({**POINTS, 3: {"quality": 101, "term": 0}}, EvaluationDeskPointsInvalid(7, 0, 100, 101)),
        ({**POINTS, 3: {"quality": 0, "term": -1}}, EvaluationDeskPointsInvalid(7, 1, 10, -1)),
    ],
)
def test_draw__what_is_not_whole__raises(points: Points, refusal: Exception) -> None:
    with pytest.raises(type(refusal)) as caught:
        sheet(points)
    assert vars(caught.value) == vars(refusal)


def test_file__written_and_read__is_the_same_and_shows_no_points() -> None:
    made = sheet()
    data = made.encrypted(PHRASE, drawn, COST)
    assert b"pages" not in data and b'salt":"0x' not in data
    read = ScoreSheet.decrypted(data, PHRASE)
    assert (read.commitment, read.pages, read.salt.raw) == (made.commitment, made.pages, made.salt.raw)
    with pytest.raises(LockedFileRefused):
        ScoreSheet.decrypted(data, PHRASE + "!")
    with pytest.raises(LockedFileInvalid):
        ScoreSheet.decrypted(data.replace(b"evaluation-scores", b"bid-receipt"), PHRASE)


def test_erase__afterwards__there_is_no_commitment() -> None:
    made = sheet()
    made.erase()
    with pytest.raises(SecretErased):
        assert made.commitment
    assert "5e5e" not in repr(sheet())


@pytest.mark.parametrize(
    ("due", "evaluator", "field"),
    [
        (replace(ROUND, chain_id=1), EVALUATOR, "network"), (replace(ROUND, desk=EVALUATOR), EVALUATOR, "desk"),
        (replace(ROUND, tender=8), EVALUATOR, "tender"), (replace(ROUND, round=3), EVALUATOR, "round"), (ROUND, DESK, "evaluator"),
    ],
)  # fmt: skip
def test_require_for__another_one__raises_scores_other(due: Round, evaluator: str, field: str) -> None:
    sheet().require_for(ROUND, EVALUATOR.upper().replace("0X", "0x"))
    with pytest.raises(ScoresOther) as caught:
        sheet().require_for(due, evaluator)
    assert caught.value.field == field


def test_form__filled_in__is_read() -> None:
    form = json.loads(points_form(ROUND))
    assert form == {str(bid): {"quality": None, "term": None} for bid in (0, 3, 17)}
    filled = {bid: dict(POINTS[int(bid)]) for bid in form}
    assert read_points(json.dumps(filled).encode()) == POINTS


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{", b'{"a": {}}', b'{"0": 1}', b'{"0": {"quality": 1.5}}', b'{"0": {"quality": true}}', b'{"0": {"quality": null}}',
        b'{"0": {"quality": 1, "quality": 2}}', b'{"0": {}, "0": {}}', b"\xff", b'{"0":' * 400, b'{"0": {}, "00": {}}',
    ],
)  # fmt: skip
def test_read_points__what_is_no_form__raises_points_file_wrong(data: bytes) -> None:
    with pytest.raises(PointsFileWrong):
        read_points(data, "points.json")
