"""Tests, and the virtual gym they train in."""
