"""Accepted requests and what became of them."""
