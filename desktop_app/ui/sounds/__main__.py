"""Write the shipped sound again."""

from __future__ import annotations

from desktop_app.ui.sounds import PAID, write

if __name__ == "__main__":
    write(PAID)
