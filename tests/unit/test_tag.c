/*
 * A program's text behind any header: found where a header can be, and not
 * where a peer wrote a mark into its identity.
 */
#include "parsers/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static bool
at_prog(struct span *s, void *arg)
{
	struct span t = *s, word;

	(void)arg;
	if (!scan_word(&t, &word) || !tag_is(word, "prog"))
		return false;
	*s = t;
	return true;
}

/* The text found in a record; "-" where there is none. */
static const char *
find(const char *raw)
{
	static char out[256];
	struct record rec;
	struct span text;

	record_parse(&rec, span_of(raw), INT64_C(1700000000000000), NULL);
	if (!tag_find(&rec, at_prog, NULL, &text))
		return "-";
	span_copy(out, sizeof(out), span_trim(text));
	return out;
}

static void
found_behind_any_header(void **state)
{
	(void)state;
	assert_string_equal(find("prog: text"), "text");
	assert_string_equal(find("prog[12] text"), "text");
	assert_string_equal(
	    find("<30>Nov 21 08:20:11 gw1 prog[12]: text"), "text");
	assert_string_equal(
	    find("<30>Nov 21 08:20:12 relay1 Nov 21 08:20:11 gw1 prog: text"),
	    "text");
	assert_string_equal(
	    find("Wed Jul  6 17:35:58 2022 daemon.info prog[1]: text"), "text");
	assert_string_equal(
	    find("2021-01-01 10:10:10 10-8-12-176 prog: text"), "text");
}

static void
not_found_in_a_text(void **state)
{
	(void)state;
	assert_string_equal(
	    find("<30>Nov 21 08:20:11 gw1 app: user prog: x"), "-");
	assert_string_equal(
	    find("received identity 'prog: text' from nobody"), "-");
	assert_string_equal(find(""), "-");
	assert_string_equal(find("   "), "-");
}

static void
a_tag_is_whole(void **state)
{
	(void)state;
	assert_true(tag_is(SPAN_LIT("prog"), "prog"));
	assert_true(tag_is(SPAN_LIT("prog[7]:"), "prog"));
	assert_false(tag_is(SPAN_LIT("program:"), "prog"));
	assert_false(tag_is(SPAN_LIT("prog[x]:"), "prog"));
	assert_false(tag_is(SPAN_LIT("prog[7"), "prog"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_behind_any_header),
		cmocka_unit_test(not_found_in_a_text),
		cmocka_unit_test(a_tag_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
