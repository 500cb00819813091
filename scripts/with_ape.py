"""Runs `ape` with this project's compiler and anvil: `.venv-ape/bin/python scripts/with_ape.py [ape's arguments]`.

Without arguments it runs the tests of tests/with_ape, as `make ape` does. ape's own plug-in for pytest and pyproject.toml's
settings for the other tests exclude one another, hence the options. ape's own data stay in `.licita/ape`.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NETWORK = ("--network", "ethereum:local:foundry")
# Without the settings and the conftest.py of the other tests, whose packages the ape environment has not.
APART = (
    "-o",
    "addopts=",
    "-o",
    "norecursedirs=.git",
    "-o",
    "filterwarnings=ignore::pytest.PytestConfigWarning",
    "--confcutdir=tests/with_ape",
)
TESTS = ("test", "tests/with_ape", *APART, *NETWORK)


def environment(root: Path) -> dict[str, str]:
    """This process's, with the compiler of record, anvil's folder first in PATH and ape's own data inside the project."""
    pattern = os.path.join(glob.escape(str(root)), "node_modules", "@foundry-rs", "anvil-*", "bin", "anvil")
    anvil = os.environ.get("LICITA_ANVIL") or next(iter(glob.glob(pattern)), None) or shutil.which("anvil")
    first = [str(Path(anvil).parent)] if anvil else []
    return {
        **os.environ,
        "PATH": os.pathsep.join(
            [*first, str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        ),
        "SOLCX_BINARY_PATH": str(root / ".licita" / "solc"),
        "APE_DATA_FOLDER": str(root / ".licita" / "ape"),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of `ape`; 2 when this Python has no ape."""
    ape = Path(sys.executable).parent / "ape"
    if not ape.exists():
        print("with_ape: this environment has no ape: run `make ape`.", file=sys.stderr)
        return 2
    wanted = list(sys.argv[1:] if arguments is None else arguments) or list(TESTS)
    return subprocess.run([str(ape), *wanted], cwd=ROOT, env=environment(ROOT), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
