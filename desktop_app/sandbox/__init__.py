"""A faithful Razorpay on 127.0.0.1. It judges the desk, so it shares no code with it."""
