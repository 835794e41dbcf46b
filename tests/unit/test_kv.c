/*
 * key=value: the first pair of that name counts, and a name that ends
 * another, or stands in a value, is none.
 */
#include "parsers/kv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct span
get(const char *text, const char *key)
{
	struct span value = SPAN_LIT("none");

	(void)kv_get(span_of(text), key, &value);
	return value;
}

static void
the_first_of_a_name_is_taken(void **state)
{
	(void)state;
	assert_true(span_is(get("ip=1 ip=2", "ip"), "1"));
	assert_true(span_is(get("remip=1 IP =2 ip=3", "ip"), "2"));
	assert_true(span_is(get("ip=1", "remip"), "none"));
	assert_true(span_is(get("", "ip"), "none"));
}

static void
a_value_holds_no_pairs(void **state)
{
	(void)state;
	assert_true(span_is(
	    get("msg=\"peer ip=192.0.2.66 \\\" ip=x\" ip=192.0.2.1", "ip"),
	    "192.0.2.1"));
	assert_true(span_is(get("url=a?ip=2 ip=3", "ip"), "3"));
	assert_true(span_is(get("=ip=4", "ip"), "4"));
	assert_true(span_is(get("msg=\"ip=5", "ip"), "none"));
}

static void
pairs_come_in_turn(void **state)
{
	struct span rest = span_of("(a = 1, b.c=\"2 3\";d=)"), key, value;

	(void)state;
	assert_true(kv_next(&rest, &key, &value));
	assert_true(span_is(key, "a") && span_is(value, ""));
	assert_true(kv_next(&rest, &key, &value));
	assert_true(span_is(key, "b.c") && span_is(value, "2 3"));
	assert_true(kv_next(&rest, &key, &value));
	assert_true(span_is(key, "d") && span_is(value, ")"));
	assert_false(kv_next(&rest, &key, &value));
	assert_int_equal(rest.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_of_a_name_is_taken),
		cmocka_unit_test(a_value_holds_no_pairs),
		cmocka_unit_test(pairs_come_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
