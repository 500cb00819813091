"""Commands that need no service: the embedded node, the audit, the index, OCDS files."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from chain.audit.bundle import Verdict, verify
from chain.audit.report import Report
from chain.errors.audit import BundleUnreadable
from chain.errors.nodes import NetworkAbsent
from chain.errors.operator import NodeUnnamed
from chain.network import Network
from chain.nodes.descriptor import Publication
from chain.nodes.folder import Folder
from chain.nodes.process import end
from chain.ocds.checks import check_ids
from chain.ocds.flags import INDICATORS, Flag, Process, by_group, find, process_of
from chain.ocds.flags.reading import compiled
from chain.ocds.intake import Defaults, take
from chain.ocds.profile import validate_record_package, validate_release, validate_release_package
from chain.ocds.reading import read_document
from chain.output import EXIT_REFUSED, as_json, exits_by_name, file_bytes, say, table, until_stopped
from chain.procurement.facts import CURRENCIES
from chain.procurement.procedure import value_rows
from chain.rules import canonical
from chain.types import Event

__all__ = ["audit", "index", "network", "ocds"]

EXIT_UNREADABLE = 2

_folder = click.option(
    "--network", "folder", default="networks/dev", show_default=True, type=Path, help="Network folder."
)
_json = click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")


@click.group()
def network() -> None:
    """Start, stop and look at the embedded network."""


@network.command("start")
@_folder
@exits_by_name
def network_start(folder: Path) -> None:
    """Run the embedded node of a folder until Ctrl-C, without the API."""
    with until_stopped(), Network.serve(folder) as net:
        say(f"node    {net.rpc_url}")
        say(f"folder  {net.folder.path}")
        sys.stdout.flush()
        wait = threading.Event()
        while net.node_runs:
            wait.wait(0.5)


@network.command("stop")
@_folder
@exits_by_name
def network_stop(folder: Path) -> None:
    """End the process that runs a folder."""
    owner = Folder(folder).owner()
    if owner is None:
        say(f"nothing runs on {folder}")
        return
    end(owner.process, 60.0)
    say(f"ended process {owner.process.pid}")


@network.command("status")
@_folder
@_json
@exits_by_name
def network_status(folder: Path, wants_json: bool) -> None:
    """Say what a folder holds and who runs it."""
    place = Folder(folder)
    descriptor, owner = place.descriptor(), place.owner()
    facts = {
        "folder": str(place.path),
        "name": descriptor.name,
        "engine": descriptor.engine,
        "profile": descriptor.profile,
        "chainId": descriptor.chain_id,
        "genesis": descriptor.genesis_hash,
        "process": owner.process.pid if owner else None,
        "url": owner.url if owner else None,
    }
    if wants_json:
        as_json(facts)
    else:
        table(("fact", "value"), facts.items())


@network.command("reset")
@_folder
@exits_by_name
def network_reset(folder: Path) -> None:
    """Keep the folder as FOLDER.old and let the next start begin a new network."""
    old = Folder(folder).set_aside()
    say(f"kept as {old}; the next start makes a new network")


@network.command("doctor")
@_folder
@_json
@exits_by_name
def network_doctor(folder: Path, wants_json: bool) -> None:
    """List what needs care: values of procedures to confirm, an ocid prefix that is not the network's own. Exit 1 if there is any."""
    with _joined(folder) as net:
        found = [*_to_confirm(net), *_prefix(net)]
    if wants_json:
        as_json(found)
    else:
        table(("check", "of", "is", "why"), (list(each.values()) for each in found))
        say(f"{len(found)} to see to")
    sys.exit(EXIT_REFUSED if found else 0)


def _to_confirm(net: Network) -> Iterator[dict[str, str]]:
    """Values of the procedures in force that the adopted text says the operator must confirm."""
    events = net.events("ProcedureBook", ("ProcedureAdopted", "ProcedureRetired"))
    retired = {_version(event) for event in events if event.name == "ProcedureRetired"}
    for event in events:
        if event.name != "ProcedureAdopted" or _version(event) in retired:
            continue
        text = json.loads(event.args["json"])
        for row in value_rows(text):
            if not row.confirmed:
                subject = f"{text['code']} v{event.args['version']} {row.field}"
                yield {"check": "procedure", "of": subject, "is": row.value, "why": row.source}


def _version(event: Event) -> tuple[str, int]:
    return event.args["code"], event.args["version"]


def _prefix(net: Network) -> Iterator[dict[str, str]]:
    prefix = net.publication.ocid_prefix
    if prefix == Publication.ocid_prefix:
        why = "it is everybody's who registered none: register one with the Open Contracting Partnership"
        yield {"check": "publication", "of": "ocid_prefix", "is": prefix, "why": why}


@click.group()
def audit() -> None:
    """Verify the chain, make proof files, check them without a node."""


@audit.command("run")
@_folder
@_json
@exits_by_name
def audit_run(folder: Path, wants_json: bool) -> None:
    """Recompute every block, root and tender of a network's chain."""
    with _joined(folder) as net:
        _report(net.audit_chain(), wants_json)


@audit.command("governance")
@_folder
@_json
@exits_by_name
def audit_governance(folder: Path, wants_json: bool) -> None:
    """List every privileged change since genesis with the resolution that allowed it."""
    with _joined(folder) as net:
        _report(net.audit_governance(), wants_json)


@audit.command("bundle")
@click.option("--tender", "number", type=int, help="Number of the tender.")
@click.option("--ocid", help="Or its ocid.")
@click.option("--transaction", help="Or the hash of a transaction of its history.")
@click.option("--with-documents", is_flag=True, help="Put the stored documents into the file too.")
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@_folder
@exits_by_name
def audit_bundle(
    number: int | None,
    ocid: str | None,
    transaction: str | None,
    with_documents: bool,
    output: Path,
    folder: Path,
) -> None:
    """Write the proof file of one tender."""
    if sum(choice is not None for choice in (number, ocid, transaction)) != 1:
        raise click.UsageError("name the subject by exactly one of --tender, --ocid and --transaction")
    with _joined(folder) as net:
        proof = net.prove(
            number if number is not None else ocid or transaction or "", with_documents=with_documents
        )
        proof.write(output)
    say(f"{output}: {proof.summary}")
    say(f"head {proof.head} (compare it with a node you trust)")


@audit.command("verify")
@click.argument("file", type=Path)
@click.option("--head", help="Hash of a block you trust to be the head.")
@click.option("--genesis", help="Or the hash of block 0 of the network you mean.")
@click.option("--board", help="Address of the network's TenderBoard, learned elsewhere.")
@_json
@exits_by_name
def audit_verify(
    file: Path, head: str | None, genesis: str | None, board: str | None, wants_json: bool
) -> None:
    """Check a proof file without a node; exit 0 with a verdict, 1 refused, 2 unreadable."""
    if (head is None) == (genesis is None):
        raise click.UsageError("name what you trust by exactly one of --head and --genesis")
    try:
        report = verify(file, head=head, genesis=genesis, board=board)
    except BundleUnreadable as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_UNREADABLE)
    _report(report, wants_json)


@click.group()
def index() -> None:
    """The index that is made from the blocks."""


@index.command("rebuild")
@_folder
@exits_by_name
def index_rebuild(folder: Path) -> None:
    """Make the index again from block 0; the service must be stopped."""
    _require_made(folder)
    with until_stopped(), Network.start("sandbox", folder) as net:
        head = net.rebuild_index()
    say(f"indexed up to block {head.block} {head.hash}")


@index.command("status")
@_folder
@_json
@exits_by_name
def index_status(folder: Path, wants_json: bool) -> None:
    """Say how far the index is."""
    found = Network.index_of(folder)
    head = found.head()
    facts = (
        {"block": head.block, "hash": head.hash, "time": head.time}
        if head
        else {"block": None, "hash": None, "time": None}
    )
    if wants_json:
        as_json(facts)
    else:
        table(("fact", "value"), facts.items())


@index.command("digest")
@click.option("--block", type=int, help="As of this block; default: the head.")
@_folder
@exits_by_name
def index_digest(block: int | None, folder: Path) -> None:
    """Print the sha256 of all rows: equal on every node and database."""
    say(Network.index_of(folder).digest(block))


@click.group()
def ocds() -> None:
    """OCDS documents: check, take in, give out."""


@ocds.command("check")
@click.argument("file", type=Path)
@exits_by_name
def ocds_check(file: Path) -> None:
    """Check a release, a release package or a record package of this network's kind."""
    raw = file_bytes(file)
    read_document(raw)
    document = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    if "records" in document:
        validate_record_package(document)
        releases = [
            r
            for record in document["records"]
            for r in record.get("releases", [])
            if "tag" in r and "id" in r
        ]
    elif "releases" in document:
        validate_release_package(document)
        releases = document["releases"]
    else:
        releases = [document]
    for release in releases:
        validate_release(release)
        check_ids(release)
    say(f"{file}: {len(releases)} releases, no fault found")


@ocds.command("import")
@click.argument("file", type=Path)
@click.option("--buyer", required=True, help="Org-id of the organisation that would publish it.")
@click.option("--now", required=True, type=int, help="Time to judge periods by, unix seconds.")
@_json
@exits_by_name
def ocds_import(file: Path, buyer: str, now: int, wants_json: bool) -> None:
    """Dry run of a publication: the canonical tender, or every fault."""
    intake = take(
        read_document(file_bytes(file)),
        defaults=Defaults({"sandbox": 1}, CURRENCIES),
        buyer_org_id=buyer,
        now=now,
    )
    if wants_json:
        as_json({"tender": json.loads(canonical(intake.tender)), "ignored": list(intake.ignored)})
        return
    say(canonical(intake.tender).decode())
    for pointer in intake.ignored:
        say(f"ignored {pointer}")


@ocds.command("flags")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Path)
@_json
@exits_by_name
def ocds_flags(files: Sequence[Path], wants_json: bool) -> None:
    """List red flags of the processes in all FILEs together: reasons to look closer, no findings.

    Each is a file of records as `licita ocds export` writes it (.jsonl, .jsonl.gz, .json), or of anybody's compiled releases.
    """
    processes: list[Process] = []
    others = 0
    for release in (release for file in files for release in compiled(file)):
        process = process_of(release)
        if process is None:
            others += 1
        else:
            processes.append(process)
    flags = find(processes)
    if wants_json:
        as_json(by_group(flags))
        return
    table(("flag", "means", "of", "id", "value"), map(_flag_row, flags))
    say(f"{len(flags)} flags of {len(processes)} processes; {others} more are cancelled or no processes")
    say("A flag is a reason to look, not a finding: much that is in order raises one.")


def _flag_row(flag: Flag) -> tuple[str, ...]:
    indicator = INDICATORS[flag.code]
    value = f"{flag.value:.4g} {indicator.unit}" if flag.group in indicator.measures else ""
    return flag.code, indicator.means, flag.group, flag.id, value


@contextmanager
def _joined(folder: Path) -> Iterator[Network]:
    """The running network of a folder, else the node that its network.toml names, else the embedded one started for this command.
    Raises NodeUnnamed where it is another engine's, of which nothing is started here."""
    _require_made(folder)
    descriptor = Folder(folder).descriptor()
    running = Network.running_url(folder) or descriptor.rpc
    if not running and descriptor.engine != "anvil":
        raise NodeUnnamed(str(folder))
    with (
        until_stopped(),
        Network.connect(running, folder) if running else Network.start("sandbox", folder) as net,
    ):
        yield net


def _require_made(folder: Path) -> None:
    if not Folder(folder).deployment_json.exists():
        raise NetworkAbsent(str(folder))


def _report(report: Report | Verdict, wants_json: bool) -> None:
    if wants_json:
        as_json(report.to_json())
        return
    for line in report.lines:
        say(line)
