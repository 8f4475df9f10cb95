"""Who may do what: roles, access rules, logins and tokens (platform facts, 3.5, 3.6, 6.4)."""
