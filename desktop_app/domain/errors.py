"""Errors of the domain rules. Independent of networks, files and widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def rule_text(words: str) -> str:
    """Return the words of a rule as they are: it marks those that no call names for translation."""
    return words


class DomainError(Exception):
    """A domain rule forbids the operation."""


class InvalidInputError(DomainError):
    """A typed or imported value is invalid; carries a sentence for people.

    Args:
        field: the invalid field.
        template: the sentence in English, with values as `{name}`.
        values: values of the template; without any, the template is used verbatim.

    Attributes:
        template: the key for translation; `values` are inserted afterwards.
        message: the whole sentence in English.
    """

    def __init__(self, field: str, template: str, **values: object) -> None:
        self.field = field
        self.template = template
        self.values: Mapping[str, object] = values
        self.message = template.format(**values) if values else template
        super().__init__(self.message)

    def about(self, field: str) -> InvalidInputError:
        """Return the same error for another field."""
        return InvalidInputError(field, self.template, **self.values)


class InvalidMoneyError(InvalidInputError):
    """An amount is not a valid number of paise."""

    def __init__(self, template: str, field: str = "amount", **values: object) -> None:
        super().__init__(field, template, **values)


class IllegalTransitionError(DomainError):
    """A state transition is not allowed."""


class NoSeatError(DomainError):
    """The course has no free seat."""


class AlreadyEnrolledError(DomainError):
    """The student already holds an active enrolment in the course."""


class ReceiptSeriesFullError(DomainError):
    """A receipt number would exceed sixteen characters."""
