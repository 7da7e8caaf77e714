"""Composes the desk's services; all but those of the first search when one is first used."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.services.lazy_proxy import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.desk import Desk
    from desktop_app.services.enrolment.courses import CourseService
    from desktop_app.services.enrolment.enrolments import EnrolmentService
    from desktop_app.services.enrolment.plans import PlanService
    from desktop_app.services.fees.carts import CartService
    from desktop_app.services.fees.concessions import ConcessionService
    from desktop_app.services.fees.dues import DueService
    from desktop_app.services.fees.enrolment_changes import EnrolmentChanges
    from desktop_app.services.fees.promises import PromiseService
    from desktop_app.services.fees.promo_codes import PromoService
    from desktop_app.services.identity.service import BookIdentity
    from desktop_app.services.maintenance.backups import Backups
    from desktop_app.services.maintenance.clean_start import CleanStart
    from desktop_app.services.maintenance.exporting import Exports
    from desktop_app.services.maintenance.health_checks import HealthChecks
    from desktop_app.services.maintenance.importing import Imports
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher
    from desktop_app.services.payments.checkout import CheckoutService
    from desktop_app.services.payments.cheques import ChequeService
    from desktop_app.services.payments.claims import ClaimService
    from desktop_app.services.payments.credits import CreditService
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.ports.system import ParentPhone
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.refunds.disputes import DisputeWatch
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.settings.service import SettingsService
    from desktop_app.services.sync.payment_lookup import PaymentLookup
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.unapplied.service import UnappliedPayments
    from desktop_app.services.views.changes import Changes

    OnClose = Callable[[Callable[[], None]], None]


def make_desk(
    context: Context,
    connection: ConnectionMonitor,
    *,
    settings: SettingsService,
    health: HealthChecks,
    receipts: ReceiptService,
    take_changes: Callable[[], Changes],
    identity: BookIdentity,
    clean_start: CleanStart,
    phone: ParentPhone | None = None,
    on_close: OnClose = lambda _close: None,
) -> Desk:
    """Compose a desk, with one of each service, from what differs between desks.

    Args:
        context: the ports.
        connection: the monitor of the context's gateway.
        settings: knows where keys are kept.
        health: knows the machine's own parts.
        receipts: knows the keys of check codes.
        take_changes: returns what was written since the last call.
        identity: knows whether the book is where it belongs.
        clean_start: knows which keys are set.
        phone: the parent's phone, in training only.
        on_close: takes a function that the desk calls when it is closed.
    """
    from desktop_app.services.desk import Desk
    from desktop_app.services.enrolment.students import StudentService

    money = lazy(partial(_money_services, context, connection))
    return Desk(
        students=StudentService(context),
        courses=lazy(partial(_courses, context)), enrolments=lazy(partial(_enrolments, context)),
        plans=lazy(partial(_plans, context)), changes=lazy(partial(_changes, context)),
        dues=lazy(partial(_dues, context)), promises=lazy(partial(_promises, context)),
        concessions=lazy(partial(_concessions, context)), promos=lazy(partial(_promos, context)),
        payments=lazy(lambda: money.payments), carts=lazy(lambda: _carts(context, money)),
        cheques=lazy(partial(_cheques, context)), claims=lazy(partial(_claims, context)),
        credits=lazy(partial(_credits, context)),
        checkout=lazy(lambda: _checkout(context, money, on_close)), receipts=receipts,
        polling=lazy(lambda: money.polling), lookup=lazy(lambda: money.lookup),
        refunds=lazy(lambda: money.refunds), disputes=lazy(lambda: money.disputes),
        unapplied=lazy(lambda: money.unapplied),
        outbox=lazy(lambda: money.outbox), settings=settings, health=health,
        backups=lazy(partial(_backups, context)),
        imports=lazy(partial(_imports, context)), exports=lazy(partial(_exports, context)),
        connection=connection, identity=identity, clean_start=clean_start, phone=phone,
        qr_matrix=_qr_matrix, is_training=context.is_training, take_changes=take_changes,
    )  # fmt: skip


class _MoneyServices(NamedTuple):
    payments: PaymentService
    polling: PollCycle
    lookup: PaymentLookup
    refunds: RefundService
    disputes: DisputeWatch
    unapplied: UnappliedPayments
    outbox: OutboxDispatcher


def _money_services(context: Context, connection: ConnectionMonitor) -> _MoneyServices:
    from desktop_app.domain.outbox import CommandKind
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher, OutboxHandler
    from desktop_app.services.payments.cancellation import close_handlers
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.refunds.disputes import DisputeWatch
    from desktop_app.services.refunds.outbox_handler import RefundHandler
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.unapplied.service import UnappliedPayments

    handlers: dict[CommandKind, OutboxHandler] = {
        **close_handlers(context),
        CommandKind.REFUND: RefundHandler(context),
    }
    outbox = OutboxDispatcher(context, handlers)
    payments = PaymentService(context, outbox)
    refunds = RefundService(context, outbox)
    disputes = DisputeWatch(context)
    polling = PollCycle(context, connection, payments, refunds, disputes)
    return _MoneyServices(
        payments=payments,
        polling=polling,
        lookup=lazy(partial(_lookup, context, connection, polling, payments)),
        refunds=refunds,
        disputes=disputes,
        unapplied=UnappliedPayments(context, refunds),
        outbox=outbox,
    )


def _lookup(
    context: Context, connection: ConnectionMonitor, polling: PollCycle, payments: PaymentService
) -> PaymentLookup:
    from desktop_app.services.sync.payment_lookup import PaymentLookup

    return PaymentLookup(context, connection, polling, payments)


def _courses(context: Context) -> CourseService:
    from desktop_app.services.enrolment.courses import CourseService

    return CourseService(context)


def _enrolments(context: Context) -> EnrolmentService:
    from desktop_app.services.enrolment.enrolments import EnrolmentService

    return EnrolmentService(context)


def _backups(context: Context) -> Backups:
    from desktop_app.services.maintenance.backups import Backups

    return Backups(context)


def _cheques(context: Context) -> ChequeService:
    from desktop_app.services.payments.cheques import ChequeService

    return ChequeService(context)


def _claims(context: Context) -> ClaimService:
    from desktop_app.services.payments.claims import ClaimService

    return ClaimService(context)


def _credits(context: Context) -> CreditService:
    from desktop_app.services.payments.credits import CreditService

    return CreditService(context)


def _carts(context: Context, money: _MoneyServices) -> CartService:
    from desktop_app.services.fees.carts import CartService

    return CartService(context, money.payments)


def _checkout(context: Context, money: _MoneyServices, on_close: OnClose) -> CheckoutService:
    from desktop_app.checkout.server import LoopbackServer
    from desktop_app.services.payments.checkout import CheckoutService

    serve = partial(LoopbackServer, clock=context.clock)
    service = CheckoutService(context, money.payments, serve)
    on_close(service.close)
    return service


def _concessions(context: Context) -> ConcessionService:
    from desktop_app.services.fees.concessions import ConcessionService

    return ConcessionService(context)


def _promos(context: Context) -> PromoService:
    from desktop_app.services.fees.promo_codes import PromoService

    return PromoService(context)


def _plans(context: Context) -> PlanService:
    from desktop_app.services.enrolment.plans import PlanService

    return PlanService(context)


def _changes(context: Context) -> EnrolmentChanges:
    from desktop_app.services.fees.enrolment_changes import EnrolmentChanges

    return EnrolmentChanges(context)


def _dues(context: Context) -> DueService:
    from desktop_app.services.fees.dues import DueService

    return DueService(context)


def _promises(context: Context) -> PromiseService:
    from desktop_app.services.fees.promises import PromiseService

    return PromiseService(context)


def _imports(context: Context) -> Imports:
    from desktop_app.services.maintenance.importing import Imports

    return Imports(context)


def _exports(context: Context) -> Exports:
    from desktop_app.services.maintenance.exporting import Exports

    return Exports(context)


def _qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    from desktop_app.documents.qr import qr_matrix

    return qr_matrix(text)
