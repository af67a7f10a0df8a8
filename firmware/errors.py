"""The two ways in which a command ends badly; both print one line that says what, where and what to do."""


class BadInputError(Exception):
    """The user's input cannot be used: a file, an option, a setting. Exit code 2."""


class FaultError(Exception):
    """The machine, a sensor or a service failed. Exit code 1."""
