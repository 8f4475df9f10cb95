"""A scorecard as a record of the platform: its title, its text, and the mark of what it says."""
