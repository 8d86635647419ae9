"""The class without a fault, to read, to keep, and beside the project's own network."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.lessons.from_text_to_code import networks, sentences, texts
from pages.lessons.from_text_to_code.controls import Settings
from rnn_core.toy_models.first_attempt.faults import mended

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


def forty_lines(settings: Settings) -> None:
    """The class and its use, then what corresponds to what in `rnn_core`, and how far both are apart."""
    st.markdown(texts.forty_lines)
    st.code(mended(), language="python", line_numbers=True)
    download: dict[str, Any] = {"file_name": "forty_lines.py", "mime": "text/x-python", "on_click": "ignore"}
    st.download_button("Download the class", mended(), key="tc_download", icon="⬇️", type="primary", **download)
    st.markdown("So it is used:")
    st.code(USE, language="python")
    st.markdown(texts.twin)
    twins = texts.options("twins").items()
    st.table(pd.DataFrame(twins, columns=["forty lines", "rnn_core"]).set_index("forty lines"))
    st.markdown(sentences.twins_sentence(networks.compare(*settings)))
