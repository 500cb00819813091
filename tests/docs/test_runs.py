"""What the manual shows is run: Python, shell, and the scripts to begin with."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.running import Running
from chain.network import Network
from tests.docs.pages import DOCS, ROOT, blocks, environment, pages

pytestmark = [pytest.mark.docs, pytest.mark.timeout(900)]

EXAMPLES = sorted((ROOT / "scripts" / "examples").glob("*.py"))
WITH_PYTHON = [page for page in pages() if blocks(page, "python") and page.name != "open-data.md"]
"""Pages whose Python needs nothing but the program; tests/docs/test_open_data.py has the one that asks a service with pandas."""

IN_ORDER = ("officer.md", "supplier.md", "auditor.md", "citizen.md", "council.md")
"""Pages with shell blocks: each goes on where the one before ended."""
TOOLS = ("bash", "curl", "openssl")
SECONDS = 600
WAITING = """
waiting() { touch "$WAITS"; "$@"; rm "$WAITS"; }
sleep() { waiting command sleep "$@"; }
licita() { case "${1-} ${2-}" in "council wait") waiting command licita "$@" ;; *) command licita "$@" ;; esac; }
"""
"""Before the shell blocks: a file says whether the reader waits."""


def run(argv: list[str], folder: Path, env: Mapping[str, str], text: str | None = None) -> str:
    """Output of a command that must exit with 0."""
    done = subprocess.run(
        argv, cwd=folder, env=env, input=text, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.name)
def test_example__run_as_it_stands__exits_0_and_says_something(script: Path, tmp_path: Path) -> None:
    assert run([sys.executable, str(script)], tmp_path, environment()).strip()


def test_example__whole_life__is_a_script_of_40_lines() -> None:
    (script,) = (each for each in EXAMPLES if each.name == "whole_life.py")
    assert len(script.read_text("utf-8").splitlines()) <= 40


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_page__its_python_from_top_to_bottom__runs(page: Path, tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(page, "python"))
    run([sys.executable, "-"], tmp_path, environment(), script)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A reader with a service of the embedded network: (working folder, environment)."""
    folder = tmp_path_factory.mktemp("reader")
    waits = folder / "waits"
    with Network.start("sandbox", folder / "networks" / "dev") as net, Running(net) as service:
        net.folder.announce(service.url)
        tokens = {name.upper(): net.records[name].token for name in ("buyer", "acme", "registrar")}
        with time_of_waiting(net, waits):
            yield folder, environment(LICITA_URL=service.url, WAITS=str(waits), **tokens)


@contextmanager
def time_of_waiting(net: Network, waits: Path) -> Iterator[None]:
    """Time goes by while a reader waits and no further: the periods of the sandbox are seconds, and a busy machine takes as long for a
    command."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(0.5):
            if waits.exists():
                net.wait_until(net.now() + 1)

    clock = threading.Thread(target=go_on)
    clock.start()
    try:
        yield
    finally:
        ended.set()
        clock.join()


def test_index__what_a_reader_sets__is_what_the_pages_use() -> None:
    shown = "".join(block.text for block in blocks(DOCS / "README.md", "console"))
    assert [
        name for name in ("LICITA_URL", "BUYER", "ACME", "REGISTRAR") if f"export {name}=" not in shown
    ] == []


def test_pages__with_shell_blocks__are_those_that_are_run() -> None:
    assert {page.name for page in pages() if blocks(page, "sh")} == set(IN_ORDER)


def test_pages__their_shell_blocks_in_the_order_of_the_manual__run(
    reader: tuple[Path, Mapping[str, str]],
) -> None:
    for tool in TOOLS:
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: the examples of the manual use it")
    folder, env = reader
    for name in IN_ORDER:
        script = "\n".join(f"# {block}\n{block.text}" for block in blocks(DOCS / name, "sh"))
        shown = run(["bash", "-euo", "pipefail", "-s"], folder, env, WAITING + script)
        for word in SHOWN[name]:
            assert word in shown, f"{name} does not show {word}:\n{shown[-3000:]}"


SHOWN = {
    "officer.md": (
        '"resource":"/v1/tenders/1"',
        '"function":"amend"',
        '"function":"answer"',
        '"function":"cancel"',
    ),
    "supplier.md": ('"function":"register"', "/v1/tenders/1/enquiries/2", '"function":"declareOwners"'),
    "auditor.md": ("matches-head", "one development node, no consensus evidence"),
    "citizen.md": ("no fault found", "204", "bytes of releases-2027.jsonl.gz"),
    "council.md": (
        "adopt procedure sandbox v2",
        "more seats in favour",
        "promised: the comment is in no batch yet",
        "proposal 1: Succeeded",
        "counted: the comment is in a batch on the chain",
        "queue of proposals/1",
        '"procedureVersion": 2',
        "ProcedureAdopted sandbox",
    ),
}
"""What a reader sees at least."""
