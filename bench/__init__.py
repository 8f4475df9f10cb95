"""Figures, not tests: how fast it is here, and how far that is from a floor measured in the same run."""
