"""The player's data as bytes: what the player receives once and then plays without a server.

Four bytes: the length of the header, a little-endian unsigned integer. The header: JSON in UTF-8, filled up with spaces
so that it ends at a multiple of eight bytes. Then arrays, little-endian, in C order, each at a multiple of eight bytes;
the header's "arrays" gives dtype, shape and offset from the first byte of all. Nothing else, and no dates: equal data
are equal bytes.

Hidden states are fixed-point numbers of 16 bits with a scale for each snapshot: value = code · scale, to half a code.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from rnn_core.types import Floats, Ints

from .data import PlayerData, Track

FORMAT = 1

LARGEST_CODE, NOT_FINITE = 32767, -32768
"""Codes of states run from minus the first to the first; the other stands for inf and nan."""

Arrays = dict[str, np.ndarray[Any, Any]]


def pack(data: PlayerData) -> bytes:
    """The message."""
    arrays = {
        f"{k}.{name}": np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        for k, track in zip("AB", data.tracks, strict=True)
        for name, array in _arrays(track).items()
    }
    head = {
        "format": FORMAT,
        "words": data.words,
        "pair": data.pair,
        "rest": data.rest,
        "asked": data.asked,
        "subject": data.subject,
        "trained_length": data.trained_length,
        "updates": data.updates,
        "units": data.tracks[0].h.shape[2],
        "cell": data.cell,
        "activation": data.activation,
        "state_limit": data.state_limit,
        "gradient_range": data.gradient_range,
        "lost": data.lost,
        "twins": [_twin(track) for track in data.tracks],
        "events": [event._asdict() for event in data.events],
    }
    header = _header(head, arrays)
    parts = [struct.pack("<I", len(header)), header]
    for array in arrays.values():
        parts += [array.tobytes(), bytes(-array.nbytes % 8)]
    return b"".join(parts)


def _twin(track: Track) -> dict[str, Any]:
    return {
        "name": track.name,
        "clip": track.clip,
        "updates": track.updates,
        "snapshots": len(track.shown),
        "threshold": track.threshold,
        "ended": track.ended,
    }


def _arrays(track: Track) -> Arrays:
    h, h_scale = to_codes(track.h)
    return {
        "shown": track.shown.astype(np.int32),
        "h": h,
        "h_scale": h_scale,
        "p": track.p_were.astype(np.float32),
        **({} if track.pair_p_were is None else {"p_pair": track.pair_p_were.astype(np.float32)}),
        "dh_norm": track.dh_norm.astype(np.float64),
        "loss": _narrow(track.loss),
        "accuracy": _narrow(track.accuracy),
        "norm": _narrow(track.grad_norm),
        "norm_clipped": _narrow(track.grad_norm_clipped),
        "clipped": track.clipped.astype(np.uint8),
    }


def to_codes(h: Floats) -> tuple[Ints, Floats]:
    """States as codes int16 of the same shape, and the scale (S,) of each snapshot.

    Parameters
    ----------
    h : (S, T+1, H)
    """
    wide = h.astype(np.float64)
    finite = np.isfinite(wide)
    exact = np.abs(np.where(finite, wide, 0)).max(axis=(1, 2)) / LARGEST_CODE
    tiny = exact < np.finfo(np.float32).tiny  # 0, or so small that float32 would lose the scale's digits
    scale = _narrow(np.where(tiny, 1 / LARGEST_CODE, exact))
    codes = np.rint(np.where(finite, wide, 0) / scale.astype(np.float64)[:, None, None])
    return np.where(finite, codes, NOT_FINITE).astype(np.int16), scale


def _narrow(values: Floats) -> Floats:
    """float32, or float64 where a finite value would overflow or underflow in it."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    limits = np.finfo(np.float32)
    return values.astype(np.float32 if ((sizes >= limits.tiny) & (sizes <= limits.max)).all() else np.float64)


def _header(head: dict[str, Any], arrays: Arrays) -> bytes:
    """The header with the places of the arrays, which begin where it ends: its length depends on itself."""
    start = 0
    while True:
        offset, places = start, {}
        for name, array in arrays.items():
            places[name] = {"dtype": array.dtype.name, "shape": array.shape, "offset": offset}
            offset += array.nbytes + -array.nbytes % 8
        text = json.dumps(head | {"arrays": places}, ensure_ascii=False, allow_nan=False).encode()
        text += b" " * (-(4 + len(text)) % 8)
        if 4 + len(text) == start:
            return text
        start = 4 + len(text)
