"""Doors: parse, make one call, render."""
