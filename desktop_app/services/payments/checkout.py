"""The gateway's checkout on a page of this desk: what the page shows, and the proof it brings back.

A proof books nothing. It is checked and kept; then the payment is looked for as always.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from desktop_app.domain.checkout import MOST_FALSE, ProofState, note_of_proof
from desktop_app.domain.key_mode import money_mode
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.text import clean_line, first_name
from desktop_app.services.errors import NothingToCollectError
from desktop_app.services.payments.create_once import NOBODY, AttemptStore
from desktop_app.services.posting.parts import parts_of
from desktop_app.services.views.checkout import CheckoutLine, CheckoutPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.ports.gateway import CheckoutProof
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.ports.system import CheckoutServer, Notify
    from desktop_app.services.posting.parts import Part


class CheckoutService:
    """Pages on which attempts are paid by card, netbanking, wallet or UPI.

    Args:
        context: the ports.
        payments: makes the views of attempts.
        serve: starts what serves the pages; called when the first page is opened.
    """

    def __init__(
        self,
        context: Context,
        payments: PaymentService,
        serve: Callable[[CheckoutService], CheckoutServer],
    ) -> None:
        self._context = context
        self._payments = payments
        self._attempts = AttemptStore(context)
        self._serve = serve
        self._lock = threading.Lock()
        self._server: CheckoutServer | None = None

    def address(self, attempt_uid: str, notify: Notify | None = None) -> str:
        """Return the address of an attempt's page on this PC (local), the same each time.

        Args:
            attempt_uid: an attempt that can be paid.
            notify: takes what happens on the page, in a thread of the server.
        """
        with self._lock:
            if self._server is None:
                self._server = self._serve(self)
            return self._server.open(attempt_uid, notify or _notify_nobody)

    def close(self) -> None:
        """Serve no more pages."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None

    def page(self, attempt_uid: str) -> CheckoutPage:
        """Return what an attempt's page shows now (local).

        Raises:
            NothingToCollectError: it has no order yet.
        """
        context, gateway = self._context, self._context.gateway()
        with context.store.reading() as books:
            attempt = _paid_instead(books, books.attempts.get(attempt_uid))
            parts = parts_of(books, attempt)
            lines, names = tuple(_lines(books, parts)), tuple(_first_names(books, parts))
        view, settings = self._payments.view(attempt.uid), context.settings()
        is_paid = view.state is AttemptState.PAID
        outcome = self._payments.outcome(attempt.uid) if is_paid else None
        payer = self._attempts.payer(attempt)
        return CheckoutPage(
            attempt=view,
            centre=clean_line(settings.centre.name),
            students=", ".join(dict.fromkeys(names)),
            courses=clean_line(view.course_label),
            lines=lines,
            mode=money_mode(attempt.key_id, is_training=context.is_training),
            language=settings.language,
            key_id=attempt.key_id,
            reference=attempt.reference,
            description=self._attempts.label(attempt),
            contact=payer.contact,
            email="" if payer.email == NOBODY else payer.email,
            script=gateway.checkout_script,
            has_key=attempt.key_id == gateway.key_id,
            receipts=tuple(each.number for each in outcome.receipts) if outcome else (),
            is_held=outcome is not None and not outcome.parts,
        )

    def take(self, attempt_uid: str, proof: CheckoutProof) -> ProofState:
        """Check a proof that a browser brought, and keep it (local). Books nothing.

        It is checked against the order that is stored with the attempt, whichever the browser
        names. One that is not genuine is kept as it came, a few times.
        """
        attempt = self._attempts.load(attempt_uid)
        gateway = self._context.gateway()
        if attempt.order_id is None or attempt.key_id != gateway.key_id:
            return ProofState.UNKNOWN
        is_genuine = gateway.is_genuine(attempt.order_id, proof)
        with self._context.store.writing() as work:
            if self._keep(work, attempt, proof, is_genuine=is_genuine):
                work.commit()
            else:
                work.nothing_to_write()
        return ProofState.GENUINE if is_genuine else ProofState.FALSE

    def _keep(
        self, work: UnitOfWork, attempt: Attempt, proof: CheckoutProof, *, is_genuine: bool
    ) -> bool:
        """Keep a proof beside its attempt; False where there is nothing new in it."""
        known = work.attempts.proofs(attempt.uid)
        if is_genuine and proof.payment_id in known.genuine:
            return False
        if not is_genuine and known.false >= MOST_FALSE:
            return False
        note = note_of_proof(proof.payment_id, proof.signature, is_genuine=is_genuine)
        work.attempts.add_note(attempt.uid, note)
        action = "checkout.proof" if is_genuine else "checkout.not_genuine"
        self._context.audit(work, action, attempt.uid, {"note": note})
        return True


def _paid_instead(books: Repositories, attempt: Attempt) -> Attempt:
    """Return the attempt whose result a page shows: the paid one, where another on its order is.

    Raises:
        NothingToCollectError: it has no order yet.
    """
    if attempt.order_id is None:
        raise NothingToCollectError("the attempt has no order")
    if attempt.is_live or attempt.state is AttemptState.PAID:
        return attempt
    others = books.attempts.of_order(attempt.order_id)
    return next((each for each in others if each.state is AttemptState.PAID), attempt)


def _first_names(books: Repositories, parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        student = books.students.get(part.enrollment.student_uid)
        if student is not None:
            yield first_name(clean_line(student.name))


def _lines(books: Repositories, parts: Sequence[Part]) -> Iterator[CheckoutLine]:
    """Yield a line for each due; of several students each names its own, by the first name."""
    uids = {each.enrollment.student_uid for each in parts}
    for part in parts:
        label = clean_line(part.due.quote.label)
        student = books.students.get(part.enrollment.student_uid) if len(uids) > 1 else None
        name = first_name(clean_line(student.name)) if student is not None else ""
        yield CheckoutLine(" · ".join(filter(None, (name, label))), part.amount)


def _notify_nobody(_news: object) -> None:
    return
