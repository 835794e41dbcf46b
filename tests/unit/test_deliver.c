/*
 * The senders without a receiver: what waits stays within its bound and none
 * of it goes unsaid, and a destination that fails for long is an alert.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alerting/deliver.h"
#include "alerting/deliver_parts.h"
#include "alerting/notice.h"

#define S SECOND
#define START (INT64_C(1700000000) * S)

enum { DESTINATIONS = 10, INCIDENTS = 3000 };

struct story {
	struct event_base *base;
	struct deliver *d;
	struct alert_conf conf;
	struct destination_conf dest[DESTINATIONS];
	char name[DESTINATIONS][16], url[64];
	const char *urls[1];
	int64_t now, next;
	size_t ends[DELIVER_END_COUNT];
	size_t troubles;
	char words[400], error[400];
};

static void
on_result(void *arg, const struct deliver_result *r)
{
	struct story *s = arg;

	s->ends[r->end]++;
	snprintf(s->error, sizeof(s->error), "%s", r->error ? r->error : "");
}

static void
on_trouble(void *arg, const char *destination, const char *words)
{
	struct story *s = arg;

	(void)destination;
	s->troubles++;
	snprintf(s->words, sizeof(s->words), "%s", words ? words : "");
}

static int64_t
on_clock(void *arg)
{
	return ((struct story *)arg)->now;
}

static int64_t
on_stamp(void *arg, int64_t at)
{
	(void)arg;
	return at;
}

/* A port of ours that nobody listens on. */
static int
closed_port(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	close(fd);
	return ntohs(sin.sin_port);
}

static void
story_open(struct story *s, size_t n)
{
	struct deliver_sink sink = { s, on_result, on_trouble, on_clock,
		on_stamp };
	char err[200] = "";

	memset(s, 0, sizeof(*s));
	s->now = START;
	s->next = 1;
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d/", closed_port());
	s->urls[0] = s->url;
	alert_conf_defaults(&s->conf);
	for (size_t i = 0; i < n; i++) {
		destination_conf_defaults(&s->dest[i]);
		snprintf(s->name[i], sizeof(s->name[i]), "noc%zu", i);
		s->dest[i].name = s->name[i];
		s->dest[i].type = "webhook";
		s->dest[i].url = (struct alert_list){ s->urls, 1 };
	}
	s->conf.destination = s->dest;
	s->conf.ndestinations = n;
	s->base = event_base_new();
	s->d = deliver_new(s->base, &sink);
	assert_non_null(s->d);
	assert_int_equal(
	    deliver_configure(s->d, &s->conf, err, sizeof(err)), 0);
}

static void
story_close(struct story *s)
{
	deliver_free(s->d);
	event_base_free(s->base);
}

static void
adds(struct story *s, size_t dest, unsigned incident, const char *notice)
{
	char name[32], webhook[32];
	struct deliver_item item = { .id = s->next++,
		.destination = s->name[dest],
		.incident = name,
		.webhook_id = webhook,
		.notice = notice,
		.created_at = s->now };

	snprintf(name, sizeof(name), "%08x", incident);
	snprintf(webhook, sizeof(webhook), "msg_%lld", (long long)item.id);
	assert_int_equal(deliver_add(s->d, &item), 0);
}

static size_t
depth(const struct story *s)
{
	struct deliver_count c;
	size_t all = 0;

	for (size_t n = 0; deliver_count(s->d, n, &c); n++)
		all += c.depth;
	return all;
}

/* D9: everything is dead for a week, and the tunnels come and go. Of each
 * incident the first and the last word are kept, the others are told as
 * part of them: nothing is lost, nothing is silent. */
static void
test_bounded_by_incident(void **state)
{
	static struct story s;
	size_t added = 0;

	(void)state;
	story_open(&s, DESTINATIONS);
	for (unsigned round = 0; round < 8; round++)
		for (unsigned i = 0; i < INCIDENTS; i++)
			for (size_t d = 0; d < DESTINATIONS; d++) {
				adds(&s, d, i, "{}");
				added++;
			}
	assert_true(depth(&s) <= 100000);
	assert_true(depth(&s) >= 2 * INCIDENTS * DESTINATIONS);
	assert_int_equal(depth(&s) + s.ends[DELIVER_MERGED], added);
	assert_int_equal(s.ends[DELIVER_DEAD], 0);
	assert_int_equal(s.troubles, 0);
	story_close(&s);
}

/* Too many incidents for that: the oldest are dead letters, and it is said. */
static void
test_bounded_by_age(void **state)
{
	static struct story s;
	size_t added = 0;

	(void)state;
	story_open(&s, DESTINATIONS);
	for (unsigned i = 0; i < 12000; i++)
		for (size_t d = 0; d < DESTINATIONS; d++) {
			adds(&s, d, i, "{}");
			added++;
		}
	assert_true(depth(&s) <= 100000);
	assert_true(depth(&s) >= 80000);
	assert_int_equal(depth(&s) + s.ends[DELIVER_DEAD], added);
	assert_false(deliver_has(s.d, 1));
	assert_true(deliver_has(s.d, (int64_t)added));
	assert_non_null(strstr(s.words, "too many alerts waiting"));
	assert_string_equal(s.error, "the outbox is full");
	story_close(&s);
}

static void
run_until(struct story *s, const size_t *count, size_t n)
{
	for (int i = 0; i < 1000 && *count < n; i++)
		event_base_loop(s->base, EVLOOP_ONCE);
	assert_true(*count >= n);
}

static char *
some_notice(void)
{
	struct alert_notice n = { .edge = ALERT_EDGE_FIRES,
		.kind = ALERT_NEGOTIATION_FAILED,
		.severity = ALERT_WARNING,
		.state = ALERT_FIRING,
		.device = "hq",
		.peer = "203.0.113.9",
		.at = START };

	return notice_dump(&n);
}

/* Nothing arrives for five minutes: an alert of our own, once, though the
 * next try may be far away. */
static void
test_stuck(void **state)
{
	static struct story s;
	char *notice = some_notice();

	(void)state;
	story_open(&s, 1);
	adds(&s, 0, 1, notice);
	deliver_committed(s.d, 1);
	run_until(&s, &s.ends[DELIVER_RETRIED], 1);
	assert_int_equal(s.troubles, 0);
	s.now += 299 * S;
	deliver_committed(s.d, 2);
	assert_int_equal(s.troubles, 0);
	s.now += S;
	deliver_committed(s.d, 3);
	assert_int_equal(s.troubles, 1);
	assert_non_null(
	    strstr(s.words, "nothing reaches noc0 for 5 min, 1 waits: "));
	s.now += 600 * S;
	deliver_committed(s.d, 4);
	assert_int_equal(s.troubles, 1);
	free(notice);
	story_close(&s);
}

/* What cannot be read back from the database holds nothing up. */
static void
test_damaged(void **state)
{
	static struct story s;
	char *notice = some_notice();

	(void)state;
	story_open(&s, 1);
	adds(&s, 0, 1, "{\"edge\":");
	adds(&s, 0, 1, notice);
	deliver_committed(s.d, 1);
	assert_int_equal(s.ends[DELIVER_DEAD], 1);
	assert_non_null(strstr(s.words, "misses an alert"));
	run_until(&s, &s.ends[DELIVER_RETRIED], 1);
	free(notice);
	story_close(&s);
}

/* After give-up it is a dead letter. */
static void
test_given_up(void **state)
{
	static struct story s;
	char *notice = some_notice();

	(void)state;
	story_open(&s, 1);
	adds(&s, 0, 1, notice);
	s.now += 3 * 24 * 3600 * S;
	deliver_committed(s.d, 1);
	run_until(&s, &s.ends[DELIVER_DEAD], 1);
	assert_non_null(strstr(s.words, "could not be reached until give-up"));
	assert_int_equal(depth(&s), 0);
	free(notice);
	story_close(&s);
}

static void
said(struct item *i, uint64_t incident, enum alert_edge edge, int64_t at)
{
	struct alert_notice n = { .edge = edge,
		.kind = ALERT_NEGOTIATION_FAILED,
		.severity = ALERT_WARNING,
		.device = "hq",
		.reason = IKE_R_PSK_MISMATCH,
		.after = IKE_TUNNEL_UP,
		.at = at };

	snprintf(n.peer, sizeof(n.peer), "203.0.113.%u", (unsigned)incident);
	memset(i, 0, sizeof(*i));
	i->incident = incident;
	i->notice = notice_dump(&n);
	i->webhook_id = strdup("msg_1");
}

/* A chat was away: 7 changes are one message. How each incident stands now is
 * in it, but what came and went long ago is only counted. */
static void
test_summary(void **state)
{
	struct destination_conf conf;
	struct item i[7];
	struct alert_notice n;
	struct dest *t = calloc(1, sizeof(*t));
	int64_t now = START + 3 * 3600 * S;

	(void)state;
	destination_conf_defaults(&conf);
	t->conf = &conf;
	t->was_away = true;
	snprintf(t->name, sizeof(t->name), "chat");
	said(&i[0], 1, ALERT_EDGE_FIRES, START);
	said(&i[1], 1, ALERT_EDGE_RESOLVES, START + S);
	said(&i[2], 2, ALERT_EDGE_FIRES, START);
	said(&i[3], 2, ALERT_EDGE_RESOLVES, START + S);
	said(&i[4], 3, ALERT_EDGE_FIRES, START);
	said(&i[5], 4, ALERT_EDGE_FIRES, now - 600 * S);
	said(&i[6], 4, ALERT_EDGE_RESOLVES, now - 300 * S);
	for (int k = 0; k < 6; k++)
		i[k].next = &i[k + 1];
	batch_notice(t, i, &n, now);
	assert_string_equal(n.words, "7 changes while chat was away");
	assert_int_equal(n.severity, ALERT_WARNING);
	assert_int_equal(n.nlist, 3);
	assert_int_equal(strncmp(n.list[0], "DOWN hq -> 203.0.113.3", 22), 0);
	assert_int_equal(strncmp(n.list[1], "UP hq -> 203.0.113.4", 20), 0);
	assert_string_equal(n.list[2], "2 more came and went");
	for (int k = 0; k < 7; k++) {
		free(i[k].notice);
		free(i[k].webhook_id);
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded_by_incident),
		cmocka_unit_test(test_bounded_by_age),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
