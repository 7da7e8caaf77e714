"""Known differences between the sandbox's answers and Razorpay's samples, with their reasons.

A row is (fixtures pattern, path pattern, difference pattern, reason). An unused row is an error,
and so is a difference without a row.
"""

from __future__ import annotations

NO_OFFERS = "offers are made by the control plane, and that order names none"
NAMED_OFFER = "which offer was applied is shown without expanding it too"
NO_TOKENS = "cards are not saved here"
NO_INVOICES = "a payment of Razorpay's Invoices, which are not served"
OLD_AUTH = "older text; the newer one is served for every wrong key pair"
OLD_MINIMUM = "older text, step and reason; those of the 2026 error index are served"
OLDER = "an older sample; newer ones have what is served"
VARIES = "samples of the same age disagree; this one is the exception"
ON_REQUEST = "a payment without an order, which Razorpay makes only for old integrations"
REFUND_TIME = "here a refund is pending until the bank took it, as the states page says"
SPEED = "the documented values of speed_processed are instant and normal"
CLOSE_BY = "the newest create page gives close_by to single_use codes only"
DOUBLE = "a test double of the SDK, cut down"
NO_CARD_BANK = "the issuing bank of a test card is not known here"

KNOWN: tuple[tuple[str, str, str, str], ...] = (
    # Errors
    ("*-failure", "$.error.description", "'The api * provided is invalid' there*", OLD_AUTH),
    ("orders/create-failure", "$.error.*", "*", OLD_MINIMUM),
    ("errors/order-amount-less-than-minimum-s2s", "$.error.*", "*", OLD_MINIMUM),
    (
        "disputes/fetch-dispute-expanded-transaction-failure",
        "$.error.description",
        "*",
        "lists what may be expanded: on that account nothing, here the payment",
    ),
    # Orders
    ("orders/*", "$.offer_id", "string there, null here", NO_OFFERS),
    ("orders/*", "$.offers", "only there", NO_OFFERS),
    ("orders/entity-entity", "$.offer_id", "only here", VARIES),
    ("payments/sdk-payment-capture-settings-api-response", "$.offer*", "*", NO_OFFERS),
    ("orders/fetch-all-expanded-payments-success", "*.acquirer_data", "only here", OLDER),
    ("orders/fetch-payments-success", "*.upi.*", "only here", OLDER),
    ("orders/sdk-fetch-payments-*", "*.token_id", "only there", NO_TOKENS),
    ("orders/sdk-fetch-payments-*", "*.upi", "only here", OLDER),
    ("orders/sdk-fetch-payments-*", "*.invoice_id", "*", NO_INVOICES),
    ("orders/sdk-fetch-payments-*", "*.notes", "*", "notes were given there, not here"),
    # Payments
    ("payments/capture-success", "$.upi", "only there", "a slip: a card has no UPI address"),
    ("payments/capture-success", "$.[pr]*", "only there", VARIES),
    ("payments/*", "*.token_id", "only there", NO_TOKENS),
    ("payments/*", "$.invoice_id", "*", NO_INVOICES),
    ("payments/fetch-all-payments-with-expanded-*", "*.order_id", "*", ON_REQUEST),
    ("payments/fetch-all-payments-with-expanded-*", "*.customer_id", "only here", NO_TOKENS),
    ("payments/fetch-payment-expanded-card-success", "$.card.*", "*", NO_CARD_BANK),
    ("payments/fetch-payment-expanded-card-success", "$.terminal_id", "only there", VARIES),
    ("payments/fetch-payment-expanded-offers-success", "$.offer_id", "only here", NAMED_OFFER),
    ("payments/fetch-with-id-upi", "$.email", "*", "that account does not ask for emails"),
    ("payments/sdk-capture-payment-response", "$.upi", "only here", OLDER),
    ("payments/update-success", "$.*", "*", "an EMI payment without an order; EMI is not served"),
    # QR codes
    ("qr_codes/*", "*.close_by", "integer there, null here", CLOSE_BY),
    ("qr_codes/*", "*.clos*", "only here", OLDER),
    ("qr_codes/*", "*.upi", "only here", OLDER),
    ("qr_codes/*", "$.status", "'processed' there, 'pending' here", REFUND_TIME),
    ("qr_codes/sdk-fetch-a-*", "*.tax_invoice", "only there", VARIES),
    # Payment links
    ("payment_links/*", "*.upi_link", "only here", OLDER),
    ("payment_links/*", "$.source*", "only there", OLDER),
    ("payment_links/*", "$.deleted_at", "only there", OLDER),
    ("payment_links/sdk-*", "$.callback_*", "only there", OLDER),
    ("payment_links/entity-upi-*", "$.upi_link", "string there*", VARIES),
    (
        "payment_links/entity-upi-*",
        "$.reminders",
        "*",
        "that one shows a link after it was cancelled",
    ),
    ("payment_links/fetch-id-standard-paid", "*.method", "*", "paid by UPI here"),
    ("payment_links/sdk-mock-payment-link-collection", "*", "* there, * here", DOUBLE),
    ("payment_links/sdk-offers-*", "$.updated_at", "only here", OLDER),
    # Refunds
    ("refunds/*", "$.status", "'processed' there, 'pending' here", REFUND_TIME),
    ("refunds/*", "*.speed_processed", "'optimum' there, 'normal' here", SPEED),
    ("refunds/sdk-mock-*", "*", "*", DOUBLE),
    # Settlements, disputes, downtimes, customers
    ("settlements/*recon*", "*.card_issuer", "*", NO_CARD_BANK),
    ("settlements/*recon*", "$.items[[][]].*", "* there, * here", "its third row is a transfer"),
    ("disputes/sdk-mock-dispute", "$.*", "*", DOUBLE),
    ("downtimes/*", "$.entity", "only here", "absent in samples of one, there in those of lists"),
    ("upi/s2s-collect-step-1-create-a-customer-response", "$.notes", "only here", OLDER),
    # Webhooks
    ("webhooks/order.paid--*", "*", "only here", OLDER),
    ("webhooks/payment.authorized--sdk-mock", "*", "*", DOUBLE),
    ("webhooks/payment.*--card", "*.token_id", "only there", NO_TOKENS),
    (
        "webhooks/payment.*--card",
        "*.card.*iin",
        "*",
        "of a number only the last four digits are kept",
    ),
    ("webhooks/payment.*--card", "*.error_*", "string there, null here", VARIES),
    ("webhooks/payment.*--card", "*.amount_transferred", "only there", VARIES),
    ("webhooks/payment.captured--card", "*.base_amount", "only here", VARIES),
    ("webhooks/payment.captured--card", "*.entity.[ft]*", "null there*", VARIES),
    ("webhooks/payment.dispute.*", "*.bank", "*", NO_CARD_BANK),
    ("webhooks/payment.dispute.*", "*.acquirer_data", "only here", VARIES),
    ("webhooks/payment.dispute.*", "*.order_id", "*", ON_REQUEST),
    (
        "webhooks/payment.dispute.[uw]*",
        "*.payment.entity.*",
        "*",
        "about a payment not captured yet",
    ),
    ("webhooks/payment.dispute.action_required", "*.evidence", "*", "a slip: outside the entity"),
    ("webhooks/payment.downtime.*--turbo-upi", "*", "only here", VARIES),
    ("webhooks/payment.downtime.resolved--turbo-upi", "*.end", "*", "a slip: it is over"),
    (
        "webhooks/payment.failed--upi",
        "*.error_*",
        "*",
        "of 2019; the API's sample of 2023 is served",
    ),
    ("webhooks/payment.failed--wallets", "*.invoice_id", "*", NO_INVOICES),
    ("webhooks/payment_link.paid--upi", "*.method", "*", "a UPI link; those are for live mode"),
    ("webhooks/payment_link.paid--upi", "*.upi.flow", "only here", OLDER),
    ("webhooks/qr_code.*", "*.close_by", "*, null here", CLOSE_BY),
    ("webhooks/qr_code.*", "*.upi", "only here", OLDER),
)
