/* Time stamps: what year it was, which zone, and what never was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/stamp.h"

#define SECOND 1000000LL
#define APRIL_2024 (1711972800 * SECOND) /* 2024-04-01T12:00:00Z */

/* A copy of exactly that size is read, so that a look too far is seen. */
static bool
scan_text(bool (*scan)(struct span *, struct stamp *), const char *text,
    struct stamp *st, size_t *left)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);
	struct span s = { copy, len };
	bool ok;

	assert_non_null(copy);
	memcpy(copy, text, len);
	ok = scan(&s, st);
	*left = s.len;
	free(copy);
	return ok;
}

/* Seconds of a stamp that must be read to its end. */
static int64_t
seconds_of(const char *text, int64_t now, const struct zone *zone)
{
	struct stamp st;
	int64_t t;
	size_t left;

	if (!scan_text(stamp_scan, text, &st, &left) || left != 0)
		fail_msg("not read: %s", text);
	if (!stamp_time(&st, now, zone, &t))
		return -1;
	return t / SECOND;
}

static void
test_every_form_names_the_same_moment(void **state)
{
	static const char *const forms[] = {
		"Apr  1 11:59:58",
		"Apr 1 11:59:58",
		"apr 01 11:59:58.",
		"APR  1 2024 11:59:58",
		"Apr  1 11:59:58 2024",
		"Mon Apr  1 11:59:58 2024",
		"Apr  1 11:59:58 UTC 2024",
		"Apr  1 13:59:58 CEST",
		"2024 Apr  1 11:59:58 GMT",
		"*Apr  1 11:59:58.000",
		".Apr  1 11:59:58",
		"%Apr  1 11:59:58:000 2024",
		"2024-04-01T11:59:58Z",
		"2024-04-01t11:59:58z",
		"2024-04-01T13:59:58+02:00",
		"2024-04-01T13:59:58+0200",
		"2024-04-01T13:59:58.000000000000000+02",
		"2024-04-01 11:59:58",
		"2024-04-01 13:59:58 +02:00",
		"2024/04/01 11:59:58",
		"2024-4-1 19:59:58+08:00 DST",
		"4\xe6\x9c\x88"
		"1\xe6\x97\xa5"
		"11:59:58",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (seconds_of(forms[i], APRIL_2024, NULL) != 1711972798)
			fail_msg("another moment: %s", forms[i]);
}

static void
test_what_is_no_stamp_stays_text(void **state)
{
	static const char *const texts[] = { "", "A", "Apr", "Apr  ", "Apr  1",
		"Apr  1 11", "Apr  1 11:59", "Apr  1 11:59:5", "Apr  111:59:58",
		"Foo  1 11:59:58", "Apr  1 11:59:58x", "Apr 100 11:59:58",
		"Apr  1 20240 11:59:58", "2024-", "2024-04-01T11:59:5",
		"2024-13-01T11:59:58Z", "2024-04-01T11:99:58Z",
		"2024-04-01T11:59:58-24:00", "2024-04-01T11:59:58Z+01:00",
		"2024-04-01", "2024 apples", "5 apples", "*", "%", "1:2:3",
		"12:34:56", "2024.04.01 11:59:58" };
	struct stamp st;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (scan_text(stamp_scan, texts[i], &st, &left))
			fail_msg("read as a stamp: '%s'", texts[i]);
		assert_int_equal(left, strlen(texts[i]));
	}
}

static void
test_a_host_behind_the_stamp_is_no_zone(void **state)
{
	static const char *const texts[] = { "Apr  1 11:59:58 PA-1 x",
		"Apr  1 11:59:58 FW1 x", "Apr  1 11:59:58 GW charon: x",
		"Apr  1 11:59:58 CRON: x", "Apr  1 11:59:58 2001:db8::1 x" };
	struct stamp st;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(scan_text(stamp_scan, texts[i], &st, &left));
		assert_int_equal(left, strlen(texts[i]) - 15);
		assert_int_equal(st.zone, STAMP_ZONE_NONE);
		assert_int_equal(st.year, -1);
	}
}

static void
test_the_year_is_the_one_nearest_to_receipt(void **state)
{
	int64_t new_year = 1735689605 * SECOND;	  /* 2025-01-01T00:00:05Z */
	int64_t old_year = 1735689595 * SECOND;	  /* 2024-12-31T23:59:55Z */
	int64_t march_2025 = 1740787205 * SECOND; /* 2025-03-01T00:00:05Z */
	int64_t year_2101 = 4139510400 * SECOND;  /* 2101-03-06 */

	(void)state;
	/* Sent before midnight, received after it. */
	assert_int_equal(
	    seconds_of("Dec 31 23:59:58", new_year, NULL), 1735689598);
	/* A clock that runs ahead by a few seconds, or by an hour. */
	assert_int_equal(
	    seconds_of("Jan  1 00:00:03", old_year, NULL), 1735689603);
	assert_int_equal(
	    seconds_of("Jan  1 00:59:55", old_year, NULL), 1735693195);
	/* Two days ahead is a year ago. */
	assert_int_equal(
	    seconds_of("Jan  3 00:00:00", old_year, NULL), 1704240000);
	/* 29 February in a year without one, and around 2100. */
	assert_int_equal(
	    seconds_of("Feb 29 12:00:00", march_2025, NULL), 1709208000);
	assert_int_equal(
	    seconds_of("Feb 29 00:00:00", year_2101, NULL), 3981312000);
}

static void
test_times_that_never_were_have_no_time(void **state)
{
	static const char *const texts[] = { "Feb 30 12:00:00",
		"Apr 31 12:00:00", "Apr 00 12:00:00", "Feb 29 2023 12:00:00",
		"Feb 29 1900 12:00:00", "Apr  1 24:00:00", "Apr  1 23:59:60",
		"Apr  1 23:60:00", "2024-06-31T00:00:00Z",
		"0000-01-01T00:00:00Z" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (seconds_of(texts[i], APRIL_2024, NULL) != -1)
			fail_msg("exists: %s", texts[i]);
}

static void
test_far_years_do_not_wrap(void **state)
{
	(void)state;
	assert_int_equal(
	    seconds_of("2038-01-19T03:14:08Z", APRIL_2024, NULL), 2147483648);
	assert_int_equal(
	    seconds_of("2106-02-07T06:28:16Z", APRIL_2024, NULL), 4294967296);
	assert_int_equal(
	    seconds_of("9999-12-31T23:59:59Z", APRIL_2024, NULL), 253402300799);
	assert_int_equal(
	    seconds_of("1969-12-31T23:59:58Z", APRIL_2024, NULL), -2);
	assert_int_equal(
	    seconds_of("0001-01-01T00:00:00Z", APRIL_2024, NULL), -62135596800);
	/* A receiver whose clock stands at the ends of time. */
	(void)seconds_of("Apr  1 11:59:58", INT64_MAX, NULL);
	(void)seconds_of("Apr  1 11:59:58", 0, NULL);
	(void)seconds_of("Apr  1 11:59:58", -SECOND, NULL);
}

static void
test_the_zone_of_the_device_is_used_where_none_is_written(void **state)
{
	struct zone_change change = { 1711846800,
		7200 }; /* 2024-03-31 01:00Z */
	struct zone paris = { "Europe/Paris", 3600, 1, &change };

	(void)state;
	assert_int_equal(
	    seconds_of("Apr  1 13:59:58", APRIL_2024, &paris), 1711972798);
	assert_int_equal(
	    seconds_of("Mar  1 13:00:00", APRIL_2024, &paris), 1709294400);
	/* What is set for the device beats a name, but not an offset. */
	assert_int_equal(
	    seconds_of("Apr  1 13:59:58 CST", APRIL_2024, &paris), 1711972798);
	assert_int_equal(
	    seconds_of("Apr  1 11:59:58 UTC", APRIL_2024, &paris), 1711972798);
	assert_int_equal(
	    seconds_of("2024-04-01T11:59:58Z", APRIL_2024, &paris), 1711972798);
	/* Inside the hour that spring leaves out: near it, no crash. */
	assert_in_range(seconds_of("Mar 31 02:30:00", APRIL_2024, &paris),
	    1711845000, 1711848600);
}

static void
test_the_fraction_is_kept_to_the_microsecond(void **state)
{
	static const struct {
		const char *text;
		int micro;
	} rows[] = {
		{ "Apr  1 11:59:58.5", 500000 },
		{ "Apr  1 11:59:58,123", 123000 },
		{ "Apr  1 11:59:58:123", 123000 },
		{ "Apr  1 11:59:58:7", 7000 },
		{ "2024-04-01T11:59:58.123456789Z", 123456 },
		{ "2024-04-01T11:59:58.000000999Z", 0 },
	};
	struct stamp st;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(scan_text(stamp_scan, rows[i].text, &st, &left));
		assert_int_equal(st.micro, rows[i].micro);
	}
}

static void
test_rfc5424_is_read_more_strictly(void **state)
{
	static const char *const good[] = { "2024-04-01T11:59:58Z",
		"2024-04-01T11:59:58.123Z x", "2024-04-01t11:59:58z",
		"2024-04-01T11:59:58", "2024-04-01T11:59:60Z" };
	static const char *const bad[] = { "", "-", "2024-04-01 11:59:58Z",
		"2024-04-01T24:00:00Z", "2024-04-01T11:59:58.Z",
		"2024-04-01T11:59:58Z:", "2024-04-01T11:59:58 +02:00x",
		"Apr  1 11:59:58", "2024-4-1T11:59:58Z" };
	struct stamp st;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!scan_text(stamp_scan_rfc5424, good[i], &st, &left))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (scan_text(stamp_scan_rfc5424, bad[i], &st, &left) &&
		    left == 0)
			fail_msg("taken: %s", bad[i]);
}

static bool
scan_uptime(struct span *s, struct stamp *st)
{
	(void)st;
	return stamp_scan_uptime(s);
}

static void
test_time_since_start_is_known_when_seen(void **state)
{
	static const char *const good[] = { "00:27:07: x", "5w5d: x",
		"1d00h: x", "2y10w: x", "*00:00:12.345: x" };
	static const char *const bad[] = { "00:27:07 x", "5w: x", "5d5w: x",
		"12: x", "5wd: x", ":", "*", "1d00", "00:27" };
	struct stamp st;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!scan_text(scan_uptime, good[i], &st, &left))
			fail_msg("refused: %s", good[i]);
		assert_int_equal(left, 3);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (scan_text(scan_uptime, bad[i], &st, &left))
			fail_msg("taken: %s", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_names_the_same_moment),
		cmocka_unit_test(test_what_is_no_stamp_stays_text),
		cmocka_unit_test(test_a_host_behind_the_stamp_is_no_zone),
		cmocka_unit_test(test_the_year_is_the_one_nearest_to_receipt),
		cmocka_unit_test(test_times_that_never_were_have_no_time),
		cmocka_unit_test(test_far_years_do_not_wrap),
		cmocka_unit_test(
		    test_the_zone_of_the_device_is_used_where_none_is_written),
		cmocka_unit_test(test_the_fraction_is_kept_to_the_microsecond),
		cmocka_unit_test(test_rfc5424_is_read_more_strictly),
		cmocka_unit_test(test_time_since_start_is_known_when_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
