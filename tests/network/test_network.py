"""chain.network: a network that is started, kept, killed, refused, and scripted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain import Network
from chain.errors import (
    DeploymentOther,
    DeploymentUnreadable,
    FolderIsFile,
    ImportRefused,
    KeyReadable,
    NetworkInUse,
    NetworkOther,
    NodeNotReady,
    PersonUnknown,
    ProfileUnknown,
    SampleUnknown,
    TenderBoardAlreadyRecorded,
    TenderBoardAskerHidden,
    TenderBoardClosed,
    TenderBoardExtensionTooShort,
    TenderBoardNotFound,
    TenderBoardRoleMissing,
)
from chain.errors.procurement import HandedQuestionWrong, ReasonUnknown
from chain.types import TenderStatus

pytestmark = pytest.mark.network

DAY = 86_400
DECISION = "ab" * 32


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made network folder that nobody runs; a test that changes it takes a copy."""
    folder = tmp_path_factory.mktemp("made") / "network"
    Network.start("sandbox", folder).close()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the made folder."""
    return Path(shutil.copytree(made, tmp_path / "a network"))


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A network whose tests do not care what others did on it."""
    with Network.start("sandbox", tmp_path_factory.mktemp("shared") / "network") as network:
        yield network


class TestStart:
    """Network.start."""

    def test_start__no_folder__is_gone_at_the_end(self) -> None:
        with Network.start("sandbox") as network:
            folder = network.folder.path
            pid = network._require_engine().pid
            assert folder.is_dir() and pid is not None
        assert not folder.exists()
        assert not Path(f"/proc/{pid}").exists()

    def test_start__kept_folder__finds_its_tenders_again(self, folder: Path) -> None:
        with Network.start("sandbox", folder) as network:
            (buyer,) = network.people("buyer")
            tender = network.tenders.publish(network.samples.path("laptops"), sender=buyer)
            facts, head = tender.facts, network.now()
        with Network.start("sandbox", folder) as network:
            assert network.tenders[1].facts == facts
            assert network.now() == head
            network.tenders.publish(network.samples.path("cutter"), sender=network.person("buyer"))
            assert network.now() > head

    def test_start__moved_20_days_killed_and_started_again__goes_on_later_with_the_same_genesis(
        self, folder: Path
    ) -> None:
        network = Network.start("sandbox", folder)
        genesis = network.deployment.genesis_hash
        network.wait_until(network.now() + 20 * DAY)
        network.close()
        child = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": "."},
        )
        assert child.stdout is not None
        moved = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        with Network.start("sandbox", folder) as again:
            assert again.deployment.genesis_hash == genesis
            before = again.now()
            assert before >= moved - 1 > time.time() + 19 * DAY
            again.tenders.publish(again.samples.path("laptops"), sender=again.person("buyer"))
            assert again.now() > before

    def test_start__folder_of_a_killed_first_start__begins_anew(self, folder: Path) -> None:
        (folder / "deployment.json").unlink()
        with Network.start("sandbox", folder) as network:
            assert len(network.tenders) == 0
            assert network.person("acme").address == network.records["acme"].address

    def test_start__unknown_profile__is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ProfileUnknown) as caught:
            Network.start("production", tmp_path / "n")
        assert caught.value.facts == {"profile": "production", "known": "sandbox"}
        assert not (tmp_path / "n").exists()

    def test_start__folder_in_use__names_who_has_it(self, folder: Path) -> None:
        with Network.start("sandbox", folder) as network:
            with pytest.raises(NetworkInUse) as caught:
                Network.start("sandbox", folder)
            assert caught.value.facts == {"pid": os.getpid(), "url": network.rpc_url}
            assert len(network.tenders) == 0

    def test_start__path_is_a_file__is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("mine")
        with pytest.raises(FolderIsFile):
            Network.start("sandbox", path)
        assert path.read_text() == "mine"

    def test_start__contracts_of_another_version__advises_reset(self, folder: Path) -> None:
        record = json.loads((folder / "deployment.json").read_text())
        record["contracts"]["TenderBoard"]["creation_hash"] = "0x" + "00" * 32
        (folder / "deployment.json").write_text(json.dumps(record))
        with pytest.raises(DeploymentOther) as caught:
            Network.start("sandbox", folder)
        assert caught.value.contract == "TenderBoard"
        assert "network reset" in caught.value.detail
        assert not (folder / "run.json").exists()

    def test_start__damaged_deployment_record__is_refused(self, folder: Path) -> None:
        (folder / "deployment.json").write_text("{}")
        with pytest.raises(DeploymentUnreadable):
            Network.start("sandbox", folder)

    def test_start__people_readable_by_others__is_refused(self, folder: Path) -> None:
        (folder / "people.json").chmod(0o644)
        with pytest.raises(KeyReadable):
            Network.start("sandbox", folder)

    def test_start__code_on_the_chain_differs__is_refused(self, folder: Path) -> None:
        record = json.loads((folder / "deployment.json").read_text())
        record["contracts"]["TenderBoard"]["code_hash"] = "0x" + "11" * 32
        (folder / "deployment.json").write_text(json.dumps(record))
        with pytest.raises(NetworkOther) as caught:
            Network.start("sandbox", folder)
        assert caught.value.what == "code of TenderBoard"


_HOLD = """
import sys, time
from chain import Network
net = Network.start("sandbox", sys.argv[1])
print(net.now(), flush=True)
time.sleep(60)
"""


class TestConnect:
    """Network.connect."""

    def test_connect__running_node__acts_with_the_callers_own_key(self, net: Network) -> None:
        buyer = net.person("buyer")
        with Network.connect(net.rpc_url, net.folder.path) as other:
            assert other.records == {}
            before = len(net.tenders)
            assert other.deployment == net.deployment
            assert len(other.tenders) == before
            with pytest.raises(NodeNotReady):
                other.wait_until(net.now() + 10)
            with pytest.raises(PersonUnknown):
                other.person(buyer.name)

    def test_connect__other_chain__is_refused(self, net: Network, folder: Path) -> None:
        with pytest.raises(NetworkOther):
            Network.connect(net.rpc_url, folder)


class TestScript:
    """The surface that people script."""

    def test_script__whole_life__reads_back_what_was_done(self, net: Network) -> None:
        buyer, acme = net.people("buyer", "acme")
        tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
        assert tender.title == "ARRENDAMIENTO DE BIENES INFORMÁTICOS"
        assert tender.ocid == f"ocds-213czf-{tender.number}"
        assert tender.status is TenderStatus.ENQUIRIES
        question = tender.ask("Garantía", "¿24 meses?", sender=acme)
        assert question.answer is None
        assert tender.answer(question, "No.", sender=buyer).answer == "No."
        assert [q.number for q in tender.questions] == [1]
        net.wait_until(tender.closes_at.timestamp() - 2)
        assert tender.status is TenderStatus.TENDERING
        with pytest.raises(TenderBoardExtensionTooShort):
            tender.amend({"patch": {"description": "x"}}, sender=buyer)
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(net.now() + 60))
        tender.amend({"patch": {"description": "x", "tenderPeriod": {"endDate": end}}}, sender=buyer)
        assert tender.document["description"] == "x"
        assert tender.facts.terms_version == 2
        net.wait_until(tender.closes_at)
        assert tender.status is TenderStatus.FAILED
        with pytest.raises(TenderBoardClosed):
            tender.amend({"patch": {"description": "y"}}, sender=buyer)
        names = [event.name for event in tender.events()]
        assert names == ["TenderPublished", "QuestionAsked", "QuestionAnswered", "TenderAmended"]

    def test_script__hidden_question_and_note__read_back_what_was_done(self, net: Network) -> None:
        buyer, acme, beta, desk, auditor = net.people("buyer", "acme", "beta", "registrar", "auditor")
        tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
        handed = tender.hand("Garantía", "¿24 meses?", sender=acme)
        with pytest.raises(TenderBoardRoleMissing):
            tender.relay(handed, sender=beta)
        question = tender.relay(handed, sender=desk)
        assert (question.supplier, question.desk is None) == (None, False)
        with pytest.raises(TenderBoardAlreadyRecorded):
            tender.relay(handed, sender=desk)
        with pytest.raises(HandedQuestionWrong):
            tender.relay(tender.hand("x", "y", sender=buyer), sender=desk)
        tender.answer(question, "No.", sender=buyer)
        with pytest.raises(TenderBoardAskerHidden):
            tender.disclose_asker(handed, sender=acme)
        net.wait_until(tender.closes_at)
        disclosed = tender.disclose_asker(handed, sender=desk)
        assert (disclosed.supplier, disclosed.desk) == ("0x" + handed.supplier.hex(), question.desk)
        note = tender.note("La pregunta llegó a tiempo.", sender=auditor)
        assert tender.notes == [note] and (note.number, note.document) == (1, None)

    def test_script__cancel__ends_after_the_window(self, net: Network) -> None:
        buyer = net.person("buyer")
        tender = net.tenders.publish(net.samples.path("cutter"), sender=buyer)
        with pytest.raises(ReasonUnknown):
            tender.cancel("because", DECISION, sender=buyer)
        tender.cancel("noDemand", DECISION, sender=buyer)
        assert tender.status is TenderStatus.CANCELLING
        net.wait_until(net.now() + 4)
        assert tender.status is TenderStatus.CANCELLED

    def test_publish__wrong_role__is_named_before_anything_is_sent(self, net: Network) -> None:
        acme = net.person("acme")
        head = net.now()
        with pytest.raises(TenderBoardRoleMissing) as caught:
            net.tenders.publish(net.samples.path("laptops"), sender=acme)
        assert caught.value.facts == {"role": "OFFICER", "who": acme.address}
        assert net.now() == head

    def test_publish__same_key_twice__makes_one_tender(self, net: Network) -> None:
        buyer = net.person("buyer")
        path = net.samples.path("laptops")
        tender = net.tenders.publish(path, sender=buyer, key="once")
        with pytest.raises(TenderBoardAlreadyRecorded) as caught:
            net.tenders.publish(path, sender=buyer, key="once")
        assert caught.value.id == tender.number

    def test_publish__direct_award_without_value__names_every_fault(self, net: Network) -> None:
        with pytest.raises(ImportRefused) as caught:
            net.tenders.publish(net.samples.path("direct"), sender=net.person("buyer"))
        names = {fault.error for fault in caught.value.errors}
        assert names == {"ImportAmountNotPositive", "ImportFieldMissing"}

    def test_tenders__unknown_number__is_not_found(self, net: Network) -> None:
        for number in (0, 10**6, -1, 2**300):
            with pytest.raises(TenderBoardNotFound):
                net.tenders[number]

    def test_samples__unknown_name__is_refused(self, net: Network) -> None:
        with pytest.raises(SampleUnknown):
            net.samples.path("nothing")

    def test_web3__of_the_network__reads_the_same_chain(self, net: Network) -> None:
        assert net.web3.eth.chain_id == net.chain_id
        assert net.web3.eth.get_block("latest")["timestamp"] == net.now()


def test_person__repr__shows_no_key(net: Network) -> None:
    person = net.person("buyer")
    assert person.key.hex() not in repr(person)
    assert net.records["buyer"].token not in repr(net.records["buyer"])
