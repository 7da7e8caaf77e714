"""The panel of F8 by itself: its keys, its words, and what it says about credit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.services.views.tenders import UsableCredit
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.counter.tender_fields import WAYS
from desktop_app.ui.counter.tender_form import TenderForm
from desktop_app.ui.counter.tender_panel import TenderPanel
from tests.ui.page_context import make_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext

DUE = Money(16_815_00)
NO_CREDIT = UsableCredit(Money(0), Money(0))
SOME = UsableCredit(Money(500_00), Money(500_00))


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[PageContext]:
    yield from make_context(qtbot)


def made(qtbot: QtBot, context: PageContext, credit: UsableCredit = SOME) -> TenderForm:
    def begin(*_: object) -> None:
        raise AssertionError

    form = TenderForm(
        context.runner, None, who="Meera Zutshi · 2 fees", due=DUE, credit=credit, begin=begin,  # type: ignore[arg-type]
    )  # fmt: skip
    qtbot.addWidget(form)
    form.show()
    return form


def keys(form: TenderForm) -> list[str]:
    """Return the access keys in sight, with those of buttons that can follow."""
    shown: list[QPushButton | QCheckBox | QLabel] = [*form.findChildren(QPushButton)]
    shown += [*form.findChildren(QCheckBox), *form.findChildren(QLabel)]
    hidden = (form.unusual, form.others.box)
    texts = [each.text() for each in shown if each.isVisible() or each in hidden]
    return [key.upper() for text in texts for key in re.findall("&([^& ])", text)]


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("way", [value for value, _, _ in WAYS])
def test_no_two_fields_have_one_access_key(
    qtbot: QtBot, qapp: QApplication, context: PageContext, way: str, language: str
) -> None:
    i18n.set_language(qapp, language)
    form = made(qtbot, context)
    form.ways.buttons[way].click()
    found = keys(form)
    assert len(found) >= len(WAYS) + 1
    assert len(set(found)) == len(found), found


def test_a_draft_asks_for_the_number_of_a_draft(qtbot: QtBot, context: PageContext) -> None:
    form = made(qtbot, context)
    form.ways.buttons["draft"].click()
    assert form.fields["reference"].name() == "Draft number"
    assert form.save_button.text() == "Take the draft"
    form.ways.buttons["cheque"].click()
    assert form.fields["reference"].name() == "Cheque number"
    assert form.fields["payer"].name() == "Signed by"
    form.ways.buttons["upi_static"].click()
    assert form.fields["payer"].name() == "Paid by (name or UPI ID)"


def test_what_is_wrong_with_a_number_is_said_beside_it(qtbot: QtBot, context: PageContext) -> None:
    form = made(qtbot, context)
    form.ways.buttons["draft"].click()
    form.failed(InvalidInputError("number", "Enter the 6 digits of the draft number."))
    assert form.fields["reference"].is_wrong
    form.failed(InvalidInputError("drawer", "Enter the name."))
    assert form.fields["payer"].is_wrong


@pytest.mark.parametrize(
    ("credit", "words", "is_enabled"),
    [
        (NO_CREDIT, "₹16,815 due · no credit", False),
        (SOME, "₹16,815 due · ₹500 credit", True),
        (
            UsableCredit(Money(500_00), Money(0)),
            "₹16,815 due · ₹500 credit of a student without a fee here",
            False,
        ),
    ],
)
def test_credit_is_named_and_offered_where_it_can_be_used(
    qtbot: QtBot, context: PageContext, credit: UsableCredit, words: str, *, is_enabled: bool
) -> None:
    form = made(qtbot, context, credit)
    assert form.about.text() == words
    assert form.ways.buttons["credit"].isEnabled() == is_enabled


def test_credit_fills_in_what_it_can_pay_and_names_the_rest(
    qtbot: QtBot, context: PageContext
) -> None:
    form = made(qtbot, context, UsableCredit(Money(900_00), Money(500_00)))
    form.ways.buttons["credit"].click()
    assert form.amount.text() == "500.00"
    assert form.change.text() == "₹16,315 stays due."


def test_a_short_form_is_low_again_after_a_tall_one(qtbot: QtBot, context: PageContext) -> None:
    form = made(qtbot, context)
    qtbot.waitUntil(lambda: form.height() > 0)
    low = form.height()
    form.ways.buttons["cheque"].click()
    qtbot.waitUntil(lambda: form.height() > low)
    form.ways.buttons["cash"].click()
    qtbot.waitUntil(lambda: form.height() == low)


@pytest.mark.looks
@pytest.mark.parametrize("way", ["cash", "card_machine", "credit"])
def test_a_form_that_fits_the_screen_does_not_scroll(
    qtbot: QtBot, qapp: QApplication, context: PageContext, way: str
) -> None:
    theme.apply(qapp, "light", 150)
    i18n.set_language(qapp, "hi")
    form = made(qtbot, context)
    form.resize(form.width(), 300)  # as a window manager may open it, with a bar in passing
    form.ways.buttons[way].click()
    form.tendered.setText("20000")
    qtbot.waitUntil(lambda: form.height() > 300 and not form.area.verticalScrollBar().isVisible())
    inside = form.area.widget()
    assert inside is not None
    assert form.area.height() >= inside.minimumSizeHint().height()


def test_too_large_an_amount_names_what_is_due_and_what_was_typed(qtbot: QtBot) -> None:
    panel = TenderPanel()
    qtbot.addWidget(panel)
    panel.show_due(DUE, None)
    panel.edit.setText("20000")
    with pytest.raises(InvalidInputError):
        panel.require()
    assert panel.field.message.text() == "Only ₹16,815 is due. You entered ₹20,000."
    panel.show_due(DUE, None)
    assert not panel.field.is_wrong, "the amount is another one"
