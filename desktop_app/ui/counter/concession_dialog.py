"""Chooses concessions and promo codes for the bill, with what each gives and what is left to pay.

Nothing is written here: what is chosen goes to the bill, and is given in the transaction that
collects it. A code is checked at once, and what is wrong with it is shown beside its field.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from desktop_app.domain.concession_kinds import OTHER
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import parse_percent, parse_rupees, percent_text
from desktop_app.domain.promo_codes import (
    PromoRefusal,
    PromoRefusedError,
    WrongCodes,
    normalise_code,
)
from desktop_app.domain.reasons import ReasonKind
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line, short_rupees, title_of
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.fees import ConcessionOffer, ConcessionPreview
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.counter.conceded_bill import ConcededFee

ROW_PX = 32
MOST_ROWS = 7
FRAME_PX = 6
_UNSAID = "preview"
"""Takes the place of a reason or proof that is not typed yet, to work the amounts out."""


class ConcessionDialog(FormDialog):
    """Concessions of one fee; `saved` hands out the wishes, none where none is chosen.

    Args:
        runner: runs what blocks.
        parent: the window.
        fee: the fee.
        chosen: what was chosen before.
        wrong: counts wrong codes, also of dialogs before this one.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        fee: ConcededFee,
        chosen: Sequence[ConcessionWish],
        wrong: WrongCodes,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(runner, parent, title=N_("Concession"), action=N_("Apply"))
        self.setObjectName("concessionDialog")
        self._fee, self._wrong_codes, self._clock = fee, wrong, clock
        self._chosen = {each.kind: each for each in chosen if not each.promo}
        self._codes = [each.promo for each in chosen if each.promo]
        self._offers: tuple[ConcessionOffer, ...] = ()
        self._preview: ConcessionPreview | None = None
        self._is_filling = False
        self._build()
        self.setMinimumWidth(theme.px(560))
        self.settle()
        self.save_button.setDefault(False)
        self.runner.local(
            lambda desk: desk.concessions.offers(
                *self._key, follows_sibling=self._fee.follows_sibling
            ),
            self._show_offers,
            owner=self,
        )

    @property
    def _key(self) -> tuple[str, str, str | None]:
        return self._fee.student_uid, self._fee.course_uid, self._fee.plan_code

    def _build(self) -> None:
        self.body.addWidget(ElidedLabel(one_line(self._fee.who), "strong"), 0, 0, 1, 2)
        self.table = _table()
        self.table.itemChanged.connect(self._toggled)
        self.body.addWidget(self.table, 1, 0, 1, 2)
        self.promo = self.add_line(
            "promo", N_("Promo &code"), (4, 0), hint=N_("Press Enter to add the code.")
        )
        self.promo.setObjectName("promoEdit")
        self.amount = self.add_line(
            "value", N_("&Other concession"), (4, 1), placeholder=N_("e.g. 10 % or 500")
        )
        self.marks = self.add_line("marks", N_("&Marks in %"), (5, 0))
        self.proof = self.add_line(
            "proof", N_("&Proof"), (5, 1), placeholder=N_("e.g. employee ID or mark sheet")
        )
        self.reason = self.add_reason(ReasonKind.CONCESSION, (6, 0))
        self.answers_for("concession", "promo")
        for editor in (self.amount, self.marks):
            editor.textChanged.connect(self._work_out)
        self.sums = label("", "strong", name="concessionSums", wrap=True)
        self.limit = label("", "small", name="concessionLimit", wrap=True, tone="attention")
        self.limit.hide()
        self.body.addWidget(self.sums, 2, 0, 1, 2)
        self.body.addWidget(self.limit, 3, 0, 1, 2)
        self._fill_from(self._chosen)
        self._pause()

    def _fill_from(self, chosen: dict[str, ConcessionWish]) -> None:
        for wish in chosen.values():
            self.reason.setText(wish.reason or self.reason.text())
            self.proof.setText(wish.proof or self.proof.text())
            if wish.marks is not None:
                self.marks.setText(percent_text(wish.marks))
            if wish.kind == OTHER and wish.value is not None:
                is_percent = wish.measure is ConcessionMeasure.PERCENT
                percent = f"{percent_text(wish.value)} %"
                self.amount.setText(percent if is_percent else f"{wish.value / 100:g}")

    # --- the list

    def _show_offers(self, offers: tuple[ConcessionOffer, ...]) -> None:
        self._offers = tuple(sorted(offers, key=lambda each: not each.is_suggested))
        self._fill_table()
        self.table.setFocus()
        self._work_out()

    def _fill_table(self) -> None:
        self._is_filling = True
        kinds = [each for each in self._offers if not _is_typed(each.kind)]
        self.table.setRowCount(len(kinds) + len(self._codes))
        for row, offer in enumerate(kinds):
            item = self._put_row(row, offer.kind.code, _named(offer), self._worth_of(offer))
            if offer.is_refused:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
        for row, code in enumerate(self._codes, start=len(kinds)):
            self._put_row(row, code, tr(N_("Code {code}"), code=code), "", is_code=True)
        if self.table.rowCount():
            self.table.setCurrentCell(0, 0)
        rows = min(max(self.table.rowCount(), 1), MOST_ROWS)
        self.table.setFixedHeight(rows * theme.px(ROW_PX) + FRAME_PX)
        self._is_filling = False
        self._show_fields()

    def _put_row(
        self, row: int, key: str, words: str, figures: str, *, is_code: bool = False
    ) -> QTableWidgetItem:
        item = QTableWidgetItem(words)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
        )  # fmt: skip
        is_chosen = is_code or key in self._chosen
        item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, (key, is_code))
        self.table.setItem(row, 0, item)
        amount = QTableWidgetItem(figures)
        amount.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(row, 1, amount)
        return item

    def _worth_of(self, offer: ConcessionOffer) -> str:
        if offer.is_refused:
            return tr(N_("no sibling enrolled"))
        if offer.kind.bands:
            return tr(N_("by marks"))
        if offer.worth is None:
            return tr(N_("enter it below"))
        return short_rupees(offer.worth)

    def _toggled(self, _item: QTableWidgetItem) -> None:
        if not self._is_filling:
            self._show_fields()
            self._work_out()

    def _show_fields(self) -> None:
        """Show the fields that the chosen kinds ask for."""
        chosen = {key for key, is_code in self._checked() if not is_code}
        kinds = [offer.kind for offer in self._offers if offer.kind.code in chosen]
        self.fields["marks"].setVisible(any(kind.bands for kind in kinds))
        self.fields["proof"].setVisible(any(kind.needs_proof for kind in kinds))
        self.grow()

    # --- what is chosen

    def _checked(self) -> list[tuple[str, bool]]:
        items = [self.table.item(row, 0) for row in range(self.table.rowCount())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item is not None and item.checkState() is Qt.CheckState.Checked
        ]

    def wishes(self) -> tuple[ConcessionWish, ...]:
        """Return what is chosen. Raises InvalidInputError for a value that can't be read."""
        reason = self.reason.text()
        kinds = {offer.kind.code: offer.kind for offer in self._offers}
        chosen = []
        for key, is_code in self._checked():
            if is_code:
                chosen.append(ConcessionWish(promo=key))
                continue
            kind = kinds[key]
            typed = self.marks.text().strip()
            marks = parse_percent("marks", typed) if kind.bands and typed else None
            own = _typed(self.amount.text()) if kind.is_typed else ConcessionWish(key)
            proof = self.proof.text() if kind.needs_proof else ""
            chosen.append(
                replace(own, kind=key, marks=marks, reason=reason or kind.title, proof=proof)
            )
        takes_amount = any(kinds[each.kind].is_typed for each in chosen if not each.promo)
        if self.amount.text().strip() and not takes_amount:
            chosen.append(replace(_typed(self.amount.text()), reason=reason))
        return tuple(chosen)

    def _work_out(self, _text: str = "") -> None:
        """Work out what the chosen ones come to, as far as they are filled in."""
        if not self._offers:
            return
        try:
            wishes = [_as_said(each) for each in self.wishes() if not self._lacks_marks(each)]
        except InvalidInputError:
            return
        self.runner.local(
            lambda desk: self._quote(desk, wishes),
            self._show_preview, failed=self._not_worked_out, owner=self, replaces="concession",
        )  # fmt: skip

    def _lacks_marks(self, wish: ConcessionWish) -> bool:
        return wish.marks is None and any(
            offer.kind.code == wish.kind and offer.kind.bands for offer in self._offers
        )

    def _quote(self, desk: Desk, wishes: Sequence[ConcessionWish]) -> ConcessionPreview:
        """Work wishes out; runs in a worker."""
        fee = self._fee
        return desk.concessions.quote(
            fee.student_uid, fee.course_uid, wishes, fee.plan_code,
            follows_sibling=fee.follows_sibling,
        )  # fmt: skip

    def _quoted(self, desk: Desk, wishes: tuple[ConcessionWish, ...]) -> tuple[ConcessionWish, ...]:
        self._quote(desk, wishes)
        return wishes

    def _show_preview(self, preview: ConcessionPreview) -> None:
        self._preview = preview
        words = N_("List price {listed} · concession {off} · left to pay {total}")
        self.sums.setText(
            tr(
                words,
                listed=short_rupees(preview.listed),
                off=short_rupees(preview.off),
                total=short_rupees(preview.total),
            )
        )
        self._show_limit(preview)
        self._show_codes(preview)
        self.fields["promo"].complain("")
        self.grow()

    def _show_codes(self, preview: ConcessionPreview) -> None:
        """Show what each code gives, beside it."""
        given = {part.code: part.asked for part in preview.parts}
        for row in range(self.table.rowCount()):
            item, amount = self.table.item(row, 0), self.table.item(row, 1)
            key, is_code = item.data(Qt.ItemDataRole.UserRole) if item else ("", False)
            if is_code and amount is not None and key in given:
                amount.setText(short_rupees(given[key]))

    def _show_limit(self, preview: ConcessionPreview) -> None:
        words = ""
        if preview.is_over_open:
            words = tr(N_("Part of the fee is already paid. You can only reduce the rest."))
        elif preview.is_limited:
            words = tr(
                N_("You chose {asked}. The limit is {cap} %, so the student gets {given}."),
                asked=short_rupees(preview.asked),
                cap=percent_text(preview.cap_bp),
                given=short_rupees(preview.given),
            )
        self.limit.setText(words)
        self.limit.setVisible(bool(words))

    def _not_worked_out(self, error: Exception) -> None:
        self.sums.setText("")
        self.failed(error)

    # --- codes

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add the code at Enter in its box; elsewhere Enter applies."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.promo.hasFocus() and self.promo.text().strip():
            self._add_code()
        elif self.save_button.isEnabled() and not self.cancel_button.hasFocus():
            self.save_button.click()
        else:
            super().keyPressEvent(event)

    def _add_code(self) -> None:
        code = normalise_code(self.promo.text())
        if code in self._codes or self._pause():
            self.promo.clear()
            return
        try:
            wishes = [*map(_as_said, self.wishes()), ConcessionWish(promo=code)]
        except InvalidInputError as error:
            self.failed(error)
            return
        self.runner.local(
            lambda desk: (code, self._quote(desk, wishes)),
            self._code_added, failed=self._code_refused, owner=self, replaces="concession",
        )  # fmt: skip

    def _code_added(self, found: tuple[str, ConcessionPreview]) -> None:
        code, preview = found
        self._chosen = {key: ConcessionWish(key) for key, is_code in self._checked() if not is_code}
        self._codes.append(code)
        self.promo.clear()
        self._fill_table()
        self._show_preview(preview)

    def _code_refused(self, error: Exception) -> None:
        if isinstance(error, PromoRefusedError) and error.refusal is PromoRefusal.UNKNOWN:
            self._wrong_codes.note(self._clock())
        self.failed(error)
        self.promo.selectAll()
        self._pause()

    def _pause(self) -> bool:
        """Close the box for a while after too many wrong codes; return whether it is closed."""
        left = self._wrong_codes.pause_left(self._clock())
        self.promo.setDisabled(left > 0)
        if left > 0:
            error = InvalidInputError(
                "promo", "You entered 5 wrong codes in a minute. Try again in 30 seconds."
            )
            self.failed(error)
            QTimer.singleShot(int(left * 1000) + 100, self, self._reopen)
        return left > 0

    def _reopen(self) -> None:
        if not self._pause():
            self.fields["promo"].complain("")
            self.promo.setFocus()

    # --- applying

    def save(self) -> None:
        """Check what is chosen, and hand it to the bill."""
        wishes = self.wishes()
        self.submit(lambda desk: self._quoted(desk, wishes))

    @property
    def is_changed(self) -> bool:
        """Whether Esc asks first: nothing is lost by leaving."""
        return False

    def retranslate(self) -> None:
        """Write the list and the sums in the present language."""
        super().retranslate()
        self._chosen = {key: ConcessionWish(key) for key, is_code in self._checked() if not is_code}
        if self._offers:
            self._fill_table()
        if self._preview is not None:
            self._show_preview(self._preview)


def _is_typed(kind: ConcessionKind) -> bool:
    """Return whether a kind has the field for its value instead of a row."""
    return kind.code == OTHER and kind.is_typed


def _named(offer: ConcessionOffer) -> str:
    kind = offer.kind
    title = title_of(kind.title, kind.title_hi)
    if kind.value and kind.measure is ConcessionMeasure.PERCENT:
        return f"{title} · {percent_text(kind.value)} %"
    return title


def _typed(text: str) -> ConcessionWish:
    """Return a concession as it was typed: `10 %` or rupees."""
    if "%" in text:
        return ConcessionWish(OTHER, parse_percent("value", text))
    try:
        paise = parse_rupees(text).paise
    except InvalidInputError as error:
        raise error.about("value") from error
    return ConcessionWish(OTHER, paise, ConcessionMeasure.AMOUNT)


def _as_said(wish: ConcessionWish) -> ConcessionWish:
    """Return a wish with words in place of a reason and proof that are not typed yet."""
    return replace(wish, reason=wish.reason or _UNSAID, proof=wish.proof or _UNSAID)


def _table() -> QTableWidget:
    table = QTableWidget(0, 2)
    table.setObjectName("concessionTable")
    bind_text(table, "accessibleName", N_("Concessions"))
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.horizontalHeader().hide()
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.px(ROW_PX))
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return table
