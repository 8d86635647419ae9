"""Texts of the clipping lab that are the same for every run; what is computed from records is in `prose`."""

from __future__ import annotations

from rnn_core.diagnostics import CHANCE_ERRORS, SOLVED_ABOVE

HELD_OUT_HELP = (
    "The lower of two: fresh sentences, and sentences with a subject that training never showed in that pattern. "
    f"Solved: above {SOLVED_ABOVE:.0%}. At chance: at most {CHANCE_ERRORS:g} standard errors above one answer for all."
)

TABLE_NOTE = (
    "Fresh sentences: drawn like the training sentences. Held-out pairs: their subject never stood in their sentence "
    "pattern during training. All attractors disagree: every noun between subject and verb has the other number. "
    "A tied vote of nouns counts as half right."
)

QUESTION = (
    "Both networks read a sentence up to its verb, such as “The artists who performed yesterday had a lot of "
    "achievements in their name and …”, and must choose *was* or *were*."
)
TASK = (
    "The network reads a sentence up to its verb and must choose **was** or **were**. Only the subject tells. Nouns "
    "between it and the verb (*attractors*) have numbers of their own, and in half of the patterns another noun stands "
    "before the subject. Sentences are grammatical but need not make sense, so that no word gives the answer away.\n\n"
    "What a right answer proves: the number of the subject was carried over the words between. What it does not prove: "
    "that the network knows grammar, because the subject stands at one of three places."
)

GRADIENT_MAPS = (
    "Each column is a training update, each row a time step. The loss is read at the top, after the last word; from "
    r"there the gradient flows **down**, one word back in time per row. The colour is the norm of $\partial L / "
    r"\partial h_t$ over all units and all sentences of the batch, before any clipping. Clipping does not change this "
    "gradient; it changes the step that the weights take, and so every gradient that comes after. A column that is "
    "dark from top to bottom has a small loss, and so a small gradient; one that darkens on its way down has a "
    "gradient that vanishes."
)
GRADIENT_EQUATION = (
    r"\frac{\partial L}{\partial h_{t-1}} = "
    r"\left(\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)\right) W_{hh}^\top \;+\; "
    r"\left.\frac{\partial L}{\partial h_{t-1}}\right|_{\text{output at } t-1}"
)
GRADIENT_SYMBOLS = (
    r"$h_t$: hidden state after word $t$. $L$: mean loss of the batch. $\odot$: entry by entry. $W_{hh}$: recurrent "
    "weights. In this task only the last word has a loss at its output: the second term is zero everywhere but there."
)

HIDDEN_MAPS = (
    "Both networks read one sentence, word by word, with the weights they had at the update you choose. Each column is "
    "the state after that word. The lines show which verb they would choose there; they were only ever trained to "
    "choose at the end."
)
HIDDEN_EQUATION = r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h) \qquad y_t = h_t W_{hy} + b_y"
HIDDEN_SYMBOLS = (
    r"$x_t$: the word as a one-hot row, so $x_t W_{xh}$ is that word's row of $W_{xh}$. $y_t$: the two outputs; their "
    "softmax is P(was) and P(were)."
)

CLIP_EQUATIONS = {
    "norm": r"g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right)",
    "value": r"g_i \leftarrow \max(-c, \min(c, g_i))",
}
CLIP_SYMBOLS = {
    "norm": r"$g$: the gradient of the loss over all parameters together, $\lVert g \rVert$ its Euclidean norm, $c$ "
    "the threshold. The direction stays; only the length changes (Pascanu, Mikolov and Bengio, 2013).",
    "value": "$g_i$: one entry of the gradient, $c$ the threshold. Entries are cut one by one, so the direction can "
    "turn. The scale shown is the norm after over the norm before, and the threshold has no line among the norms.",
}

TIMELINES = (
    "Losses are in nats: guessing blindly costs log 2 = 0.69. Clipping is not the only cure: a smaller learning rate α "
    "shortens every step, the harmless ones too. Try α = 0.1 with the threshold where it is, and look at A."
)
