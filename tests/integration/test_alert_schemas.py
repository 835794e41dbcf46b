"""What each service is sent, held against what its documentation says that
it takes: ordinary failures, hostile ones, groups, their ends, a test."""

import pytest

import schema
from receiver import Receiver
from test_alert_ways import comes_up, config, fails, secret_file
from test_cli_alerts import ikewatch

HOSTILE = ["<!channel>", "*bold*_under_`code`", "[click](https://x.example)",
           "@everyone<@U1>", "\u202ertl\u2066", "&amp;&lt;", "\\\\\"'{}",
           "\U0001f525\u4e2d\u6587" * 12, "x" * 90]


def destinations(r, folder):
    key = secret_file(folder, "0123456789abcdef0123456789abcdef", "key")
    more = {"pagerduty": 'secret-file = {"%s"}' % key,
            "ntfy": 'topic = "vpn"'}
    return [
        'destination "%s" { type = %s  url = {"%s"}  rate = 100 burst = 100'
        ' %s }' % (t, t, r.url("/" + t) if t != "alertmanager"
                   else r.url(""), more.get(t, ""))
        for t in ("slack", "teams", "discord", "pagerduty", "ntfy",
                  "alertmanager")]


def bodies(r, name):
    path = "/api/v2/alerts" if name == "alertmanager" else "/" + name
    return [e for e in r.requests if e["path"].split("?")[0] == path]


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    from conftest import Daemon
    folder = tmp_path_factory.mktemp("schemas")
    with Receiver() as r:
        d = Daemon(folder, 'alerts { group-threshold = 14 }\n'
                   + config(*destinations(r, folder)))
        fails(d)
        comes_up(d)
        for i, name in enumerate(HOSTILE):
            fails(d, tunnel=name, n=i + 10, peer="198.51.100.%d" % (i + 10))
        with d.frozen():
            for i in range(20):
                fails(d, tunnel="s%d" % i, n=i + 40,
                      peer="203.0.113.%d" % (i + 10))
        d.wait_rows("SELECT 1 FROM alert WHERE kind = 'group'")
        for i in range(20):
            comes_up(d, tunnel="s%d" % i, n=i + 80,
                     peer="203.0.113.%d" % (i + 10))
        for name in "slack", "teams", "discord", "ntfy", "alertmanager":
            assert ikewatch(d, "test", name).returncode == 0
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'pending'",
                    lambda rows: not rows)
        assert d.rows("SELECT last_error FROM delivery"
                      " WHERE state NOT IN ('delivered', 'merged')") == []
        assert d.stop() == 0
        yield r


@pytest.mark.parametrize("name, limit", [
    ("slack", 13200 * 4), ("teams", 28 * 1024), ("discord", 1 << 20),
    ("pagerduty", 512000), ("ntfy", 1 << 20), ("alertmanager", 1 << 20)])
def test_body(sent, name, limit):
    want = schema.load(name)
    found = bodies(sent, name)
    assert len(found) >= 15
    for e in found:
        assert not list(schema.faults(e["json"], want)), e["body"][:2000]
        assert len(e["body"].encode()) <= limit
        assert e["headers"]["content-type"].startswith("application/json")


def test_discord_waits_and_counts_to_6000(sent):
    for e in bodies(sent, "discord"):
        assert e["path"].endswith("?wait=true")
        embed = e["json"]["embeds"][0]
        assert len(embed["title"]) + len(embed["description"]) + sum(
            len(f["name"]) + len(f["value"]) for f in embed["fields"]) <= 6000


def test_a_slip_is_found(sent):
    """The schemas can say no."""
    want = schema.load("slack")
    body = dict(bodies(sent, "slack")[0]["json"])
    assert not list(schema.faults(body, want))
    assert list(schema.faults({**body, "txt": "x"}, want))
    assert list(schema.faults({**body, "text": "<!channel>"}, want))
    assert list(schema.faults({**body, "blocks": []}, want))
    header = {"type": "header", "text": {"type": "plain_text",
                                         "text": "x" * 151}}
    assert list(schema.faults({**body, "blocks": [header]}, want))
