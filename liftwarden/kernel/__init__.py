"""Pure vocabulary: no Django, clock, file or network."""
