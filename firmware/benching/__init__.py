"""Benching: what this machine's bus and core cost."""
