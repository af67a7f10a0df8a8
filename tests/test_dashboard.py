"""`kickback dashboard`: what it serves, to whom, and what it refuses; no browser is needed for that."""

import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.cli import main
from firmware.config.loading import parse_config
from firmware.dashboard.files import page_files
from firmware.dashboard.server import _AT_ONCE, PageServer
from firmware.dashboard.serving import open_page
from firmware.dashboard.settings import PageSettings, Serving, serving, websocket_of
from firmware.errors import BadInputError
from tests.broker import LOOPBACK, free_port
from tests.processes import COMMAND, PATIENCE_S

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "firmware" / "dashboard" / "page"
VENDOR = PAGE / "vendor"
OWN = [path for path in PAGE.rglob("*") if path.suffix in (".js", ".css", ".html") and path.parent != VENDOR]
WEBSOCKET = "wss://gym.local:8884"
SETTINGS = PageSettings(websocket=WEBSOCKET, user="dashboard", password="read only", device="gym-1")


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    with PageServer(Serving(SETTINGS, LOOPBACK, port=0)) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


class Answer:
    def __init__(self, raw: http.client.HTTPResponse) -> None:
        self.status = raw.status
        self.headers = raw.headers
        self.content = raw.read()


def ask(server: PageServer, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection(LOOPBACK, server.server_port, timeout=10.0)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return Answer(connection.getresponse())
    finally:
        connection.close()


def raw(server: PageServer, sent: bytes) -> bytes:
    with socket.create_connection((LOOPBACK, server.server_port), timeout=10.0) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_every_file_of_the_page_is_served_as_what_it_is(server: PageServer) -> None:
    for path, kind in {
        "/": "text/html; charset=utf-8",
        "/main.js": "text/javascript; charset=utf-8",
        "/widgets/ring.js": "text/javascript; charset=utf-8",
        "/vendor/mqtt.esm.js": "text/javascript; charset=utf-8",
        "/look.css": "text/css; charset=utf-8",
        "/icon.svg": "image/svg+xml",
        "/page.webmanifest": "application/manifest+json",
    }.items():
        answer = ask(server, path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
        source = PAGE / ("index.html" if path == "/" else path[1:])
        assert answer.content == source.read_bytes()


def test_every_file_that_the_page_names_is_there() -> None:
    there = set(page_files())
    for path in OWN:
        folder = "/" + str(path.parent.relative_to(PAGE)).replace(".", "", 1)
        for name in re.findall(r'(?:from |src=|href=)"([^"]+)"', path.read_text(encoding="utf-8")):
            joined = Path(folder.rstrip("/") + "/" + name)
            assert str(joined.resolve()) in there, f"{path.name} names {name}"


def test_the_settings_say_where_the_broker_is_and_are_kept_nowhere(server: PageServer) -> None:
    answer = ask(server, "/settings.json")
    assert json.loads(answer.content) == {
        "schema": "kickback.page/1",
        "websocket": WEBSOCKET,
        "user": "dashboard",
        "password": "read only",
        "device": "gym-1",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_browser_keeps_a_file_and_asks_whether_it_still_holds(server: PageServer) -> None:
    first = ask(server, "/main.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = ask(server, "/main.js", If_None_Match=first.headers["ETag"])
    assert (again.status, again.content) == (304, b"")
    assert ask(server, "/main.js", If_None_Match='"another"').status == 200
    assert (
        ask(server, "/settings.json", If_None_Match=ask(server, "/settings.json").headers["ETag"]).status
        == 200
    )


def test_large_files_go_packed_to_whoever_can_unpack_them(server: PageServer) -> None:
    answer = ask(server, "/vendor/mqtt.esm.js", Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == (VENDOR / "mqtt.esm.js").read_bytes()
    assert len(answer.content) < 120_000


@pytest.mark.parametrize("path", ["/", "/settings.json", "/absent", "/main.js"])
def test_every_answer_carries_the_policy(server: PageServer, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        headers = ask(server, path, method).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self'",
            "manifest-src": "'self'",
            "connect-src": f"'self' {WEBSOCKET}",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "require-trusted-types-for": "'script'",
            "trusted-types": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Server"] is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_nothing_but_get_and_head_is_answered(server: PageServer, method: str) -> None:
    answer = ask(server, "/settings.json", method, Content_Length="0")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert b"broker" not in answer.content
    assert b"read only" not in answer.content


def test_head_sends_no_content(server: PageServer) -> None:
    answer = ask(server, "/main.js", "HEAD")
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) == len((PAGE / "main.js").read_bytes())
    assert ask(server, "/absent", "HEAD").content == b""


SECRETS = [
    "/../settings.py",
    "/..%2fserver.py",
    "/%2e%2e/server.py",
    "//etc/passwd",
    "/vendor/../../settings.py",
    "/vendor/..%5c..%5csettings.py",
    "/vendor/README.md",
    "/vendor/SHA256SUMS",
    "/vendor/",
    "/widgets",
    "/main.js/",
    "/MAIN.JS",
    "/main.js%00.html",
]


@pytest.mark.parametrize("path", SECRETS)
def test_nothing_else_can_be_asked_for(server: PageServer, path: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.content) == (404, b"there is no such page\n")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_path_leads_out_of_the_page(server: PageServer, path: str) -> None:
    answer = raw(server, f"GET /{path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    status, _, content = answer.partition(b"\r\n\r\n")
    code = int(status.split()[1])
    assert code in (200, 400, 404)
    if code == 200:
        assert content in {file.plain for file in server.files.values()}


@given(st.binary(max_size=200))
def test_no_request_ends_the_server(server: PageServer, sent: bytes) -> None:
    raw(server, sent)
    assert ask(server, "/").status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("LOCALHOST", 200),
        ("evil.example", 421),
        ("evil.example:8080", 421),
        ("localhost.evil.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
def test_a_foreign_name_that_points_here_gets_nothing(server: PageServer, host: str, status: int) -> None:
    answer = ask(server, "/settings.json", Host=host)
    assert answer.status == status
    assert (b"read only" in answer.content) == (status == 200)


def test_a_request_with_content_is_not_followed_by_another_one_hidden_in_it(server: PageServer) -> None:
    hidden = b"GET /settings.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for length in (b"Content-Length: %d" % len(hidden), b"Transfer-Encoding: chunked"):
        answer = raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n\r\n" + hidden)
        assert answer.count(b"HTTP/1.1 200") == 1
        assert b"read only" not in answer


def test_connections_that_say_nothing_are_bounded_and_hold_up_no_end() -> None:
    with open_page(Serving(SETTINGS, LOOPBACK, port=0)) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        with ExitStack() as parts:
            for _ in range(_AT_ONCE):
                parts.enter_context(socket.create_connection((LOOPBACK, port)))
            one_more = parts.enter_context(socket.create_connection((LOOPBACK, port), timeout=10.0))
            assert one_more.recv(1) == b""
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10.0)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()


def test_a_request_that_never_comes_to_its_end_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often bytes of it come: the patience between two of them is never at its end here."""
    monkeypatch.setattr("firmware.dashboard.server._REQUEST_S", 0.2)
    monkeypatch.setattr("firmware.dashboard.server._Answering.timeout", 60.0)
    with open_page(Serving(SETTINGS, LOOPBACK, port=0)) as address:
        port = int(address.rstrip("/").rpartition(":")[2])
        with socket.create_connection((LOOPBACK, port), timeout=5.0) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: local")
            assert connection.recv(1) == b""


class Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if values.get("id"):
            self.ids.append(str(values["id"]))


def test_no_script_or_style_stands_in_the_markup_and_every_id_is_one() -> None:
    markup = Markup()
    markup.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    assert markup.inline == []
    assert len(set(markup.ids)) == len(markup.ids) > 20
    for path in PAGE.rglob("*.js"):
        if path.parent != VENDOR:
            asked = set(re.findall(r'\bat\("([a-z-]+)"\)', path.read_text(encoding="utf-8")))
            assert asked <= set(markup.ids), path.name


def test_own_files_name_no_outside_address_and_make_no_markup_of_text() -> None:
    for path in OWN:
        text = path.read_text(encoding="utf-8")
        addresses = set(re.findall(r"(?:https?|wss?):?//[^\s\"'`<>)]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name
        for call in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "new Function"):
            assert call not in text, f"{path.name}: {call}"
        assert len(text.splitlines()) <= 300, path.name


def test_what_others_made_is_as_they_released_it_and_has_its_licence() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(sums) == {path.name for path in VENDOR.iterdir()} - {"README.md", "SHA256SUMS"}
    for name, digest in sums.items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
    for library in ("mqtt.LICENSE.md", "uPlot.LICENSE"):
        assert "Permission is hereby granted, free of charge" in (VENDOR / library).read_text(
            encoding="utf-8"
        )


def test_the_licences_of_what_is_bundled_in_the_mqtt_library_are_beside_it() -> None:
    named = (VENDOR / "mqtt.esm.js").read_text(encoding="utf-8").rpartition("/*! Bundled license")[2]
    bundled = set(re.findall(r"\(\*! ([a-z0-9-]+)(?:\.| --)", named))
    text = (VENDOR / "mqtt.bundled.LICENSES.md").read_text(encoding="utf-8")
    sections = {section.split()[0]: section for section in text.split("\n## ")[1:]}
    assert set(sections) == bundled == {"ieee754", "safe-buffer", "regenerator-runtime"}
    assert "Neither the name of the copyright holder" in sections["ieee754"]
    for library in bundled - {"ieee754"}:
        assert "Permission is hereby granted, free of charge" in sections[library], library
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "BSD-3-Clause" in project["license"].split(" AND ")
    assert VENDOR / "mqtt.bundled.LICENSES.md" in {
        path for pattern in project["license-files"] for path in ROOT.glob(pattern)
    }


def test_an_installed_package_has_every_file() -> None:
    """As setuptools reads it: patterns below the package, of which a star crosses no folder."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["firmware"]
    packed = {path for pattern in patterns for path in (ROOT / "firmware").glob(pattern)}
    assert {path for path in PAGE.rglob("*") if path.is_file()} <= packed


def complaint(config: str, **options: Any) -> str:
    with pytest.raises(BadInputError) as caught:
        serving(parse_config(config, "k.toml"), **options)
    return str(caught.value)


def test_by_default_only_this_computer_can_open_it() -> None:
    found = serving(parse_config("", "k.toml"))
    assert (found.bind, found.port, found.local) == ("127.0.0.1", 8080, True)
    assert found.settings == PageSettings(websocket="ws://127.0.0.1:9001", device="kickback")


def test_beyond_this_computer_it_wants_to_be_encrypted_or_told_not_to() -> None:
    reachable = "[dashboard]\nwebsocket = 'ws://192.168.1.20:9001'\nbind = '0.0.0.0'"
    assert "everybody in the network" in complaint(reachable)
    found = serving(parse_config(reachable, "k.toml"), plain=True)
    assert not found.local
    own = socket.gethostname().lower()
    assert found.names == {"localhost", own, f"{own}.local", "192.168.1.20"}
    assert "which is itself" in complaint("[dashboard]\nbind = '0.0.0.0'", plain=True)
    encrypted = reachable + "\ncertificate_file = '/c'\nkey_file = '/k'"
    assert "no unencrypted ws://192.168.1.20:9001" in complaint(encrypted)
    assert serving(parse_config(encrypted.replace("ws://", "wss://"), "k.toml")).certificate is not None


def test_the_broker_of_the_config_is_taken_where_no_other_address_is_given() -> None:
    for config, address in {
        "[mqtt]\nhost = 'gym.local'": "ws://gym.local:9001",
        "[mqtt]\nhost = '::1'\ntls = true": "wss://[::1]:9001",
        "[dashboard]\nwebsocket = 'wss://gym.local:8884/mqtt'": "wss://gym.local:8884/mqtt",
    }.items():
        assert websocket_of(parse_config(config, "k.toml")) == address


def test_a_password_is_handed_out_only_when_the_config_says_so(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    told = f"[dashboard]\nuser = 'dashboard'\npassword_file = '{secret}'"
    found = serving(parse_config(told, "k.toml"))
    assert found.settings.password == "open sesame"
    assert "open sesame" not in repr(found)
    assert serving(parse_config("[dashboard]\nuser = 'dashboard'", "k.toml")).settings.password is None
    assert "cannot read the page's password file" in complaint(told.replace("password'", "absent'"))


def test_secrets_that_only_root_may_read_come_from_the_service_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("word", "page.crt", "page.key"):
        (tmp_path / name).write_text(f"copy of {name}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    config = (
        "[dashboard]\nuser = 'dashboard'\npassword_file = '/root/word'\n"
        "certificate_file = '/root/page.crt'\nkey_file = '/root/page.key'"
    )
    found = serving(parse_config(config, "k.toml"))
    assert found.settings.password == "copy of word"
    assert found.certificate == (tmp_path / "page.crt", tmp_path / "page.key")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("websocket = 'http://gym'", "dashboard.websocket is 'http://gym'; write ws:// or wss://"),
        ('websocket = "ws://gym; script-src *"', "dashboard.websocket is 'ws://gym; script-src *'"),
        ("websocket = 'ws://gym:99999'", "dashboard.websocket is 'ws://gym:99999'"),
        ("websocket = 'ws://user:word@gym'", "dashboard.websocket is"),
        ("bind = 'gym.local'", "dashboard.bind is 'gym.local'; write an address of this computer"),
        ("port = 80", "dashboard.port is 80; write a whole number from 1024 to 65535"),
        ("password_file = '/x'", "dashboard.user is missing; a password_file goes with a user"),
        ("user = 'a'\npassword_file = 'hunter2'", "dashboard.password_file is no whole path; write"),
        ("key_file = '/x'", "dashboard.key_file and certificate_file go together"),
        ("user = 'gym-1'\n[mqtt]\nuser = 'gym-1'", "dashboard.user is the tracker's own"),
        (
            "user = 'a'\npassword_file = '/x'\n[mqtt]\nuser = 'b'\npassword_file = '/x'",
            "dashboard.password_file is the tracker's own",
        ),
    ],
)
def test_a_config_that_cannot_be_is_said_with_its_key(text: str, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_config(f"[dashboard]\n{text}", "k.toml")
    assert str(caught.value).startswith(f"k.toml: {said}")
    assert "hunter2" not in str(caught.value)


def config_file(folder: Path, text: str = "") -> Path:
    path = folder / "kickback.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_command_says_where_the_page_is_and_ends_when_told(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    port = free_port()
    command = [*COMMAND, "dashboard", "--config", str(config_file(tmp_path)), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as page:
        assert page.stdout is not None
        line = page.stdout.readline()
        assert line == f"The page is at http://127.0.0.1:{port}/  (broker: ws://127.0.0.1:9001)\n"
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10.0)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        # The browser's connection stays open, which holds up no end.
        page.send_signal(number)
        _, err = page.communicate(timeout=PATIENCE_S)
        connection.close()
    assert (page.returncode, err) == (code, "")


def test_what_cannot_be_served_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(config_file(tmp_path))]
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["dashboard", *config, "--port", str(port)]) == 2
    assert main(["dashboard", *config, "--bind", "gym"]) == 2
    assert main(["dashboard", *config, "--bind", "203.0.113.7", "--plain"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 3
    assert f"cannot serve at 127.0.0.1 port {port} (Address already in use); choose another" in err[0]
    assert err[1].startswith("kickback: --bind is 'gym'; write an address of this computer")
    assert "which is itself" in err[2]
