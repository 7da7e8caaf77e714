"""Check for a Devanagari font, which receipts and the display need for Hindi."""

from __future__ import annotations

from desktop_app.services.views.maintenance import CheckResult, Health

_ADVICE = (
    "Install a font for Devanagari (Debian, Ubuntu: fonts-noto-core). Until then, receipts "
    "print in English, and Hindi names show as boxes."
)


def probe_fonts() -> CheckResult:
    """Check for a font with Devanagari among those Qt sees, which receipts use."""
    try:
        from desktop_app.documents.application import hindi_fonts  # imports Qt
    except ImportError:
        return CheckResult("fonts", Health.NOTE, "Couldn't load the fonts.", _ADVICE)
    families = hindi_fonts()
    if not families:
        return CheckResult("fonts", Health.NOTE, "No Hindi font found.", _ADVICE)
    found = {"name": min(families)}
    return CheckResult("fonts", Health.GOOD, "Hindi font: {name}.", "", found)
