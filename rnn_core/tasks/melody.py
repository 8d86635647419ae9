"""A melody from one input: told a key and a scale at the first time step, play that scale up and down.

At the first time step the network reads which of twelve keys and which scale, two ones among zeros; at every other
time step it reads nothing, x_t = 0, so that not even its own last note comes back: what comes next is in h_{t-1} alone.
At every time step it is to say a note: the scale from its first note to its eighth and back, as long as the sequence
lasts. The loss is the mean over all notes.

There are no more than 12 x 6 melodies. A sixth of the pairs of key and scale never occurs in training, though every
key and every scale does: on the others a right answer is recall, on these it is a melody never heard.
"""

from __future__ import annotations

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

from .task import Task

KEYS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11, 12),
    "minor": (0, 2, 3, 5, 7, 8, 10, 12),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11, 12),
    "dorian": (0, 2, 3, 5, 7, 9, 10, 12),
    "pentatonic": (0, 2, 4, 7, 9, 12, 14, 16),
    "blues": (0, 3, 5, 6, 7, 10, 12, 15),
}
"""The first eight notes of each scale, in semitones above its key."""

INTERVALS = np.array(list(SCALES.values()))
INPUTS = len(KEYS) + len(SCALES)
NOTES = len(KEYS) + int(INTERVALS.max())
"""Notes to choose from, in semitones above the lowest C."""

KNOWN, UNHEARD = "melodies of training", "pairs never heard"
CHANCE = "one note"


def held_out(key: int, scale: int) -> bool:
    """True for the sixth of the pairs that never occurs in training: each key lacks one scale, each scale two keys."""
    return (key + scale) % len(SCALES) == 5


PAIRS = np.array([(key, scale) for key in range(len(KEYS)) for scale in range(len(SCALES))])
_UNHEARD = np.array([held_out(key, scale) for key, scale in PAIRS])


def melody(key: Ints, scale: Ints, length: int) -> Ints:
    """(length, N) the notes, up from the first to the eighth, down again, and up; key and scale are (N,)."""
    place = np.arange(length) % 14
    return INTERVALS[scale][..., np.minimum(place, 14 - place)].T + key


def of_pairs(pairs: Ints, length: int, dtype: str) -> Batch:
    """The melodies of N pairs of key and scale, (N, 2), as a batch."""
    N, (key, scale) = len(pairs), pairs.T
    inputs, columns = np.zeros((length, N, INPUTS), dtype), np.arange(N)
    inputs[0, columns, key] = inputs[0, columns, len(KEYS) + scale] = 1
    return Batch(inputs, melody(key, scale, length), np.full((length, N), 1 / (length * N), dtype))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    known = PAIRS[~_UNHEARD]
    drawn = known[rng.integers(len(known), size=(count, config.batch_size))]
    return [of_pairs(pairs, config.sentence_length, config.dtype) for pairs in drawn]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Melodies of training, and those of pairs that never occur there; `count` draws of each."""
    found = {}
    for name, pairs in ((KNOWN, PAIRS[~_UNHEARD]), (UNHEARD, PAIRS[_UNHEARD])):
        batch = of_pairs(pairs[rng.integers(len(pairs), size=count)], config.sentence_length, config.dtype)
        found[name] = EvaluationSet(batch, baselines(batch))
    return found


def baselines(batch: Batch) -> dict[str, float]:
    """Accuracy of rules that know the melodies of training by heart, but of this one not the key and the scale.

    Each says the commonest note there: of all; at this time step; at this time step in this scale; or in this key.
    """
    T = len(batch.targets)
    trained = of_pairs(PAIRS[~_UNHEARD], T, "float64")
    of_trained, of_batch = _groups(trained), _groups(batch)
    return {rule: _commonest(of_trained[rule], trained.targets, of_batch[rule], batch.targets) for rule in of_batch}


def _groups(batch: Batch) -> dict[str, Ints]:
    """By rule, (T, N): notes that are one to it have the same number."""
    shape = batch.targets.shape
    time_step = np.broadcast_to(np.arange(shape[0])[:, None], shape)
    key = batch.inputs[0, :, : len(KEYS)].argmax(axis=1)
    scale = batch.inputs[0, :, len(KEYS) :].argmax(axis=1)
    return {
        CHANCE: np.zeros(shape, int),
        "time step": time_step,
        "scale and time step": time_step * len(SCALES) + scale,
        "key and time step": time_step * len(KEYS) + key,
    }


def _commonest(trained: Ints, trained_notes: Ints, groups: Ints, notes: Ints) -> float:
    """Share of notes that are the commonest of their group in training."""
    counts = np.zeros((trained.max() + 1, NOTES), int)
    np.add.at(counts, (trained, trained_notes), 1)
    return float((counts.argmax(axis=1)[groups] == notes).mean())


def probe(config: Config) -> Floats:
    """(T, D) C major."""
    return of_pairs(PAIRS[:1], config.sentence_length, config.dtype).inputs[:, 0]


TASK = Task(
    inputs=INPUTS,
    outputs=NOTES,
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="right notes",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(KNOWN,),
    answers=tuple(range(NOTES)),
)
