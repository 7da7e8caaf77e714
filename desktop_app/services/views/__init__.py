"""Read models: frozen answers that cross to the window and the command line."""
