"""The display through luma's own driver, on modelled controllers, with its plug pulled and put back."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from firmware.i2c.bus import Bus, TransferError
from firmware.panel.display import INTERVAL_S, RENEW_S, SLEEP_S, Display
from firmware.panel.glass import Glass, Kind
from firmware.panel.picture import picture
from firmware.panel.view import PanelView
from tests.chips.bus import BCM2835, CONTROLLERS, I2C_GPIO, Controller, Fault, ModelBus
from tests.chips.clock import VirtualClock
from tests.chips.oled import OledModel, Sh1106Model, Ssd1306Model
from tests.made_events import phase, rep
from tests.panel_states import STATES
from tests.test_panel_view import START, after
from tracker.messages import Phase, PhaseChange

ADDRESS = 0x3C
MODELS: dict[Kind, type[OledModel]] = {"ssd1306": Ssd1306Model, "sh1106": Sh1106Model}
BOTH = pytest.mark.parametrize("kind", MODELS)


class Bench:
    """A display on a modelled bus, refreshed by hand in virtual time."""

    def __init__(
        self,
        kind: Kind,
        controller: Controller = BCM2835,
        *,
        turned: bool = False,
        speed_hz: int = 400_000,
    ) -> None:
        self.clock = VirtualClock(1000.0)
        self.chip = MODELS[kind](self.clock)
        self.model = ModelBus(self.clock, {ADDRESS: self.chip}, controller=controller, speed_hz=speed_hz)
        self.bus = Bus(self.model, "i2c-3")
        self.glass = Glass(kind, self.bus, ADDRESS, turned=turned)
        self.display = Display(self.glass, now=self.clock.now)

    def shows(self, view: PanelView, session_s: float) -> bool:
        return same(self.chip.lit(), picture(view, session_s))

    @property
    def fault(self) -> str | None:
        return self.display.fault

    def run(self, seconds: float) -> None:
        end_s = self.clock.now() + seconds
        while self.clock.now() < end_s:
            self.clock.until(min(end_s, self.clock.now() + self.display.refresh()))


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None


@BOTH
def test_nothing_is_sent_before_it_is_asked_for(kind: Kind) -> None:
    bench = Bench(kind)
    assert bench.display.refresh() > 0.0
    assert bench.bus.transactions == 0


@BOTH
@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("name", ["ready", "hold", "rest"])
def test_the_glass_shows_the_picture(kind: Kind, controller: Controller, name: str) -> None:
    bench = Bench(kind, controller)
    bench.display.show(*STATES[name])
    bench.display.refresh()
    assert bench.shows(*STATES[name])
    assert bench.fault is None


@BOTH
def test_a_display_mounted_upside_down_shows_it_turned(kind: Kind) -> None:
    bench = Bench(kind, turned=True)
    bench.display.show(*STATES["hold"])
    bench.display.refresh()
    turned = picture(*STATES["hold"]).transpose(Image.Transpose.ROTATE_180)
    assert same(bench.chip.lit(), turned)


@BOTH
def test_it_is_drawn_only_when_the_picture_changed(kind: Kind) -> None:
    bench = Bench(kind)
    bench.display.show(START, 0.0)
    bench.display.refresh()
    frames, transactions = bench.chip.frames, bench.bus.transactions
    for step in range(1, 20):
        bench.display.show(replace(START, broker=f"{step} waiting"), 0.1 * step)
        bench.run(0.1)
    assert (bench.chip.frames, bench.bus.transactions) == (frames, transactions)


@BOTH
def test_a_moving_bar_costs_at_most_five_pictures_a_second(kind: Kind) -> None:
    bench = Bench(kind)
    view = after(rep(7), phase(Phase.ECCENTRIC, 8))
    bench.display.show(view, 10.0)
    bench.display.refresh()
    before, busy_s, began_s = bench.chip.frames, bench.model.load.busy_s, bench.clock.now()
    while (elapsed_s := bench.clock.now() - began_s) < 2.0:
        bench.display.show(view, 10.0 + elapsed_s)
        bench.run(0.02)
    assert 2.0 / INTERVAL_S - 1 <= bench.chip.frames - before <= 2.0 / INTERVAL_S
    per_picture_s = (bench.model.load.busy_s - busy_s) / (bench.chip.frames - before)
    assert 0.023 <= per_picture_s <= 0.028, "25 ms of a 400 kHz bus"


@BOTH
def test_a_slow_bus_is_busy_for_a_quarter_of_the_time_at_most(kind: Kind) -> None:
    bench = Bench(kind, I2C_GPIO, speed_hz=100_000)
    view = after(rep(7), phase(Phase.ECCENTRIC, 8))
    bench.display.show(view, 10.0)
    bench.display.refresh()
    busy_s, began_s = bench.model.load.busy_s, bench.clock.now()
    while (elapsed_s := bench.clock.now() - began_s) < 2.9:
        bench.display.show(view, 10.0 + elapsed_s)
        bench.run(0.02)
    assert 0.15 <= (bench.model.load.busy_s - busy_s) / elapsed_s <= 0.26
    held = view.fold(phase(Phase.PAUSE_STRETCHED, 8, at_s=13.0))
    bench.display.show(held, 13.0)
    bench.display.refresh()
    assert bench.shows(held, 13.0), "what moves is drawn at once on a slow bus too"


@BOTH
def test_a_change_of_phase_is_on_the_glass_within_30_ms(kind: Kind) -> None:
    bench = Bench(kind)
    held = after(rep(7), phase(Phase.CONCENTRIC, 8), phase(Phase.PAUSE_CONTRACTED, 8, at_s=12.0))
    bench.display.show(held, 12.1)
    bench.display.refresh()
    returning = held.fold(phase(Phase.ECCENTRIC, 8, at_s=12.12))
    bench.clock.sleep(0.02)
    began_s = bench.clock.now()
    bench.display.show(returning, 12.12)
    bench.display.refresh()
    assert bench.shows(returning, 12.12)
    assert bench.clock.now() - began_s <= 0.030


@BOTH
def test_no_transfer_holds_the_bus_for_longer_than_one_row_of_pixels(kind: Kind) -> None:
    bench = Bench(kind)
    longest: list[float] = []
    carry = bench.model.i2c_rdwr

    def timed(*messages: object) -> None:
        began_s = bench.clock.now()
        carry(*messages)  # type: ignore[arg-type]
        longest.append(bench.clock.now() - began_s)

    bench.model.i2c_rdwr = timed  # type: ignore[method-assign]
    bench.display.show(START, 0.0)
    bench.display.refresh()
    assert max(longest) <= 0.003


def pulled(bench: Bench) -> None:
    bench.chip.present = False


def hanging(bench: Bench) -> None:
    bench.model.stuck = True


def refused(bench: Bench) -> None:
    bench.model.inject(Fault.NACK, times=10_000)


@BOTH
@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
@pytest.mark.parametrize("break_it", [pulled, hanging, refused])
def test_it_is_missed_retried_ever_later_and_drawn_whole_again(
    kind: Kind, controller: Controller, break_it: Callable[[Bench], None]
) -> None:
    bench = Bench(kind, controller)
    bench.display.show(*STATES["ready"])
    bench.run(1.0)
    break_it(bench)
    bench.run(RENEW_S + 1.0)
    assert "i2c-3" in str(bench.fault)
    assert "counting goes on" in str(bench.fault)
    tries = bench.bus.transactions
    bench.run(60.0)
    assert 7 * 2 <= bench.bus.transactions - tries <= 10 * 3, "once every 8 s, each with its own tries"
    bench.display.show(*STATES["hold"])
    bench.chip.present, bench.model.stuck = True, False
    bench.model._injected.clear()
    bench.chip.power_up()
    bench.run(9.0)
    assert bench.shows(*STATES["hold"])
    assert bench.fault is None


@BOTH
def test_one_that_was_never_there_is_found_when_it_comes(kind: Kind) -> None:
    bench = Bench(kind, I2C_GPIO)
    bench.chip.present = False
    bench.display.show(START, 0.0)
    bench.run(100.0)
    assert bench.fault is not None
    bench.chip.present = True
    bench.run(9.0)
    assert bench.shows(START, 0.0)


@BOTH
def test_one_that_lost_its_power_for_a_moment_shows_the_picture_again(kind: Kind) -> None:
    bench = Bench(kind)
    bench.display.show(START, 0.0)
    bench.run(1.0)
    bench.chip.power_up()
    assert not bench.shows(START, 0.0)
    bench.run(RENEW_S + 0.5)
    assert bench.shows(START, 0.0)
    assert bench.fault is None, "nobody noticed"


@BOTH
def test_renewing_never_darkens_what_is_shown(kind: Kind) -> None:
    bench = Bench(kind)
    bench.display.show(START, 0.0)
    bench.run(1.0)
    bench.glass.renew()
    assert bench.shows(START, 0.0)


@BOTH
def test_a_picture_torn_by_a_disturbance_is_sent_again(kind: Kind) -> None:
    bench = Bench(kind)
    bench.display.show(*STATES["ready"])
    bench.run(1.0)
    bench.chip.torn = 50
    bench.display.show(*STATES["hold"])
    bench.display.refresh()
    assert not bench.shows(*STATES["hold"]), "the chip took 50 of 128 pixels, and then all again"
    bench.run(2.0 * INTERVAL_S)
    assert bench.shows(*STATES["hold"])


@BOTH
@pytest.mark.parametrize("news", [phase(Phase.CONCENTRIC), "load: b"])
def test_it_is_dark_when_nothing_moves_for_long_and_wakes_at_once(
    kind: Kind, news: PhaseChange | str
) -> None:
    bench = Bench(kind)
    bench.display.show(START, 0.0)
    bench.run(SLEEP_S - 1.0)
    assert bench.shows(START, 0.0)
    bench.run(2.0)
    assert bench.chip.lit().getbbox() is None
    awake = replace(START, faults=(news,)) if isinstance(news, str) else START.fold(news)
    bench.display.show(awake, 12.0)
    bench.display.refresh()
    assert bench.shows(awake, 12.0)
    assert bench.fault is None


@BOTH
def test_the_display_goes_dark_at_the_end(kind: Kind) -> None:
    bench = Bench(kind)
    bench.display.show(START, 0.0)
    bench.display.refresh()
    bench.display.close()
    assert bench.chip.lit().getbbox() is None
    assert bench.model.closed


@pytest.mark.fault(51)
def test_a_picture_that_cannot_be_drawn_is_a_fault_and_nothing_more() -> None:
    bench = Bench("ssd1306")

    def broken(view: PanelView, session_s: float) -> Image.Image:
        raise KeyError("face")

    display = Display(bench.glass, draw=broken, now=bench.clock.now)
    display.show(START, 0.0)
    display.refresh()
    assert display.fault is not None
    assert "face" in display.fault


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), st.sampled_from(sorted(STATES))),
        st.tuples(st.just("wait"), st.floats(0.0, 8.0)),
        st.tuples(st.sampled_from(["pull", "plug", "brown out", "stick", "free"]), st.none()),
        st.tuples(st.just("refuse"), st.integers(1, 40)),
        st.tuples(st.just("tear"), st.integers(0, 128)),
    ),
    max_size=15,
)


def act(bench: Bench, action: str, value: object) -> None:
    match action, value:
        case "show", str():
            bench.display.show(*STATES[value])
        case "wait", float():
            bench.run(value)
        case "refuse", int():
            bench.model.inject(Fault.NACK, times=value)
        case "tear", int():
            bench.chip.torn = value
        case "pull" | "plug", _:
            bench.chip.present = action == "plug"
        case "stick" | "free", _:
            bench.model.stuck = action == "stick"
        case _:
            bench.chip.brown_out()


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(MODELS)), st.sampled_from(CONTROLLERS), ACTIONS)
def test_whatever_happened_to_it_the_glass_shows_the_last_picture_soon_after(
    kind: Kind, controller: Controller, actions: list[tuple[str, object]]
) -> None:
    """Once nothing is wrong any more: after the longest wait for another try, and once sent anew."""
    bench = Bench(kind, controller)
    for action, value in [*actions, ("show", "hold")]:
        act(bench, action, value)
    bench.chip.present, bench.chip.torn, bench.model.stuck = True, None, False
    bench.model._injected.clear()
    bench.run(8.0 + RENEW_S + 2.0 * INTERVAL_S)
    assert bench.shows(*STATES["hold"])
    assert bench.fault is None


class Signalling:
    """A glass that tells when it was shown something, and can block or fail."""

    def __init__(self) -> None:
        self.shown = threading.Semaphore(0)
        self.tried = threading.Semaphore(0)
        self.go = threading.Event()
        self.go.set()
        self.failing = False
        self.images: list[Image.Image] = []
        self.closed = False

    def set_up(self) -> None:
        self.tried.release()
        if self.failing:
            raise TransferError("i2c-3 address 0x3c: nothing answers", ADDRESS, 121)

    def renew(self) -> None:
        self.set_up()

    def show(self, image: Image.Image) -> bool:
        self.go.wait(30.0)
        self.images.append(image)
        self.shown.release()
        return True

    def close(self) -> None:
        self.closed = True


def test_the_thread_draws_what_came_last_and_never_makes_anybody_wait() -> None:
    glass = Signalling()
    glass.go.clear()
    with Display(glass) as display:
        display.show(START, 0.0)
        for number in range(1, 1000):
            display.show(after(rep(number)), float(number))
        last = after(rep(999), phase(Phase.CONCENTRIC, 1000))
        display.show(last, 11.0)
        glass.go.set()
        while not glass.images or not same(glass.images[-1], picture(last, 11.0)):
            assert glass.shown.acquire(timeout=30.0)
        assert len(glass.images) <= 3, "one in hand, one in the slot"
    assert glass.closed


@pytest.mark.fault(51)
def test_the_thread_outlives_a_display_that_is_not_there() -> None:
    glass = Signalling()
    glass.failing = True
    with Display(glass, now=lambda: 0.0) as display:
        display.show(START, 0.0)
        for number in range(1, 50):
            display.show(after(rep(number)), float(number))
        assert glass.tried.acquire(timeout=30.0)
    assert display.fault is not None
    assert glass.images == []
    assert glass.closed
