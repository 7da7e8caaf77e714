"""One QObject per screen: calls services through the JobRunner, hands frozen views to its page."""
