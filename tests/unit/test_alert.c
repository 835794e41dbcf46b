/*
 * The engine lives through an outage in microseconds: what it is told is
 * given here as negotiations and tunnels, what it says is collected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alerting/alert.h"
#include "alerting/notice.h"

#define S INT64_C(1000000)
#define MIN (60 * S)
#define START (INT64_C(1700000000) * S)

enum { SAID_MAX = 64 };

struct story {
	struct alert_conf conf;
	struct destination_conf dest[2];
	struct alerts *a;
	int64_t now;
	int64_t next;
	size_t edges, told;
	struct alert_notice said[SAID_MAX]; /* told to somebody */
	size_t whom[SAID_MAX];
	char title[NOTICE_TITLE_SIZE];
};

static void
on_edge(void *arg, const struct alert_notice *n,
    const struct destination_conf *const *to, size_t count)
{
	struct story *s = arg;

	(void)to;
	s->edges++;
	if (count == 0)
		return;
	assert_true(s->told < SAID_MAX);
	s->whom[s->told] = count;
	s->said[s->told++] = *n;
}

static void
story_open(struct story *s)
{
	struct alert_sink sink = { s, on_edge };

	s->conf.destination = s->dest;
	if (s->conf.ndestinations == 0)
		s->conf.ndestinations = 1;
	s->now = START;
	s->a = alerts_new(&s->conf, &sink, s->now);
	assert_non_null(s->a);
}

static int
setup(void **state)
{
	struct story *s = calloc(1, sizeof(*s));

	alert_conf_defaults(&s->conf);
	destination_conf_defaults(&s->dest[0]);
	destination_conf_defaults(&s->dest[1]);
	s->dest[0].name = "noc";
	s->dest[0].type = "webhook";
	s->dest[1].name = "pager";
	s->dest[1].type = "webhook";
	s->next = 1;
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct story *s = *state;

	alerts_free(s->a);
	free(s);
	return 0;
}

/* Time passes, in steps that no deadline can hide between. */
static void
pass(struct story *s, int64_t wait)
{
	int64_t end = s->now + wait;

	while (alerts_due(s->a) <= end) {
		int64_t due = alerts_due(s->a);

		if (due > s->now)
			s->now = due;
		alerts_tick(s->a, s->now);
	}
	s->now = end;
}

static struct ike_negotiation
attempt(struct story *s, const char *peer, const char *tunnel)
{
	struct ike_negotiation n = { .id = s->next++,
		.device = "hq",
		.vendor = "strongswan",
		.kind = IKE_KIND_IKE,
		.role = IKE_INITIATOR,
		.ike_version = 2,
		.stage = IKE_AUTH,
		.outcome = IKE_FAILURE,
		.started_at = s->now,
		.updated_at = s->now };

	snprintf(n.peer, sizeof(n.peer), "%s", peer);
	snprintf(n.tunnel, sizeof(n.tunnel), "%s", tunnel);
	return n;
}

/* The attempt is given back as it was told. */
static struct ike_negotiation
fails(struct story *s, const char *tunnel, enum ike_reason reason)
{
	struct ike_negotiation n = attempt(s, "203.0.113.9", tunnel);

	n.reason = reason;
	alerts_negotiation(s->a, &n, true, s->now);
	alerts_record(
	    s->a, n.id, s->now, SPAN_LIT("received AUTHENTICATION_FAILED"));
	pass(s, 2 * S);
	return n;
}

static void
comes_up(struct story *s, const char *tunnel, enum ike_kind kind)
{
	struct ike_negotiation n = attempt(s, "203.0.113.9", tunnel);

	n.kind = kind;
	n.outcome = IKE_UP;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, 2 * S);
}

static const char *
title(struct story *s, size_t i)
{
	assert_true(i < s->told);
	return notice_title(&s->said[i], s->title);
}

/* The first failure is told at once, the next ones are not. */
static void
test_once(void **state)
{
	struct story *s = *state;

	story_open(s);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].edge, ALERT_EDGE_FIRES);
	assert_int_equal(s->said[0].at, START);
	assert_int_equal(s->said[0].nevidence, 1);
	assert_string_equal(title(s, 0),
	    "DOWN hq -> paris (203.0.113.9): pre-shared keys differ, 1 try");
	for (int i = 0; i < 5; i++) {
		pass(s, 30 * S);
		fails(s, "paris", IKE_R_PSK_MISMATCH);
	}
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
	assert_int_equal(s->said[1].attempts, 6);
	assert_string_equal(s->said[1].incident, s->said[0].incident);
	assert_string_not_equal(s->said[1].webhook_id, s->said[0].webhook_id);
	assert_string_equal(title(s, 1),
	    "UP hq -> paris (203.0.113.9): "
	    "established after 2 min, 6 failed tries");
}

/* A late record of an attempt that is over wakes nobody. */
static void
test_late_word(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	story_open(s);
	n = fails(s, "paris", IKE_R_PSK_MISMATCH);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	alerts_negotiation(s->a, &n, false, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 2);
}

/* A weak reason waits a moment for the better one, then both are one. */
static void
test_refined(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	story_open(s);
	n = attempt(s, "203.0.113.9", "paris");
	n.reason = IKE_R_AUTHENTICATION_FAILED;
	alerts_negotiation(s->a, &n, true, s->now);
	alerts_tick(s->a, s->now);
	assert_int_equal(s->told, 0);
	n.reason = IKE_R_PSK_MISMATCH;
	alerts_negotiation(s->a, &n, false, s->now);
	alerts_tick(s->a, s->now);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].reason, IKE_R_PSK_MISMATCH);
	pass(s, MIN);
	assert_int_equal(s->told, 1);
}

/* A failure that is over within the moment is told, and so is its end. */
static void
test_over_at_once(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	story_open(s);
	n = attempt(s, "203.0.113.9", "paris");
	n.reason = IKE_R_AUTHENTICATION_FAILED;
	alerts_negotiation(s->a, &n, true, s->now);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[0].edge, ALERT_EDGE_FIRES);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
}

/* What is learnt after the alert is an update of it. */
static void
test_update(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	story_open(s);
	n = attempt(s, "203.0.113.9", "paris");
	n.reason = IKE_R_AUTHENTICATION_FAILED;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, 10 * S);
	assert_int_equal(s->told, 1);
	n.reason = IKE_R_PSK_MISMATCH;
	n.refused_by = IKE_REFUSED_PEER;
	alerts_negotiation(s->a, &n, false, s->now);
	pass(s, 10 * S);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_UPDATE);
	assert_string_equal(title(s, 1),
	    "DOWN hq -> paris (203.0.113.9): pre-shared keys differ "
	    "(before: authentication failed), 1 try in 11 s");
	/* and back again is no news */
	fails(s, "paris", IKE_R_AUTHENTICATION_FAILED);
	assert_int_equal(s->told, 2);
}

/* Attempts that fail each for its own reason are told each. */
static void
test_every_reason(void **state)
{
	static const enum ike_reason reasons[] = { IKE_R_PSK_MISMATCH,
		IKE_R_NO_RESPONSE, IKE_R_IKE_PROPOSAL_MISMATCH };
	struct story *s = *state;

	story_open(s);
	for (size_t i = 0; i < 3; i++) {
		struct ike_negotiation n = attempt(s, "203.0.113.9", "");

		n.reason = reasons[i];
		alerts_negotiation(s->a, &n, true, s->now);
	}
	pass(s, MIN);
	assert_int_equal(s->told, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(s->said[i].reason, reasons[i]);
	assert_string_equal(s->said[0].incident, s->said[2].incident);
}

/* An IKE SA that comes up does not end the failure of its child. */
static void
test_child(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	story_open(s);
	n = attempt(s, "203.0.113.9", "paris");
	n.kind = IKE_KIND_CHILD;
	n.reason = IKE_R_TRAFFIC_SELECTOR_MISMATCH;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, S);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_CHILD);
	assert_int_equal(s->told, 2);
}

static void
test_hold_down(void **state)
{
	struct story *s = *state;

	s->conf.hold_down = 5 * MIN;
	s->conf.hold_up = MIN;
	story_open(s);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	pass(s, 2 * MIN);
	comes_up(s, "paris", IKE_KIND_IKE);
	pass(s, 10 * MIN);
	assert_int_equal(s->told, 0);
	assert_int_equal(s->edges, 2); /* pending and cleared have rows */
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	pass(s, 6 * MIN);
	assert_int_equal(s->told, 1);
	/* up, but not for long enough */
	comes_up(s, "paris", IKE_KIND_IKE);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	pass(s, 5 * MIN);
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 2);
}

/* Reminders come while it goes on failing, and stop when that stops. */
static void
test_reminders(void **state)
{
	struct story *s = *state;

	story_open(s);
	for (int i = 0; i < 9 * 60; i++) {
		fails(s, "paris", IKE_R_PSK_MISMATCH);
		pass(s, MIN - 2 * S);
	}
	assert_int_equal(s->told, 3); /* at once, after 4 h and 8 h */
	assert_int_equal(s->said[2].edge, ALERT_EDGE_REMINDER);
	assert_string_equal(title(s, 2),
	    "STILL DOWN hq -> paris (203.0.113.9): pre-shared keys differ, "
	    "480 tries in 8 h");
	/* one more for what failed since; then a day of quiet ends it */
	pass(s, 40 * 60 * MIN);
	assert_int_equal(s->told, 5);
	assert_int_equal(s->said[4].edge, ALERT_EDGE_RESOLVES);
}

/* D11: a thousand changes in ten minutes are five messages. */
static void
test_flapping(void **state)
{
	struct story *s = *state;

	story_open(s);
	for (int i = 0; i < 500; i++) {
		struct ike_negotiation n = attempt(s, "203.0.113.9", "paris");

		n.reason = IKE_R_PSK_MISMATCH;
		alerts_negotiation(s->a, &n, true, s->now);
		pass(s, 600 * S / 1000);
		n = attempt(s, "203.0.113.9", "paris");
		n.outcome = IKE_UP;
		alerts_negotiation(s->a, &n, true, s->now);
		pass(s, 600 * S / 1000);
	}
	assert_int_equal(s->told, 4);
	assert_int_equal(s->said[3].edge, ALERT_EDGE_FLAPS);
	assert_int_equal(s->said[3].kind, ALERT_FLAPPING);
	pass(s, 29 * MIN);
	assert_int_equal(s->told, 4);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 5);
	assert_int_equal(s->said[4].edge, ALERT_EDGE_RESOLVES);
	assert_string_equal(s->said[4].incident, s->said[3].incident);
	pass(s, 60 * MIN);
	assert_int_equal(s->told, 5);
}

/* It flapped, and then it stays down: nobody may believe that it is over. */
static void
test_flapping_down(void **state)
{
	struct story *s = *state;

	story_open(s);
	for (int i = 0; i < 3; i++) {
		fails(s, "paris", IKE_R_PSK_MISMATCH);
		comes_up(s, "paris", IKE_KIND_IKE);
	}
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 4);
	pass(s, 31 * MIN);
	assert_int_equal(s->told, 5);
	assert_int_equal(s->said[4].edge, ALERT_EDGE_UPDATE);
	assert_int_equal(s->said[4].kind, ALERT_NEGOTIATION_FAILED);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 6);
	assert_int_equal(s->said[5].edge, ALERT_EDGE_RESOLVES);
}

/* Up for less than hold-up, again and again: that is flapping too. */
static void
test_flapping_under_hold_up(void **state)
{
	struct story *s = *state;

	s->conf.hold_up = 2 * MIN;
	story_open(s);
	for (int i = 0; i < 20; i++) {
		fails(s, "paris", IKE_R_PSK_MISMATCH);
		pass(s, 30 * S);
		comes_up(s, "paris", IKE_KIND_IKE);
		pass(s, 20 * S);
	}
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[0].edge, ALERT_EDGE_FIRES);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_FLAPS);
	pass(s, 31 * MIN);
	assert_int_equal(s->told, 3);
	assert_int_equal(s->said[2].edge, ALERT_EDGE_RESOLVES);
}

/* A failure that becomes an outage is worth one update, not one each time
 * that the tunnel falls back. */
static void
test_outage_is_told_once(void **state)
{
	struct story *s = *state;
	struct ike_tunnel t = { .id = 1,
		.device = "hq",
		.name = "paris",
		.peer = "203.0.113.9",
		.state = IKE_TUNNEL_DOWN,
		.down_reason = IKE_R_PEER_DEAD };

	s->conf.hold_up = 2 * MIN;
	s->conf.flap_changes = 0;
	story_open(s);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	for (int i = 0; i < 20; i++) {
		t.state = IKE_TUNNEL_UP;
		t.last_established = t.since = s->now;
		alerts_tunnel(s->a, &t, IKE_TUNNEL_NEGOTIATING, s->now);
		pass(s, 20 * S);
		t.state = IKE_TUNNEL_DOWN;
		alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
		pass(s, 20 * S);
	}
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_UPDATE);
}

/* D10: ten thousand tunnels go and come back. */
static void
test_storm(void **state)
{
	struct story *s = *state;
	struct alert_counts c;
	size_t edges;

	story_open(s);
	for (int i = 0; i < 10000; i++) {
		char peer[32];
		struct ike_negotiation n;

		snprintf(peer, sizeof(peer), "198.%d.%d.%d", 18 + i / 5000,
		    i / 200 % 250, i % 200 + 1);
		n = attempt(s, peer, "");
		n.reason = IKE_R_NO_RESPONSE;
		alerts_negotiation(s->a, &n, true, s->now);
		pass(s, S / 1000);
	}
	pass(s, 50 * S);
	assert_in_range(s->told, 20, 30);
	assert_int_equal(s->said[s->told - 1].kind, ALERT_GROUP);
	assert_int_equal(s->said[s->told - 1].members, 10000);
	assert_string_equal(title(s, s->told - 1),
	    "DOWN 10000 tunnels of hq: 10000 x the peer never answered");
	alerts_count(s->a, &c);
	assert_int_equal(c.firing, 10001);
	edges = s->edges;
	for (int i = 0; i < 10000; i++) {
		char peer[32];
		struct ike_negotiation n;

		snprintf(peer, sizeof(peer), "198.%d.%d.%d", 18 + i / 5000,
		    i / 200 % 250, i % 200 + 1);
		n = attempt(s, peer, "");
		n.outcome = IKE_UP;
		alerts_negotiation(s->a, &n, true, s->now);
		pass(s, S / 1000);
	}
	pass(s, MIN);
	alerts_count(s->a, &c);
	assert_int_equal(c.firing, 0);
	assert_true(s->edges - edges >= 10001);
	assert_in_range(s->told, 40, 62);
	assert_int_equal(s->said[s->told - 1].kind, ALERT_GROUP);
	assert_int_equal(s->said[s->told - 1].edge, ALERT_EDGE_RESOLVES);
}

/* What begins long after a group is its own alert, though the group burns. */
static void
test_after_the_group(void **state)
{
	struct story *s = *state;
	size_t told;

	story_open(s);
	for (int i = 0; i < 40; i++) {
		char peer[32];
		struct ike_negotiation n;

		snprintf(peer, sizeof(peer), "198.51.100.%d", i + 1);
		n = attempt(s, peer, "");
		n.reason = IKE_R_NO_RESPONSE;
		alerts_negotiation(s->a, &n, true, s->now);
	}
	pass(s, 30 * MIN);
	told = s->told;
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, told + 1);
	assert_int_equal(s->said[told].kind, ALERT_NEGOTIATION_FAILED);
}

static void
test_strangers(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;
	struct alert_counts c;

	story_open(s);
	n = attempt(s, "198.51.100.77", "");
	n.role = IKE_RESPONDER;
	n.reason = IKE_R_IKE_PROPOSAL_MISMATCH;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 0);
	alerts_count(s->a, &c);
	assert_int_equal(c.strangers, 1);
	/* a wrong key is somebody's tunnel */
	n.id = s->next++;
	n.reason = IKE_R_PSK_MISMATCH;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 1);
}

static void
test_strangers_wanted(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	s->conf.strangers = 1;
	story_open(s);
	n = attempt(s, "198.51.100.77", "");
	n.role = IKE_RESPONDER;
	n.reason = IKE_R_PEER_NOT_CONFIGURED;
	alerts_negotiation(s->a, &n, true, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 1);
}

/* A silence hides the alert, and ends by itself while it still burns. */
static void
test_silence(void **state)
{
	struct story *s = *state;
	struct alert_silence silence = { .id = 1,
		.starts_at = START,
		.ends_at = START + 30 * MIN,
		.tunnel = "par*" };

	story_open(s);
	alerts_silences(s->a, &silence, 1);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	fails(s, "rome", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 1);
	assert_string_equal(s->said[0].tunnel, "rome");
	pass(s, 29 * MIN);
	assert_int_equal(s->told, 1);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 2);
	assert_string_equal(s->said[1].tunnel, "paris");
	assert_int_equal(s->said[1].edge, ALERT_EDGE_FIRES);
}

/* What came and went under a silence is never spoken of. */
static void
test_silenced_whole(void **state)
{
	struct story *s = *state;
	struct alert_silence silence = { .starts_at = START,
		.ends_at = START + 30 * MIN };

	story_open(s);
	alerts_silences(s->a, &silence, 1);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	comes_up(s, "paris", IKE_KIND_IKE);
	pass(s, 60 * MIN);
	assert_int_equal(s->told, 0);
	assert_int_equal(s->edges, 2);
}

/* The same attempts as the other firewall tells of them. */
static struct ike_negotiation
mirrored(struct story *s, const struct ike_negotiation *n, const char *local)
{
	struct ike_negotiation m = attempt(s, "", "to-hq");

	m.device = "paris";
	m.role = IKE_RESPONDER;
	m.known_peer = true;
	m.other_end = n->id;
	snprintf(m.local, sizeof(m.local), "%s", n->peer);
	snprintf(m.peer, sizeof(m.peer), "%s", local);
	return m;
}

static void
both_fail(struct story *s, const char *translated, bool mirror_first)
{
	struct ike_negotiation n = attempt(s, "203.0.113.9", "paris"), m;

	snprintf(n.local, sizeof(n.local), "198.51.100.1");
	m = mirrored(s, &n, translated);
	n.other_end = m.id;
	n.reason = m.reason = IKE_R_PSK_MISMATCH;
	n.refused_by = IKE_REFUSED_PEER;
	m.refused_by = IKE_REFUSED_HERE;
	alerts_record(s->a, n.id, s->now, SPAN_LIT("hq asks"));
	alerts_record(s->a, m.id, s->now + 1, SPAN_LIT("paris refuses"));
	alerts_record(s->a, n.id, s->now + 2, SPAN_LIT("hq was refused"));
	alerts_negotiation(s->a, mirror_first ? &m : &n, true, s->now);
	pass(s, S / 100);
	alerts_negotiation(s->a, mirror_first ? &n : &m, true, s->now);
	pass(s, 30 * S);
}

/* Both ends are up again, and something is still said of the attempt before. */
static void
test_late_word_of_both_ends(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n, m;

	story_open(s);
	n = attempt(s, "203.0.113.9", "paris");
	snprintf(n.local, sizeof(n.local), "198.51.100.1");
	n.reason = IKE_R_PSK_MISMATCH;
	m = mirrored(s, &n, "198.51.100.1");
	m.reason = IKE_R_PSK_MISMATCH;
	n.other_end = m.id;
	alerts_negotiation(s->a, &n, true, s->now);
	alerts_negotiation(s->a, &m, true, s->now);
	pass(s, S);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	alerts_negotiation(s->a, &m, false, s->now);
	alerts_negotiation(s->a, &n, false, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 2);
}

/* What is said of the attempt before keeps nothing from being resolved. */
static void
test_late_word_before_hold_up(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n;

	s->conf.hold_up = 2 * MIN;
	story_open(s);
	n = fails(s, "paris", IKE_R_PSK_MISMATCH);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 1);
	alerts_negotiation(s->a, &n, false, s->now);
	pass(s, 3 * MIN);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
}

/* Both firewalls log here: one incident, whoever speaks first, each attempt
 * counted once, and the end is that of the one who told of it. */
static void
test_both_ends(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n, m;

	for (int first = 0; first < 2; first++) {
		s->told = s->edges = 0;
		s->next = 1;
		story_open(s);
		for (int i = 0; i < 4; i++)
			both_fail(s, "198.51.100.1", (i & 1) == first);
		assert_int_equal(s->told, 1);
		assert_int_equal(s->edges, 1);
		n = attempt(s, "203.0.113.9", "paris");
		if (s->said[0].device[0] == 'p') {
			n.device = "paris";
			snprintf(n.tunnel, sizeof(n.tunnel), "to-hq");
			snprintf(n.peer, sizeof(n.peer), "198.51.100.1");
		}
		n.outcome = IKE_UP;
		m = n;
		m.device = n.device[0] == 'p' ? "hq" : "paris";
		snprintf(m.local, sizeof(m.local), "%s", n.peer);
		snprintf(m.peer, sizeof(m.peer), "%s",
		    n.device[0] == 'p' ? "203.0.113.9" : "198.51.100.1");
		alerts_negotiation(s->a, &m, true, s->now);
		pass(s, S);
		assert_int_equal(s->told, 1);
		alerts_negotiation(s->a, &n, true, s->now);
		pass(s, S);
		assert_int_equal(s->told, 2);
		assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
		assert_int_equal(s->said[1].attempts, 4);
		assert_string_equal(s->said[1].other,
		    s->said[1].device[0] == 'p' ? "hq" : "paris");
		alerts_free(s->a);
	}
	story_open(s);
}

/* An address between them is translated: the SPIs joined them once, and from
 * then on it is known who they are. */
static void
test_both_ends_translated(void **state)
{
	struct story *s = *state;

	story_open(s);
	for (int i = 0; i < 6; i++)
		both_fail(s, "192.0.2.77", i % 3 == 0);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->edges, 1);
}

/* Both notice that the other is dead: one outage. What the other end says of
 * its recovery counts when ours does not object. */
static void
test_both_ends_down(void **state)
{
	struct story *s = *state;
	struct ike_tunnel t = { .id = 1,
		.device = "hq",
		.peer = "203.0.113.9",
		.local = "198.51.100.1",
		.name = "paris",
		.state = IKE_TUNNEL_DOWN,
		.last_established = START,
		.down_reason = IKE_R_PEER_DEAD };
	struct ike_tunnel m = t;

	m.id = 2;
	m.device = "paris";
	snprintf(m.peer, sizeof(m.peer), "%s", t.local);
	snprintf(m.local, sizeof(m.local), "%s", t.peer);
	snprintf(m.name, sizeof(m.name), "to-hq");
	story_open(s);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
	pass(s, 10 * S);
	alerts_tunnel(s->a, &m, IKE_TUNNEL_UP, s->now);
	pass(s, MIN);
	assert_int_equal(s->told, 1);
	m.state = IKE_TUNNEL_UP;
	alerts_tunnel(s->a, &m, IKE_TUNNEL_NEGOTIATING, s->now);
	pass(s, 30 * S);
	assert_int_equal(s->told, 1);
	/* our end tries and fails: it is not over */
	fails(s, "paris", IKE_R_PEER_DEAD);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 1);
	alerts_tunnel(s->a, &m, IKE_TUNNEL_NEGOTIATING, s->now);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
}

/* One end is silenced: what the other says is told. */
static void
test_both_ends_silence(void **state)
{
	struct story *s = *state;
	struct alert_silence silence = { .starts_at = START,
		.ends_at = START + 30 * MIN,
		.device = "paris" };

	story_open(s);
	alerts_silences(s->a, &silence, 1);
	both_fail(s, "198.51.100.1", true);
	assert_int_equal(s->told, 1);
	assert_string_equal(s->said[0].device, "hq");
}

/* What both of them logged is the evidence, as it came. */
static void
test_both_ends_evidence(void **state)
{
	struct story *s = *state;
	struct ike_negotiation n = attempt(s, "203.0.113.9", "paris"), m;

	story_open(s);
	snprintf(n.local, sizeof(n.local), "198.51.100.1");
	n.started_at = n.updated_at = s->now;
	m = mirrored(s, &n, "198.51.100.1");
	n.other_end = m.id;
	n.reason = IKE_R_AUTHENTICATION_FAILED;
	m.reason = IKE_R_PSK_MISMATCH;
	alerts_record(s->a, n.id, s->now, SPAN_LIT("hq asks"));
	alerts_record(s->a, m.id, s->now + 1, SPAN_LIT("paris refuses"));
	alerts_record(s->a, n.id, s->now + 2, SPAN_LIT("hq was refused"));
	alerts_negotiation(s->a, &n, true, s->now);
	alerts_negotiation(s->a, &m, true, s->now);
	n.reason = IKE_R_PSK_MISMATCH;
	alerts_negotiation(s->a, &n, false, s->now);
	pass(s, S);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].reason, IKE_R_PSK_MISMATCH);
	assert_string_equal(s->said[0].other, "paris");
	assert_int_equal(s->said[0].nevidence, 3);
	assert_string_equal(s->said[0].evidence[0].line, "hq asks");
	assert_string_equal(s->said[0].evidence[1].line, "paris refuses");
	assert_string_equal(s->said[0].evidence[2].line, "hq was refused");
}

static struct ike_tunnel
tunnel(enum ike_tunnel_state state, enum ike_reason why)
{
	struct ike_tunnel t = { .id = 1,
		.device = "hq",
		.vendor = "strongswan",
		.peer = "203.0.113.9",
		.name = "paris",
		.state = state,
		.last_established = START,
		.down_reason = why };

	return t;
}

/* The peer dies: an outage. The attempts that follow belong to it. */
static void
test_tunnel_down(void **state)
{
	struct story *s = *state;
	struct ike_tunnel t = tunnel(IKE_TUNNEL_DOWN, IKE_R_PEER_DEAD);

	story_open(s);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
	pass(s, S);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].kind, ALERT_TUNNEL_DOWN);
	assert_int_equal(s->said[0].severity, ALERT_CRITICAL);
	fails(s, "paris", IKE_R_NO_RESPONSE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_UPDATE);
	assert_string_equal(s->said[1].incident, s->said[0].incident);
	fails(s, "paris", IKE_R_NO_RESPONSE);
	assert_int_equal(s->told, 2);
	t = tunnel(IKE_TUNNEL_UP, IKE_REASON_NONE);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_NEGOTIATING, s->now);
	pass(s, S);
	assert_int_equal(s->told, 3);
	assert_int_equal(s->said[2].edge, ALERT_EDGE_RESOLVES);
}

/* Idle, an operator, the peer's own wish: nobody's fault. */
static void
test_ordinary_ends(void **state)
{
	static const enum ike_reason ends[] = { IKE_REASON_NONE,
		IKE_R_LIFETIME_EXPIRED, IKE_R_DELETED_BY_ADMIN,
		IKE_R_DELETED_BY_PEER, IKE_R_SUPERSEDED };
	struct story *s = *state;

	story_open(s);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct ike_tunnel t = tunnel(IKE_TUNNEL_DOWN, ends[i]);

		alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
		pass(s, MIN);
	}
	assert_int_equal(s->edges, 0);
}

/* A tunnel that must always be up: any end is, and never coming up too. */
static void
test_always(void **state)
{
	static const struct alert_tunnel expected = { .name = "paris",
		.device = "hq",
		.peer = "203.0.113.9",
		.mode = ALERT_MODE_ALWAYS };
	struct story *s = *state;
	struct ike_tunnel t = tunnel(IKE_TUNNEL_UP, IKE_REASON_NONE);

	s->conf.tunnel = &expected;
	s->conf.ntunnels = 1;
	story_open(s);
	pass(s, 9 * MIN);
	assert_int_equal(s->told, 0);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 1);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_NEGOTIATING, s->now);
	pass(s, S);
	assert_int_equal(s->told, 2);
	t = tunnel(IKE_TUNNEL_DOWN, IKE_R_DELETED_BY_ADMIN);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
	pass(s, S);
	assert_int_equal(s->told, 3);
}

/* One that comes and goes: only a peer that died is a fault. */
static void
test_on_demand(void **state)
{
	static const struct alert_tunnel conf = { .name = "paris",
		.device = "hq",
		.peer = "203.0.113.9",
		.mode = ALERT_MODE_ON_DEMAND };
	static const enum ike_reason ends[] = { IKE_R_LIFETIME_EXPIRED,
		IKE_R_DELETED_BY_ADMIN, IKE_R_SUPERSEDED, IKE_R_DELETED_BY_PEER,
		IKE_R_REKEY_FAILED, IKE_REASON_NONE };
	struct story *s = *state;
	struct ike_tunnel t;

	s->conf.tunnel = &conf;
	s->conf.ntunnels = 1;
	story_open(s);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		t = tunnel(IKE_TUNNEL_DOWN, ends[i]);
		alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
		pass(s, MIN);
		assert_int_equal(s->edges, 0);
	}
	t = tunnel(IKE_TUNNEL_DOWN, IKE_R_PEER_DEAD);
	alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
	pass(s, S);
	assert_int_equal(s->told, 1);
}

/* Up, rekeyed every hour, told as an up tunnel is told of by the tracker. */
static void
rekeys(struct story *s, int times)
{
	for (; times > 0; times--) {
		struct ike_tunnel t = tunnel(IKE_TUNNEL_UP, IKE_REASON_NONE);

		t.last_established = s->now;
		alerts_tunnel(s->a, &t, IKE_TUNNEL_UP, s->now);
		pass(s, 60 * MIN);
	}
}

/* The usual rekey does not come: one alert, no reminder, and its end. */
static void
test_rekey_overdue(void **state)
{
	struct story *s = *state;

	story_open(s);
	rekeys(s, 4);
	assert_int_equal(s->told, 0);
	pass(s, 119 * MIN);
	assert_int_equal(s->told, 0);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].kind, ALERT_NEGOTIATION_STALLED);
	assert_int_equal(s->said[0].severity, ALERT_WARNING);
	assert_string_equal(title(s, 0),
	    "REKEY OVERDUE hq -> paris (203.0.113.9): the usual rekey did "
	    "not come: every 1 h, none for 3 h");
	pass(s, 3 * 24 * 60 * MIN);
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_CHILD);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
}

/* A failure after it is an update of the same alert, with its own words. */
static void
test_overdue_then_failure(void **state)
{
	struct story *s = *state;

	story_open(s);
	rekeys(s, 4);
	pass(s, 125 * MIN);
	assert_int_equal(s->told, 1);
	fails(s, "paris", IKE_R_NO_RESPONSE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_UPDATE);
	assert_null(strstr(title(s, 1), "usual"));
	assert_string_equal(s->said[1].incident, s->said[0].incident);
}

/* On demand, or asked not to: nobody waits for it. */
static void
test_overdue_unwanted(void **state)
{
	static const struct alert_tunnel conf = { .name = "paris",
		.device = "hq",
		.peer = "203.0.113.9",
		.mode = ALERT_MODE_ON_DEMAND };
	struct story *s = *state;

	s->conf.tunnel = &conf;
	s->conf.ntunnels = 1;
	story_open(s);
	rekeys(s, 6);
	pass(s, 24 * 60 * MIN);
	assert_int_equal(s->edges, 0);
	s->conf.ntunnels = 0;
	s->conf.rekey_overdue = 0;
	alerts_configure(s->a, &s->conf, s->now);
	rekeys(s, 6);
	pass(s, 24 * 60 * MIN);
	assert_int_equal(s->edges, 0);
}

/* A device that logs nothing hides what its tunnels do. */
static void
test_device_silent(void **state)
{
	static const struct alert_device hq = { "hq", 10 * MIN };
	struct story *s = *state;

	s->conf.device = &hq;
	s->conf.ndevices = 1;
	story_open(s);
	alerts_device(s->a, "hq", "192.0.2.1", "strongswan", s->now);
	alerts_device(s->a, "other", "192.0.2.2", NULL, s->now);
	pass(s, 11 * MIN);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].kind, ALERT_DEVICE_SILENT);
	assert_string_equal(s->said[0].via, "192.0.2.1");
	assert_string_equal(
	    title(s, 0), "SILENT hq: has logged nothing for 10 min");
	alerts_device(s->a, "hq", "192.0.2.1", NULL, s->now);
	pass(s, 6 * S);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
}

/* Those who were told hear the end, whatever the routes say by then. */
static void
test_routes(void **state)
{
	static const char *const reasons[] = { "psk_mismatch" };
	static const char *const pager[] = { "pager" };
	static const struct alert_route route = {
		.match = { .reason = { reasons, 1 } },
		.to = { pager, 1 },
		.go_on = false,
	};
	struct story *s = *state;

	s->conf.ndestinations = 2;
	s->conf.route = &route;
	s->conf.nroutes = 1;
	story_open(s);
	fails(s, "rome", IKE_R_NO_RESPONSE);
	assert_int_equal(s->whom[0], 2); /* no route: all the defaults */
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->whom[1], 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->whom[2], 1);
	comes_up(s, "rome", IKE_KIND_IKE);
	assert_int_equal(s->whom[3], 2);
}

static void
test_self(void **state)
{
	struct story *s = *state;

	story_open(s);
	for (int i = 0; i < 10; i++) {
		alerts_self(s->a, "database", ALERT_CRITICAL,
		    "the database cannot be written", s->now);
		pass(s, S);
	}
	assert_int_equal(s->told, 1);
	assert_string_equal(
	    title(s, 0), "IKEWATCH the database cannot be written");
	alerts_self(s->a, "database", ALERT_CRITICAL, NULL, s->now);
	pass(s, S);
	assert_int_equal(s->told, 2);
}

static void
test_test(void **state)
{
	struct story *s = *state;

	story_open(s);
	assert_int_equal(alerts_test(s->a, "nobody", s->now), -1);
	assert_int_equal(alerts_test(s->a, "noc", s->now), 0);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].edge, ALERT_EDGE_TEST);
}

/* After a restart the incident is the same one, and its end is told. */
static void
test_restart(void **state)
{
	struct alert_sink sink = { *state, on_edge };
	struct story *s = *state;
	struct alert_notice again;
	char *json;

	story_open(s);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	json = notice_dump(&s->said[0]);
	alerts_free(s->a);
	s->a = alerts_new(&s->conf, &sink, s->now);
	assert_int_equal(notice_load(&again, json), 0);
	free(json);
	assert_int_equal(alerts_restore(s->a, &again, 1), 0);
	alerts_first_id(s->a, 7);
	alerts_restored(s->a, s->now);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].edge, ALERT_EDGE_RESOLVES);
	assert_int_equal(s->said[1].attempts, 2);
	assert_int_equal(s->said[1].alert, s->said[0].alert);
	assert_string_equal(s->said[1].incident, s->said[0].incident);
}

/* What was silenced before a restart is told after it, when that ends. */
static void
test_restart_silenced(void **state)
{
	struct alert_sink sink = { *state, on_edge };
	struct story *s = *state;
	struct alert_notice last = { .edge = ALERT_EDGE_FIRES,
		.kind = ALERT_NEGOTIATION_FAILED,
		.state = ALERT_FIRING,
		.severity = ALERT_WARNING,
		.device = "hq",
		.peer = "203.0.113.9",
		.tunnel = "paris",
		.reason = IKE_R_PSK_MISMATCH,
		.alert = 3,
		.at = START - MIN };
	struct alert_silence silence = { .starts_at = START - MIN,
		.ends_at = START + 10 * MIN,
		.tunnel = "paris" };

	story_open(s);
	alerts_free(s->a);
	s->a = alerts_new(&s->conf, &sink, s->now);
	assert_int_equal(alerts_restore(s->a, &last, 0), 0);
	alerts_restored(s->a, s->now);
	alerts_silences(s->a, &silence, 1);
	pass(s, 9 * MIN);
	assert_int_equal(s->told, 0);
	pass(s, 2 * MIN);
	assert_int_equal(s->told, 1);
	assert_int_equal(s->said[0].edge, ALERT_EDGE_FIRES);
	assert_int_equal(s->said[0].alert, 3);
}

/* Nobody was told that it began: nobody is told that it ends. */
static void
test_restart_silenced_whole(void **state)
{
	struct alert_sink sink = { *state, on_edge };
	struct story *s = *state;
	struct alert_notice last = { .edge = ALERT_EDGE_FIRES,
		.kind = ALERT_NEGOTIATION_FAILED,
		.state = ALERT_FIRING,
		.device = "hq",
		.peer = "203.0.113.9",
		.tunnel = "paris",
		.reason = IKE_R_PSK_MISMATCH,
		.at = START - MIN };
	struct alert_silence silence = { .starts_at = START - MIN,
		.ends_at = START + 10 * MIN };

	story_open(s);
	alerts_free(s->a);
	s->a = alerts_new(&s->conf, &sink, s->now);
	assert_int_equal(alerts_restore(s->a, &last, 0), 0);
	alerts_restored(s->a, s->now);
	alerts_silences(s->a, &silence, 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	pass(s, 60 * MIN);
	assert_int_equal(s->told, 0);
}

/* The system's clock is set an hour forward while we run: no timer moves;
 * what is shown, windows and silences go by the new time. */
static void
test_clock_set(void **state)
{
	static const char *const at[] = { "23:00-23:59" };
	static const struct alert_maintenance window = { .name = "night",
		.match = { .tunnel = { NULL, 0 }, .at = { at, 1 } } };
	struct story *s = *state;
	struct alert_silence silence = { .starts_at = START + 59 * MIN,
		.ends_at = START + 61 * MIN,
		.tunnel = "rome" };

	story_open(s);
	fails(s, "paris", IKE_R_PSK_MISMATCH);
	alerts_stamp(s->a, 60 * MIN);
	alerts_silences(s->a, &silence, 1);
	fails(s, "rome", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 1);
	comes_up(s, "paris", IKE_KIND_IKE);
	assert_int_equal(s->told, 2);
	assert_int_equal(s->said[1].at, START + 60 * MIN + 4 * S);
	assert_int_equal(s->said[1].duration, 4 * S);
	assert_int_equal(s->said[1].first_seen, START + 60 * MIN);
	/* 22:13 is 23:13 now */
	s->conf.maintenance = &window;
	s->conf.nmaintenances = 1;
	alerts_configure(s->a, &s->conf, s->now);
	fails(s, "oslo", IKE_R_PSK_MISMATCH);
	assert_int_equal(s->told, 2);
	alerts_stamp(s->a, 0);
	fails(s, "bern", IKE_R_PSK_MISMATCH);
	pass(s, 5 * S);
	assert_int_equal(s->told, 5); /* and oslo, rome: both are over */
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_once),
		TEST(test_late_word),
		TEST(test_refined),
		TEST(test_over_at_once),
		TEST(test_update),
		TEST(test_every_reason),
		TEST(test_child),
		TEST(test_hold_down),
		TEST(test_reminders),
		TEST(test_flapping),
		TEST(test_flapping_down),
		TEST(test_flapping_under_hold_up),
		TEST(test_outage_is_told_once),
		TEST(test_storm),
		TEST(test_after_the_group),
		TEST(test_strangers),
		TEST(test_strangers_wanted),
		TEST(test_silence),
		TEST(test_silenced_whole),
		TEST(test_tunnel_down),
		TEST(test_ordinary_ends),
		TEST(test_always),
		TEST(test_on_demand),
		TEST(test_rekey_overdue),
		TEST(test_overdue_then_failure),
		TEST(test_overdue_unwanted),
		TEST(test_device_silent),
		TEST(test_routes),
		TEST(test_late_word_of_both_ends),
		TEST(test_late_word_before_hold_up),
		TEST(test_both_ends),
		TEST(test_both_ends_translated),
		TEST(test_both_ends_down),
		TEST(test_both_ends_silence),
		TEST(test_both_ends_evidence),
		TEST(test_self),
		TEST(test_test),
		TEST(test_restart),
		TEST(test_restart_silenced),
		TEST(test_restart_silenced_whole),
		TEST(test_clock_set),
	};

	setenv("TZ", "UTC", 1);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
