"""Bids: submit as sealed, confirm, withdraw, read; documents once they are open."""
