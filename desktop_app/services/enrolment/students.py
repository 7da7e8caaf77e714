"""The roll of students and the list of courses: find, add, change."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.students import normalise_phone
from desktop_app.domain.text import clean_line
from desktop_app.services.errors import AmbiguousStudentError, UnknownStudentError

if TYPE_CHECKING:
    from desktop_app.domain.students import Student
    from desktop_app.services.context import Context
    from desktop_app.services.views.enrolment import StudentDetail, StudentPage, StudentSummary

_TAIL_NUMBER = re.compile(r"(.*?)(\d+)")
_NONE_YET = ("S", "0000")


class StudentService:
    """The roll of students. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def search(self, text: str, limit: int = 20) -> tuple[StudentSummary, ...]:
        """Find students by part of a name, roll number or any phone's digits, best first.

        For an empty text: those served most recently.
        """
        return self._context.store.reader.students.search(text, limit)

    def similar(self, name: str, limit: int = 2) -> tuple[StudentSummary, ...]:
        """Find students who have this name already, perhaps in another spelling or script."""
        found = self.search(name) if name.strip() else ()
        named = (hit for hit in found if hit.match is not None and hit.match.is_similar_name)
        return tuple(islice(named, limit))

    def page(
        self, text: str = "", *, offset: int = 0, limit: int = 50, unpaid: bool = False
    ) -> StudentPage:
        """List students by roll number, or those that match a text; unpaid: with a fee due."""
        return self._context.store.reader.students.page(text, offset, limit, unpaid=unpaid)

    def detail(self, uid: str) -> StudentDetail:
        """Read a student with the history. Raises UnknownStudentError."""
        found = self._context.store.reader.students.detail(uid)
        if found is None:
            raise UnknownStudentError("this student was archived")
        return found

    def find(self, text: str) -> StudentSummary:
        """Find exactly one by roll number or phone. Raises Unknown-/AmbiguousStudentError."""
        wanted = clean_line(text)
        try:
            phone = normalise_phone(wanted)
        except InvalidInputError:
            phone = ""
        found = self._context.store.reader.students.exactly(wanted, phone)
        if not found:
            raise UnknownStudentError(f"no student with the roll number or phone “{wanted}”")
        if len(found) > 1:
            raise AmbiguousStudentError(
                "several students share this phone: "
                + ", ".join(f"{hit.roll_no} {hit.name}" for hit in found[:8])
            )
        return found[0]

    def add(self, student: Student) -> StudentSummary:
        """Add a student. Raises DuplicateError when the roll number is taken."""
        uid = self._context.ids.new()
        with self._context.store.writing() as work:
            work.students.add(uid, student, self._context.now())
            self._context.audit(work, "student.added", uid, {"roll_no": student.roll_no})
            work.commit()
        return self._hit(student.roll_no)

    def change(self, uid: str, student: Student) -> StudentSummary:
        """Replace what is known of a student. Raises DuplicateError, UnknownStudentError."""
        with self._context.store.writing() as work:
            work.students.change(uid, student, self._context.now())
            self._context.audit(work, "student.changed", uid, {"roll_no": student.roll_no})
            work.commit()
        return self._hit(student.roll_no)

    def _hit(self, roll_no: str) -> StudentSummary:
        return self._context.store.reader.students.exactly(roll_no, "")[0]

    def suggest_roll_no(self) -> str:
        """Propose the next free roll number after the pattern of the newest."""
        reader = self._context.store.reader
        matched = _TAIL_NUMBER.fullmatch(reader.students.newest_roll_no() or "")
        prefix, digits = matched.groups() if matched else _NONE_YET
        number = int(digits)
        while True:
            number += 1
            proposed = f"{prefix}{number:0{len(digits)}d}"
            if not reader.students.has_roll_no(proposed):
                return proposed
