"""Bills paid by several tenders, attacked: clocks, old books, other windows, cheques, kills."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.bills import BillState
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.services.errors import ChequeCoversError, OpenAttemptError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.storage.store import BACKUPS, DATABASE
from tests.fake_gateway import FakeGateway
from tests.integration.test_carts import CASH, Family, family
from tests.integration.test_cheques import CHEQUE, FUNDS
from tests.integration.test_counter_tenders import NEFT
from tests.integration.test_restore import restored
from tests.integration.test_second_shape_attacks import found
from tests.integration.test_several_dues import OTHER, TOTAL, TUITION, enrolled
from tests.integration.test_sittings import HOLD_S, OF_ASHA, OF_ROHAN, paid_by_code, receipts
from tests.proofs.ledger_audit import broken_rules, query
from tests.proofs.proof_desk import CommitHookStore, open_services
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from desktop_app.services.views.bills import BillView
    from tests.integration.conftest import Counter
    from tests.proofs.proof_desk import DeskServices

__all__ = ["family"]
pytestmark = pytest.mark.usefixtures("books_hold")
DAY_S = 86_400
BY_NUMBER = "a gap in the receipts' numbers"
"""A restored book leaves out the numbers that its newer one may have given."""
LEFT = TUITION - CASH


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_twice(counter: Counter) -> Iterator[None]:
    yield
    assert broken_rules(counter.context.folder) <= {BY_NUMBER}
    assert counter.context.store.reader.balances.differences() == ()


def amounts(counter: Counter, bill: BillView) -> list[Money]:
    """Return the amounts of the receipts of a bill now."""
    return [each.amount for each in counter.desk.carts.view(bill.uid).receipts]


# --- the clock


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
def test_a_clock_that_jumps_between_tenders_changes_no_sum(
    counter: Counter, family: Family, days: int
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(days * DAY_S)
    bill = paid_by_code(counter, family, bill)
    assert (bill.state, amounts(counter, bill)) == (BillState.PAID, [OF_ASHA, OF_ROHAN])


@pytest.mark.parametrize("days", [1, 400])
def test_a_clock_that_is_set_back_does_not_keep_the_receipts_and_the_seats(
    counter: Counter, family: Family, days: int
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(-days * DAY_S)
    [ended] = family.carts.tidy()
    assert (ended.uid, ended.state) == (bill.uid, BillState.ABANDONED)
    assert amounts(counter, bill) == [CASH]


def test_a_clock_that_is_a_minute_behind_keeps_the_sitting(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(-60)
    assert family.carts.tidy() == ()
    assert paid_by_code(counter, family, bill).state is BillState.PAID


def test_the_receipts_of_a_sitting_over_new_year_are_of_the_new_year(
    counter: Counter, family: Family
) -> None:
    counter.clock.at = datetime(2027, 3, 31, 18, 25, tzinfo=UTC)  # 23:55 in India
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(10 * 60)
    bill = paid_by_code(counter, family, bill)
    asha, _ = receipts(counter, bill)
    assert [each.number for each in bill.receipts] == ["D1/27-28/000001", "D1/27-28/000002"]
    assert [(each.method, each.on) for each in asha.tenders] == [
        (Method.CASH, date(2027, 3, 31)), (Method.UPI_INTENT, None),
    ]  # fmt: skip


def test_a_sitting_that_midnight_ends_has_its_receipts(counter: Counter, family: Family) -> None:
    counter.clock.at = datetime(2027, 3, 31, 18, 25, tzinfo=UTC)
    counter.desk.settings.put("bill.hold_minutes", "240")
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(10 * 60)
    [ended] = family.carts.tidy()
    assert (ended.state, amounts(counter, bill)) == (BillState.ABANDONED, [CASH])
    assert [each.number for each in ended.receipts] == ["D1/27-28/000001"]


# --- an older copy of the book


@pytest.mark.parametrize("is_booked_before", [True, False])
def test_a_code_paid_after_the_backup_comes_back_with_the_sitting(
    counter: Counter, family: Family, is_booked_before: bool
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    path = counter.context.folder / BACKUPS / "daily-1.sqlite3"
    counter.context.store.backup(path)
    counter.clock.advance(60)
    begun = family.carts.tender(bill.uid, Method.UPI_INTENT)
    counter.pay(counter.payments.open(begun.attempt.uid))
    if is_booked_before:
        counter.polling.run()
    restored(counter, path)
    assert counter.desk.carts.view(bill.uid).paid == CASH
    counter.polling.reconcile()
    counter.clock.advance(HOLD_S)
    counter.desk.carts.tidy()
    paid = total(Money(each["amount"]) for each in counter.ledger()["payments"])
    assert paid == TOTAL
    shown = total(
        Money(row[0]) for row in query(counter.context.folder, "SELECT amount_paise FROM receipts")
    )
    assert shown + total(each.amount for each in counter.desk.unapplied.held()) == TOTAL
    assert found(counter) == ""


# --- another window


@pytest.fixture
def other(counter: Counter) -> Iterator[DeskServices]:
    made = open_services(
        counter.context.folder, counter.gateway, counter.clock, registry=counter.registry
    )
    yield made
    made.close()


def test_two_windows_take_the_rest_once(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    came = together(
        *(partial(each.tender, bill.uid, Method.CASH) for each in (family.carts, other.carts))
    )
    assert came == ["BillEndedError", "done"]
    assert amounts(counter, bill) == [OF_ASHA, OF_ROHAN]
    assert family.carts.view(bill.uid).paid == TOTAL


def test_two_windows_offer_one_draft_once(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    draft = family.carts.hold(family.cart, TOTAL)
    cart = Cart(family.cart.lines, draft)
    offers = [
        partial(each.offer, cart, Method.CASH, None, TOTAL) for each in (family.carts, other.carts)
    ]
    came = together(*offers)
    assert came.count("done") == 1
    paid = [Money(each["amount"]) for each in counter.ledger()["payments"]]
    assert paid == [TOTAL]
    assert [each.state for each in family.carts.found("")] == [BillState.PAID]


def test_a_window_ends_the_bill_that_another_settles(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    together(
        partial(counter.desk.carts.tender, bill.uid, Method.CASH),
        partial(other.carts.end, bill.uid),
    )
    seen = family.carts.view(bill.uid)
    issued = total(amounts(counter, bill))
    assert (seen.state, issued) in {(BillState.PAID, TOTAL), (BillState.ABANDONED, CASH)}


def test_two_windows_issue_the_receipts_of_an_ended_sitting_once(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(HOLD_S)
    came = together(family.carts.tidy, other.carts.tidy)
    assert came == ["done", "done"]
    assert amounts(counter, bill) == [CASH]


def test_a_window_changes_the_course_while_another_settles(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, TUITION + Money(2_000_00)).bill
    counter.courses.add(
        make_course(code="CHP", title="CHP", fee=Money(118_00), gst_bp=1_800, tax_inclusive=True)
    )
    cheap = counter.courses.find("CHP").uid
    [line] = [
        each for each in bill.lines if each.course_uid == family.chemistry or each.label == "CHE"
    ]
    with counter.context.store.reading() as books:
        _, enrollment = books.enrollments.due_with_enrollment(str(line.due_uid))
    change = partial(
        other.desk.changes.change, enrollment.uid, cheap, ChangeMode.DIFFERENCE, "cheaper"
    )
    together(partial(counter.desk.carts.tender, bill.uid, Method.CASH), change)
    seen = family.carts.view(bill.uid)
    assert seen.state is BillState.PAID
    came = total(Money(each["amount"]) for each in counter.ledger()["payments"])
    assert total(amounts(counter, bill)) == came


def test_the_course_of_a_line_is_archived_between_tenders(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.courses.withdraw(family.chemistry)
    bill = family.carts.tender(bill.uid, Method.CASH).bill
    assert amounts(counter, bill) == [OF_ASHA, OF_ROHAN]


def test_another_window_collects_a_line_of_the_bill_alone(
    counter: Counter, family: Family, other: DeskServices
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    line = bill.lines[1]
    other.payments.begin_dues({str(line.due_uid): None}, Method.CASH)
    bill = family.carts.tender(bill.uid, Method.CASH).bill
    assert bill.state is BillState.PAID
    assert total(amounts(counter, bill)) == TOTAL - OTHER


# --- the gateway's dashboard


@pytest.mark.parametrize("paise", [OF_ASHA.paise, 1_00, 5_000_00])
def test_a_code_of_the_sitting_that_is_refunded_on_the_dashboard_has_its_receipt(
    counter: Counter, family: Family, paise: int
) -> None:
    begun = family.offer(Method.UPI_INTENT, OF_ASHA)
    payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
    counter.polling.run()
    assert amounts(counter, begun.bill) == []
    counter.gateway.refund_on_dashboard(payment_id, paise)
    counter.polling.reconcile()
    bill = family.carts.tender(begun.bill.uid, Method.CASH).bill
    assert total(amounts(counter, bill)) == total(
        Money(each["amount"]) for each in counter.ledger()["payments"]
    )
    of_code = receipts(counter, bill)[0]
    assert of_code.refunded == Money(paise)


@pytest.mark.parametrize("paise", [1_00, LEFT.paise - 1, TOTAL.paise * 2])
def test_another_amount_on_a_link_of_the_sitting_waits_in_the_inbox(
    counter: Counter, family: Family, paise: int
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    link = counter.payments.open(family.carts.tender(bill.uid, Method.PAYMENT_LINK).attempt.uid)
    counter.gateway.pay(link.qr_text or "", paise=paise)
    counter.polling.reconcile()
    assert [each.amount for each in counter.desk.unapplied.held()] == [Money(paise)]
    counter.payments.cancel(link.uid)
    counter.clock.advance(HOLD_S)
    counter.desk.carts.tidy()
    if family.carts.view(bill.uid).is_open:
        family.carts.end(bill.uid)
    assert amounts(counter, bill) == [CASH]


# --- a cheque of the sitting


def test_a_cheque_that_bounces_before_the_sitting_ends_is_on_no_receipt(
    counter: Counter, family: Family
) -> None:
    counter.desk.settings.put("cheque.books_on", "receipt")
    part = replace(CHEQUE, amount=OF_ASHA)
    bill = family.carts.offer(family.cart, Method.CHEQUE, quoted=TOTAL, typed=part).bill
    [cheque] = [counter.desk.cheques.one(each.attempt_uid) for each in bill.tenders]
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    bill = family.carts.tender(bill.uid, Method.CASH).bill
    assert bill.state is BillState.PAID
    assert amounts(counter, bill) == [OF_ASHA, OF_ROHAN]
    assert {each.method for each in receipts(counter, bill)} == {Method.CASH}


def test_a_cheque_that_bounces_after_the_receipts_opens_its_fees_again(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    given_in = family.carts.tender(bill.uid, Method.CHEQUE, typed=CHEQUE)
    cheque = counter.desk.cheques.one(given_in.attempt.uid)
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.clear(cheque.uid)
    assert amounts(counter, bill) == [OF_ASHA, OF_ROHAN]
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    open_ = counter.desk.carts.family(family.rohan).dues
    assert total(each.balance for each in open_) == OF_ROHAN
    again = {each.uid: None for each in open_}
    counter.payments.begin_dues(again, Method.CASH)
    assert total(each.balance for each in counter.desk.carts.family(family.rohan).dues) == ZERO


@pytest.mark.parametrize("books_on", ["receipt", "clearance"])
def test_a_cheque_of_the_sitting_that_is_deposited_again_pays_its_fees(
    counter: Counter, family: Family, books_on: str
) -> None:
    counter.desk.settings.put("cheque.books_on", books_on)
    bill = family.offer(Method.CASH, OF_ASHA).bill
    given_in = family.carts.tender(bill.uid, Method.CHEQUE, typed=CHEQUE)
    cheque = counter.desk.cheques.one(given_in.attempt.uid)
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.clear(cheque.uid)
    counter.clock.advance(HOLD_S)
    counter.desk.carts.tidy()
    seen = family.carts.view(bill.uid)
    assert (seen.state, seen.rest) == (BillState.PAID, ZERO)
    assert counter.desk.carts.family(family.rohan).dues == ()


@pytest.mark.parametrize("step", ["cancel", "expire"])
def test_a_cheque_in_hand_covers_its_fees_until_it_is_returned(
    counter: Counter, family: Family, step: str
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    given_in = family.carts.tender(bill.uid, Method.CHEQUE, typed=CHEQUE)
    with pytest.raises(OpenAttemptError) as caught:
        family.carts.end(bill.uid)
    with pytest.raises(ChequeCoversError):
        getattr(counter.payments, step)(caught.value.attempt_uid)
    seen = family.carts.view(bill.uid)
    assert [each.is_covered for each in seen.lines] == [False, True, True]
    counter.desk.cheques.give_back(
        counter.desk.cheques.one(given_in.attempt.uid).uid, "pays by UPI"
    )
    counter.payments.cancel(given_in.attempt.uid)  # it has ended
    assert family.carts.end(bill.uid).state is BillState.ABANDONED


# --- kills


class KilledError(BaseException):
    """The process ends here."""


class Kills:
    """Ends the process before one commit: what it leaves is what the one before it wrote."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self, _work: object, commit: Callable[[], None]) -> None:
        self.count += 1
        if self.count == self.at:
            raise KilledError
        commit()


def go_on(desk: DeskServices, gateway: FakeGateway, family: Family) -> BillView:
    """Bring the family's bill to its end as a clerk does, from wherever it is: cash, code, NEFT."""
    carts = desk.carts
    known = carts.found("")
    bill = carts.view(known[0].uid) if known else carts.offer(family.cart, Method.CASH, CASH).bill
    if bill.paid == CASH:
        begun = carts.tender(bill.uid, Method.UPI_INTENT, LEFT)
        view = desk.payments.open(begun.attempt.uid)
        if not any(each.captured for each in gateway.payments.values()):
            gateway.pay(view.qr_text or "")
        desk.polling.run(asked=True)
        bill = carts.view(bill.uid)
    if bill.is_open and bill.paid == OF_ASHA:
        typed = TypedEvidence(amount=Money(2_000_00), reference=NEFT.reference, dated=NEFT.dated)
        bill = carts.tender(bill.uid, Method.NEFT, typed=typed).bill
    return carts.tender(bill.uid, Method.CASH).bill if bill.is_open else bill


def test_a_kill_at_any_commit_of_a_sitting_loses_and_repeats_nothing(
    counter: Counter, family: Family, tmp_path: Path
) -> None:
    """A kill after a commit leaves what one before the next does, and is not tried again."""
    counter.context.store.backup(tmp_path / "begun.sqlite3")
    at, is_whole = 0, False
    while not is_whole:
        at += 1
        folder = tmp_path / f"killed-{at}"
        folder.mkdir()
        shutil.copyfile(tmp_path / "begun.sqlite3", folder / DATABASE)
        gateway = FakeGateway(counter.clock)
        kills = Kills(at)
        killed = opened(folder, gateway, counter, kills)
        with suppress(KilledError):
            go_on(killed, gateway, family)
        is_whole = kills.count < at
        counter.clock.advance(60)  # a capture that was begun is looked up once it is over
        desk = opened(folder, gateway, counter)
        bill = go_on(desk, gateway, family)
        assert bill.state is BillState.PAID
        assert [each.amount for each in bill.receipts] == [OF_ASHA, OF_ROHAN]
        paid = query(folder, "SELECT method, amount_paise FROM payments ORDER BY rowid")
        assert paid == [
            ("cash", CASH.paise), ("upi_intent", LEFT.paise), ("neft", 2_000_00),
            ("cash", (OF_ROHAN - Money(2_000_00)).paise),
        ]  # fmt: skip
        assert broken_rules(folder) == set()
        desk.close()
        killed.close()
    assert at > 5


def opened(
    folder: Path, gateway: FakeGateway, counter: Counter, kills: Kills | None = None
) -> DeskServices:
    """Open a folder as a new process does; a killed one leaves what it had committed."""
    hook = None if kills is None else partial(CommitHookStore, commit=kills)
    return open_services(folder, gateway, counter.clock, wrap_store=hook)


# --- how a bill reads afterwards


def with_credit(counter: Counter, family: Family, amount: Money) -> str:
    """Pay the tuition of Asha with more than it asks; return another open fee of hers."""
    over = TypedEvidence(amount=TUITION + amount, reference=NEFT.reference, dated=NEFT.dated)
    family.carts.offer(Cart(family.cart.lines[:1]), Method.NEFT, typed=over)
    counter.courses.add(
        make_course(code="ART", title="ART", fee=TUITION, gst_bp=1_800, tax_inclusive=True)
    )
    return enrolled(counter, "R001", "ART")


def test_a_part_of_a_fee_that_credit_pays_is_paid_on_its_bill(
    counter: Counter, family: Family
) -> None:
    due, part = with_credit(counter, family, Money(5_000_00)), Money(5_000_00)
    line = CartLine(family.asha, due_uid=due, amount=part)
    bill = family.carts.offer(Cart((line,)), Method.CREDIT).bill
    assert (bill.state, bill.rest, bill.paid) == (BillState.PAID, ZERO, part)


def test_credit_beside_cash_settles_the_parts_of_a_bill(counter: Counter, family: Family) -> None:
    due = with_credit(counter, family, Money(3_000_00))
    line = CartLine(family.asha, due_uid=due, amount=Money(5_000_00))
    bill = family.carts.offer(Cart((line,)), Method.CASH, Money(2_000_00)).bill
    bill = family.carts.tender(bill.uid, Method.CREDIT).bill
    assert (bill.state, bill.rest, bill.paid) == (BillState.PAID, ZERO, Money(5_000_00))
    assert amounts(counter, bill) == [Money(2_000_00)]


def test_a_slip_lists_no_payment_that_never_came(
    qapp: QApplication, counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    typed = TypedEvidence(amount=LEFT, reference=NEFT.reference, dated=NEFT.dated)
    family.carts.tender(bill.uid, Method.NEFT, typed=typed)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "never came")
    family.carts.end(bill.uid)
    html = counter.receipts.slip_html(bill.uid)
    assert NEFT.reference not in html
    assert "10,000.00" in html
    assert "4,160.00" in html, "it is left to pay"


def test_a_slip_adds_up_where_more_came_than_the_fees_take_now(
    qapp: QApplication, counter: Counter, family: Family
) -> None:
    bill = family.carts.offer(Cart(family.cart.lines[:1]), Method.CASH).bill
    counter.courses.add(
        make_course(code="CHP", title="CHP", fee=Money(118_00), gst_bp=1_800, tax_inclusive=True)
    )
    cheap = counter.courses.find("CHP").uid
    with counter.context.store.reading() as books:
        _, enrollment = books.enrollments.due_with_enrollment(family.tuition)
    counter.desk.changes.change(enrollment.uid, cheap, ChangeMode.DIFFERENCE, "cheaper")
    html = counter.receipts.slip_html(bill.uid)
    assert "Kept as credit or refunded" in html
    for amount in ("118.00", "14,042.00", "14,160.00"):
        assert f">{amount}<" in html


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_line_that_is_no_longer_due_is_not_called_paid(
    counter: Counter, family: Family, is_paid: bool
) -> None:
    bill = family.offer(Method.CASH, OF_ASHA).bill
    line = bill.lines[1]
    if is_paid:
        counter.payments.begin_dues({str(line.due_uid): None}, Method.CASH)
    else:
        counter.desk.dues.write_off(str(line.due_uid), "left the centre")
    seen = family.carts.view(bill.uid).lines[1]
    assert (seen.rest, seen.is_ended, seen.is_paid) == (ZERO, not is_paid, is_paid)
    assert seen.is_written_off is not is_paid
