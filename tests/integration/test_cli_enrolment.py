"""`pravesh enrolment`: exact lines and exit codes, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.test_cli import paying, pravesh

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.test_cli import Terminal

__all__ = ["paying", "pravesh"]
COURSES = (
    "code,title,fee,gst_rate,tax_inclusive,seats,starts_on,ends_on\n"
    "JEE,JEE,48000,18,no,40,2026-07-01,2030-03-31\n"
    "EVE,JEE evening,48000,18,no,40,2026-07-01,2030-03-31\n"
    "TOP,JEE top,60000,18,no,40,2026-07-01,2030-03-31\n"
)


@pytest.fixture
def enrolled(pravesh: Terminal, tmp_path: Path) -> str:
    """Enrol R001 by four instalments and take the first one in cash; return the enrolment."""

    def make() -> str:
        path = tmp_path / "courses.csv"
        path.write_text(COURSES, encoding="utf-8")
        assert pravesh("import", "courses", str(path)) == 0
        assert pravesh("plan", "add", "FOUR", "--course", "JEE", "--kind", "equal") == 0
        collect = ("collect", "--student", "R001", "--course", "JEE", "--method", "cash")
        assert pravesh(*collect) == 0
        assert pravesh("ledger", "--json") == 0
        [found] = pravesh.events()
        uid: str = found["enrollments"][0]["id"]
        return uid

    return pravesh.keep("four instalments", make)


def test_replanning_keeps_what_is_open(pravesh: Terminal, enrolled: str) -> None:
    given = ("--enrollment", enrolled, "--reason", "father lost his job", "--json")
    dates = ("--dates", "2030-01-01,2030-02-01")
    assert pravesh("enrolment", "replan", *dates, *given) == 0
    [event] = pravesh.events()
    assert (event["event"], event["enrollment"], event["credit"]) == ("changed", enrolled, 0)
    assert [due["due_on"] for due in event["dues"]] == ["2030-01-01", "2030-02-01"]
    assert sum(due["balance"] for due in event["dues"]) == 36_000_00
    assert pravesh("enrolment", "replan", "--dates", "2030-02-30", *given) == 5
    assert "Couldn't read" in pravesh.err


def test_an_open_qr_is_ended_first(pravesh: Terminal, enrolled: str) -> None:
    assert pravesh("dues", "--json") == 0
    due = pravesh.events()[0]["id"]
    assert pravesh("collect", "--due", due, "--timeout", "0", "--json") in (3, 0)
    given = ("--enrollment", enrolled, "--reason", "later", "--dates", "2030-01-01", "--json")
    assert pravesh("enrolment", "replan", *given) == 0
    assert [due["balance"] for due in pravesh.events()[-1]["dues"]] == [36_000_00]


def test_a_transfer_and_a_change_of_course(pravesh: Terminal, enrolled: str) -> None:
    given = ("--enrollment", enrolled, "--json")
    assert pravesh("enrolment", "transfer", *given, "--course", "EVE", "--reason", "moved") == 0
    assert {due["course"] for due in pravesh.events()[0]["dues"]} == {"EVE"}
    change = ("enrolment", "change", *given, "--course", "TOP", "--mode", "difference")
    assert pravesh(*change, "--preview") == 0
    [event] = pravesh.events()
    assert (event["charge"], event["owed"], event["credit"]) == (12_000_00, 48_000_00, 0)
    assert pravesh(*change) == 5, "a reason is missing"
    assert pravesh(*change, "--reason", "wants more") == 0
    [event] = pravesh.events()
    assert sum(due["balance"] for due in event["dues"]) == 48_000_00
    assert pravesh("enrolment", "transfer", *given, "--course", "EVE", "--reason", "back") == 5
    assert "has a different fee" in pravesh.err
