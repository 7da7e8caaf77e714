"""What a proof says: one line a figure, beside its control, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a proof.

    Attributes:
        name: the proof's and the figure's name, like `kill.lost`.
        ours: what was counted or measured.
        wanted: what it has to be, in words, like `0` or `≥ 1000`.
        holds: whether it is.
        control: what the control showed in the same run; empty where there is none.
        control_holds: whether the control behaved as controls must (showed its losses).
    """

    name: str
    ours: str
    wanted: str
    holds: bool
    control: str = ""
    control_holds: bool = True

    @property
    def passed(self) -> bool:
        """Whether the figure holds and its control, where there is one, shows what it should."""
        return self.holds and self.control_holds

    def __str__(self) -> str:
        control = f" control={self.control}" if self.control else ""
        verdict = "" if self.holds else " MISSED"
        blind = "" if self.control_holds else " CONTROL SHOWS NOTHING"
        return f"{self.name}: ours={self.ours} wanted={self.wanted}{control}{verdict}{blind}"


def count_figure(name: str, ours: int, *, wanted: int = 0, control: int | None = None) -> Figure:
    """Make the figure of a count that has to be exact; a control has to show more than it."""
    return Figure(
        name,
        str(ours),
        str(wanted),
        ours == wanted,
        "" if control is None else str(control),
        control is None or control > wanted,
    )
