"""Commands stored before they are sent, and their delivery."""
