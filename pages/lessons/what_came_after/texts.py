"""Texts of the page that are the same for every run; what is computed from networks is in `prose`."""

from __future__ import annotations

from rnn_core.experiments.successors import WIDTH
from rnn_core.tasks.forecast import DEGREES, FLOOR, LAST, SEASON

LEAD = (
    "Gates were an answer to the vanishing gradient; attention, at first, to the one vector between encoder and "
    "decoder (Bahdanau, Cho and Bengio, 2015). Both change how a gradient gets from the verb back to its subject. "
    "Here the vanilla RNN of the lessons before, a GRU, an LSTM and attention read the same sentence. A factor on the "
    "gradient's way, such as $\\partial h_t / \\partial h_{t-1}$, is a *Jacobian*. **Look for how many Jacobians the "
    "gradient goes through on its way, and for what of it arrives.** The last part leaves sentences for a forecast."
)
LABELS = ("The way back", "What attention looks at", "Other lengths", "A forecast")

SENTENCE = "any sentence of the task's words; it is cut before its last was or were"
SEED = "where the weights and the training sentences come from"
MODEL = "its line is the widest in the upper picture, and its equation stands beside"
WHEN = "before the first update, or after 600 of them"
BEFORE, AFTER = "before training", "after training"

CAPTIONS = {
    "vanilla": "one state, multiplied anew with each word",
    "gru": "gates mix the old state with a new one",
    "lstm": "a cell state that is added to, behind gates",
    "attention": "the last word looks at all others at once",
}

WAYS = (
    "Each point is the norm of the gradient of the loss with respect to what the network keeps for that word, divided "
    "by the norm at the last word: $h_t$ in the vanilla RNN and the GRU, the cell state $c_t$ in the LSTM, the word's "
    "own vector $x_t$ in attention. Below: how many Jacobians it was multiplied with on the shortest way there, "
    "counted in the networks themselves: a Jacobian counts if it is not all zero. To the word's own vector it would be "
    "one more in the recurrent networks."
)
_CHAIN = (
    r"\frac{\partial L}{\partial %s_t} = \frac{\partial L}{\partial %s_T}\,\bigl(J_{t+1} J_{t+2} \cdots J_T\bigr)^\top"
)
WAY_EQUATIONS = {
    "vanilla": (_CHAIN % ("h", "h"), r"J_k = W_{hh}\,\mathrm{diag}(1 - h_k^2)"),
    "gru": (_CHAIN % ("h", "h"), r"J_k = \mathrm{diag}(z_k) + \dots"),
    "lstm": (
        _CHAIN % ("s", "s"),
        r"\frac{\partial c_k}{\partial c_{k-1}} = \mathrm{diag}(f_k) + \dots \quad \text{within } J_k",
    ),
    "attention": (
        r"\frac{\partial L}{\partial x_s} = \frac{\partial L}{\partial c_T}\, J_s^\top",
        r"J_s = \alpha_{Ts}\Bigl(W_v + \tfrac{1}{\sqrt d}\, W_k q_T^\top (v_s - c_T)\Bigr)",
    ),
}
WAY_SYMBOLS = {
    "vanilla": "$T - t$ Jacobians, one for each word between. $W_{hh}$: recurrent weights; $h_k$: state after word "
    "$k$; $1 - h_k^2$: slope of tanh. Row $i$, column $j$ of $J_k$ says how unit $j$ of $h_k$ changes with unit $i$ of "
    "$h_{k-1}$.",
    "gru": "$T - t$ Jacobians, as many as in the vanilla RNN: gates do not shorten the way. $z_k$: update gate; where "
    "it is near 1, $J_k$ is near the identity. The dots: what comes through the gates and the candidate.",
    "lstm": "$T - t$ Jacobians, as many as in the vanilla RNN: gates do not shorten the way. $s_t$: $h_t$ and $c_t$ "
    "side by side; $f_k$: forget gate; where it is near 1, the cell state's part of $J_k$ is near the identity. The "
    "dots: what goes through $h_{k-1}$ and the gates.",
    "attention": r"One Jacobian, however far back $s$ is. $\alpha_{Ts}$: share of attention that the last word gives "
    "to word $s$; $v_s = x_s W_v$: what that word offers; $q_T = x_T W_q$: what the last word asks; $c_T$: what it is "
    f"given; $d = {WIDTH}$. For $s = T$ the question itself depends on $x_s$ and adds a term.",
}

LOOKS = (
    "The bars are the shares $α_{Ts}$ that the last word gives to each word. The gradient goes back through the same "
    "shares: a word with a share near 0 gets next to none of it, but for the last, whose question depends on it, too."
)
ATTENTION_EQUATIONS = (
    (3, r"x_t = W_x[\text{word}] + p_t"),
    (5, r"\alpha_{ts} = \mathrm{softmax}_{s \le t}\,\frac{q_t \cdot k_s}{\sqrt d}"),
    (4, r"c_t = \sum_{s \le t} \alpha_{ts} v_s, \quad y_t = c_t W_{hy} + b_y"),
)
ATTENTION_SYMBOLS = (
    "$q_t = x_t W_q$: what word $t$ asks; $k_s = x_s W_k$: what word $s$ is known by; $v_s = x_s W_v$: what it offers. "
    "$s ≤ t$ is the causal mask: no word sees those after it. $p_t$: code of the position, sines and cosines of $t$; "
    "they are not learnt, and exist for positions that no training sentence had. One head, one layer, no residual "
    "connection, no normalisation (after Vaswani et al., 2017, equation 1 and section 3.5)."
)
ATTENTION_FAIR = (
    "One layer of attention adds up words. What a word offers depends on itself and its position; the other words "
    "change its share alone. That is enough here, where the subject stands at one of three places. A recurrent "
    "network reads in order, and needs no code for it."
)
WEIGHTS = "Every weight of attention"

LENGTHS = (
    "All four were trained on sentences of 14 words alone, in 600 updates each, with Adam, the same batches, clipping "
    "by norm at 1, and a learning rate chosen for each from 0.001, 0.003 and 0.01 with other seeds. Accuracy is the "
    "lower of that on fresh sentences and on those with pairs of subject and pattern that were never trained. Far "
    "below half is worse than a coin: the number of the subject is still there, and is read as its opposite."
)
STUDY_TITLE = "Over 20 seeds, trained at each length"
STUDY_ACCURACY = "Seeds that solved the task (above 99%), and median held-out accuracy:"
SOLVED = {
    "Vanilla RNN": ("15 of 20, 100.0%", "10 of 20, 99.1%", "1 of 20, 72.5%", "0 of 20, 49.4%", "0 of 20, 49.3%"),
    "GRU": ("20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%"),
    "LSTM": ("20 of 20, 100.0%", "20 of 20, 100.0%", "20 of 20, 100.0%", "19 of 20, 99.8%", "5 of 20, 72.6%"),
    "Attention": ("17 of 20, 99.9%", "19 of 20, 99.7%", "17 of 20, 99.7%", "14 of 20, 99.5%", "19 of 20, 99.8%"),
}
STUDY_GRADIENT = "Gradient at the subject ÷ at the last word, median before training → after it:"
ARRIVES = {
    "Vanilla RNN": ("0.3 → 0.77", "0.23 → 1.2", "0.12 → 0.0054", "0.062 → 1.2·10⁻¹²", "0.012 → 4.8·10⁻⁵"),
    "GRU": ("0.043 → 0.88", "0.018 → 0.24", "0.0033 → 0.37", "6.5·10⁻⁴ → 0.53", "1.6·10⁻⁵ → 0.56"),
    "LSTM": ("0.29 → 3.4", "0.22 → 1.1", "0.12 → 0.54", "0.09 → 1.7", "0.025 → 0.045"),
    "Attention": ("0.61 → 8.1", "0.55 → 8.8", "0.4 → 7.5", "0.31 → 7.2", "0.22 → 7.1"),
}
STUDY = (
    "What this does not say: that the most gradient wins. Before training, the least of it arrives in the GRU, in "
    "the median at every length; yet the GRU alone solves the task in all seeds at every length. A short way does not "
    "decide what is learnt. Trained at 14 words and asked at 40, the GRU has a median accuracy of 100.0%, the LSTM of "
    "99.9%, attention of 87.8%: it meets codes of positions there that it was never trained with. If each word beyond "
    "the 14th is given the code of the 14th, the same networks of attention have a median of 99.8%."
)
COMMAND = "python -m rnn_core successors"

FORECAST = (
    "A made-up weather station: a level, a trend, a yearly season, and weather that is a little like last month's. "
    "The network reads 24 months, one value per time step, and says the next: many-to-one, with the squared error "
    "as loss. Linear autoregression reads the same 24 months, and is fitted by least squares to the very windows that "
    "the network was trained on."
)
FORECAST_EQUATIONS = (
    r"\hat x_{t+1} = h_t W_{hy} + b_y",
    r"L = \frac{1}{B} \sum_{b=1}^{B} (\hat x_{t+1} - x_{t+1})^2",
)
FORECAST_SYMBOLS = (
    r"$\hat x_{t+1}$: the forecast, after $h_t$ has read the months up to $t$; $x_{t+1}$: what came; $B$: stations in "
    f"a batch. Values are in units of {DEGREES:g} °C. In the long run no forecast can have a mean absolute error "
    f"below {DEGREES * FLOOR:.2f} °C: that much of next month's weather is new."
)
RULES = {
    LAST: "next month is as this one",
    SEASON: "next month is as a year before",
    "linear autoregression": "a weighted sum of 24 months, and a constant",
    "RNN": "the network",
}
CELL = "recurrent cell of the network"
WARMING = (
    "of the station in the picture; training stations had trends of both signs, about one in three beyond 1.2 °C a year"
)
OTHER = "drawn beside the network's"
FORECAST_ERRORS = {
    "last month": ("2.755 (2.660 to 2.781)", "0 of 20", "2.688 (2.535 to 2.861)"),
    "a year before": ("1.606 (1.579 to 1.651)", "0 of 20", "3.038 (2.830 to 3.275)"),
    "linear autoregression": ("0.886 (0.871 to 0.912)", "–", "0.923 (0.784 to 1.012)"),
    "Vanilla RNN": ("0.990 (0.937 to 1.107)", "0 of 20", "2.621 (1.698 to 3.272)"),
    "GRU": ("0.944 (0.913 to 1.008)", "0 of 20", "2.121 (1.597 to 2.965)"),
    "LSTM": ("0.943 (0.915 to 1.026)", "0 of 20", "2.011 (1.288 to 3.510)"),
    "no forecast can be better than": ("0.798", "–", "–"),
}
FORECAST_HEADS = (
    "mean absolute error in °C: median (lowest to highest)",
    "seeds better than linear",
    "the same on a station that warms by 3 °C a year, over 60 months",
)
FORECAST_STUDY = (
    "In 1,000 updates no network of 60 beats the linear model, which is fitted exactly and in an instant. All beat "
    "both rules on stations like those of training. Where it warms on and on, beyond what was trained, the linear "
    "model is nearly as good as before; the networks' errors more than double in the median. States of tanh are "
    "bounded, a weighted sum is not. Where a series is made of trend, season and noise, begin with the linear model."
)
FORECAST_STUDY_TITLE = "All cells over 20 seeds"
FORECAST_COMMAND = "python -m rnn_core forecasts"
