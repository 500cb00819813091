"""A tender of one's own: an OCDS release as a Python dictionary. Change it and run it again."""

from datetime import timedelta

from chain import Network

BUYER = "MX-RFC-GDF9712054NA"  # the organisation of the sandbox's buyer

with Network.start("sandbox") as net:
    (buyer,) = net.people("buyer")
    now = net.clock()
    release = {
        "ocid": "ocds-87sd3t-2026-001",
        "id": "1",
        "tag": ["tender"],
        "language": "en",
        "date": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "buyer": {"id": BUYER, "name": "Ministry of Finance"},
        "tender": {
            "title": "Bicycles for inspectors",
            "description": "City bicycles with lights and a lock.",
            "procurementMethod": "open",
            "awardCriteria": "priceOnly",
            "value": {"amount": 250_000, "currency": "MXN"},
            "items": [
                {
                    "id": "1",
                    "description": "Bicycle",
                    "quantity": 40,
                    "classification": {"scheme": "UNSPSC", "id": "25161507"},
                }
            ],
            "tenderPeriod": {
                "startDate": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                "endDate": f"{now + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}",
            },
        },
    }
    tender = net.tenders.publish(release, sender=buyer)
    print(f"{tender.ocid}: {tender.title}, {tender.status} until {tender.closes_at}")
    print(f"ceiling of lot 1: {tender.terms.setup.lots[0].ceiling} minor units of {tender.terms.currency}")
