"""A question before one step is written: a sentence about it, a reason or a note, and a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from desktop_app.domain.reasons import ReasonKind
    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner


class Note(NamedTuple):
    """A question before a step is written.

    Attributes:
        title: of the dialog, a question that its button answers.
        action: the word on the button.
        about: what happens, in a sentence; its values follow.
        values: fill the braces of the title and of the sentence.
        note: the label of the line that is typed; empty for none.
        reason: the decision whose reason is asked for in place of that line.
        hint: an example in that line.
        field: the field of errors about that line.
        day: the label of the day; empty for none.
        choices: words and values, of which one is chosen.
        choice: the label of the choices.
        is_unusual: whether what was typed may be written after a refusal, once it is confirmed.
    """

    title: N_
    action: N_
    about: N_
    values: dict[str, object]
    note: N_ | None = None
    reason: ReasonKind | None = None
    hint: N_ | None = None
    field: str = "reason"
    day: N_ | None = None
    choices: Sequence[tuple[N_, str]] = ()
    choice: N_ | None = None
    is_unusual: Callable[[str], bool] | None = None


class Typed(NamedTuple):
    """The words that were typed, the day and the choice.

    Attributes:
        is_confirmed: whether the person confirmed words of an unusual shape.
    """

    text: str
    day: date
    choice: str
    is_confirmed: bool = False


class NoteForm(FormDialog):
    """A step before it is written; `saved` carries what the operation returned.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        asked: what is asked for.
        operate: writes the step; takes the desk and what was typed.
    """

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        asked: Note,
        operate: Callable[[Desk, Typed], object],
    ) -> None:
        super().__init__(runner, parent, title=asked.title, action=asked.action)
        self.setObjectName("noteForm")
        self._asked, self._operate = asked, operate
        for each in (self.heading, self):
            name = "windowTitle" if each is self else "text"
            bind_text(each, name, asked.title, **asked.values)
        self.about = label("", "small", name="noteAbout", wrap=True)
        bind_text(self.about, "text", asked.about, **asked.values)
        self.body.addWidget(self.about, 0, 0, 1, 2)
        if asked.choices:
            chosen = Select(asked.choices)
            self.add_field("which", asked.choice or asked.title, chosen, (1, 0), span=2)
        hint = asked.hint or ""
        if asked.reason is not None:
            self.add_reason(asked.reason, (2, 0), placeholder=hint)
        elif asked.note is not None:
            self.add_line(asked.field, asked.note, (2, 0), placeholder=hint, span=2)
        if asked.day is not None:
            entry = self.add_date("on", asked.day, (3, 0), first=_today)
            entry.setText(day_typed(_today()))
        self._confirmed = ""
        self.unusual = Button(
            N_("Use this number any&way"), name="unusualButton", kind="quiet",
            tip=N_("Use the number as typed"),
        )  # fmt: skip
        self.unusual.clicked.connect(self._confirm)
        self.unusual.hide()
        self.body.addWidget(self.unusual, 4, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.setMinimumWidth(440)
        self.settle()
        first = next(iter(self.fields.values()), None)
        (first.editor if first is not None else self.save_button).setFocus()

    def save(self) -> None:
        """Read the fields and write the step."""
        held = {key: self.value(key) for key in self.fields}
        day = parse_day(held.get("on", ""), "on") or _today()
        text = held.get(self._asked.field, "")
        typed = Typed(text, day, held.get("which", ""), bool(text) and text == self._confirmed)
        operate = self._operate
        self.submit(lambda desk: operate(desk, typed))

    def failed(self, error: Exception) -> None:
        """Show what went wrong; words of an unusual shape can be confirmed then."""
        super().failed(error)
        is_about = isinstance(error, InvalidInputError) and error.field == self._asked.field
        is_unusual = self._asked.is_unusual
        if is_about and is_unusual is not None and is_unusual(self.value(self._asked.field)):
            self.unusual.show()
            self.grow()

    def _confirm(self) -> None:
        """Write the words as they are, because a person compared them."""
        self._confirmed = self.value(self._asked.field)
        self.unusual.hide()
        self.save_button.click()


def _today() -> date:
    return datetime.now(IST).date()
