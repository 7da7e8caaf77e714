"""Lists in and out of files from the window: asked for, shown, stopped, reported in full."""

from __future__ import annotations

import csv
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QRadioButton, QWidget
from shiboken6 import isValid

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import Student, make_student
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.maintenance import ImportReport, RowProblem
from desktop_app.ui.cheques.page import ChequesPage
from desktop_app.ui.core.formatting import day_text
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.inbox.page import InboxPage
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.tables import file_dialogs
from desktop_app.ui.tables.import_dialog import ImportDialog
from desktop_app.ui.tables.import_export import (
    SheetWork,
    export_sheet,
    import_sheet,
    report_as_listed,
)
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.bootstrap import OpenDesk
    from desktop_app.ui.core.page import Page, PageContext
    from tests.ui.real_desk import RealDesk

PAGES: dict[str, Callable[[PageContext], Page]] = {
    "payments": PaymentsPage, "courses": CoursesPage, "cheques": ChequesPage, "inbox": InboxPage,
}  # fmt: skip
EXPORTS = {
    "payments": "paymentsExportButton", "courses": "coursesExportButton",
    "cheques": "chequeExportButton", "inbox": "inboxExportButton",
}  # fmt: skip
FORMULAS = ["=1+1", "+91", "-5", "@SUM(A1)", '=HYPERLINK("http://x")']


class SlowUpkeep:
    """Goes through rows for as long as a test wants."""

    def __init__(self) -> None:
        self.going = threading.Event()
        self.began = threading.Event()
        self.report = ImportReport(2, 1, 0, (), ("shoe_size",))
        self.kept: list[str] = []
        self.write: Callable[[], object] = list
        self.is_writing = False

    def students(
        self,
        path: Path,
        watch: Callable[[int], None] | None = None,
        written: Callable[[int], None] | None = None,
    ) -> ImportReport:
        assert watch is not None
        assert written is not None
        watch(1500)
        if self.is_writing:
            written(0)
            written(500)
        self.began.set()
        self.going.wait(20)
        if not self.is_writing:
            watch(2000)
            written(0)
        self.kept.append(path.name)
        self.write()
        return self.report

    courses = students


@pytest.fixture
def upkeep() -> Iterator[SlowUpkeep]:
    made = SlowUpkeep()
    yield made
    made.going.set()


@pytest.fixture
def desk(bare_desk: RealDesk, upkeep: SlowUpkeep) -> RealDesk:
    """A desk whose imports go on for as long as a test wants."""
    upkeep.write = lambda: bare_desk.enter([Student("R001", "Asha Rao")])
    bare_desk.calls.play("imports.students", upkeep.students)
    bare_desk.calls.play("imports.courses", upkeep.courses)
    return bare_desk


@pytest.fixture
def real(tmp_path: Path) -> Iterator[OpenDesk]:
    opened = open_desk(Options(data_dir=tmp_path / "data", gateway_url="http://127.0.0.1:9"))
    yield opened
    opened.close()


def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def said(context: PageContext) -> str:
    return "\n".join(notice_area(context).texts())


def work_of(page: QWidget) -> SheetWork:
    found = page.window().findChild(SheetWork)
    assert found is not None
    return found


def end(qtbot: QtBot, dialog: ImportDialog) -> None:
    """Close a dialog before the window that it belongs to."""
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_an_import_tells_its_end_and_the_list_is_read_anew(
    qtbot: QtBot, context: PageContext, open_copy: Callable[..., RealDesk], tmp_path: Path
) -> None:
    rows = ("roll_no,name,shoe_size", "R001,Asha Raote,4", "R021,Zubin Mehta,9", "R022,Uma Das,5")
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    page = host(qtbot)
    context.runner.open(open_copy("busy").services)
    dialog = import_sheet(context, "students", page)
    dialog.show_file(str(tmp_path / "a.csv"))
    qtbot.waitUntil(dialog.import_button.isEnabled)
    assert "Ignored columns: shoe_size." in dialog.finding.text()
    with qtbot.waitSignal(context.calls.changed):
        dialog.import_button.click()
    assert "2 added, 1 updated, 0 unchanged." in said(context)
    assert "shoe_size" in said(context)
    assert page.findChild(SheetWork) is None or not work_of(page).isVisible()


def test_the_first_five_rows_are_shown_before_anything_is_imported(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path
) -> None:
    rows = [f"R{at:03},Student {at},<b>{at}</b>" for at in range(8)]
    (tmp_path / "a.csv").write_text("\n".join(("roll_no,name,phone", *rows)), encoding="utf-8")
    page = host(qtbot)
    context.runner.open(real.desk)
    dialog = import_sheet(context, "students", page)
    assert not dialog.import_button.isEnabled()
    dialog.show_file(str(tmp_path / "a.csv"))
    qtbot.waitUntil(dialog.import_button.isEnabled)
    table = dialog.table
    assert (table.rowCount(), table.columnCount()) == (5, 3)
    heads = [table.horizontalHeaderItem(at) for at in range(3)]
    assert [head.text() for head in heads if head is not None] == ["roll_no", "name", "phone"]
    cell = table.item(4, 2)
    assert cell is not None
    assert cell.text() == "<b>4</b>"
    assert real.desk.students.page("").total == 0
    end(qtbot, dialog)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name,phone\nAsha,9845012345", "no column roll_no"),
        ("roll_no,name", "has no rows"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why_at_once(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    page = host(qtbot)
    context.runner.open(real.desk)
    dialog = import_sheet(context, "students", page)
    dialog.show_file(str(tmp_path / "a.csv"))
    qtbot.waitUntil(lambda: words in dialog.finding.text())
    assert not dialog.import_button.isEnabled()
    dialog.show_file(str(tmp_path / "gone.csv"))
    qtbot.waitUntil(lambda: "read or write the file" in dialog.finding.text())
    end(qtbot, dialog)


@pytest.mark.parametrize("kind", ["students", "courses"])
def test_the_sample_can_be_imported_as_it_is(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path, kind: str
) -> None:
    page = host(qtbot)
    context.runner.open(real.desk)
    dialog = import_sheet(context, kind, page)
    dialog.save_sample(str(tmp_path / "sample.csv"))
    qtbot.waitUntil(lambda: "sample.csv" in dialog.finding.text())
    dialog.show_file(str(tmp_path / "sample.csv"))
    qtbot.waitUntil(dialog.import_button.isEnabled)
    with qtbot.waitSignal(context.calls.changed):
        dialog.import_button.click()
    assert "2 added" in said(context)


@pytest.mark.parametrize("has_folder", [True, False])
def test_a_file_dialog_starts_in_a_folder_and_with_no_name(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_folder: bool
) -> None:
    documents = tmp_path / "Documents"
    if has_folder:
        documents.mkdir()
    monkeypatch.setattr(file_dialogs, "documents_folder", lambda: documents)
    page = host(qtbot)
    dialog = file_dialogs.file_dialog(page, N_("Choose a CSV file"), "CSV (*.csv)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    assert name.text() == ""
    assert dialog.directory().absolutePath() == str(documents if has_folder else Path.home())
    dialog.close()


def test_a_long_import_shows_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, context: PageContext, desk: RealDesk, upkeep: SlowUpkeep, tmp_path: Path
) -> None:
    page = host(qtbot)
    context.runner.open(desk.services)
    dialog = import_sheet(context, "courses", page)
    dialog.chosen.emit(str(tmp_path / "a.csv"))
    dialog.close()
    work = work_of(page)
    assert not work.isVisible()
    qtbot.waitUntil(work.isVisible)
    qtbot.waitUntil(lambda: work.words.text() == "Rows so far: 1,500")
    work.close()
    assert work.isVisible()
    assert "Stopping" in work.words.text()
    upkeep.going.set()
    qtbot.waitUntil(lambda: "Stopped. Nothing changed." in said(context))
    assert upkeep.kept == []


def test_what_is_wrong_in_the_file_is_listed_by_row(
    qtbot: QtBot, context: PageContext, desk: RealDesk, upkeep: SlowUpkeep, tmp_path: Path
) -> None:
    error = InvalidInputError("roll_no", "{label} is missing.", label="Roll number")
    problems = [RowProblem(2, f"roll_no: {error.message}", error), RowProblem(3, "<b>x</b>")]
    upkeep.report = ImportReport(0, 0, 0, (*problems, *problems * 40), ())
    upkeep.going.set()
    page = host(qtbot)
    context.runner.open(desk.services)
    dialog = import_sheet(context, "students", page)
    dialog.chosen.emit(str(tmp_path / "a.csv"))
    dialog.close()
    work = work_of(page)
    qtbot.waitUntil(work.problems.isVisible)
    assert work.heading.text() == "Nothing was imported"
    lines = work.problems.toPlainText().splitlines()
    assert lines[:2] == ["Row 2: roll_no: Roll number is missing.", "Row 3: <b>x</b>"]
    assert len(lines) == 51
    work.button.click()
    qtbot.waitUntil(lambda: page.window().findChild(SheetWork) is None)


def test_a_file_that_cannot_be_written_is_said(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path
) -> None:
    page = host(qtbot)
    context.runner.open(real.desk)
    write = report_as_listed("students", [], lambda _desk: None)
    dialog = export_sheet(context, "students", page, write)
    dialog.fileSelected.emit(str(tmp_path / "no" / "folder" / "a.csv"))
    dialog.close()
    qtbot.waitUntil(lambda: "Couldn't read or write" in said(context))
    assert "Nothing changed" in said(context)


def test_what_is_being_written_is_not_stopped(
    qtbot: QtBot, context: PageContext, desk: RealDesk, upkeep: SlowUpkeep, tmp_path: Path
) -> None:
    upkeep.is_writing = True
    page = host(qtbot)
    context.runner.open(desk.services)
    dialog = import_sheet(context, "students", page)
    dialog.chosen.emit(str(tmp_path / "a.csv"))
    dialog.close()
    assert upkeep.began.wait(10)
    work = work_of(page)
    work.reject()
    qtbot.waitUntil(lambda: not work.button.isEnabled())
    assert "Rows so far: 500" in work.words.text(), "it does not say that nothing is changed"
    with qtbot.waitSignal(context.calls.changed):
        upkeep.going.set()
    assert upkeep.kept == ["a.csv"]
    assert "2 added, 1 updated" in said(context)


def test_stopped_on_the_real_desk_nothing_is_imported_or_written(
    real: OpenDesk, tmp_path: Path
) -> None:
    rows = "".join(f"S{at},Student {at}\n" for at in range(2_000))
    (tmp_path / "in.csv").write_text(f"roll_no,name\n{rows}", encoding="utf-8")

    def stop(count: int) -> None:
        if count >= 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        real.desk.imports.students(tmp_path / "in.csv", stop)
    assert real.desk.students.page("").total == 0
    assert real.desk.imports.students(tmp_path / "in.csv").added == 2_000
    (tmp_path / "out.csv").write_text("was here", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        real.desk.exports.write("students", tmp_path / "out.csv", stop)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "was here"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_export_from_the_page_holds_no_formula(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path, suffix: str
) -> None:
    for at, name in enumerate(FORMULAS):
        real.desk.students.add(make_student(roll_no=f"R{at}", name=name))
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(real.desk)
    page.arrive()
    page.export_button.click()
    action = page.findChild(QAction, "studentsExportAction")
    assert isinstance(action, QAction)
    action.trigger()
    dialog = page.findChild(QFileDialog, "sheetFileDialog")
    assert isinstance(dialog, QFileDialog)
    out = tmp_path / f"out.{suffix}"
    dialog.fileSelected.emit(str(out))
    dialog.close()
    qtbot.waitUntil(lambda: "5 rows exported." in said(context))
    if suffix == "csv":
        with out.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    else:
        book = load_workbook(out)
        kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}  # type: ignore[union-attr]
        assert "f" not in kinds


@pytest.mark.parametrize("report", ["students", "balances"])
def test_students_are_exported_as_listed(
    qtbot: QtBot,
    context: PageContext,
    open_copy: Callable[..., RealDesk],
    tmp_path: Path,
    report: str,
) -> None:
    desk = open_copy("busy").services
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(desk)
    page.arrive()
    page.which.choose("unpaid")
    page.which.chosen.emit("unpaid")
    due = desk.students.page("", unpaid=True, limit=500)
    assert 0 < due.total < desk.students.page("").total
    write = page.written(report)
    out = tmp_path / "out.csv"
    assert write(desk, out, lambda _rows: None) == due.total
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["Shown", "Fee due"]
    assert rows[4][0] == "roll_no"
    assert [row[0] for row in rows[5:]] == [row.roll_no for row in due.rows]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("payments", "payments.xlsx"),
        ("courses", "courses.xlsx"),
        ("cheques", "cheques.xlsx"),
        ("inbox", "inbox.xlsx"),
    ],
)
def test_every_list_can_be_exported(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path, kind: str, name: str
) -> None:
    page = PAGES[kind](context)
    qtbot.addWidget(page)
    context.runner.open(real.desk)
    page.arrive()
    button = page.findChild(QAbstractButton, EXPORTS[kind])
    assert isinstance(button, QAbstractButton)
    button.click()
    dialog = page.findChild(QFileDialog, "sheetFileDialog")
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles()[0].endswith(name)
    dialog.fileSelected.emit(str(tmp_path / name))
    dialog.close()
    qtbot.waitUntil((tmp_path / name).exists)
    shown = list(load_workbook(tmp_path / name).active.values)[1]  # type: ignore[union-attr]
    words = {"payments": day_text(datetime.now(IST).date()), "cheques": "In hand"}
    assert shown[:2] == ("Shown", words.get(kind, "All"))


@pytest.mark.parametrize("kind", ["students", "courses"])
def test_an_empty_list_offers_to_bring_one_in(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk, kind: str
) -> None:
    page: StudentsPage | CoursesPage = (
        StudentsPage(context) if kind == "students" else CoursesPage(context)
    )
    qtbot.addWidget(page)
    page.show()
    context.runner.open(bare_desk.services)
    page.arrive()
    qtbot.waitUntil(page.add_import_button.isVisible)
    page.add_import_button.click()
    dialog = page.window().findChild(ImportDialog, "importDialog")
    assert isinstance(dialog, ImportDialog)
    dialog.close()
    page.finder.setText("Rahul")
    qtbot.waitUntil(lambda: not page.add_import_button.isVisible())


def test_unpaid_fees_are_imported_from_the_students_page(
    qtbot: QtBot, context: PageContext, real: OpenDesk, tmp_path: Path
) -> None:
    real.desk.students.add(make_student(roll_no="R1", name="Asha"))
    real.desk.courses.add(make_course(code="PHY", title="Physics", fee=Money(11_800_00)))
    page = StudentsPage(context)
    qtbot.addWidget(page)
    page.show()
    context.runner.open(real.desk)
    page.arrive()
    dialog = import_sheet(context, "students", page)
    button = dialog.findChild(QRadioButton, "importDuesButton")
    assert isinstance(button, QRadioButton)
    path = tmp_path / "dues.csv"
    path.write_text("roll_no,course,amount\nR1,PHY,5900\n", encoding="utf-8")
    dialog.show_file(str(path))
    qtbot.waitUntil(lambda: "name" in dialog.finding.text(), timeout=5_000)
    assert not dialog.import_button.isEnabled(), "it is no list of students"
    button.click()
    qtbot.waitUntil(dialog.import_button.isEnabled)
    dialog.import_button.click()
    qtbot.waitUntil(lambda: "1 added, 0 updated, 0 unchanged." in said(context))
    [due] = real.desk.enrolments.dues(DueFilter())
    assert due.balance == Money(5_900_00)


def test_courses_offer_no_other_list(qtbot: QtBot, context: PageContext, real: OpenDesk) -> None:
    page = CoursesPage(context)
    qtbot.addWidget(page)
    context.runner.open(real.desk)
    dialog = import_sheet(context, "courses", page)
    assert dialog.findChildren(QRadioButton) == []
    dialog.close()
