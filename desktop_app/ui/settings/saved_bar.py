"""The bar under the settings: what was saved, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button, without_key
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, set_tone

if TYPE_CHECKING:
    from collections.abc import Sequence


class SavedBar(QWidget):
    """The last change, beside Undo and Restore defaults; hidden with nothing to show or do."""

    def __init__(self) -> None:
        super().__init__()
        self.reset_button = Button(
            N_("Restore defaults"), kind="quiet", name="settingsResetButton",
            tip=N_("Restore this section's defaults. You can undo this."),
        )  # fmt: skip
        self.undo_button = Button(N_("Undo"), icon="refund", name="settingsUndoButton")
        self.words = ElidedLabel("", "small", name="settingsSaved")
        self._icon = IconLabel(size=18)
        row = hbox(gap=theme.GAP, margins=(theme.MARGIN, theme.GAP))
        fill(row, self.reset_button, self._icon, (self.words, 1), self.undo_button)
        column = vbox(rule(), inside=self, gap=0)
        column.addLayout(row)
        self._names: Sequence[N_] = ()
        self._is_undo = False
        self._icon.hide()
        self.undo_button.hide()
        self.hide()
        self.rescale()

    def say_saved(self, names: Sequence[N_], *, is_undo: bool, can_undo: bool) -> None:
        """Show which settings were saved, or put back."""
        self._names, self._is_undo = names, is_undo
        self.undo_button.setVisible(can_undo)
        self.retranslate()

    def say(self, words: str, *, is_wrong: bool = False) -> None:
        """Show a sentence."""
        self._names = ()
        self._show(words, "wrong" if is_wrong else "paid")

    def retranslate(self) -> None:
        """Show what was saved in the current language."""
        if self._names:
            words = N_("Undone: {names}") if self._is_undo else N_("Saved: {names}")
            names = ", ".join(without_key(tr(name)) for name in self._names)
            self._show(tr(words, names=names), "paid")

    def offer_reset(self, *, is_offered: bool) -> None:
        """Show or hide Restore defaults."""
        self.reset_button.setVisible(is_offered)
        self._fold()

    def _fold(self) -> None:
        offered = (self.reset_button, self.undo_button, self._icon)
        self.setHidden(all(each.isHidden() for each in offered))

    def rescale(self) -> None:
        """Keep the height of a button, so that nothing above moves."""
        self.setMinimumHeight(theme.px(theme.CONTROL) + 2 * theme.GAP)

    def _show(self, words: str, tone: str) -> None:
        self.words.show_text(words)
        set_tone(self.words, tone)
        self._icon.show_icon(tone, tone)
        self._icon.setVisible(bool(words))
        self._fold()
