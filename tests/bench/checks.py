#!/usr/bin/env python3
"""Figures of the daemon alone: size, memory, start, losses, a bad webhook.

    checks.py BUILD TOOLS
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import compare
import hook
import latency
import peers
import run

MIB = 1 << 20
LONG = os.environ.get("BENCH_LONG") == "1"


def say(what, figure, wanted, reached):
    print(f"  {what}: {figure} (wanted {wanted}: "
          f"{'reached' if reached else 'MISSED'})", flush=True)


def memory(pid, name="VmRSS"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", text).group(1)) / 1024


def size(build, tools):
    small = tools / "ikewatchd.stripped"
    subprocess.run(["strip", "-o", small, build / "ikewatchd"], check=True)
    mib = small.stat().st_size / MIB
    say("stripped daemon", f"{mib:.2f} MiB", "<= 1.5", mib <= 1.5)


def at_rest(build, _):
    c = run.Collector(peers.Ikewatch(build), 0)
    time.sleep(1)
    mib = memory(c.pid)
    c.stop()
    c.remove()
    say("resident after the start", f"{mib:.1f} MiB", "<= 16", mib <= 16)


def big_database(build, tools):
    """Made once; building it takes longer than all that is measured."""
    path = tools / "big.db"
    if not path.exists():
        subprocess.run([build / "tools/storeload", "-t", "10000", "-n",
                        "680000", "-e", "3", "-d", "365", path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def big_start(build, tools):
    """With a database of 1 GiB, a file that the system's cache has."""
    path = big_database(build, tools)
    gib = path.stat().st_size / (1 << 30)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ikewatch-bench."))
    shutil.copy(path, folder / "out.db")
    try:
        command, _ = peers.Ikewatch(build).start(folder, run.PORT, 0)
        begun = time.monotonic()
        p = subprocess.Popen([str(c) for c in command], text=True,
                             stderr=subprocess.PIPE)
        for line in p.stderr:
            if line.rstrip().endswith(": ready"):
                break
        took = time.monotonic() - begun
        p.send_signal(signal.SIGTERM)
        p.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"ready with a database of {gib:.2f} GiB", f"{took:.2f} s",
        "<= 2 s", took <= 2)


def grows(build, tools):
    """The same memory after many messages as after the first million, all
    tunnels being known."""
    million = 10 if LONG else 3
    c = run.Collector(peers.Ikewatch(build), 0)
    try:
        run.send(tools, 100000, tcp=True, streams=10, every=1)
        run.send(tools, 1000000, tcp=True, streams=10)
        c.settle()
        first = memory(c.pid)
        run.send(tools, (million - 1) * 1000000, tcp=True, streams=10)
        c.settle()
        last = memory(c.pid)
    finally:
        c.stop()
        c.remove()
    say(f"resident after 1 and {million} million messages",
        f"{first:.1f} and {last:.1f} MiB", "no more than a tenth more",
        last <= 1.1 * first)


def counter(log, name):
    return sum(int(n) for n in re.findall(
        rf"stats: {name}(?:{{[^}}]*}})? (\d+)", log))


def account(build, tools):
    """Too much for a small buffer: what is lost is counted."""
    c = run.Collector(peers.Ikewatch(build), 65536)
    sent = run.send(tools, 150000, rate=60000, every=1)
    c.settle()
    c.stop()
    rows, log = c.rows(), (c.dir / "log").read_text()
    c.remove()
    lost = sent["sent"] - rows
    counted = counter(log, "messages_dropped_total")
    other = counter(log, "messages_discarded_total")
    say(f"UDP overload, {sent['sent']} sent, {rows} stored",
        f"{lost} missing, {counted} counted as dropped, {other} as let go",
        "equal", lost == counted + other)


class Hooked(peers.Ikewatch):
    def __init__(self, build, server):
        super().__init__(build)
        self.more = f"""
destination "hook" {{ type = webhook  url = {{"{server.url}"}} }}
"""


def hooked_run(build, tools, answers, rate):
    server = hook.Hook(answers)
    r = run.measure(Hooked(build, server), tools, 4 * MIB, rate=int(rate),
                    count=int(rate * compare.SECONDS / 2))
    server.close()
    return r


def bad_hook(build, tools):
    """What it takes without loss while the webhook's server answers, it
    takes nearly all of while that server never does. Near the highest rate
    the one and the other are luck, so they are tried in turn: where it loses
    something though the server answers, the next try is slower."""
    server = hook.Hook()
    good = compare.Search(4 * MIB, 140000)(Hooked(build, server), tools)
    server.close()
    rate, tries = good["udp_max"], 0
    while True:
        bad = hooked_run(build, tools, False, 0.95 * rate)
        if bad["lost"] == 0 or tries == 3:
            break
        if hooked_run(build, tools, True, rate)["lost"] == 0:
            tries += 1
        else:
            rate /= compare.STEP
    say("UDP without loss, the webhook's server hangs",
        f"{bad['lost']} lost at {bad['send_rate']:,.0f} msgs/s; "
        f"{rate:,.0f} where it answers", ">= 0.95 of it", bad["lost"] == 0)


def main():
    build, tools = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    print("the daemon alone")
    for check in (size, at_rest, big_start, grows, account, bad_hook):
        check(build, tools)
    latency.main()


if __name__ == "__main__":
    main()
