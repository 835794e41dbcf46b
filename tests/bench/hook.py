"""A webhook server on the loopback that notes when each request came."""
import json
import socket
import threading
import time


class Hook:
    """answers=False: it accepts, reads, and never says a word."""

    def __init__(self, answers=True):
        self.answers = answers
        self.seen = {}  # tunnel: when its first request had arrived
        self.requests = 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.socket.getsockname()[1]
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def accept(self):
        while True:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            self.open.append(s)
            threading.Thread(target=self.serve, args=(s,),
                             daemon=True).start()

    def serve(self, s):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left = b""
        while True:
            try:
                got = s.recv(65536)
            except OSError:
                return
            now = time.monotonic()
            if not got:
                s.close()
                return
            left += got
            if self.answers:
                left = self.take(s, left, now)

    def take(self, s, left, now):
        """Answers each whole request; what is left of the next."""
        while b"\r\n\r\n" in left:
            head, body = left.split(b"\r\n\r\n", 1)
            size = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    size = int(value)
            if len(body) < size:
                return left
            left = body[size:]
            self.requests += 1
            try:
                tunnel = json.loads(body[:size])["data"]["tunnel"]
            except (ValueError, KeyError):
                tunnel = None
            self.seen.setdefault(tunnel, now)
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        return left

    def close(self):
        self.socket.close()
        for s in self.open:
            s.close()
