"""What the network learns: one file a task, each ending with its `TASK`."""

from __future__ import annotations

from . import (
    adding,
    agreement,
    copying,
    dates,
    forecast,
    led,
    melody,
    next_word,
    reversal,
    sentiment,
    tagging,
    temporal_order,
)
from .task import SOLVED_ABOVE, Task

__all__ = ["SOLVED_ABOVE", "TASKS", "Task"]

TASKS: dict[str, Task] = {
    "agreement": agreement.TASK,
    "next_word": next_word.TASK,
    "temporal_order": temporal_order.TASK,
    "adding": adding.TASK,
    "copying": copying.TASK,
    "led": led.TASK,
    "melody": melody.TASK,
    "sentiment": sentiment.TASK,
    "tagging": tagging.TASK,
    "dates": dates.TASK,
    "reversal": reversal.TASK,
    "forecast": forecast.TASK,
}
"""Tasks by their name in `Config.task`."""
