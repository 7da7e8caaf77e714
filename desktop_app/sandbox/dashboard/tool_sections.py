"""Sections of the developer's tools: webhooks, requests, faults, downtimes, clock and settings."""

from __future__ import annotations

from typing import Any

from ..downtimes import METHODS as DOWN_METHODS
from ..downtimes import OVER, SEVERITIES
from ..faults import DEFAULT_DELAYS_S, KINDS, METHODS
from ..webhook_control import ORDERS as DELIVERY_ORDERS
from ..webhook_control import STATUSES as DELIVERY_STATUSES
from ..webhook_events import EVENTS
from .actions import Action
from .fields import Field, named, typed_moment, typed_rupees
from .money_sections import CREATED, ID, STATE
from .sections import Column, Related, Section

Json = dict[str, Any]
GROUP = "Tools"
DELIVERY_COLUMNS = (
    ID,
    Column("event", "Event"),
    STATE,
    Column("webhook_id", "Webhook", "id"),
    Column("tries", "Tries", "count"),
    CREATED,
)
SECONDS = (
    ("1", "seconds"),
    ("60", "minutes"),
    ("3600", "hours"),
    ("86400", "days"),
)


def _ahead(body: Json) -> Json:
    return {"advance_s": body.get("count", 0) * int(body["unit"])}


CLOCK = Section(
    "clock",
    "Clock",
    "clock",
    GROUP,
    "GET /_sandbox/clock",
    note="Everything due in the time that you skip happens in order, each at its proper time.",
    actions=(
        Action(
            "advance",
            "Move forward",
            "POST /_sandbox/clock",
            "Clock moved.",
            (
                Field("count", "How many", "number", "3", is_required=True),
                Field("unit", "Unit", "choice", "86400", SECONDS),
            ),
            shape=_ahead,
        ),
        Action(
            "set",
            "Set the clock",
            "POST /_sandbox/clock",
            "Clock set.",
            (Field("to", "Date and time in India", "moment", is_required=True),),
            hint="A later moment. The clock can't go back.",
            fixed=lambda clock: {"now": clock["now"]},
            typed=lambda clock: {"to": typed_moment(clock["now"] + 3600)},
            shape=lambda body: {"advance_s": body["to"] - body["now"]},
        ),
    ),
)

FAULTS = Section(
    "faults",
    "Faults",
    "fault",
    GROUP,
    "GET /_sandbox/faults",
    (
        Column("kind", "Kind"),
        Column("method", "Method"),
        Column("path", "Path", "code"),
        Column("times", "Times left"),
        Column("skip", "After"),
        Column("delay_s", "Delay in s"),
    ),
    "faults",
    is_paged=False,
    empty="No faults are armed. Arm one, and the next call that fits it goes wrong.",
    list_actions=(
        Action(
            "arm",
            "Arm a fault",
            "POST /_sandbox/faults",
            "Fault armed.",
            (
                Field("kind", "What goes wrong", "choice", "timeout_after", named(KINDS)),
                Field("method", "Method", "choice", "POST", named(METHODS)),
                Field(
                    "path",
                    "Path",
                    "suggest",
                    "/v1/orders",
                    hint="* is any one segment, e.g. /v1/payments/*",
                    is_required=True,
                ),
                Field("times", "How often", "number", "1"),
                Field("skip", "Calls to let pass first", "number", "0"),
                Field(
                    "delay_s",
                    "Delay in seconds",
                    "seconds",
                    hint=f"Only for {', '.join(DEFAULT_DELAYS_S)}.",
                ),
            ),
        ),
        Action("clear", "Clear all faults", "DELETE /_sandbox/faults", "All faults cleared."),
    ),
)

WEBHOOK_FIELDS = (
    Field(
        "url",
        "URL",
        value="http://127.0.0.1:9000/hook",
        hint="On this PC, or an address named with --webhook-host.",
        is_required=True,
    ),
    Field(
        "events",
        "Events",
        "lines",
        "*",
        hint="One a line. * means all.",
        is_required=True,
    ),
)
WEBHOOKS = Section(
    "webhooks",
    "Webhooks",
    "webhook",
    GROUP,
    "GET /_sandbox/webhooks",
    (
        ID,
        Column("url", "URL", "code"),
        Column("events", "Events", "words"),
        STATE,
        Column("secret", "Secret", "secret"),
    ),
    prefixes=("wh",),
    entity_call="GET /v1/webhooks/{tail}",
    is_paged=False,
    empty="No webhooks yet. Add the address of your endpoint to get events.",
    list_actions=(
        Action(
            "add",
            "Add a webhook",
            "POST /_sandbox/webhooks",
            "Webhook added.",
            (
                *WEBHOOK_FIELDS,
                Field("secret", "Secret", value="hush", is_required=True),
            ),
        ),
        Action(
            "trigger",
            "Trigger an event",
            "POST /_sandbox/webhooks/trigger",
            "Event sent to the webhooks that want it.",
            (
                Field("event", "Event", "choice", "payment.captured", named(EVENTS)),
                Field(
                    "entity_id", "About", hint="An ID such as pay_… Leave it empty for the latest."
                ),
            ),
        ),
        Action(
            "manner",
            "Change the manner of delivery",
            "POST /_sandbox/webhooks/manner",
            "Manner of delivery changed.",
            (
                Field("duplicates", "Extra copies of each event", "number", "0"),
                Field("delay_s", "Delay in seconds", "number", "0"),
                Field("order", "Order", "choice", "sent", named(DELIVERY_ORDERS)),
            ),
            hint="Razorpay also sends events twice, late and out of order.",
            typed=lambda manner: manner,
        ),
    ),
    typed_call="GET /_sandbox/webhooks/manner",
    actions=(
        Action(
            "edit",
            "Edit this webhook",
            "PATCH /v1/webhooks/{tail}",
            "Webhook changed.",
            (
                *WEBHOOK_FIELDS,
                Field("secret", "New secret", hint="Leave it empty to keep the old one."),
                Field("active", "Active", "switch"),
            ),
            typed=lambda hook: {
                "url": hook["url"],
                "events": "\n".join(hook["events"]),
                "active": "on" if hook["active"] else "",
            },
        ),
        Action(
            "trigger",
            "Trigger an event here",
            "POST /_sandbox/webhooks/trigger",
            "Event sent to this webhook.",
            (
                Field("event", "Event", "choice", "payment.captured", named(EVENTS)),
                Field(
                    "entity_id", "About", hint="An ID such as pay_… Leave it empty for the latest."
                ),
            ),
            when=lambda hook: hook["active"],
            fixed=lambda hook: {"webhook_id": hook["id"]},
        ),
        Action(
            "delete",
            "Delete this webhook",
            "DELETE /_sandbox/webhooks/{id}",
            "Webhook deleted.",
            leads="list",
            needs_yes=True,
        ),
    ),
    related=(
        Related(
            "Deliveries",
            "GET /_sandbox/deliveries?webhook_id={id}&limit=25",
            "deliveries",
            "Nothing has been sent to this webhook yet.",
        ),
    ),
)

DELIVERIES = Section(
    "deliveries",
    "Deliveries",
    "delivery",
    GROUP,
    "GET /_sandbox/deliveries",
    DELIVERY_COLUMNS,
    prefixes=("dlv",),
    entity_call="GET /_sandbox/deliveries/{id}",
    is_paged=False,
    newest_last=True,
    blocks=(("Tries and answers", "tries"), ("Payload", "payload")),
    filters=(
        Field("status", "Status", "choice", "", (("", "All"), *named(DELIVERY_STATUSES))),
        Field("event", "Event", "choice", "", (("", "All"), *named(EVENTS))),
    ),
    empty="Nothing has been sent yet. Add a webhook, then pay something or trigger an event.",
    actions=(
        Action(
            "redeliver",
            "Send it again",
            "POST /_sandbox/deliveries/{id}/redeliver",
            "Sent again, as a new delivery.",
        ),
    ),
)

REQUESTS = Section(
    "requests",
    "Requests",
    "request",
    GROUP,
    "GET /_sandbox/requests",
    (
        Column("id", "No.", "id"),
        Column("method", "Method"),
        Column("path", "Path", "code"),
        Column("status", "Status", "http"),
        Column("ms", "ms"),
        Column("fault", "Fault"),
        Column("at", "At", "moment"),
    ),
    entity_call="GET /_sandbox/requests/{id}",
    is_paged=False,
    newest_last=True,
    blocks=(
        ("Request body", "body"),
        ("Answer body", "answer.body"),
        ("Request headers", "headers"),
        ("Answer headers", "answer.headers"),
    ),
    filters=(
        Field("method", "Method", "choice", "", (("", "All"), *named(METHODS[:-1]))),
        Field("path", "Path", "suggest", hint="* is any one segment."),
        Field("status", "Status", "number"),
    ),
    empty="No requests yet. Point your program at the address on the overview.",
    list_actions=(
        Action("clear", "Clear the list", "DELETE /_sandbox/requests", "Requests cleared."),
    ),
)

DOWNTIMES = Section(
    "downtimes",
    "Downtimes",
    "downtime",
    GROUP,
    "GET /v1/payments/downtimes",
    (
        ID,
        Column("method", "Method"),
        STATE,
        Column("severity", "Severity"),
        Column("begin", "Since", "moment"),
    ),
    prefixes=("down",),
    entity_call="GET /v1/payments/downtimes/{id}",
    is_paged=False,
    empty="Every method works. Start a downtime to see what your program does.",
    list_actions=(
        Action(
            "start",
            "Start a downtime",
            "POST /_sandbox/downtimes",
            "Downtime started.",
            (
                Field("method", "Method", "choice", "upi", named(DOWN_METHODS)),
                Field("severity", "Severity", "choice", "high", named(SEVERITIES)),
            ),
            leads="made",
        ),
    ),
    actions=(
        Action(
            "end",
            "End this downtime",
            "POST /_sandbox/downtimes/{id}",
            "Downtime ended.",
            when=lambda downtime: downtime["status"] not in OVER,
            fixed=lambda _: {"status": "resolved"},
        ),
    ),
)


def _settings(body: Json) -> Json:
    return {"rate_limit_per_min": None, **body}


SETTINGS = Section(
    "settings",
    "Settings",
    "settings",
    GROUP,
    "GET /_sandbox/account",
    note="What Razorpay switches on or off for an account.",
    actions=(
        Action(
            "change",
            "Change the settings",
            "POST /_sandbox/account",
            "Settings changed.",
            (
                Field("auto_capture", "Capture payments automatically", "switch"),
                Field("features.s2s", "Payments by API (s2s)", "switch"),
                Field("features.qr_codes", "QR codes", "switch"),
                Field("features.qr_image_content", "Text of a QR code in answers", "switch"),
                Field("features.unique_receipt", "Orders by receipt", "switch"),
                Field(
                    "receipt_uniqueness",
                    "A second order with the same receipt",
                    "choice",
                    "allow",
                    (("allow", "Allowed"), ("refuse", "Refused")),
                ),
                Field(
                    "fee_bearer",
                    "Razorpay's fee is paid by",
                    "choice",
                    "platform",
                    (
                        ("platform", "the merchant"),
                        ("customer_added", "the payer, added to the amount"),
                        ("customer_beside", "the payer, beside the amount"),
                    ),
                ),
                Field("balance", "Balance in rupees", "rupees"),
                Field(
                    "rate_limit_per_min",
                    "Calls a minute",
                    "number",
                    hint="Leave it empty for no limit.",
                ),
            ),
            typed=lambda account: {
                **{f"features.{k}": "on" if v else "" for k, v in account["features"].items()},
                "auto_capture": "on" if account["auto_capture"] else "",
                "receipt_uniqueness": account["receipt_uniqueness"],
                "fee_bearer": account["fee_bearer"],
                "balance": typed_rupees(account["balance"]),
                "rate_limit_per_min": account["rate_limit_per_min"] or "",
            },
            shape=_settings,
        ),
        Action(
            "reset",
            "Delete everything",
            "POST /_sandbox/reset",
            "Everything is deleted. The keys stay.",
            hint="All entities, webhooks, faults and settings. The clock goes back to now.",
            needs_yes=True,
        ),
    ),
)

TOOL_SECTIONS = (
    CLOCK,
    FAULTS,
    DOWNTIMES,
    WEBHOOKS,
    DELIVERIES,
    REQUESTS,
    SETTINGS,
)
