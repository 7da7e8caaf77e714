"""The result of a proof: one line per figure, beside its control, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a proof.

    Attributes:
        name: the proof's and the figure's name, like `kill.lost`.
        ours: what was counted or measured.
        wanted: what it has to be, as text, like `0` or `≥ 1000`.
        holds: whether it is.
        control: what the control showed in the same run; empty if there is none.
        control_holds: whether the control showed the losses that it must show.
    """

    name: str
    ours: str
    wanted: str
    holds: bool
    control: str = ""
    control_holds: bool = True

    @property
    def passed(self) -> bool:
        """Return whether the figure holds and its control, if any, shows what it must."""
        return self.holds and self.control_holds

    def __str__(self) -> str:
        control = f" control={self.control}" if self.control else ""
        verdict = "" if self.holds else " MISSED"
        blind = "" if self.control_holds else " CONTROL SHOWS NOTHING"
        return f"{self.name}: ours={self.ours} wanted={self.wanted}{control}{verdict}{blind}"


def count_figure(name: str, ours: int, *, wanted: int = 0, control: int | None = None) -> Figure:
    """Return the figure of a count that has to be exact; a control has to exceed it."""
    return Figure(
        name,
        str(ours),
        str(wanted),
        ours == wanted,
        "" if control is None else str(control),
        control is None or control > wanted,
    )
