"""`pravesh due`, `promise` and `statement`: exact lines and exit codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.receipt import IST
from desktop_app.storage.payments.credit_repository import SqlCreditRepository
from tests.integration.test_cli import pravesh
from tests.integration.test_cli_dues import COURSES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.test_cli import Terminal

__all__ = ["pravesh"]
WHY = ("--reason", "Father in hospital")


def day(after: int) -> str:
    return (datetime.now(IST).date() + timedelta(days=after)).isoformat()


@pytest.fixture
def late(pravesh: Terminal, tmp_path: Path) -> str:
    """Enrol R001 in tuition, which was due ten days ago at ₹50 a day; return the due."""

    def make() -> str:
        path = tmp_path / "more.csv"
        path.write_text(COURSES, encoding="utf-8")
        assert pravesh("import", "courses", str(path)) == 0
        rule = ("--kind", "per_day", "--amount", "5000", "--grace", "5")
        assert pravesh("plan", "late-rule", "DAY", *rule) == 0
        plan = ("--kind", "equal", "--parts", "2", "--late-rule", "DAY", "--dates",
                f"{day(-10)},{day(30)}")  # fmt: skip
        assert pravesh("plan", "add", "TWO", "--course", "TUI", *plan) == 0, pravesh.err
        enrol = ("enrol", "--student", "R001", "--course", "TUI", "--plan", "TWO", "--on", day(-10))
        assert pravesh(*enrol, "--json") == 0, pravesh.err
        [event] = pravesh.events()
        found: str = event["dues"][0]["id"]
        return found

    return pravesh.keep("a late due", make)


def test_a_late_fee_is_waived_in_part_and_whole(pravesh: Terminal, late: str) -> None:
    assert pravesh("dues", "--student", "R001", "--json") == 0
    assert [each["late_fee"] for each in pravesh.events()] == [50_000, 0]
    assert pravesh("due", "waive", late, "--amount", "20000", *WHY, "--json") == 0
    [event] = pravesh.events()
    assert event == {
        "event": "waived", "due": late, "amount": 20_000, "balance": 708_000, "due_on": day(-10),
    }  # fmt: skip
    assert pravesh("due", "waive", late, "--amount", "30001", *WHY) == 5
    assert "The late fee is ₹300.00." in pravesh.err
    assert pravesh("due", "waive", late, *WHY) == 0
    assert "Waived ₹300.00 of the late fee: " in pravesh.out
    assert pravesh("due", "waive", late, *WHY) == 5
    assert "There's no late fee to waive." in pravesh.err


def test_the_payment_that_settles_a_due_asks_for_its_late_fee(pravesh: Terminal, late: str) -> None:
    assert pravesh("collect", "--due", late, "--method", "cash") == 0
    assert pravesh("dues", "--student", "R001", "--json") == 0
    found = pravesh.events()
    assert [(each["head"], each["balance"]) for each in found] == [
        ("late_fee", 50_000), ("tuition", 708_000),
    ]  # fmt: skip
    assert pravesh("statement", "--student", "R001", "--json") == 0
    *lines, account = pravesh.events()
    kinds = ["asked", "asked", "late_fee", "paid"]
    assert sorted(each["kind"] for each in lines) == sorted(kinds)
    assert account["balance"] == 758_000 == lines[-1]["balance"]
    assert (account["overdue"], account["not_due"], account["students"]) == (
        50_000, 708_000, ["R001"],
    )  # fmt: skip
    assert pravesh("statement", "--student", "R001") == 0
    assert "Balance ₹7,580.00: overdue ₹500.00" in pravesh.out


def test_a_due_is_written_off_restored_and_moved(pravesh: Terminal, late: str) -> None:
    assert pravesh("due", "write-off", late, *WHY, "--json") == 0
    assert (pravesh.events()[0]["event"], pravesh.events()[0]["balance"]) == ("written_off", 0)
    assert pravesh("dues", "--json") == 0
    assert late not in [each["id"] for each in pravesh.events()]
    assert pravesh("due", "write-off", late, *WHY) == 5
    assert pravesh("due", "restore", late, *WHY) == 0
    assert "Restored ₹7,080.00" in pravesh.out
    assert pravesh("due", "move", late, "--to", day(3), *WHY, "--json") == 0
    assert pravesh.events()[0]["due_on"] == day(3)
    assert pravesh("due", "move", late, "--to", day(-3), *WHY) == 5
    assert "This date has passed." in pravesh.err


def test_promises_are_noted_listed_and_cancelled(pravesh: Terminal, late: str) -> None:
    words = ("promise", "add", "--student", "R001", "--amount", "500000", "--by", day(5))
    assert pravesh(*words, "--note", "after salary", "--json") == 0
    [event] = pravesh.events()
    assert event == {
        "event": "promise", "id": event["id"], "amount": 500_000, "by_on": day(5),
        "state": "open", "note": "after salary",
    }  # fmt: skip
    assert pravesh("promise", "list", "--student", "R001", "--json") == 0
    assert pravesh.events() == [event]
    assert pravesh("promise", "cancel", event["id"]) == 0
    assert pravesh("promise", "cancel", event["id"]) == 5
    assert pravesh("promise", "list", "--student", "R001") == 0
    assert "withdrawn" in pravesh.out


def test_credit_moves_to_a_brother(pravesh: Terminal, late: str, tmp_path: Path) -> None:
    path = tmp_path / "family.csv"
    rows = "R001,Asha Rao,9811111111\nR002,Rohan Rao,9811111111\n"
    path.write_text(f"roll_no,name,guardian_phone\n{rows}", encoding="utf-8")
    assert pravesh("import", "students", str(path)) == 0
    more = ("--method", "cash", "--amount", "758000")
    assert pravesh("collect", "--due", late, *more) == 0
    assert pravesh("credit", "show", "--student", "R001", "--json") == 0
    assert pravesh.events() == [
        {"event": "credit", "student": "R001", "balance": 50_000, "usable": 50_000}
    ]
    to_brother = ("credit", "move", "--from", "R001", "--to", "R002")
    assert pravesh(*to_brother, "--amount", "50001", *WHY) == 5
    assert "₹500.00 of credit" in pravesh.err
    assert pravesh(*to_brother, "--amount", "20000", "--reason", "..") == 5
    assert pravesh(*to_brother, "--amount", "20000", *WHY) == 0
    assert "₹300.00 of credit" in pravesh.out
    assert "₹200.00 of credit" in pravesh.out


def test_credit_that_may_not_be_used_is_told(
    pravesh: Terminal, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pravesh("collect", "--due", late, "--method", "cash", "--amount", "758000") == 0
    monkeypatch.setattr(SqlCreditRepository, "gone", lambda *_given, **_more: Money(200_00))
    assert pravesh("credit", "show", "--student", "R001") == 0
    assert "₹500.00 of credit. You can use ₹300.00 of it." in pravesh.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("due", "waive", "nothing", *WHY), 5, "nothing"),
        (("due", "waive", "nothing"), 2, "--reason"),
        (("due", "write-off", "nothing", "--reason", "..."), 5, "reason"),
        (("promise", "add", "--student", "R001", "--amount", "0", "--by", day(1)), 5, "above ₹0"),
        (("promise", "add", "--student", "R001", "--amount", "1", "--by", "soon"), 2, "--by"),
        (("promise", "add", "--student", "R002", "--amount", "1", "--by", day(1)), 5, "₹0.00"),
        (("promise", "cancel", "nothing"), 5, "No open promise"),
        (("statement", "--student", "nobody"), 5, "nobody"),
    ],
)
def test_refusals_are_sentences(
    pravesh: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    assert pravesh(*words) == code
    assert said in pravesh.err
    assert pravesh.out == ""
