"""Settings read at most every two seconds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.ports.system import Clock
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.storage.store import SqlStore


_SETTINGS_KEPT_S = 2.0


class CachedSettings:
    """Settings read at most every two seconds: another process may change them too."""

    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, SettingsView] | None = None

    def __call__(self) -> SettingsView:
        """Return the settings, at most two seconds old."""
        from desktop_app.services.settings.table import settings_view

        now = self._clock.monotonic()
        with self._lock:
            if self._kept is None or now - self._kept[0] > _SETTINGS_KEPT_S:
                self._kept = now, settings_view(self._store.reader.settings.all())
            return self._kept[1]

    def forget(self) -> None:
        """Read them again next time."""
        with self._lock:
            self._kept = None
