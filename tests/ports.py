"""Ports for servers of tests that are told theirs and take it a while later, or again after they were killed."""

from __future__ import annotations

import socket

__all__ = ["held_port"]


def held_port() -> socket.socket:
    """A socket on a port of 127.0.0.1 that nobody else is given until it is closed: neither a server nor a client's connection.

    It never listens, so a server that reuses addresses, as anvil and uvicorn do, may take the port meanwhile.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder
