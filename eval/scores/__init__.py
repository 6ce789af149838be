"""How good responses are: numbers with intervals."""
