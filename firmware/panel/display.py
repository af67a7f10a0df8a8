"""The display: kept up to date by a thread of its own, so that neither bus nor absence holds anyone up."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from PIL import Image

from firmware.panel.picture import picture
from firmware.panel.view import PanelView

INTERVAL_S = 0.2
"""Between two pictures of the same phase at least. A change of phase or count is drawn at once."""

_BUSY_SHARE = 0.25
"""Of the time at most that pictures of the same phase take: a bus in software keeps a processor busy."""

RENEW_S = 5.0
"""So often everything is sent anew: a display that was unplugged shows the picture again, and one that
left unnoticed is noticed."""

SLEEP_S = 900.0
"""After so long without a movement the display is dark until the next: lit dots wear out."""

_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 8.0
_NOTHING_S = 1.0


class Shows(Protocol):
    """What is needed of a `Glass`."""

    def set_up(self) -> None: ...

    def renew(self) -> None: ...

    def show(self, image: Image.Image) -> bool: ...

    def close(self) -> None: ...


class Display:
    """Draws the latest view while inside (`with Display(glass) as display`).

    `show` only leaves the view in a slot; what is not drawn in time is replaced by what comes after it.
    `fault` says what is wrong with the display, None when it is fine. Whatever fails is tried again,
    after 0.5 s at first and every 8 s at last, and then drawn whole.
    """

    def __init__(
        self,
        glass: Shows,
        *,
        draw: Callable[[PanelView, float], Image.Image] = picture,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fault: str | None = None
        self._glass = glass
        self._draw = draw
        self._now = now
        self._slot: tuple[PanelView, float] | None = None
        self._drawn: PanelView | None = None
        self._shown: bytes | None = None
        self._drawn_s = self._renewed_s = self._moved_s = -float("inf")
        self._interval_s = INTERVAL_S
        self._there = False
        self._retry_s = -float("inf")
        self._pause_s = _FIRST_RETRY_S
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="display")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def show(self, view: PanelView, session_s: float) -> None:
        """Take the view at this moment of session time; never waits."""
        before = self._slot
        self._slot = (view, session_s)
        if before is None or _moved(before[0], view):
            self._wake.set()

    def refresh(self) -> float:
        """Do what is due, in the display's thread; return how many seconds nothing will be, unless moved."""
        now_s, slot = self._now(), self._slot
        if slot is None:
            return _NOTHING_S
        if not self._there and now_s < self._retry_s:
            return self._retry_s - now_s
        moved = self._drawn is None or _moved(self._drawn, slot[0])
        if not moved and now_s < self._drawn_s + self._interval_s:
            return self._drawn_s + self._interval_s - now_s
        if moved:
            self._moved_s = now_s
        try:
            self._draw_slot(slot, now_s)
        except Exception as error:  # whatever it is, the display must not stop the counting
            self._failed(str(error) or type(error).__name__)
        return self._interval_s

    def close(self) -> None:
        """Leave the display dark, if it is there."""
        try:
            self._glass.close()
        except Exception as error:  # it is left as it is
            self.fault = str(error)

    def _draw_slot(self, slot: tuple[PanelView, float], now_s: float) -> None:
        image = self._draw(*slot)
        if now_s - self._moved_s >= SLEEP_S:
            image = Image.new(image.mode, image.size)
        pixels = image.tobytes()
        if not self._there:
            self._glass.set_up()
            self._there, self._shown, self._renewed_s = True, None, now_s
        elif now_s - self._renewed_s >= RENEW_S:
            self._glass.renew()
            self._shown, self._renewed_s = None, now_s
        if pixels != self._shown:
            began_s = self._now()
            self._shown = pixels if self._glass.show(image) else None
            self._interval_s = max(INTERVAL_S, (self._now() - began_s) / _BUSY_SHARE)
        self._drawn, self._drawn_s = slot[0], now_s
        self.fault, self._pause_s = None, _FIRST_RETRY_S

    def _failed(self, why: str) -> None:
        self.fault = f"{why}; counting goes on without it"
        self._there, self._shown, self._drawn = False, None, None
        self._retry_s = self._now() + self._pause_s
        self._pause_s = min(2.0 * self._pause_s, _LONGEST_RETRY_S)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self.refresh())
            self._wake.clear()
        self.close()


def _moved(before: PanelView, view: PanelView) -> bool:
    """Whether the lifter would miss it if the picture came late."""
    return _seen(before) != _seen(view)


def _seen(view: PanelView) -> tuple[object, ...]:
    count = (view.session, view.set, view.rep, view.pending, view.last_set)
    return (view.phase, view.phase_since_s, view.calibrating, *count, view.faults, view.identity)
