"""A receipt's pictures as HTML with embedded data: the centre's logo and the check QR.

Sizes are millimetres of paper, converted to pixels at 96 dpi. Nothing is fetched.
"""

from __future__ import annotations

from desktop_app.documents.qr import qr_matrix
from desktop_app.documents.qr_png import data_url, png_size, qr_png

CSS_DPI = 96
_MM_PER_INCH = 25.4
_QUIET = 4
_MODULE_MM = 0.625
"""Five dots of a 203 dpi printer, so that modules are sharp."""
_LOGO_MM = {"a4": (34, 20), "a5": (26, 16), "roll80": (40, 18), "roll58": (32, 15)}


def code_picture(text: str) -> str:
    """Return the check QR, the same size on rolls and pages."""
    matrix = qr_matrix(text)
    side = _px((len(matrix) + 2 * _QUIET) * _MODULE_MM)
    return f'<img src="{data_url(qr_png(matrix))}" width="{side}" height="{side}">'


def logo_picture(logo: bytes, paper: str) -> str:
    """Return the centre's logo, as large as its area allows; empty without one."""
    size = png_size(logo)
    if size is None:
        return ""
    wide, high = size
    room_wide, room_high = _LOGO_MM[paper]
    scale = min(_px(room_wide) / wide, _px(room_high) / high)
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    picture = f'<img src="{data_url(logo)}" width="{width}" height="{height}">'
    if paper.startswith("roll"):
        return f'<p class="logo" align="center">{picture}</p>'
    return f'<td class="logo" width="24%" valign="top">{picture}</td>'


def _px(millimetres: float) -> int:
    return round(millimetres / _MM_PER_INCH * CSS_DPI)
