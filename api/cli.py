"""The command `licita`: assembles the commands of all layers, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["main"]

_HOMES = {
    "network": ("chain.commands:network",),
    "serve": ("api.service_commands:serve",),
    "demo": ("api.service_commands:demo",),
    "tender": ("api.commands:tender",),
    "procedure": ("api.commands:procedure",),
    "supplier": ("api.commands:supplier",),
    "member": ("api.commands:member",),
    "person": ("api.council_commands:person",),
    "council": ("api.council_commands:council", "governance.review_commands:council_review"),
    "validator": ("governance.validator_commands:validator",),
    "consultation": ("governance.consultation_commands:consultation",),
    "application": (
        "governance.application_commands:application",
        "api.council_commands:application_submit",
        "api.council_commands:application_review",
        "api.council_commands:application_list",
    ),
    "audit": ("chain.commands:audit",),
    "index": ("chain.commands:index",),
    "ocds": ("chain.commands:ocds", "api.commands:ocds_export"),
}
"""Command -> where it is defined; what follows are members of that group which a higher layer defines."""


def _load(home: str) -> click.Command:
    module, name = home.split(":")
    command: click.Command = getattr(import_module(module), name)
    return command


class _Commands(click.Group):
    """Imports a command on first use: `licita tender list` should not pay for a service or an audit."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        first, *members = (_load(home) for home in _HOMES[cmd_name])
        if isinstance(first, click.Group):
            for member in members:
                first.add_command(member)
        return first


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="licita")
def main() -> None:
    """Licita: public procurement on a network that nobody owns, provable by anyone."""


if __name__ == "__main__":
    main(prog_name="licita")
