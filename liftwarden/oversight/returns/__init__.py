"""Quarterly returns: forms as data, filled from the ledger, checked, signed off, read back."""
