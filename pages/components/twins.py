"""What the twins are called on every page."""

TWINS = ("A · without clipping", "B · with clipping")
