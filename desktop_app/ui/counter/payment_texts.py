"""The payment panel's texts for each state: in the QR's place, under it, and on its button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.channels import is_link, is_page
from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.gateway_reasons import own_words
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.payments import AttemptView

_S = AttemptState

COVER: Mapping[AttemptState, N_] = {
    _S.INTENT: N_("Payment pending.\nThere's no QR yet."),
    _S.UNKNOWN: N_("Razorpay's answer didn't arrive.\nWe're checking the payment."),
    _S.ORDERED: N_("Payment pending.\nThere's no QR yet."),
    _S.AWAITING: N_("Creating the QR…"),
    _S.EXPIRED: N_("Expired"),
    _S.CANCELLED: N_("Cancelled"),
    _S.REJECTED: N_("Razorpay rejected this payment."),
    _S.LAPSED: N_("Not paid"),
}
"""The text in the QR's place."""

_NOTES: Mapping[AttemptState, N_] = {
    _S.UNKNOWN: N_("Press Continue to use the same payment. We won't create a second one."),
    _S.EXPIRED: N_("If the parent still pays, we'll record the payment automatically."),
    _S.CANCELLED: N_("If the parent still pays, we'll record the payment automatically."),
    _S.REJECTED: N_("No money moved. Choose another way to pay."),
    _S.LAPSED: N_("We checked for 6 days and found no payment. The fee is still due."),
}
CAN_OPEN: Mapping[AttemptState, N_] = {
    _S.INTENT: N_("Show the QR now"),
    _S.ORDERED: N_("Show the QR now"),
    _S.UNKNOWN: N_("Continue"),
}
CAN_RENEW: Mapping[AttemptState, N_] = {
    _S.EXPIRED: N_("New QR"),
    _S.CANCELLED: N_("New QR"),
    _S.REJECTED: N_("Try again"),
    _S.LAPSED: N_("New QR"),
}
_NEW_LINK = N_("New link")
_OPEN_PAGE = N_("Open the page")
_NEW_PAGE = N_("New page")
_ON_PAGE: Mapping[AttemptState, N_] = {
    _S.INTENT: N_("Payment pending.\nThe payment page isn't ready yet."),
    _S.ORDERED: N_("Payment pending.\nThe payment page isn't ready yet."),
    _S.AWAITING: N_("Waiting for the parent to pay\nin the browser."),
}
_PAGE_OFFERS: Mapping[AttemptState, N_] = {
    _S.INTENT: _OPEN_PAGE,
    _S.ORDERED: _OPEN_PAGE,
    _S.AWAITING: _OPEN_PAGE,
    _S.EXPIRED: _NEW_PAGE,
    _S.CANCELLED: _NEW_PAGE,
    _S.LAPSED: _NEW_PAGE,
}
"""For payments on a page of the desk, which has no QR."""
_SEEN_IN = {_S.ORDERED, _S.AWAITING, _S.EXPIRED, _S.CANCELLED}


def cover(view: AttemptView) -> str:
    """Return the text in the QR's place."""
    on_page = _ON_PAGE.get(view.state) if is_page(view.method) else None
    return tr(on_page or COVER[view.state])


def note(view: AttemptView, *, is_offline: bool) -> tuple[str, str]:
    """Return what else the clerk has to know, and its tone; the most important first."""
    if not view.is_sure:
        words = N_(
            "Couldn't check with Razorpay. The parent may have paid. Press F5 to check again."
        )
        return tr(words), "attention"
    if view.has_false_proof:
        words = N_(
            "Someone sent a payment confirmation that isn't genuine. We ignored it. Wait for the "
            "receipt."
        )
        return tr(words), "attention"
    authorised = _authorised(view)
    if authorised is not None:
        return tr(authorised), "accent"
    if view.state is _S.AWAITING and is_offline:
        words = N_(
            "You're offline. If the parent pays, the payment will show here once "
            "you're back online."
        )
        return tr(words), "attention"
    if view.state is _S.AWAITING and view.failure:
        why = own_words(view.failure)[0] or N_("The payment failed.")
        words = N_("{reason} The parent can try again with the same QR.")
        if is_page(view.method):
            words = N_("{reason} The parent can try again on the payment page.")
        return tr(words, reason=why), "attention"
    quiet = _NOTES.get(view.state)
    if view.state is _S.AWAITING and is_link(view.method):
        quiet = N_("Scan with the phone's camera, not a UPI app.")
    return (tr(quiet), "quiet") if quiet else ("", "")


def failure_detail(view: AttemptView) -> str:
    """Return Razorpay's own sentence about a failed try, for a tooltip; else nothing."""
    from html import escape  # loads all of HTML's entities

    return escape(one_line(own_words(view.failure)[1], 200)) if view.failure else ""


def _authorised(view: AttemptView) -> N_ | None:
    """Return the words about a payment that the bank has authorised; None without one."""
    if view.will_return:
        return N_(
            "This fee wasn't due, so we didn't take the payment. The bank will return the money."
        )
    if view.is_seen and view.state in _SEEN_IN:
        return N_("The bank is processing the payment. Don't collect again yet.")
    if view.has_proof and view.state in _SEEN_IN:
        return N_("Razorpay reports a payment. We're confirming it. Don't collect again yet.")
    return None


def offer(view: AttemptView) -> str:
    """Name what the large button under the QR's place does; empty for nothing."""
    words = CAN_OPEN.get(view.state) or CAN_RENEW.get(view.state)
    if is_link(view.method) and words == CAN_RENEW[_S.EXPIRED]:
        words = _NEW_LINK
    if is_page(view.method):
        words = _PAGE_OFFERS.get(view.state, words)
    return tr(words) if words else ""
