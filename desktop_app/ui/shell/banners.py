"""The two banners of the window: money that is not real, and a line that is down or not set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.formatting import local_time
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.shell.status_strip import BANNER
from desktop_app.ui.widgets.banner import Banner, StripedBanner
from desktop_app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.settings import ConnectionState

# Keyed by the values of `Line`: importing the views costs a start 15 ms.
_WORDS: Mapping[str, tuple[N_, N_]] = {
    "offline": (
        N_("Offline since {since}"),
        N_("You can still take cash and print receipts, or enrol now and collect later (F9)."),
    ),
    "refused": (
        N_("Razorpay rejected the API keys"),
        N_("Enter the keys again in Settings. Cash and receipts still work."),
    ),
    "no_keys": (
        N_("UPI isn't set up"),
        N_("Enter your API keys in Settings. Cash and receipts still work."),
    ),
}
_ABOUT_KEYS = {"refused", "no_keys"}
_UNREAL: Mapping[str, tuple[N_, N_]] = {
    "training": (N_("PRACTICE MODE"), N_("No real money. Receipts aren't valid.")),
    "test": (
        N_("TEST MONEY"),
        N_("UPI payments aren't real and their receipts aren't valid. Cash is real."),
    ),
}


class TrainingBanner(StripedBanner):
    """Shows that money is not real, all of it or that of test keys; hidden where it is."""

    def __init__(self) -> None:
        super().__init__("trainingBanner", _UNREAL, "")
        tip = N_("Enter your API keys in Settings")
        self.keys_button = Button(
            N_("Enter live keys…"), kind="status", icon="settings", name="bannerKeysButton", tip=tip
        )
        tip = N_("Show the parent's phone")
        self.phone_button = Button(
            N_("Parent's phone"), kind="status", icon="phone", name="phoneButton", tip=tip
        )
        self.add(self.phone_button)
        self.add(self.keys_button)

    def show_unreal(self, mode: str, *, can_change: bool) -> None:
        """Show or hide it.

        Args:
            mode: the value of the `MoneyMode`.
            can_change: whether other keys would make the money real.
        """
        self.show_mode(mode)
        self.phone_button.setVisible(mode == "training")
        self.keys_button.setVisible(can_change)


class ConnectivityBanner(Banner):
    """Shows that Razorpay can't be used, since when, and what works; hidden while it can.

    It takes the place of most of the status bar, so that no page moves when it comes or goes.
    """

    def __init__(self) -> None:
        super().__init__("offlineBanner", "offline", BANNER)
        self._state: ConnectionState | None = None
        tip = N_("Check the connection to Razorpay now")
        self.retry_button = Button(
            N_("Retry now"), kind="compact", name="retryLineButton", icon="refresh", tip=tip
        )
        tip = N_("Enter your API keys in Settings")
        self.settings_button = Button(
            N_("Settings…"), kind="compact", name="lineSettingsButton", tip=tip
        )
        self.add(self.settings_button)
        self.add(self.retry_button)
        self.hide()

    def show_line(self, state: ConnectionState) -> None:
        """Show or hide it, as the line is."""
        self._state = state
        words = _WORDS.get(state.line.value)
        self.setVisible(words is not None)
        self.settings_button.setVisible(state.line.value in _ABOUT_KEYS)
        self.retry_button.setVisible(state.line.value != "no_keys")
        if words is not None:
            self.show_words(tr(words[0], since=local_time(state.since)), tr(words[1]))

    def show_trying(self, trying: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        """Show that the line is being tried."""
        self.retry_button.setEnabled(not trying)
        self.retry_button.show_text(N_("Trying…") if trying else N_("Retry now"))

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        if self._state is not None:
            self.show_line(self._state)
