"""Use-cases of the desk and the ports they need. Standard library only; adapters are handed in."""
