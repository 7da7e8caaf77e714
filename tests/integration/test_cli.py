"""The command line for scripts and people: events, exit codes, clear refusals."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.request import urlopen

import pytest

from desktop_app.cli.main import run
from desktop_app.gateway.sandbox_phone import SandboxPhone
from desktop_app.storage.store import DATABASE
from tests.proofs.sandbox_http import SandboxHttp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.sandbox.server import SandboxServer
    from tests.integration.kept_desks import KeptDesks

Found = TypeVar("Found")
STUDENTS = "roll_no,name,phone\nR001,Asha Rao,9000000001\nR002,आशा राव,9000000002\n"
COURSES = (
    "code,title,batch,fee,gst_rate,tax_inclusive,seats,starts_on\n"
    "PHY-11,Physics XI,Morning,11800.00,18,yes,400,2026-06-01\n"
    "CHE-11,Chemistry XI,Evening,9999.99,18,no,1,2026-06-01\n"
    "FREE,Open day,,0,0,yes,,\n"
)


class Terminal:
    """Runs commands in one data folder against one sandbox."""

    def __init__(
        self, folder: Path, url: str, capsys: pytest.CaptureFixture[str], kept: KeptDesks
    ) -> None:
        self.folder, self.url, self._capsys, self._kept = folder, url, capsys, kept
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        code = run([*words, "--data-dir", str(self.folder), "--gateway-url", self.url])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code

    def keep(self, name: str, make: Callable[[], Found]) -> Found:
        """Make the folder what commands make of it, by running them only the first time."""
        return self._kept.at(self.folder, name, make)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def pravesh(
    server: SandboxServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kept_desks: KeptDesks,
) -> Terminal:
    monkeypatch.setenv("RAZORPAY_KEY_ID", server.key_id)
    monkeypatch.setenv("RAZORPAY_KEY_SECRET", server.key_secret)
    terminal = Terminal(tmp_path / "desk", server.url, capsys, kept_desks)

    def fill() -> None:
        for kind, text in (("students", STUDENTS), ("courses", COURSES)):
            path = tmp_path / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            assert terminal("import", kind, str(path)) == 0

    terminal.keep("two students and three courses", fill)
    return terminal


@pytest.fixture
def paying(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the parent pay as soon as the QR is drawn."""
    phone = SandboxPhone(server.url)

    def arrange() -> None:
        from desktop_app.cli.collect import Collector

        shown = Collector._show

        def show_and_pay(self: Collector, attempt: Any) -> None:
            shown(self, attempt)
            phone.pay(attempt.qr_text)

        monkeypatch.setattr(Collector, "_show", show_and_pay)

    return arrange


def test_collecting_emits_json_lines(pravesh: Terminal, paying: Callable[[], None]) -> None:
    paying()
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", "--json") == 0
    events = pravesh.events()
    assert [event["event"] for event in events] == ["intent", "ordered", "qr", "state", "paid"]
    qr, paid = events[2], events[-1]
    assert (qr["amount"], paid["amount"]) == (1_180_000, 1_180_000)
    assert qr["text"].startswith("upi://pay?")
    assert qr["expires_at"].endswith("+00:00")
    assert paid["receipt_no"] == "D1T/26-27/000001", "the keys of a sandbox are test keys"
    assert "█" in pravesh.err, "the drawn QR goes to stderr"
    assert pravesh("ledger", "--json") == 0
    [ledger] = pravesh.events()
    asked = {"dues", "allocations", "movements"}
    assert set(ledger) == {"enrollments", "attempts", "payments", "receipts", "refunds"} | asked
    assert ledger["attempts"][0]["id"] == paid["attempt"]
    assert ledger["enrollments"][0] == {
        "id": paid["enrollment"], "student": "R001", "course": "PHY-11", "state": "active",
        "amount": 1_180_000,
    }  # fmt: skip
    assert ledger["payments"][0]["late"] is False
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", "--json") == 5


def test_collecting_on_a_page_prints_its_address(
    pravesh: Terminal, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.cli.collect import Collector

    shown = Collector._show_page
    pages: list[str] = []

    def open_and_pay(self: Collector, address: str) -> None:
        shown(self, address)
        with urlopen(address, timeout=20) as page:
            pages.append(unescape(page.read().decode()))
        control = SandboxHttp(server.url).control
        [order] = control("state")["orders"]
        control("checkout/pay", {"order_id": order["id"], "method": "card"})

    monkeypatch.setattr(Collector, "_show_page", open_and_pay)
    words = ("collect", "--student", "R001", "--course", "PHY-11", "--method", "checkout")
    assert pravesh(*words, "--json") == 0
    events = {each["event"]: each for each in pravesh.events()}
    assert events["page"]["address"].startswith("http://127.0.0.1:")
    assert events["paid"]["receipt_no"] == "D1T/26-27/000001"
    assert "Test: no real money" in pages[0]
    assert "Asha" in pages[0]
    assert "Rao" not in pages[0]


def test_collecting_for_people_draws_the_qr_and_says_paid(
    pravesh: Terminal, paying: Callable[[], None]
) -> None:
    paying()
    assert pravesh("collect", "--student", "9000000001", "--course", "phy-11") == 0
    assert "PAID ₹11,800.00 · Asha Rao · receipt D1T/" in pravesh.out
    assert pravesh("ledger") == 0
    assert "₹11,800.00" in pravesh.out


def test_nobody_pays(pravesh: Terminal) -> None:
    words = ("collect", "--student", "R001", "--course", "PHY-11", "--timeout", "0.2", "--json")
    assert pravesh(*words) == 3
    assert pravesh.events()[-1]["state"] == "expired"
    assert pravesh("reconcile", "--json") == 0
    assert pravesh.events()[-1]["event"] == "reconciled"


def test_cash_and_its_tax_to_the_paisa(pravesh: Terminal) -> None:
    assert pravesh("settings", "set", "centre.gstin", "29ABCDE1234F1ZW") == 0
    words = ("collect", "--student", "R002", "--course", "CHE-11", "--method", "cash", "--json")
    assert pravesh(*words) == 0
    paid = pravesh.events()[-1]
    assert (paid["amount"], paid["order_id"], paid["payment_id"], paid["rrn"]) == (
        1_179_999, None, None, None,
    )  # fmt: skip
    assert pravesh("collect", "--student", "R001", "--course", "CHE-11") == 5
    assert "no seats left" in pravesh.err


def test_cash_after_a_qr_looks_for_the_money_first(pravesh: Terminal) -> None:
    begun = ("collect", "--student", "R001", "--course", "PHY-11", "--json")
    assert pravesh(*begun, "--timeout", "0") == 3
    assert pravesh(*begun, "--method", "cash") == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("collect", "--student", "nobody", "--course", "PHY-11"), 5, "nobody"),
        (("collect", "--student", "R001", "--course", "NOPE"), 5, "NOPE"),
        (("collect", "--student", "R001", "--course", "FREE"), 5, "has no fee"),
        (("collect", "--course", "PHY-11"), 2, "--student"),
        (("collect", "--student", "R001", "--course", "PHY-11", "--method", "barter"), 2, "barter"),
        (("settings", "set", "centre.gstin", "29ABCDE1234F1ZX"), 5, "has a typo"),
        (("settings", "set", "no.such", "1"), 5, "no.such"),
        (("settings", "set", "desk.id"), 2, "KEY VALUE"),
        (("settings", "set", "upi.limit_paise", "60000000"), 5, "paise"),
        (("export", "students", "out.pdf"), 2, ".csv or .xlsx"),
        (("import", "students", "nowhere.csv"), 2, "nowhere.csv"),
    ],
)
def test_refusals_are_sentences(
    pravesh: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    assert pravesh(*words) == code
    assert said in pravesh.err
    assert pravesh.out == ""


def test_a_wrong_key_is_refused_and_never_shown(
    pravesh: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAZORPAY_KEY_SECRET", "not-the-secret-at-all")
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11") == 5
    assert "keys" in pravesh.err
    log = (pravesh.folder / "logs" / "pravesh.log").read_text(encoding="utf-8")
    for text in (pravesh.err, pravesh.out, log):
        assert "not-the-secret-at-all" not in text
        assert os.environ["RAZORPAY_KEY_ID"] not in text


def test_a_live_key_never_meets_a_sandbox(
    pravesh: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAZORPAY_KEY_ID", "rzp_live_abcdefgh123456")
    assert pravesh("ledger") == 5
    assert "live key" in pravesh.err


def test_a_bug_is_logged_in_full_and_shown_as_a_sentence(
    pravesh: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("parent 9876543210 with rzp_test_abcdefgh123456")

    monkeypatch.setattr("desktop_app.services.enrolment.students.StudentService.find", fail)
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11") == 4
    assert "wrong in Pravesh (ZeroDivisionError)" in pravesh.err
    log = (pravesh.folder / "logs" / "pravesh.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "9876543210" not in log
    assert "abcdefgh123456" not in log


def test_keys_are_masked(pravesh: Terminal, server: SandboxServer) -> None:
    assert pravesh("keys", "show") == 0
    assert pravesh.out.strip().startswith(f"rzp_test_••••{server.key_id[-4:]}")
    assert server.key_id not in pravesh.out


def test_without_a_keyring_keys_cannot_be_kept_and_it_says_so(
    pravesh: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring
    from keyring.backends import fail

    monkeypatch.setattr("keyring.core._keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
    assert isinstance(keyring.get_keyring(), fail.Keyring)
    monkeypatch.setattr("click.prompt", lambda *_a, **_k: "rzp_test_abcdefgh123456")
    assert pravesh("keys", "set") == 5
    assert "keyring" in pravesh.err


def test_the_doctor_says_what_to_do(pravesh: Terminal) -> None:
    assert pravesh("doctor", "--json") == 0
    checks = {event["name"]: event for event in pravesh.events()}
    assert {
        "database",
        "audit",
        "balances",
        "book",
        "book_memory",
        "desk_code",
        "backup",
        "disk",
        "errands",
        "stuck",
        "other keys",
        "fonts",
        "keys",
        "gateway",
        "clock",
        "keyring",
        "printers",
        "folder",
        "lists",
    } == set(checks)
    assert checks["database"]["health"] == "good"
    assert all(check["advice"] for check in checks.values() if check["health"] != "good")


def test_a_clock_a_day_off_is_noticed(pravesh: Terminal, server: SandboxServer) -> None:
    import requests

    requests.post(f"{server.url}/_sandbox/clock", json={"advance_s": 86_400}, timeout=5)
    assert pravesh("doctor", "--json") == 0
    clock = next(event for event in pravesh.events() if event["name"] == "clock")
    assert (clock["health"], "automatic" in clock["advice"]) == ("bad", True)


def test_backup_and_restore(pravesh: Terminal, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.sqlite3")
    assert pravesh("backup", kept) == 0
    words = ("collect", "--student", "R001", "--course", "PHY-11", "--method", "cash", "--json")
    assert pravesh(*words) == 0
    assert pravesh("restore", kept) == 0
    assert "reconcile" in pravesh.out
    assert "Enter cash again" in pravesh.out, "no promise it cannot keep"
    assert pravesh("ledger", "--json") == 0
    assert pravesh.events()[0]["payments"] == []


def test_importing_twice_changes_nothing_and_problems_import_nothing(
    pravesh: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "again.csv"
    path.write_text(STUDENTS, encoding="utf-8")
    assert pravesh("import", "students", str(path)) == 0
    assert pravesh.out.startswith("0 added, 0 updated, 2 unchanged")
    path.write_text(
        "roll_no;name;phone;shoe size\nR010;New;9000000010;9\nR011;;9000000011;8\n"
        "R012;Odd;12345;7\nR010;Again;;6\n",
        encoding="utf-8-sig",
    )
    assert pravesh("import", "students", str(path)) == 5
    for part in ("shoe_size", "line 3: name", "line 4: phone", "line 5: roll_no", "Nothing was"):
        assert part.lower() in pravesh.err.lower()
    assert pravesh("collect", "--student", "R010", "--course", "PHY-11") == 5


def test_a_file_without_the_columns_names_them(pravesh: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("naam,phone\nAsha,9000000001\n", encoding="utf-8")
    assert pravesh("import", "students", str(path)) == 2
    assert "roll_no" in pravesh.err


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", ["students", "courses", "ledger"])
def test_exports_are_written(pravesh: Terminal, tmp_path: Path, kind: str, suffix: str) -> None:
    words = ("collect", "--student", "R001", "--course", "PHY-11", "--method", "cash", "--json")
    assert pravesh(*words) == 0
    path = tmp_path / f"{kind}{suffix}"
    assert pravesh("export", kind, str(path)) == 0
    assert path.stat().st_size > 50
    if (kind, suffix) == ("students", ".csv"):
        assert pravesh("import", "students", str(path)) == 0
        assert "2 unchanged" in pravesh.out


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("students", "roll_no,"),
        ("ledger", "received_at,"),
        ("balances", "List,balances"),
        ("cheques", "List,cheques"),
    ],
)
def test_a_file_that_is_read_by_its_columns_begins_with_them(
    pravesh: Terminal, tmp_path: Path, kind: str, first: str
) -> None:
    path = tmp_path / f"{kind}.csv"
    assert pravesh("export", kind, str(path)) == 0
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith(first)
    if first.startswith("List"):
        assert lines[1] == "Shown,all"
        assert lines[2].startswith("Exported,20")


def test_options_are_accepted_before_the_command(pravesh: Terminal) -> None:
    code = run(["--data-dir", str(pravesh.folder), "--gateway-url", pravesh.url, "ledger"])
    assert code == 0


def test_a_foreign_address_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["ledger", "--gateway-url", "http://example.com", "--data-dir", str(tmp_path)])
    assert code == 2
    assert "send anything" in capsys.readouterr().err


def test_no_display_and_no_training_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run([]) == 2
    assert "no display" in capsys.readouterr().err


def test_every_command_warns_of_a_trigger_that_the_desk_did_not_make(pravesh: Terminal) -> None:
    assert pravesh("ledger", "--json") == 0
    assert pravesh.err == ""
    with closing(sqlite3.connect(pravesh.folder / DATABASE)) as raw:
        raw.execute("CREATE TRIGGER cheap AFTER INSERT ON dues BEGIN SELECT 1; END")
        raw.commit()
    assert pravesh("ledger", "--json") == 0
    assert len(pravesh.events()) == 1, "standard output holds JSON only"
    assert "the trigger cheap is not the desk's" in pravesh.err
    assert pravesh("audit", "verify") == 5
    assert pravesh.err.count("the trigger cheap is not the desk's") == 2


def test_refund_inbox_find_and_audit(
    pravesh: Terminal, paying: Callable[[], None], server: SandboxServer
) -> None:
    paying()
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", "--json") == 0
    payment = pravesh.events()[-1]
    assert pravesh("find", "--utr", payment["rrn"][-4:], "--json") == 0
    found = pravesh.events()[0]
    assert (found["answer"], found["receipt_no"]) == ("credited", payment["receipt_no"])
    assert pravesh("find", "--utr", "0000", "--amount", "7", "--json") == 0
    assert pravesh.events()[0]["answer"] == "not_found"
    assert pravesh("find") == 5
    assert pravesh("inbox", "--json") == 0
    assert pravesh.out == ""
    assert pravesh("inbox", "settle", "pay_nobody", "refund") == 5
    words = ("refund", "--payment", payment["payment_id"], "--reason", "leaves")
    assert pravesh(*words, "--amount", "99999999", "--json") == 5
    assert pravesh(*words, "--json") == 0
    assert pravesh.events()[0]["amount"] == 1_180_000
    assert pravesh("ledger", "--json") == 0
    assert [row["state"] for row in pravesh.events()[0]["enrollments"]] == ["cancelled"]
    assert pravesh("audit", "verify") == 0
    assert "OK" in pravesh.out


def paying_otherwise(
    server: SandboxServer, monkeypatch: pytest.MonkeyPatch, *parts: int | None
) -> None:
    """Make the parent pay parts of a link, which the dashboard lets take them."""
    from desktop_app.cli.collect import Collector

    http, keys = SandboxHttp(server.url), (server.key_id, server.key_secret)
    shown = Collector._show

    def show_and_pay(self: Collector, attempt: Any) -> None:
        shown(self, attempt)
        link = http.control("state")["payment_links"][-1]["id"]
        http.api(f"payment_links/{link}", {"accept_partial": True}, keys, method="PATCH")
        for part in parts:
            paid = {"qr": attempt.qr_text} | ({"amount": part} if part else {})
            http.control("upi/pay", paid)

    monkeypatch.setattr(Collector, "_show", show_and_pay)


LINK = ("--method", "payment_link", "--timeout", "1")


def test_a_part_that_was_paid_of_a_link_is_applied_from_the_inbox(
    pravesh: Terminal, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paying_otherwise(server, monkeypatch, 500_000)
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", *LINK, "--json") == 3
    assert pravesh("reconcile") == 0
    assert pravesh("inbox", "--json") == 0
    [held] = pravesh.events()
    figures = (held["event"], held["amount"], held["asked"], held["why"], held["applicable"])
    assert figures == ("held", 500_000, 1_180_000, "misfit", 500_000)
    assert held["mode"] == "test"
    assert not held["can_enrol"]
    assert pravesh("inbox") == 0
    assert "The parent paid ₹5,000.00 instead of ₹11,800.00." in pravesh.out
    assert "· test money" in pravesh.out
    assert "Choices: apply (₹5,000.00), refund." in pravesh.out
    assert pravesh("inbox", "settle", held["id"], "enrol") == 5
    assert pravesh("inbox", "settle", held["id"], "apply") == 0
    assert pravesh.out.splitlines() == [
        "Applied ₹5,000.00 to the fee.", "₹6,800.00 is still due.",
    ]  # fmt: skip
    assert pravesh("inbox", "settle", held["id"], "apply") == 0, "again changes nothing"
    assert pravesh("inbox", "settle", held["id"], "refund") == 5
    assert pravesh("ledger", "--json") == 0
    [ledger] = pravesh.events()
    assert [row["state"] for row in ledger["enrollments"]] == ["active"]
    assert [row["balance"] for row in ledger["dues"]] == [680_000]
    assert [row["amount"] for row in ledger["receipts"]] == [500_000]
    for words in (("collect", "--method", "cash"), ("enrol",)):
        assert pravesh(*words, "--student", "R001", "--course", "PHY-11") == 5
        assert "Fee due: ₹6,800.00. See `pravesh dues`." in pravesh.err


def test_two_parts_of_a_link_are_applied_at_once(
    pravesh: Terminal, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paying_otherwise(server, monkeypatch, 500_000, None)
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", *LINK, "--json") == 3
    assert pravesh("inbox", "--json") == 0
    held = sorted(pravesh.events(), key=lambda row: int(row["amount"]))  # within one second
    assert [(row["amount"], row["applicable"]) for row in held] == [
        (500_000, 1_180_000), (680_000, 1_180_000),
    ]  # fmt: skip
    assert pravesh("inbox", "settle", held[1]["id"], "apply") == 0
    assert pravesh.out.splitlines() == [
        "Applied ₹11,800.00 to the fee.", "The fee is paid in full.",
    ]  # fmt: skip
    assert pravesh("inbox", "settle", held[0]["payment_id"], "apply") == 0
    assert pravesh("inbox", "--json") == 0
    assert pravesh.events() == []


@pytest.mark.parametrize("bearer", ["customer_added", "customer_beside"])
def test_a_payers_own_fee_is_noted_and_the_fee_is_paid(
    pravesh: Terminal, paying: Callable[[], None], server: SandboxServer, bearer: str
) -> None:
    SandboxHttp(server.url).control("account", {"fee_bearer": bearer, "fees": {"upi": 200}})
    assert pravesh("settings", "set", "gateway.fee_bearer", "customer") == 0
    paying()
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", "--json") == 0
    assert pravesh.events()[-1]["amount"] == 1_180_000
    assert pravesh("ledger", "--json") == 0
    [payment] = pravesh.events()[0]["payments"]
    assert (payment["amount"], payment["customer_fee"]) == (1_180_000, 27_848)
