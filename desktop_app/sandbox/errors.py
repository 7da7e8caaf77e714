"""What the sandbox says when it refuses: Razorpay's error envelope and its documented texts.

Must not decide whether to refuse; that is the resources' business. Texts come from Razorpay's
documentation; where two texts fit one situation the newer is served.
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
    """A refusal that a client of the API sees."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error["description"])
        self.status = status
        self.error = error

    def body(self) -> dict[str, Any]:
        """Give the JSON answer."""
        return {"error": self.error}


class ControlError(Exception):
    """A refusal of the control plane: 400 with `{"error": text}`."""


class PageError(Exception):
    """A refusal of a parent's page: 404 with words."""


def bad_request(
    description: str,
    field: str | None = None,
    *,
    reason: str = "input_validation_failed",
    step: str = "payment_initiation",
    metadata: dict[str, Any] | None = None,
) -> ApiError:
    """Refuse what the caller sent (400)."""
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
    """Refuse without saying where: source, step and reason are "NA" (or null)."""
    error: dict[str, Any] = {
        "code": code,
        "description": description,
        **dict.fromkeys(("source", "step", "reason"), na),
        "metadata": {},
    }
    return ApiError(status, error)


def link_error(description: str) -> ApiError:
    """Refuse as the Payment Links service does: empty list as metadata, nulls elsewhere."""
    error: dict[str, Any] = {
        "code": BAD_REQUEST,
        "description": description,
        "metadata": [],
        **dict.fromkeys(("reason", "source", "step")),
    }
    return ApiError(400, error)


def url_not_found() -> ApiError:
    """Refuse a wrong path, a wrong method or a feature the account does not have."""
    return plain(400, URL_NOT_FOUND)


def unknown_id() -> ApiError:
    """Refuse a well-formed id that this account does not have."""
    return bad_request(UNKNOWN_ID)


def invalid_id(text: str) -> ApiError:
    """Refuse an id that cannot be one."""
    return bad_request(f"{text} is not a valid id")


def extra_field(names: str) -> ApiError:
    """Refuse fields that the call does not take."""
    return bad_request(
        f"{names} is/are not required and should not be sent", reason="extra_field_sent"
    )


def authentication_failed() -> ApiError:
    """Refuse a wrong key pair."""
    return plain(401, "Authentication failed")


def too_many_requests() -> ApiError:
    """Throttle."""
    return plain(429, "Too many requests. Please try after some time.")


def server_trouble(status: int = 500) -> ApiError:
    """Say that the fault is on this side."""
    return plain(status, TROUBLE, code=SERVER_ERROR)
