"""RNN Gradient Flow, in the browser: `streamlit run app.py`."""


def main() -> None:
    """Draw the page that the address names."""
    from pages.components import frame  # noqa: PLC0415 - the training processes import this file, and need no Streamlit

    frame.main()


if __name__ == "__main__":  # the training processes import this file again, under another name
    main()
