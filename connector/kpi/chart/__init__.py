"""Charts as SVG text, drawn by pure code: the same values give the same bytes, whatever the machine."""
