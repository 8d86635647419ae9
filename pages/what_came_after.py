"""A door: where Streamlit looks for this page until a server's first visitor has let app.py say where its pages are."""

from app import main

main()
