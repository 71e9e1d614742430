"""Takes a whole file of lifts: every error told first, then all of what remains published at one moment."""
