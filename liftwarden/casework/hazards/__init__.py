"""The ledger of problem lifts: found, ordered, listed, shut down, rectified, re-checked, closed."""
