"""`pravesh collect` with counter tenders, `cheque` and claimed money: lines and exit codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.receipt import IST
from tests.integration.test_cli import paying, pravesh
from tests.integration.test_cli_dues import dues

if TYPE_CHECKING:
    from tests.integration.test_cli import Terminal

__all__ = ["dues", "paying", "pravesh"]
UTR = "HDFCN52026113000"
TODAY = "2026-11-30"


def collect(pravesh: Terminal, *words: str) -> int:
    return pravesh("collect", *words, "--json")


def test_cash_shows_the_change(pravesh: Terminal, dues: list[str]) -> None:
    words = ("--due", dues[0], "--method", "cash", "--tendered", "1500000")
    assert collect(pravesh, *words) == 0
    paid = pravesh.events()[-1]
    assert (paid["change"], paid["credit"], paid["verification"]) == (84_000, 0, "counted")
    assert paid["amount"] == 1_416_000


def test_more_than_is_due_is_kept_as_credit_and_pays_another(
    pravesh: Terminal, dues: list[str]
) -> None:
    words = ("--due", dues[2], "--method", "neft", "--reference", UTR)
    assert collect(pravesh, *words, "--amount", "250000") == 0
    paid = pravesh.events()[-1]
    assert (paid["credit"], paid["verification"]) == (50_000, "claimed")
    assert paid["allocations"] == [{"due": dues[2], "amount": 200_000}]
    assert collect(pravesh, "--due", dues[1], "--method", "credit") == 0
    used = pravesh.events()[-1]
    assert used["receipts"] == []
    assert used["verification"] is None
    assert used["allocations"] == [{"due": dues[1], "amount": 50_000}]


def test_cash_near_what_the_law_allows_is_warned_of(pravesh: Terminal, dues: list[str]) -> None:
    assert pravesh("settings", "set", "cash.warn_paise", "1000000") == 0
    assert pravesh("collect", "--due", dues[2], "--method", "cash") == 0
    assert "more in cash" not in pravesh.out
    assert pravesh("collect", "--due", dues[0], "--method", "cash") == 0
    assert "at most ₹1,85,839.99 more in cash today." in pravesh.out


def test_a_reference_counts_once(pravesh: Terminal, dues: list[str]) -> None:
    words = ("--method", "neft", "--reference", UTR)
    assert collect(pravesh, "--due", dues[2], *words) == 0
    assert collect(pravesh, "--due", dues[0], *words) == 5
    assert "You can't record a payment twice." in pravesh.err


def test_claimed_money_is_matched_corrected_and_taken_back(
    pravesh: Terminal, dues: list[str]
) -> None:
    assert collect(pravesh, "--due", dues[2], "--method", "neft", "--reference", UTR) == 0
    assert collect(pravesh, "--due", dues[0], "--method", "imps", "--reference", "6" * 12) == 0
    pravesh.events()
    assert pravesh("inbox", "--json") == 0
    claimed = [each for each in pravesh.events() if each["event"] == "claimed"]
    assert [each["reference"] for each in claimed] == [UTR, "6" * 12]
    first, second = (each["id"] for each in claimed)
    assert pravesh("inbox", "correct", first, "--reference", "HDFCN52026113009") == 0
    assert pravesh("inbox", "match", first, "--on", TODAY, "--where", "line 4") in {0, 5}
    assert pravesh("inbox", "reverse", second, "--reason", "never came") == 0
    assert pravesh("dues", "--student", "R001", "--json") == 0
    assert [each["balance"] for each in pravesh.events()] == [1_416_000]


def test_a_cheque_goes_from_hand_to_money(pravesh: Terminal, dues: list[str]) -> None:
    words = ("--due", dues[0], "--method", "cheque", "--reference", "000123", "--bank", "HDFC")
    assert collect(pravesh, *words, "--dated", TODAY) == 0
    cheque = pravesh.events()[-1]
    assert (cheque["event"], cheque["state"], cheque["amount"]) == ("cheque", "in_hand", 1_416_000)
    assert "paid" not in pravesh.out
    assert pravesh("dues", "--student", "R001", "--json") == 0
    assert pravesh.events()[0]["covered"] == 1_416_000
    assert collect(pravesh, "--due", dues[0], "--method", "cash") == 5
    assert cheque["slip"] in pravesh.err
    assert pravesh("cheque", "clear", cheque["id"], "--json") == 5
    assert pravesh("cheque", "deposit", cheque["slip"], "--json") == 0
    assert pravesh.events()[-1]["deposit_slip"] == 1
    assert pravesh("cheque", "clear", "000123", "--json") == 0
    cleared = pravesh.events()[-1]
    assert (cleared["state"], bool(cleared["receipt_no"])) == ("cleared", True)
    assert pravesh("cheque", "bounce", cheque["id"], "--reason", "stale", "--json") == 0
    assert pravesh.events()[-1]["notice_by"]
    assert pravesh("cheque", "return", cheque["id"], "--json") == 0
    assert pravesh("cheque", "list", "--json", "--state", "returned") == 0
    assert [each["number"] for each in pravesh.events()] == ["000123"]


@pytest.mark.parametrize(
    ("reason", "is_criminal"), [("funds insufficient", True), ("signature differs", False)]
)
def test_a_notice_is_said_where_the_law_knows_one(
    pravesh: Terminal, dues: list[str], reason: str, *, is_criminal: bool
) -> None:
    words = ("--due", dues[0], "--method", "cheque", "--reference", "000123", "--bank", "HDFC")
    assert collect(pravesh, *words, "--dated", TODAY, "--micr", "302240002") == 0
    assert pravesh("cheque", "deposit", "000123") == 0
    assert pravesh("cheque", "bounce", "000123", "--reason", reason) == 0
    assert ("Send the notice" in pravesh.out) is is_criminal


def test_a_demand_draft_is_called_one(pravesh: Terminal, dues: list[str]) -> None:
    words = ("--due", dues[0], "--method", "draft", "--reference", "000123", "--bank", "HDFC")
    assert pravesh("collect", *words, "--dated", TODAY) == 0
    assert "Demand draft received, subject to realisation." in pravesh.out


def test_a_reference_of_another_shape_is_taken_as_typed(pravesh: Terminal, dues: list[str]) -> None:
    words = ("--due", dues[0], "--method", "neft", "--reference", "SBIN 526 001", "--use-anyway")
    assert collect(pravesh, *words) == 0
    assert pravesh("inbox", "--json") == 0
    assert [each["reference"] for each in pravesh.events()] == ["SBIN526001"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--tendered", "100"), 2, "--tendered"),
        (("--method", "neft", "--tendered", "100"), 2, "--tendered"),
        (("--method", "auto", "--reference", "x"), 2, "--reference"),
        (("--method", "neft"), 5, "reference number"),
        (("--method", "imps", "--reference", "12345678901"), 5, "12 digits"),
        (("--method", "cash", "--tendered", "100"), 5, " short. Ask for"),
        (("--method", "cheque", "--reference", "12"), 5, "6 digits"),
        (
            (
                "--method",
                "cheque",
                "--reference",
                "000123",
                "--bank",
                "HDFC",
                "--dated",
                TODAY,
                "--micr",
                "12",
            ),
            5,
            "9 digits",
        ),
        (("--method", "neft", "--reference", "SBIN 526 001"), 5, "16 letters"),
        (("--use-anyway",), 2, "--use-anyway"),
        (("--auth-code", "12"), 2, "--auth-code"),
        (("--method", "credit"), 5, "no credit"),
    ],
)
def test_bad_input_is_a_sentence(
    pravesh: Terminal, dues: list[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert pravesh("collect", "--due", dues[0], *words) == code
    assert said in pravesh.err
    assert pravesh("ledger", "--json") == 0
    assert pravesh.events()[0]["payments"] == []


def test_a_reference_unknown_to_the_gateway_is_a_claim(pravesh: Terminal, dues: list[str]) -> None:
    assert collect(pravesh, "--due", dues[2], "--method", "upi_static", "--reference", "6" * 12,
                   "--amount", "200000") == 0  # fmt: skip
    assert pravesh.events()[-1]["verification"] == "claimed"


@pytest.mark.parametrize("chosen", [("--due", 2), ("--student", "R002", "--course", "BKS")])
def test_the_rest_pays_other_fees_where_it_is_asked_to(
    pravesh: Terminal, dues: list[str], chosen: tuple[str | int, ...]
) -> None:
    fee = [dues[each] if isinstance(each, int) else each for each in chosen]
    words = (*fee, "--method", "neft", "--reference", UTR, "--amount", "250000", "--fill")
    assert collect(pravesh, *words) == 0, pravesh.err
    shown, *_, paid = pravesh.events()
    assert shown == {
        "event": "filled", "dues": [{"due": dues[1], "amount": 50_000}], "credit": 0,
    }  # fmt: skip
    assert paid["allocations"] == [
        {"due": dues[2], "amount": 200_000}, {"due": dues[1], "amount": 50_000},
    ]  # fmt: skip
    assert (paid["amount"], paid["credit"]) == (250_000, 0)


def test_what_the_rest_pays_is_shown(pravesh: Terminal, dues: list[str]) -> None:
    words = ("collect", "--due", dues[2], "--method", "cash", "--amount", "1500000", "--fill")
    assert pravesh(*words) == 0, pravesh.err
    assert "The rest pays ₹12,500.00 of Chemistry" in pravesh.out
    assert "₹500.00 becomes credit." in pravesh.out
    assert "Kept as credit: ₹500.00" in pravesh.out


def test_the_rest_of_a_family_s_bill_pays_fees_that_follow(
    pravesh: Terminal, dues: list[str]
) -> None:
    later = str(datetime.now(IST).date() + timedelta(days=20))
    assert pravesh("due", "move", dues[1], "--to", later, "--reason", "Salary day") == 0
    words = ("--family", "9000000002", "--method", "neft", "--reference", UTR)
    assert collect(pravesh, *words, "--amount", "300000", "--fill") == 0, pravesh.err
    shown, *_, paid = pravesh.events()
    assert shown["dues"] == [{"due": dues[1], "amount": 100_000}]
    assert paid["credit"] == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--method", "cash"), "--fill needs --amount above the fee of ₹2,000.00."),
        (("--method", "cash", "--amount", "200000"), "--fill needs --amount above the fee"),
        (("--method", "credit"), "--fill needs a payment at the counter"),
        (("--method", "auto"), "--fill needs a counter method"),
    ],
)
def test_only_a_rest_at_the_counter_pays_other_fees(
    pravesh: Terminal, dues: list[str], words: tuple[str, ...], complaint: str
) -> None:
    assert pravesh("collect", "--due", dues[2], "--fill", *words) == 2
    assert complaint in " ".join(pravesh.err.split())
