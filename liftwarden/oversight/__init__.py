"""Rooms where facts are read together."""
