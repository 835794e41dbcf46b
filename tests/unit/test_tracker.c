/*
 * The tracker without any vendor: events in, stories out, with a clock that
 * only the test turns.
 */
#include "daemon/tracker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define SECOND INT64_C(1000000)

struct story {
	struct tracker *t;
	int64_t now;
	int negotiations, failed, stalled, up, gone, superseded, refined;
	int joined;
	enum ike_tunnel_state tunnel;
	int downs;
	struct ike_negotiation last, failure;
	char detail[400], differs[400];
};

static void
on_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct story *s = arg;

	(void)now;
	if (changed & TRACKER_NEW)
		s->negotiations++;
	if (changed & TRACKER_OUTCOME) {
		s->failed += n->outcome == IKE_FAILURE;
		s->stalled += n->outcome == IKE_STALL;
		s->up += n->outcome == IKE_UP;
		s->gone += n->outcome == IKE_GONE;
		s->superseded += n->outcome == IKE_SUPERSEDED;
	} else if (changed & TRACKER_REASON)
		s->refined++;
	if (changed & TRACKER_JOINED)
		s->joined++;
	s->last = *n;
	if (n->outcome == IKE_FAILURE || n->outcome == IKE_STALL) {
		s->failure = *n;
		snprintf(s->detail, sizeof(s->detail), "%s",
		    n->detail == NULL ? "" : n->detail);
		snprintf(s->differs, sizeof(s->differs), "%s",
		    n->differs == NULL ? "" : n->differs);
	}
}

static void
on_tunnel(void *arg, const struct ike_tunnel *t, enum ike_tunnel_state from,
    int64_t now)
{
	struct story *s = arg;

	(void)now;
	if (t->state == IKE_TUNNEL_DOWN && from != IKE_TUNNEL_DOWN)
		s->downs++;
	s->tunnel = t->state;
}

static void
begin(struct story *s)
{
	struct tracker_conf conf;
	struct tracker_sink sink = { s, on_negotiation, on_tunnel, NULL };

	memset(s, 0, sizeof(*s));
	tracker_conf_defaults(&conf);
	s->now = 1700000000 * SECOND;
	s->t = tracker_new(&conf, &sink);
	assert_non_null(s->t);
}

static void
tell(struct story *s, const char *device, struct ike_event ev)
{
	s->now += 1000;
	tracker_event(s->t, device, "test", &ev, s->now);
}

static void
wait(struct story *s, int seconds)
{
	for (int i = 0; i < seconds; i++) {
		s->now += SECOND;
		tracker_tick(s->t, s->now);
	}
}

#define PEER .peer = SPAN_LIT("198.51.100.7")
#define CONN(n) .key[IKE_KEY_CONN] = SPAN_LIT(n)
#define CHILD(n) .key[IKE_KEY_CHILD] = SPAN_LIT(n)
#define EV(...) ((struct ike_event){ __VA_ARGS__ })

static void
comes_up(struct story *s)
{
	tell(s, "fw",
	    EV(.what = IKE_STARTED, PEER, CONN("1"), .tunnel = SPAN_LIT("hq"),
		.role = IKE_INITIATOR));
	tell(s, "fw", EV(.what = IKE_ESTABLISHED, CONN("1")));
	tell(s, "fw",
	    EV(.what = IKE_CHILD_ESTABLISHED, CONN("1"), CHILD("1"),
		.spi_in = 1, .spi_out = 2));
}

static void
a_tunnel_comes_up(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	comes_up(&s);
	assert_int_equal(s.negotiations, 2);
	assert_int_equal(s.up, 2);
	assert_int_equal(s.tunnel, IKE_TUNNEL_UP);
	assert_string_equal(s.last.tunnel, "hq");
	assert_string_equal(s.last.peer, "198.51.100.7");
	wait(&s, 600);
	assert_int_equal(s.stalled, 0);
	assert_int_equal(s.downs, 0);
	tracker_free(s.t);
}

static void
the_best_reason_wins(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw", EV(.what = IKE_STARTED, PEER));
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, PEER, .reason = IKE_R_NO_RESPONSE));
	assert_int_equal(s.failure.reason, IKE_R_NO_RESPONSE);
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, PEER, .reason = IKE_R_PSK_MISMATCH,
		.detail = SPAN_LIT("keys differ")));
	assert_int_equal(s.failure.reason, IKE_R_PSK_MISMATCH);
	assert_string_equal(s.detail, "keys differ");
	tell(&s, "fw", EV(.what = IKE_FAILED, PEER, .reason = IKE_R_UNKNOWN));
	assert_int_equal(s.failure.reason, IKE_R_PSK_MISMATCH);
	assert_int_equal(s.failed, 1);
	assert_int_equal(s.refined, 1);
	assert_int_equal(s.negotiations, 1);
	tracker_free(s.t);
}

static void
a_hint_explains_the_timeout(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw", EV(.what = IKE_STARTED, PEER, CONN("4")));
	tell(&s, "fw",
	    EV(.what = IKE_PROGRESS, CONN("4"), .flags = IKE_F_HINT,
		.reason = IKE_R_IKE_PROPOSAL_MISMATCH));
	assert_int_equal(s.failed, 0);
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, CONN("4"),
		.reason = IKE_R_NEGOTIATION_TIMEOUT));
	assert_int_equal(s.failure.reason, IKE_R_IKE_PROPOSAL_MISMATCH);
	tracker_free(s.t);
}

static void
silence_is_a_failure_too(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw", EV(.what = IKE_STARTED, PEER, .stage = IKE_SA_INIT));
	wait(&s, 59);
	assert_int_equal(s.stalled, 0);
	wait(&s, 2);
	assert_int_equal(s.stalled, 1);
	assert_int_equal(s.failure.reason, IKE_R_STALLED);
	assert_true(s.failure.suspects & IKE_BIT(IKE_R_NO_RESPONSE));
	/* The device's own word refines it. */
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, PEER, .reason = IKE_R_NO_RESPONSE));
	assert_int_equal(s.failure.outcome, IKE_FAILURE);
	assert_int_equal(s.failure.reason, IKE_R_NO_RESPONSE);
	tracker_free(s.t);
}

static void
a_stall_in_auth_names_other_suspects(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw", EV(.what = IKE_STARTED, PEER, .stage = IKE_SA_INIT));
	tell(&s, "fw", EV(.what = IKE_PROGRESS, PEER, .stage = IKE_AUTH));
	wait(&s, 61);
	assert_int_equal(s.stalled, 1);
	assert_true(s.failure.suspects & IKE_BIT(IKE_R_PSK_MISMATCH));
	assert_true(s.failure.suspects & IKE_BIT(IKE_R_PEER_ID_MISMATCH));
	assert_false(s.failure.suspects & IKE_BIT(IKE_R_NO_RESPONSE));
	tracker_free(s.t);
}

static void
a_rekey_is_no_outage(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	comes_up(&s);
	tell(&s, "fw",
	    EV(.what = IKE_CHILD_ESTABLISHED, CONN("1"), CHILD("2"),
		.spi_in = 3, .spi_out = 4));
	tell(&s, "fw",
	    EV(.what = IKE_DELETED, .kind = IKE_KIND_CHILD, CHILD("1"),
		.spi_in = 1));
	assert_int_equal(s.superseded, 1);
	wait(&s, 30);
	assert_int_equal(s.downs, 0);
	/* The IKE SA, too. */
	tell(&s, "fw",
	    EV(.what = IKE_STARTED, PEER, CONN("2"), .tunnel = SPAN_LIT("hq"),
		.flags = IKE_F_REKEY));
	tell(&s, "fw", EV(.what = IKE_REKEYED, CONN("2"), PEER));
	tell(
	    &s, "fw", EV(.what = IKE_DELETED, CONN("1"), .kind = IKE_KIND_IKE));
	wait(&s, 30);
	assert_int_equal(s.downs, 0);
	assert_int_equal(s.failed + s.gone, 0);
	assert_int_equal(s.tunnel, IKE_TUNNEL_UP);
	tracker_free(s.t);
}

static void
down_after_the_grace_time(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	comes_up(&s);
	tell(&s, "fw",
	    EV(.what = IKE_DELETED, CONN("1"), .kind = IKE_KIND_IKE,
		.reason = IKE_R_DELETED_BY_PEER));
	assert_int_equal(s.gone, 2);
	assert_int_equal(s.downs, 0);
	wait(&s, 11);
	assert_int_equal(s.downs, 1);
	tracker_free(s.t);
}

static void
coming_back_within_the_grace_time_is_no_outage(void **state)
{
	struct story s;

	(void)state;
	begin(&s);
	comes_up(&s);
	tell(
	    &s, "fw", EV(.what = IKE_DELETED, CONN("1"), .kind = IKE_KIND_IKE));
	wait(&s, 3);
	tell(&s, "fw",
	    EV(.what = IKE_STARTED, PEER, CONN("2"), .tunnel = SPAN_LIT("hq")));
	tell(&s, "fw", EV(.what = IKE_ESTABLISHED, CONN("2")));
	tell(&s, "fw",
	    EV(.what = IKE_CHILD_ESTABLISHED, CONN("2"), CHILD("2"),
		.spi_in = 5));
	wait(&s, 60);
	assert_int_equal(s.downs, 0);
	assert_int_equal(s.tunnel, IKE_TUNNEL_UP);
	tracker_free(s.t);
}

static void
numbers_and_spis_meet(void **state)
{
	struct ike_spi i = { 0x1111, true }, r = { 0x2222, true };
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw", EV(.what = IKE_STARTED, PEER));
	tell(&s, "fw",
	    EV(.what = IKE_PROGRESS, CONN("1"), .stage = IKE_SA_INIT,
		.ispi = i));
	tell(&s, "fw",
	    EV(.what = IKE_PROGRESS, .stage = IKE_AUTH, .ispi = i, .rspi = r));
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, CONN("1"), .reason = IKE_R_PSK_MISMATCH));
	assert_int_equal(s.negotiations, 1);
	assert_int_equal(s.failed, 1);
	assert_true(s.failure.rspi.value == 0x2222);
	assert_string_equal(s.failure.peer, "198.51.100.7");
	/* The number is used again, by another attempt. */
	wait(&s, 5);
	tell(&s, "fw",
	    EV(.what = IKE_STARTED, CONN("1"),
		.peer = SPAN_LIT("203.0.113.9")));
	assert_int_equal(s.negotiations, 2);
	tracker_free(s.t);
}

static void
threads_keep_two_stories_apart(void **state)
{
#define THREAD(n) .key[IKE_KEY_THREAD] = SPAN_LIT(n)
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "gw",
	    EV(.what = IKE_PROGRESS, THREAD("07"),
		.flags = IKE_F_TURN | IKE_F_HEARD,
		.peer = SPAN_LIT("198.51.100.7")));
	tell(&s, "gw",
	    EV(.what = IKE_PROGRESS, THREAD("08"),
		.flags = IKE_F_TURN | IKE_F_HEARD,
		.peer = SPAN_LIT("203.0.113.9")));
	assert_int_equal(s.negotiations, 0);
	tell(&s, "gw",
	    EV(.what = IKE_PROGRESS, THREAD("07"), .stage = IKE_SA_INIT));
	tell(&s, "gw",
	    EV(.what = IKE_PROGRESS, THREAD("08"), .stage = IKE_SA_INIT));
	tell(&s, "gw",
	    EV(.what = IKE_FAILED, THREAD("07"),
		.reason = IKE_R_PEER_NOT_CONFIGURED));
	assert_int_equal(s.negotiations, 2);
	assert_string_equal(s.failure.peer, "198.51.100.7");
	tell(&s, "gw",
	    EV(.what = IKE_FAILED, THREAD("08"),
		.reason = IKE_R_IKE_PROPOSAL_MISMATCH));
	assert_string_equal(s.failure.peer, "203.0.113.9");
	tracker_free(s.t);
}

static void
a_restart_forgets_nothing(void **state)
{
	struct ike_negotiation kept;
	struct tracker_conf conf;
	struct tracker_sink sink;
	struct story s;

	(void)state;
	begin(&s);
	tell(&s, "fw",
	    EV(.what = IKE_STARTED, PEER, CONN("3"), .stage = IKE_SA_INIT));
	kept = s.last;
	assert_string_equal(kept.keys, "conn=3");
	kept.device = "fw";
	tracker_free(s.t);

	sink = (struct tracker_sink){ &s, on_negotiation, on_tunnel, NULL };
	tracker_conf_defaults(&conf);
	s.t = tracker_new(&conf, &sink);
	assert_int_equal(tracker_restore_negotiation(s.t, &kept), 0);
	/* Its clock goes on from when it last moved. */
	wait(&s, 30);
	assert_int_equal(s.stalled, 0);
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, CONN("3"), .reason = IKE_R_PSK_MISMATCH));
	assert_int_equal(s.negotiations, 1);
	assert_int_equal(s.failure.id, kept.id);
	assert_int_equal(s.failure.reason, IKE_R_PSK_MISMATCH);
	tracker_free(s.t);
}

static void
both_ends_tell_one_story(void **state)
{
	struct story s;
	const struct ike_negotiation *a;
	int64_t first;

	(void)state;
	begin(&s);
	tell(&s, "ams",
	    EV(.what = IKE_STARTED, .peer = SPAN_LIT("198.51.100.2"),
		.local = SPAN_LIT("198.51.100.1"), .role = IKE_INITIATOR));
	first = s.last.id;
	tell(&s, "fra",
	    EV(.what = IKE_STARTED, .peer = SPAN_LIT("198.51.100.1"),
		.local = SPAN_LIT("198.51.100.2"), .role = IKE_RESPONDER));
	assert_int_equal(s.joined, 2);
	tell(&s, "ams",
	    EV(.what = IKE_FAILED, .peer = SPAN_LIT("198.51.100.2"),
		.reason = IKE_R_AUTHENTICATION_FAILED));
	tell(&s, "fra",
	    EV(.what = IKE_FAILED, .peer = SPAN_LIT("198.51.100.1"),
		.reason = IKE_R_PSK_MISMATCH, .flags = IKE_F_REFUSED_HERE));
	a = tracker_get(s.t, first);
	assert_int_equal(a->reason, IKE_R_PSK_MISMATCH);
	assert_int_equal(a->refused_by, IKE_REFUSED_PEER);
	tracker_free(s.t);
}

static void
what_differs_is_said(void **state)
{
	struct ike_event ev =
	    EV(.what = IKE_FAILED, PEER, .reason = IKE_R_IKE_PROPOSAL_MISMATCH);
	struct story s;

	(void)state;
	begin(&s);
	ike_event_say(&ev, IKE_ATTR_PROPOSAL, IKE_SIDE_PEER,
	    SPAN_LIT("IKE:3DES_CBC/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024"));
	ike_event_say(&ev, IKE_ATTR_PROPOSAL, IKE_SIDE_HERE,
	    SPAN_LIT("IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/ECP_384"));
	tell(&s, "fw", ev);
	assert_string_equal(s.differs,
	    "encryption: peer 3DES_CBC, here AES_CBC_256; "
	    "DH group: peer MODP_1024, here ECP_384");
	tracker_free(s.t);
}

static void
a_flood_costs_the_flooder(void **state)
{
	struct tracker_counts counts;
	struct tracker_conf conf;
	struct story s;

	(void)state;
	begin(&s);
	tracker_conf_defaults(&conf);
	conf.max_peer = 50;
	conf.max_open = 400;
	conf.max_kept = 500;
	tracker_configure(s.t, &conf);
	comes_up(&s);
	for (uint64_t i = 0; i < 3000; i++) {
		char peer[32];
		struct ike_event ev = { .what = IKE_PROGRESS,
			.stage = IKE_SA_INIT,
			.ispi = { i + 10, true } };

		snprintf(peer, sizeof(peer), "203.0.113.%d",
		    (int)(i % 3 == 0 ? 1 : i % 200));
		ev.peer = span_of(peer);
		tell(&s, "fw", ev);
	}
	tracker_count(s.t, &counts);
	assert_true(counts.open <= 400);
	assert_true(counts.kept <= 501);
	assert_int_equal(s.tunnel, IKE_TUNNEL_UP);
	tell(
	    &s, "fw", EV(.what = IKE_DELETED, CONN("1"), .kind = IKE_KIND_IKE));
	wait(&s, 11);
	assert_int_equal(s.downs, 1);
	wait(&s, 300);
	tracker_count(s.t, &counts);
	assert_int_equal(counts.open, 0);
	assert_int_equal(counts.kept, 0);
	tracker_free(s.t);
}

static void
tell_attempt(struct story *s, uint64_t n, enum ike_what what)
{
	char peer[32];
	struct ike_event ev = { .what = what,
		.stage = IKE_SA_INIT,
		.role = IKE_INITIATOR,
		.ispi = { n, true } };

	snprintf(peer, sizeof(peer), "203.0.113.%d", (int)(n % 200));
	ev.peer = span_of(peer);
	if (what == IKE_FAILED)
		ev.reason = IKE_R_AUTHENTICATION_FAILED;
	tell(s, "fw", ev);
}

/* A storm: what ended first goes before it has lingered, and nothing else. */
static void
the_first_to_end_go_first(void **state)
{
	enum { OPEN = 20, FAIL = 50, KEPT = 8 };
	struct tracker_counts counts;
	struct tracker_conf conf;
	struct story s;
	int64_t first;
	int refined;

	(void)state;
	begin(&s);
	tracker_conf_defaults(&conf);
	conf.max_ended = KEPT;
	tracker_configure(s.t, &conf);
	comes_up(&s);
	for (uint64_t n = 100; n < 100 + OPEN; n++)
		tell_attempt(&s, n, IKE_STARTED);
	/* the younger fail first: it is not age that counts */
	for (uint64_t n = 1000; n < 1000 + FAIL; n++)
		tell_attempt(&s, n, IKE_STARTED);
	first = s.last.id - FAIL + 1;
	for (uint64_t n = 1000 + FAIL; n-- > 1000;)
		tell_attempt(&s, n, IKE_FAILED);
	tracker_count(s.t, &counts);
	assert_int_equal(counts.open, OPEN);
	assert_int_equal(counts.ended, KEPT);
	assert_int_equal(counts.kept, OPEN + KEPT + 2);
	for (int64_t n = 0; n < FAIL; n++)
		assert_int_equal(tracker_get(s.t, first + n) != NULL, n < KEPT);
	/* a late record still finds the last ones */
	refined = s.refined;
	tell(&s, "fw",
	    EV(.what = IKE_FAILED, .ispi = { 1000, true },
		.reason = IKE_R_PSK_MISMATCH));
	assert_int_equal(s.refined, refined + 1);
	assert_int_equal(s.last.id, first);
	/* what is open stalls at once: these too are bounded */
	wait(&s, 61);
	assert_int_equal(s.stalled, OPEN);
	tracker_count(s.t, &counts);
	assert_int_equal(counts.open, 0);
	assert_int_equal(counts.ended, KEPT);
	wait(&s, 200);
	tracker_count(s.t, &counts);
	assert_int_equal(counts.ended, 0);
	assert_int_equal(counts.kept, 2);
	tracker_free(s.t);
}

/* One that comes back to life is no longer among the ended. */
static void
a_stalled_one_goes_on(void **state)
{
	struct tracker_counts counts;
	struct tracker_conf conf;
	struct story s;
	int64_t id;

	(void)state;
	begin(&s);
	tracker_conf_defaults(&conf);
	conf.max_ended = 2;
	tracker_configure(s.t, &conf);
	tell_attempt(&s, 1, IKE_STARTED);
	id = s.last.id;
	wait(&s, 61);
	assert_int_equal(s.stalled, 1);
	tell_attempt(&s, 1, IKE_PROGRESS);
	tracker_count(s.t, &counts);
	assert_int_equal(counts.open, 1);
	assert_int_equal(counts.ended, 0);
	for (uint64_t n = 10; n < 20; n++) {
		tell_attempt(&s, n, IKE_STARTED);
		tell_attempt(&s, n, IKE_FAILED);
	}
	tracker_count(s.t, &counts);
	assert_int_equal(counts.ended, 2);
	assert_int_equal(tracker_get(s.t, id)->outcome, IKE_OPEN);
	tracker_free(s.t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tunnel_comes_up),
		cmocka_unit_test(the_best_reason_wins),
		cmocka_unit_test(a_hint_explains_the_timeout),
		cmocka_unit_test(silence_is_a_failure_too),
		cmocka_unit_test(a_stall_in_auth_names_other_suspects),
		cmocka_unit_test(a_rekey_is_no_outage),
		cmocka_unit_test(down_after_the_grace_time),
		cmocka_unit_test(
		    coming_back_within_the_grace_time_is_no_outage),
		cmocka_unit_test(numbers_and_spis_meet),
		cmocka_unit_test(threads_keep_two_stories_apart),
		cmocka_unit_test(a_restart_forgets_nothing),
		cmocka_unit_test(both_ends_tell_one_story),
		cmocka_unit_test(what_differs_is_said),
		cmocka_unit_test(a_flood_costs_the_flooder),
		cmocka_unit_test(the_first_to_end_go_first),
		cmocka_unit_test(a_stalled_one_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
