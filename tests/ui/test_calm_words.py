"""The words about a payment that ended never make a parent fear for the money."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from desktop_app.domain.payment import AttemptState

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk


def test_an_ended_payment_says_that_its_money_is_not_lost(clerk: Clerk) -> None:
    uid = clerk.collect()
    panel = clerk.window.parts.counter.panel
    for state in (AttemptState.EXPIRED, AttemptState.CANCELLED):
        panel.show_view(replace(clerk.desk.view(uid), state=state))
        labels = clerk.window.parts.counter.side.findChildren(QLabel)
        words = " ".join(each.text() for each in labels if not each.isHidden())
        assert "If the parent still pays, we'll record the payment automatically." in words, state
        for frightening in ("lost", "failed", "gone"):
            assert frightening not in words.lower(), state
