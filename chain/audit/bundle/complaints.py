"""What became of the complaints about a tender, from replayed rows: each step was held against the rules on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chain.recorder.index.content import load
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_complaint
from chain.types import ComplaintStage, ComplaintStatus, Remedy, moment

__all__ = ["complaints_of", "said_of_complaint"]


def complaints_of(rows: MemoryRows, tender: int) -> Iterator[Mapping[str, Any]]:
    """Each complaint as JSON, in the order of their numbers; ``lot`` 0 is the whole tender."""
    for row in rows.all(idx_complaint):
        if row["tender"] == tender:
            remedy = Remedy(row["remedy"])
            yield {
                "complaint": row["number"],
                "supplier": row["supplier"],
                "lot": row["lot"],
                "stage": ComplaintStage(row["stage"]).word,
                "status": ComplaintStatus(row["status"]).word,
                "remedy": remedy.word if remedy else None,
                "filed": _time(row["filed_at"]),
                "steps": [_step(each) for each in load(row["steps"])],
            }


def said_of_complaint(complaint: Mapping[str, Any]) -> str:
    """One complaint in a sentence."""
    about = f"lot {complaint['lot']}" if complaint["lot"] else "the tender"
    parts = [
        f"complaint {complaint['complaint']} of supplier {complaint['supplier']} about {about}, stage {complaint['stage']}: "
        f"{complaint['status']}; filed at {complaint['filed']}"
    ]
    parts += [f"{each['status']} at {each['time']}" for each in complaint["steps"]]
    if complaint["remedy"] is not None:
        parts.append(f"remedy {complaint['remedy']}")
    return "; ".join(parts)


def _step(step: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"status": ComplaintStatus(step["status"]).word, "time": _time(step["at"])}


def _time(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
