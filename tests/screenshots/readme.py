"""`python -m tests.screenshots.readme [DIR]`: the README's pictures, some of a day's."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtGui import QImage

from tests.screenshots.__main__ import main as take

IMAGES = Path(__file__).parents[2] / "resources" / "docs" / "images"
SIZE = "1366x728"
PICTURES = {
    "counter-qr-light": "20-waiting-light",
    "counter-paid-dark": "27-paid-dark",
    "payments-light": "44-payments-light",
    "receipt-a5": "51-receipt-light",
}
"""The README's names of scenes."""

SCENES = ("waiting=light", "paid=dark", "payments=light", "receipt=light")
"""Each in the look of its picture: to change all of the window's colours takes most of the time."""

MOST_BYTES = 200_000


def main(words: list[str]) -> int:
    folder = Path(words[0]) if words else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        only = (f"--only={scene}" for scene in SCENES)
        wanted = ("--kind=day", f"--size={SIZE}", "--language=en", "--text=100", "--days=2")
        failed = take([work, *wanted, "--theme=light", "--theme=dark", *only])
        for name, taken in PICTURES.items():
            path = folder / f"{name}.png"
            image = QImage(str(Path(work) / f"{SIZE}-en-100" / f"{taken}.png"))
            packed = image.convertToFormat(QImage.Format.Format_RGB888)
            packed.save(str(path), "PNG", 0)  # type: ignore[call-overload] # the stubs are wrong
            size = path.stat().st_size
            sys.stdout.write(f"{path} {size}\n")
            if size > MOST_BYTES:
                raise ValueError(f"{path} is too large")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
