"""Calibrating: measuring what the counts of a machine's sensors mean, and using it while it holds."""
