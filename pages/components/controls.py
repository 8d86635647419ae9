"""What `fields` holds, by its old address."""

from __future__ import annotations

from .fields import CAPTIONS, LABELS, STOPS, in_labels

__all__ = ["CAPTIONS", "LABELS", "STOPS", "in_labels"]
