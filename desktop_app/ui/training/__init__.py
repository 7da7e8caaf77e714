"""The parent's phone in practice mode."""
