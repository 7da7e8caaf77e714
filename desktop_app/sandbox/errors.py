"""Refusals of the sandbox: Razorpay's error envelope and its documented texts.

Must not decide whether to refuse; the resources do. Where Razorpay documents two texts for one
situation, the newer is served.
"""

from __future__ import annotations

from typing import Any

BAD_REQUEST = "BAD_REQUEST_ERROR"
SERVER_ERROR = "SERVER_ERROR"

URL_NOT_FOUND = "The requested URL was not found on the server."
UNKNOWN_ID = "The id provided does not exist"
ALREADY_PAID = (
    "Your payment has been declined as the order is already paid. "
    "Please initiate the payment with a new order."
)
IN_PROGRESS = "Request failed because another payment operation is in progress."
TROUBLE = (
    "We are facing some trouble completing your request at the moment. Please try again shortly."
)


class ApiError(Exception):
    """A refusal of an API call."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error["description"])
        self.status = status
        self.error = error

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {"error": self.error}


class ControlError(Exception):
    """A refusal of the control plane: 400 with `{"error": text}`."""


class PageError(Exception):
    """A refusal of a page: 404 with a text."""


def bad_request(
    description: str,
    field: str | None = None,
    *,
    reason: str = "input_validation_failed",
    step: str = "payment_initiation",
    metadata: dict[str, Any] | None = None,
) -> ApiError:
    """Return the refusal of invalid input (400)."""
    error: dict[str, Any] = {
        "code": BAD_REQUEST,
        "description": description,
        "source": "business",
        "step": step,
        "reason": reason,
        "metadata": metadata or {},
    }
    if field is not None:
        error["field"] = field
    return ApiError(400, error)


def plain(
    status: int, description: str, *, code: str = BAD_REQUEST, na: str | None = "NA"
) -> ApiError:
    """Return a refusal whose source, step and reason are "NA" (or null)."""
    error: dict[str, Any] = {
        "code": code,
        "description": description,
        **dict.fromkeys(("source", "step", "reason"), na),
        "metadata": {},
    }
    return ApiError(status, error)


def link_error(description: str) -> ApiError:
    """Return a refusal of the Payment Links service: metadata is a list, the rest null."""
    error: dict[str, Any] = {
        "code": BAD_REQUEST,
        "description": description,
        "metadata": [],
        **dict.fromkeys(("reason", "source", "step")),
    }
    return ApiError(400, error)


def url_not_found() -> ApiError:
    """Return the refusal of a wrong path or method, or of a missing feature."""
    return plain(400, URL_NOT_FOUND)


def unknown_id() -> ApiError:
    """Return the refusal of a well-formed id that does not exist."""
    return bad_request(UNKNOWN_ID)


def invalid_id(text: str) -> ApiError:
    """Return the refusal of a malformed id."""
    return bad_request(f"{text} is not a valid id")


def extra_field(names: str) -> ApiError:
    """Return the refusal of unknown fields."""
    return bad_request(
        f"{names} is/are not required and should not be sent", reason="extra_field_sent"
    )


def authentication_failed() -> ApiError:
    """Return the refusal of a wrong key pair."""
    return plain(401, "Authentication failed")


def too_many_requests() -> ApiError:
    """Return the refusal of a throttled call."""
    return plain(429, "Too many requests. Please try after some time.")


def server_trouble(status: int = 500) -> ApiError:
    """Return the answer to a failure of the server."""
    return plain(status, TROUBLE, code=SERVER_ERROR)
