"""Attacks on the money: what edits the file, and what comes in an order that nobody planned."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.storage.store import DATABASE
from tests.integration.reached import shown
from tests.integration.test_after_payment import balance
from tests.integration.test_misfits import FEE, LINK, held, paid_otherwise
from tests.integration.test_several_dues import BOOKS, OTHER, TOTAL, TUITION, Cart, cart
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import Counter

__all__ = ["cart"]

NEW_TABLES = (
    "allocations", "receipt_lines", "movements", "attempt_dues", "due_changes", "due_balances",
    "dues", "payments", "receipts", "families", "ledger_entries",
)  # fmt: skip


def columns(counter: Counter) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        return [
            (table, row[1], row[2])
            for table in NEW_TABLES
            for row in raw.execute(f"PRAGMA table_info({table})")
        ] + [("students", "family_uid", "TEXT")]


def found(counter: Counter) -> str:
    """Return what verification or the recomputation of the doctor reports."""
    differences = ", ".join(counter.context.store.reader.balances.differences())
    return AuditVerifier(counter.context).verify() or differences


def other_value(kind: str, name: str, now: Any) -> Any:
    if kind == "INTEGER":
        return 1 - now if now in (0, 1) else (now or 0) + 1
    lists = {
        "mode": "test", "verification": "verified" if now != "verified" else "counted",
        "placement": "surplus", "method": "qr_code" if now != "qr_code" else "cash",
    }  # fmt: skip
    return lists.get(name, f"{now or ''}x")


def filled(counter: Counter, cart: Cart) -> None:
    """Write rows into every table: a cart in cash and one at the gateway, a refund, a misfit."""
    cart.begin(Method.CASH, {cart.rohan: Money(500_000)})
    counter.pay(cart.shown(asked={cart.asha: None, cart.books: None}))
    counter.polling.run()
    payment = counter.ledger()["payments"][-1]
    counter.desk.refunds.refund(str(payment["payment_id"] or payment["id"]), Money(100), "less")


def rows(raw: sqlite3.Connection, table: str) -> list[Any]:
    return raw.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()


def edit(
    raw: sqlite3.Connection, table: str, name: str, kind: str
) -> Callable[[sqlite3.Connection], None]:
    """Change a value of a table's first row; return what takes that back, and looks whether it is.

    The row is found again by its new id, where that was changed.
    """
    raw.execute("PRAGMA ignore_check_constraints=ON")
    at, was = raw.execute(f"SELECT rowid, {name} FROM {table} ORDER BY rowid LIMIT 1").fetchone()
    value = other_value(kind, name, was)
    before = rows(raw, table)
    raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, at))
    row = value if kind == "INTEGER" and name == "id" else at

    def take_back(raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (was, row))
        assert rows(raw, table) == before, f"{table}.{name} is back"

    return take_back


def test_an_edit_of_any_column_is_found(counter: Counter, cart: Cart) -> None:
    filled(counter, cart)
    assert found(counter) == ""
    reader, unseen = counter.context.store.reader, []
    with sql_shell(counter.context.folder / DATABASE) as raw:
        for table, name, kind in columns(counter):
            take_back = edit(raw, table, name, kind)
            if not (reader.audit.first_unsealed() or reader.balances.differences()):
                unseen.append(f"{table}.{name}")
            take_back(raw)
    assert unseen == []
    assert found(counter) == "", "every edit was taken back"


# --- what comes in an order that nobody planned


@pytest.fixture
def adds_up(counter: Counter) -> Iterator[None]:
    """Fail a test after which anything differs from what the doctor computes, or from its seal."""
    yield
    assert found(counter) == ""


def refund_offline(counter: Counter, paise: int) -> None:
    """Ask for a refund of a part of the only payment without a connection: it waits."""
    counter.gateway.down = errors.UnavailableError("down")
    payment_uid = str(counter.ledger()["payments"][0]["id"])
    counter.desk.refunds.refund(payment_uid, Money(paise), "a part")
    counter.gateway.down = None


def overpaid(counter: Counter, rest: int) -> None:
    """Pay a fee with more than it is, and apply what it takes."""
    paid_otherwise(counter, LINK, FEE.paise + rest)
    counter.desk.unapplied.apply(held(counter).uid)


@pytest.mark.usefixtures("adds_up")
def test_held_money_of_which_a_part_is_asked_back_is_only_the_rest(counter: Counter) -> None:
    overpaid(counter, 320_000)
    refund_offline(counter, 100_000)
    card = held(counter)
    assert card.amount == Money(220_000)
    counter.desk.unapplied.refund(card.uid)
    counter.clock.advance(1_000)
    counter.polling.reconcile()
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert counter.desk.unapplied.held() == ()


@pytest.mark.usefixtures("adds_up")
def test_a_refund_of_held_money_never_takes_what_another_window_applied(counter: Counter) -> None:
    paid_otherwise(counter, LINK, FEE.paise + 320_000)
    unapplied, refunding = counter.desk.unapplied, counter.desk.unapplied._refunding
    real = refunding.refund

    def applied_first(*given: Any, **more: Any) -> Any:
        refunding.refund = real  # type: ignore[method-assign]
        unapplied.apply(given[0])
        return real(*given, **more)

    refunding.refund = applied_first  # type: ignore[method-assign]
    with pytest.raises(errors.AlreadyDecidedError):
        unapplied.refund(held(counter).uid)
    assert balance(counter)["fees"] == -FEE.paise
    assert held(counter).amount == Money(320_000)


@pytest.mark.usefixtures("adds_up")
def test_a_refund_of_held_money_names_a_part_that_another_window_returned(
    counter: Counter,
) -> None:
    paid_otherwise(counter, LINK, FEE.paise + 320_000)
    unapplied, refunding = counter.desk.unapplied, counter.desk.unapplied._refunding
    real = refunding.refund

    def returned_first(*given: Any, **more: Any) -> Any:
        refunding.refund = real  # type: ignore[method-assign]
        real(given[0], Money(100_000), "a part")
        return real(*given, **more)

    refunding.refund = returned_first  # type: ignore[method-assign]
    with pytest.raises(errors.AlreadyDecidedError):
        unapplied.refund(held(counter).uid)
    assert len(counter.gateway.refunds) == 1


@pytest.mark.usefixtures("adds_up")
def test_a_refund_decided_before_the_rest_paid_another_due_is_refused(counter: Counter) -> None:
    overpaid(counter, 320_000)
    payment_id = str(counter.ledger()["payments"][0]["payment_id"])
    basis = counter.desk.refunds.basis(payment_id)
    other = counter.student("R002", phone="")
    counter.course("NEW", fee=Money(320_000))
    [due] = counter.desk.enrolments.enrol(other.uid, counter.courses.find("NEW").uid).dues
    counter.desk.unapplied.put_against(held(counter).uid, due.uid)
    with pytest.raises(errors.AlreadyDecidedError, match="Student R002"):
        counter.desk.refunds.refund(payment_id, Money(320_000), "too much", basis=basis)
    assert balance(counter)["fees"] == -(FEE.paise + 320_000)


@pytest.mark.usefixtures("adds_up")
@pytest.mark.parametrize("together", [True, False])
def test_parts_of_a_link_for_parts_of_dues_pay_each_what_it_was_offered(
    counter: Counter, cart: Cart, together: bool
) -> None:
    view = cart.shown(LINK, {cart.asha: Money(50_000), cart.books: None})
    for paise in (40_000, 210_000):
        counter.gateway.pay(view.qr_text or "", paise=paise)
        counter.polling.reconcile()
        if not together:
            counter.desk.unapplied.apply(held(counter).uid)
    if together:
        counter.desk.unapplied.apply(counter.desk.unapplied.held()[0].uid)
    assert cart.balances() == [TUITION.paise - 50_000, OTHER.paise, 0]
    assert counter.desk.unapplied.held() == ()


@pytest.mark.usefixtures("adds_up")
def test_applying_held_money_twice_pays_a_part_of_a_due_once(counter: Counter, cart: Cart) -> None:
    view = cart.shown(asked={cart.asha: Money(50_000), cart.books: None})
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH, {cart.books: None})
    counter.pay(view)
    counter.polling.reconcile()
    counter.desk.unapplied.apply(held(counter).uid)
    with pytest.raises(InvalidInputError):
        counter.desk.unapplied.apply(held(counter).uid)
    assert cart.balances() == [TUITION.paise - 50_000, OTHER.paise, 0]
    assert (held(counter).amount, held(counter).applicable) == (BOOKS, None)


@pytest.mark.usefixtures("adds_up")
@pytest.mark.parametrize("first", [0, 1])
def test_two_refunds_of_a_cart_may_fail_in_any_order(
    counter: Counter, cart: Cart, first: int
) -> None:
    payment_id = counter.pay(cart.shown())
    counter.polling.run()
    counter.gateway.refund_status = "pending"
    for reason in ("one", "two"):
        counter.desk.refunds.refund(payment_id, Money(150_000), reason)
    keys = list(counter.gateway.refunds)
    for key in (keys[first], keys[1 - first]):
        counter.gateway.settle_refund(key, "failed")
        counter.polling.reconcile()
        assert found(counter) == ""
        owed = sum(each.amount.paise for each in counter.desk.unapplied.held())
        assert owed == -balance(counter).get("to_return", 0)
    end = balance(counter)
    assert end["fees"] + end.get("to_return", 0) == -TOTAL.paise
    counter.gateway.refund_status = "processed"
    for each in counter.desk.unapplied.held():
        counter.desk.unapplied.refund(each.uid)
    assert counter.desk.unapplied.held() == ()


# --- refunds of a payment whose fee the payer bore

BORNE = 27_900


def borne_inside(counter: Counter) -> str:
    """Collect a fee of a payer who bears the gateway's fee, which is inside the amount shown."""
    counter.desk.settings.put("gateway.fee_bearer", "customer")
    view = shown(counter, Method.QR_CODE)
    payment_id = counter.gateway.pay(view.qr_text or "", paise=FEE.paise + BORNE)
    counter.gateway._set(payment_id, fee_paise=BORNE, fee_bearer="customer")
    counter.polling.reconcile()
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    return payment_id


def refunded(counter: Counter) -> list[tuple[int, str]]:
    return [(row["amount"], row["state"]) for row in counter.ledger()["refunds"]]


@pytest.mark.usefixtures("adds_up")
@pytest.mark.parametrize("is_watched", [True, False])
@pytest.mark.parametrize("parts", [(FEE.paise + BORNE,), (100_000, FEE.paise + BORNE - 100_000)])
def test_a_refund_with_the_fee_that_the_payer_bore_is_followed(
    counter: Counter, parts: tuple[int, ...], is_watched: bool
) -> None:
    payment_id = borne_inside(counter)
    if not is_watched:
        counter.clock.advance(8 * 86_400)
        counter.polling.reconcile()
    keys = [counter.gateway.refund_on_dashboard(payment_id, each, "pending") for each in parts]
    assert counter.polling.reconcile().unreachable == 0
    assert balance(counter) == {}
    assert sum(amount for amount, _state in refunded(counter)) == FEE.paise
    for key in keys:
        counter.gateway.settle_refund(key or "", "failed")
        assert counter.polling.reconcile().unreachable == 0
        assert found(counter) == ""
    assert {state for _amount, state in refunded(counter)} == {"failed"}
    assert balance(counter) == {"gateway": FEE.paise, "to_return": -FEE.paise}


@pytest.mark.usefixtures("adds_up")
def test_a_refund_of_only_the_fee_that_the_payer_bore_is_no_refund(counter: Counter) -> None:
    payment_id = borne_inside(counter)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    counter.gateway.refund_on_dashboard(payment_id, BORNE)
    assert counter.polling.reconcile().unreachable == 0
    assert refunded(counter) == [(FEE.paise, "processed")]
    assert balance(counter) == {}


# --- what follows from other rows


@pytest.mark.usefixtures("adds_up")
def test_a_free_course_adds_up(counter: Counter) -> None:
    student, course = counter.student(), counter.course(fee=Money(0))
    counter.desk.enrolments.enrol(student.uid, course.uid)
    assert [row["amount"] for row in counter.ledger()["dues"]] == [0]


@pytest.mark.usefixtures("adds_up")
@pytest.mark.parametrize("phone", ["9000000777", ""])
def test_a_student_imported_with_another_phone_leaves_the_family(
    counter: Counter, cart: Cart, phone: str
) -> None:
    again = make_student(roll_no="r002", name="Rohan Rao", guardian_phone=phone)
    with counter.context.store.writing() as work:
        work.students.upsert_all([again], counter.context.now(), counter.context.ids.new)
        work.commit()
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        families = raw.execute("SELECT family_uid IS NULL FROM students ORDER BY id").fetchall()
    assert families == [(0,), (1,)]
