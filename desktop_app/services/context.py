"""The ports and settings that bootstrap hands to every service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.audit import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.storage import Store, UnitOfWork
    from desktop_app.services.ports.system import Clock, Documents, IdSource
    from desktop_app.services.views.settings import SettingsView


@dataclass(frozen=True, slots=True)
class Context:
    """The ports of one desk.

    Attributes:
        gateway: hands out the gateway with the keys as they are now.
        settings: reads the settings as they are now.
        folder: the data folder, for pictures and PDFs.
    """

    store: Store
    gateway: Callable[[], PaymentGateway]
    settings: Callable[[], SettingsView]
    documents: Documents
    clock: Clock
    ids: IdSource
    folder: Path
    is_training: bool

    def now(self) -> datetime:
        """Return the PC's wall clock, aware UTC."""
        return self.clock.now()

    def audit(
        self,
        work: UnitOfWork,
        action: str,
        subject: str,
        detail: Mapping[str, str | int | None] | None = None,
    ) -> None:
        """Write an audit entry in an open unit of work."""
        work.audit(
            AuditEntry(
                at=self.now().isoformat(timespec="microseconds"),
                desk_id=work.setting("desk.id") or "D1",
                action=action,
                subject=subject,
                detail=detail or {},
            )
        )
