"""Follow the feed of a service from a cursor: what a bot, a mirror or a notifier does.

With LICITA_URL set it follows that service; else it starts one of its own, with something to see.
"""

import json
import os
from typing import Any
from urllib.request import urlopen

from api.running import Running
from api.settings import Settings
from chain import Network


def page(url: str, after: str | None) -> dict[str, Any]:
    """One page of events after a cursor; ``next`` is where to ask again, now or tomorrow, here or at another node."""
    query = f"&after={after}" if after else ""
    with urlopen(f"{url}/v1/events?limit=100{query}", timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def follow(url: str) -> None:
    """Prints every event there is. To go on for ever, ask again with the last ``next``."""
    after: str | None = None
    while (found := page(url, after))["items"]:
        for event in found["items"]:
            what = f"tender {event['tender']}" if event["tender"] else event["contract"]
            print(f"{event['cursor']:>10}  {event['time']}  {event['type']}  {what}")
        after = found["next"]
    print(f"nothing new after {after}")


if "LICITA_URL" in os.environ:
    follow(os.environ["LICITA_URL"])
else:
    with Network.start("sandbox") as net:
        (buyer,) = net.people("buyer")
        net.tenders.publish(net.samples.path("cutter"), sender=buyer)
        with Running(net, settings=Settings(log_level="warning")) as service:
            follow(service.url)
