/*
 * Rules: a row is the log line with holes. It matches other spacing and
 * letter case, never a part of a line, and never a hole of the wrong kind.
 */
#include "parsers/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* clang-format off */
static const struct rule rows[] = {
	{ NULL, "IKE_SA $tunnel[$conn] established between $local[$*]...$peer[$*]", IKE_ESTABLISHED },
	{ NULL, "$peer failed to get valid proposal.", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH },
	{ NULL, "retransmit $n of request with message ID $msgid", IKE_RETRANSMIT },
	{ "713119", "PHASE 1 COMPLETED", IKE_ESTABLISHED, IKE_PHASE1 },
	{ "713119", "$*", IKE_INFO },
	{ NULL, "special case of a line", IKE_FAILED },
	{ NULL, "special $?", IKE_INFO },
	{ NULL, "SPIs $spis", IKE_PROGRESS },
	{ NULL, "child in $in out $out", IKE_CHILD_ESTABLISHED },
	{ NULL, "rejected enctype: $own_encryption against $peer_encryption", IKE_FAILED },
	{ NULL, "costs $$5", IKE_INFO },
	{ NULL, "after ${n}s and ${*}ms", IKE_INFO },
	{ NULL, "from $tunnel to $child: end $detail", IKE_INFO },
	{ NULL, "pair $session $childno", IKE_INFO },
	{ NULL, NULL },
};
/* clang-format on */

static const struct rule *
match(const char *id, const char *text, struct ike_event *ev)
{
	static struct ruleset set = RULESET(rows);

	memset(ev, 0, sizeof(*ev));
	return rules_match(&set, span_of(id), span_of(text), ev);
}

static void
holes_are_filled(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(match(NULL,
	    "IKE_SA hq[3] established between "
	    "192.0.2.1[moon]...198.51.100.7[sun]",
	    &ev));
	assert_int_equal(ev.what, IKE_ESTABLISHED);
	assert_true(span_is(ev.tunnel, "hq"));
	assert_true(span_is(ev.key[IKE_KEY_CONN], "3"));
	assert_true(span_is(ev.local, "192.0.2.1"));
	assert_true(span_is(ev.peer, "198.51.100.7"));
}

static void
spacing_and_case_do_not_matter(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(match(NULL,
	    "  ike_sa  hq[3]  ESTABLISHED between\t"
	    "192.0.2.1[moon]...198.51.100.7[sun]\r\n",
	    &ev));
	assert_non_null(
	    match(NULL, "198.51.100.7 failed  to get valid proposal .", &ev));
	assert_true(span_is(ev.peer, "198.51.100.7"));
}

/* A literal is looked for by its first word, and stands as a whole. */
static void
the_first_place_of_a_literal_counts(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(
	    match(NULL, "from totem\tTO  b :ending  :  END  of it", &ev));
	assert_true(span_is(ev.tunnel, "totem"));
	assert_true(span_is(ev.child, "b :ending"));
	assert_true(span_is(ev.detail, "of it"));
	assert_non_null(match(NULL, "from a to b to c: end d: end e", &ev));
	assert_true(span_is(ev.tunnel, "a"));
	assert_true(span_is(ev.child, "b to c"));
	assert_true(span_is(ev.detail, "d: end e"));
	assert_null(match(NULL, "from a tob: end c", &ev));
	assert_null(match(NULL, "from a to b: ending", &ev));
}

static void
a_literal_may_be_one_blank(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(match(NULL, "pair 1 \r\n 2", &ev));
	assert_true(span_is(ev.key[IKE_KEY_SESSION], "1"));
	assert_true(span_is(ev.key[IKE_KEY_CHILD], "2"));
	assert_null(match(NULL, "pair 1,2", &ev));
}

static void
a_part_of_a_line_is_no_match(void **state)
{
	static const char *const parts[] = {
		"198.51.100.7 failed to get valid proposal. Not really",
		"oh, 198.51.100.7 failed to get valid proposal.",
		"retransmit 1 of request with message ID",
		"",
	};
	struct ike_event ev;

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_null(match(NULL, parts[i], &ev));
}

static void
a_hole_of_the_wrong_kind_is_no_match(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_null(match(NULL, "the peer failed to get valid proposal.", &ev));
	assert_null(
	    match(NULL, "retransmit one of request with message ID 4", &ev));
	assert_null(match(NULL, "child in xyz out 1", &ev));
}

static void
the_number_leads_to_its_rows(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(match("713119", "PHASE 1 COMPLETED", &ev));
	assert_int_equal(ev.what, IKE_ESTABLISHED);
	assert_non_null(match("713119", "something else", &ev));
	assert_int_equal(ev.what, IKE_INFO);
	assert_null(match("713120", "PHASE 1 COMPLETED", &ev));
	assert_null(match(NULL, "PHASE 1 COMPLETED", &ev));
}

static void
special_rows_stand_before_general_ones(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(match(NULL, "special case of a line", &ev));
	assert_int_equal(ev.what, IKE_FAILED);
	assert_non_null(match(NULL, "special", &ev));
	assert_int_equal(ev.what, IKE_INFO);
	assert_non_null(match(NULL, "special and more", &ev));
	assert_int_equal(ev.what, IKE_INFO);
}

static void
numbers_and_sides(void **state)
{
	struct ike_event ev;

	(void)state;
	assert_non_null(
	    match(NULL, "SPIs 75da2b97aacbbfef/0000000000000000", &ev));
	assert_true(ev.ispi.known && ev.rspi.known && ev.rspi.value == 0);
	assert_true(ev.ispi.value == 0x75da2b97aacbbfefULL);
	assert_non_null(match(NULL, "child in 0xeaa986c6 out 86e0ea5", &ev));
	assert_true(ev.spi_in == 0xeaa986c6 && ev.spi_out == 0x86e0ea5);
	assert_non_null(match(NULL, "rejected enctype: AES against 3DES", &ev));
	assert_int_equal(ev.nsaid, 2);
	assert_int_equal(ev.said[0].side, IKE_SIDE_HERE);
	assert_true(span_is(ev.said[1].value, "3DES"));
	assert_non_null(match(NULL, "costs $5", &ev));
	assert_non_null(match(NULL, "after 30s and some ms", &ev));
}

static void
addresses_in_every_dress(void **state)
{
	static const struct {
		const char *text, *addr, *port;
	} good[] = {
		{ "192.0.2.1", "192.0.2.1", "" },
		{ "192.0.2.1:500", "192.0.2.1", "500" },
		{ "192.0.2.1[4500]", "192.0.2.1", "4500" },
		{ "192.0.2.1/500", "192.0.2.1", "500" },
		{ "<192.0.2.1>", "192.0.2.1", "" },
		{ "(192.0.2.1)", "192.0.2.1", "" },
		{ "2001:db8::1", "2001:db8::1", "" },
		{ "[2001:db8::1]:500", "2001:db8::1", "500" },
		{ "2001:db8::1[500]", "2001:db8::1", "500" },
		{ "[2001:db8::1]", "2001:db8::1", "" },
		{ "vpn.example.net", "vpn.example.net", "" },
		{ "fw-paris:500", "fw-paris", "500" },
	};
	static const char *const bad[] = { "", "192.0.2.256", "192.0.2", "a b",
		"1234", "-x", "%any", "x,y" };
	struct span addr, port;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(rules_address(span_of(good[i].text), &addr, &port));
		assert_true(span_is(addr, good[i].addr));
		assert_true(span_is(port, good[i].port));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(rules_address(span_of(bad[i]), &addr, &port));
}

static void
wrong_rows_are_found(void **state)
{
	static const struct rule wrong[] = {
		{ NULL, "fine $peer", IKE_INFO },
		{ NULL, "no such $nonsense", IKE_INFO },
		{ NULL, NULL },
	};
	static const struct rule touching[] = {
		{ NULL, "$peer$local", IKE_INFO },
		{ NULL, NULL },
	};
	struct ruleset a = RULESET(wrong), b = RULESET(touching);

	(void)state;
	assert_ptr_equal(rules_check(&a), &wrong[1]);
	assert_ptr_equal(rules_check(&b), &touching[0]);
	rules_free(&a);
	rules_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_filled),
		cmocka_unit_test(spacing_and_case_do_not_matter),
		cmocka_unit_test(the_first_place_of_a_literal_counts),
		cmocka_unit_test(a_literal_may_be_one_blank),
		cmocka_unit_test(a_part_of_a_line_is_no_match),
		cmocka_unit_test(a_hole_of_the_wrong_kind_is_no_match),
		cmocka_unit_test(the_number_leads_to_its_rows),
		cmocka_unit_test(special_rows_stand_before_general_ones),
		cmocka_unit_test(numbers_and_sides),
		cmocka_unit_test(addresses_in_every_dress),
		cmocka_unit_test(wrong_rows_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
