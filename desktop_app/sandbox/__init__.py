"""A faithful copy of Razorpay's API on 127.0.0.1; shares no code with the app that it tests."""
