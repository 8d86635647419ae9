"""Equations side by side, and stories in a frame."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def equations(parts: Sequence[tuple[int, str]]) -> None:
    """Equations in one row where there is room, one below the other on a phone; each with the width it asks for."""
    widths = [width for width, _ in parts]
    for column, (_, equation) in zip(st.columns(widths, vertical_alignment="center"), parts, strict=True):
        column.latex(equation)


def story(sentences: Sequence[str]) -> None:
    """What just happened, as a list."""
    st.markdown("**What just happened**")
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
