"""`pravesh concede`, `promo` and `collect --promo`: exact lines and exit codes, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.test_cli import paying, pravesh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.test_cli import Terminal

__all__ = ["paying", "pravesh"]
COURSES = (
    "code,title,batch,fee,gst_rate,tax_inclusive,seats\n"
    "TUI,Tuition,Morning,14160,18,yes,400\nCHE,Chemistry,Evening,12500,18,yes,400\n"
)
STUDENTS = (
    "roll_no,name,phone,email,guardian_name,guardian_phone\n"
    "B1,Asha Rao,9845000001,,Meena Rao,9845012345\nB2,Rohan Rao,9845000002,,Meena Rao,9845012345\n"
)
WHY = ("--reason", "agreed with the family")


@pytest.fixture
def brothers(pravesh: Terminal, tmp_path: Path) -> tuple[str, str]:
    """Enrol two brothers in tuition; return their enrolments."""

    def make() -> tuple[str, str]:
        for kind, text in (("courses", COURSES), ("students", STUDENTS)):
            path = tmp_path / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            assert pravesh("import", kind, str(path)) == 0
        found = []
        for student in ("B1", "B2"):
            assert pravesh("enrol", "--student", student, "--course", "TUI", "--json") == 0
            found.append(pravesh.events()[0]["enrollment"])
        return found[0], found[1]

    return pravesh.keep("two brothers", make)


def test_a_sibling_concession_reduces_the_due(pravesh: Terminal, brothers: tuple[str, str]) -> None:
    _, younger = brothers
    assert pravesh("concede", "--enrollment", younger, "--kind", "sibling", *WHY, "--json") == 0
    [event] = pravesh.events()
    assert (event["event"], event["enrollment"]) == ("conceded", younger)
    assert (event["asked"], event["given"], event["off"]) == (141_600, 141_600, 141_600)
    [due] = event["dues"]
    assert (due["amount"], due["balance"], due["conceded"]) == (1_274_400, 1_274_400, 141_600)
    assert event["free"] is False
    assert pravesh("concede", "--enrollment", younger, "--list", "--json") == 0
    [given] = pravesh.events()
    assert (given["event"], given["kind"], given["amount"]) == ("concession", "sibling", 141_600)
    assert pravesh("concede", "--take-back", given["id"], *WHY, "--json") == 0
    assert pravesh("dues", "--student", "B2", "--json") == 0
    assert pravesh.events()[0]["balance"] == 1_416_000


def test_a_cap_that_bites_is_said(pravesh: Terminal, brothers: tuple[str, str]) -> None:
    assert pravesh("concede", "--enrollment", brothers[0], "--percent", "5000", *WHY) == 0
    assert "You chose ₹7,080.00. The limit is 40 %, so the student gets ₹5,664.00." in pravesh.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--percent", "1000", "--amount", "100"), 2, "exactly one"),
        ((), 2, "exactly one"),
        (("--percent", "1000"), 5, "reason"),
        (("--kind", "staff", *WHY), 5, "proof"),
        (("--kind", "none", *WHY), 5, "concession"),
        (("--kind", "sibling", *WHY), 5, "sibling"),
        (("--promo", "NONE"), 5, "NONE"),
    ],
)
def test_what_cannot_be_given_changes_nothing(
    pravesh: Terminal, brothers: tuple[str, str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert pravesh("concede", "--enrollment", brothers[0], *words) == code
    assert said in pravesh.err
    assert pravesh("dues", "--student", "B1", "--json") == 0
    assert pravesh.events()[0]["balance"] == 1_416_000


def test_promo_codes_are_added_listed_and_archived(
    pravesh: Terminal, brothers: tuple[str, str]
) -> None:
    assert brothers
    assert pravesh("promo", "add", "jee10", "--percent", "1000", "--max-uses", "1", "--json") == 0
    [event] = pravesh.events()
    assert (event["event"], event["code"], event["value"]) == ("promo", "JEE10", 1_000)
    assert pravesh("promo", "add", "JEE10", "--percent", "1000") == 5
    assert pravesh("promo", "add", "--amount", "50000", "--course", "CHE", "--json") == 0
    assert len(pravesh.events()[0]["code"]) == 8
    assert pravesh("promo", "list", "--json") == 0
    assert [each["code"] for each in pravesh.events()][1] == "JEE10"
    assert pravesh("promo", "withdraw", "jee10", "--json") == 0
    assert pravesh.events()[0]["archived"] is True
    assert pravesh("promo", "list") == 0
    assert "JEE10" not in pravesh.out
    assert pravesh("promo", "add", "X") == 2


@pytest.mark.parametrize("method", ["upi_intent", "cash"])
def test_a_course_fee_is_collected_with_a_code(
    pravesh: Terminal, brothers: tuple[str, str], paying: Callable[[], None], method: str
) -> None:
    assert brothers
    paying()
    assert pravesh("promo", "add", "JEE10", "--percent", "1000", "--max-uses", "1") == 0
    fee = ("collect", "--student", "B1", "--course", "CHE", "--method", method)
    assert pravesh(*fee, "--promo", "jee10", "--json") == 0
    events = {each["event"]: each for each in pravesh.events()}
    assert (events["conceded"]["asked"], events["conceded"]["given"]) == (125_000, 125_000)
    assert events["intent"]["amount"] == events["paid"]["amount"] == 1_125_000
    assert pravesh("promo", "list", "--json") == 0
    assert pravesh.events()[0]["used"] == 1
    other = ("collect", "--student", "B2", "--course", "CHE", "--method", method)
    assert pravesh(*other, "--promo", "JEE10", "--json") == 5
    assert "has reached its limit" in pravesh.err
    assert pravesh("ledger", "--json") == 0
    [ledger] = pravesh.events()
    assert {each["course"] for each in ledger["enrollments"] if each["student"] == "B2"} == {"TUI"}


def test_a_code_for_the_whole_fee_enrols_without_a_payment(
    pravesh: Terminal, brothers: tuple[str, str]
) -> None:
    assert brothers
    assert pravesh("settings", "set", "concessions.cap_bp", "10000") == 0
    assert pravesh("promo", "add", "FREE", "--percent", "10000") == 0
    fee = ("collect", "--student", "B1", "--course", "CHE", "--promo", "FREE", "--json")
    assert pravesh(*fee) == 0
    [event] = pravesh.events()
    assert (event["event"], event["given"], event["free"]) == ("conceded", 1_250_000, True)
    assert event["dues"] == []
    assert pravesh("ledger", "--json") == 0
    [ledger] = pravesh.events()
    states = [e["state"] for e in ledger["enrollments"] if e["id"] == event["enrollment"]]
    assert (states, ledger["payments"], ledger["receipts"]) == (["active"], [], [])


def test_collecting_again_with_the_same_code_goes_on(
    pravesh: Terminal, brothers: tuple[str, str], paying: Callable[[], None]
) -> None:
    assert brothers
    assert pravesh("promo", "add", "JEE10", "--percent", "1000", "--max-uses", "1") == 0
    fee = ("collect", "--student", "B1", "--course", "CHE", "--promo", "JEE10", "--json")
    assert pravesh(*fee, "--timeout", "0") == 3
    first = pravesh.events()
    paying()
    assert pravesh(*fee) == 0
    again = pravesh.events()
    assert again[-1]["amount"] == first[0]["given"] * 9
    assert [each["given"] for each in again if each["event"] == "conceded"] == [125_000]
