"""chain.json: an embedded chain's kept state, whole or not at all.

The file is anvil's own dump with one member more, ``licita``: {chain_id, genesis, sha256 of the dump before it}. anvil passes
over members it does not know (measured), so the file can be loaded as it stands, and a flipped bit anywhere is seen first: anvil
itself loads a changed balance without a word.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from chain.errors.nodes import ChainIdDiffers, FolderUnwritable, GenesisDiffers, StateDamaged
from chain.nodes.folder import Folder, Genesis, read_file, sync_folder, write_atomic

__all__ = ["keep", "usable"]

_MARK = b',"licita":'
_LONGEST = 400

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Seal:
    chain_id: int
    genesis: str
    sha256: str


def keep(folder: Folder, genesis: Genesis, dump: bytes) -> None:
    """Replaces chain.json by this dump (a JSON object); the state before it stays as chain.json.1.

    Raises FolderUnwritable, DiskFull.
    """
    seal = {"chain_id": genesis.chain_id, "genesis": genesis.hash, "sha256": hashlib.sha256(dump).hexdigest()}
    aside = folder.chain_json.with_name("chain.json.new")
    write_atomic(aside, dump[:-1] + _MARK + json.dumps(seal).encode() + b"}")
    if folder.chain_json.exists():
        _rename(folder.chain_json, _before(folder))
    _rename(aside, folder.chain_json)


def usable(folder: Folder, genesis: Genesis) -> Path | None:
    """The newest whole state, None if none was ever kept. A damaged one is set aside as ``<name>.damaged``, with a warning.

    Raises StateDamaged when there is none whole, ChainIdDiffers and GenesisDiffers when it is that of another chain.
    """
    faults = []
    # chain.json.new is whole once it has its name: the process was killed between the renames.
    for path in (folder.chain_json.with_name("chain.json.new"), folder.chain_json, _before(folder)):
        data = read_file(path)
        if data is None:
            continue
        seal = _seal(data)
        if seal is not None:
            _compare(seal, genesis)
            return path
        faults.append(f"{path.name} is damaged")
        _log.warning("%s is damaged and set aside; the state before it is used", path)
        _rename(path, path.with_name(path.name + ".damaged"))
    if faults or any(folder.path.glob("chain.json*.damaged")):
        raise StateDamaged(str(folder.chain_json), "; ".join(faults) or "it was set aside as damaged")
    return None


def _rename(path: Path, to: Path) -> None:
    try:
        path.replace(to)
        sync_folder(path.parent)
    except OSError as error:
        raise FolderUnwritable(str(path), error.strerror or type(error).__name__) from error


def _before(folder: Folder) -> Path:
    return folder.chain_json.with_name("chain.json.1")


def _seal(data: bytes) -> _Seal | None:
    """The seal of a kept state, None if the state does not fit it."""
    at = data.rfind(_MARK, max(0, len(data) - _LONGEST))
    try:
        found = _Seal(**json.loads(data[at + len(_MARK) : -1]))
    except (ValueError, TypeError):
        return None
    digest = hashlib.sha256(data[:at])
    digest.update(b"}")
    return found if at > 0 and data.endswith(b"}") and digest.hexdigest() == found.sha256 else None


def _compare(seal: _Seal, genesis: Genesis) -> None:
    if seal.chain_id != genesis.chain_id:
        raise ChainIdDiffers(genesis.chain_id, seal.chain_id)
    if genesis.hash is not None and seal.genesis != genesis.hash:
        raise GenesisDiffers(genesis.hash, seal.genesis)
