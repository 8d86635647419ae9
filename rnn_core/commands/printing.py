"""What commands print: one JSON object or a report."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rnn_core.experiments.results import finite


def show(options: argparse.Namespace, summary: dict[str, Any], report: str) -> None:
    """Print the summary as JSON if it was asked for, else the report."""
    print(json.dumps(finite(summary)) if options.json else report)
