"""Record → info (arrays a test can read) → figure. Nothing here talks to Streamlit."""
