/*
 * The early filter: every word is found wherever it stands, in either case,
 * by every way of looking, and nothing beside the line is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/noise.h"

static const enum noise_way ways[] = { NOISE_BYTES, NOISE_SSSE3, NOISE_AVX2,
	NOISE_BEST };
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* In memory of exactly its size, so that a sanitizer sees a step outside. */
static bool
passes(const struct noise *n, const char *text, size_t len)
{
	char *copy = malloc(len == 0 ? 1 : len);
	bool yes;

	assert_non_null(copy);
	memcpy(copy, text, len);
	yes = noise_passes(n, (struct span){ copy, len });
	free(copy);
	return yes;
}

/* Each word at each place of lines of many lengths. */
static void
test_words_everywhere(void **state)
{
	const char *const *word;
	struct noise *n;
	char line[96];
	size_t len, at, size, i;

	(void)state;
	for (i = 0; i < WAYS; i++) {
		if ((n = noise_new(ways[i])) == NULL)
			continue; /* not on this machine */
		for (word = noise_words(); *word != NULL; word++) {
			size = strlen(*word);
			for (len = size; len < sizeof(line); len += 7) {
				for (at = 0; at + size <= len; at++) {
					memset(line, '.', len);
					memcpy(line + at, *word, size);
					assert_true(passes(n, line, len));
					line[at] = (char)toupper(line[at]);
					assert_true(passes(n, line, len));
				}
			}
		}
		noise_free(n);
	}
}

/* A word cut at either end is no word (unless it holds another). */
static void
test_cut_words(void **state)
{
	struct noise *n;
	size_t i;

	(void)state;
	for (i = 0; i < WAYS; i++) {
		if ((n = noise_new(ways[i])) == NULL)
			continue;
		assert_false(passes(n, "", 0));
		assert_false(passes(n, "i", 1));
		assert_false(passes(n, "ik", 2));
		assert_false(
		    passes(n, "................................ik", 34));
		assert_true(
		    passes(n, "................................ike", 35));
		assert_false(passes(n, "ipse", 4));
		assert_true(passes(n, "ipsec", 5));
		noise_free(n);
	}
}

/* All ways say the same of any bytes. */
static void
test_ways_agree(void **state)
{
	static const char letters[] = "ikesapc _[]\"-0<xyz\0\xff";
	struct noise *all[WAYS];
	unsigned seed = 1;
	char line[80];
	size_t i, k, len, round;
	bool first;

	(void)state;
	for (i = 0; i < WAYS; i++)
		all[i] = noise_new(ways[i]);
	assert_non_null(all[0]);
	for (round = 0; round < 20000; round++) {
		seed = seed * 1103515245u + 12345u;
		len = (seed >> 16) % sizeof(line);
		for (k = 0; k < len; k++) {
			seed = seed * 1103515245u + 12345u;
			line[k] = letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		first = passes(all[0], line, len);
		for (i = 1; i < WAYS; i++)
			if (all[i] != NULL)
				assert_int_equal(
				    first, passes(all[i], line, len));
	}
	for (i = 0; i < WAYS; i++)
		noise_free(all[i]);
}

/* What firewalls write a thousand times a second is let go. */
static void
test_traffic_logs(void **state)
{
	static const char *const noise[] = {
		"<166>Nov 20 10:00:00 asa1 : %ASA-6-302014: Teardown TCP "
		"connection 1234 for outside:192.0.2.1/443 to "
		"inside:10.0.0.5/51000 duration 0:00:31 bytes 5120 TCP FINs",
		"<189>date=2026-11-20 time=10:00:00 devname=\"fgt\" "
		"devid=\"FGT60F\" logid=\"0000000013\" type=\"traffic\" "
		"subtype=\"forward\" level=\"notice\" srcip=10.0.0.1 "
		"srcport=51000 dstip=192.0.2.1 service=\"HTTPS\"",
		"<14>Nov 20 10:00:00 pa 1,2026/11/20 10:00:00,0070510,TRAFFIC,"
		"end,2561,2026/11/20 10:00:00,10.0.0.1,192.0.2.1,0.0.0.0,"
		"0.0.0.0,allow-web,,,web-browsing,vsys1,trust,untrust",
		"<14>1 2026-11-20T10:00:00.000Z srx RT_FLOW - "
		"RT_FLOW_SESSION_CREATE [junos@2636.1.1.1.2.129 "
		"source-address=\"10.0.0.1\" source-port=\"51000\" "
		"destination-address=\"192.0.2.1\" service-name=\"junos-https\""
		" policy-name=\"out\"]",
	};
	struct noise *n = noise_new(NOISE_BEST);
	size_t i;

	(void)state;
	assert_non_null(n);
	for (i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
		assert_false(passes(n, noise[i], strlen(noise[i])));
	noise_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_everywhere),
		cmocka_unit_test(test_cut_words),
		cmocka_unit_test(test_ways_agree),
		cmocka_unit_test(test_traffic_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
