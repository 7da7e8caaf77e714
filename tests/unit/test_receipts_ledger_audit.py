"""Receipt numbers, ledger entries and the audit chain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.audit import (
    DESK,
    FORMAT,
    GENESIS,
    OLD_FORMAT,
    AuditEntry,
    Link,
    canonical_detail,
    chain_hash,
    first_break,
)
from desktop_app.domain.errors import InvalidInputError, ReceiptSeriesFullError
from desktop_app.domain.ledger import Account, receiving, returning
from desktop_app.domain.money import Money
from desktop_app.domain.receipt import (
    DAYS_A_YEAR,
    SKIPPED_A_DAY,
    day_in_india,
    financial_year,
    issuing_days,
    last_number,
    normalise_desk_id,
    receipt_number,
    sequence_after_restore,
    series_name,
)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), "25-26"),
        (date(2026, 4, 1), "26-27"),
        (date(2026, 12, 31), "26-27"),
        (date(2099, 4, 1), "99-00"),
    ],
)
def test_the_financial_year_turns_on_the_first_of_april(day: date, year: str) -> None:
    assert financial_year(day) == year


def test_a_day_is_a_day_in_india() -> None:
    assert day_in_india(datetime(2026, 3, 31, 18, 29, tzinfo=UTC)) == date(2026, 3, 31)
    assert day_in_india(datetime(2026, 3, 31, 18, 30, tzinfo=UTC)) == date(2026, 4, 1)


@given(st.from_regex(r"\A[A-Z0-9]{1,3}\Z"), st.integers(1, 999_999), st.booleans())
def test_receipt_numbers_fit_rule_46(desk: str, sequence: int, training: bool) -> None:
    number = receipt_number(series_name(desk, is_real=not training), "26-27", sequence)
    assert len(number) <= 16
    assert set(number) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/")


def test_a_series_that_is_full_says_so() -> None:
    assert receipt_number("D1", "26-27", 123) == "D1/26-27/000123"
    with pytest.raises(ReceiptSeriesFullError):
        receipt_number("ABC", "26-27", 10_000_000)


@pytest.mark.parametrize("ending", ["D1T", "d1t", "DT", "T"])
def test_no_desk_has_a_series_that_looks_like_trainings(ending: str) -> None:
    assert normalise_desk_id("DT1") == "DT1"
    assert series_name("D1", is_real=False) == "D1T"
    with pytest.raises(InvalidInputError, match="can't end with T"):
        normalise_desk_id(ending)


SINCE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "at", "days"),
    [
        (SINCE, SINCE, {"26-27": 1}),
        (SINCE, datetime(2026, 11, 22, 9, tzinfo=UTC), {"26-27": 3}),
        (SINCE, datetime(2026, 11, 20, 8, tzinfo=UTC), {"26-27": 1}),
        (SINCE, datetime(2026, 11, 19, 9, tzinfo=UTC), {"26-27": 1}),
        (datetime(2027, 3, 30, 9, tzinfo=UTC), datetime(2027, 4, 2, 9, tzinfo=UTC),
         {"26-27": 2, "27-28": 2}),
        (datetime(2100, 1, 1, tzinfo=UTC), SINCE, {"99-00": 366, "26-27": 234}),
        (SINCE, datetime(1980, 4, 2, tzinfo=UTC), {"26-27": 366, "80-81": 2}),
        (datetime(2027, 2, 1, tzinfo=UTC), SINCE, {"26-27": 234}),
    ],
)  # fmt: skip
def test_receipts_may_have_been_issued_on_the_days_since(
    since: datetime, at: datetime, days: dict[str, int]
) -> None:
    assert issuing_days(since, at) == days


def test_a_clock_of_1980_counts_a_years_days_at_most() -> None:
    days = issuing_days(datetime(1980, 1, 1, tzinfo=UTC), SINCE)
    assert days["26-27"] == 234
    assert set(days.values()) <= {91, 234, 365, 366}


@pytest.mark.parametrize(
    ("last", "days", "seen", "claimed", "continues_after"),
    [
        (0, 1, 0, 0, 1_000), (1, 1, 0, 0, 2_000), (999, 1, 0, 0, 2_000),
        (1_000, 1, 0, 0, 2_000), (1, 3, 0, 0, 4_000), (1, 1, 7_500, 0, 8_000),
        (1, 1, 0, 7_500, 8_000), (1, 1, 8_000, 0, 9_000), (0, 0, 5, 0, 1_000), (7, 0, 7, 7, 7),
        (1, 1, 0, 10**9, 2_000), (1, 1, 400_000, 0, 401_000), (998_999, 1, 0, 0, 999_999),
        (999_999, 1, 0, 0, 999_999), (1, 366, 0, 0, 367_000),
    ],
)  # fmt: skip
def test_a_series_skips_what_may_have_been_issued(
    last: int, days: int, seen: int, claimed: int, continues_after: int
) -> None:
    found = sequence_after_restore("ABC", "26-27", last, days, seen=seen, claimed=claimed)
    assert found == continues_after


@given(
    st.from_regex(r"\A[A-Z0-9]{1,3}\Z"), st.integers(0, 600_000),
    st.timedeltas(timedelta(days=-17_000), timedelta(days=27_000)),
    st.timedeltas(timedelta(days=-17_000), timedelta(days=27_000)),
    st.integers(0, 10**12),
)  # fmt: skip
def test_no_clock_and_no_damaged_file_fills_a_series(
    series: str, last: int, since: timedelta, at: timedelta, claimed: int
) -> None:
    for year, days in issuing_days(SINCE + since, SINCE + at).items():
        assert 0 < days <= DAYS_A_YEAR
        found = sequence_after_restore(series, year, last, days, claimed=claimed)
        assert found - last <= SKIPPED_A_DAY * (DAYS_A_YEAR + 1)
        receipt_number(series, year, found + 1)
    assert len(receipt_number(series, "26-27", last_number(series, "26-27"))) == 16


@pytest.mark.parametrize("wrong", ["", "ABCD", "D/1", "d-1", "डी"])
def test_a_desk_id_is_short(wrong: str) -> None:
    assert normalise_desk_id(" d1 ") == "D1"
    with pytest.raises(InvalidInputError):
        normalise_desk_id(wrong)


@given(st.integers(1, 10**10), st.booleans(), st.integers(0, 100))
def test_ledger_entries_sum_to_zero(paise: int, flag: bool, percent: int) -> None:
    for entries in (
        receiving(Money(paise), Account.GATEWAY, owed_back=flag),
        returning(Money(paise), Account.GATEWAY, from_fees=Money(paise * percent // 100)),
    ):
        assert sum(entry.amount.paise for entry in entries) == 0


def test_the_audit_chain_notices_every_change() -> None:
    entry = AuditEntry("2026-11-20T09:00:00Z", "D1", "payment.received", "p1", {"amount": 1})
    first = chain_hash(GENESIS, entry)
    assert first == chain_hash(GENESIS, replace(entry, detail={"amount": 1}))
    changed = [
        replace(entry, detail={"amount": 2}),
        replace(entry, at="2026-11-20T09:00:01Z"),
        replace(entry, subject="p2"),
        replace(entry, action="payment.late"),
        replace(entry, desk_id="D2"),
        replace(entry, actor="asha"),
    ]
    assert first not in {chain_hash(GENESIS, each) for each in changed}
    assert chain_hash(first, entry) != first


@given(
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())),
    st.lists(st.text(), min_size=6, max_size=6),
    st.sampled_from([OLD_FORMAT, FORMAT]),
)
def test_a_link_is_the_hash_of_plain_json(
    detail: dict[str, str | int | None], texts: list[str], version: int
) -> None:
    """Written faster than by `json.dumps`, and the same for good: chains outlive versions."""
    previous, at, desk_id, action, subject, actor = texts
    said = json.dumps(detail, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    entry = AuditEntry(at, desk_id, action, subject, detail, actor)
    assert canonical_detail(entry) == said
    covered: list[str | int] = [previous, at, desk_id, action, subject, said]
    covered += [] if version == OLD_FORMAT else [actor, version]
    spelled = json.dumps(covered, ensure_ascii=False, separators=(",", ":"))
    linked = chain_hash(previous, entry, version=version)
    assert linked == sha256(spelled.encode()).hexdigest()


def chained(*formats: int, actor: str = DESK) -> list[Link]:
    """Return a chain whose entries have these formats, each hashed as its format demands."""
    links, previous = [], GENESIS
    for number, version in enumerate(formats, 1):
        entry = AuditEntry("2026-11-20T09:00:00Z", "D1", "x.done", f"s{number}", {}, actor)
        hashed = chain_hash(previous, entry, version=version)
        links.append(Link(number, entry, previous, hashed, version))
        previous = hashed
    return links


def test_a_row_without_text_is_a_changed_row() -> None:
    entry = AuditEntry(at=None, desk_id="D1", action="a", subject="", detail={})  # type: ignore[arg-type]
    assert first_break([Link(1, entry, GENESIS, "0" * 64)], None) == "row 1 was changed"


@given(
    st.dictionaries(st.text(), st.none() | st.integers() | st.booleans() | st.text(), max_size=4),
    st.text(),
)
def test_what_the_hash_of_an_entry_covers_is_json(
    detail: dict[str, str | int | None], subject: str
) -> None:
    entry = AuditEntry("2026", "D1", "fee.paid", subject, detail, "Asha")
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    said = json.dumps(detail, sort_keys=True, **compact)  # type: ignore[arg-type]
    assert canonical_detail(entry) == said
    content = [GENESIS, "2026", "D1", "fee.paid", subject, said, "Asha", FORMAT]
    for version, words in ((FORMAT, content), (OLD_FORMAT, content[:6])):
        covered = json.dumps(words, **compact).encode()  # type: ignore[arg-type]
        assert chain_hash(GENESIS, entry, version=version) == sha256(covered).hexdigest()


def test_a_chain_goes_from_the_old_format_to_the_new_and_never_back() -> None:
    assert first_break(chained(1, 1, 2, 2), None) is None
    assert first_break(chained(1, 2, 1), None) == "row 3 was changed"
    assert first_break(chained(1, 2, 3), None) == "row 3 was changed"
    assert first_break(chained(0, 1, 2), None) == "row 1 was changed"


def test_an_actor_cannot_be_written_where_the_format_does_not_cover_it() -> None:
    assert first_break(chained(2, actor="asha"), None) is None
    assert first_break(chained(1, actor="asha"), None) == "row 1 was changed"
    [link] = chained(2, actor="asha")
    renamed = replace(link, entry=replace(link.entry, actor="priya"))
    assert first_break([renamed], None) == "row 1 was changed"


def test_a_new_entry_cannot_pass_for_an_old_one() -> None:
    for link in chained(1, 2):
        other = replace(link, format=3 - link.format)
        assert first_break([other], None) is not None
