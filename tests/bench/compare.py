#!/usr/bin/env python3
"""Compares ikewatchd with what else there is, in one run on one machine.

    compare.py BUILD TOOLS [CASE ...]

Rounds, one after the other: in each round every collector goes through every
case. Printed are the median of the rounds, the lowest and the highest, and
the ratios to the better peer and to the bare loop. BENCH_ROUNDS (3),
BENCH_SECONDS (10, of a run at a rate) and BENCH_PEERS (names) can be set.
"""
import json
import os
import pathlib
import statistics
import sys

import peers
import run

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
BUFFER = 4 << 20
STEP = 1.5  # between the first rates of a search
PRECISION = 1.1
HIGHEST = 600000


class Search:
    """The highest rate of datagrams without loss, within ten per cent."""

    def __init__(self, peer, tools, buffer):
        self.peer, self.tools, self.buffer = peer, tools, buffer
        self.best = None
        self.sender = False

    def holds(self, rate, seconds):
        """False when it lost something, twice; None when the senders could
        not keep the rate."""
        for _ in range(2):
            r = run.measure(self.peer, self.tools, self.buffer,
                            rate=int(rate), count=int(rate * seconds))
            if r["lost"] == 0:
                if r["send_rate"] < 0.9 * rate:
                    self.sender = True
                    return None
                self.best = max(r, self.best or r,
                                key=lambda x: x["send_rate"])
                return True
            if r["lost"] > 0.01 * r["sent"]:
                break
        return False

    def find(self, start):
        good = bad = None
        rate = start
        while (good is None or bad is None) and 2000 < rate < HIGHEST:
            if self.holds(rate, SECONDS / 3):
                good, rate = rate, rate * STEP
            else:
                bad, rate = rate, rate / STEP
        while good and bad and bad / good > PRECISION:
            rate = (good * bad) ** 0.5
            if self.holds(rate, SECONDS / 3):
                good = rate
            else:
                bad = rate
        self.best = None
        while good and not self.holds(good, SECONDS):
            good /= PRECISION
        return dict(self.best, udp_max=self.best["send_rate"],
                    limited=self.sender)


def udp_max(buffer, start):
    def case(peer, tools):
        return Search(peer, tools, buffer).find(start)
    return case


def fixed(**load):
    def case(peer, tools):
        return run.measure(peer, tools, BUFFER, **load)
    return case


# Name, what is done, the figures that count (unit, more is better).
CASES = {
    "udp-max": (
        "UDP, 99 % noise, 4 MiB buffer: highest rate without loss",
        udp_max(BUFFER, 100000), {"udp_max": ("msgs/s", True)}),
    "udp-default": (
        "UDP, 99 % noise, everything at its own default: the same",
        udp_max(0, 60000), {"udp_max": ("msgs/s", True)}),
    "udp-20k": (
        "UDP, 99 % noise, 20,000 a second",
        fixed(rate=20000, count=int(20000 * SECONDS)),
        {"cpu": ("s/million", False), "lost": ("msgs", False)}),
    "tcp-10": (
        "TCP, 99 % noise, 10 connections, as fast as it goes",
        fixed(tcp=True, streams=10, count=int(200000 * SECONDS)),
        {"rate": ("msgs/s", True), "cpu": ("s/million", False)}),
    "tcp-1": (
        "TCP, 99 % noise, 1 connection, as fast as it goes",
        fixed(tcp=True, streams=1, count=int(200000 * SECONDS)),
        {"rate": ("msgs/s", True), "cpu": ("s/million", False)}),
    "ike": (
        "TCP, only IKE, 10 connections, as fast as it goes",
        fixed(tcp=True, streams=10, count=int(30000 * SECONDS), every=1),
        {"row_rate": ("rows/s", True), "cpu": ("s/million", False),
         "lost": ("rows", False)}),
}


def shown(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def ratio(ours, others, more):
    """To the best of the others."""
    best = (max if more else min)(others) if others else 0
    return f"{ours / best:.2f}" if best else "-"


def tell(title, figures, results):
    print(f"\n{title}")
    for figure, (unit, more) in dict(
            figures, rss=("MiB", False)).items():
        middle = {}
        for name, rows in results.items():
            values = sorted(r[figure] for r in rows)
            middle[name] = statistics.median(values)
            print(f"  {figure:9} {name:10} {shown(middle[name]):>12} "
                  f"{unit:10} {shown(values[0])} .. {shown(values[-1])}"
                  + ("  (the senders' limit)" if figure == "udp_max" and
                     any(r["limited"] for r in rows) else ""))
        if "ikewatch" not in middle or figure == "lost":
            continue
        ours = middle["ikewatch"]
        against = [middle[n] for n in ("rsyslog", "syslog-ng") if n in middle]
        floor = [middle[n] for n in ("floor",) if n in middle]
        print(f"  {figure:9} ratio to the better peer "
              f"{ratio(ours, against, more)}, to the bare loop "
              f"{ratio(ours, floor, more)}")
    rows = [r for some in results.values() for r in some]
    others = sum(r["other"] for r in rows) / sum(r["took"] for r in rows)
    print(f"  other programs used {others:.2f} of a core meanwhile")


def chosen(build, tools):
    names = os.environ.get("BENCH_PEERS")
    ready = []
    for peer in peers.all_peers(build, tools):
        if names and peer.name not in names.split():
            continue
        why = peer.missing()
        if why is None:
            ready.append(peer)
        else:
            print(f"*** {peer.name} IS LEFT OUT: {why}", flush=True)
    return ready


def main():
    build, tools = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    wanted = sys.argv[3:] or list(CASES)
    ready = chosen(build, tools)
    results = {case: {p.name: [] for p in ready} for case in wanted}
    raw = open(tools / "results.jsonl", "a")
    print(f"{ROUNDS} rounds of {', '.join(wanted)}; load of the machine "
          f"before: {os.getloadavg()[0]:.2f}", flush=True)
    for number in range(ROUNDS):
        for case in wanted:
            for peer in ready:
                r = CASES[case][1](peer, tools)
                results[case][peer.name].append(r)
                raw.write(json.dumps(dict(r, case=case)) + "\n")
                raw.flush()
                print(".", end="", flush=True)
    print()
    for case in wanted:
        tell(CASES[case][0], CASES[case][2], results[case])
    print(f"\nload of the machine after: {os.getloadavg()[0]:.2f}")


main()
