"""Number units: which hidden units carry the subject's number to the verb, and what the network is without them.

Source: Lakretz, Kruszewski, Desbordes, Hupkes, Dehaene and Baroni, "The emergence of number and syntax units in LSTM
language models", NAACL 2019: mean activations over time for subjects and attractors of either number, and ablation of
one unit at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnn_core.bptt import forward
from rnn_core.cells import Cell, cell_of
from rnn_core.cells.gates import with_gates_halved
from rnn_core.cells.memory import forward_memory
from rnn_core.config import Config, shortest_sentence
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.projection import project
from rnn_core.numerics.workspace import Workspace
from rnn_core.tasks import agreement
from rnn_core.types import Batch, Floats, Ints, Params

CONDITIONS = (("singular", "singular"), ("singular", "plural"), ("plural", "singular"), ("plural", "plural"))
"""Number of the subject and of all attractors, in the order of the curves."""

_ROW_NUMBERS = 2**16
"""Numbers of one array that are computed together: units are held in groups that fit the processor's cache."""


class Aligned(NamedTuple):
    """Sentences with one arrangement of words, in fours that differ in the number of subject and attractors alone.

    Attributes
    ----------
    tokens : (4, T, N) token ids, one block for each of CONDITIONS
    slots : T names of what stands at each time step: "SUBJECT", "ATTRACTOR", other slots, or the word itself
    """

    tokens: Ints
    slots: tuple[str, ...]


class Answers(NamedTuple):
    """How right a network is.

    Attributes
    ----------
    accuracy : share of sentences in which it chooses the right verb; a tie is worth half an answer
    margin : mean of the right verb's output minus the other's: it shrinks long before an answer turns wrong
    """

    accuracy: Floats
    margin: Floats


class NumberUnits(NamedTuple):
    """What each hidden unit has to do with the number of the subject.

    Attributes
    ----------
    slots : T names, as in `Aligned`
    examples : (4, T) token ids of the first sentence under each of CONDITIONS
    curves : (4, T+1, H) mean h_t under each of CONDITIONS
    asked : how many sentences, of all arrangements, the answers are those to
    whole : () of the network with all its units
    zeroed : (H,) with one unit held at 0 at every time step
    averaged : (H,) with one unit held at its mean over all sentences, at every time step another: it still tells the
        time, but no sentence from another
    ranking : (H,) units from the costliest to lose, by `averaged`: accuracy, and where that is equal, margin
    together : (H+1,) with the first 0 ... H units of the ranking held at their means together
    """

    slots: tuple[str, ...]
    examples: Ints
    curves: Floats
    asked: int
    whole: Answers
    zeroed: Answers
    averaged: Answers
    ranking: Ints
    together: Answers


def aligned_sentences(
    rng: np.random.Generator, length: int, attractors: int, count: int, template: int = 0, layout: int = 0
) -> Aligned:
    """Draw `count` fours of sentences in one of the agreement task's arrangements, `agreement.layouts`.

    All attractors of a sentence have the same number; nouns elsewhere have one of their own, the same in all four.
    """
    names = tuple(agreement.WORDS_OF_SLOT)
    slots = tuple(names[k] for k in agreement.layouts(length, attractors)[template, layout])
    tokens = np.empty((4, length, count), np.int64)
    for t, slot in enumerate(slots):
        words = ("that",) if slot == "RELATIVE" else agreement.WORDS_OF_SLOT[slot]  # "that" fits every noun
        ids = np.array([agreement.TOKEN[word] for word in words])
        tokens[:, t] = ids[rng.integers(len(ids), size=count)]
        if slot == "OTHER":
            tokens[:, t] += rng.integers(2, size=count) * len(agreement.SINGULAR)  # plurals follow the singulars
        for of_condition, numbers in zip(tokens, CONDITIONS, strict=True):
            if slot in ("SUBJECT", "ATTRACTOR") and numbers[slot == "ATTRACTOR"] == "plural":
                of_condition[t] += len(agreement.SINGULAR)
    return Aligned(tokens, slots)


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def outputs_with_units_held(
    params: Params, cell: Cell, inputs: Ints | Floats, held: NDArray[np.bool], values: Floats
) -> Floats:
    """Outputs after the last word of networks in which some units are held at given values.

    h_t is overwritten after each time step, so neither the next time step nor the output hears a unit that is held. An
    LSTM's c_t goes on, but is heard through its own unit's h_t alone.

    Parameters
    ----------
    inputs : (T, N) token ids or (T, N, D) values
    held : (n, H) True where the network of this row holds the unit
    values : (T, H) what units are held at, if they are

    Returns
    -------
    (n, N, O)
    """
    (T, N), H, dtype = inputs.shape[:2], len(params["W_hh"]), params["W_hh"].dtype
    W, at_once = with_gates_halved(params, cell), max(1, _ROW_NUMBERS // (N * params["W_hh"].shape[1]))
    ax = np.empty((T, N, params["W_xh"].shape[1]), dtype)
    project(inputs, W["W_xh"], W["b_h"], ax)
    outputs = np.empty((len(held), N, len(params["b_y"])), dtype)
    for first in range(0, len(held), at_once):
        some = held[first : first + at_once, None]
        n = len(some)
        saved, blocks, time_steps = forward_memory(cell, (2, n * N, H), dtype, Workspace())
        for state in cell.states:
            saved[state][0] = 0
        before, now = 0, 1
        for t in range(T):
            blocks[now].reshape(-1, n, N, H)[:] = ax[t].reshape(N, -1, H).swapaxes(0, 1)[:, None]
            cell.step(W, time_steps[before], time_steps[now])
            np.copyto(saved["h"][now].reshape(n, N, H), values[t], where=some)
            before, now = now, before
        outputs[first : first + n] = (saved["h"][before] @ params["W_hy"] + params["b_y"]).reshape(n, N, -1)
    return outputs


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def number_units(
    config: Config,
    params: Params,
    rng: np.random.Generator,
    asked: int = 240,
    disagree: bool = False,
    template: int = 0,
    layout: int = 0,
) -> NumberUnits:
    """Follow the subject's number through every unit, and take the units away one at a time.

    Parameters
    ----------
    config : of a run on agreement or next_word; says how long the sentences are and how many attractors they have, but
        at least one
    asked : sentences that the accuracy is measured on; half of that many make the curves
    disagree : True to ask only sentences whose attractors all disagree with the subject
    template, layout : the arrangement of the curves' sentences, see `agreement.TEMPLATES` and `agreement.layouts`

    Raises
    ------
    ValueError
        For other tasks, and for sentences too short for an attractor.
    """
    if config.task not in ("agreement", "next_word"):
        raise ValueError(f"task is {config.task}; number units are those of agreement and next_word")
    length, attractors, cell = config.sentence_length, max(1, config.attractors), cell_of(config)
    if length < shortest_sentence(attractors):
        raise ValueError(f"sentence_length is {length}; with an attractor at least {shortest_sentence(attractors)}")
    fours = aligned_sentences(rng, length, attractors, max(1, asked // 8), template, layout)
    drawn = agreement.sentences(rng, length, attractors, (asked,), disagree=disagree)
    columns = [0, 1] if config.task == "agreement" else [agreement.TOKEN[answer] for answer in agreement.ANSWERS]
    means, each = _states(params, cell, drawn.tokens).mean(axis=1)[1:], np.eye(config.hidden_size, dtype=bool)

    def answers(held: NDArray[np.bool], values: Floats) -> Answers:
        outputs = outputs_with_units_held(params, cell, drawn.tokens, held, values)[..., columns]
        singular, plural = outputs[..., 0].astype(np.float64), outputs[..., 1].astype(np.float64)
        margins = np.where(drawn.plural == 1, plural - singular, singular - plural)
        right = (margins > 0) + 0.5 * (margins == 0)
        return Answers(right.mean(axis=-1), margins.mean(axis=-1))

    averaged = answers(each, means)
    ranking = np.lexsort((averaged.margin, averaged.accuracy))
    together = answers(np.argsort(ranking) < np.arange(config.hidden_size + 1)[:, None], means)
    return NumberUnits(
        slots=fours.slots,
        examples=fours.tokens[:, :, 0],
        curves=np.stack([_states(params, cell, tokens).mean(axis=1) for tokens in fours.tokens]),
        asked=asked,
        whole=Answers(together.accuracy[0], together.margin[0]),
        zeroed=answers(each, np.zeros_like(means)),
        averaged=averaged,
        ranking=ranking,
        together=together,
    )


@one_blas_thread()
def _states(params: Params, cell: Cell, tokens: Ints) -> Floats:
    """Hidden states (T+1, N, H) of sentences (T, N)."""
    nothing_read = np.zeros(tokens.shape)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return forward(params, Batch(tokens, nothing_read.astype(int), nothing_read), cell).h
