"""What the page says whatever its controls say."""

from rnn_core.experiments.why_recurrence import BASE, BEST, KINDS, LENGTHS, MOVED, RATES, SHIFTS, SLOTS
from rnn_core.tasks import homograph
from rnn_core.tasks.homograph import BEFORE, WORDS_OF_SLOT

LEAD = (
    "A conventional network takes all words at once. Either each position has weights of its own: then it learns anew "
    "at each, and has room for a fixed number of words. Or all are added up: then their order is lost. Both limits are "
    "experiments here. Look for the network that stays right when the sentence moves, and for what the other two can "
    "do."
)

TASK = (
    "“One should never tell a *lie*”, “Doctor asked him to *lie* down”: the same word, a noun and a verb. Three "
    "networks of about equal size learn to tell which. In half of their sentences other words tell. In the other half "
    "nothing but order does: “they asked the judge to *lie*” and “they asked to judge the *lie*” have the same words."
)

FAIR = (
    f"All three see the same {BASE.updates:,} batches of {BASE.batch_size} new sentences. Each has the learning rate, "
    f"of {len(RATES)} tried, with which it does best on fresh sentences: "
    + ", ".join(f"{KINDS[kind]} {rate:g}" for kind, rate in BEST.items())
    + "."
)

SENTENCE = "with exactly one of " + ", ".join(homograph.HOMOGRAPHS) + "; the list below has all words"
SEED = "where the initial weights and the training sentences come from"
EVERYWHERE = (
    f"off: at most {BEFORE} words stand before a training sentence, such as “in town”; on: at most {SHIFTS[-1]}, so "
    "that every position is seen in training"
)
BEFORE_HELP = "how far the sentence is moved: words such as “today in town”, which tell nothing"
ADDED = "how many words make the sentence longer"
GROWS = {"before": "the core moves", "after": "the core stays where it is"}
CUTS = {"end": f"the first {SLOTS} words are kept", "front": f"the last {SLOTS} words are kept"}

NETWORKS_EQUATION = r"""
\begin{aligned}
\text{bag of words:}\quad & a = \Big(\tfrac{1}{T}\sum_{t=1}^{T} e_t\Big) W_1 + b_1 \\
\text{fixed positions:}\quad & a = \sum_{t=1}^{T} e_t\, W_1^{(t)} + b_1 \\
\text{RNN:}\quad & a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h
\end{aligned}
"""

NETWORKS_SYMBOLS = (
    "e_t: embedding of word t, a row of E. T: words of the sentence. W₁⁽ᵗ⁾: the block of W₁ for position t. x_t: word "
    "t as a one-hot vector, so that x_t W_xh is its row of W_xh. After each, h = tanh(a), and a noun and a verb "
    "output."
)

_LAST = str(SLOTS).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))

SHARING = (
    f"**Fixed positions** have one table E for all positions, but {SLOTS} blocks W₁⁽¹⁾ … W₁⁽{_LAST}⁾. An update moves "
    "block t only through the words that stood at position t. What it learns at position 3 lies in block 3, and block "
    "8 does not know it. **The RNN** has one W_xh and one W_hh, and uses them at every time step. What it learns at "
    "one position it knows at all. **The bag** shares everything, too, but the mean has forgotten the order."
)

NOT_YET = "How each position reads it, and why, is shown with the answer to the first question."
READ_WORDS = dict.fromkeys(("to", "the", "judge", "lie", "never", "him"), "")
READ_HELP = "a word of the sentences' cores"
COSINES_EQUATION = r"\cos\big(e\,W_1^{(s)},\; e\,W_1^{(t)}\big)"

MOVE = (
    "Before and after its core, a sentence may have words such as “in town today”, which tell nothing. In training at "
    f"most {BEFORE} of them stood before the core. Moved by two words more, {MOVED} stand there. All of these words "
    "occur in training, and the sentence still fits."
)
MOVE_QUESTION = (
    f"{MOVED} words stand before each core, and nothing but order tells. Which network is still right in at least "
    "9 of 10 sentences?"
)

MOVED_OVER_SEEDS = (
    "Over 20 seeds, moved, where order tells. Trained at the first positions: the RNN is right in 100%, fixed "
    "positions in 0% to 2%, the bag in 50%. Trained at all positions: fixed positions are right in 100%, the RNN in "
    "91.5% to 100%. `python -m rnn_core why-recurrence` prints the table."
)

LONG = (
    f"Fixed positions are built for {SLOTS} words. A shorter sentence leaves the last of them empty (zeros). A longer "
    "one must be cut. The bag and the RNN read all words."
)
LONG_LENGTH = LENGTHS[LENGTHS.index(20)]
LONG_QUESTION = (
    f"Sentences get {LONG_LENGTH} words, the additional ones all **after** their core; fixed positions keep the first "
    f"{SLOTS}. Nothing but order tells. Which network is still right in at least 9 of 10 sentences?"
)

LONG_OVER_SEEDS = (
    "Over 20 seeds, 20 words, where order tells. Trained at the first positions: grown after, the RNN is right in 50% "
    "to 100%, half of the seeds below 70%, and fixed positions that lose the end in 100%; grown before, the RNN in 99% "
    "to 100%, fixed positions in 50% without the end, 19% to 34% without the front. Trained at all positions: grown "
    "after, the RNN in 31% to 96%, half of the seeds below 53%, and fixed positions that lose the end in 100%; grown "
    "before, the RNN in 90% to 100%, fixed positions in 50% without the end, 81% to 88% without the front."
)

WORDS = "\n".join(f"- {', '.join(words)}" for words in WORDS_OF_SLOT.values())
PATTERN = (
    "An opening or a closing is made of “in town”, “near school” … and “today”. Sentences are grammatical but need "
    "not make sense."
)
