/*
 * One event told in several lines: by records that follow each other, and by
 * lines of one datagram, which have one header among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/assemble.h"
#include "parsers/parser.h"

enum { MOST = 16 };

struct told {
	char text[MOST][400];
	int64_t tag[MOST];
	int n;
};

static void
told_cb(void *arg, const struct record *rec, int64_t tag)
{
	struct told *t = arg;

	assert_true(t->n < MOST);
	assert_true(rec->message.len < sizeof(t->text[0]));
	memcpy(t->text[t->n], rec->message.p, rec->message.len);
	t->text[t->n][rec->message.len] = '\0';
	t->tag[t->n++] = tag;
}

/* "BEGIN ..." opens, "END..." closes, "+..." goes on, all else is whole. */
static enum join
test_join(struct span held, const struct record *rec)
{
	struct span tag = rec->app;

	if (span_starts(rec->message, "BEGIN"))
		return JOIN_OPENS;
	if (held.len == 0)
		return JOIN_WHOLE;
	if (span_starts(rec->message, "END"))
		return JOIN_CLOSES;
	return span_starts(rec->message, "+") || span_eq(tag, span_of("Reason"))
	    ? JOIN_LINE
	    : JOIN_WHOLE;
}

static const struct parser joiner = { .name = "joiner", .join = test_join };

static void
feed(struct assembler *a, const char *line, int64_t now, struct told *t)
{
	struct record rec;

	record_parse(&rec, span_of(line), 0, NULL);
	assembler_feed(a, &joiner, &rec, now, now, told_cb, t);
}

static void
test_records_that_follow_each_other(void **state)
{
	struct assembler *a = assembler_new();
	struct told t = { .n = 0 };

	(void)state;
	feed(a, "<30>Nov 20 10:00:00 gw ike: BEGIN one", 1, &t);
	feed(a, "<30>Nov 20 10:00:00 gw ike: + two", 2, &t);
	assert_int_equal(t.n, 0);
	feed(a, "<30>Nov 20 10:00:00 gw ike: END", 3, &t);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.text[0], "BEGIN one\n+ two\nEND");
	assert_int_equal(t.tag[0], 1);
	feed(a, "<30>Nov 20 10:00:00 gw ike: alone", 4, &t);
	assert_string_equal(t.text[1], "alone");
	assembler_free(a);
}

static void
test_what_looks_like_a_tag_goes_on(void **state)
{
	struct assembler *a = assembler_new();
	struct told t = { .n = 0 };

	(void)state;
	feed(a, "<30>Nov 20 10:00:00 gw ike: BEGIN one", 1, &t);
	feed(a, "<30>Nov 20 10:00:00 gw Reason: no key", 2, &t);
	assembler_flush(a, INT64_MAX, told_cb, &t);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.text[0], "BEGIN one\nReason: no key");
	assembler_free(a);
}

/* Each line of it once, whatever tag the one header has. */
static void
test_lines_of_a_datagram(void **state)
{
	struct assembler *a = assembler_new();
	struct told t = { .n = 0 };

	(void)state;
	feed(a, "<30>Nov 20 10:00:00 gw ike: BEGIN one", 1, &t);
	feed(a, "<30>Nov 20 10:00:00 gw Reason: a\n+ two\n+ three\nEND", 2, &t);
	assert_int_equal(t.n, 1);
	assert_string_equal(
	    t.text[0], "BEGIN one\nReason: a\n+ two\n+ three\nEND");
	assembler_free(a);
}

static void
test_what_is_held_leaves_in_time(void **state)
{
	struct assembler *a = assembler_new();
	struct told t = { .n = 0 };

	(void)state;
	feed(a, "<30>Nov 20 10:00:00 gw ike: BEGIN one", 1000, &t);
	assert_int_equal(assembler_due(a), 1000 + ASSEMBLE_WAIT);
	assembler_flush(a, 1000 + ASSEMBLE_WAIT - 1, told_cb, &t);
	assert_int_equal(t.n, 0);
	assembler_flush(a, 1000 + ASSEMBLE_WAIT, told_cb, &t);
	assert_int_equal(t.n, 1);
	assert_true(assembler_due(a) == INT64_MAX);
	assembler_free(a);
}

/* A line that never ends is given in parts, none of them lost. */
static void
count_cb(void *arg, const struct record *rec, int64_t tag)
{
	size_t *octets = arg;

	(void)tag;
	assert_true(rec->message.len <= ASSEMBLE_MAX);
	*octets += rec->message.len;
}

static void
test_no_more_than_the_limit_is_held(void **state)
{
	struct assembler *a = assembler_new();
	size_t octets = 0, given = 0;
	struct record rec;
	int i;

	(void)state;
	record_parse(
	    &rec, span_of("<30>Nov 20 10:00:00 gw ike: BEGIN"), 0, NULL);
	assembler_feed(a, &joiner, &rec, 0, 0, count_cb, &octets);
	record_parse(
	    &rec, span_of("<30>Nov 20 10:00:00 gw ike: + go on"), 0, NULL);
	for (i = 1; i <= 20000; i++) {
		assembler_feed(a, &joiner, &rec, i, 0, count_cb, &octets);
		given += rec.message.len;
	}
	assembler_flush(a, INT64_MAX, count_cb, &octets);
	assert_true(octets >= given);
	assert_true(octets <= given + 20000 + 5);
	assembler_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_that_follow_each_other),
		cmocka_unit_test(test_what_looks_like_a_tag_goes_on),
		cmocka_unit_test(test_lines_of_a_datagram),
		cmocka_unit_test(test_what_is_held_leaves_in_time),
		cmocka_unit_test(test_no_more_than_the_limit_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
