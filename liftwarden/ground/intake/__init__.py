"""Files from outside, before anyone trusts them: checked by their bytes, then parsed in a capped child process."""
