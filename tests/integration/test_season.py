"""One family's season, from its first day to the bank's answer about a cheque; each figure exact.

Two children join, one with a concession; a transfer is claimed and matched by hand; a cheque covers
a part of an instalment. The same season ends the same when every tender is killed after its write,
and a clerk who does not know it begins again.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueKind
from desktop_app.domain.errors import DomainError
from desktop_app.domain.instruments import BounceReason, InstrumentState
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Verification
from desktop_app.services.errors import ChequeCoversError, ServiceError
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.payments import PaymentFilter
from tests.integration.test_after_payment import balance
from tests.proofs.proof_desk import CommitHookStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.ports.records import AllocationRecord, DueRecord
    from desktop_app.services.views.payments import PaymentRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

STARTS, ENDS = date(2026, 7, 1), date(2027, 3, 31)
FIRST, SECOND = date(2026, 7, 1), date(2026, 10, 1)
THIRD, FOURTH = date(2027, 1, 1), date(2027, 3, 1)
CLAIMED_ON, MATCHED_ON = date(2026, 9, 28), date(2026, 9, 29)
HANDED_IN, ANSWERED = date(2026, 10, 12), date(2026, 10, 14)
UTR = "HDFCN52026092800"
CHEQUE = TypedEvidence(
    amount=Money(9_160_00), reference="000777", bank="SBI", dated=HANDED_IN, payer="Vikram Rao",
    last4="4321",
)  # fmt: skip


class KilledError(Exception):
    """The process ended right after a commit."""


@dataclass
class Season:
    """The family, its enrolments, and the steps of the season in their order."""

    counter: Counter
    asha: str = ""
    rohan: str = ""
    physics: str = ""
    maths: str = ""
    kills: int = 0
    is_deadly: bool = False
    has_scanned: bool = False
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = CommitHookStore(self.counter.context.store, self._commit)  # type: ignore[arg-type]
        self.counter.context = replace(self.counter.context, store=store)
        self.counter.restart()

    def _commit(self, _work: object, commit: Callable[[], None]) -> None:
        commit()
        if self.is_deadly:
            self.kills += 1
            raise KilledError

    def tender(self, step: Callable[[], object]) -> None:
        """Run a step; where each write is deadly, run it again until it is refused."""
        for _ in range(10):
            try:
                step()
            except KilledError:
                self.counter.restart()
            except (DomainError, ServiceError) as error:
                if not self.is_deadly:
                    raise
                self.refused.append(type(error).__name__)
                return
            else:
                return
        raise AssertionError("a step that is killed does not come to its end")

    def on(self, day: date) -> None:
        self.counter.clock.at = datetime.combine(day, time(11), IST).astimezone(UTC)

    # --- what the desk holds

    def dues(self, student: str, course: str) -> list[DueRecord]:
        with self.counter.context.store.reading() as books:
            found = books.enrollments.current(student, course)
            assert found is not None
            return list(books.enrollments.dues_of(found.uid))

    def due(self, student: str, number: int, kind: DueKind = DueKind.FEE) -> DueRecord:
        course = self.physics if student == self.asha else self.maths
        return next(
            each
            for each in self.dues(student, course)
            if each.instalment_no == number and each.kind is kind
        )

    def owed(self, student: str) -> Money:
        course = self.physics if student == self.asha else self.maths
        return total(each.balance for each in self.dues(student, course))

    def receipts(self) -> dict[str, Money]:
        found = self.counter.ledger()["receipts"]
        return {str(row["number"]): Money(row["amount"]) for row in found}

    def payments(self) -> list[PaymentRow]:
        reader = self.counter.context.store.reader
        return list(reversed(reader.payments.page(PaymentFilter(), 0, 50).rows))

    def paid(self, due: DueRecord) -> list[AllocationRecord]:
        with self.counter.context.store.reading() as books:
            return list(books.allocations.of_due(due.uid))

    # --- the days

    def open_centre(self) -> None:
        """Set up a registered centre, two courses with plans, and a family."""
        desk = self.counter.desk
        self.on(FIRST)
        desk.settings.put("centre.gstin", "08AAPFU0939F1ZV")
        desk.plans.save_late_rule(
            "DAY", "₹50 a day", LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5)
        )
        self.physics = self._course("PHY-11", "Physics", Money(48_000_00), is_net=True)
        self.maths = self._course("MAT-11", "Maths", Money(50_000_00), is_net=False)
        registration = PlanHead("registration", Money(1_000_00), spread=Spread.FIRST)
        self._plan(self.physics, (FIRST, SECOND, THIRD, FOURTH), registration)
        self._plan(self.maths, (FIRST, SECOND, THIRD))
        self.asha, self.rohan = (
            self.counter.student(roll, name=name, guardian_phone="9845012345").uid
            for roll, name in (("R001", "Asha Rao"), ("R002", "Rohan Rao"))
        )

    def _course(self, code: str, title: str, fee: Money, *, is_net: bool) -> str:
        made = make_course(
            code=code, title=title, fee=fee, gst_bp=1_800, tax_inclusive=not is_net, seats=40,
            starts_on=STARTS, ends_on=ENDS,
        )  # fmt: skip
        return self.counter.courses.add(made).uid

    def _plan(self, course: str, days: tuple[date, ...], *heads: PlanHead) -> None:
        rows = tuple(PlanPart(due_on=day) for day in days)
        self.counter.desk.plans.add(
            course,
            FeePlan("PARTS", "Parts", PlanKind.DATES, len(days), is_default=True,
                    late_rule_code="DAY", rows=rows, heads=heads),
        )  # fmt: skip

    def asha_joins(self) -> None:
        self.on(FIRST)
        self.tender(self._asha_pays_by_code)

    def _asha_pays_by_code(self) -> None:
        payments = self.counter.payments
        view = payments.begin(self.asha, self.physics, Method.UPI_INTENT, Money(15_160_00))
        view = payments.open(view.uid)
        if view.state is AttemptState.AWAITING and not self.has_scanned:
            self.has_scanned = True
            self.counter.pay(view)
        self.counter.polling.run(asked=True)

    def rohan_joins(self) -> None:
        self.tender(self._rohan_pays_cash)

    def _rohan_pays_cash(self) -> None:
        sibling = ConcessionWish("sibling", reason="Asha is in Physics")
        self.counter.payments.begin(
            self.rohan, self.maths, Method.CASH, Money(15_000_00),
            typed=TypedEvidence(tendered=Money(15_000_00)),
            agree=self.counter.desk.concessions.agreed([sibling]),
        )  # fmt: skip

    def claim(self) -> None:
        self.on(CLAIMED_ON)
        self.tender(self._claim)

    def _claim(self) -> None:
        asked = {
            self.due(self.rohan, 2).uid: None,
            self.due(self.asha, 2).uid: Money(5_000_00),
        }
        typed = TypedEvidence(reference=UTR, dated=CLAIMED_ON, last4="4321")
        self.counter.payments.begin_dues(asked, Method.NEFT, typed)

    def match(self) -> None:
        self.on(MATCHED_ON)
        self.tender(self._match)

    def _match(self) -> None:
        [claim] = self.counter.desk.claims.claimed() or (None,)
        if claim is not None:
            self.counter.desk.claims.match(claim.uid, CLAIMED_ON, "statement of 28 Sep, line 14")

    def cheque(self) -> None:
        self.on(HANDED_IN)
        self.tender(self._hand_in)

    def _hand_in(self) -> None:
        due = self.due(self.asha, 2).uid
        self.counter.payments.begin_dues({due: None}, Method.CHEQUE, CHEQUE)

    def deposit(self) -> None:
        self.tender(self._deposit)

    def _deposit(self) -> None:
        self.counter.desk.cheques.deposit(["KD1/26-27/000001"], "HDFC 4321", HANDED_IN)

    def cleared(self) -> None:
        self.on(ANSWERED)
        self.tender(partial(self.counter.desk.cheques.clear, "KD1/26-27/000001", ANSWERED))

    def waive(self) -> None:
        fee = self.due(self.asha, 2, DueKind.LATE_FEE)
        self.tender(partial(self.counter.desk.dues.waive, fee.uid, None, "the manager agreed"))

    def until_the_cheque(self) -> None:
        for step in (self.open_centre, self.asha_joins, self.rohan_joins, self.claim, self.match):
            step()
        self.cheque()

    def to_the_end(self) -> None:
        for step in (self.until_the_cheque, self.deposit, self.cleared, self.waive):
            step()


@pytest.fixture
def season(counter: Counter) -> Iterator[Season]:
    made = Season(counter)
    yield made
    made.is_deadly = False
    assert counter.context.store.reader.balances.differences() == ()


@contextmanager
def deadly(season: Season) -> Iterator[None]:
    season.is_deadly = True
    yield
    season.is_deadly = False


def tax(allocations: list[AllocationRecord]) -> tuple[Money, Money, Money]:
    """Return taxable value, CGST and SGST of allocations."""
    return (
        total(each.tax.taxable for each in allocations),
        total(each.tax.cgst for each in allocations),
        total(each.tax.sgst for each in allocations),
    )


def rupees(*amounts: str) -> tuple[Money, ...]:
    return tuple(Money(int(each.replace(",", "").replace(".", ""))) for each in amounts)


def test_asha_joins_and_pays_her_first_instalment_with_the_registration(season: Season) -> None:
    season.open_centre()
    season.asha_joins()
    dues = season.dues(season.asha, season.physics)
    assert [(each.head_code, each.due_on, each.amount_asked) for each in dues] == [
        ("tuition", FIRST, Money(14_160_00)),
        ("registration", FIRST, Money(1_000_00)),
        ("tuition", SECOND, Money(14_160_00)),
        ("tuition", THIRD, Money(14_160_00)),
        ("tuition", FOURTH, Money(14_160_00)),
    ]
    assert season.receipts() == {"D1/26-27/000001": Money(15_160_00)}
    first = [each for due in dues for each in season.paid(due)]
    assert tax(first) == rupees("12,847.46", "1,156.27", "1,156.27")
    assert season.owed(season.asha) == Money(42_480_00)
    assert balance(season.counter) == {"gateway": 15_160_00, "fees": -15_160_00}


def test_rohan_joins_with_the_concession_for_brothers_and_pays_cash(season: Season) -> None:
    season.open_centre()
    season.asha_joins()
    season.rohan_joins()
    dues = season.dues(season.rohan, season.maths)
    assert [(each.due_on, each.quote.total, each.amount_asked) for each in dues] == [
        (FIRST, Money(16_666_00), Money(15_000_00)),
        (SECOND, Money(16_666_00), Money(15_000_00)),
        (THIRD, Money(16_668_00), Money(15_000_00)),
    ]
    assert list(season.receipts()) == ["D1/26-27/000001", "D1/26-27/000002"]
    assert tax(season.paid(dues[0])) == rupees("12,711.86", "1,144.07", "1,144.07")
    assert season.owed(season.rohan) == Money(30_000_00)
    assert balance(season.counter)["cash"] == 15_000_00
    [cash] = [each for each in season.payments() if each.method is Method.CASH]
    assert cash.verification is Verification.COUNTED


def test_a_transfer_for_both_is_only_claimed_until_it_is_matched(season: Season) -> None:
    for step in (season.open_centre, season.asha_joins, season.rohan_joins, season.claim):
        step()
    found = season.receipts()
    assert list(found)[2:] == ["D1/26-27/000003", "D1/26-27/000004"]
    assert [found["D1/26-27/000003"], found["D1/26-27/000004"]] == [
        Money(15_000_00), Money(5_000_00),
    ]  # fmt: skip
    assert season.payments()[-1].verification is Verification.CLAIMED
    assert (season.owed(season.asha), season.owed(season.rohan)) == (
        Money(37_480_00), Money(15_000_00),
    )  # fmt: skip
    assert tax(season.paid(season.due(season.rohan, 2))) == rupees(
        "12,711.86", "1,144.07", "1,144.07"
    )
    assert tax(season.paid(season.due(season.asha, 2))) == rupees("4,237.28", "381.36", "381.36")
    assert balance(season.counter) == {
        "gateway": 15_160_00, "cash": 15_000_00, "claimed": 20_000_00, "fees": -50_160_00,
    }  # fmt: skip
    season.match()
    assert season.payments()[-1].verification is Verification.MATCHED
    assert balance(season.counter) == {
        "gateway": 15_160_00, "cash": 15_000_00, "bank": 20_000_00, "fees": -50_160_00,
    }  # fmt: skip
    assert season.receipts() == found


def test_a_cheque_covers_the_rest_and_no_money_moves(season: Season) -> None:
    season.until_the_cheque()
    [row] = season.counter.desk.cheques.listed([InstrumentState.IN_HAND])
    assert (row.slip_no, row.amount) == ("KD1/26-27/000001", Money(9_160_00))
    due = season.due(season.asha, 2)
    [listed] = [
        each for each in season.counter.desk.dues.page(DueChoice()).rows if each.uid == due.uid
    ]
    assert (listed.balance, listed.covered, listed.days) == (
        Money(9_160_00), Money(9_160_00), 11,
    )  # fmt: skip
    assert listed.late_fee == Money(550_00)
    assert season.owed(season.asha) == Money(37_480_00)
    assert balance(season.counter)["fees"] == -50_160_00
    assert len(season.receipts()) == 4
    with pytest.raises(ChequeCoversError):
        season.counter.payments.begin_dues({due.uid: None}, Method.UPI_INTENT)


def the_end(season: Season) -> None:
    """Check every figure at the end of the season."""
    assert season.receipts() == {
        "D1/26-27/000001": Money(15_160_00),
        "D1/26-27/000002": Money(15_000_00),
        "D1/26-27/000003": Money(15_000_00),
        "D1/26-27/000004": Money(5_000_00),
        "D1/26-27/000005": Money(9_160_00),
    }
    assert (season.owed(season.asha), season.owed(season.rohan)) == (
        Money(28_320_00), Money(15_000_00),
    )  # fmt: skip
    assert balance(season.counter) == {
        "gateway": 15_160_00, "cash": 15_000_00, "bank": 29_160_00, "fees": -59_320_00,
    }  # fmt: skip
    assert [(each.method, each.verification, each.amount) for each in season.payments()] == [
        (Method.UPI_INTENT, Verification.VERIFIED, Money(15_160_00)),
        (Method.CASH, Verification.COUNTED, Money(15_000_00)),
        (Method.NEFT, Verification.MATCHED, Money(20_000_00)),
        (Method.CHEQUE, Verification.REALISED, Money(9_160_00)),
    ]
    second = season.due(season.asha, 2)
    assert tax(season.paid(second)) == rupees("12,000.00", "1,080.00", "1,080.00")
    assert tax(season.paid(second)[1:]) == rupees("7,762.72", "698.64", "698.64")
    everything = [
        each
        for student, course in ((season.asha, season.physics), (season.rohan, season.maths))
        for due in season.dues(student, course)
        for each in season.paid(due)
    ]
    assert tax(everything) == rupees("50,271.18", "4,524.41", "4,524.41")
    account = season.counter.desk.dues.account(season.asha)
    assert account.balance == Money(43_320_00)
    assert (account.standing.overdue, account.standing.covered) == (ZERO, ZERO)
    assert account.credit == ZERO


def test_the_cheque_clears_and_its_late_fee_is_waived(season: Season) -> None:
    season.until_the_cheque()
    season.deposit()
    season.cleared()
    fee = season.due(season.asha, 2, DueKind.LATE_FEE)
    assert fee.balance == Money(550_00)  # by the day on which it was handed in, not of the bank
    assert season.owed(season.asha) == Money(28_870_00)
    season.waive()
    the_end(season)


def test_the_late_fee_may_be_waived_before_the_cheque_clears(season: Season) -> None:
    season.until_the_cheque()
    season.counter.desk.dues.waive(season.due(season.asha, 2).uid, None, "the manager agreed")
    season.deposit()
    season.cleared()
    the_end(season)


def test_every_tender_killed_after_its_write_ends_the_same(season: Season) -> None:
    season.open_centre()
    with deadly(season):
        for step in (season.asha_joins, season.rohan_joins, season.claim, season.match,
                     season.cheque, season.deposit, season.cleared, season.waive):  # fmt: skip
            step()
    assert season.kills >= 8
    the_end(season)
    assert season.refused, "a clerk who begins anew is told that it was written"


def test_a_bank_that_shows_another_amount_leaves_the_claim_open(season: Season) -> None:
    for step in (season.open_centre, season.asha_joins, season.rohan_joins, season.claim):
        step()
    season.on(HANDED_IN)
    [claim] = season.counter.desk.claims.claimed()
    assert (claim.amount, claim.is_late) == (Money(20_000_00), True)
    assert balance(season.counter)["claimed"] == 20_000_00
    season.counter.desk.claims.reverse(claim.uid, "the bank shows 19,900")
    assert (season.owed(season.asha), season.owed(season.rohan)) == (
        Money(42_480_00), Money(30_000_00),
    )  # fmt: skip
    assert balance(season.counter) == {
        "gateway": 15_160_00, "cash": 15_000_00, "fees": -30_160_00,
    }  # fmt: skip
    assert [each.due_on for each in season.dues(season.rohan, season.maths)][1] == SECOND


@pytest.mark.parametrize("had_cleared", [False, True])
def test_a_cheque_that_bounces_opens_the_instalment_again(
    season: Season, *, had_cleared: bool
) -> None:
    season.until_the_cheque()
    season.deposit()
    if had_cleared:
        season.cleared()
    season.on(ANSWERED)
    bounced = season.counter.desk.cheques.bounce(
        "KD1/26-27/000001", BounceReason.FUNDS.value, ANSWERED
    )
    assert (bounced.state, bounced.notice_by) == (InstrumentState.BOUNCED, date(2026, 11, 13))
    due = season.due(season.asha, 2)
    assert (due.balance, due.payable_on) == (Money(9_160_00), SECOND)
    owed = season.owed(season.asha)
    late = season.counter.desk.dues.late_fees([due.uid])[due.uid]
    if had_cleared:  # its late fee was asked for when it cleared
        assert owed == Money(37_480_00 + 550_00)
        assert late == Money(100_00)
    else:
        assert owed == Money(37_480_00)
        assert late == Money(650_00)  # 13 days from 1 October
    assert balance(season.counter) == {
        "gateway": 15_160_00, "cash": 15_000_00, "bank": 20_000_00, "fees": -50_160_00,
    }  # fmt: skip
    assert due.uid in {each.uid for each in season.counter.desk.dues.page(DueChoice()).rows}
