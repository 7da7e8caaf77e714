"""The first steps at a new centre, offered at the end of the set-up and at the empty counter."""

from __future__ import annotations

from typing import NamedTuple

from desktop_app.ui.core.i18n import N_


class FirstStep(NamedTuple):
    """One of the things to do first; `shell` begins with it, by its name."""

    name: str
    icon: str
    words: N_
    sentence: N_


FIRST_STEPS = (
    FirstStep(
        "students", "import", N_("&Import students"), N_("From a CSV file, e.g. exported "
                                                         "from Excel.")
    ),
    FirstStep("course", "plus", N_("&Add a course"), N_("Enter the course's fee, GST and seats.")),
    FirstStep(
        "practice", "training", N_("&Practise first"),
        N_("Opens a second window with sample students and no real money."),
    ),
)  # fmt: skip
