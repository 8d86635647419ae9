"""Texts of the page on long memory that are the same for every run; what is computed from runs is in `prose`."""

from __future__ import annotations

from rnn_core.diagnostics import SOLVED_ABOVE
from rnn_core.diagnostics.retention import LOST
from rnn_core.experiments.memory import HELD_OUT_ACCURACY
from rnn_core.tasks.agreement import DISAGREE, FRESH

LEAD = (
    "“The artists who performed yesterday had a lot of achievements in their name and **were** from India.” To the "
    "network, only the second word tells that it must be *were*, not *was*. How many words may stand between the two "
    "until a network has forgotten? Three cells are trained on sentences of growing length: the vanilla RNN of the "
    "lessons before, and the GRU and the LSTM, which have gates that keep or let in (their equations are below). Each "
    "is trained without and with clipping, from several seeds. (Clipping shortens a gradient that is longer than a "
    "threshold; the next lesson shows what for.) **Look for the length at which each falls to the chance line**, and "
    "at what clipping changes about it."
)

CURVES = (
    "Each dot is one network, trained from a seed of its own on sentences of that length: open without clipping, "
    "filled with clipping. The line runs through the medians, the band from the worst seed to the best. Grey: rules "
    "that need no training."
)
EMPTY = "Here the networks will stand, once you have said what you expect. Training goes on meanwhile."
CHANCE = (
    "What the grey lines are. **Chance**: always the same answer. **Vote of nouns**: the number that most nouns before "
    "the verb have; a tie is worth half. **Last noun**: the number of the noun nearest to the verb. Solving the task "
    "takes more than any of them: the subject's number, carried over the words between."
)
HONEST = (
    "At chance means: not learnt in so many updates with this optimiser. It does not mean: impossible. Which cell "
    "reaches furthest depends on the optimiser, too. With SGD, as the page opens, it is the LSTM. With Adam at "
    "α = 0.01 and clipping, the GRU solved 40 words in 20 of 20 seeds, the LSTM in 4; the vanilla RNN solved 20 words "
    "once. Choose it and see. Each length has its own networks; none is asked about another length."
)

AXIS = "distance: words between the start of the sentence and its verb; attractors: nouns between subject and verb"
MEASURES = {
    HELD_OUT_ACCURACY: "the lower of two: fresh sentences, and subjects that training never showed in that pattern",
    FRESH: "sentences drawn like those of training",
    DISAGREE: "every noun between subject and verb has the other number",
}
MEASURE = f"On which sentences. Solved is always: {HELD_OUT_ACCURACY} above {SOLVED_ABOVE:.0%}."
SEEDS = "networks at each point, each with other initial weights and other sentences"
FIRST_SEED = "the others count up from it"
LONGEST = "words before the verb of the longest sentences"
MOST = "the horizontal axis goes from no attractor to so many"
LENGTH = "of all sentences; more, if the most attractors need more room"
OPTIMIZER = "how gradients change the weights; a change sets α to a value that suits the new one"
OPTIMIZERS = {
    "sgd": "plain descent",
    "momentum": "keeps going",
    "rmsprop": "divides by the root mean square of each gradient so far",
    "adam": "the same with momentum",
}
CLIP = "what the blue runs do to their gradients; the orange ones do nothing"
AT = {"distance": "Words before the verb", "attractors": "Number of attractors"}
LOOKED_AT = "some of the networks above, one of each cell without and with clipping, are looked into below"

SENTENCE = "any sentence of the task's words; it is cut before its last was or were"
RANK = "1: the network loses most without it"

FLOW = (
    "Each arrow goes from a word to the last "
    r"state, the one that chooses the verb. Its width and colour are $\lVert \partial h_T / \partial h_t \rVert$: by "
    r"how much $h_T$ can move if $h_t$ is moved a little. Wide: what is stored at that word still matters at the end. "
    f"Dashed with a cross: below {LOST:g}, lost on the way. All panels share one scale."
)
FLOW_EQUATION = (
    r"\begin{gathered} \frac{\partial h_T}{\partial h_t} = \frac{\partial h_{t+1}}{\partial h_t} \, "
    r"\frac{\partial h_{t+2}}{\partial h_{t+1}} \cdots \frac{\partial h_T}{\partial h_{T-1}} \\[1ex] "
    r"\text{vanilla RNN:} \quad \frac{\partial h_t}{\partial h_{t-1}} = W_{hh} \operatorname{diag}(1 - h_t^2) "
    r"\end{gathered}"
)
FLOW_SYMBOLS = (
    r"$h_t$: hidden state after word $t$, a row; $T$: the last word before the verb. $\lVert \cdot \rVert$: the "
    r"largest singular value, the most that any small change of $h_t$ is stretched. In the LSTM two states are handed "
    r"on, $h_t$ and $c_t$; its arrows are $\partial h_T / \partial (h_t, c_t)$, both together. Here a factor is "
    "applied to a change of a state, in *Backpropagation through time* to a gradient: it stands transposed, compared "
    "with that lesson. A wide arrow says that a change there is felt at the end. It does not say that the network uses "
    "it well."
)

GATES = (
    "A gate is a number between 0 and 1 for every unit and every word: how much of the old is kept, how much of the "
    "new is let in. Each row is a unit, each column a word. Yellow is open, dark is shut. On top stand the units whose "
    "keep gate is most open."
)
GATES_EQUATION = {
    "gru": r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
    "lstm": r"c_t = f_t \odot c_{t-1} + i_t \odot g_t \\ h_t = o_t \odot \tanh(c_t)",
}
GATES_SYMBOLS = (
    r"$\odot$: entry by entry. $z, f$: the keep gates; what they let through from word to word is a product over the "
    r"words between, $f_{t+1} \odot f_{t+2} \odot \cdots \odot f_T$. $r$: how much of $h_{t-1}$ enters $n_t$; $i$: how "
    r"much of $g_t$ is written; $o$: how much of the cell is shown. $n_t, g_t$: the new values, by tanh. A unit whose "
    r"keep gate is not near 1 can still remember, by writing itself anew through $W_{hh}$."
)

UNITS = (
    "The network reads sentences that are the same but for the number of the subject and "
    "of the nouns after it. A unit whose curves part by colour at the subject, and stay apart up to the end, carries "
    "the subject's number; one that parts by dashes follows the attractors. Then each unit is taken away in turn: held "
    "at its mean for that word, or at 0, in all sentences."
)
UNITS_SOURCE = (
    "After Lakretz, Kruszewski, Desbordes, Hupkes, Dehaene and Baroni, “The emergence of number and syntax units in "
    "LSTM language models”, NAACL 2019."
)
