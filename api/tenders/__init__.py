"""Tenders: publish, amend, ask, answer, note, cancel, read."""
