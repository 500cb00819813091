"""A test of the example: the interface documents what it emits."""

from pathlib import Path


def test_interface_documents_its_event() -> None:
    text = (Path(__file__).parent.parent / "contracts" / "IWarrantyBook.sol").read_text(encoding="utf-8")
    assert "/// @notice The item is under warranty until that time." in text
