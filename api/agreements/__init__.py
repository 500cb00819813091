"""Agreements: signed by both sides, changed within caps, delivered, paid, rated."""
