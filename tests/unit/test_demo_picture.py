"""The two pictures of the demonstration: the same data make the same bytes, and they say in words what they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from api.demo_picture import Line, Mark, money_svg, timeline_svg

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2026, 11, 29, 12, tzinfo=UTC)


def at(days: int) -> datetime:
    """A time of the story."""
    return START + timedelta(days=days)


def line(name: str, *steps: tuple[int, str]) -> Line:
    """A line in pesos, from (day, amount)."""
    return Line(name, "MXN", tuple((at(day), Decimal(amount)) for day, amount in steps))


MARKS = (
    Mark(at(0), "Tender", "tender published, by approver"),
    Mark(at(90), "Deliveries", "milestone 2 delivered, by beta"),
    Mark(at(90), "Deliveries", "milestone 2 refused, by approver", turned=True),
    Mark(at(400), "Ratings", "rated 4 of 5, by witness"),
)
LINES = (
    line("published value", (0, "1311264.00")),
    line("award", (30, "1275500.50"), (39, "654800.00")),
    line("agreed value", (49, "654800.00"), (59, "688165.61")),
    line("paid", (100, "57324.19"), (130, "114648.38"), (132, "57324.19"), (400, "688165.61")),
)


def parsed(text: str) -> ElementTree.Element:
    """The picture, which is well-formed."""
    return ElementTree.fromstring(text)


def heights(lines: Sequence[Line]) -> list[float]:
    """Of the names beside the lines, from the top down."""
    texts = [text for text in parsed(money_svg("t", lines)).iter(f"{SVG}text") if text.get("font-weight")]
    return sorted(float(text.get("y", "")) for text in texts[1:])


@pytest.mark.parametrize("text", [timeline_svg("A & <B>", MARKS), money_svg("A & <B>", LINES)])
def test_picture__for_who_does_not_see_it__has_title_and_description_and_no_script(text: str) -> None:
    root = parsed(text)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert (
        root.get("role") == "img"
        and root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    )
    assert title.text is not None and title.text.endswith("of A & <B>")
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "desc", "rect", "text", "line", "path", "circle",
    }  # fmt: skip
    assert "href" not in text and "style" not in text


def test_picture__of_the_same_data__is_the_same() -> None:
    assert timeline_svg("t", MARKS) == timeline_svg("t", tuple(MARKS))
    assert money_svg("t", LINES) == money_svg("t", tuple(LINES))


def test_timeline__what_was_turned_down__is_a_cross_and_the_rest_circles() -> None:
    root = parsed(timeline_svg("t", MARKS))
    told = {
        tag: [title.text for each in root.iter(f"{SVG}{tag}") for title in each.iter(f"{SVG}title")]
        for tag in ("path", "circle")
    }
    assert told["path"] == ["2027-02-27: milestone 2 refused, by approver"]
    assert [text and text[:10] for text in told["circle"]] == ["2026-11-29", "2027-02-27", "2028-01-03"]


def test_timeline__lanes__stand_in_the_order_of_their_first_marks() -> None:
    texts = [text.text for text in parsed(timeline_svg("t", MARKS)).iter(f"{SVG}text")]
    assert [text for text in texts if text in {"Tender", "Deliveries", "Ratings"}] == [
        "Tender",
        "Deliveries",
        "Ratings",
    ]
    assert texts[1:8] == ["2027-01", "2027-03", "2027-05", "2027-07", "2027-09", "2027-11", "2028-01"]


def test_money__steps__go_straight_up_and_down() -> None:
    paths = [each.get("d", "") for each in parsed(money_svg("t", LINES)).iter(f"{SVG}path")]
    published, award, _, area, paid = paths
    assert "V" not in published and award.count("V") == 1
    assert paid.count("V") == 3 and area.startswith(paid) and area.endswith("Z")


def test_money__amounts__are_told_in_words_and_beside_the_lines() -> None:
    text = money_svg("t", LINES)
    assert "award: 1,275,500.50 MXN from 2026-12-29, 654,800.00 MXN from 2027-01-07; " in text
    assert ">688,165.61 MXN</text>" in text and ">1,000,000</text>" in text


def test_money__names_of_lines_that_end_together__do_not_meet() -> None:
    same = [line(name, (0, "5.00"), (9, "10.00")) for name in ("one", "two", "three", "four")]
    for lines in (LINES, same):
        found = heights(lines)
        assert len(found) == 4
        assert all(low - high >= 34 for high, low in pairwise(found))


@pytest.mark.parametrize("most", ["0", "0.07", "1", "10", "99.99", "340282366920938463463374607431768211455"])
def test_money__of_any_size__has_six_amounts_at_most(most: str) -> None:
    root = parsed(money_svg("t", [line("paid", (0, most))]))
    shown = [text.text or "" for text in root.iter(f"{SVG}text") if text.get("text-anchor") == "end"]
    assert 1 <= len(shown) <= 6 and shown[0].lstrip("-") in ("0", "0.00")
