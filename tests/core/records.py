"""What the tests of training share: small runs, and a record as named arrays that can be compared bit by bit."""

from __future__ import annotations

import hashlib
import sys

import numpy as np

from rnn_core.config import Config
from rnn_core.recording import train
from rnn_core.types import Record

SMALL = Config(sentence_length=12, attractors=1, hidden_size=8, batch_size=6, updates=70, clip_threshold=0.5, seed=3)
"""Clips some of its updates and not others; its 70 updates cross the border between two blocks of batches."""


def arrays_of(record: Record) -> dict[str, np.ndarray]:
    """Everything that a record holds but its config, by name."""
    arrays = {
        name: getattr(record, name)
        for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle", "dh_norm")
    }
    arrays |= {f"param_norm {name}": norms for name, norms in record.param_norm.items()}
    arrays |= {f"probe_params {name}": weights for name, weights in record.probe_params.items()}
    arrays |= {"probe_updates": record.probe_updates, "probe_h": record.probe_h}
    for name, s in record.evaluation.items():
        rules = [*s.baselines.values(), *s.loss_baselines.values()]
        arrays[f"evaluation {name}"] = np.array([s.accuracy, s.asked, s.loss, *rules])
    return arrays


def assert_same_bits(one: Record, other: Record) -> None:
    ours, theirs = arrays_of(one), arrays_of(other)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype, name
        assert array.shape == theirs[name].shape, name
        assert array.tobytes() == theirs[name].tobytes(), name
    assert one.divergence == other.divergence


def digest(record: Record) -> str:
    """One number for all bits of a record."""
    found = hashlib.sha256()
    for name, array in sorted(arrays_of(record).items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


if __name__ == "__main__":
    print(digest(train(SMALL.replace(clip=sys.argv[1], dtype=sys.argv[2]))))
