"""The two ways in which a command ends badly; both print one line that says what, where and what to do."""


class BadInputError(Exception):
    """The user's input cannot be used: a file, an option, a setting. Exit code 2."""


class FaultError(Exception):
    """The machine, a sensor or a service failed. Exit code 1."""


def in_one_line(error: Exception, at_most: int = 240) -> str:
    """What another's error says, without the line ends and the length that a file can give it."""
    said = " ".join(str(error).split())
    return said if len(said) <= at_most else f"{said[:at_most]}..."
