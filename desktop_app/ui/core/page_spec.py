"""A page as the navigation shows it, before the page is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.core.i18n import N_
    from desktop_app.ui.core.page import Page, PageContext


class PageSpec(NamedTuple):
    """A page of the navigation; each subject declares its own in its `__init__`.

    Attributes:
        name: its name in messages and in the manual; `…Nav` is the object name of its button.
        title: the word in the navigation.
        make: makes the page when it is first shown; None for one the window makes itself.
        icon: the icon in the navigation; by default that of its name.
        key: its shortcut, like `Ctrl+I`; empty for none.
        key_words: what the shortcut does, for the help; by default the title.
        counts: whether it is made at the start, because it counts what waits.
    """

    name: str
    title: N_
    make: Callable[[PageContext], Page] | None = None
    icon: str = ""
    key: str = ""
    key_words: N_ | None = None
    counts: bool = False
