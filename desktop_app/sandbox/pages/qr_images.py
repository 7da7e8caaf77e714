"""QR codes as images: PNG for Razorpay's `image_url`, SVG for the sandbox's pages.

Must not decide who may see one.
"""

from __future__ import annotations

import io

QUIET_MODULES = 4


def png(text: str) -> bytes:
    """Return a text as a QR code in PNG."""
    import qrcode
    from qrcode.image.pure import PyPNGImage

    picture = io.BytesIO()
    qrcode.make(text, image_factory=PyPNGImage, box_size=8, border=QUIET_MODULES).save(picture)
    return picture.getvalue()


def svg(text: str) -> bytes:
    """Return a text as a QR code in SVG: black on white, one path."""
    import qrcode

    code = qrcode.QRCode(border=QUIET_MODULES)
    code.add_data(text)
    rows = code.get_matrix()
    runs = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    size = len(rows)
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{runs}"/></svg>'
    )
    return drawn.encode()
