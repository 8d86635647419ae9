"""`python -m rnn_core.experiments` writes README.md beside this file from the files in results/."""

from __future__ import annotations

from .readme import PATH, readme

if __name__ == "__main__":
    PATH.write_text(readme(), encoding="utf-8")
    print(PATH)
