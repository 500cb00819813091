"""One JSON line a request and a fault on standard error; never bodies, tokens or keys, so no local variables of a traceback either."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from asgi_correlation_id import correlation_id
from structlog.typing import EventDict

__all__ = ["Level", "configure"]

Level = Literal["debug", "info", "warning", "error"]


def configure(level: Level) -> None:
    """Sets the log up for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _request_id,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Ties the lines of one request together; the answer carries it as Licita-Request."""
    request = correlation_id.get()
    return event if request is None else {**event, "request": request}
