"""What every door shares: the actor, the deeds, refusals put into words."""
