"""Rooms where facts are made, one subject of the notice each."""
