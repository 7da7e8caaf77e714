"""The payment panel's texts for each state: in the QR's place, under it, and on its button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.channels import is_link
from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.payments import AttemptView

_S = AttemptState

COVER: Mapping[AttemptState, N_] = {
    _S.INTENT: N_("Kept to collect.\nThere is no QR yet."),
    _S.UNKNOWN: N_("The answer was lost.\nIt is being looked up."),
    _S.ORDERED: N_("The order is made,\nbut there is no QR yet."),
    _S.AWAITING: N_("Drawing the QR…"),
    _S.EXPIRED: N_("Expired"),
    _S.CANCELLED: N_("Cancelled"),
    _S.REJECTED: N_("Razorpay refused this payment."),
    _S.LAPSED: N_("No money came."),
}
"""The text in the QR's place."""

_HINTS: Mapping[AttemptState, N_] = {
    _S.AWAITING: N_("Scan with any UPI app"),
    _S.UNKNOWN: N_("It is never made twice."),
}
_NOTES: Mapping[AttemptState, N_] = {
    _S.EXPIRED: N_("Money that still comes is found and booked."),
    _S.CANCELLED: N_("Money that still comes is found and booked."),
    _S.REJECTED: N_("No money has moved. Choose another way of paying."),
    _S.LAPSED: N_("It was watched for six days. The fee is still to be collected."),
}
CAN_OPEN: Mapping[AttemptState, N_] = {
    _S.INTENT: N_("Get the QR now"),
    _S.ORDERED: N_("Get the QR now"),
    _S.UNKNOWN: N_("Go on"),
}
CAN_RENEW: Mapping[AttemptState, N_] = {
    _S.EXPIRED: N_("New QR"),
    _S.CANCELLED: N_("New QR"),
    _S.REJECTED: N_("Try again"),
    _S.LAPSED: N_("New QR"),
}
_NEW_LINK = N_("New link")
_SEEN_IN = {_S.ORDERED, _S.AWAITING, _S.EXPIRED, _S.CANCELLED}


def hint(view: AttemptView) -> str:
    """Return what the parent should do, in a few words."""
    if is_link(view.method) and view.state is _S.AWAITING:
        return tr(N_("Scan with the camera"))
    words = _HINTS.get(view.state)
    return tr(words) if words else ""


def note(view: AttemptView, *, is_offline: bool) -> tuple[str, str]:
    """Return what else the clerk has to know, and its tone; the most important first."""
    if not view.is_sure:
        return tr(N_("The last look failed: money may have come. F5 asks again.")), "attention"
    authorised = _authorised(view)
    if authorised is not None:
        return tr(authorised), "accent"
    if view.state is _S.AWAITING and is_offline:
        words = N_("Line down: the parent may pay; it is seen when it is back.")
        return tr(words), "attention"
    if view.state is _S.AWAITING and view.failure:
        words = N_("The last try failed: {reason}. The same QR can be paid again.")
        return tr(words, reason=one_line(view.failure.rstrip("."), 200)), "attention"
    if view.state in _NOTES:
        return tr(_NOTES[view.state]), "quiet"
    return "", ""


def _authorised(view: AttemptView) -> N_ | None:
    """Return the words about a payment that the bank has authorised; None without one."""
    if view.will_return:
        return N_("A payment came that isn't due. We didn't take it. It will return by itself.")
    if view.is_seen and view.state in _SEEN_IN:
        return N_("The bank has the payment; it is being confirmed. Do not pay again.")
    return None


def offer(view: AttemptView) -> str:
    """Name what the large button under the QR's place does; empty for nothing."""
    words = CAN_OPEN.get(view.state) or CAN_RENEW.get(view.state)
    if is_link(view.method) and words == CAN_RENEW[_S.EXPIRED]:
        words = _NEW_LINK
    return tr(words) if words else ""
