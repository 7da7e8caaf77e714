"""The inbox: unapplied payments, the outbox, disputes."""
