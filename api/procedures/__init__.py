"""Procedures as adopted on this network."""
