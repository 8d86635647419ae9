"""The part of a page that shows what the network reads."""

from __future__ import annotations

import streamlit as st

from pages.lab import texts
from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.tasks import agreement

_EXAMPLES = 6


def task_section(config: Config) -> None:
    """The task in three sentences, and the first sentences of the run's first batch."""
    with st.expander("The task: what both networks read"):
        st.markdown(texts.task)
        batch = batch_of_update(config, 0)
        for k in range(min(_EXAMPLES, config.batch_size)):
            words = " ".join(agreement.VOCABULARY[token] for token in batch.inputs[:, k])
            st.markdown(f"- {words} → **{agreement.ANSWERS[batch.targets[-1, k]]}**")
