"""Training: its own folder and sandbox, persistent and never mixed with real data."""

from __future__ import annotations

import os
import stat
import urllib.error
import urllib.request
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.bootstrap.training import ADDRESS, STATE, open_sandbox
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import ZERO
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.services.views.settings import KeyMode

if TYPE_CHECKING:
    from pathlib import Path


def test_training_has_two_hundred_students_twelve_courses_and_a_phone(tmp_path: Path) -> None:
    opened = open_desk(Options(training=True, data_dir=tmp_path))
    try:
        desk = opened.desk
        assert desk.is_training
        assert not opened.first_run
        assert desk.students.page("").total == 200
        courses = desk.courses.search("", 50)
        assert len(courses) == 12
        assert desk.settings.keys().mode is KeyMode.SANDBOX
        hit = desk.students.search("R001", 1)[0]
        begun = desk.payments.begin(hit.uid, courses[0].uid, Method.AUTO)
        shown = desk.payments.open(begun.uid)
        assert desk.phone is not None
        assert shown.qr_text is not None
        assert desk.phone.scan(shown.qr_text).amount == shown.amount
        desk.phone.pay(shown.qr_text)
        [paid] = desk.polling.run(asked=True).changed
        assert paid.state is AttemptState.PAID
        assert (paid.receipt_no or "").startswith("D1T/")
        assert "PRACTICE" in desk.receipts.html(paid.receipt_uid or "", "a5")
    finally:
        opened.close()
    assert not (tmp_path / "desk.sqlite3").exists(), "real data has another folder"


def test_training_begins_in_mid_season(tmp_path: Path) -> None:
    options = Options(training=True, data_dir=tmp_path, gateway_url="http://127.0.0.1:9")
    opened = open_desk(options)
    try:
        desk, today = opened.desk, day_in_india(datetime.now(UTC))
        plans = [desk.plans.of_course(desk.courses.find(code).uid) for code in ("NEET-F", "JEE-F")]
        assert [row.plan.parts for [row] in plans] == [4, 3]
        elder, younger = (desk.students.find(roll) for roll in ("R196", "R197"))
        family = desk.carts.family(elder.uid)
        assert [each.uid for each in family.members] == [elder.uid, younger.uid]
        assert any(due.due_on < today for due in family.dues), "one is overdue"
        assert any(due.due_on > today for due in family.dues)
        given = desk.concessions.of_enrollment(
            desk.concessions.enrollment_of(younger.uid, desk.courses.find("NEET-F").uid)
        )
        assert [each.code for each in given] == ["sibling"]
        [cheque] = desk.cheques.listed([InstrumentState.IN_HAND])
        assert cheque.bank == "State Bank of India"
        [claimed] = desk.claims.claimed()
        assert (claimed.roll_no, claimed.method) == ("R194", Method.NEFT)
        assert desk.credits.balance(desk.students.find("R195").uid) > ZERO
        issued = [
            row.receipt_no or "" for row in reversed(desk.receipts.payments(PaymentFilter()).rows)
        ]
        assert issued == sorted(issued), "the series is in the order of its days"
        assert set(desk.promises.judge().values()) == {PromiseState.BROKEN}
        midnight = datetime.combine(today, time(), IST)
        assert desk.receipts.totals(midnight).by_kind["cash"].count == 0, "nothing came today"
        assert opened.verify_trail() is None
        assert not opened.store.reader.audit.first_unsealed()
    finally:
        opened.close()


def test_what_was_paid_twice_is_listed_twice_and_goes_back_once(tmp_path: Path) -> None:
    opened = open_desk(Options(training=True, data_dir=tmp_path))
    methods = (Method.QR_CODE, Method.UPI_INTENT, Method.PAYMENT_LINK)
    try:
        desk = opened.desk
        course = desk.courses.search("", 1)[0]
        assert desk.phone is not None
        for roll_no, method in zip(("R001", "R002", "R003"), methods, strict=True):
            student = desk.students.search(roll_no, 1)[0]
            shown = desk.payments.open(desk.payments.begin(student.uid, course.uid, method).uid)
            for _ in range(2):
                desk.phone.pay(shown.qr_text or "")
            desk.polling.run(asked=True)
            rows = desk.receipts.payments(PaymentFilter(text=roll_no)).rows
            placements = sorted((row.placement, row.refunded) for row in rows)
            assert placements == [
                (Placement.APPLIED, ZERO), (Placement.RETURNED, shown.amount),
            ], method  # fmt: skip
    finally:
        opened.close()


def test_a_second_process_uses_the_sandbox_that_is_running(tmp_path: Path) -> None:
    folder = tmp_path / "training"
    (folder / "logs").mkdir(parents=True)
    first = open_sandbox(folder)
    try:
        second = open_sandbox(folder)
        assert (second.url, second.token, second.server) == (first.url, first.token, None)
        second.close()
    finally:
        first.close()
    third = open_sandbox(folder)
    try:
        assert (third.url, third.key_id) == (first.url, first.key_id), "phones keep old links"
    finally:
        third.close()


def _status(url: str, token: str | None = None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=5
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def test_another_user_of_the_pc_does_not_reach_the_control_plane(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    sandbox = open_sandbox(tmp_path)
    wrong = (None, "", sandbox.key_secret, sandbox.token[:-1], f"{sandbox.token}é")
    try:
        for path in ("/_sandbox/state", "/_sandbox/clock", "/", "/_pages/qr/pay_x"):
            for token in wrong:
                sent = token and token.encode().decode("latin-1")
                assert _status(f"{sandbox.url}{path}", sent) == 401, (path, token)
            assert _status(f"{sandbox.url}{path}", sandbox.token) in {200, 404}, path
    finally:
        sandbox.close()


def test_only_the_owner_can_read_the_token(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    address = tmp_path / ADDRESS
    address.write_text("{}", encoding="utf-8")
    address.chmod(0o644)
    first = open_sandbox(tmp_path)
    _status(f"{first.url}/_sandbox/clock", first.token)
    first.close()
    second = open_sandbox(tmp_path)
    second.close()
    assert len(first.token) >= 32
    assert first.token != second.token, "each start has its own"
    assert second.token in address.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
    written = {
        path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.*") if path.is_file()
    }
    told = [
        path.name for path, text in written.items() if second.token in text or first.token in text
    ]
    assert told == [ADDRESS], "neither a log nor the state"


@pytest.mark.parametrize("damage", ["not json at all", '{"half": '])
def test_a_state_that_cannot_be_read_is_set_aside(tmp_path: Path, damage: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / STATE).write_text(damage)
    sandbox = open_sandbox(tmp_path)
    sandbox.close()
    kept = list(tmp_path.glob("*-unreadable.json"))
    assert [path.read_text() for path in kept] == [damage]


def test_live_keys_in_the_environment_do_not_reach_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAZORPAY_KEY_ID", "rzp_live_abcdefgh123456")
    monkeypatch.setenv("RAZORPAY_KEY_SECRET", "secret")
    opened = open_desk(Options(training=True, data_dir=tmp_path))
    try:
        assert opened.desk.settings.keys().source == "training"
        assert opened.context.gateway().key_id.startswith("rzp_test_")
    finally:
        opened.close()
