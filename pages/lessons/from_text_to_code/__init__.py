"""The lesson from text to code: a first attempt at the class, its faults, and what mends them."""
