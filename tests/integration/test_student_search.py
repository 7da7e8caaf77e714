"""The search of students on a real book: order, scripts, spellings, also on an upgraded one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.student_matching import MatchKind, is_certain
from desktop_app.domain.students import Student, make_student
from desktop_app.storage import migrate
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.name_pairs import ALIKE, FAR, NEAR, OTHERS, SAME_NAME, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from desktop_app.services.views.enrolment import StudentSummary
    from tests.integration.conftest import Counter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def enter(store: SqlStore, students: Iterable[Student]) -> None:
    """Put students on the roll, the newest last, with the roll number as uid."""
    with store.writing() as work:
        for student in students:
            work.students.add(student.roll_no, student, NOW)
        work.commit()


def found(store: SqlStore, typed: str, limit: int = 20) -> list[StudentSummary]:
    return list(store.reader.students.search(typed, limit))


def rolls(store: SqlStore, typed: str, limit: int = 20) -> list[str]:
    return [hit.roll_no for hit in found(store, typed, limit)]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterable[SqlStore]:
    """A roll on which every name of the pairs has one student."""
    texts = (SAME_NAME, ALIKE, NEAR, FAR, OTHERS)
    every = {name.title() for text in texts for pair in pairs(text) for name in pair}
    store = open_store(tmp_path_factory.mktemp("names"))
    enter(store, (make_student(roll_no=f"#{name}", name=name) for name in sorted(every)))
    yield store
    store.close()


@pytest.fixture(scope="module")
def listed(names: SqlStore) -> Callable[[str], list[str]]:
    """Return what lists the names that a search finds; each is searched once."""
    return cache(lambda typed: [roll.removeprefix("#") for roll in rolls(names, typed)])


def test_a_name_is_found_in_another_spelling_or_script(listed: Callable[[str], list[str]]) -> None:
    alike = [*pairs(SAME_NAME), *pairs(ALIKE), *pairs(NEAR)]
    ways = [*alike, *((name, typed) for typed, name in alike)]
    missed = [(typed, name) for typed, name in ways if name.title() not in listed(typed)]
    assert missed == []


def test_the_letters_typed_come_first(listed: Callable[[str], list[str]]) -> None:
    texts = (SAME_NAME, ALIKE, NEAR, OTHERS)
    first = {typed: listed(typed)[:1] for text in texts for typed, _ in pairs(text)}
    assert first == {typed: [typed.title()] for typed in first}


def test_a_name_that_only_looks_near_is_not_listed(listed: Callable[[str], list[str]]) -> None:
    shown = [(typed, name) for typed, name in pairs(FAR) if name.title() in listed(typed)]
    assert shown == []


@pytest.mark.parametrize("typed", ["fatema", "fatma", "fatema sh", "Fatma Shekh"])
def test_enter_does_not_take_a_child_whose_name_has_another_vowel(
    store: SqlStore, typed: str
) -> None:
    enter(store, [make_student(roll_no="R1", name="Fatima Shaikh")])
    hits = found(store, typed)
    assert [hit.roll_no for hit in hits] == ["R1"]
    assert not is_certain([hit.match for hit in hits if hit.match is not None])


def test_the_child_comes_before_guardians_however_many_they_are(store: SqlStore) -> None:
    child = make_student(roll_no="A1", name="Neha Mishra")
    other = make_student(roll_no="A2", name="Asha Neha")
    similar = make_student(roll_no="A3", name="नेहा गुप्ता")
    longer = make_student(roll_no="A4", name="Nehal Shah")
    by_guardian = [
        make_student(roll_no=f"G{n:03d}", name="Sana Kulkarni", guardian_name="Neha Kulkarni")
        for n in range(60)
    ]
    enter(store, (child, other, similar, longer, *by_guardian))
    assert rolls(store, "neha")[:4] == ["A1", "A3", "A4", "A2"]
    assert rolls(store, "neha", 1000)[:4] == ["A1", "A3", "A4", "A2"]
    assert {hit.match.kind for hit in found(store, "neha")[4:] if hit.match} == {MatchKind.GUARDIAN}


def test_the_best_is_first_among_very_many_of_the_same_letters(store: SqlStore) -> None:
    old = [
        make_student(roll_no="A1", name="Ram Gupta"),
        make_student(roll_no="A2", name="राम वर्मा"),
        make_student(roll_no="A3", name="Sita Ram"),
    ]
    enter(store, [*old, *(make_student(roll_no=f"R{n}", name=f"Ramesh N{n}") for n in range(90))])
    assert rolls(store, "ram")[:3] == ["A1", "A2", "R89"]
    assert rolls(store, "ram", 200)[-1] == "A3"


def test_of_equals_those_served_last_are_first(store: SqlStore) -> None:
    enter(store, (make_student(roll_no=f"R{n:03d}", name=f"Rahul N{n}") for n in range(50)))
    with store.writing() as work:
        work.students.mark_served("R007", NOW + timedelta(hours=1))
        work.students.mark_served("R003", NOW + timedelta(hours=2))
        work.commit()
    assert rolls(store, "rahul", 4) == ["R003", "R007", "R049", "R048"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("7", ["R007"]), ("07", ["R007", "P1"]), ("34", ["R034"]), ("99", ["R099", "P1", "R199"])],
)
def test_two_digits_find_roll_numbers_and_phones(
    store: SqlStore, typed: str, first: list[str]
) -> None:
    enter(store, [
        make_student(roll_no="P1", name="Zoya Khan", phone="9845000799" if typed == "99" else
                     "9845000007"),
        *(make_student(roll_no=f"R{n:03d}", name="Asha Rao") for n in range(200)),
    ])  # fmt: skip
    assert rolls(store, typed)[: len(first)] == first


def test_a_roll_number_typed_in_part_is_in_its_order(store: SqlStore) -> None:
    enter(store, (make_student(roll_no=f"S24-{n:02d}", name="Asha Rao") for n in (7, 3, 5)))
    assert rolls(store, "S24") == ["S24-03", "S24-05", "S24-07"]


def test_a_word_typed_for_child_and_guardian_finds_the_child(store: SqlStore) -> None:
    enter(store, [
        make_student(roll_no="A1", name="Asha Rao", guardian_name="Meena Rao"),
        make_student(roll_no="A2", name="Asha Rao", guardian_name="Sita Rao"),
    ])  # fmt: skip
    assert rolls(store, "asha meena") == ["A1"]
    assert rolls(store, "आशा मीना") == ["A1"]
    assert not is_certain([hit.match for hit in found(store, "asha rao") if hit.match])


def test_a_changed_name_is_found_in_the_other_script(counter: Counter) -> None:
    uid = counter.student("R001", name="Asha Rao").uid
    student = counter.students.detail(uid).student
    counter.students.change(uid, replace(student, name="कविता यादव", guardian_name="नेहा"))
    assert [hit.uid for hit in counter.students.search("kavita")] == [uid]
    assert [hit.uid for hit in counter.students.search("neha")] == [uid]
    assert [hit.name for hit in counter.students.similar("Kavita Yadav")] == ["कविता यादव"]
    assert counter.students.similar("Kavita Sharma") == ()
    assert counter.students.similar("") == ()


COURSES = (
    ("PHY-11", "Physics XI", "Morning"),
    ("XI-C", "Chemistry", "Evening"),
    ("APT", "Aptitude in physics", "Physics batch"),
    ("BIO", "Biophysics", "Noon"),
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("phy", ["PHY-11", "APT", "BIO"]),
        ("physics", ["PHY-11", "APT", "BIO"]),
        ("xi", ["XI-C", "PHY-11"]),
        ("morning physics", ["PHY-11"]),
        ("xi physics", ["PHY-11"]),
        ("", ["APT", "BIO", "PHY-11", "XI-C"]),
        ("%", []),
    ],
)
def test_courses_are_ranked_by_code_then_title_then_words(
    counter: Counter, typed: str, codes: list[str]
) -> None:
    for code, title, batch in COURSES:
        course = make_course(code=code, title=title, batch=batch, fee=Money(500), gst_bp=0, seats=9)
        counter.courses.add(course)
    assert [hit.course.code for hit in counter.courses.search(typed)] == codes


def test_an_older_book_is_searched_in_other_spellings(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    migrate.upgrade(path, "0004")
    with closing(sqlite3.connect(path)) as raw:
        raw.executemany(
            "INSERT INTO students (uid, desk_id, roll_no, name, phone, email, guardian_name, "
            "guardian_phone, state, phone_reversed, guardian_phone_reversed, created_at, "
            "updated_at) VALUES (?, 'D1', ?, ?, '', '', ?, '', '', '', '', 'then', 'then')",
            [
                ("K1", "K1", "कविता यादव", "D'Souza-Rao"),
                ("K2", "K2", "Laxmi 2nd", "श्रीवास्तव जी"),
            ],
        )
        raw.commit()
        before = raw.execute("SELECT * FROM students ORDER BY id").fetchall()
    store = open_store(tmp_path)
    with closing(store):
        assert rolls(store, "kavita") == ["K1"]
        assert rolls(store, "lakshmi") == ["K2"]
        assert rolls(store, "srivastav") == ["K2"]
        assert rolls(store, "राव") == ["K1"]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT * FROM students ORDER BY id").fetchall() == before
    assert list((tmp_path / "backups").glob("*before-upgrade*"))
