"""Service levels: `task_sla` rows from `contract_sla` definitions (section 4.2)."""
