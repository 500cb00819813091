"""The whole life of a tender: published, bid for, awarded, agreed, changed, delivered, paid, rated, completed, and proved."""

import hashlib
from datetime import timedelta
from decimal import Decimal

from chain import Instalment, Network, errors


def paper(text: str) -> str:
    """The sha256 under which a document stands on the chain."""
    return hashlib.sha256(text.encode()).hexdigest()


with Network.start("sandbox") as net:
    buyer, acme, witness = net.people("buyer", "acme", "witness")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    tender.bid("1311264.00 MXN", sender=acme)
    net.wait_until(tender.opens_at)
    tender.open()
    award = tender.award(sender=buyer)
    net.wait_until(award.final_from)

    payments = [Instalment(Decimal(share), after=1) for share in ["8.33"] * 10 + ["16.70"]]  # per cent
    agreement = award.draft(paper("lease"), sender=buyer, payments=payments)
    agreement.sign(sender=buyer).sign(sender=acme)
    agreement.propose_change("quantity", "1400000.00 MXN", paper("32 more"), sender=acme)
    agreement.sign_change(sender=buyer)
    agreement.deliver(1, paper("note"), sender=acme).refuse(1, paper("twelve are broken"), sender=buyer)
    agreement.deliver(1, paper("new note"), sender=acme).accept(1, paper("report"), sender=buyer)
    for number, due in enumerate(agreement.milestones[1:], 2):
        net.wait_until(net.clock() + timedelta(days=30))
        agreement.pay(str(due.value), reference=f"SPEI {number}", milestone=number, sender=buyer)
    try:
        agreement.pay("0.01 MXN", reference="SPEI 99", milestone=2, sender=buyer)
    except errors.AgreementBookOverpaid as refusal:
        print(refusal.error, refusal.facts)
    agreement.rate(4, sender=witness).complete(paper("certificate"), sender=buyer)
    print(agreement.status, agreement.value, agreement.paid, tender.status)
    print(net.audit(tender).summary.splitlines()[0])
