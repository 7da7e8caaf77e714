"""`pravesh collect --family` and `pravesh bill`: exact lines and exit codes, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.test_cli import paying, pravesh
from tests.integration.test_cli_dues import COURSES, TOTAL, ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.test_cli import Terminal

__all__ = ["paying", "pravesh"]
PHONE = "9000000077"
FAMILY = (
    "roll_no,name,phone,email,guardian_name,guardian_phone,date_of_birth,state\n"
    f"F001,Asha Nair,,,Meera Nair,{PHONE},,\nF002,Rohan Nair,,,Meera Nair,{PHONE},,\n"
)
COLLECT = ("collect", "--family", PHONE, "--json")


@pytest.fixture
def dues(pravesh: Terminal, tmp_path: Path) -> list[str]:
    """Enrol two of a family (V3.1); return their dues."""

    def make() -> list[str]:
        found = []
        for kind, text in (("students", FAMILY), ("courses", COURSES)):
            path = tmp_path / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            assert pravesh("import", kind, str(path)) == 0
        for student, course in (("F001", "TUI"), ("F002", "CHE"), ("F002", "BKS")):
            assert pravesh("enrol", "--student", student, "--course", course, "--json") == 0
            found.append(pravesh.events()[0]["dues"][0]["id"])
        return found

    return pravesh.keep("three dues of a family", make)


def bill(pravesh: Terminal, text: str = "B-1") -> dict[str, Any]:
    assert pravesh("bill", "show", text, "--json") == 0
    [found] = pravesh.events()
    return found


@pytest.mark.parametrize("method", ["upi_intent", "cash"])
def test_a_family_pays_everything_that_is_due(
    pravesh: Terminal, dues: list[str], paying: Callable[[], None], method: str
) -> None:
    paying()
    later = ("enrol", "--student", "F001", "--course", "BKS", "--on", "2099-04-01")
    assert pravesh(*later) == 0
    assert pravesh(*COLLECT, "--method", method) == 0
    paid = pravesh.events()[-1]
    assert (paid["event"], paid["amount"]) == ("paid", TOTAL)
    assert [each["due"] for each in paid["allocations"]] == dues
    assert [(each["student"], each["amount"]) for each in paid["receipts"]] == [
        ("F001", 1_416_000), ("F002", 1_450_000),
    ]  # fmt: skip
    found = bill(pravesh)
    assert (found["state"], found["total"], found["rest"], found["payer"]) == (
        "paid", TOTAL, 0, "Meera Nair",
    )  # fmt: skip
    assert [each["due"] for each in found["lines"]] == dues
    assert [(each["method"], each["state"]) for each in found["tenders"]] == [(method, "paid")]
    assert found["receipts"] == paid["receipts"]
    assert pravesh(*COLLECT, "--method", method) == 5
    assert "This family has no fee due today or overdue" in pravesh.err


def test_cash_and_then_a_code_pay_one_bill(
    pravesh: Terminal, dues: list[str], paying: Callable[[], None]
) -> None:
    assert pravesh(*COLLECT, "--method", "cash", "--amount", "1000000") == 0  # V3.2
    assert pravesh.events()[-1]["allocations"] == [{"due": dues[0], "amount": 1_000_000}]
    assert pravesh("bill", "list", "--held", "--json") == 0
    [held] = pravesh.events()
    assert (held["state"], held["rest"]) == ("part_paid", TOTAL - 1_000_000)
    assert held["hold_until"] is not None
    paying()
    assert pravesh(*COLLECT, "--method", "upi_intent") == 0
    paid = pravesh.events()[-1]
    assert [each["amount"] for each in paid["allocations"]] == [416_000, 1_250_000, 200_000]
    assert bill(pravesh, "1")["state"] == "paid"
    assert len(ledger(pravesh)["payments"]) == 2


def test_people_read_a_bill(pravesh: Terminal, dues: list[str]) -> None:
    assert pravesh(*COLLECT, "--method", "cash", "--amount", "1000000") == 0
    assert pravesh("bill", "list") == 0
    assert "B-1" in pravesh.out
    assert "₹18,660.00" in pravesh.out
    assert pravesh("bill", "show", "B-1") == 0
    for words in ("Meera Nair", "₹28,660.00", "Rohan Nair", "cash  ₹10,000.00  paid", "receipt"):
        assert words in pravesh.out, words
    assert PHONE not in pravesh.out
    assert pravesh("bill", "list", PHONE, "--json") == 0
    [found] = pravesh.events()
    assert bill(pravesh, found["id"])["number"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("bill", "show", "B-9"), 5, "No bill has the number or id “B-9”"),
        (("collect", "--family", "9000000078"), 5, "No family has the phone"),
        (("collect", "--family", "12"), 5, ""),
        (("collect", "--family", PHONE, "--student", "F001"), 2, "Use --family without"),
        ((*COLLECT, "--method", "upi_intent", "--amount", "2866001"), 5, "left to pay"),
    ],
)
def test_what_cannot_be_is_said(
    pravesh: Terminal, dues: list[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert len(dues) == 3
    assert pravesh(*words) == code
    assert said in pravesh.err
    assert ledger(pravesh)["attempts"] == []
