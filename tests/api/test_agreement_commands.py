"""`licita agreement`, `licita supplier show`, `licita buyer show`: an agreement from its draft to its ratings, at the command line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from api.agreements import queries
from tests.api.agreed import PRICE, PRIVATE, Agreed
from tests.api.commands import Shell, refusal
from tests.api.world import World

pytestmark = pytest.mark.network


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    """A person's machine."""
    return Shell(world, tmp_path)


@pytest.fixture
def agreed(world: World) -> Agreed:
    """A lot whose award is final."""
    return Agreed(world).final()


def _drafted(shell: Shell, agreed: Agreed, *words: str) -> int:
    """The number of a draft."""
    starts, ends = agreed.world.in_seconds(0), agreed.world.in_seconds(86_400)
    made = shell.json(
        "agreement", "draft", agreed.number, "--document", agreed.paper, "--starts", starts, "--ends", ends, *words, name="buyer"
    )  # fmt: skip
    return int(made["resource"].rsplit("/", 1)[1])


def test_agreement__from_its_draft_to_its_ratings(shell: Shell, agreed: Agreed) -> None:
    paper, due = ("--document", agreed.paper), agreed.world.in_seconds(7_200)
    number = _drafted(
        shell, agreed, "--delivery", f"4000@{due}", "--delivery", "6000", "--payment", "10000:1"
    )
    for name in ("buyer", "acme"):
        said = shell.done("agreement", "sign", number, *paper, name=name)
        assert said.startswith(f"sign of agreements/{number}: recorded, block ")
    shell.done("agreement", "change", number, "--reason", "duration", "--extension", 60, *paper, name="acme")
    shell.done("agreement", "change", number, "--drop", 1, name="buyer")
    shell.done(
        "agreement",
        "change",
        number,
        "--reason",
        "quantity",
        "--value",
        "1300000.00 MXN",
        *paper,
        name="buyer",
    )
    shell.done("agreement", "sign", number, "--change", 2, *paper, name="acme")
    shown = shell.done("agreement", "show", number)
    assert "1300000.00 MXN" in shown and "recordPayment" in shown and "AgreementBookNotAccepted" in shown
    shell.done("agreement", "deliver", number, 1, "--document", PRIVATE, name="acme")
    shell.done("agreement", "refuse", number, 1, *paper, name="buyer")
    for milestone in (1, 2):
        shell.done("agreement", "deliver", number, milestone, "--document", PRIVATE, name="acme")
        shell.done("agreement", "accept", number, milestone, *paper, name="buyer")
    shell.done(
        "agreement", "pay", number, 3, "--amount", "1300000.00 MXN", "--reference", f"SPEI {number}", "--paid-at",
        agreed.world.in_seconds(-1), name="buyer",
    )  # fmt: skip
    shown = shell.done("agreement", "show", number)
    (paid,) = (line.split() for line in shown.splitlines() if " MX-RFC-GDF9712054NA  LICITA-ACME " in line)
    assert paid[:4] == ["1", "3", "1300000.00", "MXN"]
    assert f"1        {hashlib.sha256(f'SPEI {number}'.encode()).hexdigest()}\n" in shown
    shell.done("agreement", "reverse", number, 1, *paper, name="buyer")
    shell.done("agreement", "complete", number, *paper, name="buyer")
    shell.done("agreement", "rate", number, 4, name="witness")
    found = shell.json("agreement", "show", number)
    assert (found["status"], found["version"], found["paid"]) == ("Completed", 2, "0.00 MXN")
    assert found["milestones"][0]["refusals"] == 1 and found["milestones"][2]["requires"] == 1
    (row,) = shell.json("agreement", "list", "--tender", agreed.number)["items"]
    assert row["number"] == number
    assert str(number) in shell.done("agreement", "list", "--supplier", found["supplier"], "--limit", 1_000)
    for what, name, other in (("supplier", "orgId", "supplier"), ("buyer", "buyerOrgId", "buyer")):
        standing = shell.json(what, "show", found[other])["standing"]
        assert standing["agreements"] > 0 and standing["changes"] > 0
        _, _, told = shell.done(what, "show", found[name]).partition("signed agreements:\n")
        words = {line.split()[0]: line.split(None, 1)[1].rstrip() for line in told.splitlines()[1:]}
        for each in ("agreements", "completed", "deliveries", "late", "changes"):
            assert words[each] == str(standing[each])
        rated = standing["witnesses"]
        assert bool(rated["count"]) is (what == "supplier")
        assert words["witnesses"] == (f"{rated['mean']} of {rated['count']}" if rated["count"] else "none")


def test_agreement__of_more_changes_than_are_shown__says_where_all_are(
    shell: Shell, agreed: Agreed, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, paper = _drafted(shell, agreed), ("--document", agreed.paper)
    for name in ("buyer", "acme"):
        shell.done("agreement", "sign", number, *paper, name=name)
    for change in (1, 2, 3):
        shell.done(
            "agreement", "change", number, "--reason", "duration", "--extension", 60, *paper, name="acme"
        )
        shell.done("agreement", "change", number, "--drop", change, name="buyer")
    whole = shell.done("agreement", "show", number)
    assert "changes:" in whole and "the last" not in whole
    monkeypatch.setattr(queries, "_SHOWN", 2)
    told = f"the last 2 of 3; all: GET /v1/agreements/{number}/changes\n"
    assert told in shell.done("agreement", "show", number)


def test_agreement__defaults__are_one_delivery_and_its_payment(shell: Shell, agreed: Agreed) -> None:
    number = _drafted(shell, agreed)
    found = shell.json("agreement", "show", number)
    assert [(each["kind"], each["shareBps"], each["requires"]) for each in found["milestones"]] == [
        ("delivery", 10_000, None), ("payment", 10_000, 1),
    ]  # fmt: skip
    assert found["value"] == PRICE
    shown = shell.done("agreement", "show", number)
    assert f"signs next: supplier, the agreement with sha256 {agreed.paper}" in shown
    for name in ("buyer", "acme"):
        shell.done("agreement", "sign", number, "--document", agreed.paper, name=name)
    for name in ("acme", "buyer"):
        shell.done(
            "agreement", "terminate", number, "--cause", "mutual", "--document", agreed.paper, name=name
        )
    assert "Terminated" in shell.done("agreement", "show", number)


def test_agreement__refused__says_the_name(shell: Shell, agreed: Agreed) -> None:
    refusal(shell.run("agreement", "show", 999_999), "AgreementBookNotFound")
    refusal(shell.run("tender", "pass-over", agreed.number, name="citizen"), "AwardDeskLotStatusWrong")
    number = _drafted(shell, agreed)
    refusal(
        shell.run("agreement", "sign", number, "--document", PRIVATE, name="acme"),
        "AgreementBookDocumentWrong",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("change", 1, "--reason", "tax"), "--document"),
        (
            ("draft", 1, "--document", PRIVATE, "--starts", "x", "--ends", "y", "--delivery", "all"),
            "SHARE[@DUE]",
        ),
        (
            ("draft", 1, "--document", PRIVATE, "--starts", "x", "--ends", "y", "--payment", "1:x"),
            "SHARE[:DELIVERY][@DUE]",
        ),
    ],
)
def test_agreement__half_said__is_wrong_usage(shell: Shell, words: tuple[object, ...], said: str) -> None:
    ran = shell.run("agreement", *words, name="buyer")
    assert ran.exit_code == 2 and said in ran.output


def test_show__org_id_with_any_sign__is_asked_for_as_it_is(shell: Shell) -> None:
    """Not another organisation, whose org-id is what stands before the sign."""
    for name in ("LICITA-ACME#B", "LICITA-ACME?", "LICITA-ACME%23", "LICITA-\u00d1", "0x-1"):
        refusal(shell.run("supplier", "show", name), "SupplierRegistryNotFound")
        refusal(shell.run("buyer", "show", name), "MemberNotFound")
        assert shell.json("agreement", "list", "--supplier", name)["items"] == []
