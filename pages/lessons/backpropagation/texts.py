"""Texts of the page that are the same whatever is chosen; what is computed is in `prose`."""

LEAD = (
    "A weight is used at every word, so a loss at one word changes it through every word before. This page follows the "
    "gradient back in time: first through a network so small that each number fits on the page, then through a whole "
    "sentence. **Look for the number of factors** between a loss and an early word: it grows by one per word."
)

WORDS = (
    "words of the agreement task, such as the artists near the guide. After each word the network chooses: the verb of "
    "the first noun so far is right, and was before there is any"
)
GAIN = "largest |eigenvalue| of W_hh"
WEIGHTS = (
    "W_hy, b_y: from the state to the outputs; W_hh: from state to state; W_xh, b_h: from the word to the state. The "
    "article calls them wy, by, wh, wx, bh"
)

FORWARD_EQUATION = (
    r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h) \qquad y_t = h_t W_{hy} + b_y \qquad "
    r"\hat y_t = \operatorname{softmax}(y_t) \qquad L_t = -\log \hat y_t[\text{right}]"
)
FORWARD_SYMBOLS = (
    r"$x_t$: word $t$ as a one-hot row. $h_t$: state after word $t$, a row; $h_0 = 0$. $y_t$: two outputs. $\hat y_t$: "
    r"their softmax, P(was) and P(were). $L_t$: loss after word $t$ in nats. $\text{target}_t$, below: the right "
    "answer as a row, 1 at its place and 0 elsewhere."
)

BACK_SYMBOLS = (
    r"Vectors are rows, so a product reads from left to right: back in time. $\partial h_t / \partial h_{t-1}$: row "
    r"$j$, column $i$ says how unit $j$ after word $t$ changes with unit $i$ before it; in the lesson *Long memory* "
    r"it stands transposed, to be applied to a change of the state. $1 - h_t^2$: slope of tanh. "
    r"$\odot$: entry by entry. $\partial^+ h_t / \partial W$: change with this one use of $W$, at time step $t$, while "
    r"$h_{t-1}$ stays (the plus as in Pascanu, Mikolov and Bengio, 2013)."
)

UPDATE_EQUATION = r"W \leftarrow W - \alpha \, \frac{\partial L}{\partial W}, \qquad L = L_1 + L_2 + \dots + L_T"
UPDATE = (
    "The gradient of $L$ is the sum of the gradients of all $L_t$. Each weight goes against its own part of it, "
    r"$\alpha$ times as far as that part is long."
)

PROVE = (
    "Nobody has to believe these numbers: move one entry a little up and a little down and measure what that does to "
    "the loss. The difference over the distance is the derivative."
)
PROVE_HELP = "compares the gradient on screen with central differences"
PROOF_EQUATION = (
    r"\frac{\partial L}{\partial \theta} \approx "
    r"\frac{8\,(L_{\theta+\varepsilon} - L_{\theta-\varepsilon}) - (L_{\theta+2\varepsilon} - L_{\theta-2\varepsilon})}"
    r"{12\,\varepsilon}"
)
PROOF = (
    r"$\theta$: one entry at a time, in float64, with $\varepsilon$ = {epsilon} (less near a kink of ReLU, other where "
    "states explode). Each difference goes through one time step, to a gradient that was checked before, so that it is "
    "as large as what it is compared with even where little arrives. Error: the largest difference between the two, "
    "relative to the largest entry of its gradient (of a state: at its own time step). Up to {tolerance} counts as "
    "proven: differences are not exact themselves; a gradient that is off by 1 % would have an error of 10⁻²."
)

SENTENCE = "any sentence of the task's words, up to 30; it is cut before its last was or were"
TASK = "what the network is asked, and after which words"
TRAINED = (
    "0: the weights it starts with; else trained as in the lab: plain SGD with α = 0.6, batches of 32 sentences, norm "
    "clipped at 1"
)

ITEMISED = (
    "Each **row is a loss**, each **column a state**; the colour is the norm of what this loss sends to this state. A "
    "row ends on the right at the loss's own word; go **left** to go back in time. Right of its end a row is empty: a "
    "state that comes later has no part in the loss."
)
ITEMISED_EQUATION = (
    r"\frac{\partial L}{\partial h_t} = \sum_{s \ge t} \frac{\partial L_s}{\partial h_t} \qquad "
    r"\frac{\partial L_s}{\partial h_t} = \frac{\partial L_s}{\partial h_s} \; "
    r"\frac{\partial h_s}{\partial h_{s-1}} \cdots \frac{\partial h_{t+1}}{\partial h_t}"
)
ITEMISED_SYMBOLS = {
    "next_word": r"$L$: mean loss per word; $L_s$: its part after word $s$, so that $L = \sum_s L_s$. A column, added "
    r"up as vectors, is the total $\partial L / \partial h_t$ of the blue line. The orange line is the column's entry "
    r"at $s = t$ alone: the direct part.",
    "agreement": r"$L = L_T$: the loss after the last word, the only one. The blue line is its total, "
    r"$\partial L / \partial h_t$; the direct part (orange) is zero everywhere but at the last word.",
}
ITEMISED_LSTM = r" In the LSTM the way back runs through $h$ and $c$ together; shown is what arrives at $h_t$."

DISTANCES = (
    "The same $W_{hh}$ is used at every time step, so its gradient is a sum: one term for each loss and each time step "
    "up to it. Here the terms are gathered by **how far back** they lie."
)
DISTANCES_EQUATION = (
    r"G = \frac{\partial L}{\partial W_{hh}} = \sum_{d=0}^{T-1} G_d \qquad "
    r"G_d = \sum_s h_{s-d-1}^\top \, \frac{\partial L_s}{\partial (h_{s-d-1} W_{hh})} \qquad "
    r"\text{share of } G_d = \frac{\langle G_d, G \rangle}{\lVert G \rVert^2}"
)
DISTANCES_SYMBOLS = (
    "$d$: time steps from the loss back to the use of $W_{hh}$; 0 is the very word after which the loss is read. The "
    "share says how much of the gradient's length lies in the term; all shares sum to 100%. One below 0 belongs to a "
    "term that points against the sum."
)
