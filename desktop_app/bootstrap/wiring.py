"""Wires the desk: adapters behind ports, use-cases behind the api. No Qt; blocks on disk.

Whoever opens a desk closes it. Importing this module is cheap; opening imports the adapters.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

from desktop_app.bootstrap.gateway_factory import KeyServices, make_gateway_factory
from desktop_app.bootstrap.lazy_proxy import LazyProxy
from desktop_app.bootstrap.settings_cache import CachedSettings
from desktop_app.services.views.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.bootstrap.options import Options
    from desktop_app.bootstrap.training import TrainingSandbox
    from desktop_app.config.secrets import Vault
    from desktop_app.gateway.sandbox_phone import SandboxPhone
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.desk import Desk
    from desktop_app.services.maintenance.health_checks import Upkeep
    from desktop_app.services.ports.system import Clock, Documents
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.sync.poll_cycle import Collecting
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
    back_up_today: Callable[[], object]
    _closers: list[Callable[[], None]] = field(default_factory=list)

    def verify_trail(self) -> str | None:
        """Say where the audit chain is broken, None when it holds."""
        from desktop_app.services.maintenance.audit_verification import AuditVerifier  # noqa: PLC0415 - when asked for

        return AuditVerifier(self.context).verify()

    def close(self) -> None:
        """Let go of everything, last opened first."""
        while self._closers:
            self._closers.pop()()


def warm_up() -> None:
    """Import what opening a desk and finding a student need, ahead of time; opens nothing."""
    import desktop_app.config.clock  # noqa: PLC0415
    import desktop_app.config.logging  # noqa: PLC0415
    import desktop_app.config.secrets  # noqa: PLC0415
    import desktop_app.gateway.rate_limiter  # noqa: PLC0415
    import desktop_app.services.enrolment.students  # noqa: PLC0415
    import desktop_app.services.recovery.rollback_detection  # noqa: PLC0415
    import desktop_app.services.settings  # noqa: PLC0415
    import desktop_app.storage.store  # noqa: F401, PLC0415


def open_desk(options: Options, *, clock: Clock | None = None) -> OpenDesk:
    """Open the desk of a data folder.

    Args:
        options: where and how.
        clock: for tests that own the time; the PC's by default.

    Raises:
        StorageError: the folder or the database does not work; its kind says why.
        InvalidInputError: the gateway's address or the environment's keys may not be used.
    """
    closers: list[Callable[[], None]] = []
    try:
        return _open(options, closers, clock)
    except BaseException as error:
        if isinstance(error, ImportError):
            log.exception("the desk cannot be opened")
        while closers:
            closers.pop()()
        _name_backup(error, options)
        raise


def _name_backup(error: BaseException, options: Options) -> None:
    """Put the newest good backup to the news that the database is damaged."""
    from desktop_app.services.errors import DatabaseCorruptError, StorageError  # noqa: PLC0415

    if not isinstance(error, DatabaseCorruptError):
        return
    from desktop_app.bootstrap.restore import DatabaseRestore  # noqa: PLC0415 - only then

    with suppress(StorageError):
        error.backup = DatabaseRestore(options).newest()


def _open(options: Options, closers: list[Callable[[], None]], clock: Clock | None) -> OpenDesk:
    from desktop_app.config.clock import SystemClock, Uuid7Source  # noqa: PLC0415
    from desktop_app.config.logging import start_logging, stop_logging  # noqa: PLC0415
    from desktop_app.config.paths import data_folder  # noqa: PLC0415
    from desktop_app.gateway.base_url import RAZORPAY, checked_base_url  # noqa: PLC0415

    folder = data_folder(options.data_dir, training=options.training)
    url = checked_base_url(options.gateway_url or RAZORPAY)
    closers.append(partial(stop_logging, start_logging(folder)))
    from desktop_app.services.connectivity import ConnectionMonitor  # noqa: PLC0415 - a failure is logged
    from desktop_app.services.context import Context  # noqa: PLC0415
    from desktop_app.services.recovery.rollback_detection import detect_rollback  # noqa: PLC0415
    from desktop_app.storage.store import DATABASE, open_store  # noqa: PLC0415

    time = clock or SystemClock()
    first_run = not (folder / DATABASE).exists()
    store = open_store(folder, time.now)
    closers.append(store.close)
    detect_rollback(store, time.now(), training=options.training)
    if os.name == "posix":
        folder.chmod(0o700)
    sandbox: TrainingSandbox | None = None
    if options.training and options.gateway_url is None:
        from desktop_app.bootstrap.training import open_sandbox  # noqa: PLC0415

        sandbox = open_sandbox(folder)
        closers.append(sandbox.close)
        url = sandbox.url
    kept = CachedSettings(store, time)
    line = ConnectionMonitor(time)
    vault, gateways = make_gateway_factory(options, folder, url, sandbox, kept, time, line)
    context = Context(
        store=store,
        gateway=gateways,
        settings=kept,
        documents=_documents(folder),
        clock=time,
        ids=Uuid7Source(),
        folder=folder,
        is_training=options.training,
    )
    if options.training and first_run:
        from desktop_app.services.maintenance.demo_data import fill  # noqa: PLC0415

        fill(context)

    def forget() -> None:
        kept.forget()
        gateways.forget()
        store.changes.add(Changes(settings=True))  # keys are in the keyring, not in the store

    return _wire(context, line, store, vault, url, first_run, closers, forget)


def _documents(folder: Path) -> Documents:
    def make() -> object:
        from desktop_app.documents.desk_documents import DeskDocuments  # noqa: PLC0415

        return DeskDocuments(folder)

    return cast("Documents", LazyProxy(make))


def _receipts(context: Context) -> ReceiptService:
    from desktop_app.config.receipt_keys import ReceiptKeyring  # noqa: PLC0415
    from desktop_app.services.receipts.issuing import ReceiptService  # noqa: PLC0415
    from desktop_app.services.receipts.verification import ReceiptVerifier  # noqa: PLC0415

    keys = ReceiptKeyring(context.folder, training=context.is_training)
    return ReceiptService(context, ReceiptVerifier(context, keys))


def _upkeep(context: Context, line: ConnectionMonitor, vault: Vault) -> Upkeep:
    from desktop_app.config.printers import probe_printers  # noqa: PLC0415
    from desktop_app.config.secrets import probe_keyring  # noqa: PLC0415
    from desktop_app.documents.fonts import probe_fonts  # noqa: PLC0415
    from desktop_app.services.maintenance.health_checks import Upkeep  # noqa: PLC0415

    return Upkeep(context, line, vault, (probe_keyring, probe_printers, probe_fonts))


def _refunding(context: Context) -> RefundService:
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher  # noqa: PLC0415
    from desktop_app.services.refunds.service import RefundService  # noqa: PLC0415

    return RefundService(context, OutboxDispatcher(context))


def _collecting(context: Context, line: ConnectionMonitor, refunding: RefundService) -> Collecting:
    from desktop_app.services.sync.poll_cycle import Collecting  # noqa: PLC0415

    return Collecting(context, line, refunding)


def _qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    from desktop_app.documents.qr import qr_matrix  # noqa: PLC0415 - when there is one to draw

    return qr_matrix(text)


def _wire(
    context: Context,
    line: ConnectionMonitor,
    store: SqlStore,
    keys: KeyServices,
    url: str,
    first_run: bool,  # noqa: FBT001 - passed on as it is
    closers: list[Callable[[], None]],
    forget: Callable[[], None],
) -> OpenDesk:
    from desktop_app.services.after_payment import DeskAffairs  # noqa: PLC0415
    from desktop_app.services.desk import Desk  # noqa: PLC0415
    from desktop_app.services.enrolment.courses import CourseService  # noqa: PLC0415
    from desktop_app.services.enrolment.students import StudentService  # noqa: PLC0415
    from desktop_app.services.settings import SettingsService  # noqa: PLC0415

    upkeep = cast("Upkeep", LazyProxy(partial(_upkeep, context, line, keys.vault)))
    refunding = cast("RefundService", LazyProxy(partial(_refunding, context)))
    collecting = cast("Collecting", LazyProxy(partial(_collecting, context, line, refunding)))
    desk = Desk(
        students=StudentService(context),
        courses=CourseService(context),
        collecting=collecting,
        receipts=cast("ReceiptService", LazyProxy(partial(_receipts, context))),
        settings=SettingsService(context, keys.vault, keys.make, keys.check, forget),
        upkeep=upkeep,
        connection=line,
        affairs=DeskAffairs(context, line, collecting, refunding),
        is_training=context.is_training,
        phone=_phone(url) if context.is_training else None,
        qr_matrix=_qr_matrix,
        take_changes=store.changes.take,
    )

    def back_up_today() -> object:
        return upkeep.back_up_today()

    is_first = first_run and not context.is_training and not context.settings().setup_done
    return OpenDesk(
        desk=desk,
        context=context,
        store=store,
        data_dir=context.folder,
        first_run=is_first,
        back_up_today=back_up_today,
        _closers=closers,
    )


def _phone(url: str) -> SandboxPhone:
    from desktop_app.gateway.sandbox_phone import SandboxPhone  # noqa: PLC0415 - training only

    return SandboxPhone(url)
