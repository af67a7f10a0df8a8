"""Progress of long work, on standard error when that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def progress_of(name: str, start: float, end: float) -> Iterator[Callable[[float], None]]:
    """Show a bar while inside; the yielded function takes how far the work has come."""
    if not sys.stderr.isatty():
        yield lambda reached: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name, total=end - start)
        yield lambda reached: bars.update(task, completed=reached - start)
