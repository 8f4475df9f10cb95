"""Indicators, periods, scores and the picture of them."""
