"""The class of `forty_lines` as a beginner might type it in: the faults of the article's class, alone or together."""
