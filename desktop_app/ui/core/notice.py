"""A notice: tone, text, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypedDict

from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Unpack


class Notices(Protocol):
    """Shows notices over a page; `widgets/notice_area.py` implements it."""

    def post(self, notice: Notice) -> object:
        """Show a notice in place of the one with the same key."""

    def note(self, what: str, **more: Unpack[NoticeFields]) -> object:
        """Show a notice made of these fields."""

    def say(self, what: str, todo: str = "", tone: Tone = ...) -> None:
        """Show a notice that disappears by itself."""

    def tell(self, error: BaseException) -> None:
        """Show what an error means."""

    def withdraw(self, key: str) -> None:
        """Remove the notice of a key."""


class Tone(StrEnum):
    """How a notice is meant."""

    WRONG = "wrong"
    ATTENTION = "attention"
    GOOD = "paid"
    PLAIN = "accent"


_ICONS = {Tone.WRONG: "wrong", Tone.ATTENTION: "attention", Tone.GOOD: "paid", Tone.PLAIN: "info"}


@dataclass(frozen=True)
class Notice:
    """One message. Texts marked with `N_` follow the language, others stay as they are.

    Attributes:
        what: what happened, one sentence.
        money: whether money moved; empty where that is no question.
        todo: what to do next; empty when nothing.
        key: notices of the same key replace each other.
        actions: words on buttons → what they do; pressing one closes the notice.
        stays: whether it stays until dismissed; None for what is wrong or needs attention.
        about: the uid of the payment it names: it leaves when that payment is settled.
        values: fill the braces of the texts.
        detail: technical detail for support, redacted; folded away until it is asked for.
        again: makes the notice again in the current language; None where the texts translate.
    """

    what: str
    money: str = ""
    todo: str = ""
    tone: Tone = Tone.PLAIN
    key: str = ""
    actions: tuple[tuple[str, Callable[[], None]], ...] = field(default=())
    stays: bool | None = None
    about: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    detail: str = ""
    again: Callable[[], Notice] | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether it stays until it is dismissed or over."""
        if self.stays is None:
            return self.tone in (Tone.WRONG, Tone.ATTENTION)
        return self.stays

    def words(self) -> tuple[str, str, str]:
        """Return what happened, whether money moved and what to do, in the current language."""
        if self.again is not None:
            again = self.again()
            return again.what, again.money, again.todo
        what, money, todo = (self._now(each) for each in (self.what, self.money, self.todo))
        return what, money, todo

    def text(self) -> str:
        """Everything it says, as one line."""
        return " ".join(part for part in self.words() if part)

    def _now(self, text: str) -> str:
        return tr(text, **self.values) if isinstance(text, N_) else text


class NoticeFields(TypedDict, total=False):
    """The fields of a `Notice` besides `what`, for a call that makes and shows one."""

    money: str
    todo: str
    tone: Tone
    key: str
    actions: tuple[tuple[str, Callable[[], None]], ...]
    stays: bool
    about: str
    values: Mapping[str, object]
