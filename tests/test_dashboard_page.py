"""The page in a real headless Chromium, against a real mosquitto over WebSocket."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from firmware.faults import ActiveFault
from firmware.mqtt.retained import StateKeeper
from firmware.numbering import Numbering
from firmware.panel.view import PanelView
from tests.broker import LOOPBACK, Mosquitto
from tests.browser import PATIENCE_S, Chromium, Page, browsing
from tests.dashboard_rig import StandIn, broker_with_websocket, page_of, standing_in
from tests.made_events import phase, rejected, rep, set_summary
from tracker.cues.words import CueWord
from tracker.messages import Cue, CueKind, Phase, Rep, RepKind
from tracker.setup import SessionSetup
from tracker.tempo import TempoBreak, allowed, parse_tempo

SHIPPED = Path(__file__).parent.parent / "deploy" / "mosquitto"
LIVE = "document.getElementById('standing').dataset.live === 'yes'"
NOT_LIVE = "document.getElementById('standing').dataset.live === 'no'"


def counts(number: int | str) -> str:
    return f"document.getElementById('count').textContent === '{number}'"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


class Gym:
    """A broker, trackers and pages; every page must end without a complaint of the browser."""

    def __init__(self, browser: Chromium, folder: Path, parts: ExitStack) -> None:
        self._browser = browser
        self._parts = parts
        self._followed = 0
        self.broker: Mosquitto
        self.broker, self.websocket = broker_with_websocket(folder / "broker")
        self.broker.start()
        parts.callback(self.broker.kill)
        self.address = parts.enter_context(page_of(self.websocket, device="gym-1"))

    def tracker(self, device: str = "gym-1") -> StandIn:
        return self._parts.enter_context(standing_in(self.broker.port, device))

    def page(self, width: int = 360, height: int = 740, fragment: str = "") -> Page:
        page = Page(self._browser, width, height)
        self._parts.callback(page.close)
        page.open(self.address + fragment)
        return page

    def live(self, page: Page) -> Page:
        """Wait until the page is live, and the broker passes on to it what it does not retain."""
        page.until(LIVE)
        self._followed += 1
        until_s = monotonic() + PATIENCE_S
        while self.log.count("/event/+ (QoS") < self._followed:
            assert monotonic() < until_s, "the page follows no events"
            page.value("new Promise((done) => setTimeout(done, 5))")
        return page

    @property
    def log(self) -> str:
        return (self.broker.folder / "mosquitto.log").read_text()


@pytest.fixture
def gym(browser: Chromium, tmp_path: Path) -> Iterator[Gym]:
    with ExitStack() as parts:
        yield Gym(browser, tmp_path, parts)


def keeper(target: str | None = "3-1-2-1") -> StateKeeper:
    setup = SessionSetup(session="monday", exercise="cable-kickback", leg="left", target=target)
    return StateKeeper(PanelView.of(setup), replay=False)


def trained(tracker: StandIn, states: StateKeeper, *reps: Rep) -> None:
    """Publish reps as a tracker does, each followed by the state."""
    for each in reps:
        states.result(tracker.event(each))
        tracker.state(states.state)


def test_a_rep_shows_within_a_second_of_its_event(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    tracker.state(states.state)
    page = gym.live(gym.page())
    page.until(counts(0))
    took = []
    for number in range(1, 6):
        tracker.client.publish(
            tracker.topics.event("rep"), tracker.numbering.number(rep(number), None).payload, qos=1
        )
        took.append(page.until(counts(number)))
    assert max(took) < 1.0, took
    assert page.text("count-note") == "set 1"
    assert page.text("direction") == "36.4°"
    assert page.text("direction-verdict") == "in the zone"
    assert "± 1.2°, midline from calibration" in page.text("direction-note")
    assert "Rep 5 of set 1: range 41 cm, mean force 98 N." in page.text("last-rep")
    assert page.text("count-said") == "Rep 5 of set 1"
    assert page.complaints == []


@pytest.mark.parametrize(
    ("in_zone", "word", "verdict"),
    [(False, None, "outside the zone"), (False, "kick_wider", "kick wider"), (True, None, "in the zone")],
)
def test_direction_and_tempo_are_judged_by_the_tracker_alone(
    gym: Gym, in_zone: bool, word: CueWord | None, verdict: str
) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    page = gym.live(gym.page())
    broken: tuple[TempoBreak, ...] = ("eccentric_short",)
    judged = rep(1, diagonal_deg=29.5, in_zone=in_zone, cue=word, on_tempo=False, tempo_breaks=broken)
    trained(tracker, states, judged)
    page.until(counts(1))
    page.until(f"document.getElementById('direction-verdict').textContent === {verdict!r}")
    words = "document.querySelector('.tempo-row.{} .tempo-aim').textContent.trim()"
    assert page.value(words.format("eccentric")) == "target 3 s, too short"
    assert page.value(words.format("concentric")) == "target 2 s"
    assert page.complaints == []


def test_a_phase_is_too_long_on_the_page_where_it_is_for_the_tracker(gym: Gym) -> None:
    page = gym.page()
    for written in ("3-1-2-1", "0-X-1.5-20"):
        most_s = page.value(
            f"import('/tempo.js').then(({{ targetOf }}) => {{ const target = targetOf('{written}');"
            " return ['eccentric', 'pause_stretched', 'concentric', 'pause_contracted']"
            ".map((phase) => target[phase].most_s) })"
        )
        assert most_s == pytest.approx([allowed(aim_s)[1] for aim_s in parse_tempo(written).phases_s])
    assert page.complaints == []


def test_it_opens_with_what_is_retained(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online(simulated=True)
    trained(tracker, states, *(rep(number) for number in range(1, 9)))
    tracker.event(set_summary())
    before = {
        "vs_last_reps": 0,
        "vs_last_rom_m": 0.021,
        "vs_last_mean_force_n": None,
        "vs_last_work_j": -12.4,
    }
    tracker.event(set_summary(set=2, leg="right", rom_m=0.38, work_j=333.0, diagonal_deg=39.2, **before))
    tracker.faults(ActiveFault(part="load", what="no answer at 0x2a on bus 1"))
    page = gym.live(gym.page(1280, 800))
    page.until(counts(8))
    page.until("document.getElementById('faults').textContent.includes('no answer at 0x2a on bus 1')")
    assert page.text("labels").lower() == "simulated"
    assert page.text("session") == "cable kickback · left leg · target 3-1-2-1"
    assert page.text("direction") == "36.4°"
    assert "Set 2 right leg, 8 full, 1 partial" in page.text("sets")
    assert "Against last time: reps ±0, range +2 cm, work −12 J." in page.text("sets")
    assert "8 + 1" in page.text("sets")
    for shown in ("41 cm", "38 cm", "36°", "39°", "Left, set 1", "Right, set 2"):
        assert shown in page.text("legs")
    assert "target 3 s" in page.text("tempo")
    assert page.complaints == []


def test_a_rep_lives_from_phase_to_phase(gym: Gym) -> None:
    """Pending at the peak and hollow, confirmed by its event; timed against its target."""
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    trained(tracker, states, rep(1))
    page = gym.live(gym.page())
    page.until(counts(1))
    tracker.moment(20.0, Phase.CONCENTRIC, 18.5, 2, 1)
    page.until("document.getElementById('phase').textContent === 'Kick'")
    page.until("/^[12][.][0-9] s of 2 s$/.test(document.getElementById('phase-time').textContent)")
    assert page.value("document.getElementById('count').dataset.pending") == "no"
    tracker.moment(20.6, Phase.PAUSE_CONTRACTED, 20.4, 2, 1)
    page.until(counts(2))
    assert page.value("document.getElementById('count').dataset.pending") == "yes"
    assert page.text("count-said") == "Rep 1 of set 1"
    tracker.moment(24.0, Phase.ECCENTRIC, 21.4, 2, 1, position_m=None, force_n=-0.3)
    page.until("document.getElementById('phase').textContent === 'Return slowly'")
    page.until("document.getElementById('trace-travel').textContent === 'Travel not known'")
    assert page.text("trace-force") == "Force 0 N"
    tracker.moment(24.5, Phase.PAUSE_STRETCHED, 24.4, 2, 1)
    trained(tracker, states, rep(2, faults=("fast_return",), quality="suspect", quality_reasons=("gap",)))
    page.until("document.getElementById('count').dataset.pending === 'no'")
    cue = Cue(
        session="monday",
        set=1,
        rep=2,
        kind=CueKind.FORM,
        word="return_slower",
        fault="fast_return",
        severity=1.2,
        about_s=24.4,
        detected_s=24.6,
    )
    tracker.event(cue)
    page.until("document.getElementById('cue').textContent === 'Return slower'")
    assert page.text("form") == "Last rep: returned too fast. Its numbers are in doubt: gap."
    tracker.event(rejected())
    page.until("document.getElementById('cue').textContent.startsWith('Not counted: a twitch')")
    assert page.text("count") == "2"
    rest = {"rep": None, "kind": CueKind.SET_OVER, "word": "rest", "fault": None, "severity": None}
    tracker.event(msgspec.structs.replace(cue, **rest))
    page.until("document.getElementById('cue').textContent === 'Rest'")
    tracker.moment(40.0, Phase.CONCENTRIC, 39.9, 1, 2)
    page.until("document.getElementById('cue').textContent === ''")
    assert page.complaints == []


def test_what_is_not_known_is_said_so_and_is_no_zero(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper(target=None)
    tracker.online()
    page = gym.live(gym.page())
    page.until("document.getElementById('phase').textContent === 'not known'")
    assert page.text("count") == "–"
    unknown = rep(
        1,
        kind=RepKind.UNFINISHED,
        eccentric_s=None,
        pause_contracted_s=None,
        target=None,
        on_tempo=None,
        diagonal_deg=None,
        diagonal_sd_deg=None,
        diagonal_reason="not_calibrated",
        midline=None,
        in_zone=None,
        rom_m=None,
        rom_deg=None,
        mean_force_n=None,
    )
    trained(tracker, states, unknown)
    nothing = dict.fromkeys(("tempo", "diagonal_deg", "in_zone_share", "rom_m", "rom_deg", "work_j"))
    tracker.event(set_summary(**nothing))
    page.until(counts(1))
    page.until("document.getElementById('sets').textContent.includes('Set 1')")
    assert page.text("direction") == "not known"
    assert page.text("direction-verdict") == "not calibrated"
    assert page.text("last-rep") == "Rep 1 of set 1, unfinished: range not known."
    assert page.text("tempo").count("not known") == 3
    assert page.text("sets").count("not known") == 5
    assert "0 J" not in page.text("sets")
    page.until("document.getElementById('trace-note').textContent.startsWith('No trace: this tracker')")
    assert page.complaints == []


def test_it_says_when_it_is_not_live_and_how_old_it_is(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    page = gym.page()
    page.until(
        "document.getElementById('notice-why').textContent === 'No tracker has been seen at this broker yet.'"
    )
    tracker.online()
    trained(tracker, states, rep(1))
    gym.live(page)
    assert page.value("document.getElementById('notice').hidden")
    # The live topic falls silent, as when the tracker's Wi-Fi is gone and its last will not yet come.
    tracker.moment(20.0, Phase.ECCENTRIC, 19.0, 2, 1)
    page.until("document.getElementById('phase').textContent === 'Return slowly'")
    page.until(NOT_LIVE)
    assert page.text("notice-why") == "Nothing comes from the tracker any more."
    assert re.fullmatch(r"What you see is [2-9] s old\.", page.text("notice-age"))
    assert page.text("phase-time") == ""
    tracker.moment(23.0, Phase.ECCENTRIC, 19.0, 2, 1)
    page.until(LIVE)
    tracker.say("status", b"offline", retain=True)
    page.until("document.getElementById('notice-why').textContent === 'The tracker is off or out of reach.'")
    late = gym.page()
    late.until("document.getElementById('notice-why').textContent === 'The tracker is off or out of reach.'")
    assert late.text("notice-age") == "How old this is, is not known."
    assert late.text("standing-word") == "Not live"
    assert page.complaints == late.complaints == []


def test_a_broker_that_is_killed_and_comes_back_is_survived(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    trained(tracker, states, rep(1))
    page = gym.live(gym.page())
    page.until(counts(1))
    gym.broker.kill()
    page.until("document.getElementById('notice-why').textContent.startsWith('No connection to the broker')")
    assert page.text("standing-word") == "Not live"
    assert page.text("notice-age").startswith("What you see is ")
    assert page.text("count") == "1"
    tracker.close()
    gym.broker.start()
    # The broker has forgotten what it retained: whether the tracker is on is for the tracker to say.
    page.until(
        "document.getElementById('notice-why').textContent.startsWith('The tracker has not said')", 15.0
    )
    again = gym.tracker()
    again.numbering = tracker.numbering
    again.online()
    page.until(LIVE)
    again.faults(ActiveFault(part="load", what="no answer"))
    trained(again, states, rep(2))
    page.until(counts(2))
    page.until("document.getElementById('faults').textContent.includes('no answer')")
    # Nothing else is complained of than that there was no broker.
    assert all("ERR_CONNECTION_REFUSED" in each for each in page.complaints), page.complaints


def test_nothing_comes_from_outside_and_nothing_is_published(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    trained(tracker, states, rep(1))
    page = gym.live(gym.page())
    page.until(counts(1))
    assert page.asked_for == {gym.address.rstrip("/"), gym.websocket}
    assert page.complaints == []
    assert "Received PUBLISH from kickback-page" not in gym.log
    assert "Sending PUBLISH to kickback-page" in gym.log
    # That the browser would complain, and the policy holds.
    outside = "fetch('http://127.0.0.2:9/').then(() => 'went', () => 'held')"
    assert page.value(outside) == "held"
    assert page.value("try { document.body.innerHTML = '<b>x</b>'; 'made' } catch { 'held' }") == "held"
    page.value("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p{}'}))")
    assert sum("Content Security Policy" in each for each in page.complaints) >= 2


SCRIPT = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def hostile(tracker: StandIn) -> Iterator[tuple[str, bytes]]:
    """Payloads that are none, or not what they should be, for every topic that the page reads."""
    good = json.loads(tracker.numbering.number(rep(1), None).payload)
    state = json.loads(msgspec.json.encode(keeper().state))
    wrong: tuple[Any, ...] = (
        SCRIPT,
        -1,
        1e300,
        [],
        {},
        True,
        None,
        "9" * 300,
        {"__proto__": 1},
        "\u202e\u0000",
    )
    for value in wrong:
        yield "event/rep", json.dumps({**good, "rep": value, "set": value, "seq": 10**6}).encode()
        yield "event/rep", json.dumps(dict.fromkeys(good, value) | {"schema": good["schema"]}).encode()
        yield "state", json.dumps(dict.fromkeys(state, value) | {"schema": state["schema"]}).encode()
        yield "history", json.dumps({"schema": "kickback.history/1", "sets": [value] * 50}).encode()
        yield (
            "live",
            json.dumps(
                {"schema": "kickback.live/1", "session_s": 5, "phase": value, "force_n": value}
            ).encode(),
        )
        yield "fault", json.dumps([{"part": value, "what": value}, value]).encode()
        yield "info", json.dumps({"schema": "kickback.info/1", "capabilities": value}).encode()
        yield "event/cue", json.dumps({"schema": "kickback.cue/1", "seq": 10**6, "word": value}).encode()
        yield (
            "event/set",
            json.dumps({"schema": "kickback.set/1", "seq": 10**6, "set": value, "faults": value}).encode(),
        )
    for topic in ("state", "history", "live", "fault", "info", "status", "event/rep", "event/unheard"):
        yield topic, b""
        yield topic, b"\xff\xfe"
        yield topic, b"[" * 30_000
        yield topic, b'{"schema": "kickback.rep/2"}'
        yield topic, b'{"__proto__": {"polluted": true}, "constructor": 1}'
        yield topic, json.dumps(SCRIPT).encode()
    for topic in ("state", "live", "event/rep"):
        yield topic, b'"' + b"x" * 1_000_000 + b'"'
    # Well made, but larger than anything a tracker says, or of another version.
    unreal = {**good, "rep": 88, "seq": 10**6 + 1}
    yield "event/rep", json.dumps(unreal | {"more": "x" * 70_000}).encode()
    yield "event/rep", json.dumps(unreal | {"schema": "kickback.rep/2"}).encode()


def test_hostile_payloads_do_nothing(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    trained(tracker, states, rep(1))
    page = gym.live(gym.page())
    page.until(counts(1))
    for topic, payload in hostile(tracker):
        tracker.client.publish(f"kickback/v1/gym-1/{topic}", payload, qos=1)
    for device in (SCRIPT.replace("/", ""), "UPPER", "a b", "x" * 64, "ä"):
        tracker.client.publish(f"kickback/v1/{device}/status", b"online", qos=1)
    # Everything before has been read when this is shown, and none of it counted.
    tracker.faults(ActiveFault(part="\u202ecable\u0007", what="\u200bread\u0000"))
    page.until("document.getElementById('faults').textContent === 'cable read'")
    assert page.text("count") != "88"
    for number in range(50):
        tracker.client.publish(f"kickback/v1/flood-{number:02}/status", b"online", qos=1)
    tracker.say("status", b"online", retain=True)
    tracker.faults(ActiveFault(part=SCRIPT, what=SCRIPT))
    tracker.numbering = Numbering("gym-1", replay=False, next_seq=2 * 10**6)
    states = keeper()
    trained(tracker, states, *(rep(number) for number in (5, 6, 7)))
    page.until(counts(7))
    page.until("document.getElementById('faults').textContent.includes('<script>')")
    devices = page.value("[...document.getElementById('devices').options].map((each) => each.value)")
    assert len(devices) == 32
    assert set(devices) - {"gym-1"} <= {f"flood-{number:02}" for number in range(50)}
    assert page.value("document.title") == "Kickback"
    assert page.value("({}).polluted") is None
    assert page.value("document.querySelectorAll('main img, main script').length") == 0
    assert page.complaints == []


def test_of_several_trackers_one_is_chosen_and_the_address_remembers_it(gym: Gym) -> None:
    one, two = gym.tracker("gym-1"), gym.tracker("gym-2")
    states = keeper()
    one.online()
    page = gym.live(gym.page())
    assert not page.value("document.getElementById('chooser').checkVisibility()")
    two.online()
    trained(two, states, rep(3))
    page.until("document.getElementById('chooser').checkVisibility()")
    assert page.value("document.getElementById('devices').value") == "gym-1"
    page.value(
        "(() => { const choice = document.getElementById('devices'); choice.value = 'gym-2';"
        " choice.dispatchEvent(new Event('change')); })()"
    )
    page.until(counts(3))
    assert page.value("location.hash") == "#gym-2"
    trained(two, states, rep(4))
    page.until(counts(4))
    before = len(gym.log)
    one.event(rep(9))
    trained(two, states, rep(5))
    page.until(counts(5))
    assert "kickback/v1/gym-2/event/rep" in gym.log[before:]
    assert not re.search("Sending PUBLISH to kickback-page.*kickback/v1/gym-1/event", gym.log[before:])
    marked, mistyped = gym.page(fragment="#gym-2"), gym.page(fragment="#%E0%A4%A")
    marked.until(counts(5))
    mistyped.until("document.getElementById('devices').value === 'gym-1'")
    assert page.complaints == marked.complaints == mistyped.complaints == []


def test_a_recording_that_is_played_again_counts_again(gym: Gym) -> None:
    """Its numbers begin again, and what somebody asked for once more counts nothing."""
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    page = gym.live(gym.page())
    trained(tracker, states, *(rep(number) for number in range(1, 5)))
    page.until(counts(4))
    again = Numbering("gym-1", replay=False)
    tracker.say("event/rep", again.number(rep(1), None).payload)
    tracker.faults(ActiveFault(part="cable", what="gone"))
    page.until("document.getElementById('faults').textContent.includes('gone')")
    assert page.text("count") == "4"
    tracker.say("status", b"offline", retain=True)
    tracker.numbering, states = Numbering("gym-1", replay=False), keeper()
    tracker.online()
    tracker.state(states.state)
    page.until(counts(0))
    trained(tracker, states, rep(1))
    page.until(counts(1))
    assert page.complaints == []


def test_the_broker_s_password_is_asked_for_and_kept_for_this_tab_alone(
    browser: Chromium, tmp_path: Path
) -> None:
    """With the shipped access rules: the page's user reads, and its password is nowhere in the page."""
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    for user in ("gym-1", "dashboard"):
        subprocess.run([program, "-b", passwords, user, f"of {user}"], check=True, capture_output=True)
    shutil.copy(SHIPPED / "acl", tmp_path / "acl")
    rules = f"allow_anonymous false\npassword_file {passwords}\nacl_file {tmp_path / 'acl'}\n"
    broker, websocket = broker_with_websocket(tmp_path / "broker", rules)
    with ExitStack() as parts:
        broker.start()
        parts.callback(broker.kill)
        address = parts.enter_context(page_of(websocket, user="dashboard", device="gym-1"))
        tracker = parts.enter_context(standing_in(broker.port, login=("gym-1", "of gym-1")))
        tracker.online()
        page = Page(browser)
        parts.callback(page.close)
        page.open(address)
        page.until("!document.getElementById('login').hidden")
        assert page.value("document.getElementById('login-user').value") == "dashboard"

        def typed(password: str) -> None:
            page.value(f"document.getElementById('login-password').value = {password!r}")
            page.value("document.querySelector('#login button').click()")

        typed("guessed")
        page.until("document.getElementById('login-why').textContent === 'These were not accepted.'")
        assert page.value("sessionStorage.length") == 0, "what was refused is not tried again"
        typed("of dashboard")
        page.until(LIVE)
        assert page.value("document.getElementById('login').hidden")
        assert page.value("document.getElementById('login-password').value") == ""
        assert page.value("localStorage.length") == 0
        assert "of dashboard" not in page.value("document.documentElement.outerHTML")
        tracker.event(rep(1))
        page.until(counts(1))
        page.open(address)
        page.until(LIVE)
        other = Page(browser)
        parts.callback(other.close)
        other.open(address)
        other.until("!document.getElementById('login').hidden")
        assert page.complaints == other.complaints == []


OVERFLOWING = """[...document.querySelectorAll('body *')].filter((each) => {
    if (each.closest('.unseen, svg, .uplot') || !each.checkVisibility()) return false;
    const box = each.getBoundingClientRect();
    const cut = each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0
        && getComputedStyle(each).display !== 'inline' && each.id !== 'device';
    return cut || box.right > innerWidth + 0.5 || box.left < -0.5;
}).map((each) => `${each.tagName} ${each.id} ${each.className}`)"""

COVERED = """(() => {
    const cards = [...document.querySelectorAll('.card, header')].filter((each) => each.checkVisibility());
    const boxes = cards.map((each) => each.getBoundingClientRect());
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    const name = (each) => `${each.className} ${JSON.stringify(each.getBoundingClientRect())}`;
    return cards.flatMap((a, i) => cards.slice(i + 1).filter((b, j) => !apart(boxes[i], boxes[i + 1 + j]))
        .map((b) => `${name(a)} ${name(b)}`));
})()"""


def test_nothing_is_cut_or_covered_on_any_screen(gym: Gym) -> None:
    tracker, states = gym.tracker("a-tracker-with-the-longest-name-1"[:32]), keeper("10-0.5-X-1.5")
    tracker.online(simulated=True)
    trained(tracker, states, *(rep(number, target="10-0.5-X-1.5") for number in range(93, 102)))
    for number in range(1, 8):
        tracker.event(
            set_summary(set=number, leg="right" if number % 2 else "left", tempo="10.0-10.9-12.0-11.0")
        )
    tracker.faults(*(ActiveFault(part=f"part{n}", what="no answer at 0x6b on bus 1; " * 3) for n in range(3)))
    page = gym.page()
    gym.live(page)
    page.until(counts(101))
    tracker.event(rejected(reason="repositioned"))
    tracker.moment(20.0, Phase.PAUSE_STRETCHED, 18.5, 102, 1)
    page.until("document.getElementById('cue').textContent !== ''")
    for width, height in ((320, 640), (360, 740), (740, 360), (768, 1024), (1280, 800), (1920, 1080)):
        page.size(width, height)
        assert page.value(OVERFLOWING) == [], (width, height)
        assert page.value(COVERED) == [], (width, height)
        assert page.value("document.documentElement.scrollWidth") <= width
    assert page.complaints == []


def test_a_screen_reader_is_told_the_count_the_cue_and_what_each_picture_shows(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    page = gym.live(gym.page())
    trained(tracker, states, rep(1), rep(2))
    page.until(counts(2))
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    named = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    regions = {name for role, name in named if role == "region"}
    assert regions == {
        "Reps",
        "Faults",
        "Direction of the last kick",
        "Tempo of the last reps",
        "Force and travel",
        "Sets",
        "Left against right",
    }
    pictures = {name for role, name in named if role in ("image", "img")}
    assert "Direction of the last kick 36.4° in the zone" in pictures
    assert "Kick, last reps in seconds: 1.9, 1.9" in pictures
    assert "No rep under way" in pictures
    assert all(pictures)
    for element, liveness in {"count-said": "polite", "cue": "assertive"}.items():
        assert page.value(f"document.getElementById('{element}').getAttribute('aria-live')") == liveness
    assert page.text("count-said") == "Rep 2 of set 1"


CHANGES_OF_THE_RING = """new Promise((done) => {
    let seen = 0;
    const eye = new MutationObserver(() => { seen += 1; });
    eye.observe(document.getElementById('ring'), { attributes: true, subtree: true });
    setTimeout(() => done(seen), 450);
})"""


def test_whoever_wants_less_motion_gets_less(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    tracker.state(states.state)
    page = gym.live(gym.page())
    tracker.moment(20.0, Phase.ECCENTRIC, 19.9, 1, 1)
    page.until("document.getElementById('phase').textContent === 'Return slowly'")
    lively = page.value(CHANGES_OF_THE_RING)
    page.prefer(motion="reduce")
    tracker.moment(22.0, Phase.ECCENTRIC, 21.0, 1, 1)
    page.until("document.getElementById('phase').textContent === 'Return slowly'")
    assert lively > 4
    assert page.value(CHANGES_OF_THE_RING) <= 2
    assert page.value("getComputedStyle(document.querySelector('.card')).transitionDuration") == "0s"


def test_the_page_finds_a_phase_in_the_state_where_there_is_no_live_topic(gym: Gym) -> None:
    tracker, states = gym.tracker(), keeper()
    tracker.online()
    tracker.state(states.state)
    page = gym.live(gym.page())
    states.phase(phase(Phase.CONCENTRIC))
    tracker.state(states.state)
    page.until("document.getElementById('phase').textContent === 'Kick'")
    page.until("document.getElementById('phase-time').textContent.endsWith('s of 2 s')")
    states.phase(phase(Phase.PAUSE_CONTRACTED, at_s=12.0))
    tracker.state(states.state)
    page.until(counts(1))
    assert page.value("document.getElementById('count').dataset.pending") == "yes"
    assert page.text("count-note") == "counts when the leg is back"
    assert page.complaints == []
    assert LOOPBACK in gym.address
