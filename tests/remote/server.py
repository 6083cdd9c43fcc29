"""A web server on the loopback address, late or wrong as told, that notes what it is asked."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Site:
    """What a server has and how it behaves; `asked` and `sent` are what came of it."""

    files: Mapping[str, bytes | Path]
    delay: float = 0.0  # seconds before each answer
    ranges: bool = True
    length: bool = True  # whether whole files come with their size
    heads: bool = True  # whether HEAD is allowed; signed addresses allow GET alone
    status: int = 0  # answered to everything, where it is not 0
    shift: int = 0  # bytes by which each range is wrong
    moved: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://{self.address}/{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD out of a `Site`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    site: Site

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        site, path = self.site, self.path.partition("?")[0].lstrip("/")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        with site.lock:
            site.asked.append(f"{self.command} {self.path} {self.headers.get('Range', '')}".strip())
        time.sleep(site.delay)
        if path in site.moved:
            self.reply(302, {"Location": site.moved[path], "Content-Length": "0"})
        elif site.status or not (body or site.heads):
            self.reply(site.status or 403, {"Content-Length": "0"})
        elif path not in site.files:
            self.reply(404, {"Content-Length": "0"})
        elif wanted and site.ranges:
            self.part(path, int(wanted[1]) + site.shift, int(wanted[2]) + site.shift)
        else:
            self.whole(path, body)

    def part(self, path: str, first: int, last: int) -> None:
        held = self.site.files[path]
        if isinstance(held, Path):
            size = held.stat().st_size
            with held.open("rb") as stream:
                stream.seek(first)
                data = stream.read(last - first + 1)
        else:
            size, data = len(held), held[first : last + 1]
        place = f"bytes {first}-{first + len(data) - 1}/{size}"
        self.reply(206, {"Content-Length": str(len(data)), "Content-Range": place}, data)

    def whole(self, path: str, body: bool) -> None:
        held = self.site.files[path]
        data = held.read_bytes() if isinstance(held, Path) and body else held
        size = held.stat().st_size if isinstance(held, Path) else len(held)
        if not self.site.length:
            self.close_connection = True
            self.reply(200, {"Connection": "close"}, data if body else b"")
        else:
            self.reply(200, {"Content-Length": str(size)}, data if body else b"")

    def reply(self, status: int, headers: Mapping[str, str], data: bytes | Path = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:  # the other side has what it wanted
            self.close_connection = True
            return
        with self.site.lock:
            self.site.sent += len(data)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """A server that takes in many connections at once: with the usual 5, others wait a second."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """The site, reachable while the body runs."""
    handler = type("SiteHandler", (Handler,), {"site": site})
    server = Server(("127.0.0.1", 0), handler)
    site.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
