"""A headless Chromium driven over plain WebDriver, with only the standard library.

Debian's `chromium` and `chromium-driver` are enough. Must not know the sandbox's pages.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Else each navigation starts a process, so that Back could show a page that is kept.
    "--disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE_S = 20.0
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


class BrowserError(Exception):
    """WebDriver refused a command."""


def missing_browser() -> str | None:
    """Return why no browser can be driven here, None if one can."""
    if shutil.which("chromedriver") is None:
        return "chromedriver is not installed (Debian: chromium-driver)"
    if not any(map(shutil.which, CHROMIUMS)):
        return "Chromium is not installed (Debian: chromium)"
    return None


class Browser:
    """A browser with one window, and its tabs."""

    def __init__(
        self, profile: Path, width: int = 1280, height: int = 800, flags: tuple[str, ...] = ()
    ) -> None:
        self._profile = profile
        self._flags = flags
        self._size = (width, height)
        self._port = _free_port()
        self._session = ""
        self._driver: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = shutil.which("chromedriver") or "chromedriver"
        self._driver = subprocess.Popen(
            [program, f"--port={self._port}", "--allowed-ips=127.0.0.1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(self._is_up)
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._call("DELETE", "")
            self._session = ""
        if self._driver is not None:
            self._driver.terminate()
            self._driver.wait(10)

    def _is_up(self) -> bool:
        try:
            return bool(_ask(self._port, "GET", "/status")["ready"])
        except OSError:
            return False

    def _begin(self) -> None:
        width, height = self._size
        arguments = [
            *FLAGS,
            *self._flags,
            f"--user-data-dir={self._profile}",
            f"--window-size={width},{height}",
        ]
        binary = next(filter(None, map(shutil.which, CHROMIUMS)))
        wanted = {
            "browserName": "chrome",
            "unhandledPromptBehavior": "accept",
            "goog:chromeOptions": {"args": arguments, "binary": binary},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        body = {"capabilities": {"alwaysMatch": wanted}}
        self._session = _ask(self._port, "POST", "/session", body)["sessionId"]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        if method == "POST" and body is None:
            body = {}
        return _ask(self._port, method, f"/session/{self._session}{path}", body)

    # Navigation

    def go(self, address: str) -> None:
        """Open an address."""
        self._call("POST", "/url", {"url": address})

    @property
    def address(self) -> str:
        """The address of the page."""
        return str(self._call("GET", "/url"))

    def enter_frame(self, selector: str) -> None:
        """Switch to a frame once it exists."""
        self._call("POST", "/frame", {"id": {ELEMENT: self._find(selector)}})

    def leave_frame(self) -> None:
        """Switch back to the page, again where a question opens just then; it is accepted."""
        try:
            self._call("POST", "/frame", {"id": None})
        except BrowserError as error:
            if "unexpected alert" not in str(error):
                raise
            self._call("POST", "/frame", {"id": None})

    def resize(self, width: int, height: int) -> None:
        """Resize the page."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.devtools("Emulation.setDeviceMetricsOverride", **metrics)

    def devtools(self, name: str, **params: Any) -> Any:
        """Call the browser's devtools."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": name, "params": params})

    def back(self) -> None:
        """Press the browser's own Back."""
        self._call("POST", "/back")

    def reload(self) -> None:
        """Load the page again."""
        self._call("POST", "/refresh")

    def new_tab(self) -> str:
        """Open a tab and switch to it; return its handle."""
        handle = str(self._call("POST", "/window/new", {"type": "tab"})["handle"])
        self.switch(handle)
        return handle

    @property
    def tab(self) -> str:
        """The handle of the tab."""
        return str(self._call("GET", "/window"))

    def switch(self, handle: str) -> None:
        """Switch to a tab."""
        self._call("POST", "/window", {"handle": handle})

    def close_tab(self) -> None:
        """Close the tab; switch to another one afterwards."""
        self._call("DELETE", "/window")

    # The page

    def _find(self, selector: str) -> str:
        def look() -> str | None:
            body = {"using": "css selector", "value": selector}
            try:
                return str(self._call("POST", "/element", body)[ELEMENT])
            except BrowserError:
                return None

        found: str = until(look, selector)
        return found

    def press(self, selector: str) -> None:
        """Click on an element once it is clickable."""

        def click() -> bool:
            try:
                self._call("POST", f"/element/{self._find(selector)}/click")
            except BrowserError:
                return False
            return True

        until(click, selector)

    def write(self, selector: str, text: str) -> None:
        """Replace the text of a field."""
        key = self._find(selector)
        self._call("POST", f"/element/{key}/clear")
        self._call("POST", f"/element/{key}/value", {"text": text})

    def keys(self, *keys: str) -> None:
        """Press keys in the focused element, one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._call("POST", "/actions", {"actions": [source]})

    def see(self, words: str, selector: str = "body") -> None:
        """Wait until an element is shown that contains these words."""

        def look() -> bool:
            try:
                shown = self._call("GET", f"/element/{self._find(selector)}/text")
            except BrowserError:
                return False  # the page was changing
            return words in shown

        until(look, f"{words!r} in {selector}")

    def has(self, selector: str) -> bool:
        """Return whether an element exists now."""
        return bool(self.run("return document.querySelector(arguments[0]) !== null", selector))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, script: str) -> Any:
        """Wait until an expression of the page is true; return its value."""
        return until(lambda: self.run(f"return {script}"), script)

    def complaints(self) -> list[str]:
        """Return the browser's logged errors, including breaches of the content policy."""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        return [e["message"] for e in entries if e["level"] == "SEVERE"]

    def picture(self) -> bytes:
        """Return the window as a PNG."""
        return b64decode(self._call("GET", "/screenshot"))


def until(check: Callable[[], Any], what: str = "the browser") -> Any:
    """Wait until a condition is true; return its value."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S:.0f} s for {what}")
        time.sleep(0.05)
    return found


def _ask(port: int, method: str, path: str, body: Any = None) -> Any:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        raw = None if body is None else json.dumps(body).encode()
        link.request(method, path, raw, {"Content-Type": "application/json"})
        answer = link.getresponse()
        reply = json.loads(answer.read())["value"]
    finally:
        link.close()
    if answer.status != http.HTTPStatus.OK:
        raise BrowserError(f"{reply['error']}: {reply['message'].splitlines()[0]}")
    return reply


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
