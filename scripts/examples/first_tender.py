"""Publish a real document as a tender, ask, answer, let time pass."""

from datetime import timedelta

from chain import Network

with Network.start("sandbox") as net:
    buyer, acme = net.people("buyer", "acme")

    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    print(f"tender {tender.number} ({tender.ocid}) in block {tender.published_block}: {tender.title}")
    print(f"{tender.status} until {tender.closes_at}")

    question = tender.ask("Warranty", "Are 24 months enough?", sender=acme)
    answered = tender.answer(question, "No: 36 months.", sender=buyer)
    print(f"question {answered.number}: {answered.description} {answered.answer}")

    later = net.clock() + timedelta(hours=2)
    tender.amend({"patch": {"tenderPeriod": {"endDate": f"{later:%Y-%m-%dT%H:%M:%SZ}"}}}, sender=buyer)
    print(f"terms version {tender.facts.terms_version}, open until {tender.closes_at}")

    net.wait_until(tender.closes_at)
    print(f"{tender.status}: nobody has bid")
