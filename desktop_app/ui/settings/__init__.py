"""The settings page and dialog, and the first-run wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import T
from desktop_app.ui.core.page import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Context, Page


def _make(context: Context) -> Page:
    from desktop_app.ui.settings.page import SettingsPage  # noqa: PLC0415 - when first shown

    return SettingsPage(context)


PAGE = PageSpec("settings", T("Settings"), _make)
