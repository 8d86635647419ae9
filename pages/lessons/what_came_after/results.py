"""Results of the studies over 20 seeds that the page quotes."""

from __future__ import annotations

SOLVED = {
    "Vanilla RNN": ("15 of 20, 100.0%", "10 of 20, 99.1%", "1 of 20, 72.5%", "0 of 20, 49.4%", "0 of 20, 49.3%"),
    "GRU": ("20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%"),
    "LSTM": ("20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "19 of 20, 99.8%", "5 of 20, 72.6%"),
    "Attention": ("17 of 20, 99.9%", "19 of 20, 99.7%", "17 of 20, 99.7%", "14 of 20, 99.5%", "19 of 20, 99.8%"),
}
"""Seeds that solved the task, and median held-out accuracy, by network trained at each of LENGTHS."""

ARRIVES = {
    "Vanilla RNN": ("0.3 → 0.77", "0.23 → 1.2", "0.12 → 0.0054", "0.062 → 1.2·10⁻¹²", "0.012 → 4.8·10⁻⁵"),
    "GRU": ("0.043 → 0.88", "0.018 → 0.24", "0.0033 → 0.37", "6.5·10⁻⁴ → 0.53", "1.6·10⁻⁵ → 0.56"),
    "LSTM": ("0.29 → 3.4", "0.22 → 1.1", "0.12 → 0.54", "0.09 → 1.7", "0.025 → 0.045"),
    "Attention": ("0.61 → 8.1", "0.55 → 8.8", "0.4 → 7.5", "0.31 → 7.2", "0.22 → 7.1"),
}
"""Gradient at the subject ÷ at the last word, median before training → after it, likewise."""

ASKED_AT_40_WORDS = {
    "gru": "100.0%",
    "lstm": "99.9%",
    "attention": "87.8%",
    "attention_with_last_code": "99.8%",
}
"""Median accuracy of networks trained at 14 words."""

FORECAST_ERRORS = {
    "last month": ("2.755 (2.660 to 2.781)", "0 of 20", "2.688 (2.535 to 2.861)"),
    "a year before": ("1.606 (1.579 to 1.651)", "0 of 20", "3.038 (2.830 to 3.275)"),
    "linear autoregression": ("0.886 (0.871 to 0.912)", "–", "0.923 (0.784 to 1.012)"),
    "Vanilla RNN": ("0.990 (0.937 to 1.107)", "0 of 20", "2.621 (1.698 to 3.272)"),
    "GRU": ("0.944 (0.913 to 1.008)", "0 of 20", "2.121 (1.597 to 2.965)"),
    "LSTM": ("0.943 (0.915 to 1.026)", "0 of 20", "2.011 (1.288 to 3.510)"),
    "no forecast can be better than": ("0.798", "–", "–"),
}
"""By forecast, under FORECAST_HEADS."""

FORECAST_HEADS = (
    "mean absolute error in °C: median (lowest to highest)",
    "seeds better than linear",
    "the same on a station that warms by 3 °C a year, over 60 months",
)
