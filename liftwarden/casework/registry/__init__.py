"""Every lift, its numbers, parties, place, use state and life."""
