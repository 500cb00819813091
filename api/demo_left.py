"""What the demonstration leaves in its folder: open data, tables, two pictures, and a proof that a process without a node checks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from api.demo_life import Life
from api.demo_picture import money_svg, timeline_svg
from api.demo_stage import Stage
from chain.errors.demo import DemoStoryBroken
from chain.ocds.profile import merger
from chain.ocds.tables import TABLES, lines
from chain.rules import canonical

__all__ = ["Left"]


class Left:
    """The files about one tender; each method returns what the report says of them."""

    def __init__(self, stage: Stage, number: int) -> None:
        self._stage = stage
        self._number = number
        names = {person.address: name for name, person in stage.network.records.items()}
        self._life = Life(stage.anyone, number, names)

    def told(self) -> dict[str, Any]:
        """The whole life as a table, and as pictures."""
        stage, life = self._stage, self._life
        stage.say(f"the life of tender {self._number}, {len(life.happenings)} events, as anybody reads it:")
        for line in life.table():
            stage.say(line)
        pictures = {
            "timeline.svg": timeline_svg(life.title, life.marks()), "money.svg": money_svg(life.title, life.money()),
        }  # fmt: skip
        for name, text in pictures.items():
            (stage.output / name).write_text(text, "utf-8")
        return {"block": life.happenings[0].block, "pictures": [self._path(name) for name in pictures]}

    def open_data(self) -> dict[str, Any]:
        """The record by its ocid, with every release inside, and its tables. Raises DemoStoryBroken where it does not compile."""
        stage = self._stage
        ocid = stage.anyone.get(f"/tenders/{self._number}")["ocid"]
        package = stage.anyone.get(f"/records/{ocid}?releases=embedded")
        (record,) = package["records"]
        releases, compiled = record["releases"], record["compiledRelease"]
        if merger().create_compiled_release(releases) != compiled:
            raise DemoStoryBroken("record", "its releases compile to something else")
        (stage.output / "record.json").write_bytes(canonical(package))
        tables = stage.output / "tables"
        tables.mkdir(exist_ok=True)
        for name in TABLES:
            # As RFC 4180 has it: the lines end themselves.
            (tables / f"{name}.csv").write_text("".join(lines(name, [compiled])), "utf-8", newline="")
        tags = _counted("+".join(release["tag"]) for release in releases)
        stage.say(
            f"anyone reads {len(releases)} OCDS releases of {ocid}, which compile to its record: {tags}"
        )
        return {"ocid": ocid, "record": self._path("record.json"), "tables": str(tables)}

    def proved(self) -> dict[str, Any]:
        """The release package and the proof file, checked by a process of its own."""
        stage = self._stage
        proof = stage.network.audit(stage.network.tenders[self._number])
        release, bundle = stage.output / "release.json", stage.output / "proof.zip"
        release.write_bytes(proof.release)
        proof.write(bundle)
        stage.say(f"audit: {proof.summary}")
        found = _verified(bundle, proof.head, stage.network.deployment.addresses["TenderBoard"])
        verdict, (lot,), (agreement,) = found["verdict"], found["lots"], found["agreements"]
        stage.say(f"a separate process without a node checked {bundle}: {verdict} (head {proof.head})")
        stage.say(
            f"  it replayed {found['events']} events, and counted, ranked and awarded again: lot 1 is {lot['status']}; "
            f"{found['four_eyes']} acts of the buyer took two accounts, {len(found['evaluation']['votes'])} the panel"
        )
        standing = sum(each["reversed"] is None for each in agreement["payments"])
        stage.say(
            f"  agreement {agreement['agreement']} is {agreement['status']}: awarded {agreement['original']}, changed to "
            f"{agreement['value']}, paid {agreement['paid']} by {standing} payments that stand"
        )
        return {"release": str(release), "proof": str(bundle), "head": proof.head, "verdict": verdict}

    def _path(self, name: str) -> str:
        return str(self._stage.output / name)


def _verified(bundle: Path, head: str, board: str) -> dict[str, Any]:
    """What the command says of a proof file. Raises DemoStoryBroken."""
    command = [
        sys.executable,
        "-m",
        "api.cli",
        "audit",
        "verify",
        str(bundle),
        "--head",
        head,
        "--board",
        board,
        "--json",
    ]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if checked.returncode != 0:
        raise DemoStoryBroken("verify", checked.stderr.strip()[-500:])
    found: dict[str, Any] = json.loads(checked.stdout)
    return found


def _counted(names: Iterable[str]) -> str:
    """Each name once, in order of appearance, with how often it is there."""
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in Counter(names).items())
