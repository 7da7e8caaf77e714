"""The columns of lists that can be imported and exported, and those that an import needs."""

from __future__ import annotations

STUDENT_COLUMNS = (
    "roll_no", "name", "phone", "email", "guardian_name", "guardian_phone", "date_of_birth",
    "state",
)  # fmt: skip
COURSE_COLUMNS = (
    "code", "title", "batch", "fee", "gst_rate", "tax_inclusive", "seats", "starts_on", "ends_on",
)  # fmt: skip
DUE_COLUMNS = ("roll_no", "course", "amount", "due_on", "head")
COLUMNS = {"students": STUDENT_COLUMNS, "courses": COURSE_COLUMNS, "dues": DUE_COLUMNS}
REQUIRED = {
    "students": ("roll_no", "name"),
    "courses": ("code", "title", "fee"),
    "dues": ("roll_no", "course", "amount"),
}
