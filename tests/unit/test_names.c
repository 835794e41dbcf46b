/* A name is kept once, at its own length, as long as somebody holds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "parsers/names.h"

enum { SIZE = 64, MANY = 5000 };

static void
test_equal_names_are_one(void **state)
{
	struct names *names = names_new();
	const char *a = names_get(names, SIZE, span_of("fw-1"));
	const char *b = names_get(names, SIZE, span_of("fw-1"));
	const char *c = names_get(names, SIZE, span_of("fw-10"));

	(void)state;
	assert_string_equal(a, "fw-1");
	assert_ptr_equal(a, b);
	assert_string_equal(c, "fw-10");
	assert_int_equal(names_count(names), 2);
	names_put(names, a);
	assert_string_equal(b, "fw-1");
	names_put(names, b);
	assert_int_equal(names_count(names), 1);
	names_put(names, c);
	assert_int_equal(names_count(names), 0);
	names_free(names);
}

static void
test_no_name_needs_no_room(void **state)
{
	struct names *names = names_new();
	const char *none = names_get(names, SIZE, SPAN_NONE);

	(void)state;
	assert_string_equal(none, "");
	assert_string_equal(
	    names_get(names, SIZE, (struct span){ "\0x", 2 }), "");
	assert_int_equal(names_count(names), 0);
	names_put(names, none);
	names_put(names, NULL);
	names_free(names);
}

static void
test_a_long_name_is_cut(void **state)
{
	struct names *names = names_new();
	const char *cut = names_get(names, 5, span_of("branch"));

	(void)state;
	assert_string_equal(cut, "bran");
	assert_ptr_equal(cut, names_get(names, SIZE, span_of("bran")));
	names_free(names);
}

/* A part of the name that is held takes its place. */
static void
test_set_from_its_own_bytes(void **state)
{
	struct names *names = names_new();
	const char *held = names_get(names, SIZE, span_of("hq-paris"));

	(void)state;
	names_set(names, &held, SIZE, (struct span){ held + 3, 5 });
	assert_string_equal(held, "paris");
	assert_int_equal(names_count(names), 1);
	names_set(names, &held, SIZE, span_of(held));
	assert_string_equal(held, "paris");
	names_set(names, &held, SIZE, SPAN_NONE);
	assert_string_equal(held, "");
	assert_int_equal(names_count(names), 0);
	names_free(names);
}

static void
test_many_are_found_again(void **state)
{
	static const char *held[MANY];
	struct names *names = names_new();
	char text[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "site-%d", i);
		held[i] = names_get(names, SIZE, span_of(text));
	}
	assert_int_equal(names_count(names), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "site-%d", i);
		assert_ptr_equal(
		    held[i], names_get(names, SIZE, span_of(text)));
		names_put(names, held[i]);
		names_put(names, held[i]);
	}
	assert_int_equal(names_count(names), 0);
	names_free(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_names_are_one),
		cmocka_unit_test(test_no_name_needs_no_room),
		cmocka_unit_test(test_a_long_name_is_cut),
		cmocka_unit_test(test_set_from_its_own_bytes),
		cmocka_unit_test(test_many_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
