"""Results of the study that the page quotes."""

from __future__ import annotations

SOLVED_WITH_ADAM = {
    "gru": "20 of 20",
    "lstm": "4",
    "vanilla": "once",
}
"""Seeds that solved the task with Adam at α = 0.01 and clipping: the gated cells at 40 words, the vanilla RNN at 20."""
