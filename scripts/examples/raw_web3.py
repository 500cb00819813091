"""Read the contracts with web3 alone: for tools that know Ethereum and not this library."""

import json

from web3 import Web3

from chain import Network
from chain.artifacts import artifact

with Network.start("sandbox") as net:
    (buyer,) = net.people("buyer")
    net.tenders.publish(net.samples.path("laptops"), sender=buyer)

    address = Web3.to_checksum_address(net.deployment.addresses["TenderBoard"])
    board = net.web3.eth.contract(address=address, abi=artifact("TenderBoard").abi)
    print(f"chain {net.web3.eth.chain_id}, block {net.web3.eth.block_number}")
    print(f"{board.functions.tenderCount().call()} tender(s)")
    for log in board.events.TenderPublished().get_logs(from_block=0):
        tender = json.loads(log["args"]["json"])
        print(f"block {log['blockNumber']}: {tender['title']}, {tender['value']}")
