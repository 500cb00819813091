"""A sealed tender: two bids that nobody can read, opened by the committee once their time has come."""

from decimal import Decimal

from chain import Network, errors

with Network.start("sandbox") as net:
    buyer, acme, beta = net.people("buyer", "acme", "beta")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)

    tender.bid("1289900.00 MXN", sender=acme)
    receipt = tender.seal_bid("1254800.00 MXN", sender=beta)  # sealed here; `receipt` also opens it
    tender.submit_bid(receipt, sender=beta)
    print("before:", [(bid.bidder, bid.status, bid.opened) for bid in tender.bids])

    net.wait_until(tender.closes_at)
    try:
        tender.open()
    except errors.OpeningCommitteeTooEarly as refusal:
        print(refusal.error, refusal.facts)

    net.wait_until(tender.opens_at)
    for bid in tender.open():
        print("after: ", bid.bidder, bid.opened[0].amounts[0])
    prices = [bid.opened[0].amounts[0] for bid in tender.bids]
    print("lowest:", min(prices, key=lambda price: price.amount if price else Decimal("Infinity")))
