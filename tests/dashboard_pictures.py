"""The pictures of the page, of a simulated session: `python -m tests.dashboard_pictures` takes them anew.

The sessions are tracked by the product's own parts: a set of each leg, then another one under way.
"""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from firmware.faults import ActiveFault
from firmware.mqtt.broker import Broker
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from firmware.mqtt.live import LiveFeed
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import info_of
from firmware.mqtt.topics import Topics
from firmware.numbering import Numbering
from firmware.panel.view import PanelView
from firmware.recording import open_recording
from firmware.recording.recording import Recording
from tests.browser import Page, browsing
from tests.dashboard_rig import STARTED, broker_with_websocket, page_of
from tests.gym.folder import write_folder
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tracker.messages import PhaseChange, Rep
from tracker.pipeline import Tracker

DOCS = Path(__file__).parent.parent / "docs"
PICTURES = {"dashboard-phone.png": (360, 740), "dashboard-tablet.png": (1280, 800)}

TARGET = "3-1-2-1"
DEVICE = "gym-1"
TRACE_S = 30.0


def _rep(kick: float, hold: float, back: float, pause: float, diagonal: float) -> RepPlan:
    return RepPlan(
        concentric_s=kick + 0.2,
        hold_s=hold - 0.1,
        eccentric_s=back + 0.3,
        pause_s=pause - 0.4,
        diagonal_deg=diagonal,
    )


_RIGHT = (
    _rep(2.0, 1.0, 3.0, 1.0, 35.0),
    _rep(2.1, 1.0, 3.1, 1.0, 37.0),
    _rep(1.9, 0.9, 2.8, 1.1, 38.0),
    _rep(2.0, 0.9, 2.6, 1.0, 40.0),
    _rep(1.9, 1.0, 2.4, 1.0, 41.0),
    _rep(1.8, 0.9, 2.2, 1.0, 43.0),
)
_LEFT = (
    _rep(2.0, 1.1, 3.0, 1.0, 37.0),
    _rep(2.1, 1.0, 3.2, 1.0, 36.0),
    _rep(1.9, 0.9, 2.9, 1.1, 35.0),
    _rep(2.0, 1.0, 2.9, 1.0, 34.0),
    _rep(2.0, 1.0, 2.8, 1.0, 33.0),
)
_UNDER_WAY = (
    _rep(2.0, 1.1, 3.0, 1.0, 37.0),
    _rep(2.1, 1.0, 3.1, 1.0, 36.0),
    _rep(1.9, 0.9, 2.9, 1.1, 34.0),
    _rep(2.0, 1.0, 3.0, 1.0, 39.0),
    _rep(1.3, 0.2, 1.5, 1.2, 24.0),
    _rep(2.0, 1.0, 3.0, 1.0, 36.0),
)

PLANS = (
    SessionPlan(seed=11, leg="right", sets=(_RIGHT,), walk_in=False, tell_leg=True),
    SessionPlan(seed=12, leg="left", sets=(_LEFT,), walk_in=False, tell_leg=True),
    SessionPlan(seed=13, leg="right", sets=(_UNDER_WAY,), walk_in=False, tell_leg=True),
)
LAST_REP = 5
"""The one after which the last set is shown, with the next kick under way."""


class Scene:
    """Plays the sessions to a broker, as fast as it goes; the last seconds with the live topic."""

    def __init__(self, port: int, folder: Path) -> None:
        self._topics = Topics(DEVICE)
        self._link = Link(Broker(port=port), DEVICE)
        self._now_s = 0.0
        self._live = LiveFeed(self._link, self._topics, lambda: self._now_s, always=True)
        self._numbering = Numbering(DEVICE, replay=False)
        self._recordings = [self._recorded(plan, folder / str(plan.seed)) for plan in PLANS]
        info = info_of(DEVICE, replay=False, simulated=True, capabilities=("cable", "load", "ankle"))
        view = PanelView.of(self._recordings[0].setup)
        self._publisher = Publisher(self._link, self._topics, info, view)

    def play(self) -> None:
        self._link.open()
        while self._link.state.phase is not LinkPhase.CONNECTED:
            self._link.wait(1.0)
            self._publisher.at(0.0)
        for recording in self._recordings:
            self._publisher.begin(PanelView.of(recording.setup))
            last = recording is self._recordings[-1]
            self._track(recording, Tracker(recording.setup), LAST_REP if last else None)
        fault = ActiveFault(part="pelvis", what="no answer at 0x6b on bus 1; check its cable")
        self._publisher.faults((fault,))
        self._publisher.drain(10.0)

    def close(self) -> None:
        self._link.close()

    def _track(self, recording: Recording, tracker: Tracker, last_rep: int | None = None) -> None:
        until_s = self._until_s(recording, last_rep)
        for block in recording.blocks():
            self._now_s = block.end_s
            if last_rep is not None and until_s - TRACE_S < block.end_s:
                self._live.sampled(block)
            for event in tracker.process(block):
                self._hand_on(event)
            self._publisher.at(block.end_s)
            if block.end_s >= until_s:
                return
        for event in tracker.finish():
            self._hand_on(event)
        self._live.end(self._now_s)

    def _until_s(self, recording: Recording, last_rep: int | None) -> float:
        """When the leg has returned from a rep and the next kick is well under way."""
        if last_rep is None:
            return float("inf")
        tracker = Tracker(recording.setup)
        for block in recording.blocks():
            for event in tracker.process(block):
                if isinstance(event, Rep) and event.rep == last_rep:
                    return event.detected_s + 2.1
        raise AssertionError("the session has no such rep")

    def _hand_on(self, event: object) -> None:
        if isinstance(event, PhaseChange):
            self._publisher.phase(event)
            self._live.phase(event)
        else:
            self._publisher.result(self._numbering.number(event, STARTED))  # type: ignore[arg-type]

    def _recorded(self, plan: SessionPlan, folder: Path) -> Recording:
        write_folder(simulate(plan), folder, target=TARGET)
        return open_recording(folder)


def take(folder: Path) -> None:
    """Write every picture into a folder."""
    with TemporaryDirectory() as scratch, ExitStack() as parts:
        broker, websocket = broker_with_websocket(Path(scratch) / "broker")
        broker.start()
        parts.callback(broker.kill)
        address = parts.enter_context(page_of(websocket, device=DEVICE))
        scene = Scene(broker.port, Path(scratch))
        parts.callback(scene.close)
        browser = parts.enter_context(browsing(Path(scratch) / "profile"))
        shown = {name: Page(browser, *size) for name, size in PICTURES.items()}
        for page in shown.values():
            page.open(address)
            page.until("document.getElementById('notice-why').textContent.startsWith('No tracker')")
        scene.play()
        for name, page in shown.items():
            page.until(f"document.getElementById('count').textContent === '{LAST_REP}'")
            page.until("document.getElementById('trace-force').textContent !== ''")
            sleep(0.3)
            page.picture(folder / name)


if __name__ == "__main__":
    take(DOCS)
