"""The form of a change of a fee: what it asks for, and its result before anything is written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, format_plain, parse_rupees, total
from desktop_app.domain.plans import MOST_PARTS, monthly
from desktop_app.ui.accounts import changes
from desktop_app.ui.accounts.changes import AMOUNT, COURSE, DATES, MODE, ON, SHIFT, Given
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.editors import on_change
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.boxes import gridbox
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import label, set_tone
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QLabel, QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.plans import LaterPart
    from desktop_app.ui.accounts.changes import Change, Result, Subject
    from desktop_app.ui.core.jobs import JobRunner

PAUSE_MS = 200
"""The result is worked out again once typing pauses for so long."""
_WAITING = N_("Fill in the fields to see the result.")


class ChangeForm(FormDialog):
    """One change; `saved` carries what was written.

    Nothing is written whose result was not shown before.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        change: the change.
        subjects: what it may be about; at least one.
        chosen: the uid of the one to begin with.
    """

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        change: Change,
        subjects: Sequence[Subject],
        chosen: str = "",
    ) -> None:
        super().__init__(runner, parent, title=change.title, action=N_("Continue"))
        self.setObjectName("changeForm")
        self._change = change
        self._subjects = {each.uid: each for each in subjects}
        self._asked: tuple[str, Given] | None = None
        self._shown: tuple[str, Given] | None = None
        self._result: Result | None = None
        self.about = Select([(N_(each.name), each.uid) for each in subjects])
        self.add_field("due", change.about, self.about, (0, 0), span=2)
        self.answers_for("enrollment", "due")
        self.answers_for("student", "due")
        self.answers_for("credit", "due")
        self._build()
        self.reason = self.add_reason(
            change.reason, (6, 0), placeholder=N_("e.g. agreed with the parent")
        )
        self.outcome = ChangeResult()
        self.body.addWidget(self.outcome, 7, 0, 1, 2)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.preview)
        self.about.choose(chosen)
        self._begin()
        self.about.currentIndexChanged.connect(self._begin)
        for key, field in self.fields.items():
            if key != "reason":
                on_change(field.editor, self._wait)
        self.setMinimumWidth(theme.px(520))
        self.settle()
        self.preview()
        self._first_editor().setFocus()

    @property
    def subject(self) -> Subject:
        """The fee or the enrolment that is chosen."""
        return self._subjects[self.about.value()]

    # --- fields

    def _build(self) -> None:
        for key in self._change.fields:
            getattr(self, f"_add_{key}")()

    def _add_amount(self) -> None:
        self.amount = self.add_line(AMOUNT, N_("&Amount in rupees"), (1, 0), span=2)

    def _add_on(self) -> None:
        is_course = COURSE in self._change.fields
        words = N_("First day in the &new course") if is_course else N_("&Date")
        at = (3, 1) if is_course else (1, 0)
        self.on = self.add_date(ON, words, at, first=changes.usual_day)
        self.answers_for("due_on", ON)

    def _add_dates(self) -> None:
        self.parts = self.add_line("parts", N_("&Instalments"), (1, 0))
        self.first = self.add_date("first", N_("First &date"), (1, 1), first=changes.usual_day)
        self.dates = self.add_line(
            DATES, N_("D&ue dates"), (2, 0), span=2,
            hint=N_("We suggest one date per month. You can edit the dates, separated by commas."),
        )  # fmt: skip
        for editor in (self.parts, self.first):
            editor.textChanged.connect(self._spread)

    def _add_course(self) -> None:
        self.course = Select(())
        self.add_field(COURSE, N_("New &course"), self.course, (1, 0), span=2)

    def _add_mode(self) -> None:
        self.add_field(MODE, N_("&How to calculate"), Select(changes.MODES), (3, 0))

    def _add_shift(self) -> None:
        self.add_field(SHIFT, N_("D&ue dates"), Select(changes.SHIFTS), (3, 0), span=2)

    def _begin(self, _index: int = 0) -> None:
        """Fill the fields for the fee that is chosen."""
        subject, fields = self.subject, self._change.fields
        if AMOUNT in fields:
            self.amount.setText(format_plain(subject.amount) if subject.amount else "")
        if ON in fields:
            self.on.setText(day_typed(subject.on))
        if COURSE in fields:
            self.course.offer([(N_(name), uid) for name, uid in subject.courses])
        if DATES in fields:
            self.parts.setText(str(subject.parts))
            self.first.setText(day_typed(subject.on))
            self._spread()

    def _spread(self, _text: str = "") -> None:
        """Fill the due dates: one a month from the first on."""
        try:
            first, count = parse_day(self.first.text(), "first"), _count(self.parts.text())
        except InvalidInputError:
            return
        if first is not None:
            days = monthly(first, count, first.day)
            self.dates.setText(", ".join(map(day_typed, days)))

    def _first_editor(self) -> QWidget:
        keys = [key for key in self.fields if key != "due"]
        return self.about if self.about.count() > 1 else self.fields[keys[0]].editor

    def _given(self) -> Given:
        """Read the fields. Raises InvalidInputError."""
        fields = self._change.fields
        on = self._day() if ON in fields else None
        return Given(
            amount=parse_rupees(self.amount.text()) if AMOUNT in fields else ZERO,
            on=on,
            dates=_dates(self.dates.text()) if DATES in fields else (),
            course=self.value(COURSE) if COURSE in fields else "",
            mode=self.value(MODE) if MODE in fields else "",
            shift=self.value(SHIFT) if SHIFT in fields else "",
        )

    def _day(self) -> date:
        day = parse_day(self.on.text(), ON)
        if day is None:
            raise InvalidInputError(ON, "Enter a date, e.g. 14-03-2007.")
        return day

    # --- the result

    def _wait(self, *_: object) -> None:
        self._pause.start()

    def preview(self) -> None:
        """Work the result out for what is entered now."""
        self._pause.stop()
        try:
            asked = (self.about.value(), self._given())
        except InvalidInputError:
            self._forget(tr(_WAITING))
            return
        self._asked = asked
        uid, given = asked
        self.runner.local(
            lambda desk: self._change.preview(desk, uid, given),
            partial(self._show_result, asked),
            owner=self,
            failed=self._no_result,
            replaces="preview",
        )

    def _show_result(self, asked: tuple[str, Given], result: Result) -> None:
        if asked != self._asked:
            return
        self._shown, self._result = asked, result
        self.outcome.show_result(result)
        self.show_action(self._change.action, amount=short_rupees(result.amount))
        self.save_button.set_kind("danger" if result.ends else "primary")
        self.grow()
        self._look()

    def _no_result(self, error: Exception) -> None:
        if isinstance(error, InvalidInputError):
            self._forget(typed_wrongly(error))
            return
        notice = describe(error)
        self._forget(" ".join(part for part in (notice.what, notice.money, notice.todo) if part))

    def _forget(self, words: str) -> None:
        self._asked = self._shown = self._result = None
        self.outcome.show_words(words)
        self.grow()

    @property
    def done_values(self) -> dict[str, object]:
        """The values of the notice afterwards."""
        amount = self._result.amount if self._result is not None else ZERO
        course = self.value(COURSE) if COURSE in self._change.fields else ""
        about = changes.done_about(self.subject, course)
        return {"amount": short_rupees(amount), "about": about}

    def save(self) -> None:
        """Write what was shown; what was not shown yet is shown first."""
        given, uid, reason = self._given(), self.about.value(), self.reason.text()
        if self._shown != (uid, given):
            self.preview()
            if not self.reason.text().strip():
                self.reason.setFocus()
            return
        change, shown = self._change, self._result

        def write(desk: Desk) -> object:
            if change.preview(desk, uid, given) != shown:
                raise InvalidInputError("due", "This fee has changed. Check the result again.")
            return change.write(desk, uid, given, reason)

        self.submit(write)

    def failed(self, error: Exception) -> None:
        """Show what went wrong, with the result as it is now."""
        super().failed(error)
        if not isinstance(error, InvalidInputError) or error.field != "reason":
            self._shown = None
            self.preview()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the result beside the last field, on a low screen too."""
        last = self.fields.get("reason")
        if last is not None and watched is last.editor and event.type() == QEvent.Type.FocusIn:
            QTimer.singleShot(0, self, self._look)
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        if self.reason.hasFocus():
            self.area.ensureWidgetVisible(self.outcome, 0, 0)

    def retranslate(self) -> None:
        """Show the result in the present language."""
        super().retranslate()
        if self._result is not None:
            self.outcome.show_result(self._result)


def _count(text: str) -> int:
    """Return a typed number of instalments. Raises InvalidInputError."""
    typed = text.strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= MOST_PARTS:
        raise InvalidInputError("parts", "Enter 1 to {most} instalments.", most=MOST_PARTS)
    return int(typed)


def _dates(text: str) -> tuple[date, ...]:
    """Return typed dates. Raises InvalidInputError."""
    found = [parse_day(part, DATES) for part in text.split(",")]
    return tuple(day for day in found if day is not None)


class ChangeResult(Card):
    """The open dues now and after a change, side by side, and what else happens."""

    def __init__(self) -> None:
        super().__init__("well", margin=12)
        self.setObjectName("changeResult")
        self._grid = gridbox(theme.GAP, theme.GRID)
        for column, stretch in enumerate((1, 0, 0, 1, 0)):
            self._grid.setColumnStretch(column, stretch)
        self._grid.setColumnMinimumWidth(2, theme.GROUP)
        self._cells: list[QLabel] = []
        self.words = label("", "small", name="changeSaid", wrap=True)
        self.column.addLayout(self._grid)
        self.column.addWidget(self.words)

    def show_words(self, words: str) -> None:
        """Show a sentence in place of a result."""
        self._clear()
        self._say(words, "quiet")

    def show_result(self, result: Result) -> None:
        """Show a result."""
        self._clear()
        has_dues = result.before or result.after
        sides = (
            ()
            if not has_dues
            else (
                (0, N_("Now"), _lines(result.before, result.late_before)),
                (3, N_("After"), _lines(result.after, result.late_after)),
            )
        )
        for column, title, lines in sides:
            self._add(tr(title), 0, column, "caption")
            for row, (name, amount, role) in enumerate(lines, start=1):
                self._add(name, row, column, role)
                self._add(short_rupees(amount), row, column + 1, role).setAlignment(
                    Qt.AlignmentFlag.AlignRight
                )
        self._say(
            " ".join(tr(words, **values) for words, values in result.said),
            "attention" if result.ends else "",
        )

    def texts(self) -> list[str]:
        """Return the texts of the cells, row by row."""
        return [each.text() for each in self._cells]

    def _say(self, words: str, tone: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        set_tone(self.words, tone)

    def _add(self, text: str, row: int, column: int, role: str) -> QLabel:
        made = label(text, role)
        self._grid.addWidget(made, row, column)
        self._cells.append(made)
        return made

    def _clear(self) -> None:
        for each in self._cells:
            self._grid.removeWidget(each)
            each.hide()
            each.deleteLater()
        self._cells = []


def _lines(parts: Sequence[LaterPart], late: Money) -> list[tuple[str, Money, str]]:
    """Return the lines of one side: a name, an amount, and the role of their labels."""
    found = [(day_text(part.due_on), part.amount, "small") for part in parts]
    if late:
        found.append((tr(N_("Late fee from the plan")), late, "small"))
    if len(found) != 1:
        found.append((tr(N_("Total")), total(amount for _, amount, _ in found), "strong"))
    return found
