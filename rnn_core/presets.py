"""Named settings that each tell one story; the app's presets and the command line's --preset."""

from __future__ import annotations

from typing import Any, NamedTuple

from .config import Config


class Preset(NamedTuple):
    """A story, and how it differs from the default `Config`.

    Attributes
    ----------
    title : its name on the page
    story : what to look for, in one or two sentences
    changes : fields of `Config` that differ from their defaults
    """

    title: str
    story: str
    changes: dict[str, Any]

    def config(self, seed: int = 0) -> Config:
        """The clipped twin's run."""
        return Config(**self.changes, seed=seed)


PRESETS: dict[str, Preset] = {
    "rescued": Preset(
        "Explodes and is rescued",
        "Without clipping, a few updates many times as long as usual push most hidden states to ±1. From then on the "
        "gradient hardly gets back to the subject, and the network stays at chance. With clipping the same network, "
        "from the same start, learns to choose the verb.",
        {},
    ),
    "standstill": Preset(
        "Clipped to a standstill",
        "The threshold is so small that every update is cut to almost nothing. Nothing explodes, nothing is learnt.",
        {"clip_threshold": 0.001},
    ),
    "vanishing": Preset(
        "Vanishes: clipping never engages and the twins are identical",
        "The gradient shrinks at every time step on its way back to the subject. It never reaches the threshold, so "
        "clipping changes nothing at all: both runs are the same to the last bit, and both stay at chance.",
        {"spectral_radius": 0.2, "hidden_size": 64, "learning_rate": 0.5},
    ),
    "calm": Preset(
        "Calm: no need to clip",
        "The learning rate is small. The gradient still grows while the network learns, but a step is α times its "
        "gradient, and steps this short do no harm. The threshold is never reached: both runs are the same to the last "
        "bit, and both learn.",
        {
            "spectral_radius": 0.9,
            "learning_rate": 0.1,
            "sentence_length": 11,
            "attractors": 1,
            "updates": 4000,
            "clip_threshold": 100.0,
        },
    ),
}
"""Presets by the name that the command line and the page use; a link carries their values, not their names."""
