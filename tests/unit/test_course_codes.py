"""Codes that are suggested for courses by their titles."""

from __future__ import annotations

import pytest

from desktop_app.domain.courses import suggest_code


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Physics XI", "PHY-11"),
        ("physics xii", "PHY-12"),
        ("NEET Foundation", "NEET-F"),
        ("JEE Main crash course", "JEE-MCC"),
        ("Class 10 Maths", "CLA-10M"),
        ("English (Spoken)", "ENG-S"),
        ("Chemistry", "CHE"),
        ("Physics भौतिकी", "PHY"),
        ("भौतिकी XI", ""),
        (" - ", ""),
        ("", ""),
    ],
)
def test_a_code_is_derived_from_a_title(title: str, code: str) -> None:
    assert suggest_code(title) == code
