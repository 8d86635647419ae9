"""The page "Vanishing and exploding": its four parts, each with its controls, pictures and words."""
