"""The page of the figures: one HTML file that needs no network, its charts, and the same as sheets."""
