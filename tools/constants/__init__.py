"""Generator of berkeley's constant tables from the systems' own published headers."""
