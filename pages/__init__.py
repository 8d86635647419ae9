"""The app's pages: controls, a record, figures, prose."""
