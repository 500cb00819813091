"""Tenders: publish, amend, ask, answer, cancel, read."""
