"""The sample students with names in both scripts, and the sample courses, as files to import."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from desktop_app.services.maintenance.demo_data import (
    BROTHERS,
    COURSES,
    STARTS_ON,
    STUDENTS,
    family_number,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping
    from pathlib import Path

IN_HINDI = 5
"""Each fifth name is written in Devanagari."""

GIVEN = (
    ("Aarav", "आरव"), ("Aditi", "अदिति"), ("Anjali", "अंजलि"), ("Arjun", "अर्जुन"),
    ("Bharat", "भरत"), ("Deepika", "दीपिका"), ("Farhan", "फ़रहान"), ("Fatima", "फ़ातिमा"),
    ("Gauri", "गौरी"), ("Harsh", "हर्ष"), ("Imran", "इमरान"), ("Ishita", "इशिता"),
    ("Jaya", "जया"), ("Kabir", "कबीर"), ("Kavita", "कविता"), ("Lakshmi", "लक्ष्मी"),
    ("Laxmi", "लक्ष्मी"), ("Manish", "मनीष"), ("Meena", "मीना"), ("Mohit", "मोहित"),
    ("Neha", "नेहा"), ("Nikhil", "निखिल"), ("Pooja", "पूजा"), ("Priya", "प्रिया"),
    ("Rahul", "राहुल"), ("Ravi", "रवि"), ("Rohan", "रोहन"), ("Sana", "सना"),
    ("Shreya", "श्रेया"), ("Sunita", "सुनीता"), ("Tanvi", "तन्वी"), ("Varun", "वरुण"),
    ("Vikas", "विकास"), ("Yash", "यश"), ("Zoya", "ज़ोया"),
)  # fmt: skip
FAMILY = (
    ("Ansari", "अंसारी"), ("Bose", "बोस"), ("Chaudhari", "चौधरी"), ("Chauhan", "चौहान"),
    ("Choudhary", "चौधरी"), ("Das", "दास"), ("Gupta", "गुप्ता"), ("Iyer", "अय्यर"),
    ("Jain", "जैन"), ("Joshi", "जोशी"), ("Khan", "ख़ान"), ("Kulkarni", "कुलकर्णी"),
    ("Mehta", "मेहता"), ("Mishra", "मिश्रा"), ("Nair", "नायर"), ("Patel", "पटेल"),
    ("Rathore", "राठौर"), ("Reddy", "रेड्डी"), ("Saxena", "सक्सेना"), ("Sharma", "शर्मा"),
    ("Singh", "सिंह"), ("Verma", "वर्मा"), ("Yadav", "यादव"),
)  # fmt: skip
KNOWN = {
    1: ("Asha Rao", "Meena Rao"),
    2: ("Asha Raote", "Sunil Raote"),
    3: ("आशा राव", "मीना राव"),
    4: ("Iqbal D'Souza", "Maria D'Souza"),
    5: ("Venkatanarasimharaju Lakshmi Satyanarayana Subrahmanyam", "Narasimharaju"),
}
"""By roll number: names that look alike, one with an apostrophe, one that is long."""


def write(folder: Path, rng: random.Random) -> tuple[Path, Path]:
    """Write students.csv and courses.csv; return their paths."""
    students, courses = folder / "students.csv", folder / "courses.csv"
    _write(students, (_student(number, rng) for number in range(1, STUDENTS + 1)))
    _write(courses, (_course(*each) for each in COURSES))
    return students, courses


def _student(number: int, rng: random.Random) -> dict[str, object]:
    script = int(number % IN_HINDI == 0)
    family, given, parent = rng.choice(FAMILY), rng.choice(GIVEN), rng.choice(GIVEN)
    name, guardian = (f"{each[script]} {family[script]}" for each in (given, parent))
    name, guardian = KNOWN.get(number, (name, guardian))
    return {
        "roll_no": f"R{number:03d}",
        "name": name,
        "phone": f"9{rng.randrange(10**4):04d}{number:05d}" if number % 9 else "",
        "guardian_name": guardian,
        "guardian_phone": f"8{rng.randrange(10**4):04d}{number:05d}"
        if number not in BROTHERS
        else f"80000{family_number(number):05d}",
        "date_of_birth": f"{2008 + number % 3}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "state": ("RJ", "RJ", "MP", "UP")[number % 4],
    }


def _course(code: str, title: str, batch: str, rupees: int, seats: int) -> dict[str, object]:
    return {
        "code": code, "title": title, "batch": batch, "fee": rupees, "gst_rate": 18,
        "tax_inclusive": "yes", "seats": seats, "starts_on": STARTS_ON.isoformat(),
    }  # fmt: skip


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
