"""Texts of the page that are the same whatever is chosen; what is computed is in `prose`."""

LEAD = (
    "A recurrent network fits into forty lines of NumPy. A class typed in from an article may have as many lines and "
    "never learn. Here is such a first attempt, in our own code: it has the faults of the article's class, each as a "
    "switch. **Look for what tells you of a fault**: an error, the gradient check, the loss, or nothing at all."
)

SYMBOLS_HELP = "how many different symbols there are to read and to say: the inputs D and the outputs O"
UNITS_HELP = "as many units as symbols make some shapes fit that should not"

ONE = (
    "The class has one fault and no other. What each fault does to shapes and sums is what the article's class does "
    "(Nair, *Unlocking the power of recurrent neural networks*, Towards AI, 2023); names and code are ours."
)
TITLE = "It **{title}**. The faulty lines, with a line before and after:"
SNIPPETS = ("As typed in", "As it is meant")
QUESTION = "With this fault alone: which gradients will be wrong?"
STOPS, NONE, ALL = "it stops with an error", "none: all five are right", "all five"
ANSWERS = ("W_hh alone", "b_h and b_y", "W_xh, W_hh and b_h", ALL, NONE, STOPS)

CHECK_EQUATION = (
    r"\text{error of } \frac{\partial L}{\partial W} = \frac{\max \lvert G - \Delta \rvert}"
    r"{\max(\max \lvert G \rvert, \max \lvert \Delta \rvert)} \qquad "
    r"\Delta = \frac{8\,(L_{w+\varepsilon} - L_{w-\varepsilon}) - (L_{w+2\varepsilon} - L_{w-2\varepsilon})}"
    r"{12\,\varepsilon}"
)
CHECK_SYMBOLS = (
    "$G$: the gradient that the class computes, of one sequence. $\\Delta$: central differences of its own loss, each "
    "entry $w$ moved a little up and down, in float64. An error up to {tolerance} counts as right; differences are not "
    "exact themselves. 1 is as wrong as no gradient at all, 2 as wrong as can be."
)

WHY = {
    "start_shape": (
        "Vectors are rows here: the state is a row of $H$ numbers. A column of $H$ rows with one number each is "
        "another thing, and $h_{t-1} W_{hh}$ has no meaning for it."
    ),
    "elementwise": (
        "$y_t = h_t W_{hy}$ sums over the units: $y_t[k] = \\sum_i h_t[i]\\, W_{hy}[i, k]$. `@` does that. `*` "
        "multiplies entry by entry and sums nothing."
    ),
    "last_state": (
        "The way back needs every state that the way forward went through: $h_t$ for the slope of tanh and for "
        "$W_{hy}$, $h_{t-1}$ for $W_{hh}$. So `forward` must keep them all."
    ),
    "out_of_range": (
        "The slope of tanh at time step $t$ is $1 - h_t^2$, with the state of that same time step. `T` is how many "
        "there are; counted from 0, the last one has the number `T - 1`."
    ),
    "other_name": "The gradient is made as `da` and asked for as `d_a`. To Python these are two things.",
    "bias": (
        "$a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$, so $\\partial L / \\partial b_h = \\sum_t \\partial L / \\partial "
        "a_t$. The output's bias is no part of $a_t$; it gets $\\sum_t \\partial L / \\partial y_t$ and nothing else."
    ),
    "one_term": (
        "$h_t$ hears from two sides: from its own output, and from $h_{t+1}$. Both must pass through tanh to reach "
        "$a_t$: $\\partial L / \\partial a_t = (\\ldots + \\ldots) \\odot (1 - h_t^2)$. Without the parentheses, only "
        "the second does: `*` comes before `+`."
    ),
    "no_recurrence": (
        "On the way forward, $h_t$ enters $a_{t+1}$ as $h_t W_{hh}$. So on the way back, $\\partial L / \\partial "
        "a_{t+1}$ returns through $W_{hh}^\\top$. Left out, each unit gets the gradient of its namesake."
    ),
    "wraps": (
        "Before the first time step there is the initial state, 0. `h[t - 1]` with $t = 0$ is `h[-1]`, and that is "
        "the last row: $W_{hh}$ gets a term from the end of the sequence."
    ),
    "last_error": (
        "$L = \\sum_t L_t$, and each $L_t$ has its own $\\partial L_t / \\partial y_t = \\hat y_t - \\text{target}_t$. "
        "The last one says nothing about the others."
    ),
    "tiny_weights": (
        "With weights of a thousandth, states are about a thousandth, and what reaches $W_{hh}$ is a product of two "
        "such numbers: a few millionths. The gradient is right, and too small to get away from there soon."
    ),
}
"""Why it is a fault, by its name."""

NUMPY = {
    "start_shape": (
        "NumPy compares the inner sizes of the product, 1 and $H$, and stops, one line after the fault. With the "
        "product the other way round, `self.W_hh @ h_t`, it would not: the column $(H, 1)$ and the row $(H,)$ "
        "**broadcast** to an $(H, H)$ matrix, and the network would have $H$ states at once."
    ),
    "elementwise": (
        "For `*`, NumPy compares shapes from the right: $H$ with $O$. Where they differ, it stops at once. Where $H = "
        "O$ they **broadcast**: $y_t$ becomes a matrix, `forward` returns, and the error comes later, from a line of "
        "`backward` in which nothing is wrong. Try it: as many units as symbols."
    ),
    "last_state": (
        "There is one row, so index `T - 1` is out of range. The error names a line of `backward`; the fault is in "
        "`forward`. Had the last state been kept flat, as $H$ numbers, `h[t]` would have been its unit $t$, a single "
        "number, and with units enough its product would have **broadcast** into the gradient without a word."
    ),
    "out_of_range": (
        "An index beyond the end is an IndexError. One before the beginning is not: `h[-1]` is the last row, which is "
        "how another fault of this list goes unseen."
    ),
    "other_name": (
        "It is Python that stops, and only when it comes to that line: a name is looked up when it is used, not when "
        "the class is read."
    ),
    "bias": (
        "`+=` asks whether $(H,)$ fits into $(O,)$. Where $H$ and $O$ differ, it stops. Where they are equal it adds, "
        "and nobody says a word: $b_y$ gets both gradients and $b_h$ none, an error of exactly 1. Try it: as many "
        "units as symbols."
    ),
    "one_term": "All shapes fit, so NumPy has nothing to say.",
    "no_recurrence": "`da` has $H$ numbers with $W_{hh}$ and without it: all shapes fit, so NumPy has nothing to say.",
    "wraps": "A negative index counts from the end; that is a feature, and NumPy has nothing to say.",
    "last_error": "All shapes fit, so NumPy has nothing to say.",
    "tiny_weights": (
        "There is nothing to say, for the gradient check neither: it asks whether a gradient is right, not whether it "
        "is of any use. Only the loss tells."
    ),
}
"""What NumPy does, or would do, by the fault's name."""

SWITCHES = "On: the fault is in. They stand in the order in which one meets them; the first six can stop the class."
SWITCH_HELP = {
    True: "one of the six faults that the lesson is about",
    False: "stands in the same lines of the article's class",
}
MEND = (
    "Now as typed in: all faults at once. The class is run as it stands. Mend what shows, look again, and go on until "
    "all five gradients are right **and** the loss falls: these are two things."
)
LEARN = (
    "$\\hat y_t$: softmax of the outputs $y_t$; the class keeps its logarithm, `log_p`. "
    "Each update is of one fresh sequence, with α = {alpha:g}; a point is the mean of {group} updates, measured before "
    "the class has learnt from them. Both classes see the same sequences. *Guessing* knows that nothing has come yet, "
    "and otherwise gives every symbol an equal chance."
)
UPDATE_EQUATION = r"W \leftarrow W - \alpha \, G \qquad L = -\sum_t \log \hat y_t[\text{right}]"

FORTY = (
    "With every fault mended this is left: at most forty lines, empty ones and docstrings not counted. It needs NumPy "
    "and nothing else; on every change of this project, tests compare its gradients with central differences and with "
    "PyTorch."
)
USE = """import numpy as np
from forty_lines import RNN

rng = np.random.default_rng(0)
rnn = RNN(inputs=3, units=8, answers=3, rng=rng)
for _ in range(600):
    read = rng.integers(3, size=8)
    x = np.eye(3)[read]  # one-hot
    target = np.eye(3)[np.append([0, 0], read[:-2])]  # the symbol of two time steps ago
    rnn.update(x, target, alpha=0.03)
h, log_p = rnn.forward(x)
print("right:", (log_p.argmax(axis=1) == target.argmax(axis=1)).mean())
"""
TWIN = "The same network is in `rnn_core`, for any cell and many sequences at once. What corresponds to what:"
TWIN_TABLE = {
    "forty lines": (
        "`forward`: a loop over one sequence",
        "`h[t]`, t = 0 … T − 1",
        "`log_p`, `loss`",
        "`dy`",
        "`da` in the loop",
        "`gradients[…] += np.outer(…)` in the loop",
        "`update`",
    ),
    "rnn_core": (
        "`bptt.forward`: a loop over a batch, all $x_t W_{xh} + b_h$ computed before it",
        "`tape.h[t + 1]`; `tape.h[0]` is the state before the first time step",
        "`losses.softmax_cross_entropy` of `tape.logits`, where the batch's weights say",
        "`dlogits`",
        "`cells.VANILLA.step_vjp`, the way back through one time step; other cells have their own",
        "`bptt.backward`: one matrix product over all time steps and sequences, after the loop",
        "`training.iterate` with the optimiser `sgd`, after clipping",
    ),
}
"""Column by column."""
