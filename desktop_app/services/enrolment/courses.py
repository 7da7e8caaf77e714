"""The course list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.text import clean_line
from desktop_app.services.errors import UnknownCourseError

if TYPE_CHECKING:
    from desktop_app.domain.courses import Course
    from desktop_app.services.context import Context
    from desktop_app.services.views.enrolment import CourseRow


class CourseService:
    """The courses on offer. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def search(self, text: str, limit: int = 20) -> tuple[CourseRow, ...]:
        """Find courses by code, title or batch, best first; all of them for an empty text."""
        return self._context.store.reader.courses.search(text, limit)

    def detail(self, uid: str) -> CourseRow:
        """Read a course, archived or not. Raises UnknownCourseError."""
        found = self._context.store.reader.courses.get(uid=uid)
        if found is None:
            raise UnknownCourseError("we found no course with this id")
        return found

    def find(self, code: str) -> CourseRow:
        """Find a course by its exact code. Raises UnknownCourseError."""
        found = self._context.store.reader.courses.get(code=clean_line(code))
        if found is None:
            raise UnknownCourseError(f"no course has the code “{clean_line(code)}”")
        return found

    def add(self, course: Course) -> CourseRow:
        """Add a course. Raises DuplicateError when the code is taken."""
        uid = self._context.ids.new()
        with self._context.store.writing() as work:
            work.courses.add(uid, course, self._context.now())
            self._context.audit(work, "course.added", uid, {"code": course.code})
            work.commit()
        return self.detail(uid)

    def change(self, uid: str, course: Course) -> CourseRow:
        """Replace a course's facts; agreed fees of pending enrolments stay as agreed."""
        with self._context.store.writing() as work:
            work.courses.change(uid, course, self._context.now())
            self._context.audit(
                work, "course.changed", uid, {"code": course.code, "fee": course.fee.paise}
            )
            work.commit()
        return self.detail(uid)

    def withdraw(self, uid: str) -> None:
        """Withdraw a course from sale; its enrolments remain. Raises UnknownCourseError."""
        with self._context.store.writing() as work:
            if not work.courses.withdraw(uid, self._context.now()):
                raise UnknownCourseError("this course was archived")
            self._context.audit(work, "course.withdrawn", uid)
            work.commit()
