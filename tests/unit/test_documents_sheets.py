"""Spreadsheets: files that Excel reads, files that people send, and formulas that must not run."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.documents import sheets
from desktop_app.documents.cell_escaping import escape_formula, is_formula, unescape_formula
from desktop_app.documents.sheets import SURPLUS, read_rows, write_rows
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.documents.cell_escaping import Cell

RISKY = ["=1+1", "+91 98450", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "−1"]  # noqa: RUF001


@pytest.mark.parametrize("text", RISKY)
def test_formulas_are_escaped_and_restored(text: str) -> None:
    assert not is_formula(escape_formula(text))
    assert unescape_formula(escape_formula(text)) == text


@given(st.text(alphabet="'=+-@ a\tx"))
def test_escaping_is_undone_exactly(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", ["Asha", "R-001", "a=b", "O'Brien", "आशा", "'quoted'", ""])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert escape_formula(text) == text


def test_csv_opens_in_excel_with_hindi_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    row: list[Cell] = ["आशा राव", Money(-11_800_05), 7, True, None, date(2026, 11, 20), "=1"]
    instant = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert write_rows(path, [*"abcdefgh"], [[*row, instant]]) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.read_text("utf-8-sig").splitlines()[1] == (
        "आशा राव,-11800.05,7,yes,,2026-11-20,'=1,2026-11-21 02:00:00"
    )


def test_csv_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    names = [*RISKY[:4], 'say "hi", ok', "line\nbreak", "'=x", "आशा"]
    write_rows(path, ["name"], [[name] for name in names])
    header, rows = read_rows(path)
    assert header == ("name",)
    assert [row["name"] for _, row in rows] == names


def test_xlsx_keeps_text_text_and_money_numbers(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "out.xlsx"
    rows = [[text, Money(11_800_05), True, None, date(2026, 1, 2)] for text in [*RISKY, "a\x01b"]]
    instant = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert write_rows(path, ["t", "m", "b", "n", "d", "i"], [[*r, instant] for r in rows]) == 11
    sheet = load_workbook(path).active
    assert sheet is not None
    cells = list(sheet.iter_rows(min_row=2))
    assert {cell.data_type for row in cells for cell in row} <= {"s", "n", "d"}
    assert cells[0][0].value == "=1+1"
    assert cells[0][1].value == 11800.05
    assert cells[0][1].number_format == "#,##0.00"
    assert cells[0][2].value == "yes"
    assert str(cells[0][5].value) == "2026-11-21 02:00:00"
    assert cells[-1][0].value == "ab"
    assert sheet["A1"].font.b


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"\.csv or \.xlsx"):
        write_rows(tmp_path / "out.ods", ["a"], [])


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_failed_export_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    path.write_bytes(b"old")

    def breaking() -> Iterator[list[str]]:
        yield ["one"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rows(path, ["a"], breaking())
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_more_rows_than_a_sheet_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_SHEET_ROWS", 3)
    assert write_rows(tmp_path / "fits.xlsx", ["a"], [["1"], ["2"]]) == 2
    with pytest.raises(InvalidInputError, match="Export as"):
        write_rows(tmp_path / "out.xlsx", ["a"], [["1"], ["2"], ["3"]])


def _read(path: Path, content: bytes, required: tuple[str, ...] = ()) -> list[dict[str, str]]:
    path.write_bytes(content)
    return [row for _, row in read_rows(path, required)[1]]


TABLE = "roll_no,name\nR1,आशा\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    rows = _read(tmp_path / "in.csv", TABLE.encode(encoding))
    assert rows == [{"roll_no": "R1", "name": "आशा"}]


def test_windows_1252_is_the_last_resort(tmp_path: Path) -> None:
    rows = _read(tmp_path / "in.csv", "name\nJosé 5€\n".encode("cp1252"))
    assert rows == [{"name": "José 5€"}]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"name\nA\x81\x8d\n", "CSV UTF-8"),
        (b"name\nA\x00b\n", "CSV UTF-8"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"1,2,3\n4,5,6\n", "column names in the first row"),
        (b"name,,phone\nA,B,C\n", "Column 2 has no name"),
        (b"name,Name\nA,B\n", "more than once"),
    ],
)
def test_files_that_are_not_tables_are_refused(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=match):
        read_rows(path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"R1,Asha\nR2,Ravi\n")
    with pytest.raises(InvalidInputError, match="Missing: roll_no, name"):
        read_rows(path, ("roll_no", "name"))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognised(tmp_path: Path, separator: str) -> None:
    content = f'Roll No{separator}Name\nR1{separator}"A{separator}B"\n'
    assert _read(tmp_path / "in.csv", content.encode()) == [
        {"roll_no": "R1", "name": f"A{separator}B"}
    ]


def test_excels_separator_hint_is_understood(tmp_path: Path) -> None:
    rows = _read(tmp_path / "in.csv", b"sep=;\r\nroll_no;name, full\r\nR1;Asha\r\n")
    assert rows == [{"roll_no": "R1", "name,_full": "Asha"}]


def test_ragged_rows_and_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"\na,b,\n\n1\n,,\n1,2,,x,y\n1,2,,\n")
    header, rows = read_rows(path)
    assert header == ("a", "b")
    assert list(rows) == [
        (4, {"a": "1", "b": ""}),
        (6, {"a": "1", "b": "2", SURPLUS: "x, y"}),
        (7, {"a": "1", "b": "2"}),
    ]


def test_line_numbers_are_those_of_each_rows_start(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b'"a",b\r\n"x\r\ny",1\r\nz,2\r\n')
    assert [line for line, _ in read_rows(path)[1]] == [2, 4]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(tmp_path: Path, ending: str) -> None:
    assert _read(tmp_path / "in.csv", ending.join(["a", "1", "2"]).encode()) == [
        {"a": "1"},
        {"a": "2"},
    ]


def test_an_open_quotation_mark_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b'a,b\n1,2\n3,"four\n5,6\n')
    rows = read_rows(path)[1]
    assert next(rows)[0] == 2
    with pytest.raises(InvalidInputError, match="line 3"):
        next(rows)


def test_a_long_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    with path.open("w") as file:
        file.write("roll_no,name\n")
        file.writelines(f"R{number},Student {number}\n" for number in range(20_000))
    tracemalloc.start()
    started = time.perf_counter()
    count = sum(1 for _ in read_rows(path)[1])
    took = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 3_000_000
    assert took < 30
