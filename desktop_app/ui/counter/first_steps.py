"""Offers in the counter's column what to do first, until there is something to bill."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.counter.column import Step

if TYPE_CHECKING:
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.column import CounterColumn
    from desktop_app.ui.counter.empty_centre import EmptyCentre
    from desktop_app.ui.counter.presenter import CounterPresenter, SearchAnswer

_STEPS = {Step.STUDENT: "students", Step.COURSE: "course"}
"""The things to do first by the list that is empty without them."""


class FirstStepsOffer(QObject):
    """Shows and hides the card of first steps.

    What is missing is known from searches for nothing, which list everything.
    """

    def __init__(
        self, column: CounterColumn, presenter: CounterPresenter, context: PageContext
    ) -> None:
        super().__init__(column)
        self._column, self._context = column, context
        self._lacking: frozenset[Step] = frozenset()
        self._card: EmptyCentre | None = None
        presenter.students.answered.connect(partial(self._found, Step.STUDENT))
        presenter.courses.answered.connect(partial(self._found, Step.COURSE))

    def _found(self, step: Step, answer: SearchAnswer[object]) -> None:
        lacking = self._lacking - {step} if answer.hits else self._lacking | {step}
        if answer.query.strip() or lacking == self._lacking:
            return
        self._lacking = lacking
        if self._card is None:
            self._card = self._make_card()
        if lacking:
            practice = () if self._context.is_training else ("practice",)
            self._card.offer({*(_STEPS[each] for each in lacking), *practice})
        self._column.show_lacking(lacking)

    def _make_card(self) -> EmptyCentre:
        from desktop_app.ui.counter.empty_centre import EmptyCentre

        made = EmptyCentre()
        made.chosen.connect(self._context.calls.first_step)
        self._column.add_first_steps(made)
        return made
