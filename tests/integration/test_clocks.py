"""Clocks that are wrong: the system's, which jumps, and those of devices,
which were never right. Timers keep their time, no alert is false, nothing ends
before it began, and what was received first stands first."""

import calendar
import pathlib
import subprocess
import time

import pytest

from conftest import BUILD

CHARON = ("<30>%s gw charon: 07[IKE] <branch|%d> %s")
UDP = 'udp "127.0.0.1:0" { }\n'
YEAR = 365 * 86400


@pytest.fixture(scope="module")
def preload(tmp_path_factory):
    """What gives a daemon a clock of its own."""
    if b"__asan_init" in (BUILD / "ikewatchd").read_bytes():
        pytest.skip("a sanitizer wants to be the first library")
    lib = tmp_path_factory.mktemp("preload") / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(lib), str(
        pathlib.Path(__file__).parent / "clock_preload.c")], check=True)
    return lib


@pytest.fixture
def start_faked(daemon, tmp_path, preload):
    """Starts a daemon whose clock is ahead, by seconds that can be set."""
    clock = tmp_path / "clock"

    def set_clock(seconds):
        (tmp_path / "clock.new").write_text("%d\n" % seconds)
        (tmp_path / "clock.new").rename(clock)

    def start(config, first=0, **more):
        set_clock(first)
        return daemon(config, env={"LD_PRELOAD": str(preload),
                                   "CLOCK_FILE": str(clock), **more}), set_clock
    return start


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def opening(n, at=None):
    return ("<30>%s gw charon: 06[IKE] <branch|%d> initiating IKE_SA "
            "branch[%d] to 198.51.100.7" % (
                stamp(at or time.time()), n, n))


def test_the_system_clock_jumps(start_faked):
    """An hour and a year, forth and back, while a negotiation is open: it is
    not stalled too early for that, and not an hour late."""
    d, set_clock = start_faked(
        UDP + 'track { stall-after = 8s }\n')
    begin = time.monotonic()
    d.udp(opening(1))
    d.wait_rows("SELECT id FROM negotiation")
    for step in (3600, -3600, YEAR, -YEAR):
        before = len(d.log)
        set_clock(step)
        d.wait_log("the system's clock was set", after=before)
        over, = d.rows("SELECT count(*) FROM negotiation WHERE "
                       "outcome <> 'open'")[0]
        assert over == 0 or time.monotonic() - begin >= 8
    d.wait_rows("SELECT id FROM negotiations WHERE outcome = 'stalled'")
    took = time.monotonic() - begin
    assert took >= 8
    assert d.rows("SELECT count(*) FROM negotiation "
                  "WHERE ended_at < started_at")[0][0] == 0
    assert d.rows("SELECT duration_ms FROM negotiations")[0][0] < \
        1000 * took + 1000
    assert d.rows("SELECT count(*) FROM alert WHERE kind <> "
                  "'negotiation_stalled'")[0][0] == 0


def test_a_jump_ahead_deletes_nothing(start_faked):
    d, set_clock = start_faked(
        UDP + 'store { path = "@DB@" '
        'retain-messages = 1d retain-events = 1d retain-negotiations = 1d '
        'keep-messages = all }\n')
    d.udp(*[opening(n) for n in range(10)])
    d.wait_rows("SELECT id FROM message", lambda r: len(r) == 10)
    set_clock(YEAR)
    d.wait_log("the system's clock was set")
    d.udp(opening(11))
    d.wait_rows("SELECT id FROM message", lambda r: len(r) == 11)
    assert d.stop() == 0
    d.start()
    time.sleep(1)
    assert d.rows("SELECT count(*) FROM message")[0][0] == 11
    assert d.rows("SELECT count(*) FROM event")[0][0] >= 10


@pytest.mark.parametrize("at", [
    "2038-01-19 03:14:00", "2106-02-07 06:28:10", "2100-02-28 23:59:50"])
def test_far_years(start_faked, at):
    """Past the end of 32 bits, and a century without a leap day."""
    far = calendar.timegm(time.strptime(at, "%Y-%m-%d %H:%M:%S"))
    d, _ = start_faked(UDP +
                       'relay "127.0.0.1" { }\n',
                       far - int(time.time()))
    d.udp("<30>%s gw charon: 06[IKE] <branch|1> initiating IKE_SA branch[1] "
          "to 198.51.100.7" % time.strftime("%b %d %H:%M:%S",
                                            time.gmtime(far)),
          "<30>%s gw charon: 07[IKE] <branch|1> received "
          "AUTHENTICATION_FAILED notify error" % time.strftime(
              "%b %d %H:%M:%S", time.gmtime(far + 20)))
    d.wait_rows("SELECT outcome, reason FROM negotiations",
                lambda r: r and r[0][0] == "failed")
    for when, in d.rows("SELECT device_time FROM events"):
        assert abs(calendar.timegm(time.strptime(
            when[:19], "%Y-%m-%dT%H:%M:%S")) - far) <= 20, when
    for when, in d.rows("SELECT started_at FROM negotiations"):
        assert when.startswith(at[:4]), when


def test_device_clocks_are_not_believed(daemon):
    """Ten years off, jumping, in a zone nobody told: the order is that of
    receipt, the verdict the same, and the error is shown."""
    d = daemon(UDP + 'relay "127.0.0.1" { }\n')
    now = time.time()
    wrong = [-10 * YEAR, 10 * YEAR, -7200, 7200, 0, 86400 * 200]
    texts = ["initiating IKE_SA branch[9] to 198.51.100.7",
             "sending packet: from 192.0.2.1[500] to 198.51.100.7[500] "
             "(300 bytes)",
             "received packet: from 198.51.100.7[500] to 192.0.2.1[500] "
             "(300 bytes)",
             "sending packet: from 192.0.2.1[4500] to 198.51.100.7[4500] "
             "(300 bytes)",
             "received AUTHENTICATION_FAILED notify error"]
    for i, text in enumerate(texts):
        d.udp(CHARON % (stamp(now + wrong[i]), 9, text))
    rows = d.wait_rows("SELECT outcome, reason, duration_ms FROM "
                       "negotiations", lambda r: r and r[0][0] != "open")
    assert rows[0][:2] == ("failed", "authentication_failed")
    assert 0 <= rows[0][2] < 1000 * (time.time() - now) + 1000
    received = [r for r, in d.rows(
        "SELECT received_at FROM event ORDER BY id")]
    assert received == sorted(received)
    assert all(now - 1 < r / 1e6 < time.time() + 1 for r in received)
    # one that is an hour ahead, always: a zone that nobody told
    for i in range(6):
        d.udp("<30>%s east charon: 07[IKE] <b|%d> received "
              "AUTHENTICATION_FAILED notify error" % (
                  stamp(time.time() + 3600), i))
    ahead = d.until(lambda: d.metric("device_clock_ahead_seconds",
                                     device="east"))
    # less by the time that a record was under way
    assert 1800 < ahead <= 3601
    d.wait_log("device east: its clock is (3[0-5][0-9][0-9]|360[01]) s ahead"
               " of ours")


@pytest.mark.parametrize("zone, first, last", [
    # the nights of 2026 when the hour is missing, and when it comes twice
    ("Europe/Paris", "2026-03-29 00:50", "2026-03-29 02:10"),
    ("Europe/Paris", "2026-10-25 00:50", "2026-10-25 02:10"),
    ("Australia/Lord_Howe", "2026-04-04 14:30", "2026-04-04 15:40"),
    ("Australia/Lord_Howe", "2026-10-03 15:00", "2026-10-03 16:10"),
])
def test_our_own_summer_time(start_faked, zone, first, last):
    """The collector's zone is nothing to what is stored."""
    at, end = (calendar.timegm(time.strptime(t, "%Y-%m-%d %H:%M"))
               for t in (first, last))
    d, set_clock = start_faked(UDP,
                               at - int(time.time()), TZ=zone)
    for n in range(1, 4):
        d.udp(opening(n, at))
        d.wait_rows("SELECT id FROM message", lambda r: len(r) == n)
        if n == 3:
            break
        at, before = at + (end - at if n == 2 else 2100), len(d.log)
        set_clock(at - int(time.time()))
        d.wait_log("the system's clock", after=before)
    times = [t for t, in d.rows("SELECT received_at FROM message "
                                "ORDER BY id")]
    steps = [(b - a) / 1e6 for a, b in zip(times, times[1:])]
    # half an hour at least is what an error of the zone would be
    assert steps[0] == pytest.approx(2100, abs=600)
    assert sum(steps) == pytest.approx(
        end - calendar.timegm(time.strptime(first, "%Y-%m-%d %H:%M")), abs=600)
    shown = [t for t, in d.rows("SELECT received_at FROM messages "
                                "ORDER BY id")]
    assert shown == sorted(shown) and all(t.endswith("Z") for t in shown)


def test_asleep(daemon):
    """Stopped for longer than a negotiation may be silent: what came in
    meanwhile is read before anything is called stalled."""
    stall = 10
    d = daemon(UDP + 'track { stall-after = %ds }\n' % stall)
    begin = time.monotonic()
    d.udp(*[opening(n) for n in range(20)])
    d.wait_rows("SELECT id FROM negotiation", lambda r: len(r) == 20)
    with d.frozen():
        slow = time.monotonic() - begin > stall - 2
        time.sleep(stall + 1)
        d.udp(*[CHARON % (stamp(time.time()), n, "received "
                          "AUTHENTICATION_FAILED notify error")
                for n in range(20)])
    if slow:
        pytest.skip("NOT TESTED: this machine is too slow today")
    d.wait_rows("SELECT id FROM negotiations WHERE outcome = 'failed'",
                lambda r: len(r) == 20)
    assert d.rows("SELECT count(*) FROM negotiations "
                  "WHERE outcome = 'stalled'")[0][0] == 0
    assert d.rows("SELECT count(*) FROM alert "
                  "WHERE kind = 'negotiation_stalled'")[0][0] == 0
