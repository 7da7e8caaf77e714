"""The recipes "a page" and "a list" of resources/docs/how-to-add.md, followed with throw-away ones.

Vehicles are kept in memory; `read`, `add` and `change` are what would be queries of the desk.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QVBoxLayout

from desktop_app.domain.text import require_line
from desktop_app.services.errors import DuplicateError
from desktop_app.ui import manual
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page import Page
from desktop_app.ui.core.page_spec import PageSpec
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.shell import pages
from desktop_app.ui.shell.help_panel import HelpPanel, topics
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.list_page import ListPage
from desktop_app.ui.tables.list_presenter import ListPresenter
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext
    from tests.ui.clerk import Clerk


# --- the query


@dataclass(frozen=True)
class Vehicle:
    uid: str
    plate: str
    driver: str


@dataclass(frozen=True)
class VehicleRows:
    rows: tuple[Vehicle, ...]
    total: int


kept: dict[str, Vehicle] = {}


def read(_desk: Desk, text: str, offset: int, limit: int) -> VehicleRows:
    found = [each for each in kept.values() if text in f"{each.plate} {each.driver}".lower()]
    return VehicleRows(tuple(found[offset : offset + limit]), len(found))


def write(vehicle: Vehicle) -> Vehicle:
    if any(each.plate == vehicle.plate and each.uid != vehicle.uid for each in kept.values()):
        raise DuplicateError("plate")
    kept[vehicle.uid] = vehicle
    return vehicle


# --- the folder: rows.py, vehicle_form.py, page.py and __init__.py in one


VEHICLES: tuple[Column[Vehicle], ...] = (
    Column(N_("Number plate"), lambda row: row.plate, 140),
    Column(N_("Driver"), lambda row: row.driver),
)


class VehicleForm(FormDialog):
    taken = ("plate", N_("Another vehicle has this number plate."))

    def __init__(self, runner: JobRunner, parent: QWidget, row: Vehicle | None = None) -> None:
        super().__init__(runner, parent, title=N_("Vehicle"), action=N_("Save vehicle"))
        self.uid = row.uid if row else f"v{len(kept) + 1}"
        self.add_line("plate", N_("&Number plate"), (0, 0))
        self.add_line("driver", N_("&Driver"), (0, 1))
        if row is not None:
            self.fill(plate=row.plate, driver=row.driver)
        self.settle()

    def save(self) -> None:
        plate = require_line("plate", "The number plate", self.value("plate"))
        vehicle = Vehicle(self.uid, plate, self.value("driver"))
        self.submit(lambda _desk: write(vehicle))


class VehiclesPage(ListPage[Vehicle]):
    title = N_("Vehicles")
    kind = "vehicles"
    find_hint = N_("Number plate or driver")
    counts = (N_("{count} found"), N_("{count} vehicles"))
    nothing = (N_("No vehicles yet"), "", N_("New vehicle"))
    no_match = (N_("No vehicle matches “{text}”"), "", N_("New vehicle"))

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, ListPresenter(context.runner, VEHICLES, read))

    def build(self, column: QVBoxLayout) -> None:
        super().build(column)
        self.add_new(N_("&New vehicle"))

    def name_of(self, row: Vehicle) -> str:
        return row.plate

    def act_on_empty(self) -> VehicleForm:
        form = VehicleForm(self.context.runner, self.window())
        self.show_form(form, form.saved)
        return form

    def open_row(self) -> VehicleForm | None:
        row = self._row
        if row is None:
            return None
        form = VehicleForm(self.context.runner, self.window(), row)
        self.show_form(form, form.saved, lambda _desk: write(row))
        return form


LIST = PageSpec("vehicles", N_("Vehicles"), VehiclesPage, icon="courses")


# --- a page without a list


class NoticeBoard(Page):
    title = N_("Notice board")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("boardPage")
        self.words = label(N_("One moment…"), "page", name="boardWords")
        QVBoxLayout(self).addWidget(self.words)

    def arrive(self) -> None:
        self.context.runner.local(lambda desk: desk.settings.view().centre.name, self._show)

    def _show(self, centre: str) -> None:
        self.words.setText(f"Welcome to {centre}")


BOARD = PageSpec("board", N_("Notice board"), NoticeBoard, icon="info")


# --- the line in ui/shell/pages.py


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both pages in the navigation, before Settings."""
    before = pages.PAGES
    after = (*before[:-1], LIST, BOARD, before[-1])
    for module in list(sys.modules.values()):
        if getattr(module, "PAGES", None) is before:
            monkeypatch.setattr(module, "PAGES", after)
    kept.clear()
    for at, (plate, driver) in enumerate((("KA 01 A 1", "Ravi"), ("KA 01 A 2", "Meena"))):
        write(Vehicle(f"v{at}", plate, driver))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the manual that can be added to."""
    home = tmp_path / "manual"
    shutil.copytree(manual.HOME, home)
    monkeypatch.setattr(manual, "HOME", home)
    return home / "en"


def to_vehicles(clerk: Clerk) -> VehiclesPage:
    clerk.the(QToolButton, "vehiclesNav").click()
    page = clerk.window.parts.page()
    assert isinstance(page, VehiclesPage)
    clerk.wait(lambda: page.presenter.model.rowCount() == 2)
    return page


def test_a_new_list_is_reached_read_and_searched(added: object, clerk: Clerk) -> None:
    page = to_vehicles(clerk)
    assert clerk.text("vehiclesCount") == "2 vehicles"
    assert page.facts.text_of("Driver") == "Ravi"
    QTest.keyClicks(clerk.focused, "meena")
    clerk.wait(lambda: clerk.text("vehiclesCount") == "1 found")
    assert page.facts.text_of("Number plate") == "KA 01 A 2"
    page.finder.setText("nothing")
    clerk.wait(page.empty.isVisible)
    assert page.empty.title.text() == "No vehicle matches “nothing”"
    assert page.facts.text_of("Driver") == ""


def test_its_form_adds_changes_and_takes_back(added: object, clerk: Clerk) -> None:
    page = to_vehicles(clerk)
    form = page.act_on_empty()
    form.fill(plate="KA 01 A 1", driver="Asha")
    form.save_button.click()
    clerk.wait(lambda: "Another vehicle" in form.fields["plate"].message.text())
    form.fill(plate="KA 01 A 3")
    form.save_button.click()
    clerk.wait(lambda: page.facts.text_of("Driver") == "Asha")
    changed = page.open_row()
    assert changed is not None
    changed.fill(driver="Iqbal")
    changed.save_button.click()
    clerk.wait(lambda: page.facts.text_of("Driver") == "Iqbal")
    notices = clerk.window.parts.notices
    assert notices.texts() == ("KA 01 A 3 is updated.",)
    buttons = notices.findChildren(QPushButton)
    next(each for each in buttons if each.text() == "Undo").click()
    clerk.wait(lambda: page.facts.text_of("Driver") == "Asha")


def test_another_page_may_open_it(added: object, clerk: Clerk) -> None:
    clerk.window.parts.calls.show_page.emit("vehicles", None)
    assert clerk.window.parts.pages.current_name() == "vehicles"


def test_its_help_is_demanded_and_found(added: object, clerk: Clerk, written: Path) -> None:
    assert set(topics()) - set(manual.topics()) == {"vehicles", "board"}
    (written / "vehicles.md").write_text("# Vehicles\n\n**New vehicle** adds one.\n")
    (written / "board.md").write_text("# Notice board\n")
    assert set(topics()) == set(manual.topics())
    to_vehicles(clerk)
    clerk.window.parts.actions_by_name["help"].trigger()
    [panel] = [top for top in QApplication.topLevelWidgets() if isinstance(top, HelpPanel)]
    assert panel.page.toPlainText().startswith("Vehicles")
    panel.close()


def test_a_new_page_is_reached_and_reads_the_desk(added: object, clerk: Clerk) -> None:
    clerk.the(QToolButton, "boardNav").click()
    centre = clerk.desk.services.settings.view().centre.name
    clerk.wait(lambda: clerk.the(QLabel, "boardWords").text() == f"Welcome to {centre}")
