"""Write a proof file and check it in another process that has no node, no database, no network."""

import subprocess
import sys
from pathlib import Path

from chain import Network

FILE = Path("proof.zip")

with Network.start("sandbox") as net:
    (buyer,) = net.people("buyer")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    proof = net.audit(tender)
    proof.write(FILE)
    print(f"{FILE}: {FILE.stat().st_size} bytes, head {proof.head}")

check = [sys.executable, "-m", "api.cli", "audit", "verify", str(FILE), "--head", proof.head]
raise SystemExit(subprocess.run(check, check=False).returncode)
