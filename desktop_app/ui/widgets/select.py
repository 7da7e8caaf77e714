"""A drop-down list whose words follow the language and whose values do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from desktop_app.ui.core.i18n import N_, bind_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence


class Select(QComboBox):
    """A choice of one among several.

    Args:
        name: its object name; may be set later.
        title: what is chosen, for screen readers.
        options: words and values, in the order shown.
    """

    def __init__(
        self, options: Sequence[tuple[N_, str]], *, name: str = "", title: N_ | None = None
    ):
        super().__init__()
        self.offer(options)
        if name:
            self.setObjectName(name)
        if title is not None:
            bind_text(self, "accessibleName", title)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def offer(self, options: Sequence[tuple[N_, str]]) -> None:
        """Offer these, and choose the first of them."""
        self.clear()
        self._words = tuple(words for words, _ in options)
        for words, value in options:
            self.addItem(tr(words), value)

    def value(self) -> str:
        """Return the chosen value."""
        return str(self.currentData() or "")

    def choose(self, value: str) -> None:
        """Choose by value; the first entry for an unknown one."""
        self.setCurrentIndex(max(0, self.findData(value)))

    def retranslate(self) -> None:
        """Show the words in the present language."""
        for at, words in enumerate(self._words):
            self.setItemText(at, tr(words))
