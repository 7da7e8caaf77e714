"""The words about a payment that ended never make a parent fear for the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from desktop_app.domain.payment import AttemptState

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk


@pytest.mark.parametrize("state", [AttemptState.EXPIRED, AttemptState.CANCELLED])
def test_an_ended_payment_says_that_its_money_is_not_lost(
    clerk: Clerk, state: AttemptState
) -> None:
    from dataclasses import replace

    uid = clerk.collect()
    view = replace(clerk.desk.view(uid), state=state)
    panel = clerk.window.parts.counter.panel
    panel.show_view(view)
    labels = clerk.window.parts.counter.side.findChildren(QLabel)
    words = " ".join(each.text() for each in labels if not each.isHidden())
    assert "If the parent still pays, we'll record the payment automatically." in words
    for frightening in ("lost", "failed", "gone"):
        assert frightening not in words.lower()
