"""The page on which a parent pays through Razorpay's checkout, and the checks of what comes back.

Requests come in and responses go out as plain values (`messages.py`), so that any server can serve
the page; `server.py` is this desk's, on the loopback interface. Needs no Qt.
"""
