"""Server: hands out the page's files, to GET and HEAD alone; it reads no file and knows no command."""

import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import BoundedSemaphore
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msgspec

from firmware.dashboard.files import Served, page_files, served
from firmware.dashboard.policy import headers
from firmware.dashboard.settings import Serving
from firmware.errors import BadInputError

_PATIENCE_S = 5.0
"""A browser that says nothing for so long is hung up on."""

_REQUEST_S = 10.0
"""A request, from the wait for it to its answer, takes no longer, however busily its sender drips bytes."""

_AT_ONCE = 48
"""Connections at a time; one more is hung up on when none ends soon."""

_ROOM_WITHIN_S = 0.5

log = logging.getLogger(__name__)


class PageServer(ThreadingHTTPServer):
    """Serves the page of one broker.

    Raise BadInputError for an address, a port or a certificate that cannot be used.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, serving: Serving) -> None:
        settings = msgspec.json.encode(serving.settings)
        self.files: Mapping[str, Served] = {
            **page_files(),
            "/settings.json": served("application/json", settings, kept=False),
        }
        self.policy = headers(serving.settings.websocket)
        self.names = serving.names
        self._until_s: dict[socket.socket, float] = {}
        self._places = BoundedSemaphore(_AT_ONCE)
        self._tls = None if serving.certificate is None else _tls(*map(str, serving.certificate))
        self.address_family = socket.AF_INET6 if ":" in serving.bind else socket.AF_INET
        try:
            super().__init__((serving.bind, serving.port), _Answering)
        except OSError as error:
            raise BadInputError(
                f"cannot serve at {serving.bind} port {serving.port} ({error.strerror}); choose another with "
                "--port or --bind"
            ) from error
        host = f"[{serving.bind}]" if ":" in serving.bind else serving.bind
        self.address = f"http{'' if self._tls is None else 's'}://{host}:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the library would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_port = int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; its TLS handshake is made later, in its own thread."""
        connection, address = super().get_request()
        if self._tls is None:
            return connection, address
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, when there is room for one."""
        if not self._places.acquire(timeout=_ROOM_WITHIN_S):
            log.info("too many connections; one from %s is refused", client_address[0])
            self.shutdown_request(request)
            return
        self.allow(request)
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._until_s.pop(request, None)
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._until_s.pop(request, None)
            self._places.release()

    def allow(self, connection: socket.socket) -> None:
        """Give the request that a connection brings next its time."""
        self._until_s[connection] = monotonic() + _REQUEST_S

    def service_actions(self) -> None:
        """Hang up on whoever's time is over; its thread then ends by itself."""
        now_s = monotonic()
        for connection, until_s in list(self._until_s.items()):
            if now_s > until_s:
                with suppress(OSError):
                    # Not the TLS socket's own, which must not change under the thread that reads from it.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle, or a handshake that fails, is nothing to tell of."""
        log.info("a connection from %s ended early", client_address[0], exc_info=True)


class _Answering(BaseHTTPRequestHandler):
    """One connection. Every answer carries the policy."""

    server: PageServer
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_S

    def handle_one_request(self) -> None:
        """Answer the next request, within its time."""
        self.server.allow(self.connection)
        super().handle_one_request()

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(self.wfile.write)

    def do_HEAD(self) -> None:
        """Send what is known of a file."""
        self._answer(lambda content: None)

    def _answer(self, write: Callable[[bytes], object]) -> None:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            # What would follow is not read, and must not be taken for another request.
            self.close_connection = True
        if not self._named():
            self._say(
                HTTPStatus.MISDIRECTED_REQUEST, "open the page by this computer's address or its own name"
            )
            return
        file = self.server.files.get(self.path.partition("?")[0])
        if file is None:
            self._say(HTTPStatus.NOT_FOUND, "there is no such page")
            return
        tag = {"ETag": file.tag, "Cache-Control": "no-cache" if file.kept else "no-store"}
        if file.kept and file.tag in self.headers.get("If-None-Match", ""):
            self._begin(HTTPStatus.NOT_MODIFIED, tag)
            return
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        content = file.packed if packed else file.plain
        encoding = {"Content-Encoding": "gzip"} if packed else {}
        length = {"Content-Type": file.kind, "Content-Length": str(len(content)), "Vary": "Accept-Encoding"}
        self._begin(HTTPStatus.OK, {**tag, **length, **encoding})
        write(content)

    def _named(self) -> bool:
        """Whether the page was asked for by an address or one of its own names.

        A foreign name that was made to point here could otherwise read the settings (DNS rebinding).
        """
        with suppress(ValueError):
            host = (urlsplit(f"//{self.headers.get('Host', '')}").hostname or "").lower()
            return host in self.server.names or bool(ip_address(host))
        return False

    def _begin(self, status: HTTPStatus, more: Mapping[str, str]) -> None:
        self.send_response_only(status)
        for name, value in {"Date": formatdate(usegmt=True), **self.server.policy, **more}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _say(self, status: int, text: str, more: Mapping[str, str] | None = None) -> None:
        content = f"{text}\n".encode()
        kind = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(content))}
        self._begin(HTTPStatus(status), {**kind, "Cache-Control": "no-store", **(more or {})})
        if self.command != "HEAD":
            self.wfile.write(content)
        self.log_request(status)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the library refuses, in plain text that repeats nothing of the request."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._say(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD", {"Allow": "GET, HEAD"})
        else:
            self._say(code, HTTPStatus(code).phrase.lower())

    def log_message(self, form: str, *words: Any) -> None:
        """Note it for --verbose; what a stranger wrote is shown so that it moves no terminal."""
        log.info("%s %r", self.client_address[0], form % words)


def _tls(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInputError(f"cannot use the certificate {certificate} with the key {key}: {why}") from error
    return context
