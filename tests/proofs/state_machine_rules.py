"""The rules of random days: each step is something that people, phones or the network do.

Dense on purpose: besides single steps there are short sequences that lose payments in other
software (an answer lost while creating, a cancelled code that is paid, a seat sold in between).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from desktop_app.domain.money import INR, Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.refund import WATCHED_S
from desktop_app.services import errors
from tests.memory_folder import memory_folder

from .gateway_facts import CREATING_CALLS, ENDING_CALLS, captured_payments
from .proof_desk import refusals
from .state_machine_desk import StateMachineDesk

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView

LINES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=3, unique=True
)
"""The lines of a cart: student and course."""
METHODS = st.sampled_from([Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK, Method.AUTO])
READING_CALLS = ["orders_since", "fetch_order", "find_order", "find_qr", "find_link", "fetch_qr",
           "fetch_link", "fetch_payment", "refunds_of", "refunds_since"]  # fmt: skip
FEE_PAISE = 1_180_000
ANY = st.integers(0, 99)
ONE = st.integers(0, 1)
FLAG = st.booleans()
CART_ENDS = st.sampled_from(["pays", "pays", "stays", "crashes", "loses answers"])


class DeskStateMachine(RuleBasedStateMachine):
    """A desk, parents who can always pay, and a network that fails and recovers."""

    shared: ClassVar[StateMachineDesk | None] = None
    steps: ClassVar[int] = 0
    first_key: ClassVar[str] = "rzp_live_fake000000001"

    @classmethod
    def open_desk(cls) -> StateMachineDesk:
        """Return the desk of this process; create it on first use."""
        if cls.shared is None:
            place = memory_folder()
            cls.shared = StateMachineDesk(Path(tempfile.mkdtemp(prefix="machine-", dir=place)))
        return cls.shared

    @classmethod
    def close_desk(cls) -> None:
        """Close the desk and remove its folder."""
        if cls.shared is not None:
            cls.shared.close()
            shutil.rmtree(cls.shared.folder, ignore_errors=True)
            DeskStateMachine.shared = cls.shared = None

    @initialize(unique=FLAG, auto_capture=st.sampled_from([True, True, True, False]))
    def open(self, unique: bool, auto_capture: bool) -> None:
        self.desk = self.open_desk()
        self.desk.reset()
        self.desk.gateway.key_id = self.first_key
        self.desk.gateway.unique_receipt = unique
        self.desk.gateway.auto_capture = auto_capture
        self.texts: dict[str, str] = {}
        self.attempts: dict[str, tuple[int, int]] = {}

    # --- people at the desk

    @rule(student=ONE, course=ONE, method=METHODS)
    def collect(self, student: int, course: int, method: Method) -> None:
        with refusals():
            begun = self.desk.services.payments.begin(
                self.desk.students[student], self.desk.courses[course], method
            )
            self.attempts[begun.uid] = (student, course)
            self._remember_code(self.desk.services.payments.open(begun.uid))

    def _remember_code(self, view: AttemptView) -> None:
        if view.state is AttemptState.AWAITING and view.qr_text:
            self.texts[view.qr_text] = view.uid

    @rule(
        student=ONE, course=ONE, method=METHODS, is_done=FLAG, times=st.integers(1, 3), reaches=FLAG
    )
    def collect_and_lose_answers(
        self, student: int, course: int, method: Method, is_done: bool, times: int, reaches: bool
    ) -> None:
        """Collect while the answer to every creation is lost, perhaps more than once."""
        for name in CREATING_CALLS:
            error = errors.OutcomeUnknownError("lost")
            self.desk.gateway.trouble(name, error, is_done=is_done, times=times)
        self.collect(student, course, method)
        for name in CREATING_CALLS:
            self.desk.gateway.troubles.pop(name, None)
        if reaches:
            self.pay_unseen_code(0)

    @rule(lines=LINES, method=METHODS, part=st.sampled_from([None, None, 100_000]), ends=CART_ENDS)
    def collect_several(
        self, lines: list[tuple[int, int]], method: Method, part: int | None, ends: str
    ) -> None:
        """Collect up to three dues of up to two students at once, each in full or in part."""
        with refusals():
            begun = self._begin_several(lines, method, part)
            if ends == "crashes":
                self.desk.restart()
                return
            if ends == "loses answers":
                for name in CREATING_CALLS:
                    self.desk.gateway.trouble(
                        name, errors.OutcomeUnknownError("lost"), is_done=True
                    )
            self._remember_code(self.desk.services.payments.open(begun.uid))
        for name in CREATING_CALLS:
            self.desk.gateway.troubles.pop(name, None)
        if ends == "pays":
            self.pay(-1, "success")
            self.desk.services.polling.run()

    def _begin_several(
        self, lines: list[tuple[int, int]], method: Method, part: int | None
    ) -> AttemptView:
        dues = [
            self.desk.services.due(self.desk.students[student], self.desk.courses[course])
            for student, course in lines
        ]
        amount = Money(part) if part else None
        return self.desk.services.payments.begin_dues(dict.fromkeys(dues, amount), method)

    @rule(lines=LINES, part=st.sampled_from([None, None, 100_000]))
    def cash_for_several(self, lines: list[tuple[int, int]], part: int | None) -> None:
        with refusals():
            self._begin_several(lines, Method.CASH, part)

    @rule(lines=LINES, method=METHODS, paid=ANY)
    def pay_several_late(self, lines: list[tuple[int, int]], method: Method, paid: int) -> None:
        """Cancel a payment for several dues, take one of them in cash, and then be paid."""
        self.collect_several(lines, method, None, "stays")
        for view in self.desk.services.payments.waiting():
            with refusals():
                self.desk.services.payments.cancel(view.uid)
        self.cash_for_several([lines[paid % len(lines)]], None)
        self.pay(-1, "success")
        self.desk.services.polling.reconcile()

    @rule(student=ONE, course=ONE, method=METHODS)
    def begin_and_crash(self, student: int, course: int, method: Method) -> None:
        """Begin a fee, and crash before the first call."""
        with refusals():
            self.desk.services.payments.begin(
                self.desk.students[student], self.desk.courses[course], method
            )
        self.desk.restart()

    @rule(student=ONE, course=ONE)
    def cash(self, student: int, course: int) -> None:
        with refusals():
            self.desk.services.payments.begin(
                self.desk.students[student], self.desk.courses[course], Method.CASH
            )

    @rule(which=ANY, ends=st.sampled_from(["cancel", "expire"]), then_cash=FLAG)
    def force_end(self, which: int, ends: str, then_cash: bool) -> None:
        """Cancel or expire a code; often the same fee is then paid in cash, or the seat sold."""
        waiting = self.desk.services.payments.waiting()
        if not waiting:
            return
        uid = waiting[which % len(waiting)].uid
        with refusals():
            getattr(self.desk.services.payments, ends)(uid)
        if then_cash and uid in self.attempts:
            student, course = self.attempts[uid]
            self.cash(student if which % 2 else 1 - student, course)

    @rule(student=ONE, course=ONE, method=METHODS, sells=st.sampled_from(["no", "same", "other"]))
    def fail_end_and_capture_late(
        self, student: int, course: int, method: Method, sells: str
    ) -> None:
        """Fail a payment, expire the code, perhaps sell the seat; then capture the payment."""
        self.collect(student, course, method)
        before = set(self.desk.gateway.payments)
        self.pay(-1, "failure")
        for view in self.desk.services.payments.waiting():
            with refusals():
                self.desk.services.payments.expire(view.uid)
        if sells != "no":
            self.cash(student if sells == "same" else 1 - student, course)
        for payment_id in [each for each in self.desk.gateway.payments if each not in before]:
            self.desk.gateway.capture_late(payment_id)
        self.pay(-1, "success")
        self.desk.services.polling.reconcile()

    @rule()
    def restart(self) -> None:
        self.desk.restart()

    # --- phones

    @rule(which=ANY, outcome=st.sampled_from(["success", "success", "failure", "authorized"]))
    def pay(self, which: int, outcome: str) -> None:
        """Pay any code that was ever shown, however old, if the gateway still accepts it."""
        self._pay(list(self.texts), which, outcome)

    @rule(which=ANY, method=METHODS)
    def pay_and_poll(self, which: int, method: Method) -> None:
        """Collect, pay and poll, as usual."""
        self.collect(which % 2, which // 2 % 2, method)
        self.pay(which, "success")
        self.desk.services.polling.run()

    @rule(which=ANY)
    def pay_unseen_code(self, which: int) -> None:
        """Pay a code whose creation was not answered; it may reach a phone nevertheless."""
        payable = self.desk.gateway.payable
        made = [text for text in payable if text not in self.texts and not text.startswith("pay_")]
        self._pay(made, which, "success")

    @rule(which=ANY, other=st.sampled_from([1, -50_000, 27_848, -590_000, 1_180_000]))
    def pay_another_amount(self, which: int, other: int) -> None:
        """Pay a fee more or less than was asked: with a fee on top, less an offer, in parts."""
        self._pay(list(self.texts), which, "success", paise=FEE_PAISE + other)

    @rule(which=ANY)
    def pay_in_dollars(self, which: int) -> None:
        self._pay(list(self.texts), which, "success", paise=12_900, currency="USD")

    @rule(student=ONE, course=ONE, looks=FLAG, applies=FLAG)
    def pay_a_link_in_parts(self, student: int, course: int, looks: bool, applies: bool) -> None:
        """Pay a link in two parts, and perhaps apply them."""
        before = set(self.texts)
        self.collect(student, course, Method.PAYMENT_LINK)
        new = [text for text in self.texts if text not in before]
        if not new:
            return
        self._pay(new, 0, "success", paise=500_000)
        if looks:
            self.desk.services.polling.reconcile()
        self._pay(new, 0, "success")
        self.desk.services.polling.reconcile()
        for held in self.desk.services.unapplied.held() if applies else ():
            with refusals():
                self.desk.services.unapplied.apply(held.uid)

    def _pay(
        self, texts: list[str], which: int, outcome: str, *, paise: int | None = None,
        currency: str = INR,
    ) -> None:  # fmt: skip
        open_ = [text for text in texts if self.desk.gateway.is_payable(text)]
        if open_:
            text = open_[which % len(open_)]
            self.desk.gateway.pay(text, outcome, paise=paise, currency=currency)

    @rule(which=ANY)
    def capture_failed_payment(self, which: int) -> None:
        """Capture a payment that failed or was only authorised."""
        waiting = [
            each.payment_id
            for each in self.desk.gateway.payments.values()
            if each.status in {"failed", "authorized"}
        ]
        if waiting:
            self.desk.gateway.capture_late(waiting[which % len(waiting)])

    # --- polling

    @rule()
    def next_poll(self) -> None:
        self.desk.services.polling.run()

    @rule()
    def reconcile(self) -> None:
        self.desk.services.polling.reconcile()

    @rule(seconds=st.sampled_from([1, 30, 700, 1_000, 40_000]), looks=FLAG)
    def time_passes(self, seconds: int, looks: bool) -> None:
        self.desk.clock.advance(seconds)
        if looks:
            self.desk.services.polling.reconcile()

    # --- the network

    @rule(
        name=st.sampled_from([*CREATING_CALLS, *ENDING_CALLS, *READING_CALLS]),
        is_done=FLAG, times=st.integers(1, 3),
        kind=st.sampled_from([errors.OutcomeUnknownError, errors.UnavailableError,
                              errors.RateLimitedError, errors.UnauthorisedError]),
    )  # fmt: skip
    def trouble(
        self, name: str, is_done: bool, times: int, kind: type[errors.GatewayError]
    ) -> None:
        """Fail the next calls; only a write whose answer is lost may have been done."""
        if name in READING_CALLS and kind is errors.OutcomeUnknownError:
            kind = errors.UnavailableError
        done = is_done and kind is errors.OutcomeUnknownError
        self.desk.gateway.trouble(name, kind("trouble"), is_done=done, times=times)

    @rule()
    def calm_network(self) -> None:
        self.desk.gateway.troubles.clear()

    # --- refunds

    @rule(
        which=ANY, part=st.sampled_from([None, 100, 700_000]), pends=FLAG, is_lost=FLAG, twice=FLAG
    )
    def refund(self, which: int, part: int | None, pends: bool, is_lost: bool, twice: bool) -> None:
        booked = self.desk.rows("SELECT uid FROM payments ORDER BY rowid")
        if not booked:
            return
        gateway = self.desk.gateway
        gateway.refund_status = "pending" if pends else "processed"
        if is_lost:
            gateway.trouble("refund", errors.OutcomeUnknownError("lost"), times=2)
        amount = Money(part) if part else None
        for _ask in range(1 + twice):
            with refusals():
                self.desk.services.refunds.refund(booked[which % len(booked)][0], amount, "asked")

    @rule(which=ANY, status=st.sampled_from(["processed", "processed", "failed"]))
    def refund_completes(self, which: int, status: str) -> None:
        pending = [key for key, each in self.desk.gateway.refunds.items()
                   if each.status == "pending"]  # fmt: skip
        if pending:
            self.desk.gateway.settle_refund(pending[which % len(pending)], status)

    @rule(which=ANY)
    def refund_fails_after_all(self, which: int) -> None:
        """Fail a refund that counted as processed: the payer's bank sent it back."""
        done = [key for key, each in self.desk.gateway.refunds.items()
                if each.status == "processed"
                and self.desk.gateway._now() - each.created_at < WATCHED_S]  # fmt: skip
        if done:
            self.desk.gateway.settle_refund(done[which % len(done)], "failed")

    @rule(
        which=ANY,
        part=st.sampled_from([100, 480_000, 1_180_000]),
        status=st.sampled_from(["pending", "processed", "failed"]),
    )
    def refund_on_dashboard(self, which: int, part: int, status: str) -> None:
        captured = list(captured_payments(self.desk.gateway))
        if captured:
            self.desk.gateway.refund_on_dashboard(captured[which % len(captured)], part, status)

    @rule(which=ANY, how=st.sampled_from(["enrol", "apply", "refund", "put"]))
    def settle_held_payment(self, which: int, how: str) -> None:
        """Decide on an unapplied payment, as staff do."""
        held = self.desk.services.unapplied.held()
        if not held:
            return
        uid = held[which % len(held)].uid
        dues: list[Any] = self.desk.rows("SELECT uid FROM dues WHERE state = 'open'")
        with refusals():
            if how == "put" and dues:
                self.desk.services.unapplied.put_against(uid, dues[which % len(dues)][0])
            elif how in {"enrol", "apply"}:
                getattr(self.desk.services.unapplied, how)(uid)
            else:
                self.desk.services.unapplied.refund(uid)

    # --- what always holds

    @invariant()
    def invariants_hold(self) -> None:
        if not hasattr(self, "desk"):
            return
        type(self).steps += 1
        self.desk.check_invariants()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.check_reconciled()
