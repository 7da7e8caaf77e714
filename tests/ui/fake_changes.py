"""The changes that a fake desk's calls wrote: what it keeps, compared with what it kept before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.views.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeChanges:
    """The `take_changes` of a fake desk.

    Args:
        **kept: by subject, returns what is kept of it.
    """

    def __init__(self, **kept: Callable[[], object]) -> None:
        self._kept = kept
        self._seen = self._now()

    def __call__(self) -> Changes:
        before, self._seen = self._seen, self._now()
        return Changes(**{name: text != before[name] for name, text in self._seen.items()})

    def _now(self) -> dict[str, str]:
        return {name: repr(read()) for name, read in self._kept.items()}
