"""Acts of a buyer from a script: by one account, or by two where the procedure asks for them."""

from __future__ import annotations

from collections.abc import Callable

from chain.procurement.acts import Prepared
from chain.procurement.session import Person, Session
from chain.transactions import Receipt

__all__ = ["Built", "signed"]

Built = Callable[[bool], Prepared]
"""Makes an act of ``sender``; whether it is to be proposed first."""


def signed(session: Session, build: Built, sender: Person, approver: Person | None) -> Receipt:
    """Sends an act. With an ``approver``, where the procedure asks for two accounts, ``sender`` proposes it and the other one does it;
    else ``sender`` alone does it. Raises the refusals of the act and of FourEyes."""
    act = build(approver is not None)
    if approver is None or act.act is None:
        return session.send(act.call, sender)
    session.send(act.proposed.call, sender)
    return session.send(act.call, approver)
