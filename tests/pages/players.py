"""What the player shows of twins, all of it computed here and now; and what it was sent, read back."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from pages.components.player.data import PlayerData, TwinHistories, answer_to, player_data
from rnn_core.diagnostics import History, history
from rnn_core.tasks import TASKS
from rnn_core.tasks.reading import Reading
from rnn_core.types import Record


def player_data_of(a: Record, b: Record, read: Reading, pair: Reading | None = None) -> PlayerData:
    """As `player_data`, after both have read the sentence, and the pair if there is one, at all their snapshots."""
    answer = TASKS[a.config.task].answers[answer_to(read)]

    def histories_of(sentence: Reading) -> tuple[History, History]:
        of_a, of_b = (history(record.config, record.probe_params, sentence.tokens, answer) for record in (a, b))
        return of_a, of_b

    pairs = None if pair is None else histories_of(pair)
    return player_data(a, b, read, pair, TwinHistories(histories_of(read), pairs))


def unpack(message: bytes) -> dict[str, Any]:
    """The header, its "arrays" replaced by the arrays themselves; states are codes still."""
    (length,) = struct.unpack_from("<I", message)
    head: dict[str, Any] = json.loads(message[4 : 4 + length])
    arrays = {}
    for name, place in head["arrays"].items():
        shape, dtype = place["shape"], np.dtype(place["dtype"]).newbyteorder("<")
        arrays[name] = np.frombuffer(message, dtype, int(np.prod(shape)), place["offset"]).reshape(shape)
    return head | {"arrays": arrays}
