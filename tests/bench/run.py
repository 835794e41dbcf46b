"""One collector, one load, one row of figures."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
PORT = 15514  # another for each collector, one that is free
QUIET = 0.6  # seconds without CPU time: it has dealt with all
FASTEST_SENDER = 110000  # datagrams a second; two share more


def stat_ticks(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = text.rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def family(pid):
    """The process and its children."""
    pids = [pid]
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            pids += [int(p) for p in path.read_text().split()]
        except OSError:
            pass
    return pids


def ticks_of(pid):
    return sum(stat_ticks(p) for p in family(pid))


def peak_kib(pid):
    total = 0
    for p in family(pid):
        try:
            text = pathlib.Path(f"/proc/{p}/status").read_text()
        except OSError:
            continue
        found = re.search(r"VmHWM:\s+(\d+)", text)
        total += int(found.group(1)) if found else 0
    return total


def kernel_drops(port):
    mark, drops = f":{port:04X} ", 0
    for path in ("/proc/net/udp", "/proc/net/udp6"):
        for line in pathlib.Path(path).read_text().splitlines()[1:]:
            if mark in line[:60].upper() and line.split()[1].endswith(
                    mark.strip()):
                drops += int(line.split()[-1])
    return drops


def machine():
    """Ticks of the whole machine: all, idle."""
    fields = [int(f) for f in pathlib.Path("/proc/stat").read_text()
              .splitlines()[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def listening(port):
    mark = f":{port:04X} "
    return all(any(mark in pathlib.Path(p).read_text().upper()
                   for p in (f"/proc/net/{kind}", f"/proc/net/{kind}6"))
               for kind in ("udp", "tcp"))


def foremost():
    """A paced sender stands for machines of their own: it goes first."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        pass


def free_port():
    """One that neither a datagram socket nor a stream holds."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as s, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
            try:
                u.bind(s.getsockname())
                return s.getsockname()[1]
            except OSError:
                continue


class Collector:
    def __init__(self, peer, buffer):
        global PORT
        PORT = free_port()
        self.peer = peer
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="ikewatch-bench."))
        command, env = peer.start(self.dir, PORT, buffer)
        self.log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen(
            [str(c) for c in command], stdout=self.log, stderr=self.log,
            env={**os.environ, **env})
        for _ in range(200):
            if listening(PORT):
                break
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            self.process.kill()
        if self.process.poll() is not None:
            text = (self.dir / "log").read_text()
            self.stop()
            raise SystemExit(f"{peer.name} did not start:\n{text}")
        time.sleep(0.5)

    @property
    def pid(self):
        return self.process.pid

    def settle(self, limit=120):
        """When it last used the CPU."""
        last, seen, begun = time.monotonic(), ticks_of(self.pid), \
            time.monotonic()
        while time.monotonic() - last < QUIET and \
                time.monotonic() - begun < limit:
            time.sleep(0.02)
            now = ticks_of(self.pid)
            # A tick now and then is housekeeping.
            if now - seen > 1:
                seen, last = now, time.monotonic()
        return last

    def rows(self):
        with sqlite3.connect(self.dir / "out.db") as db:
            return db.execute(
                f"SELECT count(*) FROM {self.peer.table}").fetchone()[0]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def send(tools, count, rate=0, tcp=False, streams=1, every=100):
    """Starts the load; its reports, added up."""
    senders = 2 if rate > FASTEST_SENDER else 1
    jobs = []
    for k in range(senders):
        command = [tools / "load", "-p", PORT, "-n", count // senders,
                   "-r", rate // senders, "-k", every, "-c", streams,
                   "-f", k * (count // senders)]
        command += ["-t"] * tcp
        command += [tools / "noise.txt", tools / "ike.txt"]
        jobs.append(subprocess.Popen(
            [str(c) for c in command], stdout=subprocess.PIPE, text=True,
            preexec_fn=foremost if rate else None))
    reports = [json.loads(j.communicate()[0]) for j in jobs]
    total = {k: sum(r[k] for r in reports)
             for k in ("sent", "ike", "bytes", "errors", "late", "cpu")}
    total["began"] = min(r["began"] for r in reports)
    total["seconds"] = max(r["seconds"] for r in reports)
    return total


def measure(peer, tools, buffer=0, **load):
    os.sync()  # what the one before left to the disk is not this one's
    c = Collector(peer, buffer)
    try:
        ticks, before = ticks_of(c.pid), machine()
        drops = kernel_drops(PORT)
        sent = send(tools, **load)
        # On the sender's clock: it reads its lines before it begins.
        took = max(c.settle() - sent["began"], sent["seconds"])
        after = machine()
        ticks = ticks_of(c.pid) - ticks
        drops = kernel_drops(PORT) - drops
        rss = peak_kib(c.pid)
        time.sleep(peer.lingers)
        c.stop()
        rows = c.rows()
    finally:
        c.stop()
        c.remove()
    busy = (after[0] - before[0]) - (after[1] - before[1])
    return {
        "peer": peer.name, "sent": sent["sent"], "ike": sent["ike"],
        "rows": rows, "drops": drops, "late": sent["late"],
        "lost": max(drops, sent["ike"] - rows, sent["errors"]),
        "send_rate": sent["sent"] / sent["seconds"],
        "rate": sent["sent"] / took, "row_rate": rows / took,
        "cpu": ticks / TICKS * 1e6 / sent["sent"], "rss": rss / 1024,
        "other": (busy - ticks) / TICKS - sent["cpu"], "took": took,
    }
