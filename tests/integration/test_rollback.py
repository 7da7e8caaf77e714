"""An older file in the database's place: it is reported, and no receipt number repeats."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from desktop_app.bootstrap import Options
from desktop_app.bootstrap.restore import restore_backup
from desktop_app.domain.anchor import ANCHOR_DELETED
from desktop_app.domain.audit import chain_hash
from desktop_app.domain.errors import ReceiptSeriesFullError
from desktop_app.domain.payment import Method
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.views.maintenance import Health
from desktop_app.storage.audit_anchor import ANCHOR, AuditAnchor
from desktop_app.storage.store import DATABASE
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway
from tests.memory_registry import MemoryRegistry
from tests.proofs.tamper_edits import sql_shell
from tests.two_folders import FolderDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., FolderDesk]


HOUR_S = 3_600


@pytest.fixture
def gateway(clock: TestClock) -> FakeGateway:
    return FakeGateway(clock)


@pytest.fixture
def start(
    tmp_path: Path, registry: MemoryRegistry, gateway: FakeGateway, clock: TestClock
) -> Iterator[Start]:
    """Return a function that starts the desk of a folder once more."""
    opened: list[FolderDesk] = []

    def new(folder: Path | None = None, known: MemoryRegistry | None = None) -> FolderDesk:
        for each in opened:
            each.close()
        opened.append(FolderDesk(folder or tmp_path / "desk", known or registry, gateway, clock))
        return opened[-1]

    yield new
    for each in opened:
        each.close()


class TwoDays(NamedTuple):
    """A desk of which a copy was kept the day before, and what the system remembers of it."""

    place: Path
    registry: MemoryRegistry


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> TwoDays:
    """Return a desk of three receipts, the first of which is in the copy: made once, copied."""
    place, registry, clock = tmp_path_factory.mktemp("days"), MemoryRegistry(), TestClock()
    desk = FolderDesk(place / "desk", registry, FakeGateway(clock), clock)
    desk.cash("R001")
    desk.store.backup(place / "yesterday.sqlite3")
    shutil.copyfile(desk.folder / ANCHOR, place / "yesterday.json")
    clock.advance(HOUR_S)
    assert desk.cash("R002") == "D1/26-27/000002"
    assert desk.cash("R003") == "D1/26-27/000003"
    desk.close()
    return TwoDays(place, registry)


@pytest.fixture
def yesterday(
    two_days: TwoDays, start: Start, tmp_path: Path, registry: MemoryRegistry, clock: TestClock
) -> Path:
    """Return a copy of the database with one receipt; two more were issued after it."""
    shutil.copytree(two_days.place, tmp_path, dirs_exist_ok=True)
    registry.texts.update(two_days.registry.texts)
    for book_id, (_, code) in two_days.registry.places.items():
        registry.remember_place(book_id, tmp_path / "desk", code)
    clock.advance(HOUR_S)
    return tmp_path / "yesterday.sqlite3"


def put_back(folder: Path, copy: Path) -> None:
    for end in ("-wal", "-shm"):
        (folder / f"{DATABASE}{end}").unlink(missing_ok=True)
    shutil.copyfile(copy, folder / DATABASE)


def told(desk: FolderDesk) -> str:
    return AuditVerifier(desk.context).verify() or ""


def trail_of(desk: FolderDesk) -> tuple[Health, str]:
    [found] = [each for each in desk.desk.health.run() if each.name == "audit"]
    return found.health, found.finding


# --- yesterday's file


@pytest.mark.parametrize("anchor", ["kept", "deleted", "yesterday's", "emptied", "unkeyed"])
@pytest.mark.parametrize("copy", ["kept", "lost"])
def test_yesterdays_file_is_told_whatever_becomes_of_the_anchor(
    yesterday: Path, start: Start, registry: MemoryRegistry, anchor: str, copy: str
) -> None:
    file = yesterday.with_name("desk") / ANCHOR
    put_back(file.parent, yesterday)
    if anchor == "deleted":
        file.unlink()
    elif anchor == "yesterday's":
        shutil.copyfile(yesterday.with_name("yesterday.json"), file)
    elif anchor == "emptied":
        file.write_text("")
    elif anchor == "unkeyed":
        known = json.loads(yesterday.with_name("yesterday.json").read_text())
        file.write_text(json.dumps({"number": known["number"], "hash": known["hash"]}))
    if copy == "lost":
        registry.texts.clear()
    desk = start()
    if anchor == "yesterday's" and copy == "lost":
        assert not told(desk), "nothing outside the folder remembers more than it does"
        return
    assert told(desk)
    assert trail_of(desk)[0] is Health.BAD
    assert desk.cash("R004") == "D1/26-27/002001"
    assert told(start()), "also after the chain went on"


def test_it_is_told_for_six_days_and_once(yesterday: Path, start: Start, clock: TestClock) -> None:
    put_back(yesterday.with_name("desk"), yesterday)
    start()
    desk = start()
    assert desk.actions().count("trail.rewound") == 1
    assert "older file" in told(desk)
    clock.advance(7 * 86_400)
    assert not told(start())


def test_yesterdays_file_put_back_twice_repeats_no_number(yesterday: Path, start: Start) -> None:
    """The backup knows one receipt each time; what was issued since only the anchors know."""
    issued = ["D1/26-27/000001", "D1/26-27/000002", "D1/26-27/000003"]
    for number in range(5):
        put_back(yesterday.with_name("desk"), yesterday)
        if number % 2:
            (yesterday.with_name("desk") / ANCHOR).unlink()
        desk = start()
        issued.append(desk.cash(f"R01{number}"))
        desk.close()
    assert len(set(issued)) == 8
    assert issued[3:] == [f"D1/26-27/00{n}001" for n in range(2, 7)]


@pytest.mark.parametrize("is_damaged", [False, True])
def test_one_backup_restored_twice_repeats_no_number(
    yesterday: Path, start: Start, registry: MemoryRegistry, clock: TestClock, is_damaged: bool
) -> None:
    folder, issued = yesterday.with_name("desk"), []
    for number in range(3):
        if is_damaged:
            put_back(folder, yesterday)
            (folder / DATABASE).write_bytes(b"not a database, but as long as one" * 500)
        done = restore_backup(Options(data_dir=folder), yesterday, clock.now(), registry)
        desk = start()
        issued.append(desk.cash(f"R01{number}"))
        assert issued[-1] == done.next_receipt
        assert not told(desk), "a restore is recorded, and no alarm"
        desk.close()
        clock.advance(1)
    assert issued == ["D1/26-27/002001", "D1/26-27/003001", "D1/26-27/004001"]


def test_every_series_of_the_book_goes_on_after_what_was_issued(
    yesterday: Path, start: Start
) -> None:
    desk = start()
    with desk.store.writing() as work:
        work.receipts.advance_series("D1T", "26-27", 4_200)
        work.receipts.advance_series("K7", "25-26", 77)
        work.put_setting("centre.name", "x")
        desk.context.audit(work, "setting.changed", "centre.name")
        work.commit()
    desk.close()
    put_back(yesterday.with_name("desk"), yesterday)
    with start().store.reading() as books:
        assert books.receipts.last_sequences() == {
            "D1/26-27": 2_000, "D1T/26-27": 5_000, "K7/25-26": 1_000,
        }  # fmt: skip


def test_an_anchor_that_cannot_be_kept_skips_numbers_once(
    yesterday: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back(yesterday.with_name("desk"), yesterday)
    with monkeypatch.context() as patched:
        patched.setattr(AuditAnchor, "write", lambda _self, _anchor: None)
        start()
        desk = start()
        assert desk.actions().count("trail.rewound") == 1
    assert desk.cash("R004") == "D1/26-27/002001"


# --- a backup that was copied by hand


def test_a_backup_copied_to_another_pc_finds_its_money_and_repeats_no_number(
    yesterday: Path, start: Start, tmp_path: Path, gateway: FakeGateway
) -> None:
    desk = start()
    gateway.pay(desk.shown("R004").qr_text or "")
    desk.desk.polling.run()
    [paid] = desk.paid_ids()
    desk.close()
    (tmp_path / "pc").mkdir()
    shutil.copyfile(yesterday, tmp_path / "pc" / DATABASE)
    other = MemoryRegistry("another computer")
    desk = start(tmp_path / "pc", other)
    assert told(desk), "before anything is recorded"
    desk.identity.moved()
    assert "safety file" in told(desk)
    assert desk.desk.polling.reconcile().is_complete
    assert desk.paid_ids() == {paid}
    assert desk.cash("R005") not in {f"D1/26-27/00000{n}" for n in range(1, 6)}
    assert "safety file" in told(start(tmp_path / "pc", other))


def test_a_folder_moved_whole_to_another_pc_is_told_and_repeats_no_number(
    yesterday: Path, start: Start, tmp_path: Path
) -> None:
    """Nothing there shows that it is the newest state; its own anchor is another computer's."""
    shutil.copytree(yesterday.with_name("desk"), tmp_path / "pc")
    other = MemoryRegistry("another computer")
    desk = start(tmp_path / "pc", other)
    desk.identity.moved()
    assert told(desk)
    assert desk.cash("R004") == "D1/26-27/002001"
    assert start(tmp_path / "pc", other).actions().count("trail.unproven") == 1


def test_a_folder_moved_on_one_pc_goes_on_as_before(
    yesterday: Path, start: Start, tmp_path: Path
) -> None:
    yesterday.with_name("desk").rename(tmp_path / "elsewhere")
    desk = start(tmp_path / "elsewhere")
    desk.identity.moved()
    assert not told(desk)
    assert desk.cash("R004") == "D1/26-27/000004"
    assert not told(start(tmp_path / "elsewhere"))


def test_a_copy_that_became_a_desk_leaves_the_originals_anchor_alone(
    yesterday: Path, start: Start, tmp_path: Path
) -> None:
    shutil.copytree(yesterday.with_name("desk"), tmp_path / "copy")
    copy = start(tmp_path / "copy")
    copy.identity.copied()
    copy.cash("R004")
    assert not told(start(tmp_path / "copy"))
    original = start()
    assert not told(original)
    assert original.cash("R005") == "D1/26-27/000004"


# --- what is no alarm


def test_a_kill_between_the_commit_and_the_anchor_is_no_rollback(
    yesterday: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = start()
    with monkeypatch.context() as killed:
        killed.setattr(AuditAnchor, "write", lambda _self, _anchor: None)
        desk.cash("R004")
    assert start().cash("R005") == "D1/26-27/000005"
    assert not told(start())
    assert trail_of(start())[0] is Health.GOOD


def test_a_kill_in_the_first_transaction_of_a_book_is_no_rollback(
    start: Start, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = AuditAnchor.write, []

    def write_once(anchor: AuditAnchor, given: object) -> None:
        written.append(given)
        if len(written) == 1:
            write(anchor, given)  # type: ignore[arg-type]

    with monkeypatch.context() as killed:
        killed.setattr(AuditAnchor, "write", write_once)
        start()
    assert len(written) == 2
    assert not told(start())
    assert start().actions()[0] == "book.identified"


@pytest.mark.parametrize("torn", ["", "\x00" * 512, '{"v":2,"book":"', " " * 512])
def test_an_anchor_torn_by_a_power_cut_is_no_rollback(
    yesterday: Path, start: Start, torn: str
) -> None:
    file = yesterday.with_name("desk") / ANCHOR
    file.write_text(torn + file.read_text()[len(torn) + 60 :])
    desk = start()
    assert not told(desk)
    assert desk.cash("R004") == "D1/26-27/000004"


@pytest.mark.parametrize("file", ["newest", "older", "torn"])
@pytest.mark.parametrize("copy", ["newest", "older", "torn", "missing"])
def test_no_power_cut_makes_a_rollback(
    yesterday: Path, start: Start, registry: MemoryRegistry, file: str, copy: str
) -> None:
    """The database is flushed before its anchors are written; those are not flushed."""
    path = yesterday.with_name("desk") / ANCHOR
    newest, older = path.read_text(), yesterday.with_name("yesterday.json").read_text()
    texts = {"newest": newest, "older": older, "torn": newest[:200] + "\x00" * 312}
    path.write_text(texts[file])
    [book] = registry.texts
    if copy == "missing":
        del registry.texts[book]
    else:
        registry.texts[book] = texts[copy].strip()
    is_lost = file == "torn" and copy in {"torn", "missing"}
    desk = start()
    assert bool(told(desk)) is is_lost, "only where both are"
    assert desk.cash("R004") == ("D1/26-27/002001" if is_lost else "D1/26-27/000004")


def test_a_deleted_anchor_beside_the_newest_book_is_noted_for_six_days(
    yesterday: Path, start: Start, clock: TestClock
) -> None:
    (yesterday.with_name("desk") / ANCHOR).unlink()
    desk = start()
    assert not told(desk)
    assert trail_of(desk) == (Health.NOTE, trail_of(desk)[1])
    assert "deleted" in trail_of(desk)[1]
    assert desk.cash("R004") == "D1/26-27/000004"
    assert trail_of(start())[0] is Health.NOTE
    clock.advance(7 * 86_400)
    assert trail_of(start())[0] is Health.GOOD


def test_a_deleted_anchor_is_noted_under_the_desks_own_code(yesterday: Path, start: Start) -> None:
    start().desk.settings.put("desk.id", "K2")
    (yesterday.with_name("desk") / ANCHOR).unlink()
    desk = start()
    noted = [
        link.entry.desk_id
        for link in desk.store.reader.audit.links()
        if link.entry.action == ANCHOR_DELETED
    ]
    assert noted == ["K2"]


def test_two_processes_that_write_in_turn_raise_no_alarm(
    yesterday: Path, start: Start, registry: MemoryRegistry, gateway: FakeGateway,
    clock: TestClock,
) -> None:  # fmt: skip
    window = start()
    command = FolderDesk(window.folder, registry, gateway, clock)
    assert [window.cash("R004"), command.cash("R005"), window.cash("R006")] == [
        f"D1/26-27/00000{n}" for n in (4, 5, 6)
    ]
    window.desk.settings.put("centre.name", "Vidya")
    [newest] = window.store.anchors().genuine
    assert newest.series == {"D1/26-27": 6}, "also what the other process issued"
    command.close()
    assert not told(start())


# --- the upgrade


def make_old(folder: Path) -> None:
    """Undo what versions with a secret put into a book: its id, installation and keyed anchor."""
    known = json.loads((folder / ANCHOR).read_text())
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("DELETE FROM settings WHERE key LIKE 'book.%'")
        raw.commit()
    old = {"number": known["number"], "hash": known["hash"]}
    (folder / ANCHOR).write_text(json.dumps(old).ljust(160))


@pytest.fixture
def old(yesterday: Path, registry: MemoryRegistry) -> Path:
    """Return the folder of a book that no version with a secret has opened."""
    make_old(yesterday.with_name("desk"))
    registry.texts.clear()
    registry.places.clear()
    return yesterday.with_name("desk")


def test_an_anchor_of_the_earlier_version_is_taken_over_once(
    old: Path, start: Start, registry: MemoryRegistry
) -> None:
    before = old.parent / "before"
    shutil.copytree(old, before)
    desk = start()
    assert not told(desk)
    assert desk.cash("R004") == "D1/26-27/000004"
    desk.close()
    shutil.rmtree(old)
    shutil.copytree(before, old)
    again = start()
    assert "older file" in told(again), "the book before the upgrade, with its own anchor"
    assert again.setting(BOOK_ID) == desk.setting(BOOK_ID)
    assert again.cash("R005") == "D1/26-27/002001"


@pytest.mark.parametrize("anchor", ["deleted", "newer"])
def test_an_upgrade_of_an_older_file_is_told(old: Path, start: Start, anchor: str) -> None:
    if anchor == "deleted":
        (old / ANCHOR).unlink()
    else:
        newer = {"number": 10_000, "hash": "ab" * 32}
        (old / ANCHOR).write_text(json.dumps(newer))
    desk = start()
    assert told(desk)
    assert desk.cash("R004") == "D1/26-27/002001"


def test_a_kill_while_the_anchor_is_taken_over_is_no_rollback(
    old: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = AuditAnchor.write

    def write_and_die(anchor: AuditAnchor, given: object) -> None:
        write(anchor, given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(AuditAnchor, "write", write_and_die)
        start()
    desk = start()
    assert not told(desk)
    assert desk.cash("R004") == "D1/26-27/000004"


# --- a deleted book


@pytest.mark.parametrize("deleted", [(DATABASE,), (DATABASE, ANCHOR)])
def test_a_deleted_database_is_told_and_repeats_no_number(
    yesterday: Path, start: Start, deleted: tuple[str, ...]
) -> None:
    folder = yesterday.with_name("desk")
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    for name in deleted:
        (folder / name).unlink(missing_ok=True)
    desk = start()
    assert told(desk)
    assert desk.cash("R004") not in {f"D1/26-27/00000{n}" for n in range(1, 5)}
    assert told(start())


# --- a forged chain


def test_a_chain_whose_every_hash_was_computed_anew_does_not_hold(
    yesterday: Path, start: Start
) -> None:
    folder = yesterday.with_name("desk")
    number, linked = forge(folder / DATABASE)
    anchor = json.loads((folder / ANCHOR).read_text()) | {"number": number, "hash": linked}
    (folder / ANCHOR).write_text(json.dumps(anchor))
    assert told(start())


def forge(path: Path) -> tuple[int, str]:
    """Change an entry of the chain and every hash after it; return the forged head."""
    from desktop_app.storage.store import SqlStore

    with sql_shell(path) as raw:
        raw.execute("UPDATE audit_entries SET at = '2026-01-01T00:00:00.000000Z' WHERE id = 2")
    store = SqlStore(path)
    links = list(store.reader.audit.links())
    store.close()
    previous = links[0].previous_hash
    with sql_shell(path) as raw:
        for link in links:
            linked = chain_hash(previous, link.entry, version=link.format)
            raw.execute(
                "UPDATE audit_entries SET previous_hash = ?, hash = ? WHERE id = ?",
                (previous, linked, link.number),
            )
            previous = linked
    return links[-1].number, previous


# --- clocks and series


@pytest.mark.parametrize("year", [1980, 2100])
@pytest.mark.parametrize("code", ["D1", "ABC"])
def test_a_wrong_clock_does_not_fill_the_series(
    start: Start, tmp_path: Path, clock: TestClock, year: int, code: str
) -> None:
    desk = start()
    desk.desk.settings.put("desk.id", code)
    desk.cash("R001")
    right, clock.at = clock.at, datetime(year, 5, 1, 9, tzinfo=UTC)
    desk.cash("R002")
    desk.store.backup(tmp_path / "yesterday.sqlite3")
    clock.at = right
    desk.cash("R003")
    desk.close()
    put_back(desk.folder, tmp_path / "yesterday.sqlite3")
    number = start().cash("R004")
    assert number.startswith(f"{code}/26-27/")
    assert number > f"{code}/26-27/000002"
    assert number <= f"{code}/26-27/235001", "234 days since 1 April"


def test_a_rollback_found_under_a_wrong_clock_skips_in_the_right_year(
    yesterday: Path, start: Start, clock: TestClock
) -> None:
    put_back(yesterday.with_name("desk"), yesterday)
    right, clock.at = clock.at, datetime(1980, 5, 1, 9, tzinfo=UTC)
    start()
    clock.at = right
    number = start().cash("R004")
    assert "D1/26-27/001000" < number < "D1/26-27/400000"


def test_payments_are_looked_for_although_the_last_clock_was_ahead(
    start: Start, tmp_path: Path, clock: TestClock, gateway: FakeGateway
) -> None:
    desk = start()
    desk.cash("R001")
    right, clock.at = clock.at, datetime(2100, 5, 1, 9, tzinfo=UTC)
    desk.cash("R002")
    desk.store.backup(tmp_path / "yesterday.sqlite3")
    clock.at = right
    paid = gateway.pay(desk.shown("R003").qr_text or "")
    desk.close()
    put_back(desk.folder, tmp_path / "yesterday.sqlite3")
    desk = start()
    desk.desk.polling.reconcile()
    assert desk.paid_ids() == {paid}


@pytest.mark.parametrize("method", [Method.CASH, Method.UPI_INTENT])
def test_no_fee_is_begun_whose_receipt_would_not_fit(
    start: Start, gateway: FakeGateway, method: Method
) -> None:
    desk = start()
    desk.desk.settings.put("desk.id", "ABC")
    with desk.store.writing() as work:
        work.receipts.advance_series("ABC", "26-27", 999_999)
        work.commit()
    with pytest.raises(ReceiptSeriesFullError, match="another desk ID"):
        desk.begin("R001", method)
    assert not desk.store.reader.exports.ledger()["attempts"]
    assert "attempt.begun" not in desk.actions()
    desk.desk.settings.put("desk.id", "D2")
    assert desk.cash("R001") == "D2/26-27/000001"


def test_a_series_that_is_full_still_restores(
    yesterday: Path, start: Start, registry: MemoryRegistry, clock: TestClock
) -> None:
    desk = start()
    desk.desk.settings.put("desk.id", "ABC")
    with desk.store.writing() as work:
        work.receipts.advance_series("ABC", "26-27", 999_500)
        desk.context.audit(work, "setting.changed", "desk.id")
        work.commit()
    desk.store.backup(yesterday)
    desk.close()
    done = restore_backup(Options(data_dir=desk.folder), yesterday, clock.now(), registry)
    assert done.next_receipt == ""
    with pytest.raises(ReceiptSeriesFullError):
        start().cash("R009")


def test_a_desk_whose_id_ends_with_t_works_on_and_is_told(start: Start) -> None:
    desk = start()
    with desk.store.writing() as work:
        work.put_setting("desk.id", "D1T")
        work.commit()
    assert desk.cash("R001") == "D1T/26-27/000001"
    [found] = [each for each in desk.desk.health.run() if each.name == "desk"]
    assert found.health is Health.NOTE
    assert "D1T" in found.finding
    desk.desk.settings.put("desk.id", "D2")
    assert not [each for each in desk.desk.health.run() if each.name == "desk"]
