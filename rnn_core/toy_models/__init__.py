"""Networks small enough to follow by hand: every number of theirs fits on a page."""
