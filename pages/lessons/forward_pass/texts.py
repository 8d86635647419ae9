"""Texts of the page that are the same whatever is chosen; what is computed is in `prose`."""

LEAD = (
    "A recurrent network reads one word at a time. Whatever it keeps of the words before is in one row of numbers, the "
    "state $h$. This page computes it, number by number, from your own sentence. **Look for the two ways into each "
    "state:** one from the word, one from the state before."
)

WORDS = "any words at all: the network's vocabulary is your sentence. A word that comes twice is worth a try"
UNITS = "few, so that every number fits on the page"
GAIN = "largest |eigenvalue| of W_hh; the larger, the more the state before weighs"
SEED = "where the weights come from"
TIME_STEP = "which word is read; all pictures and equations of this part follow"
ENTRY = "h1 is the first entry of the state, y1 the output for the first word of the vocabulary"

SYMBOLS = (
    "$x_t$: word $t$ as a one-hot row, 1 at the word's place and 0 elsewhere. $h_t$: state after word $t$; $h_0 = 0$. "
    r"$a_t$: pre-activation. $y_t$: an output for each word of the vocabulary. $\hat y_t$: their softmax, the "
    "probability of each word to come next. $W_{xh}$, $W_{hh}$, $W_{hy}$: weights. $b_h$, $b_y$: biases. The weights "
    "are the same at every time step. Vectors are rows, so a product reads from left to right."
)
HOVER = "Point at a cell or a bar, or tap it: it tells the sum that it comes from. Colours end at ±1."

ZERO = "The only way from one word to the next is $W_{hh}$. What does the state lose without it?"
ZERO_EQUATION = r"W_{hh} = 0: \qquad h_t = \tanh(x_t W_{xh} + b_h)"
ZERO_QUESTION = "What would $h_2$, the state after “{word}”, become if $W_{{hh}}$ were 0?"
NOTHING, SAME, ALONE = "all zeros", "the same as now", "what the word alone gives"

EMBEDDING = (
    "A one-hot row has a single 1. The product $x_t W_{xh}$ multiplies every row of $W_{xh}$ with 0 but one, and that "
    "one with 1. So **a word's row of $W_{xh}$ is its embedding**: looking it up and multiplying are the same. "
    "Training changes these rows like any other weight."
)

WHY_TANH = (
    "What stands between $a_t$ and $h_t$ decides how large a state can become. Each state goes into the next, so a "
    "function without an upper end can let it grow from word to word."
)
RANGES = {
    "tanh": "keeps every state between −1 and 1, and 0 stays 0. Its slope is 1 at 0 and less everywhere else",
    "relu": "makes negative numbers 0 and lets positive ones through: no state is below 0, none has an upper end",
    "sigmoid": "keeps every state between 0 and 1; 0 becomes ½. Its slope is at most ¼",
    "identity": "changes nothing. Without a nonlinearity the state is a sum of the words' rows, each multiplied with "
    "$W_{hh}$ once per word since: all that the network can compute is linear",
}
LONG = (
    "Now a network reads for long: your words over and over, or once and then nothing ($x_t = 0$: silence). It has "
    "more units, its biases are 0 as before any training, and it computes in float32, which ends at 3.4·10³⁸. All four "
    "activations get the same weights."
)
LONG_EQUATION = (
    r"h_t = f(x_t W_{xh} + h_{t-1} W_{hh}) \qquad "
    r"f \in \{\tanh,\ \mathrm{ReLU},\ \sigma,\ \mathrm{id}\}"
)
LONG_SYMBOLS = (
    r"$\sigma(a) = 1 / (1 + e^{-a})$, $\mathrm{ReLU}(a) = \max(a, 0)$, $\mathrm{id}(a) = a$. Dashed: 1, beyond which "
    "tanh and sigmoid cannot go."
)
SEEDS = (
    "**Over 20 seeds** (32 units, five words over and over, 200 words): with identity and a gain of 1.1 or more, all "
    "20 networks have a state beyond 1,000, and with a gain of 2 all 20 overflow. With ReLU 17 of 20 are beyond 1,000 "
    "at a gain of 2, 4 of 20 at 1.5, none at 1.1: it needs a larger gain to grow, and which network does is a matter "
    "of its weights. In silence, tanh, ReLU and identity with a gain of 0.9 collapse below 0.001 in 20 of 20; tanh "
    "with 1.1 or more in none, sigmoid in none. `python -m rnn_core state-growth` prints the table."
)
GROWTH_QUESTION = (
    "With **{activation}**, a gain of **{gain:g}** and {units} units: how large is the largest entry of the state "
    "after **{T} words**{silence}?"
)
