"""The resources of the API, in the order of their routes."""

from __future__ import annotations

from .customers import CustomersResource
from .disputes import DisputesResource
from .downtimes import DowntimesResource
from .instant_settlements import InstantSettlementsResource
from .invoices import InvoicesResource
from .items import ItemsResource
from .methods import MethodsResource
from .orders import OrdersResource
from .payment_links import PaymentLinksResource
from .payments import PaymentsResource
from .qr_codes import QrCodesResource
from .refunds import RefundsResource
from .settlements import SettlementsResource
from .webhooks import WebhooksResource

RESOURCES = (
    OrdersResource,
    QrCodesResource,
    DowntimesResource,
    MethodsResource,
    PaymentsResource,
    RefundsResource,
    PaymentLinksResource,
    CustomersResource,
    InstantSettlementsResource,
    SettlementsResource,
    DisputesResource,
    WebhooksResource,
    ItemsResource,
    InvoicesResource,
)
