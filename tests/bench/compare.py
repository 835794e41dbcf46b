#!/usr/bin/env python3
"""Compares ikewatchd with what else there is, in one run on one machine.

    compare.py BUILD TOOLS [CASE ...]

Rounds, one after the other: in each round every collector goes through every
case. Printed are the median of the rounds, the lowest and the highest, the
ratios to the better peer and to the bare loop, and which were wanted.
BENCH_ROUNDS (3), BENCH_MINUTES (18: no further round begins that would not
end in time), BENCH_SECONDS (4, of a run) and BENCH_PEERS (names) can be set.
"""
import json
import os
import pathlib
import statistics
import sys
import time

import peers
import run

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
MINUTES = float(os.environ.get("BENCH_MINUTES", "18"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
BUFFER = 4 << 20
STEP = 1.12  # between the rates of a search
LOWEST, HIGHEST = 2000, 600000


class Search:
    """The highest rate of datagrams without loss, to a step, upwards or
    downwards from what it was the last time."""

    def __init__(self, buffer, start):
        self.buffer, self.start = buffer, start
        self.last = {}

    def holds(self, peer, tools, rate):
        """The run; None when it lost something, twice."""
        for _ in range(2):
            r = run.measure(peer, tools, self.buffer, rate=int(rate),
                            count=int(rate * SECONDS / 2))
            if r["lost"] == 0:
                return r
            if r["lost"] > 0.01 * r["sent"]:
                break
        return None

    def __call__(self, peer, tools):
        rate = self.last.get(peer.name, self.start)
        best = self.holds(peer, tools, rate)
        up = best is not None
        limited = False
        while LOWEST < rate < HIGHEST:
            # The senders cannot do more: that is the machine's limit.
            if best is not None and best["send_rate"] < 0.93 * rate:
                limited = True
                break
            rate = rate * STEP if up else rate / STEP
            r = self.holds(peer, tools, rate)
            best = r or best
            if (r is None) == up:
                break
        if best is None:
            return dict(r or {"peer": peer.name, "rss": 0, "other": 0,
                              "took": 1}, udp_max=0, limited=False)
        self.last[peer.name] = best["send_rate"]
        return dict(best, udp_max=best["send_rate"], limited=limited)


def fixed(**load):
    def case(peer, tools):
        return run.measure(peer, tools, BUFFER, **load)
    return case


# Name, what is done, the figures that count: unit, more is better, and what
# is wanted of the ratio to the better peer and to the bare loop.
CASES = {
    "udp-max": (
        "UDP, 99 % noise, 4 MiB buffer: highest rate without loss",
        Search(BUFFER, 120000),
        {"udp_max": ("msgs/s", True, 1.3, 0.85)}),
    "udp-default": (
        "UDP, 99 % noise, everything at its own default: the same",
        Search(0, 40000),
        {"udp_max": ("msgs/s", True, 2.5, None)}),
    "udp-20k": (
        "UDP, 99 % noise, 20,000 a second",
        fixed(rate=20000, count=int(20000 * SECONDS)),
        {"cpu": ("s/million", False, 0.4, None),
         "lost": ("msgs", False, None, None)}),
    "tcp-10": (
        "TCP, 99 % noise, 10 connections, as fast as it goes",
        fixed(tcp=True, streams=10, count=int(1000000 * SECONDS)),
        {"rate": ("msgs/s", True, 1.3, 0.7),
         "cpu": ("s/million", False, 0.6, None)}),
    "tcp-1": (
        "TCP, 99 % noise, 1 connection, as fast as it goes",
        fixed(tcp=True, streams=1, count=int(500000 * SECONDS)),
        {"rate": ("msgs/s", True, 1.5, None),
         "cpu": ("s/million", False, 0.6, None)}),
    "ike": (
        "TCP, only IKE, 10 connections, as fast as it goes",
        fixed(tcp=True, streams=10, count=int(75000 * SECONDS), every=1),
        {"row_rate": ("rows/s", True, 1.3, None),
         "cpu": ("s/million", False, None, None),
         "lost": ("rows", False, None, None)}),
}
RESIDENT = 64  # MiB that are wanted in each case


def shown(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def ratio(ours, others, more):
    """To the best of the others."""
    best = (max if more else min)(others) if others else 0
    return ours / best if best else None


def verdict(value, wanted, more):
    if wanted is None or value is None:
        return ""
    reached = value >= wanted if more else value <= wanted
    sign = ">=" if more else "<="
    return f" (wanted {sign} {wanted}: {'reached' if reached else 'MISSED'})"


class Table:
    """The lines of the end: each thing wanted, and whether it was reached."""

    def __init__(self):
        self.lines = []

    def ratio(self, case, figure, against, value, wanted, more):
        if value is None:
            return
        text = f"{value:.2f}{verdict(value, wanted, more)}"
        print(f"  {figure:9} ratio to {against}: {text}")
        if wanted is not None:
            self.lines.append(f"  {case:12} {figure:9} to {against}: {text}")

    def resident(self, case, mib):
        self.lines.append(f"  {case:12} resident {mib:.0f} MiB"
                          f"{verdict(mib, RESIDENT, False)}")


def tell(case, results, table):
    title, _, figures = CASES[case]
    print(f"\n{title}")
    for figure, (unit, more, to_peer, to_floor) in dict(
            figures, rss=("MiB", False, None, None)).items():
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
        if figure == "rss":
            table.resident(case, ours)
            continue
        against = [middle[n] for n in ("rsyslog", "syslog-ng") if n in middle]
        floor = [middle[n] for n in ("floor",) if n in middle]
        table.ratio(case, figure, "the better peer",
                    ratio(ours, against, more), to_peer, more)
        table.ratio(case, figure, "the bare loop",
                    ratio(ours, floor, more), to_floor, more)
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


def rounds(wanted, ready, tools, results):
    """As many as were asked for and fit; how many that were."""
    begun = time.monotonic()
    raw = open(tools / "results.jsonl", "a")
    for number in range(ROUNDS):
        gone = (time.monotonic() - begun) / 60
        if number > 0 and gone * (number + 1) / number > MINUTES:
            return number
        for case in wanted:
            # each follows another one in the next round
            for peer in ready[number % len(ready):] + \
                    ready[:number % len(ready)]:
                r = CASES[case][1](peer, tools)
                results[case][peer.name].append(r)
                raw.write(json.dumps(dict(r, case=case)) + "\n")
                raw.flush()
                print(".", end="", flush=True)
    return ROUNDS


def main():
    build, tools = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    wanted = sys.argv[3:] or list(CASES)
    ready = chosen(build, tools)
    results = {case: {p.name: [] for p in ready} for case in wanted}
    table = Table()
    print(f"{', '.join(wanted)}; load of the machine before: "
          f"{os.getloadavg()[0]:.2f}", flush=True)
    done = rounds(wanted, ready, tools, results)
    print(f"\nmedians of {done} rounds, lowest .. highest")
    for case in wanted:
        tell(case, results[case], table)
    print("\nwhat is wanted:")
    print("\n".join(table.lines))
    print(f"load of the machine after: {os.getloadavg()[0]:.2f}", flush=True)


if __name__ == "__main__":
    main()
