"""The frame of every page: its settings, the navigation, and the style that all pages share."""

from __future__ import annotations

import streamlit as st

from . import path, teacher

_STEADY = "[data-stale='true'] { opacity: 1 !important; transition: none !important; }"
"""Charts do not fade while a run trains: most runs are so short that the page would only flicker."""

_EQUATIONS = """@media (max-width: 640px) {
    .katex-display > .katex { font-size: 1.05rem !important; white-space: normal !important; }
    .katex-display:has(.mtable) > .katex { font-size: 0.82rem !important; }
}"""
"""On a phone, equations that stand beside each other go one below the other, and matrices are smaller."""


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="RNN Gradient Flow", page_icon="🌊", layout="wide")
    st.html(f"<style>{_STEADY} {_EQUATIONS}</style>")
    page = st.navigation(path.pages(), expanded=True)
    teacher.begin(page.url_path)
    page.run()
