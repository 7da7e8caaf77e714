"""`pravesh enrol`, `dues` and `collect --due`: exact lines and exit codes, over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.gateway.sandbox_phone import SandboxPhone
from tests.integration.test_cli import paying, pravesh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.sandbox.server import SandboxServer
    from tests.integration.test_cli import Terminal

__all__ = ["paying", "pravesh"]
COURSES = (
    "code,title,batch,fee,gst_rate,tax_inclusive,seats\n"
    "TUI,Tuition,Morning,14160,18,yes,400\nCHE,Chemistry,Evening,12500,18,yes,400\n"
    "BKS,Books,,2000,0,yes,400\n"
)
TOTAL = 2_866_000


@pytest.fixture
def dues(pravesh: Terminal, tmp_path: Path) -> list[str]:
    """Enrol R001 in tuition, R002 in chemistry and books (V3.1); return the dues."""

    def make() -> list[str]:
        path = tmp_path / "more.csv"
        path.write_text(COURSES, encoding="utf-8")
        assert pravesh("import", "courses", str(path)) == 0
        found = []
        for student, course in (("R001", "TUI"), ("R002", "CHE"), ("R002", "BKS")):
            assert pravesh("enrol", "--student", student, "--course", course, "--json") == 0
            [event] = pravesh.events()
            assert set(event) == {"event", "enrollment", "dues"}
            found.append(event["dues"][0]["id"])
        return found

    return pravesh.keep("three dues of two students", make)


def given(dues: list[str]) -> list[str]:
    return [word for due in dues for word in ("--due", due)]


def ledger(pravesh: Terminal) -> dict[str, Any]:
    assert pravesh("ledger", "--json") == 0
    [found] = pravesh.events()
    return found


@pytest.mark.parametrize("method", ["upi_intent", "qr_code", "payment_link", "cash"])
def test_three_dues_of_two_students_are_one_payment(
    pravesh: Terminal, dues: list[str], paying: Callable[[], None], method: str
) -> None:
    paying()
    assert pravesh("collect", *given(dues), "--method", method, "--json") == 0
    paid = pravesh.events()[-1]
    assert (paid["event"], paid["amount"], paid["enrollment"]) == ("paid", TOTAL, None)
    assert paid["allocations"] == [
        {"due": due, "amount": paise}
        for due, paise in zip(dues, (1_416_000, 1_250_000, 200_000), strict=True)
    ]
    receipts = [(each["student"], each["amount"]) for each in paid["receipts"]]
    assert receipts == [("R001", 1_416_000), ("R002", 1_450_000)]
    assert paid["receipt_no"] == paid["receipts"][0]["number"]
    assert paid["change"] == 0
    assert paid["verification"] == ("counted" if method == "cash" else "verified")
    assert pravesh("dues", "--json") == 0
    assert pravesh.events() == []
    found = ledger(pravesh)
    assert [each["dues"] for each in found["attempts"]] == [dues]
    assert len(found["payments"]) == 1
    assert pravesh("collect", *given(dues), "--method", method) == 5
    assert "is already paid" in pravesh.err


def test_people_read_every_receipt_number(pravesh: Terminal, dues: list[str]) -> None:
    assert pravesh("collect", *given(dues), "--method", "cash") == 0
    numbers = [each["number"] for each in ledger(pravesh)["receipts"]]
    assert pravesh("ledger") == 0
    for shown in ("₹14,160.00  ₹0.00", "cash ₹28,660.00, fees -₹28,660.00", dues[0][-8:]):
        assert shown in pravesh.out
    assert not set("{}[]") & set(pravesh.out), "a table for people"
    assert dues[0] not in pravesh.out
    assert pravesh("dues") == 0
    assert len(numbers) == 2
    assert pravesh("collect", "--student", "R001", "--course", "PHY-11", "--method", "cash") == 0
    assert "PAID ₹11,800.00 · Asha Rao · receipt" in pravesh.out


def test_a_due_is_a_line(pravesh: Terminal, dues: list[str]) -> None:
    assert pravesh("dues", "--student", "R001", "--json") == 0
    [due] = pravesh.events()
    assert due == {
        "event": "due", "id": dues[0], "student": "R001", "course": "TUI", "head": "tuition",
        "instalment": 1, "due_on": due["due_on"], "amount": 1_416_000, "balance": 1_416_000,
        "covered": 0, "bucket": "today", "late_fee": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "bucket"),
    [
        ("2026-11-30", "not_due"), ("2026-11-29", "today"), ("2026-11-28", "1-7"),
        ("2026-11-22", "1-7"), ("2026-11-21", "8-15"), ("2026-11-14", "8-15"),
        ("2026-11-13", "16-30"), ("2026-10-30", "16-30"), ("2026-10-29", "31-60"),
        ("2026-09-30", "31-60"), ("2026-09-29", "61-90"), ("2026-08-31", "61-90"),
        ("2026-08-30", "over_90"),
    ],
)  # fmt: skip
def test_dues_are_aged_by_their_date(pravesh: Terminal, day: str, bucket: str) -> None:
    words = ("enrol", "--student", "R001", "--course", "PHY-11", "--on", day, "--json")
    assert pravesh(*words) == 0
    asked = ("dues", "--as-of", "2026-11-29", "--json")
    assert pravesh(*asked, "--bucket", bucket) == 0
    assert [(each["due_on"], each["bucket"]) for each in pravesh.events()] == [(day, bucket)]
    other = "not_due" if bucket != "not_due" else "today"
    assert pravesh(*asked, "--bucket", other) == 0
    assert pravesh.events() == []


def test_a_part_is_paid_and_the_rest_stays(pravesh: Terminal, dues: list[str]) -> None:
    words = ("collect", "--due", dues[0], "--method", "upi_intent", "--json")
    assert pravesh(*words, "--amount", "49999") == 5
    assert "Enter at least ₹500.00." in pravesh.err
    words = ("collect", "--due", dues[0], "--method", "cash", "--json")
    assert pravesh(*words, "--amount", "500000") == 0
    paid = pravesh.events()[-1]
    assert paid["allocations"] == [{"due": dues[0], "amount": 500_000}]
    assert paid["enrollment"] is not None
    assert pravesh(*words, "--amount", "915950") == 5
    assert "less than ₹1" in pravesh.err
    assert pravesh("dues", "--student", "R001", "--json") == 0
    assert [each["balance"] for each in pravesh.events()] == [916_000]
    assert pravesh(*words) == 0
    assert pravesh.events()[-1]["amount"] == 916_000


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("collect",), 2, "--due"),
        (("collect", "--student", "R001"), 2, "--course"),
        (("collect", "--due", "x", "--student", "R001", "--course", "PHY-11"), 2, "either"),
        (("collect", "--due", "x", "--due", "x"), 2, "twice"),
        (("collect", "--due", "x", "--due", "y", "--amount", "100"), 2, "exactly one"),
        (("collect", "--student", "R001", "--course", "PHY-11", "--amount", "9"), 2, "exactly one"),
        (("collect", "--due", "x", "--amount", "0"), 2, "--amount"),
        (("collect", "--due", "nothing"), 5, "nothing"),
        (("dues", "--student", "R001", "--batch", "Morning"), 2, "one of"),
        (("dues", "--bucket", "soon"), 2, "soon"),
        (("dues", "--as-of", "tomorrow"), 2, "--as-of"),
        (("dues", "--student", "nobody"), 5, "nobody"),
        (("dues", "--family", "9333333333"), 5, "••••••3333"),
        (("dues", "--family", "93"), 5, "10-digit"),
        (("dues", "--batch", "nowhere"), 5, "nowhere"),
        (("enrol", "--student", "R001"), 2, "--course"),
        (("enrol", "--student", "R001", "--course", "NOPE"), 5, "NOPE"),
    ],
)
def test_refusals_are_sentences(
    pravesh: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    assert pravesh(*words) == code
    assert said in pravesh.err
    assert pravesh.out == ""


def killed_at(pravesh: Terminal, event: str, *words: str) -> dict[str, Any]:
    """Run a command in another process, and kill it as soon as it has printed an event."""
    command = [sys.executable, "-m", "desktop_app", *words, "--json",
               "--data-dir", str(pravesh.folder), "--gateway-url", pravesh.url]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found["event"] == event:
                process.kill()
                return found
    raise AssertionError(f"it never printed {event}")


def test_a_killed_payment_covers_its_dues_until_it_is_paid(
    pravesh: Terminal, server: SandboxServer, dues: list[str]
) -> None:
    shown = killed_at(pravesh, "qr", "collect", *given(dues), "--method", "qr_code")
    assert pravesh("dues", "--student", "R002", "--json") == 0
    assert [each["covered"] for each in pravesh.events()] == [1_250_000, 200_000]
    assert pravesh("collect", "--due", dues[1], "--method", "cash") == 5
    assert "is in a pending payment of ₹28,660.00" in pravesh.err
    assert "Asha Rao · Tuition · Morning" in pravesh.err
    SandboxPhone(server.url).pay(shown["text"])
    assert pravesh("reconcile", "--json") == 0
    found = ledger(pravesh)
    assert [each["amount"] for each in found["allocations"]] == [1_416_000, 1_250_000, 200_000]
    assert len(found["receipts"]) == 2


@pytest.mark.parametrize("event", ["intent", "ordered", "qr"])
def test_a_killed_payment_is_gone_on_with(
    pravesh: Terminal, dues: list[str], paying: Callable[[], None], event: str
) -> None:
    words = ("collect", *given(dues), "--method", "upi_intent")
    begun = killed_at(pravesh, event, *words)
    paying()
    assert pravesh(*words, "--json") == 0
    assert pravesh.events()[-1]["attempt"] == begun["attempt"]
    found = ledger(pravesh)
    assert [each["state"] for each in found["attempts"]] == ["paid"]
    assert len(found["payments"]) == 1
    assert sum(each["amount"] for each in found["allocations"]) == TOTAL


def test_held_money_is_applied_to_what_is_still_due(
    pravesh: Terminal, server: SandboxServer, dues: list[str]
) -> None:
    words = ("collect", *given(dues), "--method", "upi_intent", "--timeout", "0", "--json")
    assert pravesh(*words) == 3
    text = next(each["text"] for each in pravesh.events() if each["event"] == "qr")
    assert pravesh("collect", "--due", dues[0], "--method", "cash") == 0
    SandboxPhone(server.url).pay(text)
    assert pravesh("reconcile") == 0
    assert pravesh("inbox") == 0
    assert "Choices: apply (₹14,500.00), refund." in pravesh.out
    assert pravesh("inbox", "--json") == 0
    [held] = pravesh.events()
    assert (held["amount"], held["can_enrol"]) == (TOTAL, False)
    assert pravesh("inbox", "settle", held["id"], "apply") == 0
    assert pravesh("dues", "--json") == 0
    assert pravesh.events() == []
    assert pravesh("inbox", "--json") == 0
    assert [each["amount"] for each in pravesh.events()] == [1_416_000]
    assert pravesh("inbox", "settle", held["id"], "apply") == 5
    assert pravesh("inbox", "settle", held["id"], "refund") == 0
