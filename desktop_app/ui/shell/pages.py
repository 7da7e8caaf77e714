"""The pages of the navigation, in its order. Adding a page takes one entry here."""

from __future__ import annotations

from desktop_app.ui import cheques, counter, courses, dues, inbox, payments, settings, students

PAGES = (
    counter.PAGE, dues.PAGE, students.PAGE, courses.PAGE, payments.PAGE, cheques.PAGE, inbox.PAGE,
    settings.PAGE,
)  # fmt: skip
FIRST = counter.PAGE.name
