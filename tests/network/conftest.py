"""Nodes for tests: each is ended with its test, whatever becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from chain.nodes.anvil import Anvil
from chain.nodes.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A network folder that is not there yet; its name wants quoting wherever a shell could see it."""
    return Folder(tmp_path / "a network's folder")


@pytest.fixture
async def anvil_in() -> AsyncIterator[Callable[..., Anvil]]:
    """Makes an Anvil (arguments as its own), ended after the test."""
    made: list[Anvil] = []

    def make(folder: Folder, **arguments: Any) -> Anvil:
        made.append(Anvil(folder, **arguments))
        return made[-1]

    yield make
    for anvil in made:
        await anvil.close()
        anvil.stop(5)
