"""What pages share: controls, runs, figures and prose."""
