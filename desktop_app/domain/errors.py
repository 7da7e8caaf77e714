"""What can be wrong by the rules of the desk. Nothing here knows of networks, files or widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class DomainError(Exception):
    """A rule of the desk does not allow what was asked."""


class InvalidInputError(DomainError):
    """Something typed or imported is not acceptable, said in a sentence for people.

    Args:
        field: which entry it is.
        template: the sentence in English, with its values as `{name}`.
        values: what stands for the names; without any, the template is taken as it is.

    Attributes:
        template: to be looked up by whoever translates; `values` are put in afterwards.
        message: the whole sentence in English.
    """

    def __init__(self, field: str, template: str, **values: object) -> None:
        self.field = field
        self.template = template
        self.values: Mapping[str, object] = values
        self.message = template.format(**values) if values else template
        super().__init__(self.message)

    def about(self, field: str) -> InvalidInputError:
        """Say the same of another entry."""
        return InvalidInputError(field, self.template, **self.values)


class InvalidMoneyError(InvalidInputError):
    """An amount is not a valid number of paise."""

    def __init__(self, template: str, field: str = "amount", **values: object) -> None:
        super().__init__(field, template, **values)


class IllegalTransitionError(DomainError):
    """A state may not follow another one."""


class NoSeatError(DomainError):
    """The course has no free seat."""


class AlreadyEnrolledError(DomainError):
    """The student already holds an active enrolment in the course."""


class ReceiptSeriesFullError(DomainError):
    """A receipt number would no longer fit into sixteen characters."""
