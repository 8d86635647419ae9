"""Sentences computed from what the page shows, by part."""
