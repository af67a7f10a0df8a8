"""Guard: calls the parts that must not stop the count, and tells once of each that fails."""

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


class Guard:
    """`faults` maps the name of a part that failed to its first error; `on_fault` hears of it then.

    A part that failed is called again the next time, so that what fails for a moment comes back.
    """

    def __init__(self, on_fault: Callable[[str, str], None] = lambda name, error: None) -> None:
        self.faults: dict[str, str] = {}
        self._on_fault = on_fault

    def __call__(self, name: str, call: Callable[P, object], *arguments: P.args, **options: P.kwargs) -> None:
        """Call a part; whatever it raises is noted under its name."""
        try:
            call(*arguments, **options)
        except Exception as error:
            if name not in self.faults:
                self.faults[name] = f"{type(error).__name__}: {error}"
                self._on_fault(name, self.faults[name])
