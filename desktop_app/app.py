"""Start of the window: checks Qt's libraries and the display, builds the window, opens the desk.

Nothing heavy is imported at the top, Qt included: without its libraries the program must still
report which are missing. Scripts and tests use `build`, which shows nothing by itself.
"""

from __future__ import annotations

import builtins
import gc
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.config.logging import start_logging, stop_logging
from desktop_app.config.paths import data_folder, ensure_home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QApplication, QMainWindow

    from desktop_app.bootstrap import Options
    from desktop_app.bootstrap.restore import DatabaseRestore, RestoreReport
    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.ui.shell.desk_loader import DeskLoader, LoadedDesk
    from desktop_app.ui.shell.main_window import MainWindow
    from desktop_app.ui.shell.single_instance import SingleInstance

log = logging.getLogger(__name__)

WRONG_USAGE = 2
REFUSED = 5

LIBRARIES = (
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
)
DISPLAY_LIBRARIES = (
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
_NO_DISPLAY = {"offscreen", "minimal", "vnc"}


class StartOptions(NamedTuple):
    """Command line options of the window."""

    training: bool = False
    data_dir: Path | None = None
    gateway_url: str | None = None


def parse(argv: Sequence[str]) -> StartOptions:
    """Parse `--training`, `--data-dir DIR` and `--gateway-url URL`, also with `=`.

    Raises:
        ValueError: an option is unknown or lacks its value.
    """
    training, values = False, {"--data-dir": "", "--gateway-url": ""}
    words = list(argv)
    while words:
        name, is_joined, value = words.pop(0).partition("=")
        if name == "--training" and not is_joined:
            training = True
        elif name in values:
            if not is_joined:
                value = words.pop(0) if words else ""
            if not value:
                raise ValueError(f"{name} needs a value")
            values[name] = value
        else:
            raise ValueError(f"unknown option {name}")
    folder = values["--data-dir"]
    return StartOptions(training, Path(folder) if folder else None, values["--gateway-url"] or None)


def build(argv: Sequence[str], *, pace: float = 1.0) -> tuple[QApplication, QMainWindow]:
    """Build the desk's window without running it; reuse an existing application.

    A worker opens the desk after the first frame and attaches it to the window. Never opens the
    first-run wizard.

    Args:
        argv: the options, without the program's name.
        pace: how many times faster than usual the gateway is asked; above 1 in rehearsals.
    """
    ensure_home()
    app, window, _opening = _build(parse(argv), pace)
    return app, window


def main(argv: Sequence[str]) -> int:
    """Run the desk until its window is closed; return the exit code."""
    try:
        options = parse(argv)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_USAGE
    if missing := missing_packages():
        sys.stderr.write(
            "We can't start Qt. Some system libraries are missing. Install them with:\n"
            f"sudo apt-get install -y {' '.join(missing)}\n"
        )
        return REFUSED
    if fault := display_fault():
        sys.stderr.write(f"{fault}\n")
        return WRONG_USAGE
    ensure_home()
    log_file = start_logging(_folder(options))
    try:
        return _run(options)
    except Exception:
        log.exception("the window stopped on an error")
        raise
    finally:
        stop_logging(log_file)


def _run(options: StartOptions) -> int:
    app = _application()
    from desktop_app.ui.core.crash import CrashRelay  # after the library check

    claim = _claim(options, app)
    if claim is None:
        sys.stderr.write(
            "Pravesh is already open with this data folder. We brought its window to the front.\n"
        )
        return 0
    app, window, opening = _build(options)
    claim.wished.connect(window.come_forward)
    opening.opened.connect(window.after_opening)
    window.closed.connect(app.quit)
    relay = CrashRelay(app)
    relay.crashed.connect(window.tell)
    relay.install()
    window.show()
    code = app.exec()
    relay.uninstall()
    claim.release()
    if window.shutdown is not None and window.shutdown.left_behind:
        _leave_at_once(code)
    return code


def missing_packages() -> tuple[str, ...]:
    """Return the missing Debian packages that Qt needs; empty except on Linux."""
    if not sys.platform.startswith("linux"):
        return ()
    wanted = list(LIBRARIES)
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform not in _NO_DISPLAY and os.environ.get("DISPLAY"):
        wanted += DISPLAY_LIBRARIES
    return tuple(package for library, package in wanted if not _loads(library))


def display_fault() -> str:
    """Return why the X display is unusable, empty if it is usable: Qt would abort the process."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    display = os.environ.get("DISPLAY", "")
    is_x11 = bool(display) and not os.environ.get("WAYLAND_DISPLAY")
    if not sys.platform.startswith("linux") or not (platform == "xcb" or (not platform and is_x11)):
        return ""
    if _reaches_display():
        return ""
    return (
        f"We can't reach the display {display or '(DISPLAY names none)'}, so we can't open a "
        "window. Start Pravesh on the PC's own screen, or allow this user on that display."
    )


def _reaches_display() -> bool:
    """Return whether a connection like Qt's succeeds; also True if that cannot be tested."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.c_int))
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.restype = None
    connection = xcb.xcb_connect(None, None)
    has_error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not has_error


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _application() -> QApplication:
    _quicken()
    from PySide6.QtWidgets import QApplication  # after the library check

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        # By name: an object of class QStyle costs a start 6 ms.
        app = QApplication(["pravesh", "-style", "Fusion"])
        app.setApplicationName("Pravesh")
        app.setDesktopFileName("pravesh")
        app.setQuitOnLastWindowClosed(False)
    elif app.style().name() != "fusion":
        app.setStyle("Fusion")
    if app.property("garbage") is None:
        from desktop_app.ui.core.garbage import GarbageTimer  # after the library check

        app.setProperty("garbage", GarbageTimer(app))
    return app


def _quicken() -> None:
    """Switch off what slows a start: a quarter of the time to the first search.

    PySide replaces `__import__` to read the source of every module imported after it, in search of
    `from __feature__ import …`, which nothing here uses.
    """
    gc.disable()  # a start throws next to nothing away; later `GarbageTimer` collects
    import PySide6.QtCore  # noqa: F401 - after the library check; replaces `__import__`

    names = vars(builtins)
    if names["__import__"] is names.get("__feature_import__"):
        names["__import__"] = names["__orig_import__"]


def _build(options: StartOptions, pace: float = 1.0) -> tuple[QApplication, MainWindow, DeskLoader]:
    app = _application()
    from desktop_app.ui.core import i18n, theme  # after the library check
    from desktop_app.ui.shell.desk_loader import DeskLoader
    from desktop_app.ui.shell.main_window import MainWindow
    from desktop_app.ui.shell.window_state import FILE, WindowState

    memory = WindowState(_folder(options) / FILE)
    look = memory.look()
    if look.language == "hi":
        from desktop_app.ui.core.devanagari import ensure_devanagari  # not for a start in English

        ensure_devanagari()
    i18n.set_language(app, look.language)
    theme.prepare(app, look.theme, look.percent)
    theme.follow_system(app)
    window = MainWindow(training=options.training, pace=pace)
    window.memory = memory
    memory.place(window)
    theme.apply(app, look.theme, look.percent)
    window.where = partial(str, _folder(options))

    def open_desk() -> LoadedDesk:
        from desktop_app import bootstrap  # heavy, runs in a worker

        return bootstrap.open_desk(_desk_options(options))

    def warm_up() -> None:
        from desktop_app import bootstrap  # runs in its own thread

        bootstrap.warm_up()

    return app, window, DeskLoader(window, open_desk, warm_up, _Rescue(options))


class _Rescue:
    """Recovery of a damaged database; imported on demand."""

    def __init__(self, options: StartOptions) -> None:
        self._options = options

    def newest(self) -> BackupReport | None:
        """Return the newest good backup."""
        return self._way().newest()

    def restore(self, backup: BackupReport) -> RestoreReport:
        """Replace the database with a backup."""
        return self._way().restore(backup)

    def _way(self) -> DatabaseRestore:
        from desktop_app.bootstrap.restore import DatabaseRestore  # rare, runs in a worker

        return DatabaseRestore(_desk_options(self._options))


def _desk_options(options: StartOptions) -> Options:
    from desktop_app.bootstrap import Options  # heavy, runs in a worker

    return Options(options.training, options.data_dir, options.gateway_url)


def _folder(options: StartOptions) -> Path:
    return data_folder(options.data_dir, training=options.training)


def _claim(options: StartOptions, app: QApplication) -> SingleInstance | None:
    from desktop_app.ui.shell.single_instance import SingleInstance  # after the library check

    claim = SingleInstance(str(_folder(options).resolve()), app)
    return claim if claim.claim() else None


def _leave_at_once(code: int) -> None:
    """Exit without joining a hung worker; everything confirmed is on disk."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
