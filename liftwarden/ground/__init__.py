"""Where, who, what happened."""
