"""Tests of the sandbox, as any Razorpay client would see it: over HTTP."""
