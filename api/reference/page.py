"""The page of the API: its OpenAPI document as one static page, so that it is read without a network and without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from json import dumps
from typing import Any

__all__ = ["CONTENT_SECURITY", "STYLE", "page"]

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d0d7de }
details { border: 1px solid #d0d7de; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } summary code { font-weight: 600 }
.verb { display: inline-block; min-width: 3.5rem; font: 600 .8rem ui-monospace, monospace }
pre { background: #f6f8fa; padding: .8rem; overflow: auto; border-radius: 6px }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0 }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } pre { background: #161b22 }
 h2, details { border-color: #30363d } a { color: #58a6ff } }
"""


def page(document: Mapping[str, Any]) -> str:
    """OpenAPI document -> HTML."""
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{escape(info['title'])}</title><link rel=stylesheet href=/docs/style.css>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>",
        "<p><a href=/v1/openapi.json>OpenAPI 3.1</a> · <a href=/v1/errors>errors</a> · <a href=/v1/codelists>codelists</a></p>",
    ]
    by_tag: dict[str, list[str]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            by_tag.setdefault(operation["tags"][0], []).append("".join(_operation(path, verb, operation)))
    for tag, operations in by_tag.items():
        parts += [f"<h2 id={escape(tag)}>{escape(tag)}</h2>", *operations]
    return "".join([*parts, "</html>\n"])


def _operation(path: str, verb: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details id={escape(operation['operationId'])}><summary><span class=verb>{verb.upper()}</span> "
    yield f"<code>{escape(path)}</code> {escape(operation['description'])}</summary>"
    if operation.get("parameters"):
        yield "<table>"
        for parameter in operation["parameters"]:
            needed = " (required)" if parameter.get("required") else ""
            yield f"<tr><td><code>{escape(parameter['name'])}</code><td>{parameter['in']}{needed}"
            yield f"<td>{escape(parameter.get('description', ''))}"
        yield "</table>"
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" in content:
            yield f"<p>Body, for example:<pre>{escape(dumps(content['example'], ensure_ascii=False, indent=2), quote=False)}</pre>"
    yield "<table>"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{escape(status)}<td>{escape(answer['description'])}"
    yield "</table></details>"
