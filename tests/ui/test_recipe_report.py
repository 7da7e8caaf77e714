"""The recipe "a report" of resources/docs/how-to-add.md, followed with a throw-away one."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog

from desktop_app import cli
from desktop_app.bootstrap import Options, open_desk
from desktop_app.cli import exports
from desktop_app.cli.main import run
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.services.maintenance.exporting import REPORTS, Report
from desktop_app.ui.courses.page import CoursesPage
from tests.ui.page_context import make_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop_app.services.ports.reader import Reader
    from desktop_app.ui.core.i18n import N_
    from desktop_app.ui.core.page import PageContext

KIND = "seats"


def seats(reader: Reader) -> Iterator[Mapping[str, object]]:
    for row in reader.exports.courses():
        yield {"code": row["code"], "seats": row["seats"] or "any"}


class CoursesWithSeats(CoursesPage):
    def add_export(self, tip: N_, kind: str = KIND) -> None:
        super().add_export(tip, kind)


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row, before the command line is first imported."""
    monkeypatch.setitem(REPORTS, KIND, Report("free seats", ("code", "seats"), seats, "seats"))
    monkeypatch.delitem(sys.modules, exports.__name__)
    monkeypatch.delattr(cli, "exports")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk with two courses, closed again."""
    home = tmp_path / "desk"
    with closing(open_desk(Options(data_dir=home))) as opened:
        for code, count in (("PHY-11", 40), ("CHE-11", None)):
            opened.desk.courses.add(
                make_course(code=code, title="Title", batch="", fee=Money(100), seats=count)
            )
    return home


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[PageContext]:
    yield from make_context(qtbot)


def test_the_command_line_writes_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    assert run(["export", KIND, str(out), "--data-dir", str(folder)]) == 0
    assert capsys.readouterr().out == f"Exported 2 rows to {out}.\n"
    assert out.read_text(encoding="utf-8-sig").split() == ["code,seats", "CHE-11,any", "PHY-11,40"]


def test_its_help_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "--help"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert f"{{{'|'.join(REPORTS)}}} FILE" in words.replace("| ", "|")
    assert words.count(" or free seats to FILE (.csv or .xlsx).") == 1


def test_another_kind_is_refused_with_all_there_are(folder: Path, tmp_path: Path) -> None:
    with (
        closing(open_desk(Options(data_dir=folder))) as opened,
        pytest.raises(InvalidInputError) as error,
    ):
        opened.desk.exports.write("shoes", tmp_path / "out.csv")
    assert error.value.message == f"You can export {', '.join([*REPORTS][:-1])} and seats."


def test_a_page_offers_it(qtbot: QtBot, context: PageContext, folder: Path, tmp_path: Path) -> None:
    with closing(open_desk(Options(data_dir=folder))) as opened:
        page = CoursesWithSeats(context)
        qtbot.addWidget(page)
        context.runner.open(opened.desk)
        page.export_button.click()
        dialog = page.findChild(QFileDialog, "sheetFileDialog")
        assert isinstance(dialog, QFileDialog)
        assert dialog.selectedFiles()[0].endswith("/seats.xlsx")
        out = tmp_path / "page.csv"
        dialog.fileSelected.emit(str(out))
        dialog.close()
        qtbot.waitUntil(out.exists)
        qtbot.waitUntil(lambda: not context.runner.is_busy)
    assert "PHY-11,40" in out.read_text(encoding="utf-8-sig")
