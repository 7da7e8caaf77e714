"""Pictures of every page, made by one command, to be looked at by people."""
