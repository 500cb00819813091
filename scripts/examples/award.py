"""From open bids to an award: a low price is explained, a bid is put out, the next one is awarded."""

import hashlib

from chain import Network, errors


def paper(text: str) -> str:
    """The sha256 under which a decision stands on the chain."""
    return hashlib.sha256(text.encode()).hexdigest()


with Network.start("sandbox") as net:
    buyer, acme, beta, gamma = net.people("buyer", "acme", "beta", "gamma")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    tender.bid("1289900.00 MXN", sender=acme)
    tender.bid("654800.00 MXN", sender=beta)
    tender.bid("1301000.00 MXN", sender=gamma)
    net.wait_until(tender.opens_at)
    tender.open()

    lot = tender.lot(1)
    for place in lot.rank(sender=gamma):  # anybody may: no other list passes
        print(place.place, place.bid, place.price, "abnormally low" if place.low else "")
    try:
        lot.award(sender=buyer)
    except errors.AwardDeskExplanationMissing as refusal:
        print(refusal.error, refusal.facts)
    lot.ask_explanation(1, paper("How can you lease at half the price?"), sender=buyer)
    lot.explain(1, paper("The laptops are three years old."), sender=beta)
    lot.disqualify(1, "nonResponsive", paper("The terms ask for new ones."), sender=buyer)
    award = lot.award(sender=buyer, document=paper("The lowest of those that meet the terms."))
    print(award.bid, award.amount, award.why, lot.status)
    net.wait_until(award.final_from)
    print(lot.status)
