"""What can be wrong by the rules of the desk. Nothing here knows of networks, files or widgets."""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the desk does not allow what was asked."""


class InvalidInputError(DomainError):
    """Something typed or imported is not acceptable; `field` names which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class InvalidMoneyError(InvalidInputError):
    """An amount is not a valid number of paise."""

    def __init__(self, message: str, field: str = "amount") -> None:
        super().__init__(field, message)


class IllegalTransitionError(DomainError):
    """A state may not follow another one."""


class NoSeatError(DomainError):
    """The course has no free seat."""


class AlreadyEnrolledError(DomainError):
    """The student already holds an active enrolment in the course."""


class ReceiptSeriesFullError(DomainError):
    """A receipt number would no longer fit into sixteen characters."""
