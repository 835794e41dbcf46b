/*
 * Keys that collide under one secret do not collide under another: who floods
 * with chosen SPIs, names or addresses does not know ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/hash.h"

enum { KEYS = 20000, BUCKETS = 256 };

static const struct hash_key known = { { 0, 0 } };

/* The next number whose hash under known ends in a zero octet. */
static uint64_t
next_colliding(uint64_t n)
{
	while ((hash_bytes(&known, &n, sizeof(n)) & (BUCKETS - 1)) != 0)
		n++;
	return n;
}

static void
test_chosen_collisions_are_none(void **state)
{
	static unsigned count[BUCKETS];
	struct hash_key secret;
	uint64_t n = 0;

	(void)state;
	hash_key_random(&secret);
	for (int i = 0; i < KEYS; i++, n++) {
		n = next_colliding(n);
		count[hash_bytes(&secret, &n, sizeof(n)) & (BUCKETS - 1)]++;
	}
	/* A bucket has 78 of them, give or take 9; 200 would be a miracle. */
	for (int i = 0; i < BUCKETS; i++)
		assert_in_range(count[i], 1, 200);
}

static void
test_two_secrets_differ(void **state)
{
	struct hash_key a, b;

	(void)state;
	hash_key_random(&a);
	hash_key_random(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_true(hash_bytes(&a, "spi", 3) != hash_bytes(&b, "spi", 3));
	assert_true(hash_bytes(&a, "spi", 3) == hash_bytes(&a, "spi", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chosen_collisions_are_none),
		cmocka_unit_test(test_two_secrets_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
