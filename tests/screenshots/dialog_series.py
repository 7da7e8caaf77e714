"""Screenshots of the dialogs, of receipts on every paper, and of the customer display's sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.receipts.preview import ReceiptPreview
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from desktop_app.ui.shell.crash_screen import CrashScreen
from tests.screenshots.studio import sample_payments

if TYPE_CHECKING:
    from tests.screenshots.studio import Studio

SCREENS = (QSize(1920, 1080), QSize(1280, 800), QSize(800, 480), QSize(600, 1024))


def settings_pictures(studio: Studio) -> None:
    """Draw every section of the settings."""
    studio.attach()
    studio.window.parts.navigator.go("settings")
    page = studio.window.parts.page()
    assert isinstance(page, SettingsPage)
    for at, name in enumerate(page.sections, 1):
        page.show_section(name)
        studio.settle()
        studio.shot(f"50-settings-{at}", studio.window)


def wizard_pictures(studio: Studio) -> None:
    """Draw the steps of the wizard."""
    studio.attach()
    wizard = SetupWizard(studio.window.runner, studio.window)
    wizard.open()
    for at, step in enumerate(wizard.steps(), 1):
        wizard.setCurrentId(wizard.pageIds()[at - 1])
        assert step.isVisible() or at > 1
        studio.shot(f"51-set-up-{at}", wizard)
    wizard.reject()
    wizard.reject()


def crash_picture(studio: Studio) -> None:
    """Draw the screen for an uncaught error."""
    studio.attach()
    screen = CrashScreen(RuntimeError("x"), None, studio.window)
    screen.open()
    studio.shot("52-crash", screen)
    screen.reject()


def display_pictures(studio: Studio) -> None:
    """Draw the customer display with a QR, in each of its sizes."""
    studio.attach()
    studio.collect("R004", "PHY-11")
    display = studio.window.display
    display.show()
    for size in SCREENS:
        display.resize(size)
        studio.shot(f"53-display-{size.width()}x{size.height()}", display)
    display.hide()


def receipt_pictures(studio: Studio) -> None:
    """Draw the preview of a receipt on each paper."""
    sample_payments(studio.desk)
    studio.attach()
    studio.window.parts.navigator.go("payments")
    page = studio.window.parts.page()
    assert isinstance(page, PaymentsPage)
    studio.until(page.show_button.isEnabled)
    page.show_button.click()
    studio.until(lambda: studio.top("receiptPreview") is not None)
    preview = studio.top("receiptPreview")
    assert isinstance(preview, ReceiptPreview)
    studio.until(preview.print_button.isEnabled)
    studio.shot("54-receipt", preview)
    preview.reject()
