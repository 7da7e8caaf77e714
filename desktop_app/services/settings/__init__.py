"""Settings and keys: the table that declares them, and the service that reads and writes them."""
