/* Words are found wherever they stand, however long the text is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/words.h"

enum { TEXT = 100, ROUNDS = 200000 };

static void
test_places(void **state)
{
	struct span s = SPAN_LIT("Quick  Mode\r\n failed: Reason:\tx"), before;

	(void)state;
	assert_true(words_until(&s, "mode failed", &before));
	assert_true(span_is(before, "Quick  "));
	assert_true(words_until(&s, "REASON: ", &before));
	assert_true(span_is(before, ": "));
	assert_true(span_is(s, "x"));
	assert_false(words_until(&s, "xy", NULL));
	assert_true(words_until(&s, "x", NULL));
	assert_int_equal(s.len, 0);
	assert_false(words_until(&s, "x", NULL));
	assert_false(words_in(SPAN_NONE, " "));
}

/* '@' and '`', '[' and '{' differ by the bit that letters' case is. */
static void
test_not_letters(void **state)
{
	(void)state;
	assert_false(words_in(SPAN_LIT("----------------a`b"), "a@b"));
	assert_false(words_in(SPAN_LIT("----------------[x"), "{x"));
	assert_false(words_in(SPAN_LIT("----------------\rx"), "-x"));
}

/* The same answer as trying each place in turn. */
static bool
slowly(struct span *s, const char *words, size_t *at)
{
	for (size_t i = 0; i < s->len; i++) {
		struct span rest = span_from(*s, i);

		if (!words_eat(&rest, words))
			continue;
		*at = i;
		*s = rest;
		return true;
	}
	return false;
}

static void
random_text(char *to, size_t len)
{
	static const char letters[] = "abAB  \t\n-`@";

	for (size_t i = 0; i < len; i++)
		to[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
	to[len] = '\0';
}

static void
test_as_slowly(void **state)
{
	char text[TEXT + 1], words[8];

	(void)state;
	srand(1);
	for (int i = 0; i < ROUNDS; i++) {
		struct span one, two, before = SPAN_NONE;
		size_t at = 0;
		bool found;

		random_text(text, (size_t)rand() % TEXT);
		random_text(words, 1 + (size_t)rand() % 6);
		one = two = span_of(text);
		found = slowly(&one, words, &at);
		assert_int_equal(words_until(&two, words, &before), found);
		assert_ptr_equal(one.p, two.p);
		assert_int_equal(one.len, two.len);
		assert_int_equal(before.len, at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_not_letters),
		cmocka_unit_test(test_as_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
