"""A filter of payments by fee head; its names are kept in both languages."""

from __future__ import annotations

from desktop_app.domain.fee_heads import SHIPPED
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import title_of
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.select import Select

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
        for head in SHIPPED:
            self.addItem(title_of(head.title, head.title_hi), head.code)

    def retranslate(self) -> None:
        """Show the heads in the present language."""
        super().retranslate()
        for at, head in enumerate(SHIPPED, start=1):
            self.setItemText(at, title_of(head.title, head.title_hi))
