"""The one sound of the desk: two short notes when a fee is paid, made by ourselves.

`python -m desktop_app.ui.sounds` writes the file again; what is shipped is what it writes.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

PAID = Path(__file__).parent / "paid.wav"
RATE = 16_000
LOUDNESS = 0.35
NOTES = ((880.0, 0.12), (1318.5, 0.30))
"""Frequency in hertz and length in seconds: a fifth upwards, over before anybody has turned."""
_FADE_IN_S = 0.006
_LARGEST = 32_767


def write(path: Path) -> None:
    """Write the sound as mono 16-bit WAV."""
    samples = array("h")
    for frequency, seconds in NOTES:
        count = int(RATE * seconds)
        samples.extend(round(_LARGEST * _level(at, count, frequency)) for at in range(count))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def _level(at: int, count: int, frequency: float) -> float:
    """A note that begins softly and dies away like a bell."""
    seconds = at / RATE
    rise = min(1.0, seconds / _FADE_IN_S)
    fall = (1.0 - at / count) ** 2
    tone = math.sin(2 * math.pi * frequency * seconds)
    overtone = 0.25 * math.sin(4 * math.pi * frequency * seconds)
    return LOUDNESS * rise * fall * (tone + overtone) / 1.25
