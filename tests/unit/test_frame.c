/* Frames of a stream: nothing is lost, nothing is waited for in vain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "parsers/frame.h"

/* A stream of count octets of fill, with some text in front. */
static char *
stream_of(
    const char *front, char fill, size_t count, const char *behind, size_t *len)
{
	size_t a = strlen(front), b = strlen(behind);
	char *p = malloc(a + count + b + 1);

	assert_non_null(p);
	memcpy(p, front, a);
	memset(p + a, fill, count);
	memcpy(p + a + count, behind, b + 1);
	*len = a + count + b;
	return p;
}

static void
expect_next(struct frame *f, struct span *in, enum frame_result want,
    size_t len, const char *starts)
{
	struct span msg;

	assert_int_equal(frame_next(f, in, &msg), want);
	assert_int_equal(msg.len, len);
	assert_true(span_starts(msg, starts));
}

static void
test_a_counted_frame_at_the_limit_is_whole(void **state)
{
	struct frame f = { 0 };
	size_t len;
	char *p =
	    stream_of("65536 <13>", 'S', FRAME_MAX - 4, "<13>a: b\n", &len);
	struct span in = { p, len };

	(void)state;
	expect_next(&f, &in, FRAME_WHOLE, FRAME_MAX, "<13>SSS");
	expect_next(&f, &in, FRAME_WHOLE, 8, "<13>a: b");
	free(p);
}

static void
test_a_counted_frame_over_the_limit_is_cut_and_the_next_is_found(void **state)
{
	struct frame f = { 0 };
	size_t len;
	char *p = stream_of("200000 <13>", 'S', 200000 - 4, "8 <13>a: b", &len);
	struct span in = { p, len };

	(void)state;
	expect_next(&f, &in, FRAME_CUT, FRAME_MAX, "<13>SSS");
	expect_next(&f, &in, FRAME_WHOLE, 8, "<13>a: b");
	free(p);
}

static void
test_a_line_at_the_limit_is_whole_with_any_end(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r\n\0" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct frame f = { 0 };
		char behind[32];
		size_t len;
		struct span in;
		char *p;

		snprintf(behind, sizeof(behind), "%s<13>a: b\n", ends[i]);
		p = stream_of("<13>", 'S', FRAME_MAX - 4, behind, &len);
		in = (struct span){ p, len };
		expect_next(&f, &in, FRAME_WHOLE, FRAME_MAX, "<13>SSS");
		expect_next(&f, &in, FRAME_WHOLE, 8, "<13>a: b");
		free(p);
	}
}

static void
test_a_line_over_the_limit_is_cut_and_the_next_is_found(void **state)
{
	struct frame f = { 0 };
	size_t len;
	char *p = stream_of("<13>", 'A', 300000, "\n<13>a: b\n", &len);
	struct span in = { p, len };

	(void)state;
	expect_next(&f, &in, FRAME_CUT, FRAME_MAX, "<13>AAA");
	expect_next(&f, &in, FRAME_WHOLE, 8, "<13>a: b");
	free(p);
}

static void
test_nothing_more_than_one_frame_is_ever_kept(void **state)
{
	static const char *const fronts[] = { "<13>", "4000000 <13>",
		"99999999999999 ", "", "\r" };
	static const char fills[] = "A7 \r\n<";

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; fills[k] != '\0'; k++) {
			struct frame f = { 0 };
			size_t len, given = 100;
			char *p =
			    stream_of(fronts[i], fills[k], 300000, "", &len);
			struct span in = { p, given }, msg;

			/* The reader adds what came, the rest stays. */
			while (given < len) {
				if (frame_next(&f, &in, &msg) == FRAME_MORE) {
					assert_true(in.len <= FRAME_MAX + 16);
					given += 997;
					if (given > len)
						given = len;
					in.len = (size_t)(p + given - in.p);
				}
			}
			free(p);
		}
	}
}

static void
test_a_huge_count_is_not_waited_for(void **state)
{
	static const char *const texts[] = {
		"999999999 <13>a: b\n<13>c: d\n",
		"4294967334 <13>a: b\n<13>c: d\n",
		"18446744073709551624 <13>a: b\n<13>c: d\n",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct frame f = { 0 };
		struct span in = span_of(texts[i]);
		size_t line = strcspn(texts[i], "\n");

		expect_next(&f, &in, FRAME_WHOLE, line, "");
		expect_next(&f, &in, FRAME_WHOLE, 8, "<13>c: d");
	}
}

static void
test_the_end_of_the_stream_ends_a_message(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "<13>a: b", "<13>a: b" },
		{ "100 <13>a: b", "<13>a: b" },
		{ "100 <13>a: b\r\n", "<13>a: b" },
		{ "37 ", NULL },
		{ "37", NULL },
		{ " 37", NULL },
		{ "37 <", "<" },
		{ "   ", NULL },
		{ "\r\n", NULL },
		{ "", NULL },
		{ "\xef\xbb", "\xef\xbb" },
		{ "37x", "37x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct frame f = { 0 };
		struct span in = span_of(rows[i].text), msg;

		assert_int_equal(frame_next(&f, &in, &msg), FRAME_MORE);
		if (rows[i].want == NULL) {
			assert_int_equal(frame_last(&f, &in, &msg), FRAME_MORE);
			continue;
		}
		assert_int_equal(frame_last(&f, &in, &msg), FRAME_WHOLE);
		assert_true(span_is(msg, rows[i].want));
		assert_int_equal(frame_last(&f, &in, &msg), FRAME_MORE);
	}
}

static void
test_strangers_are_told_by_their_first_words(void **state)
{
	(void)state;
	assert_int_equal(
	    frame_stranger(SPAN_LIT("\x16\x03\x01\x02")), FRAME_TLS);
	assert_int_equal(
	    frame_stranger(SPAN_LIT("GET / HTTP/1.1\r\n")), FRAME_HTTP);
	assert_int_equal(
	    frame_stranger(SPAN_LIT("<13>GET / HTTP/1.1")), FRAME_SYSLOG);
	assert_int_equal(
	    frame_stranger(SPAN_LIT("GETTING late")), FRAME_SYSLOG);
	assert_int_equal(frame_stranger(SPAN_LIT("\x16\x03")), FRAME_SYSLOG);
	assert_int_equal(frame_stranger(SPAN_NONE), FRAME_SYSLOG);
}

/* Processor time of streams of one size, sent octet by octet. */
static clock_t
time_of_hostile_streams(char *p, size_t size)
{
	static const char *const units[] = { "a\n", "\n", "<13>x\n",
		"7 <13>abc", " ", "1 <", "5 ", "\r", "0 <", "a", "7" };
	clock_t begin = clock();

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t unit = strlen(units[i]), len = 0;
		struct frame f = { 0 };
		struct span in = { p, 0 }, msg;

		for (; len + unit <= size; len += unit)
			memcpy(p + len, units[i], unit);
		for (size_t n = 1; n <= len; n++) {
			in.len = (size_t)(p + n - in.p);
			while (frame_next(&f, &in, &msg) != FRAME_MORE)
				;
		}
	}
	return clock() - begin;
}

/*
 * Eight times the octets cost about eight times as much, not sixty-four. A
 * busy machine may have another try.
 */
static void
test_hostile_streams_cost_no_more_than_plain_ones(void **state)
{
	char *p = malloc(FRAME_MAX);
	bool linear = false;

	(void)state;
	assert_non_null(p);
	for (int i = 0; i < 5 && !linear; i++) {
		clock_t part = time_of_hostile_streams(p, FRAME_MAX / 8);

		linear = time_of_hostile_streams(p, FRAME_MAX) <
		    30 * (part + CLOCKS_PER_SEC / 1000);
	}
	free(p);
	assert_true(linear);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_counted_frame_at_the_limit_is_whole),
		cmocka_unit_test(
		    test_a_counted_frame_over_the_limit_is_cut_and_the_next_is_found),
		cmocka_unit_test(
		    test_a_line_at_the_limit_is_whole_with_any_end),
		cmocka_unit_test(
		    test_a_line_over_the_limit_is_cut_and_the_next_is_found),
		cmocka_unit_test(test_nothing_more_than_one_frame_is_ever_kept),
		cmocka_unit_test(test_a_huge_count_is_not_waited_for),
		cmocka_unit_test(test_the_end_of_the_stream_ends_a_message),
		cmocka_unit_test(test_strangers_are_told_by_their_first_words),
		cmocka_unit_test(
		    test_hostile_streams_cost_no_more_than_plain_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
