"""The notice area behind a page's `Notices`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.widgets.notice_area import NoticeArea

if TYPE_CHECKING:
    from desktop_app.ui.core.page import PageContext


def notice_area(context: PageContext) -> NoticeArea:
    assert isinstance(context.notices, NoticeArea)
    return context.notices
