"""Wires the desk: adapters behind ports, services on top. No Qt; blocks on disk.

The caller that opens a desk closes it. Importing this module is cheap; opening imports the
adapters.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.bootstrap.gateway_factory import make_gateway_factory
from desktop_app.bootstrap.settings_cache import CachedSettings
from desktop_app.domain.errors import DomainError
from desktop_app.services.errors import ServiceError
from desktop_app.services.lazy_proxy import lazy
from desktop_app.services.views.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.bootstrap.gateway_factory import GatewayFactory
    from desktop_app.bootstrap.options import Options
    from desktop_app.bootstrap.training import TrainingSandbox
    from desktop_app.config.book_registry import BookRegistry
    from desktop_app.gateway.sandbox_phone import SandboxPhone
    from desktop_app.services.context import Context
    from desktop_app.services.desk import Desk
    from desktop_app.services.identity.service import BookIdentity
    from desktop_app.services.maintenance.clean_start import CleanStart
    from desktop_app.services.maintenance.health_checks import HealthChecks
    from desktop_app.services.ports.system import Clock, Documents
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.receipts.verification import ReceiptVerifier
    from desktop_app.services.settings.service import SettingsService
    from desktop_app.storage.store import SqlStore

log = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenDesk:
    """A desk that is open. Close it."""

    desk: Desk
    context: Context
    store: SqlStore
    data_dir: Path
    first_run: bool
    _closers: list[Callable[[], None]] = field(default_factory=list)

    def verify_trail(self) -> str | None:
        """Return where the audit chain is broken, None when it holds."""
        from desktop_app.services.maintenance.audit_verification import AuditVerifier

        return AuditVerifier(self.context).verify()

    def back_up_today(self) -> object:
        """Make the day's backup where there is none yet; blocks."""
        return self.desk.backups.make_daily()

    def close(self) -> None:
        """Close everything, last opened first."""
        while self._closers:
            self._closers.pop()()


def warm_up() -> None:
    """Import what opening a desk and finding a student need, ahead of time; opens nothing."""
    import desktop_app.config.book_registry
    import desktop_app.config.clock
    import desktop_app.config.logging
    import desktop_app.config.secrets
    import desktop_app.services.enrolment.students
    import desktop_app.services.identity.service
    import desktop_app.services.recovery.rollback_detection
    import desktop_app.storage.store  # noqa: F401


def open_desk(options: Options, *, clock: Clock | None = None) -> OpenDesk:
    """Open the desk of a data folder.

    Args:
        options: where and how.
        clock: for tests that control the time; the PC's by default.

    Raises:
        StorageError: the folder or the database does not work; its kind names the cause.
        InvalidInputError: the gateway's address or the environment's keys may not be used.
    """
    closers: list[Callable[[], None]] = []
    try:
        return _open(options, closers, clock)
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, DomainError | ServiceError):
            log.exception("opening failed")
        while closers:
            closers.pop()()
        _name_backup(error, options)
        raise


def _name_backup(error: BaseException, options: Options) -> None:
    """Add the newest good backup to the error of a damaged database."""
    from desktop_app.services.errors import DatabaseCorruptError, StorageError

    if not isinstance(error, DatabaseCorruptError):
        return
    from desktop_app.bootstrap.restore import DatabaseRestore

    with suppress(StorageError):
        error.backup = DatabaseRestore(options).newest()


def _open(options: Options, closers: list[Callable[[], None]], clock: Clock | None) -> OpenDesk:
    from desktop_app.config.clock import SystemClock, Uuid7Source
    from desktop_app.config.logging import start_logging, stop_logging
    from desktop_app.config.paths import data_folder
    from desktop_app.gateway.base_url import RAZORPAY, checked_base_url

    folder = data_folder(options.data_dir, training=options.training)
    url = checked_base_url(options.gateway_url or RAZORPAY)
    closers.append(partial(stop_logging, start_logging(folder)))
    from desktop_app.config.book_registry import BookRegistry
    from desktop_app.services.context import Context
    from desktop_app.storage.store import DATABASE, open_store

    time = clock or SystemClock()
    first_run = not (folder / DATABASE).exists()
    registry = BookRegistry()
    store = open_store(folder, time.now, registry)
    closers.extend((registry.close, store.close))
    if os.name == "posix":
        folder.chmod(0o700)
    sandbox = _sandbox(options, folder, closers)
    url = sandbox.url if sandbox else url
    settings = CachedSettings(store, time)
    keys = sandbox.keys if sandbox else None
    gateways = make_gateway_factory(options, folder, url, keys, settings, time, store)
    context = Context(
        store=store,
        gateway=gateways,
        settings=settings,
        documents=_documents(folder),
        clock=time,
        ids=Uuid7Source(),
        folder=folder,
        is_training=options.training,
    )
    identity = _identity(context, registry, settings.forget)
    if options.training and first_run:
        from desktop_app.bootstrap.sample_season import play
        from desktop_app.services.maintenance.demo_data import fill

        fill(context)
        play(context)
    is_first = first_run and not context.is_training and not context.settings().setup_done
    desk = _make_desk(
        context, store, gateways, _phone(context, url, sandbox), identity, closers.append
    )
    return OpenDesk(desk, context, store, folder, is_first, closers)


def _sandbox(
    options: Options, folder: Path, closers: list[Callable[[], None]]
) -> TrainingSandbox | None:
    """Open training's own sandbox, unless an address of another one is given."""
    if not options.training or options.gateway_url is not None:
        return None
    from desktop_app.bootstrap.training import open_sandbox

    sandbox = open_sandbox(folder)
    closers.append(sandbox.close)
    return sandbox


def _identity(
    context: Context, registry: BookRegistry, forget_settings: Callable[[], None]
) -> BookIdentity:
    """Check whether the book is where it belongs, and then whether it is its newest state."""
    from desktop_app.services.identity.service import BookIdentity
    from desktop_app.services.recovery.rollback_detection import detect_rollback

    def detect(*, is_thorough: bool = True) -> None:
        training = context.is_training
        detect_rollback(context.store, context.now(), training=training, is_thorough=is_thorough)

    context.store.check_before_writing(detect)
    identity = BookIdentity(context, registry, detect, forget_settings)
    identity.check()
    if context.store.refusal is None:
        detect(is_thorough=False)
    return identity


def _make_desk(
    context: Context,
    store: SqlStore,
    gateways: GatewayFactory,
    phone: SandboxPhone | None,
    identity: BookIdentity,
    on_close: Callable[[Callable[[], None]], None],
) -> Desk:
    from desktop_app.bootstrap.desk_factory import make_desk

    def forget() -> None:
        gateways.forget()
        store.changes.add(Changes(settings=True))  # keys are in the keyring, not in the store

    return make_desk(
        context,
        gateways.monitor,
        settings=lazy(partial(_settings, context, gateways, forget)),
        health=lazy(partial(_health, context, gateways, identity)),
        receipts=lazy(partial(_receipts, context)),
        identity=identity,
        clean_start=lazy(partial(_clean_start, context, gateways, identity, forget)),
        phone=phone,
        on_close=on_close,
        take_changes=store.changes.take,
    )


def _settings(
    context: Context, gateways: GatewayFactory, forget: Callable[[], None]
) -> SettingsService:
    from desktop_app.services.settings.service import SettingsService

    return SettingsService(context, gateways.vault, gateways.make, gateways.check, forget)


def _clean_start(
    context: Context,
    gateways: GatewayFactory,
    identity: BookIdentity,
    forget: Callable[[], None],
) -> CleanStart:
    from desktop_app.services.maintenance.clean_start import CleanStart

    return CleanStart(context, identity.registry, gateways.vault.view, forget)


def _documents(folder: Path) -> Documents:
    def make() -> Documents:
        from desktop_app.documents.desk_documents import DeskDocuments

        return DeskDocuments(folder)

    return lazy(make)


def _receipts(context: Context) -> ReceiptService:
    from desktop_app.services.receipts.issuing import ReceiptService

    return ReceiptService(context, lazy(partial(_verifier, context)))


def _verifier(context: Context) -> ReceiptVerifier:
    from desktop_app.config.receipt_keys import ReceiptKeyring
    from desktop_app.services.receipts.verification import ReceiptVerifier

    keys = ReceiptKeyring(context.folder, training=context.is_training)
    return ReceiptVerifier(context, keys)


def _health(context: Context, gateways: GatewayFactory, identity: BookIdentity) -> HealthChecks:
    from desktop_app.config.folder_location import probe_folder
    from desktop_app.config.printers import probe_printers
    from desktop_app.config.secrets import probe_keyring
    from desktop_app.documents.fonts import probe_fonts
    from desktop_app.services.identity.checks import check_book, check_code, check_registry
    from desktop_app.services.maintenance.health_checks import HealthChecks

    probes = (
        partial(check_book, identity),
        partial(check_code, context),
        partial(check_registry, identity.registry),
        probe_keyring,
        probe_printers,
        probe_fonts,
    )
    place = partial(probe_folder, context.folder)
    return HealthChecks(context, gateways.monitor, gateways.vault, probes, place)


def _phone(context: Context, url: str, sandbox: TrainingSandbox | None) -> SandboxPhone | None:
    if not context.is_training:
        return None
    from desktop_app.gateway.sandbox_phone import SandboxPhone

    return SandboxPhone(url, sandbox.token if sandbox else None)
