"""Notes as sound: a WAV file made in memory."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

import numpy as np

RATE = 16_000
"""Samples per second."""

SECONDS = 0.32
"""Of each note."""

LOWEST = 261.63
"""Hertz of the lowest C, in the middle of a piano."""


def frequency(note: int) -> float:
    """Hertz of a note in semitones above the lowest C, in equal temperament: each is 2^(1/12) times the one below."""
    return float(LOWEST * 2.0 ** (note / 12))


def wav(notes: Sequence[int]) -> bytes:
    """A mono WAV file of 16 bits that plays the notes one after the other: each a fading tone of three partials."""
    t = np.arange(int(RATE * SECONDS)) / RATE
    fading = np.minimum(1, t / 0.01) * np.exp(-5 * t) * np.minimum(1, (SECONDS - t) / 0.02)  # no clicks at the ends
    tones = [
        sum(share * np.sin(2 * np.pi * k * frequency(note) * t) for k, share in ((1, 0.6), (2, 0.25), (3, 0.1)))
        * fading
        for note in notes
    ]
    samples = np.concatenate(tones)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()
