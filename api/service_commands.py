"""The commands that run a service in this process: `licita serve` and `licita demo`."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chain.errors.nodes import NetworkInUse
from chain.nodes.folder import Folder
from chain.output import as_json, exits_by_name, say, table, until_stopped

if TYPE_CHECKING:
    from api.running import Running

__all__ = ["demo", "serve"]

DEMO_FOLDER = Path(".licita/demo")


@click.command()
@click.option(
    "--network", "folder", default="networks/dev", show_default=True, type=Path, help="Network folder."
)
@click.option(
    "--port", default=8420, show_default=True, help="Port of the API on 127.0.0.1; 0 takes a free one."
)
@exits_by_name
def serve(folder: Path, port: int) -> None:
    """Run the embedded network and its API until Ctrl-C; the folder survives restarts."""
    say(f"starting the network of {folder} and its API")
    # Imported after the first line: a service's libraries take a second to load.
    from api.running import Running
    from chain.network import Network

    with until_stopped(), Network.serve(folder) as net, Running(net, port) as running:
        net.folder.announce(running.url)
        say(f"API     {running.url}/v1")
        say(f"manual  {running.url}/docs")
        say(f"folder  {net.folder.path}")
        say("Sandbox tokens (a sandbox's own people; never put this service on a public address):")
        table(("name", "address", "token"), ((r.name, r.address, r.token) for r in net.records.values()))
        sys.stdout.flush()
        _until_it_ends(running)


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="One JSON object instead of the story.")
@click.option("--keep", is_flag=True, help="Leave the API running until Ctrl-C.")
@exits_by_name
def demo(wants_json: bool, keep: bool) -> None:
    """Play a tender with a real published document, from publication to its last payment, and prove it offline."""
    if not wants_json:
        say(f"starting a network in {DEMO_FOLDER} and its API")
    # Imported after the first line: a service's libraries take a second to load.
    from api.demo import Demo, Seconds
    from api.running import Running
    from api.settings import Settings
    from chain.network import Network

    seconds = Seconds()
    owner = Folder(DEMO_FOLDER / "network").owner()
    if owner is not None:
        raise NetworkInUse(owner.process.pid, owner.url)
    shutil.rmtree(DEMO_FOLDER / "network", ignore_errors=True)
    output = DEMO_FOLDER / "out"
    output.mkdir(parents=True, exist_ok=True)
    with until_stopped(), seconds.measure("total"):
        with seconds.measure("network"):
            net = Network.start("sandbox", DEMO_FOLDER / "network")
        # A year of a few people's work in half a minute: nobody asks as fast as that.
        limits = Settings(log_level="warning", anonymous_reads=1_000, token_writes=1_000, document_writes=100)
        with net, Running(net, settings=limits) as running:
            net.folder.announce(running.url)
            with seconds.measure("story"):
                report = Demo(net, running, output, (lambda _line: None) if wants_json else say).play()
            if keep:
                say(f"API {running.url}/v1 until Ctrl-C")
                _until_it_ends(running)
    _report(report | {"seconds": seconds.parts}, wants_json)


def _report(report: dict[str, Any], wants_json: bool) -> None:
    if wants_json:
        as_json(report)
        return
    for picture in report["pictures"]:
        say(f"picture  {picture}")
    say(f"tables   {report['tables']}")
    say(f"record   {report['record']}")
    say(f"release  {report['release']}")
    say(f"proof    {report['proof']}")
    say(f"verdict  {report['verdict']} (one development node, no consensus evidence)")
    say("seconds  " + json.dumps(report["seconds"]))


def _until_it_ends(running: Running) -> None:
    wait = threading.Event()
    while running.alive:
        wait.wait(0.5)
