"""Composes the desk's services; each is imported and made when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.bootstrap.lazy_proxy import when_asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.desk import Desk
    from desktop_app.services.maintenance.backups import Backups
    from desktop_app.services.maintenance.exporting import Exports
    from desktop_app.services.maintenance.health_checks import HealthChecks
    from desktop_app.services.maintenance.importing import Imports
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher, OutboxHandler
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.ports.system import ParentPhone
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.refunds.disputes import DisputeWatch
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.settings import SettingsService
    from desktop_app.services.sync.payment_lookup import PaymentLookup
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.unapplied.service import UnappliedPayments
    from desktop_app.services.views.changes import Changes


def make_desk(
    context: Context,
    connection: ConnectionMonitor,
    *,
    settings: SettingsService,
    health: HealthChecks,
    receipts: ReceiptService,
    take_changes: Callable[[], Changes],
    phone: ParentPhone | None = None,
) -> Desk:
    """Compose a desk, with one of each service, from what differs between desks.

    Args:
        context: the ports.
        connection: the monitor of the context's gateway.
        settings: knows where keys are kept.
        health: knows the machine's own parts.
        receipts: knows the keys of check codes.
        take_changes: returns what was written since the last call.
        phone: the parent's phone, in training only.
    """
    from desktop_app.services.desk import Desk  # noqa: PLC0415
    from desktop_app.services.enrolment.courses import CourseService  # noqa: PLC0415
    from desktop_app.services.enrolment.students import StudentService  # noqa: PLC0415

    lazy = _LazyServices(context, connection)
    return Desk(
        students=StudentService(context),
        courses=CourseService(context),
        payments=lazy.payments,
        polling=lazy.polling,
        lookup=when_asked(lazy.make_lookup),
        receipts=receipts,
        refunds=lazy.refunds,
        disputes=lazy.disputes,
        unapplied=when_asked(lazy.make_unapplied),
        outbox=lazy.outbox,
        settings=settings,
        backups=when_asked(lazy.make_backups),
        health=health,
        imports=when_asked(lazy.make_imports),
        exports=when_asked(lazy.make_exports),
        connection=connection,
        phone=phone,
        qr_matrix=_qr_matrix,
        is_training=context.is_training,
        take_changes=take_changes,
    )


class _LazyServices:
    """Stands for the services that others use too, and makes each when it is used."""

    def __init__(self, context: Context, connection: ConnectionMonitor) -> None:
        self._context = context
        self._connection = connection
        self.outbox = when_asked(self._make_outbox)
        self.payments = when_asked(self._make_payments)
        self.refunds = when_asked(self._make_refunds)
        self.disputes = when_asked(self._make_disputes)
        self.polling = when_asked(self._make_polling)

    def _make_outbox(self) -> OutboxDispatcher:
        from desktop_app.domain.outbox import CommandKind  # noqa: PLC0415
        from desktop_app.services.outbox.dispatcher import OutboxDispatcher  # noqa: PLC0415
        from desktop_app.services.payments.outbox_handler import CloseHandler  # noqa: PLC0415
        from desktop_app.services.refunds.outbox_handler import RefundHandler  # noqa: PLC0415

        closes = CloseHandler(self._context)
        handlers: dict[CommandKind, OutboxHandler] = {
            CommandKind.CLOSE_QR: closes,
            CommandKind.CANCEL_LINK: closes,
            CommandKind.REFUND: RefundHandler(self._context),
        }
        return OutboxDispatcher(self._context, handlers)

    def _make_payments(self) -> PaymentService:
        from desktop_app.services.payments.service import PaymentService  # noqa: PLC0415

        return PaymentService(self._context, self.outbox)

    def _make_refunds(self) -> RefundService:
        from desktop_app.services.refunds.service import RefundService  # noqa: PLC0415

        return RefundService(self._context, self.outbox)

    def _make_disputes(self) -> DisputeWatch:
        from desktop_app.services.refunds.disputes import DisputeWatch  # noqa: PLC0415

        return DisputeWatch(self._context)

    def _make_polling(self) -> PollCycle:
        from desktop_app.services.sync.poll_cycle import PollCycle  # noqa: PLC0415

        return PollCycle(
            self._context, self._connection, self.payments, self.refunds, self.disputes
        )

    def make_lookup(self) -> PaymentLookup:
        from desktop_app.services.sync.payment_lookup import PaymentLookup  # noqa: PLC0415

        return PaymentLookup(self._context, self._connection, self.polling)

    def make_unapplied(self) -> UnappliedPayments:
        from desktop_app.services.unapplied.service import UnappliedPayments  # noqa: PLC0415

        return UnappliedPayments(self._context, self.refunds)

    def make_backups(self) -> Backups:
        from desktop_app.services.maintenance.backups import Backups  # noqa: PLC0415

        return Backups(self._context)

    def make_imports(self) -> Imports:
        from desktop_app.services.maintenance.importing import Imports  # noqa: PLC0415

        return Imports(self._context)

    def make_exports(self) -> Exports:
        from desktop_app.services.maintenance.exporting import Exports  # noqa: PLC0415

        return Exports(self._context)


def _qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    from desktop_app.documents.qr import qr_matrix  # noqa: PLC0415 - when there is one to draw

    return qr_matrix(text)
