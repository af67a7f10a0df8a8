"""Errors: what ends the set-up, in one line."""


class SetupError(Exception):
    """Something that cannot be done here: what, where, and what to do. Exit code 1."""


class UsageError(Exception):
    """Something asked for that makes no sense. Exit code 2."""
