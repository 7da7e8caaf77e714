"""Which screen an attempt's page shows now, from what is stored: reloading changes nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState

if TYPE_CHECKING:
    from desktop_app.services.views.checkout import CheckoutPage


class Screen(StrEnum):
    """A state of the page."""

    PAY = "pay"
    FAILED = "failed"
    FALSE = "false"
    DECIDING = "deciding"
    PAID = "paid"
    ENDED = "ended"


PAYABLE = frozenset({Screen.PAY, Screen.FAILED, Screen.FALSE})
"""Screens with the button that pays."""
LASTING = frozenset({Screen.PAID, Screen.ENDED})
"""Screens after which nothing changes."""


def screen_of(page: CheckoutPage) -> Screen:
    """Return the screen for the attempt of a page."""
    view = page.attempt
    if view.state is AttemptState.PAID:
        return Screen.PAID
    if view.has_proof or view.is_seen:
        return Screen.DECIDING
    if view.state is not AttemptState.AWAITING or not page.has_key:
        return Screen.ENDED
    if view.has_false_proof:
        return Screen.FALSE
    return Screen.FAILED if view.failure else Screen.PAY
