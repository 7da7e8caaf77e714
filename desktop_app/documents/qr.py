"""QR codes as matrices of modules; widgets, terminals and PNG draw them."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=16)  # a receipt's is drawn in its preview, on paper and in its file
def qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return rows of modules, True is dark; error correction M, no quiet zone.

    The painter adds the quiet zone of four modules that scanners require.

    Raises:
        ValueError: the text is empty, or too long for a QR code.
    """
    from qrcode.constants import ERROR_CORRECT_M  # not needed before the first QR
    from qrcode.exceptions import DataOverflowError
    from qrcode.main import QRCode

    if not text:
        raise ValueError("a QR code needs a text")
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text.encode())
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as problem:
        raise ValueError("the text is too long for a QR code") from problem
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
