"""Lists and forms in another language and another text size, switched while they are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt, QTranslator
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QTableView,
    QWidget,
)

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.courses.page import CoursesPage
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.students.page import StudentsPage
from desktop_app.ui.students.student_form import StudentForm
from tests.ui import pseudo
from tests.ui.notice_area import notice_area
from tests.ui.samples import BUSY
from tests.ui.text_sizes import LARGE_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.forms.form import FormDialog
    from tests.ui.real_desk import RealDesk

LATIN_ONLY = {"GST", "UPI", "UTR / RRN", "–", "Ctrl+F", "₹"}  # noqa: RUF001
DATA = re.compile(r"[\d₹•@]|Rao|Physics|Chemistry|Asha|PHY|Karnataka|Morning")


class Loud(QTranslator):
    """Turns every text of the window into one that cannot be overlooked."""

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, context: str, sourceText: str, *_: object) -> str:  # noqa: N803
        return f"⟦{sourceText}⟧"


@pytest.fixture
def speaking(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    i18n.install_translator(qapp, None, "en")


@pytest.fixture
def sized(qapp: QApplication) -> QApplication:
    return qapp


def settle() -> None:
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LanguageChange)
        QApplication.processEvents()


def pages(qtbot: QtBot, context: PageContext, desk: RealDesk) -> list[QWidget]:
    context.runner.open(desk.services)
    made: list[QWidget] = []
    for kind in (StudentsPage, CoursesPage, PaymentsPage):
        page = kind(context)
        qtbot.addWidget(page)
        page.resize(1274, 700)
        page.show()
        page.arrive()
        qtbot.waitUntil(lambda page=page: page.table.current() is not None)  # type: ignore[misc]
        made.append(page)
    students = made[0]
    assert isinstance(students, StudentsPage)
    qtbot.waitUntil(students.edit_button.isVisible)
    return made


def texts(top: QWidget) -> Iterator[str]:
    """Every text of the window that can be read on it, data too."""
    for part in top.findChildren(QWidget):
        if isinstance(part, QLabel | QPushButton | QCheckBox) and not part.isHidden():
            yield part.text().strip()
        if isinstance(part, QComboBox):
            yield from (part.itemText(at) for at in range(part.count()))
        if isinstance(part, QTableView):
            model = part.model()
            heads = range(model.columnCount())
            yield from (str(model.headerData(at, Qt.Orientation.Horizontal)) for at in heads)
        yield part.toolTip()
        if hasattr(part, "placeholderText"):
            yield str(part.placeholderText())


def untranslated(top: QWidget) -> list[str]:
    """Return the texts that are neither data nor in the loud language."""
    return [
        text
        for text in texts(top)
        if text and "⟦" not in text and text not in LATIN_ONLY and not DATA.search(text)
        and any(letter.isalpha() for letter in text)
    ]  # fmt: skip


def test_every_text_of_the_pages_can_be_translated(
    qtbot: QtBot, context: PageContext, desk: RealDesk, speaking: QApplication
) -> None:
    shown = pages(qtbot, context, desk)
    i18n.install_translator(speaking, Loud(speaking), "loud")
    settle()
    names = {name for _, name, _, guardian in BUSY.students for name in (name, guardian)}
    names |= {title for _, title, *_ in BUSY.courses} | pseudo.NAMES
    for page in shown:
        left = [text for text in untranslated(page) if text.split(" · ")[0] not in names]
        assert left == [], type(page).__name__


def test_every_text_of_the_forms_can_be_translated(
    qtbot: QtBot, context: PageContext, desk: RealDesk, speaking: QApplication
) -> None:
    for form in forms(qtbot, context, desk):
        form._save_asked()
        i18n.install_translator(speaking, Loud(speaking), "loud")
        settle()
        assert untranslated(form) == []
        assert "⟦" in form.windowTitle()
        i18n.install_translator(speaking, None, "en")


def forms(qtbot: QtBot, context: PageContext, desk: RealDesk) -> Iterator[StudentForm | CourseForm]:
    """Open the forms one after the other."""
    window = QWidget()
    qtbot.addWidget(window)
    context.runner.open(desk.services)
    kinds: tuple[type[StudentForm | CourseForm], ...] = (StudentForm, CourseForm)
    for kind in kinds:
        made = kind(context.runner, window)
        made.open()
        yield made
        made.settle()
        made.reject()


def test_a_table_speaks_hindi_while_it_is_shown(
    qtbot: QtBot, context: PageContext, desk: RealDesk, speaking: QApplication
) -> None:
    page = pages(qtbot, context, desk)[2]
    assert isinstance(page, PaymentsPage)
    i18n.set_language(speaking, "hi")
    settle()
    model = page.presenter.model
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(7)]
    assert heads == ["समय", "स्टूडेंट", "कोर्स", "रक़म ₹", "तरीक़ा", "स्टेटस", "रसीद"]
    assert model.index(0, 5).data() == "पेमेंट हो गया"
    assert page.badge.word.text() == "पेमेंट हो गया"
    assert "पेमेंट" in page.count.text()


def _keys(form: FormDialog) -> list[str]:
    marked = [part.text() for part in form.findChildren(QLabel)]
    marked += [part.text() for part in form.findChildren(QPushButton)]
    found = (re.search(r"&(\w)", text) for text in marked)
    return [match[1].upper() for match in found if match]


def test_access_keys_are_unique_latin_and_lead_to_their_fields(
    qtbot: QtBot, context: PageContext, desk: RealDesk, speaking: QApplication
) -> None:
    for form in forms(qtbot, context, desk):
        for spoken in ("en", "hi"):
            i18n.set_language(speaking, spoken)
            settle()
            keys = _keys(form)
            assert len(keys) == len(set(keys)) >= len(form.fields), spoken
            assert all(key.isascii() for key in keys), spoken
            for field in form.fields.values():
                assert field.caption.buddy() is field.editor
                assert field.editor.accessibleName() == field.name()
                if spoken == "hi":
                    assert re.search(r" \(&[A-Z]\)$", field.caption.text())
            assert "&" not in form.cancel_button.text() + form.save_button.text()


def test_access_keys_of_pages_are_unique(
    qtbot: QtBot, context: PageContext, desk: RealDesk, speaking: QApplication
) -> None:
    shown = pages(qtbot, context, desk)
    for spoken in ("en", "hi"):
        i18n.set_language(speaking, spoken)
        settle()
        for page in shown:
            marked = page.findChildren(QPushButton)
            found = [re.search(r"&(\w)", each.text()) for each in marked if not each.isHidden()]
            keys = [match[1].upper() for match in found if match]
            assert len(keys) == len(set(keys)), (type(page).__name__, spoken)


def test_a_change_of_a_student_can_be_taken_back(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    page = pages(qtbot, context, desk)[0]
    assert isinstance(page, StudentsPage)
    form = page.edit()
    assert form is not None
    form.name.setText("Asha Raote")
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    assert "Asha Raote is updated." in notice_area(context).texts()[0]
    button = next(
        each for each in notice_area(context).findChildren(QPushButton) if "Undo" in each.text()
    )
    with qtbot.waitSignal(context.calls.changed):
        button.click()
    assert desk.student("R001").name == "Asha Rao"
    qtbot.waitUntil(lambda: page.name.full_text() == "Asha Rao")


@pytest.mark.looks
@pytest.mark.parametrize("percent", LARGE_SIZES)
def test_large_text_is_neither_cut_nor_overlapped(
    qtbot: QtBot, context: PageContext, desk: RealDesk, sized: QApplication, percent: int
) -> None:
    shown = pages(qtbot, context, desk)
    theme.apply(sized, "light", percent)
    QApplication.processEvents()
    for page in shown:
        page.resize(1366 - 92 * percent // 100, 600)
        QApplication.processEvents()
        for button in page.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
                assert button.height() >= button.minimumSizeHint().height(), button.text()
    payments = shown[2]
    assert isinstance(payments, PaymentsPage)
    assert payments.table.isColumnHidden(6)
    assert not payments.table.isColumnHidden(1)
    assert payments.table.columnWidth(1) >= theme.px(80)
    assert payments.table.rowHeight(0) == theme.px(40)
    theme.apply(sized, "light", 100)
    payments.resize(1366, 600)
    QApplication.processEvents()
    assert not any(payments.table.isColumnHidden(at) for at in range(7))
