"""Preview, drawer and menu over the window, in a language that marks translated texts.

Each is checked with its texts in place, and once more after a switch.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.views.maintenance import RowProblem
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from desktop_app.ui.core import i18n
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.claim_drawer import ClaimDrawer
from desktop_app.ui.counter.link_sharing import LinkMenu
from desktop_app.ui.payments.refund_dialog import RefundDialog
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.tables.import_export import SheetWork
from tests.ui import pseudo
from tests.ui.test_attempts import view as make_view
from tests.ui.test_language import DATA, SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

NOW = datetime(2026, 11, 20, 5, 12, tzinfo=UTC)
RECEIPTS = DATA | {"The parent's name", "Fee of Physics XI", "Asha Rao"}


@pytest.fixture
def desk(training_desk: RealDesk) -> RealDesk:
    return training_desk


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def switch(qapp: QApplication) -> Iterator[Callable[[], None]]:
    """Switches to the language that marks what was translated, while something is open."""

    def to_pseudo() -> None:
        i18n.install_translator(qapp, pseudo.Pseudo(qapp), "xx")
        qapp.processEvents()

    yield to_pseudo
    i18n.install_translator(qapp, None, "en")
    qapp.processEvents()


def left(root: QWidget) -> list[str]:
    """Every text of a tree that still speaks English."""
    rests = {
        f"{place}: {rest}"
        for place, text in pseudo.texts(root)
        if (rest := pseudo.forgotten(text, RECEIPTS, SHAPES))
    }
    return sorted(rests)


def plain(root: QWidget) -> list[tuple[str, str]]:
    """Everything that a tree says, without the marks of the language."""
    marks = str.maketrans("", "", pseudo.OPEN + pseudo.CLOSE)
    return [(place, text.translate(marks)) for place, text in pseudo.texts(root)]


def follows(root: QWidget, switch: Callable[[], None]) -> None:
    """Switch the language: everything is translated, and says what it said before."""
    before = plain(root)
    switch()
    assert left(root) == []
    assert plain(root) == before


def test_the_preview_of_a_receipt_follows_the_language(
    qtbot: QtBot, context: PageContext, desk: RealDesk, host: QWidget, switch: Callable[[], None]
) -> None:
    receipts = ReceiptsPresenter(context, host)
    context.runner.open(desk.services)
    preview = open_preview(receipts, desk.uid())
    assert preview is not None
    qtbot.waitUntil(preview.print_button.isEnabled)
    follows(preview, switch)
    preview.close()


@pytest.mark.parametrize("prints", [1, 3])
def test_how_often_a_receipt_was_printed_is_said_in_the_language(
    qtbot: QtBot, context: PageContext, desk: RealDesk, host: QWidget,
    switch: Callable[[], None], prints: int,
) -> None:  # fmt: skip
    for _ in range(prints):
        desk.real.receipts.note_printed(desk.uid(), "a5")
    receipts = ReceiptsPresenter(context, host)
    context.runner.open(desk.services)
    preview = open_preview(receipts, desk.uid())
    assert preview is not None
    qtbot.waitUntil(preview.print_button.isEnabled)
    switch()
    assert preview.copies.text().startswith(pseudo.OPEN)
    preview.close()


@pytest.mark.parametrize("state", ["begun", "counting", "stopping", "problems"])
def test_an_import_on_its_way_follows_the_language(
    context: PageContext, host: QWidget, switch: Callable[[], None], state: str
) -> None:
    work = SheetWork(context, N_("Importing a list"), host)
    if state == "counting":
        work._watch(1500)
        work._show_progress()
    elif state == "stopping":
        work.reject()
    elif state == "problems":
        error = InvalidInputError("name", "{label} is missing.", label="The student's name")
        work.show_problems((RowProblem(3, str(error), error),))
    follows(work, switch)
    assert state != "problems" or pseudo.forgotten(
        work.problems.toPlainText(), RECEIPTS | {"name: "}, SHAPES
    ) == ""  # fmt: skip
    work.finish()


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.CASH])
@pytest.mark.parametrize("offline", [False, True])
def test_a_refund_follows_the_language(
    qtbot: QtBot, context: PageContext, desk: RealDesk, host: QWidget, switch: Callable[[], None],
    method: Method, offline: bool,
) -> None:  # fmt: skip
    row = replace(desk.row(0), method=method)
    context.runner.open(desk.services)
    made = RefundDialog(context.runner, host, row=row, left=row.amount, offline=offline)
    qtbot.waitUntil(lambda: bool(made.ending.text()))
    made.amount.setText("0")
    made.save_button.click()
    follows(made, switch)
    made.part.buttons["all"].click()
    assert left(made) == []
    made.deleteLater()


TYPED = ("", "nonsense", "D1/26-27/000024 20-11-2026 11800.00 AAAA-AAAA-AAAA-AAAA")


@pytest.mark.parametrize("typed", TYPED)
def test_the_check_of_a_receipt_follows_the_language(
    qtbot: QtBot, context: PageContext, desk: RealDesk, host: QWidget, switch: Callable[[], None],
    typed: str,
) -> None:  # fmt: skip
    from desktop_app.ui.receipts.check_receipt import CheckReceipt

    receipts = ReceiptsPresenter(context, host)
    context.runner.open(desk.services)
    made = CheckReceipt(receipts, host)
    made.typed.setText(typed)
    made.check()
    if typed:
        qtbot.waitUntil(lambda: bool(made.verdict.text()))
    follows(made, switch)
    made.reject()


FOUND = (
    None,
    LookupResult(
        LookupAnswer.CREDITED, "pay_1", None, NOW, None, "D1/26-27/000123", "r1", "Asha Rao"
    ),
    *(
        LookupResult(
            answer, likely=LookupAnswer.FAILED if answer is LookupAnswer.POSSIBLE else None
        )
        for answer in LookupAnswer
        if answer is not LookupAnswer.CREDITED
    ),
)


@pytest.mark.parametrize("found", FOUND, ids=lambda each: each.answer.value if each else "unasked")
def test_the_drawer_of_a_parent_who_says_paid_follows_the_language(
    qtbot: QtBot, switch: Callable[[], None], found: LookupResult | None
) -> None:
    made = ClaimDrawer()
    qtbot.addWidget(made)
    made.begin(None)
    made.complain(InvalidInputError("amount", "{label} is missing.", label="The amount"))
    made.show_looking(looking=True)
    if found is None:
        made.show_unasked()
    else:
        made.show_found(found)
    follows(made, switch)


def test_the_menu_that_sends_a_link_follows_the_language(
    qtbot: QtBot, host: QWidget, switch: Callable[[], None]
) -> None:
    menu = LinkMenu(host, lambda _url: True)
    switch()
    link = replace(
        make_view(1, AttemptState.AWAITING),
        method=Method.PAYMENT_LINK,
        qr_text="https://rzp.io/i/abc",
    )
    shown = menu.popup(link, QPoint(0, 0))
    words = [each.text() for each in shown.actions() if each.text()]
    assert words[0] == "https://rzp.io/i/abc"
    assert [each for each in words[1:] if not each.startswith(pseudo.OPEN)] == []
    assert shown.accessibleName().startswith(pseudo.OPEN)
    shown.close()
