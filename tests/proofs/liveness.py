"""Everything comes to an end: once the faults stop, nothing stays open, held or out of reach.

Random days with faults, other keys, senseless facts and slow payments. Then the faults are switched
off, and after `TICKS` ticks of `TICK_S` no attempt is live past its end, no seat is held by one,
every student can pay by every channel, and a reconcile misses nothing. The control puts known
defects into the services, and each has to be found.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from desktop_app.domain.errors import AlreadyEnrolledError, NoSeatError
from desktop_app.domain.money import INR
from desktop_app.domain.payment import LIVE_STATES, AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.payments import status_check
from desktop_app.services.payments.create_once import AttemptStore
from desktop_app.services.sync.sweep import Sweep
from desktop_app.storage.payments.payment_repository import SqlPaymentRepository

from .proof_desk import EXPECTED_ERRORS, UPI_CHANNELS
from .report_figures import Figure
from .state_machine_rules import ANY, FLAG, METHODS, ONE, DeskStateMachine
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from desktop_app.domain.payment import Attempt

TICKS, TICK_S = 3, 1_000
"""A tick is a poll and a reconcile; a code is shown for 900 s."""

LONG_DAYS, SHORT_DAYS = 400, 3
STEPS_A_DAY = 30
LONG_HUNT_DAYS = 300
LIVE_KEY, TEST_KEY = "rzp_live_fake000000001", "rzp_test_fake000000001"


class LivenessMachine(DeskStateMachine):
    """Random days whose end is judged by what still waits.

    Attributes:
        waits: what was found still waiting, by the end of each day.
    """

    judged: ClassVar[int] = 0
    first_key: ClassVar[str] = TEST_KEY

    def _open_both(self) -> dict[str, VirtualGateway]:
        """Return the gateway of each mode: what was made in one is unknown in the other."""
        if not hasattr(self, "gateways"):
            self.gateways = {TEST_KEY: self.desk.gateway}
            live = VirtualGateway(self.desk.clock, key_id=LIVE_KEY)
            live.count = 5_000_000
            live.unique_receipt = self.desk.gateway.unique_receipt
            live.auto_capture = self.desk.gateway.auto_capture
            self.gateways[LIVE_KEY] = live
            self.spoilt: list[tuple[VirtualGateway, str, int]] = []
        return self.gateways

    @rule()
    def set_the_other_keys(self) -> None:
        """Switch between test and live keys, as a centre does that goes live."""
        gateways = self._open_both()
        other = LIVE_KEY if self.desk.gateway.key_id == TEST_KEY else TEST_KEY
        self.desk.gateway = gateways[other]
        self.desk.restart()

    @rule(student=ONE, course=ONE, method=METHODS)
    def go_live_with_an_open_code(self, student: int, course: int, method: Method) -> None:
        self.collect(student, course, method)
        self.set_the_other_keys()

    @rule(which=ANY)
    def spoil_payment(self, which: int) -> None:
        """Show a payment with an instant that no calendar has."""
        self._open_both()
        gateway = self.desk.gateway
        shown = [each for each in gateway.payments if each not in {s[1] for s in self.spoilt}]
        if shown:
            payment_id = shown[which % len(shown)]
            self.spoilt.append((gateway, payment_id, gateway.payments[payment_id].created_at))
            gateway._set(payment_id, created_at=10**18)

    @rule(student=ONE)
    def return_late_money(self, student: int) -> None:
        """Sell the last seat while a payment is late, return that payment, and free the seat."""
        self.collect(student, 0, Method.UPI_INTENT)
        for view in self.desk.services.payments.waiting():
            self._survive(lambda uid=view.uid: self.desk.services.payments.cancel(uid))  # type: ignore[misc]
        self.cash(1 - student, 0)
        self.pay(-1, "success")
        self.reconcile()
        for held in self.desk.services.unapplied.held():
            self._survive(lambda uid=held.uid: self.desk.services.unapplied.refund(uid))  # type: ignore[misc]
        for (uid,) in self.desk.rows("SELECT uid FROM payments WHERE method = 'cash'"):
            self._survive(lambda uid=uid: self.desk.services.refunds.refund(uid, None, "leaves"))  # type: ignore[misc]

    @rule(student=ONE, course=ONE, method=METHODS, then_cash=FLAG)
    def pay_slowly(self, student: int, course: int, method: Method, then_cash: bool) -> None:
        """Pay a code that was cancelled, so slowly that the bank only authorises it."""
        before = set(self.texts)
        self.collect(student, course, method)
        new = [text for text in self.texts if text not in before]
        for text in new:
            self._survive(
                lambda text=text: self.desk.services.payments.cancel(self.texts[text])  # type: ignore[misc]
            )
            if then_cash:
                self.cash(student, course)
            self.desk.gateway.authorise_slowly(text)

    @staticmethod
    def _survive(work: Callable[[], object]) -> None:
        try:
            work()
        except EXPECTED_ERRORS:
            return

    @invariant()
    def invariants_hold(self) -> None:
        type(self).steps += 1

    def _pay(
        self, texts: list[str], which: int, outcome: str, *, paise: int | None = None,
        currency: str = INR,
    ) -> None:  # fmt: skip
        mine = [text for text in texts if text in self.desk.gateway.payable]
        super()._pay(mine, which, outcome, paise=paise, currency=currency)

    # --- the end of a day

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        gateways = self._open_both()
        for gateway, payment_id, created_at in self.spoilt:
            gateway._set(payment_id, created_at=created_at)
        for gateway in gateways.values():
            gateway.troubles.clear()
        has_live = self.desk.rows(f"SELECT 1 FROM attempts WHERE key_id = '{LIVE_KEY}'")
        if has_live and self.desk.gateway.key_id == TEST_KEY:
            self.set_the_other_keys()  # live money is missed without its keys, as it should be
        self.desk.restart()
        type(self).judged += 1
        unreachable = 0
        for _tick in range(TICKS):
            self.desk.clock.advance(TICK_S)
            self.desk.services.polling.run()
            unreachable = self.desk.services.polling.reconcile().unreachable
        assert not unreachable, f"{unreachable} are out of reach"
        assert not self._past_their_end(), "an attempt is live past its end"
        self._collect_everything()

    def _past_their_end(self) -> list[str]:
        """Return live attempts that were shown or sent; a fee kept to collect may wait."""
        kept = AttemptState.INTENT.value
        states = ", ".join(f"'{each.value}'" for each in LIVE_STATES if each.value != kept)
        found = self.desk.rows(f"SELECT uid FROM attempts WHERE state IN ({states})")
        return [row[0] for row in found]

    def _collect_everything(self) -> None:
        """Show every student a code on every channel, one after the other."""
        payments = self.desk.services.payments
        for view in payments.waiting():
            payments.cancel(view.uid)
        for student in self.desk.students:
            for course in self.desk.courses:
                for channel in UPI_CHANNELS:
                    self._show_code(student, course, channel)

    def _is_sold(self, course: str) -> bool:
        sql = f"SELECT 1 FROM enrollments WHERE course_uid = '{course}' AND state = 'active'"
        return bool(self.desk.rows(sql))

    def _show_code(self, student: str, course: str, channel: Method) -> None:
        payments = self.desk.services.payments
        try:
            view = payments.open(payments.begin(student, course, channel).uid)
        except (AlreadyEnrolledError, NoSeatError):
            assert self._is_sold(course), "no seat, and nobody is enrolled"
            return
        except EXPECTED_ERRORS as error:
            raise AssertionError(f"no {channel.value} for a student: {error}") from error
        assert view.state in {AttemptState.AWAITING, AttemptState.PAID}, view.state
        if view.state is AttemptState.AWAITING:
            payments.cancel(view.uid)


# --- defects


@contextmanager
def paid_order_used_again() -> Iterator[None]:
    """Make the next code of a due on the order that was paid and returned."""
    real = AttemptStore.renew

    def renew(self: AttemptStore, uid: str, note: str = "not found") -> Attempt:
        if note != "not found":
            raise errors.OutcomeUnknownError("the order cannot be paid and is not paid")
        return real(self, uid, note)

    with patch.object(SqlPaymentRepository, "is_on_order", lambda *_: False):
        with patch.object(AttemptStore, "renew", renew):
            yield


@contextmanager
def foreign_attempts_left_live() -> Iterator[None]:
    """Leave attempts of other keys live for ever."""
    with patch.object(Sweep, "_end_by_clock", lambda *_: False):
        yield


@contextmanager
def one_problem_ends_the_pass() -> Iterator[None]:
    """End the pass over all payments at one that cannot be recorded."""

    @contextmanager
    def nothing(*_given: object) -> Iterator[None]:
        yield

    with patch.object(status_check, "passing_over", nothing):
        yield


DEFECTS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    each.__name__: each
    for each in (foreign_attempts_left_live, paid_order_used_again, one_problem_ends_the_pass)
}


def run_days(days: int) -> int:
    """Run a number of days; return how many were judged. Raises what is found."""
    LivenessMachine.judged = LivenessMachine.steps = 0
    run_state_machine_as_test(
        LivenessMachine,
        settings=settings(
            max_examples=days,
            stateful_step_count=STEPS_A_DAY,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return LivenessMachine.judged


def go_live(day: LivenessMachine) -> None:
    """Leave a code of the test keys open, and go live."""
    day.go_live_with_an_open_code(0, 1, Method.QR_CODE)


def pay_again(day: LivenessMachine) -> None:
    """Return late money without a seat; then its student wants to pay."""
    day.return_late_money(0)


def spoil(day: LivenessMachine) -> None:
    """Spoil one payment, and leave the code of another parent open."""
    day.collect(0, 1, Method.UPI_INTENT)
    day.pay(0, "success")
    day.spoil_payment(0)
    day.collect(1, 1, Method.QR_CODE)
    day.time_passes(1_000, looks=True)


SCRIPTS: Mapping[str, Callable[[LivenessMachine], None]] = {
    "foreign_attempts_left_live": go_live,
    "paid_order_used_again": pay_again,
    "one_problem_ends_the_pass": spoil,
}
"""For each defect a day that ends well without it."""


def run_script(name: str) -> str:
    """Run one scripted day; return what was found, empty for nothing."""
    day = LivenessMachine()
    day.open(unique=True, auto_capture=True)
    try:
        SCRIPTS[name](day)
        day.teardown()
    except Exception as shown:  # noqa: BLE001 - a defect may show itself by any error
        return str(shown).splitlines()[0][:80]
    return ""


def _find_by_script(name: str) -> str:
    with DEFECTS[name]():
        return run_script(name)


def find_defect(name: str, days: int) -> str:
    """Run the scripted day and random days with a defect; return what was found."""
    with DEFECTS[name]():
        found = run_script(name)
        try:
            run_days(days)
        except Exception as shown:  # noqa: BLE001 - a defect may show itself by any error
            return f"day {LivenessMachine.judged}: {str(shown).splitlines()[0][:80]}"
    return found


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the days, then look for the defects."""
    days = LONG_DAYS if long else SHORT_DAYS
    try:
        try:
            judged = run_days(days)
            words = f"{judged} days, {LivenessMachine.steps:,} steps, nothing waits"
            yield Figure("liveness.days", words, f"≥ {days}, nothing waits", holds=judged >= days)
        except AssertionError as wrong:
            yield Figure("liveness.days", str(wrong), "nothing waits", holds=False)
        for name in SCRIPTS:
            words = run_script(name)
            yield Figure(
                f"liveness.day of {name}", words or "nothing waits", "nothing waits", not words
            )
        found = {
            name: find_defect(name, LONG_HUNT_DAYS) if long else _find_by_script(name)
            for name in DEFECTS
        }
        told = ", ".join(f"{name} ({words or 'NOT FOUND'})" for name, words in found.items())
        yield Figure("liveness.defects_found", told, "all", holds=all(found.values()))
    finally:
        LivenessMachine.close_desk()
