"""Rules: kinds of policy. One file per rule: settings, manual, example and behaviour together."""
