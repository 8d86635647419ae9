"""RNN Gradient Flow, in the browser: `streamlit run app.py`."""

# Charts do not fade while a run trains: most runs are so short that the page would only flicker.
_STEADY = "[data-stale='true'] { opacity: 1 !important; transition: none !important; }"

# On a phone, equations that stand beside each other go one below the other, and matrices are smaller.
_EQUATIONS = """@media (max-width: 640px) {
    .katex-display > .katex { font-size: 1.05rem !important; white-space: normal !important; }
    .katex-display:has(.mtable) > .katex { font-size: 0.82rem !important; }
}"""


def main() -> None:
    """Frame of every page."""
    import streamlit as st  # noqa: PLC0415 - the training processes import this file, and need no Streamlit

    from pages.components import path, teacher  # noqa: PLC0415 - the same

    st.set_page_config(page_title="RNN Gradient Flow", page_icon="🌊", layout="wide")
    st.html(f"<style>{_STEADY} {_EQUATIONS}</style>")
    page = st.navigation(path.pages(), expanded=True)
    teacher.begin(page.url_path)
    page.run()


if __name__ == "__main__":  # the training processes import this file again, under another name
    main()
