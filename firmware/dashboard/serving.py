"""Serving: a page server in a thread of its own, for as long as somebody wants it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from firmware.dashboard.server import PageServer
from firmware.dashboard.settings import Serving


@contextmanager
def open_page(wanted: Serving) -> Iterator[str]:
    """Serve while inside; give the page's address."""
    with PageServer(wanted) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="page", daemon=True)
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()
            thread.join()
