"""Operations on a payment at the gateway, for the gateway's lane: no widget, no Qt.

Each call hands back what is stored, with the error beside it: a payment that could not be opened
or cancelled is shown as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.payment import LIVE_STATES, AttemptState

if TYPE_CHECKING:
    from desktop_app.domain.payment import Method
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView


class PaymentOutcome(NamedTuple):
    """The result of an operation.

    Attributes:
        uid: the attempt it was about.
        old: that attempt as it is stored now.
        new: another one that has taken its place, None when none has.
        is_unsafe: whether no second one was made because the first may still be paid.
    """

    uid: str
    old: AttemptView
    new: AttemptView | None = None
    error: Exception | None = None
    is_unsafe: bool = False

    @property
    def shown(self) -> AttemptView:
        """The attempt to show: the new one where there is one, else the old one."""
        return self.new or self.old

    @property
    def is_unsent(self) -> bool:
        """Whether it failed before anything of the attempt to show was at the gateway."""
        view = self.shown
        is_over = view.state in (AttemptState.CANCELLED, AttemptState.REJECTED)
        return self.error is not None and is_over and not (view.order_id or view.qr_text)


def initiate(desk: Desk, uid: str) -> PaymentOutcome:
    """Make an attempt payable; another of the same fee may turn out to be paid.

    Where nothing could be sent, nobody is enrolled by it either.
    """
    try:
        view = desk.payments.open(uid)
    except Exception as error:  # noqa: BLE001 - it is put into words by its class
        desk.payments.undo_unsent(uid)
        return PaymentOutcome(uid, desk.payments.view(uid), error=error)
    if view.uid != uid:
        return PaymentOutcome(uid, desk.payments.view(uid), view)
    return PaymentOutcome(uid, view)


def cancel(desk: Desk, uid: str) -> PaymentOutcome:
    """Cancel an attempt."""
    try:
        return PaymentOutcome(uid, desk.payments.cancel(uid))
    except Exception as error:  # noqa: BLE001 - it is put into words by its class
        return PaymentOutcome(uid, desk.payments.view(uid), error=error)


def renew(desk: Desk, uid: str, *, view: AttemptView, method: Method) -> PaymentOutcome:
    """Close an attempt, look for its money, and only then make a new one of the same dues."""
    old = view
    if view.state in LIVE_STATES:
        ended = cancel(desk, uid)
        old = ended.old
        if ended.error is not None or old.state is AttemptState.PAID:
            return ended
        if old.state in LIVE_STATES or not old.is_sure:
            return PaymentOutcome(uid, old, is_unsafe=True)
    try:  # making it payable looks at the ended one again before anything is created
        begun = desk.payments.begin_again(uid, method)
    except Exception as error:  # noqa: BLE001 - it is put into words by its class
        return PaymentOutcome(uid, old, error=error)
    opened = initiate(desk, begun.uid)
    return PaymentOutcome(uid, desk.payments.view(uid), opened.new or opened.old, opened.error)


def course_of(desk: Desk, view: AttemptView) -> str:
    """Find the uid of the course that an attempt pays for. Raises UnknownCourseError."""
    from desktop_app.services.errors import UnknownCourseError

    for row in desk.students.detail(view.student_uid).history:
        if row.uid == view.enrollment_uid:
            return row.course_uid
    raise UnknownCourseError(view.course_label)
