"""Receipts verify at any desk of the centre: keys, reprints, other desks, no keyring."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import keyring
import keyring.errors
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QPdfWriter

from desktop_app.config.receipt_keys import VARIABLE, ReceiptKeyring
from desktop_app.domain.check_code import TRAINING_KEY, CentreKey, Verdict, read_key
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import NoKeyringError
from desktop_app.services.receipts.issuing import ReceiptService
from desktop_app.services.receipts.verification import ReceiptVerifier
from tests.dict_keyring import DictKeyring
from tests.integration.reached import shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Counter

SPELLED = re.compile(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}")


class MemoryKeyring:
    """An in-memory keyring; refuses if `is_there` is False."""

    def __init__(self, *, is_there: bool = True) -> None:
        self.keys: tuple[CentreKey, ...] = ()
        self.is_there = is_there

    def load(self) -> tuple[CentreKey, ...]:
        return self.keys

    def add(self, key: CentreKey) -> None:
        if not self.is_there:
            raise NoKeyringError("none here")
        self.keys = (*self.keys, key)


def cash(counter: Counter, roll_no: str = "R001") -> str:
    course = counter.courses.search("")[0] if roll_no != "R001" else counter.course()
    paid = counter.payments.begin(counter.student(roll_no).uid, course.uid, Method.CASH)
    assert paid.receipt_uid is not None
    return paid.receipt_uid


def printed(receipts: ReceiptService, uid: str) -> str:
    """Return the check code on a receipt, empty without one."""
    found = SPELLED.search(receipts.html(uid, "a5").split("<table")[-1])
    return found[0] if found else ""


def scanned(counter: Counter, code: str, uid: str) -> str:
    receipt = counter.receipts.receipt(uid)
    day = f"{day_in_india(receipt.issued_at):%d-%m-%Y}"
    return f"{receipt.number} {day} {receipt.amount.paise / 100:.2f} {code}"


def test_the_first_receipt_makes_the_key_and_another_desk_checks_it(counter: Counter) -> None:
    one, other = MemoryKeyring(), MemoryKeyring()
    desk, elsewhere = ReceiptVerifier(counter.context, one), ReceiptVerifier(counter.context, other)
    receipts = ReceiptService(counter.context, desk)
    uid = cash(counter)
    code = printed(receipts, uid)
    assert len(one.keys) == 1
    text = scanned(counter, code, uid)
    assert receipts.check(text).verdict is Verdict.GENUINE
    assert elsewhere.check(text).verdict is Verdict.NO_KEY
    elsewhere.use_key(receipts.key_text().lower())
    assert elsewhere.check(text).verdict is Verdict.GENUINE
    assert elsewhere.check(text.replace("D1/", "D2/")).verdict is Verdict.FORGED


def test_a_reprint_repeats_the_first_copy(counter: Counter) -> None:
    ring = MemoryKeyring()
    checks = ReceiptVerifier(counter.context, ring)
    receipts = ReceiptService(counter.context, checks)
    uid = cash(counter)
    first = printed(receipts, uid)
    counter.clock.advance(60)
    checks.use_key("8M64-VYSH-31TV-F918-MWXP-DFXV-0M29")
    counter.clock.advance(60)
    newer = cash(counter, "R002")
    receipts.note_printed(uid, "a5")
    assert printed(receipts, uid) == first
    assert printed(receipts, newer)[:4] != first[:4]
    for each in (uid, newer):
        verdict = receipts.check(scanned(counter, printed(receipts, each), each)).verdict
        assert verdict is Verdict.GENUINE
    assert "DUPLICATE 1, " in receipts.html(uid, "a5")


def test_a_receipt_printed_before_there_was_a_key_stays_without(counter: Counter) -> None:
    bare = ReceiptService(counter.context, None)
    old = cash(counter)
    bare.note_printed(old, "a5")
    receipts = ReceiptService(counter.context, ReceiptVerifier(counter.context, MemoryKeyring()))
    assert printed(receipts, old) == ""
    counter.clock.advance(60)
    assert printed(receipts, cash(counter, "R002"))
    assert printed(receipts, old) == ""


def test_without_a_keyring_receipts_go_out_whole(counter: Counter) -> None:
    receipts = ReceiptService(
        counter.context, ReceiptVerifier(counter.context, MemoryKeyring(is_there=False))
    )
    html = receipts.html(cash(counter), "roll80")
    assert "Check code" not in html
    assert "11,800.00" in html
    with pytest.raises(NoKeyringError):
        receipts.key_text()
    with pytest.raises(NoKeyringError):
        receipts.use_key("8M64-VYSH-31TV-F918-MWXP-DFXV-0M29")


def test_entering_the_same_key_twice_changes_nothing(counter: Counter) -> None:
    ring = MemoryKeyring()
    checks = ReceiptVerifier(counter.context, ring)
    checks.use_key(checks.key_text())
    assert len(ring.keys) == 1
    with pytest.raises(InvalidInputError):
        checks.use_key("nonsense")


def test_the_audit_trail_names_keys_and_never_shows_them(counter: Counter) -> None:
    checks = ReceiptVerifier(counter.context, MemoryKeyring())
    spelled = checks.key_text()
    trail = "".join(map(str, counter.context.store.reader.audit.links()))
    assert "receipt_key.made" in trail
    assert "receipt_key.shown" in trail
    assert spelled not in trail
    assert spelled.replace("-", "") not in trail


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> DictKeyring:
    made = DictKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def key_since(counter: Counter, days: int) -> CentreKey:
    return CentreKey(bytes([days]) * 16, counter.clock.now() + timedelta(days=days))


def test_keys_are_kept_in_the_systems_keyring(
    counter: Counter, tmp_path: Path, safe: DictKeyring
) -> None:
    ring = ReceiptKeyring(tmp_path, training=False)
    assert ring.load() == ()
    keys = [key_since(counter, days) for days in range(15)]
    for key in keys:
        ring.add(key)
    assert ring.load() == tuple(keys[-12:])
    assert ReceiptKeyring(tmp_path, training=False).load() == tuple(keys[-12:])
    assert ReceiptKeyring(tmp_path / "other", training=False).load() == ()
    assert not list(tmp_path.rglob("*key*"))


def test_a_keyring_that_stores_nothing_counts_as_none(counter: Counter, tmp_path: Path) -> None:
    ring = ReceiptKeyring(tmp_path, training=False)  # the tests' own keyring stores nothing
    with pytest.raises(NoKeyringError):
        ring.add(key_since(counter, 1))
    assert ring.load() == ()


@pytest.mark.parametrize("kept", ["{", "[1]", '[["wrong", "2026-01-01"]]', "null", '[["a"]]'])
def test_a_damaged_entry_is_no_key(tmp_path: Path, safe: DictKeyring, kept: str) -> None:
    ring = ReceiptKeyring(tmp_path, training=False)
    ring.add(CentreKey(bytes(16), TRAINING_KEY.since))
    (entry,) = safe.kept
    safe.kept[entry] = kept
    again = ReceiptKeyring(tmp_path, training=False)
    assert again.load() == ()
    with pytest.raises(NoKeyringError):
        again.add(CentreKey(bytes(16), TRAINING_KEY.since))
    assert safe.kept == {entry: kept}  # possibly a newer program's entry, not overwritten


def test_a_locked_keyring_loses_no_key(
    counter: Counter, tmp_path: Path, safe: DictKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_since(counter, 1)
    ReceiptKeyring(tmp_path, training=False).add(key)

    def locked(*_entry: str) -> str:
        raise keyring.errors.KeyringLocked("locked")

    ring = ReceiptKeyring(tmp_path, training=False)
    with monkeypatch.context() as while_locked:
        while_locked.setattr(DictKeyring, "get_password", locked)
        assert ring.load() == ()
        with pytest.raises(NoKeyringError):
            ring.add(key_since(counter, 2))
    assert ring.load() == (key,)


def test_the_environment_wins(
    tmp_path: Path, safe: DictKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    spelled = "8M64-VYSH-31TV-F918-MWXP-DFXV-0M29"
    monkeypatch.setenv(VARIABLE, spelled)
    ring = ReceiptKeyring(tmp_path, training=False)
    (key,) = ring.load()
    assert key == read_key(spelled, key.since)
    with pytest.raises(NoKeyringError):
        ring.add(key)
    assert safe.kept == {}


def test_a_reprint_shows_later_refunds(counter: Counter) -> None:
    payment_id = counter.pay(shown(counter))
    counter.polling.run()
    (row,) = counter.receipts.recent()
    assert row.receipt_uid is not None
    assert counter.receipts.receipt(row.receipt_uid).refunded is None
    counter.desk.refunds.refund(payment_id, Money(1_800_00), "scholarship")
    assert "PARTLY REFUNDED ₹1,800.00" in counter.receipts.html(row.receipt_uid, "a5")
    counter.desk.refunds.refund(payment_id, None, "left")
    html = counter.receipts.html(row.receipt_uid, "roll58", "hi")
    assert "रिफ़ंड हो चुका · REFUNDED ₹11,800.00" in html


def test_the_language_and_paper_of_a_reprint_change_no_fact(counter: Counter) -> None:
    receipts = ReceiptService(counter.context, ReceiptVerifier(counter.context, MemoryKeyring()))
    uid = cash(counter)
    for paper in ("a4", "a5", "roll80", "roll58"):
        for language in ("en", "hi"):
            html = receipts.html(uid, paper, language)
            for fact in ("D1/26-27/000001", "11,800.00", "Student R001", "Physics XI"):
                assert fact in html
            assert printed(receipts, uid) in html


def test_the_test_page_is_not_a_receipt(counter: Counter, tmp_path: Path, qapp: object) -> None:
    path = tmp_path / "specimen.pdf"
    counter.receipts.print_specimen("a5", QPdfWriter(str(path)))
    text = " ".join(PdfReader(path).pages[0].extract_text().split())
    assert "TEST PAGE - NOT A RECEIPT" in text
    assert "Check code" not in text
    assert counter.receipts.recent() == ()
