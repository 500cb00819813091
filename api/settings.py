"""Settings of the service: environment variables ``LICITA_*`` first, then ``licita.toml``; nothing is read at import."""

from __future__ import annotations

from typing import Annotated

from pydantic import AnyHttpUrl, Field, TypeAdapter, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.logs import Level

__all__ = ["Settings"]

_ORIGIN = TypeAdapter(AnyHttpUrl)


class Settings(BaseSettings):
    """What an operator may set; each has a default that is safe on one host."""

    model_config = SettingsConfigDict(
        env_prefix="LICITA_", toml_file="licita.toml", extra="ignore", frozen=True
    )

    public_url: str = Field(
        "",
        description="Address under which others reach the service, prefix of problem types; empty: they are relative.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Origins of browser pages that may call the service, comma-separated; open data is open to all.",
    )
    max_json_bytes: int = Field(1_048_576, ge=1024, description="Longest JSON body, in bytes.")
    max_document_bytes: int = Field(52_428_800, ge=1024, description="Longest document, in bytes.")
    anonymous_reads: int = Field(20, ge=1, description="Requests a second from an address without a token.")
    token_reads: int = Field(100, ge=1, description="Reads a second with a token.")
    token_writes: int = Field(20, ge=1, description="Writes a second with a token.")
    document_writes: int = Field(2, ge=1, description="Uploads a second with a token.")
    anonymous_comments: int = Field(30, ge=1, description="Comments an hour from an address without a token.")
    comment_operator: str = Field(
        "auditor",
        description="Person whose OPERATOR account signs receipts for comments without a token, anchors them and ticks; empty: nobody.",
    )
    head_seconds: float = Field(10.0, gt=0, description="Time for the head of a request to arrive.")
    body_seconds: float = Field(
        10.0, gt=0, description="Time for the body of a request, and a second more for each 16 KiB."
    )

    log_level: Level = Field(
        "info", description="Least level of a log line: debug, info (each request), warning or error."
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("cors_origins")
    @classmethod
    def _exact(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(_ORIGIN.validate_python(origin)).rstrip("/") for origin in value)

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return str(_ORIGIN.validate_python(value)).rstrip("/") if value else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
