"""A book that was moved, copied or restored elsewhere; and two desks with one code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.desk_code import free_code
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.reference import is_of_book, make_reference
from desktop_app.services.connectivity import WRITES
from desktop_app.services.errors import (
    BookUndecidedError,
    DiskFullError,
    ServiceError,
    UnavailableError,
)
from desktop_app.services.identity.book import BOOK_ID, CODE, INSTALLATION, KIND
from desktop_app.services.identity.checks import check_book, check_code, check_registry
from desktop_app.services.identity.foreign_orders import (
    SHARED,
    ForeignOrders,
    codes_of_others,
    shared_code,
)
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.ports.gateway import PaymentGateway
from desktop_app.services.views.maintenance import Health
from desktop_app.storage.store import DATABASE
from tests.fake_gateway import FakeGateway
from tests.memory_registry import MemoryRegistry
from tests.two_folders import FolderDesk, copy_book, copy_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.clock import TestClock

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
Open = "Callable[..., FolderDesk]"


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


@pytest.fixture
def gateway(clock: TestClock) -> FakeGateway:
    return FakeGateway(clock)


@pytest.fixture
def start(
    registry: MemoryRegistry, gateway: FakeGateway, clock: TestClock
) -> Iterator[Callable[..., FolderDesk]]:
    """Return a function that opens the desk of a folder."""
    opened: list[FolderDesk] = []

    def new(folder: Path, known: MemoryRegistry | None = None, **more: bool) -> FolderDesk:
        opened.append(FolderDesk(folder, known or registry, gateway, clock, **more))
        return opened[-1]

    yield new
    for each in opened:
        each.close()


@pytest.fixture
def first(start: Callable[..., FolderDesk], tmp_path: Path) -> FolderDesk:
    """Return a desk that has taken one fee in cash."""
    desk = start(tmp_path / "first")
    desk.cash("R001")
    return desk


def copied(first: FolderDesk, tmp_path: Path) -> Path:
    first.close()
    return copy_folder(first.folder, tmp_path / "second")


# --- the id


def test_a_new_book_gets_an_id_its_kind_and_its_installation(first: FolderDesk) -> None:
    assert len(first.setting(BOOK_ID)) == 36
    assert first.setting(KIND) == "live"
    assert first.setting(INSTALLATION) == first.registry.installation_id()
    assert first.registry.place(first.setting(BOOK_ID)) == first.folder
    assert first.actions()[0] == "book.identified"
    assert check_book(first.identity).health is Health.GOOD


def test_a_training_book_says_so(start: Callable[..., FolderDesk], tmp_path: Path) -> None:
    assert start(tmp_path / "training", is_training=True).setting(KIND) == "training"


def test_a_book_older_than_ids_gets_one_at_its_first_start(
    start: Callable[..., FolderDesk], tmp_path: Path, template: Path
) -> None:
    old = start(tmp_path / "old", is_checked=False)
    old.close()
    assert not old.setting(BOOK_ID)
    now = start(tmp_path / "old")
    assert now.setting(BOOK_ID)
    assert now.store.refusal is None
    assert start(tmp_path / "old").setting(BOOK_ID) == now.setting(BOOK_ID)


def test_a_start_in_its_own_folder_asks_and_writes_nothing(
    first: FolderDesk, start: Callable[..., FolderDesk]
) -> None:
    first.close()
    before = (first.folder / DATABASE).read_bytes()
    again = start(first.folder)
    assert again.identity.question() is None
    assert again.store.refusal is None
    again.close()
    assert (first.folder / DATABASE).read_bytes() == before


@pytest.mark.parametrize("method", CHANNELS)
def test_every_reference_carries_the_tag_of_the_book(
    first: FolderDesk, gateway: FakeGateway, method: Method
) -> None:
    first.shown("R002", method)
    seen = [
        *(order.receipt for order in gateway.orders.values()),
        *(link.reference for link in gateway.links.values()),
        *(code.reference for code in gateway.codes.values()),
    ]
    own = [each for each in seen if each]
    assert own
    assert all(is_of_book(each, first.setting(BOOK_ID)) for each in own)
    assert all(len(each) <= 40 for each in own)


def test_an_attempt_from_before_tags_goes_on(
    first: FolderDesk, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(
            "desktop_app.services.payments.begin.reference_of",
            lambda _context, _work, uid: f"D1-{uid.replace('-', '')}",
        )
        view = first.shown("R002")
    gateway.pay(view.qr_text or "")
    first.desk.polling.run()
    assert first.desk.payments.view(view.uid).state is AttemptState.PAID
    assert not shared_code(first.context)


# --- a copied folder


def test_a_copied_folder_reads_everything_and_records_nothing(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    view = first.shown("R002")
    second = start(copied(first, tmp_path))
    gateway.pay(view.qr_text or "")
    calls = len(gateway.calls)
    assert second.numbers() == ["D1/26-27/000001"]
    assert second.desk.students.find("R001").name == "Student R001"
    for refused in (
        lambda: second.cash("R001", "CHE-11"),
        lambda: second.desk.payments.open(view.uid),
        lambda: second.desk.payments.cancel(view.uid),
        lambda: second.desk.settings.put("centre.name", "Another"),
        second.desk.polling.reconcile,
    ):
        with pytest.raises(BookUndecidedError):
            refused()
    look = second.desk.polling.run()
    assert look.next_in_s is None
    assert second.desk.backups.make_daily() is None
    assert not WRITES.intersection(gateway.calls[calls:])
    assert not second.paid_ids()
    assert check_book(second.identity).health is Health.BAD


def test_what_was_authorised_is_not_captured_by_a_copy(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    gateway.auto_capture = False
    view = first.shown("R002")
    second = start(copied(first, tmp_path))
    gateway.pay(view.qr_text or "")
    second.desk.polling.run(asked=True)
    assert "capture" not in gateway.calls
    held = second.context.gateway()
    for name in WRITES:
        with pytest.raises(BookUndecidedError):
            getattr(held, name)


def test_the_calls_that_are_held_back_are_those_that_write() -> None:
    reads = {"now", "save_image", "ping", "is_genuine"}
    names = {name for name in vars(PaymentGateway) if not name.startswith("_")} - {"key_id"}
    looks = {
        name
        for name in names
        if name in reads
        or name.startswith(("find_", "fetch_"))
        or "_of" in name or "_since" in name or "_between" in name or name == "disputes"
    }  # fmt: skip
    assert names - looks == WRITES


def test_a_moved_book_goes_on_and_its_old_folder_asks(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    second = start(copied(first, tmp_path))
    book = second.setting(BOOK_ID)
    question = second.identity.question()
    assert question is not None
    assert (question.place, question.folder) == (first.folder, second.folder)
    second.identity.moved()
    assert second.identity.question() is None
    assert second.cash("R002") == "D1/26-27/000002"
    assert second.setting(BOOK_ID) == book
    assert "book.moved" in second.actions()
    assert start(second.folder).store.refusal is None
    assert isinstance(start(first.folder).store.refusal, BookUndecidedError)


def test_a_copy_gets_another_id_code_and_series(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    second = start(copied(first, tmp_path))
    before = second.setting(BOOK_ID)
    report = second.identity.copied()
    assert second.setting(BOOK_ID) != before
    assert second.code == report.code
    assert report.code[:2] != "D1"
    assert second.cash("R002") == f"{report.code}/26-27/000001"
    assert start(first.folder).cash("R002") == "D1/26-27/000002"
    assert AuditVerifier(second.context).verify() is None
    assert "book.copied" in second.actions()
    again = start(second.folder)
    assert again.store.refusal is None
    assert start(first.folder).store.refusal is None


def test_a_code_can_be_chosen_for_a_copy_but_not_like_another(
    first: FolderDesk, start: Callable[..., FolderDesk], registry: MemoryRegistry, tmp_path: Path
) -> None:
    registry.remember_place("another", tmp_path / "another", "K7")
    second = start(copied(first, tmp_path))
    for taken in ("D1", "d1", "D1A", "K7", "K7B", "nonsense"):
        with pytest.raises(InvalidInputError):
            second.identity.copied(taken)
    assert isinstance(second.store.refusal, BookUndecidedError)
    assert second.identity.copied("B2").code == "B2"


def test_there_is_nothing_to_decide_where_nothing_was_copied(first: FolderDesk) -> None:
    for decide in (first.identity.moved, first.identity.copied):
        with pytest.raises(ServiceError):
            decide()
    assert first.code == "D1"


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("is_ended", [False, True])
def test_what_was_open_stays_with_the_original(
    first: FolderDesk,
    start: Callable[..., FolderDesk],
    gateway: FakeGateway,
    tmp_path: Path,
    method: Method,
    is_ended: bool,
) -> None:
    view = first.shown("R002", method)
    if is_ended:
        first.desk.payments.cancel(view.uid)
    second = start(copied(first, tmp_path))
    calls = len(gateway.calls)
    report = second.identity.copied()
    assert report.attempts == 1
    assert gateway.calls[calls:] == []
    gateway.pay(view.qr_text or "")
    original = start(first.folder)
    for desk in (second, original):
        desk.desk.polling.run(asked=True)
        desk.desk.polling.reconcile()
    assert len(original.paid_ids()) == 1
    assert not second.paid_ids()
    assert second.desk.payments.view(view.uid).state is AttemptState.CANCELLED
    assert AuditVerifier(second.context).verify() is None


def test_a_second_payment_on_an_order_of_the_original_is_not_booked_by_the_copy(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    view = first.shown("R002")
    gateway.pay(view.qr_text or "")
    first.desk.polling.run()
    before = first.paid_ids()
    second = start(copied(first, tmp_path))
    second.identity.copied()
    (paid,) = gateway.payments.values()
    gateway.payments["pay_again"] = replace(paid, payment_id="pay_again")
    original = start(first.folder)
    for desk in (second, original):
        desk.desk.polling.reconcile()
    assert second.paid_ids() == before
    assert original.paid_ids() == {*before, "pay_again"}


def test_the_copy_makes_an_order_of_its_own_for_a_fee_that_was_open(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    view = first.shown("R002")
    second = start(copied(first, tmp_path))
    second.identity.copied()
    fresh = second.shown("R002")
    assert fresh.uid != view.uid
    assert len(gateway.orders) == 2
    newest = list(gateway.orders.values())[-1]
    assert is_of_book(newest.receipt, second.setting(BOOK_ID))
    gateway.pay(fresh.qr_text or "")
    second.desk.polling.run()
    assert second.desk.payments.view(fresh.uid).state is AttemptState.PAID
    original = start(first.folder)
    original.desk.polling.reconcile()
    assert not original.paid_ids()


def test_what_waits_to_be_sent_is_sent_by_the_original(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    view = first.shown("R002")
    gateway.pay(view.qr_text or "")
    first.desk.polling.run()
    paid = next(iter(first.paid_ids()))
    gateway.down = UnavailableError("offline")
    first.desk.refunds.refund(paid, None, "leaves")
    gateway.down = None
    second = start(copied(first, tmp_path))
    report = second.identity.copied()
    assert report.commands == 1
    second.desk.polling.reconcile()
    assert not gateway.refunds
    assert not second.desk.outbox.commands()
    assert "errand.left" in second.actions()
    original = start(first.folder)
    original.desk.polling.reconcile()
    assert len(gateway.refunds) == 1
    second.desk.polling.reconcile()
    (refund,) = [each for each in second.desk.refunds.of(paid) if each.state.value == "processed"]
    assert refund.amount == view.amount


def test_what_waits_for_a_decision_is_decided_by_the_original(
    first: FolderDesk, start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    view = first.shown("R002")
    first.desk.payments.cancel(view.uid)
    first.cash("R002")
    gateway.pay(view.qr_text or "")
    first.desk.polling.reconcile()
    assert len(first.desk.unapplied.held()) == 1
    second = start(copied(first, tmp_path))
    assert second.identity.copied().held == 1
    assert second.desk.unapplied.held() == ()
    assert len(start(first.folder).desk.unapplied.held()) == 1


# --- another installation, and restores


def test_another_installation_asks(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    folder, new_pc = copied(first, tmp_path), MemoryRegistry("new PC")
    second = start(folder, new_pc)
    question = second.identity.question()
    assert question is not None
    assert question.place is None
    second.identity.moved()
    assert second.setting(INSTALLATION) == "new PC"
    assert start(folder, new_pc).store.refusal is None


def test_the_same_folder_by_another_name_asks_nothing(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    first.close()
    (tmp_path / "link").symlink_to(first.folder)
    assert start(tmp_path / "link").store.refusal is None


def test_a_training_book_follows_its_folder(
    start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    training = start(tmp_path / "one" / "training", is_training=True)
    training.close()
    folder = copy_folder(training.folder, tmp_path / "two")
    assert start(folder, MemoryRegistry("other"), is_training=True).store.refusal is None


def test_a_restore_of_the_desks_own_backup_asks_nothing(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    first.desk.backups.make(tmp_path / "backup.sqlite3")
    first.close()
    copy_book(first.folder, tmp_path / "kept.sqlite3")
    (first.folder / DATABASE).write_bytes((tmp_path / "backup.sqlite3").read_bytes())
    assert start(first.folder).store.refusal is None


def test_a_backup_older_than_ids_gets_back_the_id_of_its_folder(
    start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    old = start(tmp_path / "desk", is_checked=False)
    old.desk.settings.put("centre.name", "Vidya")
    old.close()
    copy_book(old.folder, tmp_path / "backup.sqlite3")
    book = start(old.folder).setting(BOOK_ID)
    (old.folder / DATABASE).write_bytes((tmp_path / "backup.sqlite3").read_bytes())
    assert start(old.folder).setting(BOOK_ID) == book


def test_a_new_book_in_a_used_folder_is_another_book(
    first: FolderDesk, start: Callable[..., FolderDesk]
) -> None:
    book = first.setting(BOOK_ID)
    first.close()
    (first.folder / DATABASE).unlink()
    (first.folder / "audit-anchor.json").unlink()
    assert start(first.folder).setting(BOOK_ID) != book


def test_a_system_that_remembers_nothing_asks_nothing(
    first: FolderDesk, start: Callable[..., FolderDesk], tmp_path: Path
) -> None:
    forgetful = MemoryRegistry("each time another")
    forgetful.is_kept = False
    forgetful.is_in_keyring = False
    second = start(copied(first, tmp_path), forgetful)
    assert second.store.refusal is None
    assert check_registry(forgetful).health is Health.NOTE


# --- two desks with one code


def restore(desk: FolderDesk, backup: Path, start: Callable[..., FolderDesk]) -> FolderDesk:
    desk.close()
    (desk.folder / DATABASE).write_bytes(backup.read_bytes())
    return start(desk.folder)


def test_a_restored_desk_offers_no_money_of_another_desk(
    start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    ours.cash("R001")
    ours.close()
    backup = copy_book(ours.folder, tmp_path / "backup.sqlite3")
    ours = start(ours.folder)
    lost = ours.shown("R002")
    gateway.pay(lost.qr_text or "")
    ours.desk.polling.run()
    own = ours.paid_ids()
    view = theirs.shown("R003")
    gateway.pay(view.qr_text or "")
    theirs.desk.polling.run()
    ours = restore(ours, backup, start)
    ours.desk.polling.reconcile()
    assert ours.paid_ids() == own
    assert theirs.paid_ids().isdisjoint(own)
    assert len(theirs.paid_ids()) == 1


@pytest.mark.parametrize("is_ours", [True, False])
def test_references_from_before_tags_are_traced_by_their_student(
    start: Callable[..., FolderDesk],
    gateway: FakeGateway,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_ours: bool,
) -> None:
    monkeypatch.setattr(
        "desktop_app.services.payments.begin.reference_of",
        lambda _context, _work, uid: f"D1-{uid.replace('-', '')}",
    )
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    ours.cash("R001")
    backup = copy_book(ours.folder, tmp_path / "backup.sqlite3")
    ours.desk.backups.make(backup)
    ours.cash("R005")
    desk = ours if is_ours else theirs
    gateway.pay(desk.shown("R001", course="CHE-11").qr_text or "")
    desk.desk.polling.run()
    ours = restore(ours, backup, start)
    ours.desk.polling.reconcile()
    assert len(ours.paid_ids()) == int(is_ours)


def test_another_desk_under_this_code_is_reported_once_and_nothing_booked(
    start: Callable[..., FolderDesk], gateway: FakeGateway, clock: TestClock, tmp_path: Path
) -> None:
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    ours.shown("R001")
    other = theirs.shown("R002")
    gateway.pay(other.qr_text or "")
    for _look in range(5):
        ours.desk.polling.run()
        clock.advance(2)
    assert ours.actions().count("desk.code_shared") == 1
    assert shared_code(ours.context) == "D1"
    assert check_code(ours.context).health is Health.BAD
    assert not ours.paid_ids()
    ours.desk.settings.put(CODE, "K7")
    assert not shared_code(ours.context)
    assert check_code(ours.context).health is Health.GOOD


def test_the_report_ends_once_the_other_desk_has_another_code(
    start: Callable[..., FolderDesk], gateway: FakeGateway, clock: TestClock, tmp_path: Path
) -> None:
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    ours.shown("R001")
    theirs.shown("R002")
    ours.desk.polling.run()
    theirs.desk.settings.put(CODE, "K7")
    clock.advance(7 * 86_400)
    assert not shared_code(ours.context)
    ours.shown("R003")
    theirs.shown("R004")
    ours.desk.polling.run()
    assert not shared_code(ours.context)


def test_an_order_that_only_a_list_shows_is_no_other_desk(
    first: FolderDesk, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = first.shown("R002")
    foreign = make_reference("D1", "another book", view.uid)
    listed = gateway.orders_since

    def lying(since: int, **more: object) -> tuple[object, ...]:
        return tuple(replace(each, receipt=foreign) for each in listed(since, **more))  # type: ignore[arg-type]

    monkeypatch.setattr(gateway, "orders_since", lying)
    first.desk.polling.run()
    assert not first.setting(SHARED)


def test_a_payment_is_found_though_the_report_cannot_be_written(
    start: Callable[..., FolderDesk],
    gateway: FakeGateway,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    view = ours.shown("R001")
    theirs.shown("R002")

    def full(*_given: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(ForeignOrders, "_record", full)
    gateway.pay(view.qr_text or "")
    ours.desk.polling.run()
    assert ours.desk.payments.view(view.uid).state is AttemptState.PAID


def test_a_cloned_pc_is_reported_and_can_be_made_a_desk_of_its_own(
    first: FolderDesk, start: Callable[..., FolderDesk], registry: MemoryRegistry, tmp_path: Path
) -> None:
    clone_of_memory = MemoryRegistry()
    folder = copied(first, tmp_path)
    clone_of_memory.places = {first.setting(BOOK_ID): (folder, "D1")}
    clone, original = start(folder, clone_of_memory), start(first.folder)
    assert clone.store.refusal is None
    original.shown("R002")
    clone.shown("R003")
    for desk in (original, clone):
        desk.desk.polling.run()
        assert check_code(desk.context).health is Health.BAD
    assert clone.identity.copied().code != "D1"
    assert clone.setting(BOOK_ID) != original.setting(BOOK_ID)


def test_the_codes_of_other_desks_are_found_in_the_account(
    start: Callable[..., FolderDesk], gateway: FakeGateway, tmp_path: Path
) -> None:
    ours, theirs = start(tmp_path / "ours"), start(tmp_path / "theirs")
    ours.shown("R001")
    assert codes_of_others(ours.context, gateway.orders.values()) == frozenset()
    theirs.desk.settings.put(CODE, "B4")
    theirs.shown("R002")
    assert codes_of_others(ours.context, gateway.orders.values()) == {"B4"}


def test_a_free_code_differs_in_its_first_two_characters() -> None:
    taken = {f"{letter}{digit}X" for letter in "ABCDEFGHJKMNPQRSTUVWXY" for digit in "23456789"}
    assert free_code(taken)[0] == "Z"
