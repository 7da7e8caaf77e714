"""The line for a reason: typed, or chosen from the centre's list for this kind of decision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.domain.reasons import as_list, setting_of
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.opener_line import OpenerLine

if TYPE_CHECKING:
    from desktop_app.domain.reasons import ReasonKind
    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner


class ReasonEntry(OpenerLine):
    """A reason that can be typed, with the list at its end: a click, F4 or Down opens it.

    The list is read when it is opened, so that it is the one that Settings has then.

    Args:
        runner: runs what blocks.
        kind: the decision that needs the reason.
    """

    def __init__(self, runner: JobRunner, kind: ReasonKind, *, longest: int) -> None:
        super().__init__("down", N_("Choose a reason (F4)"), longest=longest)
        self._runner, self._key = runner, setting_of(kind)
        self.menu: QMenu | None = None

    def open_choice(self) -> None:
        """Open the list under the line."""
        key = self._key

        def read(desk: Desk) -> tuple[str, ...]:
            return as_list(desk.settings.view().texts[key])

        self._runner.local(read, self._open, owner=self, replaces="reasons")

    def _open(self, reasons: tuple[str, ...]) -> None:
        """Open the list with these; a reason that ships is in the present language."""
        if not reasons or not self.isVisible():
            return
        if self.menu is None:
            self.menu = QMenu(self)
            self.menu.setObjectName("reasonMenu")
        self.menu.clear()
        for each in reasons:
            words = tr(each)
            action = self.menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(partial(self._choose, words))
        self.menu.setMinimumWidth(self.width())
        self.menu.setActiveAction(self.menu.actions()[0])
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _choose(self, words: str, _is_checked: object = None) -> None:
        self.setText(words)
        self.setFocus()
