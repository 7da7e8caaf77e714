"""Asks for what a returned cheque costs the centre, where it has set such a charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueKind, DueState
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tax import Tax
from desktop_app.services.ports.records import DueRecord

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.ports.tender_records import InstrumentRecord

LABEL = "Cheque return charge"
HEAD = "bounce"


def charge_bounce(context: Context, work: UnitOfWork, cheque: InstrumentRecord) -> None:
    """Add a due for a cheque that the bank returned. It carries no GST (CBIC Circular 178/10/2022).

    Nothing is added where the centre charges nothing.
    """
    charge = Money(int(context.settings().texts["cheque.bounce_charge_paise"]))
    if not charge:
        return
    attempt = work.attempts.get(cheque.attempt_uid)
    about = work.enrollments.due(attempt.parts[0].due_uid)
    dues = work.enrollments.dues_of(about.enrollment_uid)
    due = DueRecord(
        uid=context.ids.new(),
        enrollment_uid=about.enrollment_uid,
        state=DueState.OPEN,
        quote=Quote(LABEL, Tax(charge, ZERO, ZERO, 0), registered=False),
        sequence=max(each.sequence for each in dues) + 1,
        due_on=day_in_india(context.now()),
        head_code=HEAD,
        kind=DueKind.BOUNCE,
    )
    work.enrollments.add_dues((due,), context.now())
    context.audit(work, "due.bounce_charge", due.uid, {"amount": charge.paise})
