"""The system's printers, found without Qt."""

from __future__ import annotations

import shutil
import sys

from desktop_app.services.views.maintenance import CheckResult, Health

TIMEOUT_S = 5
_ADVICE = "Connect a printer, or save receipts as PDF."


def probe_printers() -> CheckResult:
    """Check which printers the system knows."""
    names = _printer_names()
    if names is None:
        return CheckResult("printers", Health.NOTE, "Couldn't load the list of printers.", _ADVICE)
    if not names:
        return CheckResult("printers", Health.NOTE, "No printer is set up on this PC.", _ADVICE)
    found = {"names": ", ".join(names[:5])}
    return CheckResult("printers", Health.GOOD, "Printers: {names}.", "", found)


if sys.platform == "win32":
    import winreg

    def _printer_names() -> list[str] | None:
        path = r"Software\Microsoft\Windows NT\CurrentVersion\Devices"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                count = winreg.QueryInfoKey(key)[1]
                return [str(winreg.EnumValue(key, index)[0]) for index in range(count)]
        except OSError:
            return None

else:

    def _printer_names() -> list[str] | None:
        import subprocess  # needed by the doctor only

        program = shutil.which("lpstat")
        if program is None:
            return None
        try:
            done = subprocess.run(  # noqa: S603 - the system's own program, fixed arguments
                [program, "-e"], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.split()
