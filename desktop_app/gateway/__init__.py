"""The door to Razorpay: the only package that knows its SDK, its wire format and its failures."""
