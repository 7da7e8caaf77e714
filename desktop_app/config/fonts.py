"""Whether this system can write Hindi, asked without Qt: receipts and the display need a font."""

from __future__ import annotations

import shutil
import sys

from desktop_app.services.views.maintenance import CheckResult, Health

TIMEOUT_S = 5
_ADVICE = (
    "Install a font for Devanagari (Debian, Ubuntu: fonts-noto-core). Until then receipts are "
    "printed in English, and names in Hindi show as boxes."
)


def probe_fonts() -> CheckResult:
    """Look for a font with Devanagari. Windows and macOS bring their own."""
    family = _devanagari_family()
    if family is None:
        return CheckResult("fonts", Health.NOTE, "The system's fonts cannot be listed.", _ADVICE)
    if not family:
        return CheckResult("fonts", Health.NOTE, "No font for Hindi was found.", _ADVICE)
    found = {"name": family}
    return CheckResult("fonts", Health.GOOD, "Hindi is written in {name}.", "", found)


def _devanagari_family() -> str | None:
    """Name a font with Devanagari; empty without one, None where nobody can tell."""
    if not sys.platform.startswith("linux"):
        return "the system's own font"
    import subprocess  # noqa: PLC0415 - the doctor asks, a start does not

    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the system's own program, fixed arguments
            [program, ":lang=hi", "family"],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return min(done.stdout.splitlines(), default="").split(",")[0].strip()
