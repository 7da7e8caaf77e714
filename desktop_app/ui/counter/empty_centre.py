"""The first steps, offered at the counter while there is nothing to bill."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from desktop_app.ui.core import theme
from desktop_app.ui.core.first_steps import FIRST_STEPS
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn
from desktop_app.ui.widgets.buttons import Button, without_key
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.ui.core.first_steps import FirstStep

LARGE = 1.25
"""Above this text size a button is above its sentence."""
LARGEST = 1.5
"""Above this text size the buttons explain themselves by their tooltips only."""
_LACKING = {
    "students": N_("No students yet. Type a name to add one."),
    "course": N_("No courses yet"),
    "both": N_("No students or courses yet"),
}


class EmptyCentre(Card):
    """A heading, and a button with a sentence for each thing to do first.

    Signals:
        chosen: the name of one of `FIRST_STEPS`.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("card", margin=theme.GROUP)
        self.heading = label("", "section", name="emptyCentre", wrap=True)
        self.buttons = {step.name: self._button(step) for step in FIRST_STEPS}
        self._sentences = {
            step.name: label(step.sentence, "secondary", wrap=True) for step in FIRST_STEPS
        }
        column = self.column
        column.addWidget(self.heading)
        self._rows = []
        for name, button in self.buttons.items():
            row = hbox((button, Qt.AlignmentFlag.AlignLeft), (self._sentences[name], 1), gap=12)
            self._rows.append(row)
            column.addLayout(row)
        fill(column, STRETCH)
        self.retranslate()

    def offer(self, names: set[str]) -> None:
        """Offer some of the steps, by their names."""
        lacking = names & {"students", "course"}
        bind_text(self.heading, "text", _LACKING["both" if len(lacking) > 1 else lacking.pop()])
        for name, button in self.buttons.items():
            button.setVisible(name in names)
            self._sentences[name].setProperty("wanted", name in names)
        self.buttons["students"].set_kind("" if "course" in names else "primary")
        self.rescale()

    def rescale(self) -> None:
        """Fit the buttons and sentences to the text size."""
        self.column.setSpacing(12 if theme.scale() <= LARGEST else theme.GRID)
        for sentence in self._sentences.values():
            is_wanted = bool(sentence.property("wanted"))
            sentence.setVisible(is_wanted and theme.scale() <= LARGEST)
        for row in self._rows:
            is_upright = theme.scale() > LARGE
            turn(row, is_upright=is_upright)
            row.setSpacing(theme.GRID if is_upright else 12)
        wide = max(button.sizeHint().width() for button in self.buttons.values())
        for button in self.buttons.values():
            button.setMinimumWidth(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the heading out where there is little height."""
        super().resizeEvent(event)
        needed = self.column.minimumSize().height()
        if self.heading.isHidden():
            needed += self.heading.sizeHint().height() + self.column.spacing()
        self.heading.setHidden(self.height() < needed)

    def retranslate(self) -> None:
        """Name the buttons in the current language; their letters belong to the page."""
        for step in FIRST_STEPS:
            self.buttons[step.name].show_text(without_key(tr(step.words)))
        self.rescale()

    def _button(self, step: FirstStep) -> Button:
        name = f"first{step.name.title()}Button"
        kind = "primary" if step.name == "course" else ""
        made = Button(kind=kind, icon=step.icon, name=name, tip=step.sentence)
        made.clicked.connect(partial(self._choose, step.name))
        return made

    def _choose(self, name: str, _checked: object = None) -> None:
        self.chosen.emit(name)
