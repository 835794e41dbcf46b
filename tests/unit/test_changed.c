/* What history tells: what changed before a failure, how steadily a tunnel
 * is rekeyed, whose lifetime is the shorter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/changed.h"
#include "daemon/report.h"

static void
test_facts(void **state)
{
	struct ike_negotiation good = {
		.ike_version = 2, .role = IKE_INITIATOR, .vendor = "strongswan"
	};
	struct ike_negotiation bad = good;
	char text[CHANGED_SIZE];

	(void)state;
	snprintf(good.peer, sizeof(good.peer), "198.51.100.7");
	snprintf(bad.peer, sizeof(bad.peer), "198.51.100.7");
	changed_facts(text, &good, &bad);
	assert_string_equal(text, "");
	/* what one of them does not tell is no change */
	bad.ike_version = 0;
	bad.role = IKE_ROLE_NONE;
	bad.vendor = NULL;
	snprintf(bad.local, sizeof(bad.local), "192.0.2.1");
	changed_facts(text, &good, &bad);
	assert_string_equal(text, "");
	bad.ike_version = 1;
	bad.role = IKE_RESPONDER;
	snprintf(bad.peer, sizeof(bad.peer), "203.0.113.9");
	changed_facts(text, &good, &bad);
	assert_string_equal(text,
	    "the peer's address was 198.51.100.7 and is 203.0.113.9; "
	    "the IKE version was IKEv2 and is IKEv1; "
	    "this end was initiator and is responder");
}

/* All facts, each as long as it can be, fit or are cut. */
static void
test_long(void **state)
{
	struct ike_negotiation good = { .ike_version = 1 };
	struct ike_negotiation bad = { .ike_version = 2 };
	char text[CHANGED_SIZE + 1];

	(void)state;
	memset(good.peer, 'a', sizeof(good.peer) - 1);
	memset(good.local, 'a', sizeof(good.local) - 1);
	memset(good.tunnel, 'a', sizeof(good.tunnel) - 1);
	memset(good.child, 'a', sizeof(good.child) - 1);
	memset(bad.peer, 'b', sizeof(bad.peer) - 1);
	memset(bad.local, 'b', sizeof(bad.local) - 1);
	memset(bad.tunnel, 'b', sizeof(bad.tunnel) - 1);
	memset(bad.child, 'b', sizeof(bad.child) - 1);
	good.vendor = good.child;
	bad.vendor = bad.child;
	text[CHANGED_SIZE] = '#';
	changed_facts(text, &good, &bad);
	assert_true(strlen(text) < CHANGED_SIZE);
	assert_int_equal(text[CHANGED_SIZE], '#');
}

static void
test_cadence(void **state)
{
	int64_t steady[] = { 3500, 3600, 3550, 3620, 90000 };
	int64_t wild[] = { 1, 3600, 2, 3600, 1, 3600, 2, 3600 };
	int64_t few[] = { 3600, 3600 };

	(void)state;
	assert_int_equal(report_cadence(steady, 5), 3600);
	assert_int_equal(report_cadence(wild, 8), 0);
	assert_int_equal(report_cadence(few, 2), 0);
	assert_int_equal(report_cadence(NULL, 0), 0);
}

static void
test_sides(void **state)
{
	(void)state;
	assert_int_equal(report_sides(8, 0), REPORT_SHORTER_HERE);
	assert_int_equal(report_sides(0, 9), REPORT_SHORTER_THERE);
	assert_int_equal(report_sides(7, 0), REPORT_LIFETIMES_NONE);
	assert_int_equal(report_sides(20, 1), REPORT_LIFETIMES_NONE);
	assert_int_equal(report_sides(0, 0), REPORT_LIFETIMES_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_cadence),
		cmocka_unit_test(test_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
