"""Test money beside real money, and a clean book before the first real fee."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from desktop_app.documents.receipt_html import PAPERS
from desktop_app.domain.check_code import Verdict
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.connectivity import ConnectionMonitor
from desktop_app.services.errors import DatabaseLockedError, TamperedError
from desktop_app.services.identity.book import BEFORE, BOOK_ID
from desktop_app.services.identity.foreign_orders import ForeignOrders, shared_code
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.maintenance.clean_start import CleanStart
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.receipts.issuing import ReceiptService
from desktop_app.services.receipts.verification import ReceiptVerifier
from desktop_app.services.views.dues import LineKind
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.services.views.settings import KeyMode, KeysView
from desktop_app.storage.book_contents import read_contents
from desktop_app.storage.store import BACKUPS, DATABASE
from tests.composed_desk import EmptyKeyVault
from tests.fake_gateway import FakeGateway
from tests.integration.test_receipt_checks import MemoryKeyring
from tests.memory_registry import MemoryRegistry
from tests.two_folders import FEE, FolderDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.views.payments import AttemptView
    from tests.clock import TestClock

TEST_KEY, LIVE_KEY = "rzp_test_fake000000001", "rzp_live_fake000000001"
LIVE = KeysView("rzp_live_••••0001", KeyMode.LIVE, "keyring")
STAMP = "TEST MONEY - NOT A RECEIPT"


@pytest.fixture
def gateway(clock: TestClock) -> FakeGateway:
    return FakeGateway(clock, key_id=TEST_KEY)


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


@pytest.fixture
def start(
    tmp_path: Path, registry: MemoryRegistry, gateway: FakeGateway, clock: TestClock
) -> Iterator[Callable[[], FolderDesk]]:
    """Return a function that starts the desk of the one folder, as often as asked."""
    opened: list[FolderDesk] = []

    def begin() -> FolderDesk:
        for desk in opened:
            desk.close()
        folder = tmp_path / "data"
        desk = FolderDesk(folder, registry, cast("PaymentGateway", gateway), clock)
        opened.append(desk)
        return desk

    yield begin
    for desk in opened:
        desk.close()


def pay(desk: FolderDesk, gateway: FakeGateway, roll_no: str) -> AttemptView:
    """Collect a fee by UPI; return the paid attempt."""
    shown = desk.shown(roll_no)
    gateway.pay(shown.qr_text or "")
    desk.desk.polling.run(asked=True)
    return desk.desk.payments.view(shown.uid)


def offer(desk: FolderDesk, keys: KeysView = LIVE) -> CleanStart:
    return CleanStart(desk.context, desk.registry, lambda: keys)


def page(
    desk: FolderDesk, *, method: str = "", text: str = "", state: str = ""
) -> tuple[int, int, int]:
    """Return how many payments match, what is counted and what is not, in paise."""
    which = PaymentFilter(method=method, text=text, state=state)
    found = desk.desk.receipts.payments(which)
    assert found.sum is not None
    assert found.uncounted is not None
    return found.total, found.sum.paise, found.uncounted.paise


def rows(path: Path, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as raw:
        return raw.execute(f"SELECT {columns} FROM {table} ORDER BY rowid").fetchall()


def edit(path: Path, sql: str, *values: str) -> None:
    """Edit receipts in the file, as a person with a tool does."""
    triggers = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'receipts'"
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        found = raw.execute(triggers).fetchall()
        for name, _ in found:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(sql, values)
        for _, made in found:
            raw.execute(made)


# --- test money is marked, and in no total


def test_a_sum_counts_real_money_only_and_says_the_rest(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    desk.cash("R002")
    gateway.key_id = LIVE_KEY
    pay(desk, gateway, "R003")
    fee = FEE.paise
    assert page(desk) == (3, 2 * fee, fee)
    assert page(desk, method="upi") == (2, fee, fee)
    assert page(desk, method="cash") == (1, fee, 0)
    assert page(desk, text="R001") == (1, 0, fee)
    assert page(desk, text="R003") == (1, fee, 0)
    assert page(desk, state="test") == (1, 0, fee)
    since = desk.context.now() - timedelta(hours=1)
    today = desk.desk.receipts.payments(PaymentFilter(since=since))
    assert (today.sum, today.uncounted) == (Money(2 * fee), Money(fee))
    totals = desk.desk.receipts.totals(since)
    assert (totals.all.count, totals.all.collected) == (2, Money(2 * fee))
    assert (totals.by_kind["upi"].collected, totals.uncounted) == (Money(fee), Money(fee))
    assert [row.mode.value for row in today.rows] == ["live", "live", "test"]
    history = {
        roll: desk.desk.students.detail(desk.desk.students.find(roll).uid).history[0].mode
        for roll in ("R001", "R002", "R003")
    }
    assert history == {"R001": MoneyMode.TEST, "R002": MoneyMode.LIVE, "R003": MoneyMode.LIVE}
    said = {
        roll: [
            each.mode
            for each in desk.desk.dues.account(desk.desk.students.find(roll).uid).lines
            if each.kind is LineKind.PAID
        ]
        for roll in history
    }
    assert said == {roll: [mode] for roll, mode in history.items()}


def test_training_sums_its_own_money(
    tmp_path: Path, registry: MemoryRegistry, gateway: FakeGateway, clock: TestClock
) -> None:
    ports = registry, cast("PaymentGateway", gateway), clock
    desk = FolderDesk(tmp_path / "training", *ports, is_training=True)
    pay(desk, gateway, "R001")
    desk.cash("R002")
    assert page(desk) == (2, 2 * FEE.paise, 0)
    assert page(desk, method="upi") == (1, FEE.paise, 0)
    assert page(desk, text="R001") == (1, FEE.paise, 0)
    with pytest.raises(InvalidInputError, match="practice mode"):
        desk.desk.clean_start.start()
    assert offer(desk).question() is None
    desk.close()


def test_a_receipt_of_test_money_says_so_on_every_paper_and_when_it_is_checked(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    test, real = pay(desk, gateway, "R001"), desk.begin("R002", Method.CASH)
    receipts = ReceiptService(desk.context, ReceiptVerifier(desk.context, MemoryKeyring()))
    verdicts = {}
    for paid, is_test in ((test, True), (real, False)):
        uid = paid.receipt_uid or ""
        for paper in PAPERS:
            for language, words in (("en", STAMP), ("hi", "टेस्ट पेमेंट - यह रसीद नहीं है")):
                assert (words in receipts.html(uid, paper, language)) is is_test
        stamp = (
            ReceiptVerifier(desk.context, _keys(receipts)).with_code(receipts.receipt(uid)).stamp
        )
        assert stamp is not None
        verdicts[is_test] = receipts.check(stamp.text).verdict
    assert verdicts == {True: Verdict.TEST, False: Verdict.GENUINE}


def _keys(receipts: ReceiptService) -> MemoryKeyring:
    checks = receipts._need_checks()
    return cast("MemoryKeyring", checks._keys)


def test_an_old_receipt_without_a_mode_in_its_content_is_marked_by_its_row(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    """An earlier version gave it a number of the real series; its content stays to the byte."""
    desk = start()
    uid = pay(desk, gateway, "R001").receipt_uid or ""
    path = desk.folder / DATABASE
    [content] = [json.loads(str(row)) for (row,) in rows(path, "receipts", "content")]
    del content["mode"]
    text = json.dumps(content, ensure_ascii=False)
    edit(path, "UPDATE receipts SET content = ?, number = 'D1/26-27/000001'", text)
    receipts = ReceiptService(desk.context, ReceiptVerifier(desk.context, MemoryKeyring()))
    assert STAMP in receipts.html(uid, "a5", "en")
    verifier = ReceiptVerifier(desk.context, _keys(receipts))
    stamp = verifier.with_code(receipts.receipt(uid)).stamp
    assert stamp is not None
    assert stamp.number == "D1/26-27/000001"
    assert receipts.check(stamp.text).verdict is Verdict.TEST
    assert desk.store.reader.balances.differences() == ()
    assert rows(path, "receipts", "content") == [(text,)]
    edit(path, "UPDATE receipts SET mode = 'live'")
    [found] = desk.store.reader.balances.differences()
    assert found == f"mode of receipt {uid}", "who takes the mark away is told by the doctor"


def test_test_money_that_comes_after_going_live_is_test_money(
    start: Callable[[], FolderDesk], gateway: FakeGateway, clock: TestClock
) -> None:
    """The attempt of the other mode ends by the clock; its money is booked with the old keys."""
    desk = start()
    shown = desk.shown("R001")
    gateway.key_id = LIVE_KEY
    clock.advance(timedelta(hours=1).total_seconds())
    desk.desk.polling.reconcile()
    assert desk.desk.payments.view(shown.uid).state is AttemptState.EXPIRED
    gateway.key_id = TEST_KEY
    gateway.pay(shown.qr_text or "")
    desk.desk.polling.reconcile()
    [row] = desk.desk.receipts.payments(PaymentFilter()).rows
    assert (row.mode, row.is_late, (row.receipt_no or "")[:4]) == (MoneyMode.TEST, True, "D1T/")
    assert page(desk) == (1, 0, FEE.paise)


# --- a clean book


def test_the_question_is_asked_with_live_keys_until_it_is_answered(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    assert offer(desk).question() is None, "nothing was tried"
    pay(desk, gateway, "R001")
    desk.begin("R002", Method.UPI_INTENT)
    assert offer(desk).question() is None, "a payment is open"
    for view in desk.desk.payments.waiting():
        desk.desk.payments.cancel(view.uid)
    for mode in (KeyMode.TEST, KeyMode.NONE, KeyMode.SANDBOX):
        assert offer(desk, LIVE._replace(mode=mode)).question() is None
    asked = offer(desk).question()
    assert asked is not None
    assert (asked.enrollments, asked.payments, asked.receipts) == (2, 1, 1)
    offer(desk).keep()
    assert offer(desk).question() is None
    assert "book.trial_kept" in desk.actions()
    assert desk.desk.clean_start.start().counts.payments == 1, "the command still does it"


def note_of_test_fees(desk: FolderDesk, keys: KeysView = LIVE) -> CheckResult | None:
    class Vault(EmptyKeyVault):
        def view(self) -> KeysView:
            return keys

    results = HealthChecks(desk.context, ConnectionMonitor(desk.context.clock), Vault(), ()).run()
    return next((each for each in results if each.name == "test payments"), None)


def test_the_doctor_counts_the_fees_that_test_keys_pay(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    assert note_of_test_fees(desk) is None
    first = pay(desk, gateway, "R001")
    pay(desk, gateway, "R002")
    assert note_of_test_fees(desk, LIVE._replace(mode=KeyMode.TEST)) is None
    found = note_of_test_fees(desk)
    assert found is not None
    assert found.health is Health.NOTE
    assert found.values == {"amount": Money(2 * FEE.paise), "count": 2}
    assert "pravesh desk clean" in found.advice
    offer(desk).keep()
    desk.cash("R003")
    found = note_of_test_fees(desk)
    assert found is not None
    assert found.values == {"amount": Money(2 * FEE.paise), "count": 2}, "real money is none of it"
    assert "refund" in found.advice
    assert first.payment_id is not None
    [enrollment] = desk.desk.refunds.ending(first.payment_id, FEE)
    desk.desk.refunds.refund(first.payment_id, None, "a test", kept=[enrollment.uid])
    desk.desk.outbox.run(everything=True)
    found = note_of_test_fees(desk)
    assert found is not None
    assert found.values == {"amount": FEE, "count": 1}


def test_a_clean_book_keeps_all_but_what_was_tried(
    start: Callable[[], FolderDesk], gateway: FakeGateway, registry: MemoryRegistry
) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    pay(desk, gateway, "R002")
    desk.desk.settings.put("centre.name", "Vidya")
    before, path = desk.setting(BOOK_ID), desk.folder / DATABASE
    kept = {table: rows(path, table) for table in ("students", "courses", "families")}
    gateway.key_id = LIVE_KEY
    done = offer(desk).start()
    assert done.archive.parent == desk.folder / BACKUPS
    assert {table: rows(path, table) for table in kept} == kept
    assert desk.context.settings().centre.name == "Vidya"
    for table in ("payments", "receipts", "enrollments", "attempts", "dues", "ledger_entries"):
        assert rows(path, table) == []
        assert rows(done.archive, table), f"{table} is in the archive"
    assert (desk.setting(BOOK_ID), desk.setting(BEFORE)) == (done.book_id, before)
    assert done.book_id != before
    assert read_contents(done.archive).head is not None
    assert desk.actions()[0] == "book.begun_clean"
    assert AuditVerifier(desk.context).verify() is None
    assert list((desk.folder / BACKUPS).glob("daily-*")), "the new book has its own backup"
    assert desk.cash("R001") == "D1/26-27/000001"
    assert pay(desk, gateway, "R002").receipt_no == "D1/26-27/000002"
    assert registry.place(done.book_id) == desk.folder
    again = start()
    assert again.identity.question() is None
    assert not {"trail.rewound", "trail.unproven", "anchor.deleted"} & set(again.actions())
    assert AuditVerifier(again.context).verify() is None
    assert again.desk.students.search("R001")


def test_real_money_and_what_may_become_real_money_refuse_it(
    start: Callable[[], FolderDesk], gateway: FakeGateway, clock: TestClock
) -> None:
    desk = start()
    with pytest.raises(InvalidInputError, match="This desk has no test payments"):
        offer(desk).start()
    pay(desk, gateway, "R001")
    shown = desk.shown("R002")
    with pytest.raises(InvalidInputError, match="still pending"):
        offer(desk).start()
    desk.desk.payments.cancel(shown.uid)
    gateway.key_id = LIVE_KEY
    live = desk.shown("R003")
    desk.desk.payments.cancel(live.uid)
    with pytest.raises(InvalidInputError, match="live keys"):
        offer(desk).start()
    gateway.pay(live.qr_text or "")
    desk.desk.polling.reconcile()
    with pytest.raises(InvalidInputError, match="real payments"):
        offer(desk).start()
    assert not list((desk.folder / BACKUPS).glob("test-*"))


def test_cash_is_real_money(start: Callable[[], FolderDesk], gateway: FakeGateway) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    desk.cash("R002")
    assert offer(desk).question() is None
    with pytest.raises(InvalidInputError, match="real payments"):
        offer(desk).start()


def test_another_program_on_the_book_leaves_it_as_it_is(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    path = desk.folder / DATABASE
    before = rows(path, "payments")
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM payments").fetchone()
        with pytest.raises(DatabaseLockedError):
            offer(desk).start()
    assert rows(path, "payments") == before
    assert not list(desk.folder.glob(".*clean*"))
    assert desk.cash("R002") == "D1/26-27/000001", "it records again"


def test_a_book_that_was_edited_is_not_replaced(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    with closing(sqlite3.connect(desk.folder / DATABASE, isolation_level=None)) as raw:
        raw.execute("UPDATE students SET name = 'Somebody Else'")
    with pytest.raises(TamperedError):
        offer(desk).start()


def test_a_number_of_the_real_series_that_was_used_is_not_used_again(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    """Versions before gave test money receipts of the real series."""
    desk = start()
    pay(desk, gateway, "R001")
    with desk.store.writing() as work:
        work.receipts.advance_series("D1", "26-27", 7)
        work.commit()
    offer(desk).start()
    assert desk.cash("R001") == "D1/26-27/000008"


def test_orders_of_the_archived_book_are_nobody_elses(
    start: Callable[[], FolderDesk], gateway: FakeGateway
) -> None:
    desk = start()
    pay(desk, gateway, "R001")
    orders = tuple(gateway.orders.values())
    offer(desk).start()
    ForeignOrders(desk.context).notice(orders)
    assert shared_code(desk.context) == ""


def test_a_crash_between_the_swap_and_the_anchor_loses_nothing(
    start: Callable[[], FolderDesk], gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = start()
    pay(desk, gateway, "R001")

    def crash(_anchor: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(desk.store._anchor, "write", crash)
        with pytest.raises(KeyboardInterrupt):
            offer(desk).start()
    again = start()
    assert again.setting(BEFORE)
    assert not {"trail.rewound", "trail.unproven"} & set(again.actions())
    assert AuditVerifier(again.context).verify() is None
    assert again.cash("R002") == "D1/26-27/000001"
