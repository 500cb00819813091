"""The command line against a served network: one call, its exit code and what it said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from api.cli import main
from tests.api.world import World

__all__ = ["PHRASE", "Shell", "refusal"]

PHRASE = "correct horse battery staple"


class Shell:
    """A person's machine: a folder of its own with a passphrase file."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        world.network.folder.announce(world.url)  # as `licita serve` does: the service is this machine's own
        self.phrase = folder / "passphrase"
        if not self.phrase.exists():
            self.phrase.touch(0o600)
            self.phrase.write_text(PHRASE + "\n", "utf-8")

    def run(self, *words: object, name: str = "", url: str | None = None, typed: str | None = None) -> Result:
        """``licita WORDS`` as a person of the sandbox."""
        network = ("--url", url or self.world.url, "--network", self.world.network.folder.path)
        who = ("--as", name) if name else ()
        return self.alone(*words, *network, *who, typed=typed)

    def alone(self, *words: object, typed: str | None = None) -> Result:
        """``licita WORDS`` without a service."""
        environment = {"LICITA_URL": None, "LICITA_TOKEN": None}
        return CliRunner(env=environment).invoke(main, [str(word) for word in words], input=typed)

    def done(self, *words: object, name: str = "") -> str:
        """What a command said that must succeed."""
        ran = self.run(*words, name=name)
        assert ran.exit_code == 0, f"{words}: {ran.output} {ran.exception!r}"
        return ran.stdout

    def json(self, *words: object, name: str = "") -> Any:
        """The same with --json, read."""
        return json.loads(self.done(*words, "--json", name=name))

    def seal(self, tender: int, name: str, amount: str, *words: object) -> Path:
        """A sealed bid; its receipt."""
        path = self.folder / f"{name}-{amount}.receipt"
        self.done(
            "bid", "seal", "--tender", tender, "--amount", amount, "-o", path, "--passphrase-file", self.phrase, *words, name=name
        )  # fmt: skip
        return path

    def submit(self, receipt: Path, name: str) -> str:
        """Sends it."""
        return self.done("bid", "submit", receipt, "--passphrase-file", self.phrase, name=name)


def refusal(ran: Result, name: str) -> str:
    """Asserts exit 1 with a name; what was said."""
    assert (ran.exit_code, ran.stderr.split("(")[0]) == (1, name), ran.output
    assert ran.stdout == "", ran.stdout
    return ran.stderr
