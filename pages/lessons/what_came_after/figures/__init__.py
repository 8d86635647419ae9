"""Figures of this lesson alone."""
