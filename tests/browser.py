"""A real headless Chromium, steered over a pipe (Chrome DevTools Protocol, `--remote-debugging-pipe`)."""

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

PATIENCE_S = 20.0
"""Bound on every wait; a passing test never comes near it."""

_SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)

_LAUNCH = """
import os, sys
read, write = (os.dup(int(number)) for number in sys.argv[1:3])
high = [os.dup2(each, 100 + each) for each in (read, write)]
os.dup2(high[0], 3)
os.dup2(high[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads from descriptor 3 and writes to 4, whatever their numbers are here."""

Json = dict[str, Any]


def chromium_program() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed (as root, `bash deploy/prepare.sh test` installs it)")
    return found


class Chromium:
    """The process and its pipe: one message of JSON, ended by a zero byte, each way."""

    def __init__(self, profile: Path) -> None:
        to_browser, from_browser = os.pipe(), os.pipe()
        command = [chromium_program(), *_SWITCHES, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", _LAUNCH, str(to_browser[0]), str(from_browser[1]), *command],
            pass_fds=(to_browser[0], from_browser[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        self._write = os.fdopen(to_browser[1], "wb")
        self._read = os.fdopen(from_browser[0], "rb")
        self._changed = threading.Condition()
        self._answers: dict[int, Json] = {}
        self._events: list[Json] = []
        self._number = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Json:
        """Ask for something and wait for the answer."""
        with self._changed:
            self._number += 1
            number = self._number
        message: Json = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._write.write(json.dumps(message).encode() + b"\0")
        self._write.flush()
        with self._changed:
            answered = self._changed.wait_for(lambda: number in self._answers, 2 * PATIENCE_S)
            assert answered, f"the browser does not answer {method}"
            answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: Json = answer["result"]
        return result

    def events(self, session: str) -> list[Json]:
        """What happened in a session so far."""
        with self._changed:
            return [event for event in self._events if event.get("sessionId") == session]

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with suppress(BrokenPipeError):
            self._write.close()
        self._thread.join(5.0)
        self._read.close()

    def _listen(self) -> None:
        waiting = b""
        while more := os.read(self._read.fileno(), 1 << 20):
            *whole, waiting = (waiting + more).split(b"\0")
            with self._changed:
                for each in whole:
                    message = json.loads(each)
                    if "id" in message:
                        self._answers[message["id"]] = message
                    else:
                        self._events.append(message)
                self._changed.notify_all()


class Page:
    """One page of the browser, with everything it logged and asked for."""

    def __init__(self, browser: Chromium, width: int = 360, height: int = 740) -> None:
        self._browser = browser
        self._context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self._context)
        attached = browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")
        self.size(width, height)
        self.prefer(scheme="dark")

    def call(self, method: str, **parameters: Any) -> Json:
        return self._browser.call(method, self._session, **parameters)

    def size(self, width: int, height: int, scale: float = 1.0) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def prefer(
        self, scheme: str = "dark", motion: str = "no-preference", contrast: str = "no-preference"
    ) -> None:
        features = {
            "prefers-color-scheme": scheme,
            "prefers-reduced-motion": motion,
            "prefers-contrast": contrast,
        }
        named = [{"name": name, "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=named)

    def open(self, address: str) -> None:
        answer = self.call("Page.navigate", url=address)
        assert "errorText" not in answer, answer
        self.until("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def text(self, element: str) -> str:
        return str(self.value(f"document.getElementById({element!r})?.innerText ?? '(absent)'"))

    def until(self, expression: str, within_s: float = PATIENCE_S) -> float:
        """Wait until an expression is true in the page; return how many seconds that took."""
        began_s = monotonic()
        waiting = f"""new Promise((done) => {{
            const until = performance.now() + {within_s * 1000};
            const look = () => {{
                let met = false;
                try {{ met = Boolean({expression}); }} catch {{ }}
                if (met || performance.now() > until) done(met); else setTimeout(look, 5);
            }};
            look();
        }})"""
        assert self.value(waiting), f"never true: {expression}; the page shows: {self.shown()[:1500]}"
        return monotonic() - began_s

    def shown(self) -> str:
        return str(self.value("document.body.innerText"))

    def picture(self, path: Path, whole: bool = False) -> None:
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    @property
    def complaints(self) -> list[str]:
        """Everything that the browser logged: violations of the policy, errors, failed requests."""
        found = []
        for event in self._browser.events(self._session):
            parameters = event["params"]
            if event["method"] == "Log.entryAdded":
                found.append(f"{parameters['entry']['source']}: {parameters['entry']['text']}")
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(f"exception: {parameters['exceptionDetails']}")
            elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
                found.append(f"console: {parameters['args']}")
        return found

    @property
    def asked_for(self) -> set[str]:
        """Scheme, host and port of everything the page asked for, WebSockets too."""
        addresses = []
        for event in self._browser.events(self._session):
            if event["method"] == "Network.requestWillBeSent":
                addresses.append(event["params"]["request"]["url"])
            elif event["method"] == "Network.webSocketCreated":
                addresses.append(event["params"]["url"])
        return {"/".join(address.split("/")[:3]) for address in addresses}

    def close(self) -> None:
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)


@contextmanager
def browsing(profile: Path) -> Iterator[Chromium]:
    browser = Chromium(profile)
    try:
        yield browser
    finally:
        browser.close()
