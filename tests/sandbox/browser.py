"""A headless Chromium driven over its own DevTools protocol, with only the standard library.

Debian's `chromium` is enough; its `chromium-headless-shell`, which has no windows to manage, takes
half the processor time. Must not know the sandbox's pages.
"""

from __future__ import annotations

import os
import shutil
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from .browser_frames import Frames, words_of
from .devtools import Devtools, DevtoolsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

Json = dict[str, Any]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Else each navigation starts a process, so that Back could show a page that is kept.
    "--disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument",
)
PATIENCE_S = 20.0
PAUSE_S = 0.02
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
KEYS = {
    "\ue004": ("Tab", 9, ""),
    "\ue007": ("Enter", 13, "\r"),
    "\ue00c": ("Escape", 27, ""),
    "\ue015": ("ArrowDown", 40, ""),
}
# Where to press: the middle of an element that is shown, enabled, and not beneath another one.
PLACE = """
  const e = document.querySelector(arguments[0]);
  if (!e?.checkVisibility({opacityProperty: true, visibilityProperty: true})) return null;
  if (e.matches(":disabled")) return null;
  e.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
  const box = e.getClientRects()[0];
  if (!box) return null;
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  return e.contains(document.elementFromPoint(x, y)) ? [x, y] : null;"""
# The same point in the page around a frame.
AROUND = """
  const [selector, x, y] = arguments;
  if (!selector) return [x, y];
  const e = document.querySelector(selector);
  if (!e) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const at = [box.x + e.clientLeft + parseFloat(style.paddingLeft) + x,
              box.y + e.clientTop + parseFloat(style.paddingTop) + y];
  return document.elementFromPoint(...at) === e ? at : null;"""
FOCUS = """
  const e = document.querySelector(arguments[0]);
  if (!e?.checkVisibility({visibilityProperty: true}) || e.matches(":disabled")) return false;
  e.focus();
  e.select();
  return document.activeElement === e;"""
TEXT = """
  const e = document.querySelector(arguments[0]);
  const shown = e?.checkVisibility({opacityProperty: true, visibilityProperty: true});
  return shown ? e.innerText.replaceAll("\\u00a0", " ") : "";"""


class BrowserError(Exception):
    """The browser refused a command."""


def missing_browser() -> str | None:
    """Return why no browser can be driven here, None if one can."""
    if os.name != "posix":
        return "Chromium is driven over pipes of POSIX"
    if not any(map(shutil.which, CHROMIUMS)):
        return "Chromium is not installed (Debian: chromium)"
    return None


class Browser:
    """A browser with one window, and its tabs."""

    def __init__(
        self, profile: Path, width: int = 1280, height: int = 800, flags: tuple[str, ...] = ()
    ) -> None:
        binary = next(filter(None, map(shutil.which, CHROMIUMS)), CHROMIUMS[0])
        size = f"--window-size={width},{height}"
        self._command = (binary, *FLAGS, *flags, f"--user-data-dir={profile}", size)
        self._devtools: Devtools | None = None
        self._tab = ""
        self._sessions: dict[str, str] = {}
        """The session of each tab."""
        self._frames = Frames()
        self._frame = self._around = ""

    def __enter__(self) -> Self:
        self._devtools = Devtools((*self._command, "about:blank"), self._hear)
        try:
            self._call("Target.setDiscoverTargets", discover=False)
            self.switch(until(self._first_tab, "the first tab"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._devtools is not None:
            self._devtools.close()
            self._devtools = None

    def _first_tab(self) -> str:
        found = self._call("Target.getTargets")["targetInfos"]
        return next((each["targetId"] for each in found if each["type"] == "page"), "")

    # What the browser says

    @property
    def _session(self) -> str:
        return self._sessions[self._tab]

    def _call(self, name: str, session: str = "", **params: Any) -> Json:
        assert self._devtools is not None, "the browser runs"
        try:
            return self._devtools.call(name, session, **params)
        except DevtoolsError as error:
            raise BrowserError(str(error)) from error

    def _hear(self, event: Json) -> None:
        assert self._devtools is not None
        self._frames.hear(event)
        if event["method"] == "Page.javascriptDialogOpening":
            name = "Page.handleJavaScriptDialog"
            self._devtools.post(name, event["sessionId"], accept=True)
        elif event["method"] == "Target.attachedToTarget":
            self._listen_to(event["params"]["sessionId"])

    def _listen_to(self, session: str) -> None:
        """Ask for all that is heard; a frame of another site has another session."""
        assert self._devtools is not None
        for name in ("Page.enable", "Runtime.enable", "Log.enable"):
            self._devtools.post(name, session)
        wanted = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self._devtools.post("Target.setAutoAttach", session, **wanted)

    def _settle(self) -> None:
        """Wait until nothing is loading."""
        assert self._devtools is not None
        self._devtools.listen()
        deadline = time.monotonic() + PATIENCE_S
        while self._frames.are_loading:
            if (left := deadline - time.monotonic()) < 0:
                raise AssertionError(f"waited {PATIENCE_S:.0f} s for a page to load")
            self._devtools.listen(left)

    def _load(self, name: str, **params: Any) -> None:
        """Load something into the tab."""

        def is_loaded() -> bool:
            self._settle()
            return self._frames.loaders.get(self._tab) != before

        self._settle()
        before = self._frames.loaders.get(self._tab)
        answer = self._call(name, self._session, **params)
        if "errorText" in answer:
            raise BrowserError(f"{params}: {answer['errorText']}")
        until(is_loaded, name)

    def _in(self, frame: str, script: str, *arguments: Any) -> Any:
        """Run a script in a frame."""
        until(lambda: self._has_settled(frame), "the frame")
        session, context = self._frames.worlds[frame]
        try:
            answer = self._call(
                "Runtime.callFunctionOn",
                session,
                functionDeclaration=f"function() {{ {script} }}",
                executionContextId=context,
                arguments=[{"value": each} for each in arguments],
                returnByValue=True,
                awaitPromise=True,
                userGesture=True,
            )
        except BrowserError as error:
            if "Cannot find context" not in str(error):
                raise
            return self._in(frame, script, *arguments)  # a new page came before the script
        if "exceptionDetails" in answer:
            raise BrowserError(words_of(answer["exceptionDetails"]))
        return answer["result"].get("value")

    # Navigation

    def go(self, address: str) -> None:
        """Open an address."""
        self.leave_frame()
        self._load("Page.navigate", url=address)

    @property
    def address(self) -> str:
        """The address of the page."""
        return str(self._in(self._tab, "return location.href"))

    def enter_frame(self, selector: str) -> None:
        """Switch to a frame of the page once it exists."""

        def look() -> str | None:
            if not self._has_settled(self._frame):
                return None
            session, context = self._frames.worlds[self._frame]
            found = self._call(
                "Runtime.evaluate",
                session,
                expression=f"document.querySelector({selector!r})",
                contextId=context,
            )["result"]
            if "objectId" not in found:
                return None
            node = self._call("DOM.describeNode", session, objectId=found["objectId"])["node"]
            return str(node["frameId"]) if self._has_settled(node["frameId"]) else None

        assert self._frame == self._tab, "a frame in a frame is not entered"
        self._frame = until(look, selector)
        self._around = selector

    def leave_frame(self) -> None:
        """Switch back to the page."""
        self._frame, self._around = self._tab, ""

    def resize(self, width: int, height: int) -> None:
        """Resize the page."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.devtools("Emulation.setDeviceMetricsOverride", **metrics)

    def devtools(self, name: str, **params: Any) -> Any:
        """Call the browser's devtools."""
        return self._call(name, self._session, **params)

    def back(self) -> None:
        """Press the browser's own Back."""
        history = self.devtools("Page.getNavigationHistory")
        before = history["entries"][history["currentIndex"] - 1]
        self.leave_frame()
        self._load("Page.navigateToHistoryEntry", entryId=before["id"])

    def reload(self) -> None:
        """Load the page again."""
        self.leave_frame()
        self._load("Page.reload")

    def new_tab(self) -> str:
        """Open a tab and switch to it; return its handle."""
        handle = str(self._call("Target.createTarget", url="about:blank")["targetId"])
        self.switch(handle)
        return handle

    @property
    def tab(self) -> str:
        """The handle of the tab."""
        return self._tab

    def switch(self, handle: str) -> None:
        """Switch to a tab."""
        if handle not in self._sessions:
            name = "Target.attachToTarget"
            session = str(self._call(name, targetId=handle, flatten=True)["sessionId"])
            self._sessions[handle] = session
            self._listen_to(session)
        self._tab = handle
        self._call("Target.activateTarget", targetId=handle)
        self.leave_frame()
        until(lambda: self._has_settled(handle), "the tab")

    def _has_settled(self, frame: str) -> bool:
        self._settle()
        return frame in self._frames.worlds

    def close_tab(self) -> None:
        """Close the tab; switch to another one afterwards."""
        self._call("Target.closeTarget", targetId=self._tab)
        self._frames.forget(self._sessions.pop(self._tab))

    # The page

    def _place(self, selector: str) -> tuple[str, float, float] | None:
        """Return where an element is, and in whose session."""
        try:
            place = self.run(PLACE, selector)
            around = self._in(self._tab, AROUND, self._around, *place) if place else None
            if not around:
                return None
            session, _ = self._frames.worlds[self._frame]
            if session == self._session:
                return (session, *around)
            # Another process learns its size later, and the window its pixels later still.
            time.sleep(PAUSE_S)
            return (session, *place) if self.run(PLACE, selector) == place else None
        except BrowserError:
            return None  # the page was changing

    def press(self, selector: str) -> None:
        """Click on an element once it is clickable."""
        session, x, y = until(lambda: self._place(selector), selector)
        for kind in ("mousePressed", "mouseReleased"):
            at = {"x": x, "y": y, "button": "left", "clickCount": 1}
            self._call("Input.dispatchMouseEvent", session, type=kind, **at)
        self._hear_out()

    def _hear_out(self) -> None:
        """Hear what the page began because of a key or a click."""
        for session in {session for session, _ in self._frames.worlds.values()}:
            self._call("Runtime.evaluate", session, expression="0")

    def write(self, selector: str, text: str) -> None:
        """Replace the text of a field."""
        until(lambda: self.run(FOCUS, selector), selector)
        self._call("Input.insertText", self._session, text=text)

    def keys(self, *keys: str) -> None:
        """Press keys in the focused element, one after the other."""
        self._settle()
        for key in keys:
            name, code, text = KEYS.get(key, (key, ord(key.upper()[0]), key))
            pressed = {"key": name, "windowsVirtualKeyCode": code}
            down = "keyDown" if text else "rawKeyDown"
            self._call("Input.dispatchKeyEvent", self._session, type=down, text=text, **pressed)
            self._call("Input.dispatchKeyEvent", self._session, type="keyUp", **pressed)
        self._hear_out()

    def see(self, words: str, selector: str = "body") -> None:
        """Wait until an element is shown that contains these words."""

        def look() -> bool:
            try:
                return words in self.run(TEXT, selector)
            except BrowserError:
                return False  # the page was changing

        until(look, f"{words!r} in {selector}")

    def has(self, selector: str) -> bool:
        """Return whether an element exists now."""
        return bool(self.run("return document.querySelector(arguments[0]) !== null", selector))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self._in(self._frame, script, *arguments)

    def wait_for(self, script: str) -> Any:
        """Wait until an expression of the page is true; return its value, True for an element."""
        look = f"const found = ({script}); return found instanceof Node || found"
        return until(lambda: self.run(look), script)

    def complaints(self) -> list[str]:
        """Return the browser's errors since the last call, also breaches of the content policy."""
        self._hear_out()
        found, self._frames.complaints = self._frames.complaints, []
        return found

    def picture(self) -> bytes:
        """Return the window as a PNG."""
        return b64decode(self.devtools("Page.captureScreenshot")["data"])


def until(check: Callable[[], Any], what: str = "the browser") -> Any:
    """Wait until a condition is true; return its value."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S:.0f} s for {what}")
        time.sleep(PAUSE_S)
    return found
