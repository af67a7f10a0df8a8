"""Checkup: what `kickback doctor` looks at, one finding after another."""
