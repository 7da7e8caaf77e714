"""All of the desk's use-cases, as the window and the command line call them.

Every method blocks. The window calls none of them in the GUI thread: those marked *local* go to
the LOCAL lane, those marked *gateway* to the GATEWAY lane. Any of them may raise the errors of
`services.errors` and `domain.errors`; a *gateway* one may raise any `GatewayError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.enrolment.courses import CourseService
    from desktop_app.services.enrolment.enrolments import EnrolmentService
    from desktop_app.services.enrolment.plans import PlanService
    from desktop_app.services.enrolment.students import StudentService
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Desk:
    """The services of one open desk, one field a subject.

    Attributes:
        dues: the list of dues, accounts of families, and decisions about dues.
        enrolments: enrolments without a payment, and open dues.
        concessions: given, taken back, and their kinds.
        promos: promo codes.
        payments: fees, from quote to paid.
        carts: bills of families.
        polling: looks for payments, and full checks of everything open.
        checkout: pages on which fees are paid by card, netbanking or wallet.
        lookup: answers “the parent says paid”.
        cheques: cheques and demand drafts after they were handed in.
        claims: money that the bank has not shown yet.
        credits: money of students that pays no due yet.
        unapplied: captured money that pays nothing and waits for a decision.
        outbox: what must still be sent to the gateway.
        connection: the connection as the last real call found it.
        identity: whether this book is where it belongs, or was moved or copied.
        clean_start: a clean book after a trial with test keys.
        phone: the parent's phone, in training only.
        qr_matrix: turns text into the rows of a QR code, True is dark; error correction M, no
            quiet zone. Local, pure.
        is_training: whether everything here is rehearsal.
        take_changes: returns what was written since the last call; any thread, no I/O.
    """

    students: StudentService
    courses: CourseService
    plans: PlanService
    changes: EnrolmentChanges
    enrolments: EnrolmentService
    dues: DueService
    promises: PromiseService
    concessions: ConcessionService
    promos: PromoService
    payments: PaymentService
    carts: CartService
    checkout: CheckoutService
    polling: PollCycle
    lookup: PaymentLookup
    receipts: ReceiptService
    cheques: ChequeService
    claims: ClaimService
    credits: CreditService
    refunds: RefundService
    disputes: DisputeWatch
    unapplied: UnappliedPayments
    outbox: OutboxDispatcher
    settings: SettingsService
    backups: Backups
    health: HealthChecks
    imports: Imports
    exports: Exports
    connection: ConnectionMonitor
    identity: BookIdentity
    clean_start: CleanStart
    phone: ParentPhone | None
    qr_matrix: Callable[[str], tuple[tuple[bool, ...], ...]]
    is_training: bool
    take_changes: Callable[[], Changes]
