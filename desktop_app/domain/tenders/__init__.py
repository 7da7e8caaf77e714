"""One module a tender: who vouches for its money, and how it begins and goes back."""
