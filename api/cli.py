"""The command `licita`: assembles the commands of all layers."""

from __future__ import annotations

import click

from api.commands import member, ocds_export, procedure, supplier, tender
from api.service_commands import demo, serve
from chain.commands import audit, index, network, ocds

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="licita")
def main() -> None:
    """Licita: public procurement on a network that nobody owns, provable by anyone."""


ocds.add_command(ocds_export)
for _command in (network, serve, demo, tender, procedure, supplier, member, audit, index, ocds):
    main.add_command(_command)


if __name__ == "__main__":
    main(prog_name="licita")
