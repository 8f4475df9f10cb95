"""Between the instance and the policies: poll, normalise, remember, plan, apply."""
