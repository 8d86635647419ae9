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
FLOW_NOTE = (
    " This kind of clipping acts on its way back: at each time step the gradient is shortened before it flows on. The "
    "colours show how it would flow without."
)
GRADIENT_EQUATIONS = {
    "vanilla": r"\frac{\partial L}{\partial h_{t-1}} = "
    r"\left(\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)\right) W_{hh}^\top \;+\; "
    r"\left.\frac{\partial L}{\partial h_{t-1}}\right|_{\text{output at } t-1}",
    "gru": r"\frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial h_t} \odot z_t \;+\; "
    r"\frac{\partial L}{\partial (h_{t-1} W_{hh})} W_{hh}^\top \;+\; "
    r"\left.\frac{\partial L}{\partial h_{t-1}}\right|_{\text{output at } t-1}",
    "lstm": r"\frac{\partial L}{\partial c_{t-1}} = \frac{\partial L}{\partial c_t} \odot f_t \;+\; "
    r"\frac{\partial L}{\partial h_{t-1}} \odot o_{t-1} \odot (1 - \tanh^2 c_{t-1}), \qquad "
    r"\frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial a_t} W_{hh}^\top \;+\; "
    r"\left.\frac{\partial L}{\partial h_{t-1}}\right|_{\text{output at } t-1}",
}
"""By cell: how the gradient gets from one time step to the one before."""

_ONE_LOSS = (
    r" $L$: mean loss of the batch. $\odot$: entry by entry. In this task only the last word has a loss at its output: "
    "the term from the output is zero everywhere but there."
)
GRADIENT_SYMBOLS = {
    "vanilla": r"$h_t$: hidden state after word $t$. $W_{hh}$: recurrent weights." + _ONE_LOSS,
    "gru": r"$h_t$: hidden state after word $t$. $z_t$: update gate; where it is near 1, the gradient "
    r"passes unchanged. $W_{hh}$: recurrent weights; of their three products with $h_{t-1}$ two are added to what the "
    "gates $r_t$ and $z_t$ are made of, and the third is multiplied with $r_t$ before it is added to the candidate's."
    + _ONE_LOSS,
    "lstm": r"$h_t$: hidden state after word $t$, $c_t$: cell state. $f_t$: forget gate; where it is near 1, the "
    r"gradient passes from cell state to cell state unchanged. $o_t$: output gate. $a_t$: what is added up for the "
    r"gates, $W_{hh}$: recurrent weights into it. The picture shows $\partial L / \partial h_t$ alone." + _ONE_LOSS,
}

PLAY = (
    "Both networks read one sentence, word by word, with the weights they had after so many updates. Drag along the "
    "timelines, or press Play. Top: the hidden state after each word. Arrows: the gradient that the answer at the end "
    "sends back, word by word. Curves: which verb each network would choose after each word; it was only ever trained "
    "to choose at the end."
)
PLAYER = (
    "States and arrows are those of recorded weights: of every update in the beginning, of fewer later. Between two of "
    r"them the player shows the earlier one, and says so; nothing is interpolated. The arrows are $\lVert \partial L / "
    r"\partial h_t \rVert$ of this sentence alone, before any clipping, where $L$ is the loss of the verb that was "
    "typed; without one, of the verb for the first noun. Loss, accuracy and gradient norm are those of each update's "
    "batch, measured before that update. Keys: space plays and pauses, ← and → go by one update (with Shift by ten), "
    "Home and End to the ends, N and P to the next and the previous event, F to full screen."
)
HIDDEN_EQUATIONS = {
    "vanilla": r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h) \qquad y_t = h_t W_{hy} + b_y",
    "gru": r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1} \qquad y_t = h_t W_{hy} + b_y",
    "lstm": r"c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh(c_t) \qquad "
    r"y_t = h_t W_{hy} + b_y",
}
_OUTPUTS = r" $y_t$: the two outputs; their softmax is P(was) and P(were)."
HIDDEN_SYMBOLS = {
    "vanilla": r"$x_t$: the word as a one-hot row, so $x_t W_{xh}$ is that word's row of $W_{xh}$." + _OUTPUTS,
    "gru": r"$z_t$: update gate, between 0 and 1; $n_t$: candidate state, from the word and what the reset gate lets "
    "through of the old state." + _OUTPUTS,
    "lstm": r"$i_t, f_t, o_t$: input, forget and output gate, between 0 and 1; $g_t$: candidate; $c_t$: cell state."
    + _OUTPUTS,
}

CLIP_EQUATIONS = {
    "norm": r"g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right)",
    "param_norm": r"g_W \leftarrow g_W \cdot \min\left(1, \frac{c}{\lVert g_W \rVert}\right)",
    "value": r"g_i \leftarrow \max(-c, \min(c, g_i))",
    "adaptive": r"g_j \leftarrow g_j \cdot \min\left(1, c \, \frac{\max(\lVert w_j \rVert, \epsilon)}"
    r"{\lVert g_j \rVert}\right)",
    "autoclip": r"g_u \leftarrow g_u \cdot \min\left(1, \frac{c_u}{\lVert g_u \rVert}\right), \qquad "
    r"c_u = \text{percentile}_p\left(\lVert g_0 \rVert, \dots, \lVert g_u \rVert\right)",
    "flow": r"\frac{\partial L}{\partial h_t} \leftarrow \frac{\partial L}{\partial h_t} \cdot "
    r"\min\left(1, \frac{c}{\lVert \partial L / \partial h_t \rVert}\right) \quad \text{at each } t, "
    r"\text{ before it flows on to } t - 1",
}
_CAN_TURN = " The direction of the whole gradient can turn. The scale shown is the norm after over the norm before, "
CLIP_SYMBOLS = {
    "norm": r"$g$: the gradient of the loss over all parameters together, $\lVert g \rVert$ its Euclidean norm, $c$ "
    "the threshold. The direction stays; only the length changes (Pascanu, Mikolov and Bengio, 2013).",
    "param_norm": r"$g_W$: the gradient of one parameter (such as $W_{hh}$), $c$ the threshold."
    + _CAN_TURN
    + "and the threshold has no line among the norms.",
    "value": "$g_i$: one entry of the gradient, $c$ the threshold. Entries are cut one by one."
    + _CAN_TURN
    + "and the threshold has no line among the norms.",
    "adaptive": r"$g_j$: the gradient of the weights into unit $j$, $w_j$ these weights, $c$ the threshold, $\epsilon$ "
    "a floor for weights near zero (Brock, De, Smith and Simonyan, 2021). A bias counts as one unit; the output "
    "layer is left alone." + _CAN_TURN + "and the threshold is a ratio: it has no line among the norms.",
    "autoclip": r"$g_u$: the gradient of update $u$, over all parameters together; $p$: the percentile. The threshold "
    "follows the norms (Seetharaman, Wichern, Pardo and Le Roux, 2020). The direction stays.",
    "flow": r"$\partial L / \partial h_t$: what arrives at time step $t$, over all units and sentences; in the LSTM "
    "together with what arrives at the cell state; $c$ the threshold. It is the only kind that changes what earlier "
    "time steps receive." + _CAN_TURN + "which can even grow; the threshold has no line among the norms.",
}

_LOSSES = "Losses are in nats: guessing blindly costs log 2 = 0.69."
_SMALLER = (
    " Clipping is not the only cure: a smaller learning rate α shortens every step, the harmless ones too. Try "
    "{} with the threshold where it is, and look at A."
)
_OWN_LENGTH = (
    " This optimiser divides each gradient by its usual size, so α, not the gradient's norm, sets how far an update "
    "goes: a norm that is cut changes little, and α is usually 0.01 or less."
)
TIMELINES = {
    "sgd": _LOSSES + _SMALLER.format("α = 0.1"),
    "momentum": _LOSSES + _SMALLER.format("a tenth of this α"),
    "rmsprop": _LOSSES + _OWN_LENGTH,
    "adam": _LOSSES + _OWN_LENGTH,
}
"""By optimiser."""
