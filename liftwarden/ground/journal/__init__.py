"""The append-only, hash-chained spine: who did what, when it happened and when we learned it."""
