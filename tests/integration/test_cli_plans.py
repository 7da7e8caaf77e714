"""`pravesh plan` and `enrol --plan`: exact lines and exit codes, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.test_cli import paying, pravesh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.test_cli import Terminal

__all__ = ["paying", "pravesh"]
COURSE = "code,title,batch,fee,gst_rate,tax_inclusive,seats\nJEE,JEE,Morning,48000,18,no,400\n"


@pytest.fixture
def centre(pravesh: Terminal, tmp_path: Path) -> Terminal:
    """Register the centre and add a course of 48,000 plus GST."""

    def make() -> None:
        path = tmp_path / "course.csv"
        path.write_text(COURSE, encoding="utf-8")
        assert pravesh("import", "courses", str(path)) == 0
        assert pravesh("settings", "set", "centre.gstin", "29ABCDE1234F1ZW") == 0

    pravesh.keep("a centre with a dear course", make)
    return pravesh


def add(pravesh: Terminal, code: str, *more: str, kind: str = "equal") -> int:
    return pravesh("plan", "add", code, "--course", "JEE", "--kind", kind, *more, "--json")


def amounts(pravesh: Terminal) -> list[int]:
    [event] = pravesh.events()
    assert event["event"] == "plan"
    return [part["amount"] for part in event["parts"]]


@pytest.mark.parametrize(
    ("kind", "more", "parts"),
    [
        ("equal", (), [14_160_00] * 4),
        ("equal", ("--parts", "4", "--down", "1500000"),
         [15_000_00, 13_880_00, 13_880_00, 13_880_00]),
        ("percent", ("--shares", "4000,3000,3000"), [22_656_00, 16_992_00, 16_992_00]),
        ("dates", ("--dates", "2030-07-01,2030-10-01"), [28_320_00, 28_320_00]),
        ("dates", ("--dates", "2030-07-01,2030-10-01", "--shares", "2500,7500"),
         [14_160_00, 42_480_00]),
        ("monthly", ("--parts", "3", "--day", "31"), [18_880_00] * 3),
        ("equal", ("--parts", "3", "--unit", "10000", "--head", "registration=100000:first"),
         [19_800_00, 18_800_00, 19_040_00]),
        ("equal", ("--parts", "2", "--head", "exam=50000:2031-01-01"),
         [28_320_00, 28_320_00, 500_00]),
    ],
)  # fmt: skip
def test_plans_of_every_kind(
    centre: Terminal, kind: str, more: tuple[str, ...], parts: list[int]
) -> None:
    assert add(centre, "P", *more, kind=kind) == 0
    assert amounts(centre) == parts
    assert centre("plan", "list", "--json") == 0
    [event] = centre.events()
    assert (event["course"], event["plan"], event["kind"], event["default"]) == (
        "JEE", "P", kind, False,
    )  # fmt: skip


def test_a_preview_has_dates_and_tax(centre: Terminal) -> None:
    assert add(centre, "M", "--parts", "5", "--day", "31", "--default", kind="monthly") == 0
    assert centre("plan", "preview", "--course", "JEE", "--on", "2026-12-31", "--json") == 0
    [event] = centre.events()
    assert set(event) == {"event", "course", "plan", "total", "parts"}
    assert (event["course"], event["plan"], event["total"]) == ("JEE", "M", 56_640_00)
    assert [part["due_on"] for part in event["parts"]] == [
        "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30",
    ]  # fmt: skip
    assert event["parts"][0] == {
        "no": 1, "due_on": "2026-12-31", "amount": 11_328_00, "taxable": 9_600_00,
        "cgst": 864_00, "sgst": 864_00, "igst": 0,
    }  # fmt: skip
    assert centre("plan", "preview", "--course", "JEE", "--plan", "M") == 0
    assert "11,328.00" in centre.out


def test_without_a_plan_the_whole_price_is_due(centre: Terminal) -> None:
    assert centre("plan", "preview", "--course", "JEE", "--on", "2026-12-01", "--json") == 0
    [event] = centre.events()
    assert (event["plan"], event["total"]) == (None, 56_640_00)
    assert [(part["no"], part["due_on"]) for part in event["parts"]] == [(1, "2026-12-01")]


def test_enrolling_by_a_plan_and_collecting_what_is_due(
    centre: Terminal, paying: Callable[[], None]
) -> None:
    assert add(centre, "EQ") == 0
    assert centre("enrol", "--student", "R001", "--course", "JEE", "--plan", "eq", "--json") == 0
    [event] = centre.events()
    assert [(due["instalment"], due["balance"]) for due in event["dues"]] == [
        (number, 14_160_00) for number in (1, 2, 3, 4)
    ]
    paying()
    assert centre("collect", "--student", "R001", "--course", "JEE", "--json") == 0
    paid = centre.events()[-1]
    assert (paid["event"], paid["amount"]) == ("paid", 14_160_00)
    assert paid["allocations"] == [{"due": event["dues"][0]["id"], "amount": 14_160_00}]
    assert centre("dues", "--student", "R001", "--json") == 0
    assert [due["instalment"] for due in centre.events()] == [2, 3, 4]
    assert centre("doctor", "--json") in (0, 4)
    checks = json.dumps(centre.events())
    assert "differ" not in checks


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("percent", ("--shares", "4000,3000"), "add up to 70 %"),
        ("percent", ("--shares", "forty"), "Couldn't read"),
        ("dates", ("--dates", "2030-10-01,2030-07-01"), "in order"),
        ("dates", ("--dates", "2030-02-30"), "Couldn't read"),
        ("equal", ("--down", "5664000"), "below the fee of ₹56,640.00"),
        ("equal", ("--parts", "2", "--shares", "3000,3000,4000"), "as many"),
        ("equal", ("--head", "books=x"), "Couldn't read"),
        ("equal", ("--head", "bus=100000"), "no fee head"),
        ("equal", ("--late-rule", "NONE"), "late-fee rule"),
        ("single", (), "can't be the only plan"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_in_words(
    centre: Terminal, kind: str, more: tuple[str, ...], words: str
) -> None:
    assert add(centre, "P", *more, kind=kind) == 5
    assert words in centre.err
    assert centre("plan", "list", "--json") == 0
    assert centre.events() == []


def test_an_unknown_plan_is_refused(centre: Terminal) -> None:
    assert add(centre, "EQ") == 0
    enrol = ("enrol", "--student", "R001", "--course", "JEE", "--plan", "NONE")
    assert centre(*enrol) == 5
    assert "no plan called “NONE”" in centre.err
    assert centre("plan", "archive", "eq", "--course", "JEE") == 0
    assert centre("plan", "archive", "eq", "--course", "JEE") == 5
    assert centre("plan", "list") == 0


def test_a_late_rule_is_kept_with_its_slabs(centre: Terminal) -> None:
    rule = ("plan", "late-rule", "SLAB", "--kind", "slabs", "--slabs", "1=10000,16=25000")
    assert centre(*rule, "--json") == 0
    assert centre.events() == [
        {"event": "late_rule", "code": "SLAB", "title": "SLAB", "kind": "slabs"}
    ]
    assert add(centre, "EQ", "--late-rule", "SLAB") == 0
    assert centre.events()[0]["late_rule"] == "SLAB"
    assert centre("plan", "late-rule", "BAD", "--kind", "flat", "--grace", "-1") == 5
    assert "days without a late fee" in centre.err
