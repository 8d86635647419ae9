"""RNN Gradient Flow, in the browser: `streamlit run app.py`."""


def main() -> None:
    """Frame of every page."""
    import streamlit as st  # noqa: PLC0415 - the training processes import this file, and need no Streamlit

    st.set_page_config(page_title="RNN Gradient Flow", page_icon="🌊", layout="wide")
    lab = [st.Page("pages/lab/clipping_lab.py", title="Clipping lab", icon="✂️", default=True)]
    st.navigation({"Lab": lab}).run()


if __name__ == "__main__":  # the training processes import this file again, under another name
    main()
