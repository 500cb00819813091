"""A service in this process: uvicorn on a socket that is bound before anything is announced."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

import uvicorn

from api.app import create_app
from api.protocol import serving
from api.settings import Settings
from chain.errors.running import PortTaken, ServiceNotStarted
from chain.network import Network

__all__ = ["Running"]

_PATIENCE = 60.0  # seconds for the service to index what the chain holds and to answer


class Running:
    """The API of ``network`` on 127.0.0.1; ``port`` 0 takes a free one. A context manager; ``url`` ends without a slash."""

    def __init__(self, network: Network, port: int = 0, settings: Settings | None = None) -> None:
        self._socket = _bind(port)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        chosen = settings or Settings()
        self._server = uvicorn.Server(serving(create_app(chosen, network), chosen))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="licita-api", daemon=True
        )

    def __enter__(self) -> Running:
        self._thread.start()
        self._wait_started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=_PATIENCE)
        self._socket.close()

    @property
    def alive(self) -> bool:
        """False once the service has ended by itself."""
        return self._thread.is_alive()

    def _wait_started(self) -> None:
        pause = threading.Event()
        waited = 0.0
        while not self._server.started:
            if not self._thread.is_alive() or waited > _PATIENCE:
                raise ServiceNotStarted(self.url)
            pause.wait(0.02)
            waited += 0.02


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise PortTaken(port, error.strerror or str(error)) from error
    return listener
