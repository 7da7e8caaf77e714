"""Environment of the desk: paths, secrets, logging, clock, printers."""
