"""Complaints: what is wrong with a connection and what to do about it, from what has happened to it."""

from firmware.mqtt.lasting import Lasting
from firmware.mqtt.link_state import LinkPhase, LinkState, what_is_wrong

MENDED_S = 60.0
"""How long after a mistake or an offence was got over it is still told, so that somebody may see it."""


class Complaints:
    """`broker` and `name`: who is connected to, and as whom. All times are of one clock (s)."""

    def __init__(self, broker: str, name: str) -> None:
        self._broker = broker
        self._name = name
        self._lasting = Lasting()
        self._not_subscribed: str | None = None
        self._mistake: str | None = None
        self._mistake_s = -float("inf")
        self._offence = ""
        self._offence_s = -float("inf")

    def connected(self, now_s: float) -> None:
        """A connection stands."""
        self._lasting.began(now_s)
        self._not_subscribed = None

    def lost(self, now_s: float) -> None:
        """It broke."""
        self._lasting.ended(now_s)

    def not_subscribed(self, why: str) -> None:
        """The broker sends nothing of what was asked for."""
        self._not_subscribed = why

    def got_over(self, mistake: str, now_s: float) -> None:
        """A mistake in the program was noticed, and publishing goes on all the same."""
        self._mistake, self._mistake_s = mistake, now_s

    def broke_off(self, offence: str, now_s: float) -> None:
        """The broker sent what would have spoilt the program, and the connection was broken off."""
        self._offence, self._offence_s = offence, now_s

    def wrong(self, state: LinkState, now_s: float) -> str | None:
        """Say it in words, the most urgent; None when the connection stands."""
        if now_s - self._offence_s < MENDED_S:
            return f"broker {self._broker} {self._offence}; the connection was broken off and is made anew"
        if self._lasting.suspicious(now_s):
            return (
                f"broker {self._broker} ends each connection; if another program connects as "
                f"{self._name}, give this device an id of its own"
            )
        if state.phase is not LinkPhase.CONNECTED:
            return what_is_wrong(state, self._broker)
        if self._not_subscribed is not None:
            return f"commands do not come: {self._not_subscribed}; check the broker's access rules"
        if self._mistake is not None and now_s - self._mistake_s < MENDED_S:
            return f"a mistake in the program, please report it: {self._mistake}; publishing goes on"
        return None
