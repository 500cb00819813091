"""`ape run deploy`: the contracts of record on the embedded network, where ApeWorX finds them.

Joins the network of networks/dev where it runs (`licita serve`, `licita network start`), else starts it, points ape's foundry
provider at its node and prints the addresses. What is deployed is the bytecode of record, not what ape compiles (other metadata).
A network that was started here ends with the run and is found again at the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from chain.errors.base import LicitaError
from chain.network import Network

__all__ = ["cli", "default_folder", "embedded"]

_HOST = "APE_FOUNDRY_HOST"  # ape-foundry's own; it comes before `foundry: host` of ape-config.yaml


def default_folder() -> Path:
    """The network folder of ape's commands: LICITA_FOLDER, else networks/dev."""
    return Path(os.environ.get("LICITA_FOLDER", "networks/dev"))


@contextmanager
def embedded(folder: Path) -> Iterator[tuple[Network, Any]]:
    """The network of ``folder``, joined where it runs and else started, and ape's provider on its node, active meanwhile.

    Blocks come by themselves (one a second while something is pending), as ape's own transactions need it. Raises the refusals of
    ``Network.serve`` and ``Network.connect``.
    """
    url = Network.running_url(folder)
    with (
        Network.connect(url, folder) if url else Network.serve(folder) as net,
        _ape_on(net.rpc_url) as provider,
    ):
        yield net, provider


@contextmanager
def _ape_on(url: str) -> Iterator[Any]:
    import ape  # here and not above: importing it replaces the SIGINT handler of the process

    before = os.environ.get(_HOST)
    os.environ[_HOST] = url
    try:
        with ape.networks.ethereum.local.use_provider("foundry") as provider:
            yield provider
    finally:
        if before is None:
            del os.environ[_HOST]
        else:
            os.environ[_HOST] = before


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=default_folder, help="Network folder.")
def cli(folder: Path) -> None:
    """Deploy the contracts of record on the embedded network, or find them there."""
    try:
        with embedded(folder) as (net, provider):
            click.echo(f"node    {net.rpc_url}, chain {provider.chain_id}")
            click.echo(f"folder  {net.folder.path}")
            for name, address in net.deployment.addresses.items():
                click.echo(f"{name:19} {address}  {len(provider.get_code(address)):6,} bytes")
    except LicitaError as refusal:
        raise click.ClickException(str(refusal)) from refusal
