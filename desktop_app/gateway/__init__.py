"""Adapter to Razorpay: the only package that knows its SDK, wire format and failures."""
