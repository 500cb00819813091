"""What `ape console` has besides: ``net``, the embedded network, with ape's provider connected to its node.

    .venv-ape/bin/python scripts/with_ape.py console
    >>> net.tenders.publish(net.samples.path("laptops"), sender=net.person("buyer"))

ape reads this file when the console first meets a name it does not know; the network ends with the console.
"""

from __future__ import annotations

from typing import Any

import click

from scripts.deploy import default_folder, embedded


def ape_init_extras() -> dict[str, Any]:
    """Names for the console. Raises the refusals of ``scripts.deploy.embedded``."""
    net, _ = click.get_current_context().with_resource(embedded(default_folder()))
    return {"net": net}
