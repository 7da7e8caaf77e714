"""Sample students and courses for training: made once, the same on every machine."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.students import make_student

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.domain.courses import Course
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context

STUDENTS = 200
_GIVEN = (
    "Asha Aarav Meena Iqbal Kavya Rohan Sunita Arjun Fatima Dev Priya Kabir Neha Vivaan Anjali "
    "Farhan Ishita Karan Lakshmi Manav Nisha Om Pooja Rahul Sana Tanvi Uday Varun Yash Zoya"
).split()
_FAMILY = (
    "Rao Sharma Khan Patel Verma Nair Singh Das Gupta Iyer Mehta Yadav Joshi Reddy Chauhan "
    "Ansari Kulkarni Bose Mishra Fernandes"
).split()
_STATES = ("RJ", "MP", "UP", "DL", "GJ", "HR")
_HINDI = ("आशा राव", "रोहन शर्मा", "मीना वर्मा", "कविता यादव")

BROTHERS = (196, 197)
"""Two children of one family, by their numbers."""

CENTRE = {
    "centre.name": "Vidya Coaching Centre",
    "centre.address": "12 Station Road, Kota 324002",
    "centre.gstin": "08ABCDE1234F1Z0",
    "centre.state": "RJ",
    "centre.email": "office@vidya.example",
}
COURSES = (
    ("PHY-11", "Physics XI", "Morning", 11_800, 60),
    ("PHY-12", "Physics XII", "Evening", 12_980, 60),
    ("CHE-11", "Chemistry XI", "Morning", 11_210, 60),
    ("CHE-12", "Chemistry XII", "Evening", 12_390, 60),
    ("MAT-11", "Mathematics XI", "Morning", 12_980, 60),
    ("MAT-12", "Mathematics XII", "Evening", 14_160, 45),
    ("BIO-11", "Biology XI", "Afternoon", 10_620, 60),
    ("BIO-12", "Biology XII", "Afternoon", 11_800, 60),
    ("JEE-F", "JEE Foundation", "Weekend", 35_400, 40),
    ("JEE-M", "JEE Main crash course", "Daily", 23_600, 40),
    ("NEET-F", "NEET Foundation", "Weekend", 37_760, 40),
    ("NTSE-10", "NTSE Class X", "Sunday", 5_900, 3),
)
"""Code, title, batch, fee in rupees, seats; the last one fills up."""
STARTS_ON = date(2026, 12, 1)


def fill(context: Context) -> None:
    """Put the samples in, with a centre that is registered for GST."""
    now = context.now()
    with context.store.writing() as work:
        for key, value in CENTRE.items():
            work.put_setting(key, value)
        work.students.upsert_all(students(), now, context.ids.new)
        work.courses.upsert_all(courses(), now, context.ids.new)
        work.commit()


def students() -> Iterator[Student]:
    """Yield two hundred students whose phones belong to nobody."""
    for number in range(1, STUDENTS + 1):
        given = _GIVEN[number * 7 % len(_GIVEN)]
        name = f"{given} {_FAMILY[number * 3 % len(_FAMILY)]}"
        if number % 50 == 0:
            name = _HINDI[number // 50 - 1]
        if number == BROTHERS[1]:
            name = f"{given} {_FAMILY[BROTHERS[0] * 3 % len(_FAMILY)]}"
        of_guardian = family_number(number)
        guardian = f"{_GIVEN[of_guardian * 11 % len(_GIVEN)]} {name.split()[-1]}"
        yield make_student(
            roll_no=f"R{number:03d}",
            name="Asha Rao" if number == 1 else name,
            phone=f"90000{number:05d}",
            guardian_name=guardian,
            guardian_phone=f"90001{of_guardian:05d}",
            date_of_birth=date(2007 + number % 3, 1 + number % 12, 1 + number % 28),
            state=_STATES[number % len(_STATES)],
        )


def family_number(number: int) -> int:
    """Return the number of the child whose guardian is a child's, its own for most."""
    return BROTHERS[0] if number in BROTHERS else number


def courses() -> Iterator[Course]:
    """Yield twelve courses, GST included in their fees."""
    for code, title, batch, rupees, seats in COURSES:
        yield make_course(
            code=code,
            title=title,
            batch=batch,
            fee=Money(rupees * 100),
            gst_bp=1_800,
            tax_inclusive=True,
            seats=seats,
            starts_on=STARTS_ON,
        )
