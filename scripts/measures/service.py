"""A service in a process of its own, to be measured from outside: `python scripts/measures/service.py FOLDER`.

Prints one JSON line {url, rpc, address, token, body}, then serves until its standard input ends: as `licita serve` does, with a
block a second, but without limits on requests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from api.running import Running  # noqa: E402  (the path above, when run as a file)
from api.settings import Settings  # noqa: E402
from chain.network import Network  # noqa: E402

MONTH = 30 * 86_400
"""Bidding period of what is published: longer than the chain's time moves while it is measured."""

UNLIMITED = Settings(
    token_writes=1_000_000, token_reads=1_000_000, anonymous_reads=1_000_000, log_level="error"
)
"""A service that refuses nothing for there being too much of it."""


def main(folder: Path) -> None:
    """Serves a network in ``folder`` until standard input ends."""
    with Network.serve(folder) as net, Running(net, settings=UNLIMITED) as running:
        buyer = net.records["buyer"]
        body = net.samples.path("laptops", length=MONTH).read_text("utf-8")
        told = {
            "url": running.url,
            "rpc": net.rpc_url,
            "address": buyer.address,
            "token": buyer.token,
            "body": body,
        }
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
