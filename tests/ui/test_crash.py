"""Uncaught errors: the desk keeps running, and the report names no person."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.ui.core import diagnostics
from desktop_app.ui.core.crash import CrashRelay
from desktop_app.ui.shell.crash_screen import CrashScreen

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY, SECRET, PHONE = "rzp_live_Abcd1234Efgh56", "Zx9Cv8Bn7Mk6Lj5Hg4Fd3Sa2", "9845012345"
BASIC = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
CANARIES = {
    "key id": KEY,
    "secret": SECRET,
    "secret reversed": SECRET[::-1],
    "basic header": BASIC,
    "phone": PHONE,
    "phone with code": f"+91 {PHONE[:5]} {PHONE[5:]}",
    "e-mail": "asha.rao@example.com",
    "vpa": "asha@okicici",
}


def broken(words: str) -> Exception:
    """An error with a stack, as a slot would raise it."""
    try:
        raise ValueError(words)  # noqa: TRY301 - the stack is what is wanted
    except ValueError as error:
        return error


def screen(clerk: Clerk) -> CrashScreen:
    found = [top for top in QApplication.topLevelWidgets() if isinstance(top, CrashScreen)]
    [one] = [each for each in found if each.isVisible()]
    return one


@pytest.mark.parametrize("name", CANARIES)
def test_a_report_holds_no_canary(name: str, tmp_path: Path) -> None:
    canary = CANARIES[name]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / diagnostics.LOG).write_text(f"INFO call {canary}\n", encoding="utf-8")
    text = diagnostics.crash_report(broken(f"Authorization: Basic {canary} for {canary}"), tmp_path)
    for part in (canary, canary.replace(" ", "")):
        assert part not in text
    assert "Last lines of the log:" in text


def test_a_planted_name_is_blotted_with_its_quotes() -> None:
    text = diagnostics.crash_report(broken("no student 'Asha Rao' in “Physics XI”"))
    assert "Asha" not in text
    assert "Physics" not in text
    assert "no student “…” in “…”" in text


def test_what_the_test_looks_for_would_be_found() -> None:
    assert "harmless words" in diagnostics.crash_report(broken("harmless words"))
    assert "tests/ui/test_crash.py" in diagnostics.crash_report(broken("x"))


def test_a_report_names_version_platform_and_stack() -> None:
    text = diagnostics.crash_report(broken("x"))
    for part in ("Pravesh: 0.", "Python: 3.", "Qt: 6.", "System: ", "in broken"):
        assert part in text
    assert str(Path.home()) not in text


def test_a_long_log_is_read_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    lines = "\n".join(f"line {at} {'x' * 60}" for at in range(3_000))
    (tmp_path / "logs" / diagnostics.LOG).write_text(lines, encoding="utf-8")
    tail = diagnostics.log_tail(tmp_path).splitlines()
    assert len(tail) == diagnostics.LAST_LINES
    assert tail[-1].startswith("line 2999 ")
    assert diagnostics.log_tail(tmp_path / "nowhere") == ""


def test_the_screen_says_what_to_do_and_shows_no_stack(clerk: Clerk) -> None:
    clerk.window.tell(broken(f"lost {PHONE}"))
    shown = screen(clerk)
    words = " ".join(each.text() for each in shown.findChildren(QLabel) if each.isVisible())
    assert "This problem moved no money. Confirmed payments are safe" in words
    assert "You can continue." in words
    assert "Traceback" not in words
    assert "ValueError" not in words
    assert shown.report.isHidden()
    shown.show_button.click()
    assert "ValueError: lost ••••••2345" in shown.report.toPlainText()
    shown.copy_button.click()
    assert PHONE not in QGuiApplication.clipboard().text()
    assert "in broken" in QGuiApplication.clipboard().text()
    shown.go_on_button.click()


def test_the_desk_goes_on(clerk: Clerk) -> None:
    clerk.window.tell(broken("x"))
    screen(clerk).go_on_button.click()
    clerk.wait(lambda: clerk.window.isActiveWindow() or QApplication.activeModalWidget() is None)
    clerk.window.activateWindow()
    assert clerk.collect()
    clerk.window.tell(broken("y"))
    screen(clerk).go_on_button.click()


def test_a_storm_of_faults_is_one_screen(clerk: Clerk) -> None:
    for at in range(20):
        clerk.window.tell(broken(f"fault {at}"))
    shown = screen(clerk)
    assert "20 times" in shown.again.text()
    text = shown.text()
    assert "fault 0" in text
    assert "fault 19" in text
    assert "fault 7" not in text
    shown.go_on_button.click()


def test_the_desk_can_be_closed_from_it(clerk: Clerk) -> None:
    clerk.collect()
    clerk.window.tell(broken("x"))
    screen(clerk).close_button.click()
    clerk.wait(lambda: not clerk.window.isVisible())


def test_the_log_of_the_desk_gets_the_stack_redacted(
    caplog: pytest.LogCaptureFixture, qapp: QApplication
) -> None:
    relay = CrashRelay()
    error = broken(f"lost {KEY} of 'Asha Rao'")
    relay._hook(type(error), error, error.__traceback__)
    [record] = caplog.records
    assert record.name == "desktop_app.crash"
    assert "in broken" in caplog.text
    assert KEY not in caplog.text
    assert "Asha" not in caplog.text
    qapp.processEvents()
