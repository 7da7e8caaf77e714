"""The past of a centre in mid-season, for training: plans, families, and fees paid and overdue.

What happened was done by the desk's own services, each on its day, with a clock that is put back.
It came in at the counter, in cash, by cheque and by bank transfer: the sandbox knows nothing of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.enrolment.enrolments import EnrolmentService
from desktop_app.services.enrolment.plans import PlanService
from desktop_app.services.fees.concessions import ConcessionService
from desktop_app.services.fees.dues import DueService
from desktop_app.services.fees.enrolment_changes import EnrolmentChanges
from desktop_app.services.fees.promises import PromiseService
from desktop_app.services.payments.begin import begin_dues
from desktop_app.services.views.evidence import NOTHING_TYPED, TypedEvidence
from desktop_app.services.views.fees import ConcessionWish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord

MONTH = 30
BEGINS = 75
"""Days ago."""


class _ClockBehind:
    """The port `Clock`: another clock, put back by some days."""

    def __init__(self, context: Context, days: int) -> None:
        self._clock = context.clock
        self._back = timedelta(days=days)

    def now(self) -> datetime:
        return self._clock.now() - self._back

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


class _Season:
    """Events at the desk, by how many days ago."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def ago(self, days: int) -> Context:
        """Return the desk as it was some days ago."""
        return replace(self._context, clock=_ClockBehind(self._context, days))

    def plans(self, days: int) -> None:
        """Divide two courses into parts, one with a late fee and a registration fee."""
        service = PlanService(self.ago(days))
        rule = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5, cap=Money(1_500_00))
        service.save_late_rule("LATE50", "₹50 a day", rule)
        monthly = tuple(PlanPart(due_after_days=MONTH * number) for number in range(4))
        registration = PlanHead("registration", Money(1_000_00), spread=Spread.FIRST)
        shares = tuple(
            PlanPart(share_bp=share, due_after_days=MONTH * number)
            for number, share in enumerate((4_000, 3_000, 3_000))
        )
        service.add(
            self._course("NEET-F"),
            FeePlan("EQ4", "4 instalments", PlanKind.DATES, 4, is_default=True, rows=monthly,
                    late_rule_code="LATE50"),
        )  # fmt: skip
        service.add(
            self._course("JEE-F"),
            FeePlan("P3", "40 + 30 + 30 %", PlanKind.PERCENT, 3, is_default=True, rows=shares,
                    heads=(registration,)),
        )  # fmt: skip

    def enrol(self, days: int, roll_no: str, code: str) -> str:
        """Enrol a student without a payment; return the enrolment."""
        student, course = self._student(roll_no), self._course(code)
        return EnrolmentService(self.ago(days)).enrol(student, course).enrollment_uid

    def pay(self, days: int, enrollment: str) -> None:
        """Collect the next instalment in cash."""
        self._take(self.ago(days), enrollment, Method.CASH, NOTHING_TYPED)

    def take(self, days: int, enrollment: str, method: Method, **typed: str) -> None:
        """Record a cheque or a bank transfer of that day for the next instalment."""
        context = self.ago(days)
        evidence = TypedEvidence(dated=day_in_india(context.now()), **typed)  # type: ignore[arg-type]
        self._take(context, enrollment, method, evidence)

    def _take(
        self, context: Context, enrollment: str, method: Method, typed: TypedEvidence
    ) -> None:
        with context.store.reading() as books:
            dues = [due for due in books.enrollments.dues_of(enrollment) if due.is_payable]
        begin_dues(context, dict.fromkeys(due.uid for due in _next(dues)), method, typed)

    def write_off(self, days: int, enrollment: str) -> None:
        """Write the next instalment off."""
        context = self.ago(days)
        with context.store.reading() as books:
            dues = [due for due in books.enrollments.dues_of(enrollment) if due.is_payable]
        for due in _next(dues):
            DueService(context).write_off(due.uid, "Left for another town")

    def change(self, days: int, enrollment: str, code: str) -> None:
        """Move a student to a cheaper course: what was paid too much becomes credit."""
        changes = EnrolmentChanges(self.ago(days))
        changes.change(
            enrollment, self._course(code), ChangeMode.DIFFERENCE, "Wants one subject only"
        )

    def concede(self, days: int, enrollment: str) -> None:
        """Concede to the second child of a family."""
        wish = ConcessionWish("sibling", reason="Sister in JEE Foundation")
        ConcessionService(self.ago(days)).concede(enrollment, [wish])

    def promise(self, days: int, roll_no: str, enrollment: str, *, within: int) -> None:
        """Note what a family said it will pay within so many days."""
        context = self.ago(days)
        with context.store.reading() as books:
            left = [due for due in books.enrollments.dues_of(enrollment) if due.is_payable]
        amount = total(due.balance for due in left[:1])
        by_on = day_in_india(context.now()) + timedelta(days=within)
        PromiseService(context).add(self._student(roll_no), amount, by_on, "After the salary")

    def _student(self, roll_no: str) -> str:
        return self._context.store.reader.students.exactly(roll_no, "")[0].uid

    def _course(self, code: str) -> str:
        found = self._context.store.reader.courses.get(code=code)
        if found is None:
            raise ValueError(f"the samples have no course {code}")
        return found.uid


def _next(dues: Sequence[DueRecord]) -> list[DueRecord]:
    """Return the dues of the first instalment among some."""
    number = min(due.instalment_no for due in dues)
    return [due for due in dues if due.instalment_no == number]


def play(context: Context) -> None:
    """Play the season, day by day: part of the samples of training, once they are in the database.

    A receipt series is in the order of its days, so that what happened later is played later.
    """
    season = _Season(context)
    season.plans(BEGINS)
    elder, regular = season.enrol(72, "R196", "JEE-F"), season.enrol(71, "R193", "NEET-F")
    season.pay(72, elder)
    season.pay(71, regular)
    younger = season.enrol(70, "R197", "NEET-F")
    season.concede(70, younger)
    season.pay(70, younger)
    gone = season.enrol(65, "R191", "JEE-F")
    season.pay(65, gone)
    moved = season.enrol(50, "R195", "JEE-F")
    season.pay(50, moved)
    by_bank = season.enrol(48, "R194", "NEET-F")
    season.pay(48, by_bank)
    cheque = season.enrol(45, "R198", "JEE-F")
    season.pay(45, cheque)
    late = season.enrol(44, "R192", "NEET-F")
    season.pay(40, elder)
    season.pay(38, regular)
    season.promise(30, "R192", late, within=10)
    season.enrol(20, "R199", "NEET-F")
    season.change(12, moved, "BIO-11")
    season.write_off(9, gone)
    season.promise(3, "R197", younger, within=8)
    season.take(
        2, cheque, Method.CHEQUE, bank="State Bank of India", reference="004512", last4="7731",
        payer="Lakshmi Chauhan",
    )  # fmt: skip
    season.take(
        1, by_bank, Method.NEFT, reference="SBIN426333904512", last4="4410", payer="Imran Khan"
    )
