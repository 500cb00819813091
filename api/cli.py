"""The command `licita`: assembles the commands of all layers, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

__all__ = ["main"]

_HOMES = {
    "network": "chain.commands:network",
    "serve": "api.service_commands:serve",
    "demo": "api.service_commands:demo",
    "tender": "api.commands:tender",
    "bid": "api.bid_commands:bid",
    "committee": "api.committee_commands:committee",
    "procedure": "api.commands:procedure",
    "evaluation": "api.evaluation_commands:evaluation",
    "award": "api.award_commands:award",
    "agreement": "api.agreement_commands:agreement",
    "act": "api.act_commands:act",
    "complaint": "api.complaint_commands:complaint",
    "supplier": "api.commands:supplier",
    "buyer": "api.agreement_commands:buyer",
    "citizen": "api.commands:citizen",
    "member": "api.commands:member",
    "person": "api.council_commands:person",
    "council": "api.council_commands:council",
    "validator": "governance.validator_commands:validator",
    "consultation": "governance.consultation_commands:consultation",
    "application": "governance.application_commands:application",
    "audit": "chain.commands:audit",
    "index": "chain.commands:index",
    "ocds": "chain.commands:ocds",
}
"""Command -> where it is defined."""

_MEMBERS = {
    "application": {
        "list": "api.council_commands:application_list",
        "review": "api.council_commands:application_review",
        "submit": "api.council_commands:application_submit",
    },
    "council": {"review": "governance.review_commands:council_review"},
    "ocds": {"export": "api.commands:ocds_export"},
    "tender": {
        "consent": "api.complaint_commands:tender_consent",
        "disclose": "api.enquiry_commands:tender_disclose",
        "hand": "api.enquiry_commands:tender_hand",
        "pass-over": "api.agreement_commands:tender_pass_over",
        "relay": "api.enquiry_commands:tender_relay",
        "resume": "api.complaint_commands:tender_resume",
        "suspend": "api.complaint_commands:tender_suspend",
    },
}
"""Group -> members of it that another layer defines."""


def _load(home: str) -> click.Command:
    module, name = home.split(":")
    command: click.Command = getattr(import_module(module), name)
    return command


class _Joined(click.Group):
    """A group with members of other layers, each imported on first use, as the group itself."""

    def __init__(self, group: click.Group, members: Mapping[str, str]) -> None:
        super().__init__(group.name, group.commands, help=group.help)
        self._members = members

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.commands, *self._members])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        home = self._members.get(cmd_name)
        return super().get_command(ctx, cmd_name) if home is None else _load(home)


class _Commands(click.Group):
    """Imports a command on first use: `licita tender list` should not pay for a service or an audit."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        found = _load(_HOMES[cmd_name])
        members = _MEMBERS.get(cmd_name)
        return _Joined(found, members) if members and isinstance(found, click.Group) else found


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="licita")
def main() -> None:
    """Licita: public procurement on a network that nobody owns, provable by anyone."""


if __name__ == "__main__":
    main(prog_name="licita")
