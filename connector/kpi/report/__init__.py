"""The service report (R-H4): what it says, in the order of the regulation, and how a template writes it."""
