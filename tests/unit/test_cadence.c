/*
 * A tunnel is rekeyed every 48 minutes, and then it is not. Weeks of a fake
 * clock; what is no rhythm is never late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alerting/cadence.h"

#define MIN INT64_C(60000000)
#define START (INT64_C(1700000000) * 1000000)

static struct ike_tunnel
tunnel(int64_t id)
{
	struct ike_tunnel t = { .id = id,
		.device = "hq",
		.state = IKE_TUNNEL_UP,
		.last_established = START };

	snprintf(t.peer, sizeof(t.peer), "203.0.113.9");
	snprintf(t.name, sizeof(t.name), "paris");
	return t;
}

static void
up(struct cadence *c, struct ike_tunnel *t, int64_t wait)
{
	t->last_established += wait;
	cadence_up(c, t);
}

static struct cadence *
learnt(struct ike_tunnel *t, double factor)
{
	struct cadence *c = cadence_new(100);

	assert_non_null(c);
	cadence_configure(c, factor);
	*t = tunnel(7);
	up(c, t, 0);
	up(c, t, 47 * MIN);
	up(c, t, 50 * MIN);
	up(c, t, 48 * MIN);
	return c;
}

static void
test_overdue_once(void **state)
{
	struct cadence_late late;
	struct ike_tunnel t;
	struct cadence *c = learnt(&t, 3);
	int64_t at = t.last_established + 3 * 48 * MIN;

	(void)state;
	assert_int_equal(cadence_due(c), at);
	assert_false(cadence_next(c, at - 1, &late));
	assert_true(cadence_next(c, at, &late));
	assert_int_equal(late.tunnel_id, 7);
	assert_string_equal(late.device, "hq");
	assert_string_equal(late.tunnel, "paris");
	assert_int_equal(late.usual, 48 * MIN);
	assert_int_equal(late.last, t.last_established);
	assert_false(cadence_next(c, at + 100 * MIN, &late));
	assert_int_equal(cadence_due(c), INT64_MAX);
	/* it came after all: the long wait does not become usual */
	up(c, &t, 200 * MIN);
	assert_int_equal(cadence_due(c), t.last_established + 3 * 48 * MIN);
	cadence_free(c);
}

static void
test_down_awaits_nothing(void **state)
{
	struct ike_tunnel t;
	struct cadence *c = learnt(&t, 3);

	(void)state;
	cadence_down(c, 7);
	cadence_down(c, 8); /* never heard of */
	assert_int_equal(cadence_due(c), INT64_MAX);
	/* the outage is no interval */
	up(c, &t, 5000 * MIN);
	assert_int_equal(cadence_due(c), t.last_established + 3 * 48 * MIN);
	cadence_free(c);
}

/* After a restart: what is usual is known, when it was is not held against
 * a tunnel. */
static void
test_pause(void **state)
{
	struct ike_tunnel t;
	struct cadence *c = learnt(&t, 3);

	(void)state;
	cadence_pause(c);
	assert_int_equal(cadence_due(c), INT64_MAX);
	up(c, &t, 600 * MIN);
	assert_int_equal(cadence_due(c), t.last_established + 3 * 48 * MIN);
	cadence_free(c);
}

static void
test_no_rhythm(void **state)
{
	struct cadence *c = cadence_new(100);
	struct ike_tunnel t = tunnel(1);

	(void)state;
	cadence_configure(c, 2);
	/* two intervals are not enough */
	up(c, &t, 0);
	up(c, &t, 60 * MIN);
	up(c, &t, 60 * MIN);
	assert_int_equal(cadence_due(c), INT64_MAX);
	/* on demand: whenever somebody has something to send */
	t = tunnel(2);
	up(c, &t, 0);
	up(c, &t, 60 * MIN);
	up(c, &t, 400 * MIN);
	up(c, &t, 75 * MIN);
	up(c, &t, 900 * MIN);
	assert_int_equal(cadence_due(c), INT64_MAX);
	cadence_free(c);
}

/* Three children of a tunnel, and the same news told twice, are one time. */
static void
test_children_together(void **state)
{
	struct cadence *c = cadence_new(100);
	struct ike_tunnel t = tunnel(1);
	struct cadence_late late;

	(void)state;
	cadence_configure(c, 2);
	for (int i = 0; i < 4; i++) {
		up(c, &t, 60 * MIN);
		up(c, &t, 0);
		up(c, &t, 1000000);
		up(c, &t, 1000000);
	}
	assert_true(cadence_next(c, t.last_established + 121 * MIN, &late));
	assert_true(late.usual >= 60 * MIN && late.usual < 61 * MIN);
	cadence_free(c);
}

static void
test_factor_and_bound(void **state)
{
	struct ike_tunnel t, other = tunnel(9);
	struct cadence *c = learnt(&t, 0);

	(void)state;
	assert_int_equal(cadence_due(c), INT64_MAX);
	cadence_configure(c, 1.5);
	assert_int_equal(cadence_due(c), t.last_established + 72 * MIN);
	cadence_free(c);
	c = cadence_new(0);
	cadence_configure(c, 2);
	for (int i = 0; i < 6; i++)
		up(c, &other, 60 * MIN);
	assert_int_equal(cadence_due(c), INT64_MAX);
	cadence_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overdue_once),
		cmocka_unit_test(test_down_awaits_nothing),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_no_rhythm),
		cmocka_unit_test(test_children_together),
		cmocka_unit_test(test_factor_and_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
