"""A synthetic province on real divisions, made through the public actions, so that the product can be tried at once."""
