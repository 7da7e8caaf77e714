"""The courses page and its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.courses.page import CoursesPage

    return CoursesPage(context)


PAGE = PageSpec("courses", N_("Courses"), _make)
