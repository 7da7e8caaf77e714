"""Composes a desk of the real services, as the program does, over ports of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.bootstrap.desk_factory import make_desk
from desktop_app.services.identity.service import BookIdentity
from desktop_app.services.maintenance.clean_start import CleanStart
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.receipts.issuing import ReceiptService
from desktop_app.services.settings.service import SettingsService
from desktop_app.services.views.changes import Changes
from desktop_app.services.views.settings import KeyMode, KeysView
from tests.memory_registry import MemoryRegistry

if TYPE_CHECKING:
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.desk import Desk


class EmptyKeyVault:
    """A vault without keys: the gateway is passed in."""

    def load(self) -> tuple[str, str] | None:
        return None

    def save(self, key_id: str, key_secret: str) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        raise NotImplementedError

    def view(self) -> KeysView:
        return KeysView("", KeyMode.NONE, "none")


def compose_desk(
    context: Context, connection: ConnectionMonitor, registry: MemoryRegistry | None = None
) -> Desk:
    """Compose a desk without keys, check codes and probes of the machine.

    Its outbox is there from the start: what is being sent before that counts as cut off.
    """
    vault = EmptyKeyVault()
    registry = registry or MemoryRegistry()
    desk = make_desk(
        context,
        connection,
        settings=SettingsService(
            context, vault, lambda *_key: context.gateway(), str, lambda: None
        ),
        health=HealthChecks(context, connection, vault, ()),
        receipts=ReceiptService(context),
        take_changes=Changes,
        identity=BookIdentity(context, registry),
        clean_start=CleanStart(context, registry, vault.view),
    )
    desk.outbox.commands()
    return desk
