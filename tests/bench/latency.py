#!/usr/bin/env python3
"""From the datagram that decides to the webhook's request.

    latency.py BUILD TOOLS

A tunnel of its own fails for each measurement; hold-down is 0. First on an
idle daemon, then among 2,000 records of IKE a second.
"""
import pathlib
import socket
import statistics
import subprocess
import sys
import time

import hook
import peers
import run

IDLE = 100
BUSY = 300
RATE = 2000  # records a second
GAP = 0.03  # seconds between two failures

ALERTS = """
alerts {{ group-threshold = 0  storm-threshold = 100000 }}
destination "hook" {{ type = webhook  url = {{"{url}"}}
    rate = 1000  burst = 1000  default = false }}
route {{ tunnel = {{"bench-*"}}  to = {{"hook"}} }}
"""


class Watched(peers.Ikewatch):
    def __init__(self, build, url):
        super().__init__(build)
        self.more = ALERTS.format(url=url)


RECORD = (
    '<188>date=2026-01-01 time=00:00:00 devname="FGT-bench" '
    'devid="FG100FTK00000999" eventtime=1767225600417311942 tz="+0000" '
    'logid="0101037124" type="event" subtype="vpn" level="error" vd="root" '
    'logdesc="IPsec phase 1 error" msg="IPsec phase 1 error" '
    'action="negotiate" remip=203.0.113.{peer} locip=192.0.2.1 remport=500 '
    'locport=500 outintf="wan1" cookies="{n:016x}/{n:016x}" user="N/A" '
    'group="N/A" vpntunnel="{name}" status="negotiate_error" '
    'reason="probable pre-shared secret mismatch" '
    'peer_notif="NOT-APPLICABLE"')


def fail(s, name):
    """A record that leaves nothing to wait for; when it was sent."""
    number = int(name.split("-")[-1])
    text = RECORD.format(name=name, n=number + 1, peer=number % 250 + 1)
    at = time.monotonic()
    s.sendto(text.encode(), ("127.0.0.1", run.PORT))
    return at


def measure(server, first, n):
    """Milliseconds, one for each failure that was told."""
    sent = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.3.0.1", 0))
        for k in range(first, first + n):
            name = f"bench-{k}"
            sent[name] = fail(s, name)
            time.sleep(GAP)
    time.sleep(1)
    return sorted((server.seen[name] - at) * 1000
                  for name, at in sent.items() if name in server.seen)


def tell(title, took, n, target, share):
    if len(took) < n:
        print(f"  {n - len(took)} of {n} were never told")
    if not took:
        return
    at = took[min(len(took) - 1, int(len(took) * share))]
    reached = "reached" if at <= target and len(took) == n else "MISSED"
    print(f"  {title}: median {statistics.median(took):.1f} ms, p99 "
          f"{took[min(len(took) - 1, int(len(took) * 0.99))]:.1f} ms, worst "
          f"{took[-1]:.1f} ms; wanted {target} ms at "
          f"{'the median' if share == 0.5 else 'p99'}: {reached}",
          flush=True)


def main():
    build, tools = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    server = hook.Hook()
    c = run.Collector(Watched(build, server.url), 0)
    print("datagram to webhook request")
    try:
        measure(server, 0, 5)
        tell("idle", measure(server, 100, IDLE), IDLE, 20, 0.5)
        count = int(RATE * (BUSY * (GAP + 0.002) + 2))
        load = subprocess.Popen(
            [tools / "load", "-p", str(run.PORT), "-n", str(count), "-r",
             str(RATE), "-k", "1", tools / "noise.txt", tools / "ike.txt"],
            stdout=subprocess.DEVNULL)
        time.sleep(1)
        tell(f"{RATE} records/s", measure(server, 1000, BUSY), BUSY, 300,
             0.99)
        load.wait()
    finally:
        c.stop()
        c.remove()
        server.close()


if __name__ == "__main__":
    main()
