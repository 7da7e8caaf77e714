"""Read models of outbox commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.money import INR

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.money import Money
    from desktop_app.domain.outbox import CommandKind, CommandState


DEAD_SHOWN = timedelta(days=30)
"""How long a permanently refused command is shown."""


@dataclass(frozen=True, slots=True)
class OutboxCommandView:
    """One command of the outbox, for lists.

    Attributes:
        about: the student and course, like `Asha Rao · Physics XI`.
        tries: how often it was tried.
        currency: of the amount, three letters.
        problem: why the last try failed, as an error's class name; empty before the first.
    """

    uid: str
    kind: CommandKind
    state: CommandState
    about: str
    amount: Money | None
    since: datetime
    tries: int
    problem: str
    currency: str = INR
