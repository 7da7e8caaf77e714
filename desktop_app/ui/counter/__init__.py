"""The counter: search, bill, payment, and the parent's claim to have paid."""
