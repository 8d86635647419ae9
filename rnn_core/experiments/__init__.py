"""Experiments over seeds, one file each."""
