"""Bodies of the document routes."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown

__all__ = ["DocumentBody"]


class DocumentBody(Shown):
    """A document the service holds."""

    sha256: str = Field(description="Its name everywhere, hex.", examples=["ab" * 32])
    size: int = Field(description="In bytes.")
    url: str = Field(description="Path of the download.", examples=[f"/v1/documents/{'ab' * 32}"])
