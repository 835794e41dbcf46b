/*
 * Lines broken by a report (HP-UX, 67 characters) and by a terminal
 * (Comware): is there a blank at the break?
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/fold.h"

/* Knows "one two" and "onetwo three". */
static bool
reads(struct span text)
{
	struct span s = text, first;

	return span_is(text, "one\ntwo") || span_is(text, "onetwo three") ||
	    (scan_until(&s, "=", &first) && span_is(first, "any"));
}

static enum join
join(const char *held, const char *next, size_t width)
{
	return fold_join(span_of(held), span_of(next), reads, width);
}

static void
test_rows_decide(void **state)
{
	(void)state;
	assert_int_equal(join("one", "two", 0), JOIN_LINE);
	assert_int_equal(join("one", "two three", 0), JOIN_FOLD);
	/* Blanks around the break are the report's. */
	assert_int_equal(join("one  ", "  two three", 0), JOIN_FOLD);
}

static void
test_width_decides_where_rows_do_not(void **state)
{
	(void)state;
	/* Both ways read, or neither: a line of the width was cut. */
	assert_int_equal(join("any=7890", "x", 8), JOIN_FOLD);
	assert_int_equal(join("any=7890", "x", 60), JOIN_LINE);
	assert_int_equal(join("12345678", "x", 8), JOIN_FOLD);
	assert_int_equal(join("12345678", "x", 0), JOIN_LINE);
	/* The width is that of the last line. */
	assert_int_equal(
	    join("a long first line, a long first line\n1", "x", 36),
	    JOIN_LINE);
	assert_int_equal(join("", "x", 0), JOIN_LINE);
}

static void
test_a_tag_may_be_text(void **state)
{
	static const char raw[] = "<13>Feb 20 23:00:05 gw Event: local x";
	struct record rec;

	(void)state;
	record_parse(&rec, span_of(raw), INT64_C(1700000000000000), NULL);
	assert_true(span_is(rec.app, "Event"));
	assert_true(span_is(fold_line(&rec), "Event: local x"));
	record_parse(&rec, SPAN_LIT("  te INI -> DYING  "),
	    INT64_C(1700000000000000), NULL);
	assert_true(span_is(fold_line(&rec), "te INI -> DYING"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_decide),
		cmocka_unit_test(test_width_decides_where_rows_do_not),
		cmocka_unit_test(test_a_tag_may_be_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
