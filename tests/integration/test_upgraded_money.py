"""Money of a book of an older schema that moves only after its upgrade."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import INR, AttemptState, PaymentFact
from desktop_app.services.ports.gateway import OrderFact, RefundFact
from desktop_app.storage import migrate
from desktop_app.storage.store import DATABASE, open_store
from tests.clock import TestClock
from tests.integration.test_after_payment import balance
from tests.proofs import old_book
from tests.proofs.old_book import FEE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.storage.store import SqlStore
    from tests.integration.conftest import Counter

PART, PARTLY, WHOLE, HELD, DECIDED, PENDING = 3_333, 3, 4, 6, 7, 9


@pytest.fixture(scope="module", params=[1, 3])
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of ten fees, with refunds on their way, after this program opened it."""
    path = tmp_path_factory.mktemp("upgraded") / DATABASE
    old_book.write(path, 10, 1)
    with closing(sqlite3.connect(path)) as book:
        book.execute("UPDATE refunds SET state = 'pending' WHERE state = 'processed'")
        book.commit()
    migrate.upgrade(path, f"{request.param:04}")
    open_store(path.parent, TestClock().now).close()
    return path


@pytest.fixture
def store(upgraded: Path, tmp_path: Path, clock: TestClock) -> Iterator[SqlStore]:
    """Return a copy of the upgraded book."""
    shutil.copyfile(upgraded, tmp_path / DATABASE)
    opened = open_store(tmp_path, clock.now)
    yield opened
    opened.close()


def adds_up(counter: Counter) -> bool:
    """Return whether what the doctor computes and every seal hold; the file has no anchor yet."""
    reader = counter.context.store.reader
    return reader.balances.differences() == () and reader.audit.first_unsealed() is None


def known(counter: Counter, number: int, back: int, status: str) -> None:
    """Add an old payment and its refund at the gateway."""
    now = int(counter.clock.now().timestamp())
    payment_id = f"pay_{number}"
    counter.gateway.payments[payment_id] = PaymentFact(
        payment_id, f"order_{number}", FEE, INR, "captured", captured=True, created_at=now,
        amount_refunded_paise=0 if status == "failed" else back, method="upi",
    )  # fmt: skip
    if back:
        counter.gateway.refunds[payment_id] = RefundFact(
            f"rfnd_{number}", payment_id, back, status, now, f"f{number}"
        )


def state(counter: Counter, number: int) -> tuple[str, int]:
    due = next(row for row in counter.ledger()["dues"] if row["id"] == f"d{number}")
    return due["state"], due["balance"]


def kept(counter: Counter, number: int) -> int:
    """Return what the books have allocated of a payment."""
    return sum(
        row["amount"] for row in counter.ledger()["allocations"] if row["due"] == f"d{number}"
    )


@pytest.mark.parametrize("status", ["failed", "processed"])
def test_a_refund_of_a_part_that_was_pending_ends_after_the_upgrade(
    counter: Counter, status: str
) -> None:
    before = balance(counter)
    known(counter, PARTLY, PART, status)
    counter.polling.reconcile()
    assert adds_up(counter)
    assert kept(counter, PARTLY) == (FEE if status == "failed" else FEE - PART)
    assert state(counter, PARTLY) == ("paid", 0)
    by = PART if status == "failed" else 0
    assert balance(counter)["fees"] == before["fees"] - by
    assert balance(counter)["to_return"] == before["to_return"]


def test_a_whole_refund_that_was_pending_and_fails_is_held(counter: Counter) -> None:
    before = {each.uid for each in counter.desk.unapplied.held()}
    known(counter, WHOLE, FEE, "failed")
    counter.polling.reconcile()
    assert adds_up(counter)
    [card] = [each for each in counter.desk.unapplied.held() if each.uid not in before]
    assert (card.payment_id, card.amount) == (f"pay_{WHOLE}", Money(FEE))
    assert state(counter, WHOLE) == ("cancelled", 0)


def test_held_money_is_enrolled_after_the_upgrade_and_goes_back(counter: Counter) -> None:
    known(counter, HELD, 0, "")
    counter.desk.unapplied.enrol(f"p{HELD}")
    assert adds_up(counter)
    assert (state(counter, HELD), kept(counter, HELD)) == (("paid", 0), FEE)
    counter.desk.refunds.refund(f"pay_{HELD}", Money(PART), "a part")
    assert adds_up(counter)
    counter.desk.refunds.refund(f"pay_{HELD}", None, "the rest")
    assert adds_up(counter)
    assert (state(counter, HELD), kept(counter, HELD)) == (("cancelled", 0), 0)


def test_money_decided_before_the_upgrade_goes_back_and_its_refund_fails(counter: Counter) -> None:
    known(counter, DECIDED, 0, "")
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(f"pay_{DECIDED}", Money(PART), "a part")
    assert adds_up(counter)
    assert kept(counter, DECIDED) == FEE - PART
    counter.gateway.settle_refund(next(iter(counter.gateway.refunds)), "failed")
    counter.polling.reconcile()
    assert adds_up(counter)
    assert (state(counter, DECIDED), kept(counter, DECIDED)) == (("paid", 0), FEE)


def test_a_code_shown_before_the_upgrade_is_paid_after_it(counter: Counter) -> None:
    with counter.context.store.reading() as books:
        attempt = books.attempts.get(f"a{PENDING}")
    assert attempt.state is AttemptState.AWAITING
    now = int(counter.clock.now().timestamp())
    counter.gateway.orders[f"order_{PENDING}"] = OrderFact(
        f"order_{PENDING}", attempt.order_receipt, FEE, FEE, 0, INR, "paid", 1, now
    )
    known(counter, PENDING, 0, "")
    counter.polling.reconcile()
    assert adds_up(counter)
    assert (state(counter, PENDING), kept(counter, PENDING)) == (("paid", 0), FEE)
