"""A filter of payments by fee head; its names are kept in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker

from desktop_app.domain.fee_heads import SHIPPED
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import title_of
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.fee_heads import FeeHead

SHOWN_LETTERS = 8
WIDTH_PX = 128
LIST_PX = 200


class HeadFilter(Select):
    """A choice of one fee head, or of all."""

    def __init__(self) -> None:
        super().__init__(((N_("All fees"), ""),), name="paymentsHead", title=N_("Fee head"))
        # The longest name is rarely wanted, and the search beside it needs the room.
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(SHOWN_LETTERS)
        self.setMaximumWidth(theme.px(WIDTH_PX))
        self.view().setMinimumWidth(theme.px(LIST_PX))
        self._heads: tuple[FeeHead, ...] = ()
        self.show_heads(SHIPPED)

    def show_heads(self, heads: Sequence[FeeHead]) -> None:
        """Offer these heads; the one that is chosen stays, without a signal."""
        if tuple(heads) == self._heads:
            return
        self._heads, chosen = tuple(heads), self.value()
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for head in heads:
                self.addItem(title_of(head.title, head.title_hi), head.code)
            self.choose(chosen)

    def retranslate(self) -> None:
        """Show the heads in the present language."""
        super().retranslate()
        for at, head in enumerate(self._heads, start=1):
            self.setItemText(at, title_of(head.title, head.title_hi))
