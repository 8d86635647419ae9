"""The lab's question: which twin solves the task?"""

from __future__ import annotations

from pages.components.predict import predict, reveal
from rnn_core.diagnostics import outcome
from rnn_core.types import Record

ANSWERS = {
    "A alone": "without clipping",
    "B alone": "with clipping",
    "both": "",
    "neither": "",
}


def predict_twins() -> str | None:
    """Ask; the prediction, None until then."""
    return predict("lab_guess", "Both twins train with these settings. Which of them solves the task?", ANSWERS)


def solving(a: Record, b: Record) -> tuple[str, str]:
    """One of ANSWERS, and how both ended."""
    ends = outcome(a), outcome(b)
    solved = ends[0].kind == "solved", ends[1].kind == "solved"
    right = {(True, True): "both", (True, False): "A alone", (False, True): "B alone", (False, False): "neither"}
    endings = (
        f"{name} is *{end.kind}* ({end.accuracy:.1%} right, held out)" for name, end in zip("AB", ends, strict=True)
    )
    return right[solved], f"{' and '.join(endings)}."


def reveal_twins(prediction: str, a: Record, b: Record) -> None:
    """Whether it was right, and how both twins ended."""
    reveal("lab_guess", prediction, *solving(a, b))
