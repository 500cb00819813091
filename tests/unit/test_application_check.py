"""`licita application check`: each criterion on an example that fails it, the loops one by one, and hashes that are the same anywhere."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from eth_hash.auto import keccak

from chain.errors.applications import (
    ApplicationEmpty,
    ApplicationFileRefused,
    ApplicationFolderAbsent,
    ApplicationTooLarge,
)
from chain.rules import canonical
from governance.application_commands import application as command
from governance.applications import CHECKLIST, Application, Criterion, Findings, check, read_application
from governance.applications.folder import MAX_BYTES, MAX_FILES
from governance.applications.testing import run_tests

pytestmark = pytest.mark.unit

EXAMPLES = Path(__file__).resolve().parents[1] / "data" / "applications"
LARGE = 'contract Large {{ function text() external pure returns (bytes memory) {{ return hex"{}"; }} }}'


@cache
def examples() -> Findings:
    """All examples but the one that does not compile, judged as one application: one run of the compiler."""
    files = {
        name: data
        for name, data in read_application(EXAMPLES).files.items()
        if not name.startswith("compiles/")
    }
    noise = b"".join(hashlib.sha256(bytes([i // 256, i % 256])).digest() for i in range(800))
    large = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.28;\n" + LARGE.format(noise.hex())
    return check(
        Application(EXAMPLES, {**files, "size/contracts/Large.sol": large.encode()}), with_tests=False
    )


def criterion(id: str, findings: Findings | None = None) -> Criterion:
    (found,) = (each for each in (findings or examples()).criteria if each.id == id)
    return found


def reasons(id: str) -> set[str]:
    """``File.sol:line text`` of each reason."""
    return {f"{each.place.rpartition('/')[2]} {each.text}" for each in criterion(id).reasons}


def source(tmp_path: Path, text: str = "contract A {}", tests: str | None = None) -> Path:
    """A folder with one contract, and one test file."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "A.sol").write_text(text, encoding="utf-8")
    if tests is not None:
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "test_a.py").write_text(tests, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("id", "result"),
    [
        ("calls", "fail"), ("loops", "warn"), ("personal-data", "fail"), ("events", "fail"), ("licence", "fail"), ("size", "fail"),
        ("payable", "fail"), ("owner", "fail"),
    ],
)  # fmt: skip
def test_criterion__its_example__is_reported_and_no_other_file(id: str, result: str) -> None:
    found = criterion(id)
    assert found.result == result
    assert {each.place.split("/")[0] for each in found.reasons} - {"", "@openzeppelin"} == {id}
    assert found.advice


def test_calls__every_way__is_found_in_code_and_in_what_it_reaches_of_the_library() -> None:
    assert reasons("calls") == {
        "Wallet.sol:17 delegatecall",
        "Wallet.sol:22 delegatecall in assembly",
        "Wallet.sol:21 assembly: people have to read it",
        "LowLevelCall.sol delegatecall in assembly",
        "Wallet.sol:31 a public function of a library, which is a delegatecall",
        "Wallet.sol:39 selfdestruct",
    }


def test_loops__each_without_a_written_bound__says_which_and_why() -> None:
    stored, below = (
        "in storage, and no require keeps it below a number where it grows",
        "and no require keeps it below a number",
    )
    assert reasons("loops") == {
        f"Raffle.sol:23 in _walk: its bound is the length of _tickets {stored}",
        f"Raffle.sol:29 in some: its bound is the length of which, {below}",
        f"Raffle.sol:35 in down: its bound is the parameter steps, {below}",
        "Raffle.sol:42 in stored: its bound is the stored _count",
        f"Raffle.sol:49 in either: its bound is the parameter n, {below}",
        "Raffle.sol:55 in forever: a loop without a condition",
        f"Raffle.sol:62 in misguarded: its bound is the parameter n, {below}",
        "Raffle.sol:75 in tupled: its bound is what _pair answers",
    }


def test_personal_data__names_in_both_languages__are_found() -> None:
    assert reasons("personal-data") == {
        "Padron.sol:6 member of Persona: nombre",
        "Padron.sol:7 member of Persona: curpHash",
        "Padron.sol:8 member of Persona: fechaNacimiento",
        "Padron.sol:9 member of Persona: homeAddress",
        "Padron.sol:15 argument of Registered: email",
        "Padron.sol:17 stored _phones",
        "Padron.sol:19 stored _tokenName: of a person?",
        "Padron.sol:21 parameter of register: fullName",
        "Padron.sol:21 parameter of register: age",
        "Padron.sol:21 parameter of register: email",
    }


def test_events__without_a_notice__are_named() -> None:
    assert reasons("events") == {
        "Silent.sol:9 event Unsaid says nothing",
        "Silent.sol:11 event Whispered says nothing",
    }


def test_licence__missing_in_a_file_and_in_the_folder__is_said() -> None:
    assert reasons("licence") == {
        "Bare.sol no SPDX-License-Identifier",
        "Unlicensed.sol UNLICENSED: nobody may use it",
        " no file LICENSE",
    }


def test_payable__inherited_constructor_and_receive__are_named() -> None:
    assert reasons("payable") == {
        "Till.sol:7 Till: pay is payable",
        "Till.sol:13 Till: constructor is payable",
        "Till.sol:15 Till: receive is payable",
    }


def test_owner__by_import_and_by_name__is_named() -> None:
    assert reasons("owner") == {
        "Kingdom.sol:4 imports @openzeppelin/contracts/access/Ownable.sol",
        "Kingdom.sol:10 Kingdom is Ownable",
        "Kingdom.sol:14 Changeling is UUPSUpgradeable",
        "Kingdom.sol:6 defines UUPSUpgradeable",
    }


def test_size__over_the_limit__says_how_much() -> None:
    (found,) = criterion("size").reasons
    assert (found.place, found.text.split(" has ")[0]) == ("size/contracts/Large.sol:3", "Large")


def test_gas__every_contract__has_figures() -> None:
    found = criterion("gas")
    assert found.result == "pass"
    assert any("WarrantyBook: " in each.text and "gas for the code" in each.text for each in found.reasons)
    assert any(each.text.startswith("Silent.speak(uint256): at most") for each in found.reasons)


def test_findings__bits_and_codes__are_as_submit_takes_them() -> None:
    found = examples()
    assert [each.id for each in found.criteria] == list(CHECKLIST)
    assert not found.is_passed
    assert found.passed & found.failed == 0
    for bit, each in enumerate(found.criteria):
        assert (bool(found.passed >> bit & 1), bool(found.failed >> bit & 1)) == (
            each.result == "pass",
            each.result == "fail",
        )
    assert list(found.code_hashes) == sorted(set(found.code_hashes))
    assert keccak(b"") not in found.code_hashes


def test_check__the_good_example__passes_and_its_hash_is_of_what_is_shown(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        command, ["check", str(EXAMPLES / "good"), "--json", "--archive", str(tmp_path / "a.tar")]
    )
    assert ran.exit_code == 0, ran.output
    shown = json.loads(ran.stdout)
    assert {each["id"]: each["result"] for each in shown["criteria"]} == dict.fromkeys(CHECKLIST, "pass")
    assert [each["text"] for each in shown["criteria"][1]["reasons"]] == ["pytest: 1 passed"]
    said = shown.pop("hash")
    assert said == "0x" + hashlib.sha256(canonical(shown)).hexdigest()
    archive = (tmp_path / "a.tar").read_bytes()
    assert shown["source_hash"] == "0x" + hashlib.sha256(archive).hexdigest()
    assert len(shown["code_hashes"]) == 1
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        assert opened.getnames() == [
            "LICENSE", "contracts/IWarrantyBook.sol", "contracts/WarrantyBook.sol", "tests/test_warranty_book.py",
        ]  # fmt: skip


def test_check__what_does_not_compile__says_where_and_judges_nothing_else() -> None:
    ran = CliRunner().invoke(command, ["check", str(EXAMPLES / "compiles"), "--no-tests"])
    assert ran.exit_code == 1
    assert "contracts/Broken.sol:5: TypeError" in ran.stdout
    assert ran.stdout.count("not judged: it does not compile") == len(CHECKLIST) - 2
    assert "not run" in ran.stdout


@pytest.mark.parametrize(
    "name",
    ["/etc/hostname", "../../secret.sol", "@openzeppelin/contracts/Absent.sol", "https://a.test/B.sol"],
)
def test_check__import_from_elsewhere__does_not_compile_and_is_not_read(tmp_path: Path, name: str) -> None:
    folder = source(tmp_path, f'import "{name}"; contract A {{}}')
    found = check(read_application(folder), with_tests=False)
    (reason, *_) = criterion("compiles", found).reasons
    assert "import" in reason.text
    assert (found.code_hashes, found.source_hash) == ((), read_application(folder).source_hash)


def test_archive__the_same_files_elsewhere_and_later__the_same_bytes(tmp_path: Path) -> None:
    copy = shutil.copytree(EXAMPLES / "good", tmp_path / "copy")
    os.utime(copy / "LICENSE", (1, 1))
    (copy / "LICENSE").chmod(0o600)
    (copy / ".git").mkdir()
    (copy / ".git" / "HEAD").write_text("x")
    (copy / "node_modules").mkdir()
    (copy / "node_modules" / "A.sol").write_text("x")
    assert read_application(copy).archive == read_application(EXAMPLES / "good").archive
    (copy / "LICENSE").write_text("another")
    assert read_application(copy).source_hash != read_application(EXAMPLES / "good").source_hash


def test_read__a_link__refused_by_name(tmp_path: Path) -> None:
    folder = source(tmp_path)
    (folder / "away").symlink_to(tmp_path)
    with pytest.raises(ApplicationFileRefused) as refused:
        read_application(folder)
    assert refused.value.path == "away"


def test_read__no_folder__refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ApplicationFolderAbsent):
        read_application(tmp_path / "absent")
    ran = CliRunner().invoke(command, ["check", str(tmp_path / "absent")])
    assert (ran.exit_code, ran.stderr.split("(")[0]) == (1, "ApplicationFolderAbsent")


def test_read__too_many_files_or_bytes__refused_by_name(tmp_path: Path) -> None:
    for i in range(MAX_FILES + 1):
        (tmp_path / str(i)).touch()
    with pytest.raises(ApplicationTooLarge) as refused:
        read_application(tmp_path)
    assert (refused.value.what, refused.value.limit) == ("files", MAX_FILES)
    os.truncate(tmp_path / "0", MAX_BYTES + 1)
    with pytest.raises(ApplicationTooLarge) as refused:
        read_application(tmp_path)
    assert (refused.value.what, refused.value.got) == ("bytes", MAX_BYTES + 1)


def test_sources__none_or_not_utf8__refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "Mock.sol").write_text("contract Mock {}")
    with pytest.raises(ApplicationEmpty):
        check(read_application(tmp_path), with_tests=False)
    (tmp_path / "A.sol").write_bytes(b"\xff")
    with pytest.raises(ApplicationFileRefused):
        check(read_application(tmp_path), with_tests=False)


@pytest.mark.parametrize(
    ("tests", "result", "told"),
    [
        ("def test_a(): pass\ndef test_b(): pass\n", "pass", ["pytest: 2 passed"]),
        ("def test_a(): assert 0\n", "fail", ["pytest ended with 1: 1 failed", "failed: tests/test_a.py::test_a"]),
        ("import absent\n", "fail", ["pytest ended with 2: 1 error", "failed: tests/test_a.py"]),
        ("x = 1\n", "fail", ["pytest ended with 5: no tests ran"]),
        ("import os\nos._exit(0)\n", "fail", ["pytest ended with 0: it said nothing of them"]),
        ("import pytest\n@pytest.mark.skip\ndef test_a(): pass\n", "fail", ["pytest ended with 0: 1 skipped"]),
        ("import os\ndef test_a(): assert not [n for n in os.environ if n.startswith('LICITA')]\n", "pass", ["pytest: 1 passed"]),
    ],
    ids=["passing", "failing", "broken", "none", "exits", "skipped", "environment"],
)  # fmt: skip
def test_run_tests__what_they_do__is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tests: str, result: str, told: list[str]
) -> None:
    monkeypatch.setenv("LICITA_TOKEN", "secret")
    found = run_tests(read_application(source(tmp_path, tests=tests)), 60)
    assert (found.result, [each.text for each in found.reasons]) == (result, told)


def test_run_tests__longer_than_their_time__ended(tmp_path: Path) -> None:
    folder = source(tmp_path, tests="def test_a():\n    while True: pass\n")
    found = run_tests(read_application(folder), 1)
    assert (found.result, found.reasons[0].text) == ("fail", "not done after 1 s")


def test_run_tests__none_there__fail(tmp_path: Path) -> None:
    found = run_tests(read_application(source(tmp_path)), 1)
    assert (found.result, found.reasons[0].text.split(":")[0]) == ("fail", "no test_*.py")
