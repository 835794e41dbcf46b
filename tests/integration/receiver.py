#!/usr/bin/python3
"""A receiver of webhooks that behaves as badly as it is asked to.

The path says what it does; every request is written to the log as one JSON
object a line, before it is answered. Standard library only.

    receiver.py [--port N] [--log FILE] [--tls CERT KEY] [--seed N]

prints "listening PORT" and serves until it is killed. In a test:

    with Receiver() as r:
        url = r.url("/ok")
        ...
        r.wait(lambda log: len(log) >= 3)

Paths; the parts after the first may be followed by anything:
    /ok                  200 and "ok"
    /status/CODE[/RA]    that status; RA becomes the Retry-After header
    /after/SECONDS/429   a Retry-After date so far in the future
    /body/CODE/TEXT      that status and that body (URL-quoted)
    /flaky/N/CODE[/KEY]  CODE for the first N requests of KEY, then 200
    /once/CODE           CODE for the first try of each webhook-id here, then 200
    /random/PERCENT      that share of the requests fails in one of the ways,
                         but never the fourth of the same webhook-id
    /hang                reads, never answers
    /noread              never reads
    /slow/SECONDS        answers after so long
    /drip                one byte a second
    /cut                 half an answer, then closes
    /reset               resets the connection after the body was read
    /close               answers 200, says keep-alive, and closes
    /redirect/CODE/URL   Location: URL (URL-quoted)
    /big/BYTES           an answer of so many bytes
    /headers             endless headers
    /gzip                a compressed answer that unpacks to 1 GiB
    /continue            never sends 100-continue, answers after the body
"""

import argparse
import base64
import collections
import gzip
import http.server
import json
import random
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import urllib.parse
from email.utils import formatdate


PATIENCE = 120  # seconds; only a failing test waits so long


def free_port():
    """A port of 127.0.0.1 that nobody has, for UDP and TCP, and that the
    kernel gives nobody who does not name it: it is still free later."""
    with open("/proc/sys/net/ipv4/ip_local_port_range",
              encoding="ascii") as f:
        first = int(f.read().split()[0])
    ports = range(10000, first) if first > 11000 else range(61000, 65000)
    for _ in range(1000):
        port = random.SystemRandom().choice(ports)
        with socket.socket() as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


class State:
    def __init__(self, log=None, seed=1):
        self.lock = threading.Condition()
        self.requests = []
        self.counts = collections.Counter()
        self.file = open(log, "a", encoding="utf-8") if log else None
        self.random = random.Random(seed)
        self.stop = threading.Event()

    def record(self, entry):
        with self.lock:
            entry["n"] = len(self.requests)
            self.requests.append(entry)
            if self.file:
                self.file.write(json.dumps(entry) + "\n")
                self.file.flush()
            self.lock.notify_all()

    def answered(self, entry, status):
        with self.lock:
            entry["status"] = status
            self.lock.notify_all()

    def count(self, key):
        with self.lock:
            self.counts[key] += 1
            return self.counts[key]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "receiver"

    def log_message(self, *args):
        pass

    def handle_expect_100(self):
        if self.path.startswith("/continue"):
            return True
        return super().handle_expect_100()

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_POST(self):
        words = [urllib.parse.unquote(w)
                 for w in self.path.split("?")[0].split("/")[1:]]
        if words[0] == "noread":
            self.server.state.record({"path": self.path, "at": time.time()})
            self.wait()
            return
        raw = self.read_body()
        entry = {
            "at": time.time(), "method": self.command, "path": self.path,
            "client": "%s:%d" % self.client_address[:2],
            "headers": {k.lower(): v for k, v in self.headers.items()},
        }
        try:
            entry["body"] = raw.decode("utf-8")
            entry["json"] = json.loads(entry["body"])
        except UnicodeDecodeError:
            entry["raw"] = base64.b64encode(raw).decode()
        except ValueError:
            pass
        self.entry = entry
        self.server.state.record(entry)
        getattr(self, "on_" + words[0], self.on_ok)(*words[1:])

    do_GET = do_PUT = do_POST

    def wait(self, seconds=3600):
        """Until the test ends, the time is over, or the other side closed."""
        end = time.time() + seconds
        self.connection.settimeout(0.2)
        while time.time() < end and not self.server.state.stop.is_set():
            try:
                if self.connection.recv(65536) == b"":
                    break
            except (socket.timeout, ssl.SSLWantReadError):
                continue
            except OSError:
                break
        self.close_connection = True

    def answer(self, code, body=b"", headers=()):
        if isinstance(body, str):
            body = body.encode()
        self.server.state.answered(self.entry, code)
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def on_ok(self, *_):
        self.answer(200, "ok")

    def on_status(self, code="500", after=None, *_):
        self.answer(int(code), "", [("Retry-After", after)] if after else [])

    def on_after(self, seconds="5", code="429", *_):
        date = formatdate(time.time() + int(seconds), usegmt=True)
        self.answer(int(code), "", [("Retry-After", date)])

    def on_body(self, code="200", text="", *_):
        self.answer(int(code), text, [("Content-Type", "application/json")])

    def on_flaky(self, times="1", code="503", key="", *_):
        seen = self.server.state.count(("flaky", key))
        self.answer(int(code) if seen <= int(times) else 200)

    def on_once(self, code="503", *_):
        seen = self.server.state.count(
            ("once", self.path, self.entry["headers"].get("webhook-id")))
        self.answer(int(code) if seen == 1 else 200)

    def on_random(self, percent="30", *_):
        state = self.server.state
        with state.lock:
            bad = state.random.random() * 100 < float(percent)
            way = state.random.choice(
                ["500", "502", "503", "429", "cut", "reset", "close"])
        seen = state.count(
            ("random", self.entry["headers"].get("webhook-id")))
        if not bad or seen > 3:
            self.answer(200)
        elif way.isdigit():
            self.on_status(way, "1" if way == "429" else None)
        else:
            getattr(self, "on_" + way)()

    def on_hang(self, *_):
        self.wait()

    def on_continue(self, *_):
        self.on_ok()

    def on_slow(self, seconds="1", *_):
        self.server.state.stop.wait(float(seconds))
        self.answer(200, "ok")

    def on_drip(self, *_):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":
                self.wfile.write(bytes([byte]))
                if self.server.state.stop.wait(1):
                    break
        except OSError:
            pass
        self.close_connection = True

    def on_cut(self, *_):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        self.close_connection = True

    def on_reset(self, *_):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.close_connection = True

    def on_close(self, *_):
        self.answer(200, "ok", [("Connection", "keep-alive")])
        self.close_connection = True

    def on_redirect(self, code="302", *url):
        self.answer(int(code), "", [("Location", "/".join(url))])

    def on_big(self, size="1073741824", *_):
        # what is sent is what was taken, not what the kernel keeps
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        self.entry["sent"] = 0
        left, block = int(size), b"x" * 65536
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        try:
            while left > 0 and not self.server.state.stop.is_set():
                self.wfile.write(block[:left])
                left -= len(block)
                self.entry["sent"] += len(block)
        except OSError:
            pass
        self.close_connection = True

    def on_headers(self, *_):
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.server.state.stop.is_set():
                self.wfile.write(b"X-Endless: " + b"x" * 900 + b"\r\n")
        except OSError:
            pass
        self.close_connection = True

    def on_gzip(self, *_):
        packed = gzip.compress(b"\0" * (16 << 20)) * 64  # members follow
        self.answer(200, packed, [("Content-Encoding", "gzip")])


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


class Receiver:
    """One receiver on a port of 127.0.0.1, in threads of this process."""

    def __init__(self, port=0, log=None, tls=None, seed=1, host="127.0.0.1"):
        self.state = State(log, seed)
        self.server = Server((host, port), Handler)
        self.server.state = self.state
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True)
            self.scheme = "https"
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.state.stop.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path="/ok"):
        return "%s://127.0.0.1:%d%s" % (self.scheme, self.port, path)

    @property
    def requests(self):
        with self.state.lock:
            return list(self.state.requests)

    def wait(self, question, seconds=PATIENCE):
        """Until question(requests) is true; its answer, or the last one."""
        end = time.monotonic() + seconds
        with self.state.lock:
            while True:
                answer = question(self.state.requests)
                left = end - time.monotonic()
                if answer or left <= 0:
                    return answer
                self.state.lock.wait(min(left, 0.5))


def main():
    args = argparse.ArgumentParser(description="a badly behaved receiver")
    args.add_argument("--port", type=int, default=0)
    args.add_argument("--host", default="127.0.0.1")
    args.add_argument("--log")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    a = args.parse_args()
    with Receiver(a.port, a.log, a.tls, a.seed, a.host) as r:
        print("listening", r.port, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
