"""What is refused, by name: a document with faults, a wrong role, an act after the deadline."""

from collections.abc import Callable

from chain import Network, errors


def refused(what: str, act: Callable[[], object]) -> errors.LicitaError:
    """Does the act, which must be refused, and prints why."""
    try:
        act()
    except errors.LicitaError as refusal:
        print(f"{what}: {refusal.error} {refusal.facts}")
        print(f"  {refusal.detail}")
        return refusal
    raise SystemExit(f"{what}: not refused")


with Network.start("sandbox") as net:
    buyer, acme = net.people("buyer", "acme")

    faults = refused("a direct award", lambda: net.tenders.publish(net.samples.path("direct"), sender=buyer))
    for fault in getattr(faults, "errors", ()):
        print(f"  {fault.pointer or '/'}: {fault.error}")

    refused("a supplier publishes", lambda: net.tenders.publish(net.samples.path("laptops"), sender=acme))

    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    net.wait_until(tender.closes_at)
    late = refused("a late amendment", lambda: tender.amend({"patch": {"description": "New."}}, sender=buyer))
    assert isinstance(late, errors.TenderBoardClosed)
