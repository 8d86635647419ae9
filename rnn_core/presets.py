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
        "Without clipping, some huge updates throw the weights to where most hidden states saturate, and the network "
        "stays at chance. With clipping the same network, from the same start, learns to choose the verb.",
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
        {"spectral_radius": 0.2},
    ),
    "calm": Preset(
        "Calm: no need to clip",
        "A small learning rate, a recurrent gain below 1 and a short sentence: no gradient comes near the threshold. "
        "Both runs are the same to the last bit, and both learn.",
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
"""Presets by the name that links and commands use."""
