"""Python environments of single tests: what the program neither needs nor may import is installed beside it, under `.licita`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts.setup import Project, SetupFailed, alone, digest, make_venv, stamped, step
from tests.conftest import NEEDS

__all__ = ["environment_of"]

ROOT = Path(__file__).parents[1]


def environment_of(need: str) -> Path:
    """Folder of the programs of the environment that tests/data/environments names; made once, the test is skipped where it cannot be."""
    folder = f".licita/environments/{need}"
    wanted = ROOT / "tests" / "data" / "environments" / f"{need}.txt"
    project = Project(ROOT, dict(os.environ))
    project.log = project.made / f"{need}.log"
    try:
        with alone(project.made / f"{need}.lock"):
            python = make_venv(project, folder)
            stamp, key = python.parent.parent / ".packages", digest(wanted)
            if not stamped(stamp, key):
                pip = [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-input",
                    "--disable-pip-version-check",
                    "--retries",
                    "1",
                ]
                with step(folder, stamp, key):
                    project.run([*pip, "-r", wanted], f"cannot install {wanted.name}.")
    except SetupFailed as failed:
        pytest.skip(f"needs {need}: {NEEDS[need]} ({failed})")
    return python.parent
