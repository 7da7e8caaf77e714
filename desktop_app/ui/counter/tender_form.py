"""The tender panel: money that a person takes at the counter, with the evidence that each needs.

One column of ways with their letters, the amount filled in, and Enter records it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from desktop_app.domain.change import count_pieces, is_counted, next_rupee, take, worth
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.instruments import is_held
from desktop_app.domain.money import ZERO, format_plain, parse_rupees
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Evidence, Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.typed_references import is_of_another_year, is_unusual, normalised
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.counter.other_fees import OtherFees
from desktop_app.ui.counter.tender_fields import (
    FIELDS,
    PAYERS,
    RECORD,
    TRANSFERS,
    WAYS,
    action_words,
    held_words,
    number_words,
)
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.form import COLUMNS, FormDialog
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent

    from desktop_app.domain.money import Money
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.tenders import UsableCredit
    from desktop_app.ui.core.jobs import JobRunner

_FIRST_ROW, _MANY = 0, 5


class TakenTender(NamedTuple):
    """A tender that was written, and the change to give back."""

    view: AttemptView
    change: Money


class TenderForm(FormDialog):
    """Takes one tender for the bill that is shown; `saved` carries a `TakenTender`.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        who: the student and the course.
        due: what is to pay.
        credit: the students' credit, and what of it these fees can use.
        first: what is collected now, where it is not all that is due.
        others: other fees, in the order in which what is above the due may pay them.
        begin: begins the payment; takes the desk, the way and what was typed.
    """

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        who: str,
        due: Money,
        credit: UsableCredit,
        begin: Callable[[Desk, Method, TypedEvidence], AttemptView],
        first: Money | None = None,
        others: Sequence[DueRow] = (),
    ) -> None:
        super().__init__(runner, parent, title=N_("Take a payment"), action=RECORD)
        self.setObjectName("tenderPanel")
        self._due, self._credit, self._begin = due, credit, begin
        self._first = first or due
        self._change, self._confirmed = ZERO, ""
        self.others = OtherFees(others)
        self._build(who)
        self.setMinimumWidth(560)
        self._choose("cash")
        self.settle()

    def _build(self, who: str) -> None:
        self.about = label("", "small", name="tenderAbout", wrap=True)
        self._inner.insertLayout(1, vbox(ElidedLabel(who, "strong"), self.about, gap=4))
        options = [(value, words) for value, words, _ in WAYS]
        self.ways = Choices("tenderMethod", N_("Payment method"), options)
        self.ways.chosen.connect(self._choose)
        self._inner.insertWidget(2, self.ways)
        self.ways.buttons["credit"].setEnabled(self._credit.usable > ZERO)
        self._show_about()
        self.answers_for("number", "reference")
        self.answers_for("drawer", "payer")
        self.amount = self.add_line("amount", N_("&Amount in rupees"), (2, 0))
        self.amount.setObjectName("tenderAmount")
        self.amount.setText(format_plain(self._first))
        self.tendered = self.add_line(
            "tendered", N_("Cash &given"), (2, 1), placeholder=N_("e.g. 1200 or 2x500 1x200")
        )
        self.tendered.setObjectName("tenderedEdit")
        self.kind = Select(TRANSFERS)
        self.add_field("kind", N_("&Transfer type"), self.kind, (2, 1))
        self.reference = self.add_line("reference", N_("&Number"), (3, 0))
        self.reference.setObjectName("utrEdit")
        self.bank = self.add_line("bank", N_("Ba&nk"), (3, 1), placeholder=N_("e.g. HDFC Bank"))
        self.terminal = self.add_line("terminal", N_("&Terminal (TID)"), (3, 1))
        self.dated = self.add_date("dated", N_("Dat&e"), (4, 0), first=_today)
        self.payer = self.add_line("payer", PAYERS[Evidence.INSTRUMENT], (4, 1))
        self.last4 = self.add_line("last4", N_("&Last 4 digits"), (5, 0))
        self.account = self.add_line("account", N_("Account (&last 4 digits)"), (5, 0))
        self.micr = self.add_line("micr", N_("M&ICR code"), (5, 1), placeholder=N_("Optional"))
        self.auth_code = self.add_line("auth_code", N_("A&pproval code"), (5, 1))
        self.change = label("", "section", name="changeLabel", wrap=True)
        self.change.setContentsMargins(0, theme.GRID, 0, 0)
        self.keep = Button(name="tenderKeepButton", kind="quiet")
        self.keep.clicked.connect(self._keep_change)
        self.hint = label("", "small", name="tenderHint", wrap=True, tone="attention")
        self.unusual = Button(
            N_("Use this number any&way"), name="unusualButton", kind="quiet",
            tip=N_("Use the number as typed"),
        )  # fmt: skip
        self.unusual.clicked.connect(self._confirm)
        self.unusual.hide()
        self.others.changed.connect(self._show_hints)
        self.body.addWidget(self.others, 7, 0, 1, -1)
        self.body.addWidget(self.change, 8, 0)
        self.body.addWidget(self.keep, 8, 1)
        self.body.addWidget(self.unusual, 8, 0, 1, -1, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.hint, 9, 0, 1, -1)
        for editor in (self.amount, self.tendered, self.reference, self.dated):
            editor.textChanged.connect(self._show_hints)
        self.kind.currentIndexChanged.connect(self._name_fields)

    # --- what is chosen

    def method(self) -> Method:
        """Return the way that is chosen."""
        chosen = self.ways.value()
        return Method(self.kind.value() if chosen == "bank" else chosen)

    def _choose(self, _value: str) -> None:
        """Show the fields of another way, and go to the first one."""
        self.ways.choose(_value)
        evidence = tender_of(self.method()).evidence
        shown = FIELDS[evidence]
        self._arrange(("amount", *shown))
        if evidence is Evidence.NONE:
            self.amount.setText(format_plain(min(self._first, self._credit.usable)))
        elif evidence is Evidence.TENDERED or not self.amount.text():
            self.amount.setText(format_plain(self._first))
        if evidence in {Evidence.INSTRUMENT, Evidence.TRANSFER} and not self.dated.text():
            self.dated.setText(day_typed(_today()))
        self._name_fields()
        self.show_action(action_words(tender_of(self.method())))
        first = self.fields[shown[0]].editor if shown else self.amount
        first.setFocus()
        QTimer.singleShot(0, self, self.fit)

    def _arrange(self, keys: tuple[str, ...]) -> None:
        """Show fields side by side, two a row or three of many, and let Tab follow them."""
        across = COLUMNS + (len(keys) > _MANY)
        self.body.setColumnStretch(COLUMNS, across - COLUMNS)
        for key, field in self.fields.items():
            field.setVisible(key in keys)
        before = None
        for at, key in enumerate(keys):
            field = self.fields[key]
            place = (_FIRST_ROW + at // across, at % across)
            self.body.addWidget(field, *place, 1, 1, Qt.AlignmentFlag.AlignTop)
            if before is not None:
                QWidget.setTabOrder(before.editor, field.editor)
            before = field
        if before is not None:
            QWidget.setTabOrder(before.editor, self.others.box)

    def _name_fields(self, _index: object = None) -> None:
        """Name what differs from tender to tender."""
        rules = tender_of(self.method())
        payer = PAYERS.get(rules.evidence)
        for key, words in (("reference", number_words(rules)), ("payer", payer)):
            if words is not None:
                bind_text(self.fields[key].caption, "text", words)
                self.fields[key].retranslate()
        self._show_hints()

    def _show_about(self) -> None:
        """Show what is due, and how much credit may be used."""
        held, usable = self._credit
        words = N_("{due} due · no credit")
        if usable:
            words = N_("{due} due · {credit} credit")
        elif held:
            words = N_("{due} due · {credit} credit of a student without a fee here")
        due, credit = short_rupees(self._due), short_rupees(held)
        self.about.setText(tr(words, due=due, credit=credit))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a way by its letter while the focus is on the ways."""
        by_key = {key: value for value, _, key in WAYS}
        value = by_key.get(Qt.Key(event.key()))
        has_focus = any(each.hasFocus() for each in self.ways.buttons.values())
        if value is not None and has_focus and self.ways.buttons[value].isEnabled():
            self._choose(value)
            return
        super().keyPressEvent(event)

    # --- what is typed

    def _typed_amount(self) -> Money:
        return parse_rupees(self.amount.text())

    def _tendered(self) -> Money | None:
        text = self.tendered.text().strip()
        if is_counted(text):
            return worth(count_pieces(text))
        return parse_rupees(text) if text else None

    def _show_hints(self, _text: object = None) -> None:
        """Show the change, and what is unusual about what was typed."""
        self._change = ZERO
        change = hint = ""
        self.keep.hide()
        self.unusual.hide()
        self.others.show_rest(self._rest())
        with suppress(InvalidInputError):
            change, hint = self._hints()
        self.change.setText(change)
        self.change.setVisible(bool(change))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        QTimer.singleShot(0, self, self.grow)

    def _hints(self) -> tuple[str, str]:
        evidence = tender_of(self.method()).evidence
        amount = self._typed_amount()
        if evidence is Evidence.TENDERED:
            return self._cash_hints(amount)
        if evidence is Evidence.NONE:
            return self._credit_hint(amount), ""
        return self._rest_hint(), self._reference_hint(evidence)

    def _rest(self) -> Money:
        """Return what is paid above what is due; credit pays no more than that."""
        with suppress(InvalidInputError):
            if tender_of(self.method()).is_taken_at_desk:
                return max(ZERO, self._typed_amount() - self._due)
        return ZERO

    def _rest_hint(self) -> str:
        credit = self.others.credit
        return tr(N_("{amount} becomes credit."), amount=short_rupees(credit)) if credit else ""

    def _credit_hint(self, amount: Money) -> str:
        left = self._due - amount
        if left < ZERO:
            return ""
        words = N_("{amount} stays due.") if left else N_("Credit pays everything.")
        return tr(words, amount=short_rupees(left))

    def _cash_hints(self, amount: Money) -> tuple[str, str]:
        tendered = self._tendered()
        rounded = next_rupee(amount)
        if tendered is None and rounded.change and amount == self._due:
            self._offer_credit(rounded.tendered, rounded.change)
            return "", ""
        if amount > self._due:
            return self._kept_hint(amount, tendered), ""
        if tendered is None:
            return "", ""
        self._change = take(amount, tendered).change
        if self._change and amount == self._due:
            self._offer_credit(tendered, self._change)
        return tr(N_("Change {amount}"), amount=short_rupees(self._change)), ""

    def _kept_hint(self, amount: Money, tendered: Money | None) -> str:
        """Return what becomes credit of cash above what is due, and the change beside it."""
        words = []
        if tendered is not None and tendered >= amount:
            self._change = take(amount, tendered).change
            words.append(tr(N_("Change {amount}"), amount=short_rupees(self._change)))
        return " · ".join(filter(None, [*words, self._rest_hint()]))

    def _offer_credit(self, kept: Money, rest: Money) -> None:
        self.keep.setProperty("kept", format_plain(kept))
        words = N_("Keep {amount} as credit")
        self.keep.show_text(tr(words, amount=short_rupees(rest)))
        self.keep.show()

    def _keep_change(self) -> None:
        self.amount.setText(str(self.keep.property("kept")))

    def failed(self, error: Exception) -> None:
        """Show what went wrong; a number of an unusual shape can be confirmed then."""
        super().failed(error)
        shape = tender_of(self.method()).shape
        is_about = isinstance(error, InvalidInputError) and error.field == "reference"
        if is_about and shape is not None and is_unusual(shape, self.reference.text()):
            self.unusual.show()
            self.grow()

    def _confirm(self) -> None:
        """Record the number as it is, because a person compared it with the slip."""
        self._confirmed = normalised(self.reference.text())
        self.unusual.hide()
        self.save_button.click()

    def _reference_hint(self, evidence: Evidence) -> str:
        if evidence is Evidence.INSTRUMENT:
            day = parse_day(self.dated.text(), "dated")
            kind = tender_of(self.method()).instrument
            if kind is not None and day is not None and is_held(day, _today()):
                return tr(held_words(kind), day=day_text(day))
            return ""
        number = normalised(self.reference.text())
        if is_of_another_year(number, _today()):
            return tr(N_("This number may be from another year. Check the digits."))
        return ""

    # --- what is written

    def save(self) -> None:
        """Check the fields and record the tender."""
        method = self.method()
        typed = self._evidence()
        begin, change = self._begin, self._change

        def operate(desk: Desk) -> TakenTender:
            return TakenTender(begin(desk, method, typed), change)

        if tender_of(method).shape is None:
            self.submit(operate)
            return
        self.be_busy(busy=True)
        self.runner.gateway(
            lambda desk: desk.lookup.require_unknown(method, typed),
            partial(self._looked, operate),
            failed=self.failed,
        )

    def _looked(self, operate: Callable[[Desk], TakenTender], _nothing: None) -> None:
        self.submit(operate)

    def _pieces(self, evidence: Evidence) -> str:
        """Return the notes and coins, where they were typed one by one."""
        text = self.tendered.text()
        return text if evidence is Evidence.TENDERED and is_counted(text) else ""

    def _evidence(self) -> TypedEvidence:
        """Return what is typed in the fields that are shown."""
        evidence = tender_of(self.method()).evidence
        shown = {key: self.value(key) for key in FIELDS[evidence]}
        amount = self._typed_amount()
        tendered = None
        if evidence is Evidence.TENDERED:
            typed = self._tendered()
            tendered = typed if typed is None or typed >= amount else take(amount, typed).tendered
        return TypedEvidence(
            amount=amount,
            tendered=tendered,
            pieces=self._pieces(evidence),
            reference=shown.get("reference", ""),
            is_confirmed=bool(self._confirmed)
            and normalised(shown.get("reference", "")) == self._confirmed,
            bank=shown.get("bank", ""),
            micr=shown.get("micr", ""),
            dated=parse_day(shown.get("dated", ""), "dated"),
            last4=shown.get("last4", "") or shown.get("account", ""),
            payer=shown.get("payer", ""),
            terminal=shown.get("terminal", ""),
            auth_code=shown.get("auth_code", ""),
            others=self.others.chosen(),
        )

    def retranslate(self) -> None:
        """Write the hints in the present language."""
        super().retranslate()
        self._show_about()
        self._name_fields()


def _today() -> date:
    return datetime.now(IST).date()
