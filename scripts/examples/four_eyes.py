"""A procedure of two accounts: an officer proposes, an approver of the same buyer does it, and neither does it alone."""

import hashlib
import json

from chain import Network, errors

DECISION = hashlib.sha256(b"The laptops were bought by another department.").hexdigest()

with Network.start("sandbox") as net:
    officer, approver = net.people("buyer", "approver")
    document = json.loads(net.samples.path("laptops", length=5 * 86_400).read_bytes()) | {
        "procedure": "simple"
    }
    tender = net.tenders.publish(document, sender=officer, approver=approver)
    print(tender.number, tender.status, "four eyes" if tender.facts.four_eyes else "")

    try:
        tender.cancel("noDemand", DECISION, sender=officer)
    except errors.FourEyesRoleMissing as refusal:
        print(refusal.error, refusal.facts["role"])
    try:
        tender.cancel("noDemand", DECISION, sender=approver)
    except errors.FourEyesActNotProposed as refusal:
        print(refusal.error, refusal.advice)
    tender.cancel("noDemand", DECISION, sender=officer, approver=approver)
    print(tender.status)
    for event in net.events("FourEyes"):
        print(event.name, event.args["act"][:18], event.args.get("proposer") or event.args["approver"])
