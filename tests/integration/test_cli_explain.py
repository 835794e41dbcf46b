"""ikewatch explain: a log in, verdicts out, whatever the log holds."""

import json
import os
import pathlib
import re
import subprocess

from conftest import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()

REFUSED = """\
<30>Nov 21 08:53:20 vpn-ams1 charon: 10[IKE] initiating IKE_SA site-b[1] to 198.51.100.2
<86>Nov 21 08:53:20 vpn-ams1 charon: 10[IKE] initiating IKE_SA site-b[1] to 198.51.100.2
<30>Nov 21 08:53:20 vpn-ams1 charon: 10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
<30>Nov 21 08:53:20 vpn-ams1 charon: 10[NET] sending packet: from 198.51.100.1[500] to 198.51.100.2[500] (464 bytes)
<30>Nov 21 08:53:20 vpn-ams1 charon: 14[NET] received packet: from 198.51.100.2[500] to 198.51.100.1[500] (472 bytes)
<30>Nov 21 08:53:20 vpn-ams1 charon: 14[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]
<30>Nov 21 08:53:20 vpn-ams1 charon: 14[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
<30>Nov 21 08:53:20 vpn-ams1 charon: 14[NET] sending packet: from 198.51.100.1[4500] to 198.51.100.2[4500] (304 bytes)
<30>Nov 21 08:53:21 vpn-ams1 charon: 11[NET] received packet: from 198.51.100.2[4500] to 198.51.100.1[4500] (80 bytes)
<30>Nov 21 08:53:21 vpn-ams1 charon: 11[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
<30>Nov 21 08:53:21 vpn-ams1 charon: 11[IKE] received AUTHENTICATION_FAILED notify error
"""
LAST = REFUSED.count("\n")
KEYS = {"device", "vendor", "peer", "local", "tunnel", "role", "ike_version", "kind", "ispi",
        "rspi", "child_spi", "stage", "outcome", "reason", "suspects", "detail", "hint",
        "started_at", "ended_at", "events", "differs", "refused_by", "other_end"}


def explain(*args, text="", **env):
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run([BUILD / "ikewatch", "explain", *args], input=data, timeout=PATIENCE,
                          capture_output=True, env=dict(os.environ, TZ="UTC", COLUMNS="80", **env))


def objects(proc):
    assert proc.returncode == 0, proc.stderr
    return [json.loads(line) for line in proc.stdout.decode().splitlines()]


def test_json_is_the_promised_one():
    *found, summary = objects(explain("--format", "json", text=REFUSED))
    negotiation = next(o for o in found if "outcome" in o)
    assert KEYS <= set(negotiation)
    assert negotiation["outcome"] == "failed"
    assert negotiation["reason"] == "authentication_failed"
    assert negotiation["refused_by"] == "peer"
    assert negotiation["peer"] == "198.51.100.2" and negotiation["tunnel"] == "site-b"
    assert negotiation["rspi"] is None
    assert negotiation["started_at"].endswith("-11-21T08:53:20Z")
    lines = [e["line"] for e in negotiation["events"]]
    assert lines == sorted(lines) and lines[-1] == LAST
    assert lines.count(1) == 1 and 2 not in lines, "the twin in another facility counts once"
    assert set(summary["summary"]) == {"lines", "ike_lines", "unknown_lines", "negotiations", "failed"}
    assert summary["summary"]["lines"] == LAST and summary["summary"]["failed"] == 1


def test_the_verdict_comes_first():
    out = explain(text=REFUSED).stdout.decode()
    first = out.splitlines()[0]
    assert first.startswith("FAILED") and "authentication failed" in first
    assert "(IKE_AUTH, refused by the peer)" in " ".join(out.split()[:20])
    assert "\033" not in out, "no colour where there is no terminal"
    for word in ("Check", "Records", f"line {LAST}:"):
        assert word in out
    assert all(len(line) <= 80 for line in out.splitlines()[1:])


def test_crlf_a_missing_last_newline_and_a_byte_order_mark():
    want = objects(explain("--format", "json", text=REFUSED))
    for text in (REFUSED.replace("\n", "\r\n"), REFUSED[:-1], "\ufeff" + REFUSED):
        assert objects(explain("--format", "json", text=text)) == want


def test_several_files_count_lines_through(tmp_path):
    lines = REFUSED.splitlines(keepends=True)
    (tmp_path / "a").write_text("".join(lines[:4]))
    (tmp_path / "b").write_text("".join(lines[4:]))
    proc = explain("--format", "json", str(tmp_path / "a"), str(tmp_path / "b"))
    assert objects(proc) == objects(explain("--format", "json", text=REFUSED))


def test_nothing_at_all():
    assert objects(explain("--format", "json"))[0]["summary"]["lines"] == 0
    assert b"0 lines" in explain().stdout


def test_an_open_negotiation_stays_open():
    text = "".join(REFUSED.splitlines(keepends=True)[:3]) + \
        "<30>Nov 21 12:53:20 vpn-ams1 sshd[1]: a line of hours later\n"
    found = objects(explain("--format", "json", text=text))
    assert [o["outcome"] for o in found if "outcome" in o] == ["open"]


def test_repeated_failures_are_told_once():
    text = "".join(
        f"Nov 21 09:{n:02}:00 fw charon: 1{n % 10}[IKE] initiating IKE_SA hq[{n}] to 203.0.113.9\n"
        f"Nov 21 09:{n:02}:01 fw charon: 1{n % 10}[IKE] received AUTHENTICATION_FAILED notify error\n"
        for n in range(10, 15))
    out = explain(text=text).stdout.decode()
    assert out.count("FAILED  ") == 1
    assert "the same 4 more times" in out


def test_hostile_text_reaches_no_terminal():
    evil = ("Nov 21 09:00:00 fw charon: 10[IKE] initiating IKE_SA \033]0;x\007\u202e\u009b31m[7] "
            "to 203.0.113.9\n").encode() + b"\xff\xfe\x00" * 30 + b"\n"
    evil += b"Nov 21 09:00:01 fw charon: 10[IKE] received AUTHENTICATION_FAILED notify error\n"
    for args in ((), ("--format", "json")):
        out = explain(*args, text=evil).stdout
        assert not set(out) & (set(range(0x20)) - {0x0A} | {0x7F})
        assert not re.search("[\u0080-\u009f\u202a-\u202e\u2066-\u2069]", out.decode())


def test_any_bytes_are_survived():
    noise = bytes(range(256)) * 700 + b"\n" + b"x" * 300000 + b"\n"
    found = objects(explain("--format", "json", text=noise))
    assert found[-1]["summary"]["negotiations"] == 0


def test_what_is_wrong_is_said():
    proc = explain("/nonexistent/log")
    assert proc.returncode == 66 and b"/nonexistent/log" in proc.stderr
    proc = explain("--vendor", "nobody", text=REFUSED)
    assert proc.returncode == 64 and b"strongswan" in proc.stderr
    proc = explain("--format", "csv", text=REFUSED)
    assert proc.returncode == 64 and b"json" in proc.stderr
    proc = explain("--frobnicate")
    assert proc.returncode == 64 and b"--frobnicate" in proc.stderr


def test_a_named_vendor_is_believed():
    body = "10[IKE] received AUTHENTICATION_FAILED notify error\n"
    found = objects(explain("--vendor", "strongswan", "--format", "json", text=body))
    assert any(o.get("reason") == "authentication_failed" for o in found)
