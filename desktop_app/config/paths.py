"""Where the desk keeps its things."""

from __future__ import annotations

from pathlib import Path

APP = "Pravesh"
TRAINING = "training"


def data_folder(chosen: Path | None, *, training: bool) -> Path:
    """The data folder; training has its own below it, so that the two never mix."""
    if chosen is None:
        import platformdirs  # noqa: PLC0415 - not needed where the folder was chosen

        chosen = Path(platformdirs.user_data_dir(APP, appauthor=False))
    folder = chosen.expanduser().absolute()
    return folder / TRAINING if training else folder
