"""Figures of the clipping lab."""
