"""Shows in every window whether the money that the desk collects is real.

The main window's property `MODE` carries it to the dialogs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.banner import MODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.settings import KeyMode
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.parts import Parts

# Keyed by the values of `MoneyMode` and `KeyMode`: importing the views costs a start 15 ms.
TITLES: Mapping[str, N_] = {
    "live": N_("Pravesh"),
    "test": N_("Pravesh: TEST MONEY"),
    "training": N_("Pravesh: PRACTICE MODE"),
}
_OF_KEYS = {"test": "test", "sandbox": "test"}
"""The mode of money by that of the keys; other keys, and none, bring real money or cash."""


class ModePresenter(QObject):
    """Keeps banners, title, status bar and customer display in the mode of the money.

    Args:
        window: has the title, and is training's or not.
        parts: the parts of the window.
    """

    def __init__(self, window: Host, parts: Parts) -> None:
        super().__init__(parts)
        self._window, self._parts = window, parts
        self._show("training" if window.is_training else "live", can_change=False)

    def show_keys(self, keys: KeyMode) -> None:
        """Show the mode of the keys that are set."""
        training = self._window.is_training
        self._parts.status.show_mode(keys, training=training)
        mode = "training" if training else _OF_KEYS.get(keys.value, "live")
        self._show(mode, can_change=not training and keys.value == "test")

    def _show(self, mode: str, *, can_change: bool) -> None:
        self._parts.training_banner.show_unreal(mode, can_change=can_change)
        if self._window.property(MODE) == mode:
            return
        self._window.setProperty(MODE, mode)
        bind_text(self._window, "windowTitle", TITLES[mode])
        self._parts.display.show_mode(mode)
