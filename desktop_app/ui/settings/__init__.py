"""The settings page and dialog, and the first-run wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.settings.page import SettingsPage

    return SettingsPage(context)


PAGE = PageSpec("settings", N_("Settings"), _make, key="Ctrl+,")
