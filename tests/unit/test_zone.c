/* Time zones: local wall-clock time to UTC, and the tables it comes from. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/zonefile.h"
#include "parsers/zone.h"

/* A zone of one hour's summer time with the rule of the European Union. */
static const char tzif[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
			   "\0\0\x0e\x10\0\0LMT\0"
			   "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\4"
			   "\0\0\0\0\x2e\x1b\x55\x40\1" /* 1994-07-01 */
			   "\0\0\x0e\x10\0\0"
			   "\0\0\x0e\x10\0\0CET\0"
			   "\nCET-1CEST,M3.5.0,M10.5.0/3\n";

static struct zone *
zone_of(const char *bytes, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct zone *z;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	z = zonefile_read("Test/Zone", copy, len);
	free(copy);
	return z;
}

static void
test_utc_needs_no_table(void **state)
{
	struct zone *z = zonefile_load("UTC");

	(void)state;
	assert_int_equal(zone_to_utc(NULL, 1711972798), 1711972798);
	assert_non_null(z);
	assert_int_equal(zone_to_utc(z, 1711972798), 1711972798);
	zonefile_free(z);
	zonefile_free(NULL);
}

static void
test_summer_begins_and_ends(void **state)
{
	struct zone_change changes[] = { { 1711846800, 7200 },
		{ 1729990800, 3600 } };
	struct zone z = { "Europe/Paris", 3600, 2, changes };

	(void)state;
	/* 2024-03-31 01:59:59 and 03:00:00 */
	assert_int_equal(zone_to_utc(&z, 1711850399), 1711846799);
	assert_int_equal(zone_to_utc(&z, 1711854000), 1711846800);
	/* 2024-10-27 01:59:59, 02:30:00 (comes twice), 03:00:00 */
	assert_int_equal(zone_to_utc(&z, 1729994399), 1729987199);
	assert_int_equal(zone_to_utc(&z, 1729996200), 1729989000);
	assert_int_equal(zone_to_utc(&z, 1729998000), 1729994400);
	/* Long before and long after. */
	assert_int_equal(zone_to_utc(&z, 0), -3600);
	assert_int_equal(zone_to_utc(&z, 4102444800), 4102441200);
}

static void
test_the_rule_is_written_out_beyond_the_table(void **state)
{
	struct zone *z = zone_of(tzif, sizeof(tzif) - 1);

	(void)state;
	assert_non_null(z);
	assert_string_equal(z->name, "Test/Zone");
	/* 2024-07-01 and 2024-01-01, noon. */
	assert_int_equal(zone_to_utc(z, 1719835200), 1719828000);
	assert_int_equal(zone_to_utc(z, 1704110400), 1704106800);
	/* 2024-03-31 03:00:00, the minute summer begins. */
	assert_int_equal(zone_to_utc(z, 1711854000), 1711846800);
	/* 2050-07-01: past 2038. */
	assert_int_equal(zone_to_utc(z, 2540289600), 2540282400);
	zonefile_free(z);
}

static void
test_a_damaged_table_is_refused_wherever_it_ends(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(tzif) - 1; n++)
		zonefile_free(zone_of(tzif, n));
	assert_null(zone_of(tzif, 44));
	assert_null(zone_of("", 0));
	assert_null(zone_of("TZif1", 5));
	for (size_t n = 0; n < sizeof(tzif) - 1; n++) {
		char bad[sizeof(tzif)];

		memcpy(bad, tzif, sizeof(tzif));
		bad[n] = (char)0xff;
		zonefile_free(zone_of(bad, sizeof(tzif) - 1));
	}
}

static void
test_no_path_is_made_of_a_bad_name(void **state)
{
	static const char *const bad[] = { "", "/", "/etc/passwd", "../passwd",
		"Europe/../../etc/passwd", "Europe//Paris", "Europe/", ".",
		"Europe/Paris.", "Europe\\Paris", "Europe/Par is", "-1",
		"Europe/-x", "%s", "Europe/Paris\n",
		("Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "a"
		 "aa") };
	static const char *const good[] = { "UTC", "Europe/Paris", "Etc/GMT+5",
		"America/Port-au-Prince", "America/Argentina/Buenos_Aires",
		"EST5EDT" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (zonefile_name_ok(bad[i]))
			fail_msg("taken: %s", bad[i]);
		errno = 0;
		assert_null(zonefile_load(bad[i]));
		assert_int_equal(errno, EINVAL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!zonefile_name_ok(good[i]))
			fail_msg("refused: %s", good[i]);
	assert_null(zonefile_load("Europe/Atlantis"));
	assert_null(zonefile_load("Europe"));
}

static void
test_the_systems_tables_are_read(void **state)
{
	struct zone *z = zonefile_load("Europe/Paris");

	(void)state;
	if (z == NULL) /* a machine without tzdata */
		skip();
	assert_int_equal(zone_to_utc(z, 1719835200), 1719828000);
	assert_int_equal(zone_to_utc(z, 1704110400), 1704106800);
	assert_int_equal(zone_to_utc(z, 2540289600), 2540282400);
	zonefile_free(z);
	z = zonefile_load("America/New_York");
	assert_non_null(z);
	assert_int_equal(zone_to_utc(z, 1719835200), 1719849600);
	zonefile_free(z);
	/* Winter time is the exception by Irish law. */
	z = zonefile_load("Europe/Dublin");
	assert_non_null(z);
	assert_int_equal(zone_to_utc(z, 2540289600), 2540286000);
	zonefile_free(z);
	z = zonefile_load("Asia/Kolkata");
	assert_non_null(z);
	assert_int_equal(zone_to_utc(z, 1719835200), 1719815400);
	zonefile_free(z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc_needs_no_table),
		cmocka_unit_test(test_summer_begins_and_ends),
		cmocka_unit_test(test_the_rule_is_written_out_beyond_the_table),
		cmocka_unit_test(
		    test_a_damaged_table_is_refused_wherever_it_ends),
		cmocka_unit_test(test_no_path_is_made_of_a_bad_name),
		cmocka_unit_test(test_the_systems_tables_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
