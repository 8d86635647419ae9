"""Results of the study over 20 seeds that the page quotes."""

from __future__ import annotations

from rnn_core.experiments.results import entry_of, load

_STUDY = load("state_growth").result


def _count(activation: str, gain: float, after: str, what: str) -> int:
    seeds: int = entry_of(_STUDY["rows"], activation=activation, gain=gain)[after][what]
    return seeds


def _of_all(seeds: int) -> str:
    return f"{seeds} of {len(_STUDY['seeds'])}" if seeds else "none"


GROWTH = {
    "identity": min(_count("identity", gain, "reading", "grown") for gain in (1.1, 1.5, 2.0)),
    "identity_overflows": _count("identity", 2.0, "reading", "overflowed"),
    "relu_20": _of_all(_count("relu", 2.0, "reading", "grown")),
    "relu_15": _of_all(_count("relu", 1.5, "reading", "grown")),
    "relu_11": _of_all(_count("relu", 1.1, "reading", "grown")),
    "collapsed": _of_all(min(_count(name, 0.9, "silence", "collapsed") for name in ("tanh", "relu", "identity"))),
    "tanh_collapsed": _of_all(max(_count("tanh", gain, "silence", "collapsed") for gain in (1.1, 1.5, 2.0))),
    "sigmoid_collapsed": _of_all(
        max(row["silence"]["collapsed"] for row in _STUDY["rows"] if row["activation"] == "sigmoid")
    ),
}
"""In how many seeds states grew beyond 1,000, overflowed, or collapsed in silence; the number is the gain times ten."""
