"""Sections of webhooks and what was sent to them."""

from __future__ import annotations

from ..webhook_control import ORDERS as DELIVERY_ORDERS
from ..webhook_control import STATUSES as DELIVERY_STATUSES
from ..webhook_events import EVENTS
from .actions import Action
from .fields import Field, named
from .money_sections import CREATED, ID, STATE
from .sections import Column, Related, Section
from .tool_sections import GROUP

DELIVERY_COLUMNS = (
    ID,
    Column("event", "Event"),
    STATE,
    Column("webhook_id", "Webhook", "id"),
    Column("tries", "Tries", "count"),
    CREATED,
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

WEBHOOK_SECTIONS = (WEBHOOKS, DELIVERIES)
