"""The first rows of a file to import, and files that show how one looks. Writes nothing else."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from desktop_app.services.maintenance.import_columns import COLUMNS, REQUIRED
from desktop_app.services.output_paths import check_output
from desktop_app.services.views.maintenance import ImportPreview

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop_app.services.context import Context

PREVIEWED_ROWS = 5
SAMPLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "students": (
        ("R001", "Asha Rao", "9845012345", "asha@example.com", "Meena Rao", "9845054321",
         "2010-03-14", "KA"),
        ("R002", "रोहन गुप्ता", "9845067890", "", "सुनील गुप्ता", "", "", ""),
    ),
    "courses": (
        ("PHY-11", "Physics XI", "Morning", "11800", "18", "yes", "60", "2026-06-01"),
        ("CHE-11", "Chemistry XI", "Evening", "9999.50", "18", "no", "", ""),
    ),
    "dues": (
        ("R001", "PHY-11", "5900", "2026-12-01", "tuition"),
        ("R001", "PHY-11", "5900", "2027-03-01", "tuition"),
        ("R002", "CHE-11", "2500", "", "hostel"),
    ),
}  # fmt: skip
"""Rows by kind, in the order of the columns."""


def preview(context: Context, kind: str, path: Path) -> ImportPreview:
    """Return the first rows of a file. Raises InvalidInputError when it cannot be read."""
    header, rows = context.documents.read_rows(path, REQUIRED[kind])
    known = [name for name in header if name in COLUMNS[kind]]
    cells = [
        tuple(row.get(name, "") for name in known) for _line, row in islice(rows, PREVIEWED_ROWS)
    ]
    return ImportPreview(
        tuple(known),
        tuple(cells),
        tuple(name for name in header if name and name not in COLUMNS[kind]),
        tuple(name for name in REQUIRED[kind] if name not in header),
    )


def write_sample(context: Context, kind: str, path: Path) -> Path:
    """Write a file that can be imported, with two rows to be replaced. Raises OSError."""
    check_output(path, context.folder)
    context.documents.write_rows(path, COLUMNS[kind], SAMPLES[kind])
    return path
