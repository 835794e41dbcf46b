/* Paces, windows, waits and deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alerting/due.h"
#include "alerting/limit.h"
#include "alerting/retry.h"

#define S INT64_C(1000000)
#define NOW (INT64_C(1700000000) * S) /* 2023-11-14 22:13:20 UTC */

static void
test_bucket(void **state)
{
	struct limit_bucket b;
	int64_t now = NOW, end = NOW + 60 * S;
	int sent = 0;

	(void)state;
	limit_bucket_set(&b, 1, 5, now);
	while (now < end) {
		if (limit_bucket_take(&b, now)) {
			sent++;
			continue;
		}
		assert_true(limit_bucket_when(&b, now) > now);
		now = limit_bucket_when(&b, now);
	}
	assert_in_range(sent, 64, 65);
	/* a clock that went back gives nothing away */
	assert_false(limit_bucket_take(&b, NOW) && limit_bucket_take(&b, NOW));
}

static void
test_window(void **state)
{
	struct limit_counts *c = limit_counts_new(1000);
	unsigned n = 0;

	(void)state;
	assert_non_null(c);
	for (int i = 0; i < 100; i++)
		n = limit_count(c, "hq", NOW + i * S / 10, 60 * S);
	assert_int_equal(n, 100);
	assert_int_equal(limit_count(c, "paris", NOW, 60 * S), 1);
	/* half a window later half of it counts */
	n = limit_count(c, "hq", NOW + 90 * S, 60 * S);
	assert_in_range(n, 45, 55);
	assert_int_equal(limit_count(c, "hq", NOW + 300 * S, 60 * S), 1);
	limit_counts_free(c);
}

/* Ten thousand names do not make a thousand places grow. */
static void
test_window_bounded(void **state)
{
	struct limit_counts *c = limit_counts_new(100);
	char name[32];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "peer %d", i);
		assert_int_equal(limit_count(c, name, NOW + i, 60 * S), 1);
	}
	limit_counts_free(c);
}

static void
test_changes(void **state)
{
	struct limit_changes c = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		limit_change(&c, NOW + i * S);
	assert_int_equal(limit_changed(&c, NOW + 99 * S, 4 * S), 4);
	assert_int_equal(
	    limit_changed(&c, NOW + 99 * S, 3600 * S), LIMIT_CHANGES_MAX);
	assert_int_equal(limit_changed(&c, NOW + 200 * S, 60 * S), 0);
	limit_changes_free(&c);
	assert_int_equal(limit_changed(&c, NOW + 99 * S, 3600 * S), 0);
}

/* W3: what a service asks for is between a second and an hour. */
static void
test_retry_after(void **state)
{
	static const struct {
		const char *header;
		int64_t wait;
	} cases[] = {
		{ "5", 5 * S },
		{ " 120 ", 120 * S },
		{ "0", S },
		{ "-1", S },
		{ "2.5", 2 * S },
		{ "3600", 3600 * S },
		{ "7200", 3600 * S },
		{ "1e9", 3600 * S },
		{ "99999999999999999999", 3600 * S },
		{ "Tue, 14 Nov 2023 22:13:50 GMT", 30 * S },
		{ "Tuesday, 14-Nov-23 22:13:50 GMT", 30 * S },
		{ "Tue Nov 14 22:13:50 2023", 30 * S },
		{ "Tue, 14 Nov 2023 22:13:00 GMT", S },
		{ "Fri, 14 Nov 2053 22:13:00 GMT", 3600 * S },
		{ "soon", -1 },
		{ "", -1 },
		{ "Tue, 14 Nvo 2023 22:13:50 GMT", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    retry_after(cases[i].header, NOW), cases[i].wait);
	assert_int_equal(
	    retry_after_json("{\"retry_after\":1.5,\"ok\":false}", 30),
	    S * 3 / 2);
	assert_int_equal(retry_after_json("{\"retry_after\":0}", 17), S);
	assert_int_equal(retry_after_json("rate limited", 12), -1);
	assert_int_equal(retry_after_json("", 0), -1);
}

static void
test_judge(void **state)
{
	static const struct {
		long status;
		bool mail;
		enum retry_verdict verdict;
	} cases[] = {
		{ 200, false, RETRY_DELIVERED },
		{ 202, false, RETRY_DELIVERED },
		{ 204, false, RETRY_DELIVERED },
		{ 301, false, RETRY_DEAD },
		{ 307, false, RETRY_DEAD },
		{ 400, false, RETRY_DEAD },
		{ 404, false, RETRY_DEAD },
		{ 408, false, RETRY_LATER },
		{ 410, false, RETRY_GONE },
		{ 429, false, RETRY_LATER },
		{ 500, false, RETRY_LATER },
		{ 503, false, RETRY_LATER },
		{ 0, false, RETRY_LATER },
		{ 250, true, RETRY_DELIVERED },
		{ 451, true, RETRY_LATER },
		{ 550, true, RETRY_DEAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(retry_judge(cases[i].status, cases[i].mail),
		    cases[i].verdict);
}

/* W2: the first retry after 5 to 15 s, at last no more than one a minute. */
static void
test_delay(void **state)
{
	(void)state;
	assert_int_equal(retry_delay(RETRY_STEADY, 1, 0), 5 * S);
	assert_in_range(
	    retry_delay(RETRY_STEADY, 1, UINT32_MAX), 14 * S, 15 * S);
	for (unsigned n = 8; n < 400; n += 7)
		assert_in_range(retry_delay(RETRY_STEADY, n, n * 77777777u),
		    60 * S, 900 * S);
}

/* The table of Standard Webhooks: all of it takes three days and some hours. */
static void
test_delay_standard(void **state)
{
	static const int64_t waits[] = { 5, 300, 1800, 7200, 18000, 36000,
		50400, 72000, 86400, 86400 };

	(void)state;
	for (unsigned n = 0; n < sizeof(waits) / sizeof(waits[0]); n++) {
		assert_int_equal(
		    retry_delay(RETRY_STANDARD, n + 1, 0), waits[n] * S);
		assert_in_range(retry_delay(RETRY_STANDARD, n + 1, UINT32_MAX),
		    waits[n] * S * 14 / 10, waits[n] * S * 15 / 10);
	}
}

static void
test_due(void **state)
{
	enum { N = 500 };
	static struct due_item item[N];
	struct due d = { 0 };
	int64_t last = 0;
	unsigned r = 1;

	(void)state;
	for (int i = 0; i < N; i++) {
		r = r * 1103515245 + 12345;
		assert_int_equal(due_set(&d, &item[i], r % 1000 + 1), 0);
	}
	for (int i = 0; i < N; i += 3)
		due_remove(&d, &item[i]);
	for (int i = 1; i < N; i += 3)
		assert_int_equal(due_set(&d, &item[i], item[i].at / 2), 0);
	while (due_first(&d) != NULL) {
		assert_true(due_next(&d) >= last);
		last = due_next(&d);
		due_remove(&d, due_first(&d));
	}
	assert_int_equal(due_next(&d), INT64_MAX);
	due_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_window_bounded),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_delay_standard),
		cmocka_unit_test(test_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
