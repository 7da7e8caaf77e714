"""The pages of the navigation, in its order. Adding a page takes one entry here."""

from __future__ import annotations

from desktop_app.ui import counter, courses, inbox, payments, settings, students

PAGES = (counter.PAGE, students.PAGE, courses.PAGE, payments.PAGE, inbox.PAGE, settings.PAGE)
FIRST = counter.PAGE.name
