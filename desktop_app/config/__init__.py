"""Where things are and how they are set: paths, settings, secrets, logging, clock."""
