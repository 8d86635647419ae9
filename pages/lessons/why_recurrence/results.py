"""Results of the study over 20 seeds that the page quotes: accuracy where order tells."""

from __future__ import annotations

MOVED_OVER_SEEDS = {
    "rnn": "100%",
    "fixed": "0% to 2%",
    "bag": "50%",
    "fixed_everywhere": "100%",
    "rnn_everywhere": "91.5% to 100%",
}
"""With the sentence moved, by network; everywhere: trained at all positions."""

LONG_OVER_SEEDS = {
    "rnn_after": "50% to 100%",
    "rnn_after_median": "70%",
    "fixed_after": "100%",
    "rnn_before": "99% to 100%",
    "fixed_before_end": "50%",
    "fixed_before_front": "19% to 34%",
    "rnn_after_everywhere": "31% to 96%",
    "rnn_after_median_everywhere": "53%",
    "fixed_after_everywhere": "100%",
    "rnn_before_everywhere": "90% to 100%",
    "fixed_before_end_everywhere": "50%",
    "fixed_before_front_everywhere": "81% to 88%",
}
"""At 20 words, by network, where the sentence grows, and what fixed positions lose; everywhere: as above."""
