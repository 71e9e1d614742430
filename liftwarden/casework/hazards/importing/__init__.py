"""Takes over the ledgers that districts keep: matched to lifts, checked whole, recorded line by line."""
