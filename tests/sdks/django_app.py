"""A small shop in Django, as tutorials build it: manual capture, a callback, two result pages.

Run in an environment with Django and the SDK; prints its port. `/?redirect=1` sends failures to the
callback too.
"""

from __future__ import annotations

import os
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import razorpay
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

URL, KEY, SECRET = (os.environ[f"RAZORPAY_{name}"] for name in ("URL", "KEY_ID", "KEY_SECRET"))
AMOUNT = 20000
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for this test",
)
client = razorpay.Client(auth=(KEY, SECRET), base_url=URL)
HEAD = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">'
PAGE = (
    HEAD
    + """<button id="pay">Pay</button><script src="{url}/v1/checkout.js"></script><script>
  const rzp = new Razorpay({{ key: "{key}", amount: "{amount}", currency: "INR", name: "Shop",
    order_id: "{order}", callback_url: "/paymenthandler/", redirect: {redirect} }});
  document.getElementById("pay").onclick = (event) => {{ rzp.open(); event.preventDefault(); }};
</script>"""
)


def homepage(request: Any) -> HttpResponse:
    order = client.order.create({"amount": AMOUNT, "currency": "INR", "payment_capture": "0"})
    redirect = "true" if request.GET.get("redirect") else "false"
    shown = PAGE.format(url=URL, key=KEY, amount=AMOUNT, order=order["id"], redirect=redirect)
    return HttpResponse(shown)


def paymenthandler(request: Any) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseBadRequest()
    names = ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature")
    given = {name: request.POST.get(name, "") for name in names}
    try:
        client.utility.verify_payment_signature(given)
        client.payment.capture(given["razorpay_payment_id"], AMOUNT)
    except razorpay.errors.SignatureVerificationError:
        return HttpResponse(HEAD + "<h1>Payment failed</h1>")
    return HttpResponse(HEAD + "<h1>Payment successful</h1>")


urlpatterns = [path("", homepage), path("paymenthandler/", csrf_exempt(paymenthandler))]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()
