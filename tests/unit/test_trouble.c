/*
 * Messages are lost: one alert when it begins, one when it has been quiet for
 * a minute, with the number that were lost in between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alerting/notice.h"
#include "daemon/trouble.h"

#define S INT64_C(1000000)

struct story {
	struct trouble trouble;
	struct stats stats;
	struct store_counts store;
	struct alerts *a;
	int64_t now;
	size_t told;
	struct alert_notice said[16];
};

static void
on_edge(void *arg, const struct alert_notice *n,
    const struct destination_conf *const *to, size_t count)
{
	struct story *s = arg;

	(void)to;
	(void)count;
	assert_true(s->told < sizeof(s->said) / sizeof(s->said[0]));
	s->said[s->told++] = *n;
}

static void
seconds(struct story *s, int n)
{
	for (; n > 0; n--) {
		s->now += S;
		trouble_look(&s->trouble, &s->stats, &s->store, s->a, s->now);
		alerts_tick(s->a, s->now);
	}
}

static void
story(struct story *s, struct alert_conf *conf)
{
	struct alert_sink sink = { s, on_edge };

	memset(s, 0, sizeof(*s));
	alert_conf_defaults(conf);
	s->now = 1000 * S;
	s->a = alerts_new(conf, &sink, s->now);
	assert_non_null(s->a);
	seconds(s, 5);
	assert_int_equal(s->told, 0);
}

static void
test_drops(void **state)
{
	struct alert_conf conf;
	struct story s;

	(void)state;
	story(&s, &conf);
	s.stats.n[STAT_KERNEL] = 7;
	seconds(&s, 1);
	assert_int_equal(s.told, 1);
	assert_int_equal(s.said[0].edge, ALERT_EDGE_FIRES);
	assert_string_equal(s.said[0].tunnel, "kernel-drops");
	assert_int_equal(strncmp(s.said[0].words, "7 messages", 10), 0);
	s.stats.n[STAT_KERNEL] = 12;
	seconds(&s, 59);
	assert_int_equal(s.told, 1);
	s.stats.n[STAT_KERNEL] = 20;
	seconds(&s, 60);
	assert_int_equal(s.told, 1);
	seconds(&s, 1);
	assert_int_equal(s.told, 2);
	assert_int_equal(s.said[1].edge, ALERT_EDGE_RESOLVES);
	assert_int_equal(strncmp(s.said[1].words, "20 messages", 11), 0);
	seconds(&s, 300);
	assert_int_equal(s.told, 2);
	alerts_free(s.a);
}

/* Two troubles at once are two alerts, each with its own end. */
static void
test_queue_and_disk(void **state)
{
	struct alert_conf conf;
	struct story s;

	(void)state;
	story(&s, &conf);
	s.store.refused = 3;
	s.store.failing = true;
	snprintf(s.store.error, sizeof(s.store.error), "disk full");
	seconds(&s, 1);
	assert_int_equal(s.told, 2);
	assert_string_equal(s.said[0].tunnel, "queue-drops");
	assert_string_equal(s.said[1].tunnel, "database");
	assert_int_equal(s.said[1].severity, ALERT_CRITICAL);
	assert_non_null(strstr(s.said[1].words, "disk full"));
	s.store.failing = false;
	seconds(&s, 1);
	assert_int_equal(s.told, 3);
	assert_string_equal(s.said[2].tunnel, "database");
	seconds(&s, 60);
	assert_int_equal(s.told, 4);
	assert_string_equal(s.said[3].tunnel, "queue-drops");
	assert_int_equal(s.said[3].edge, ALERT_EDGE_RESOLVES);
	alerts_free(s.a);
}

/* A reader holds the log: told once, over when it is small again. */
static void
test_log(void **state)
{
	struct alert_conf conf;
	struct story s;

	(void)state;
	story(&s, &conf);
	s.store.wal_bytes = INT64_C(256) << 20;
	seconds(&s, 5);
	assert_int_equal(s.told, 0);
	s.store.wal_bytes = (INT64_C(257) << 20);
	seconds(&s, 1);
	assert_int_equal(s.told, 1);
	assert_string_equal(s.said[0].tunnel, "database-log");
	assert_non_null(strstr(s.said[0].words, "257 MiB"));
	s.store.wal_bytes = INT64_C(200) << 20;
	seconds(&s, 60);
	assert_int_equal(s.told, 1);
	s.store.wal_bytes = INT64_C(64) << 20;
	seconds(&s, 1);
	assert_int_equal(s.told, 2);
	assert_int_equal(s.said[1].edge, ALERT_EDGE_RESOLVES);
	alerts_free(s.a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_queue_and_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
