/* What a device's free text says of the cause, and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/cause.h"
#include "parsers/mark.h"

static const char *
cause(const char *words, enum notify_phase phase)
{
	return ike_reason_name(cause_of(span_of(words), phase));
}

static void
test_phases(void **state)
{
	(void)state;
	assert_string_equal(cause("No Proposal chosen.", NOTIFY_PHASE1),
	    "ike_proposal_mismatch");
	assert_string_equal(cause("no  proposal\tchosen", NOTIFY_PHASE2),
	    "ipsec_proposal_mismatch");
	assert_string_equal(
	    cause("NO_PROPOSAL_CHOSEN", NOTIFY_ANY), "proposal_mismatch");
	assert_string_equal(
	    cause("invalid ID information", NOTIFY_PHASE1), "peer_id_mismatch");
	assert_string_equal(cause("invalid ID information", NOTIFY_PHASE2),
	    "traffic_selector_mismatch");
	assert_string_equal(
	    cause("Received DH group 2", NOTIFY_PHASE1), "dh_group_mismatch");
	assert_string_equal(
	    cause("Received DH group 2", NOTIFY_PHASE2), "pfs_mismatch");
}

static void
test_special_before_general(void **state)
{
	(void)state;
	assert_string_equal(
	    cause("authentication failed: mismatched pre-shared key",
		NOTIFY_PHASE1),
	    "psk_mismatch");
	assert_string_equal(
	    cause("no pre-shared key for the peer", NOTIFY_PHASE1),
	    "psk_missing");
	assert_string_equal(
	    cause("the peer's certificate has expired", NOTIFY_PHASE1),
	    "certificate_expired");
	assert_string_equal(
	    cause("message retry timeout", NOTIFY_PHASE1), "no_response");
}

/* What the peer chose comes in quotes, and is not believed. */
static void
test_quotes(void **state)
{
	(void)state;
	assert_string_equal(
	    cause("timed out for 'no proposal chosen'", NOTIFY_PHASE1),
	    "negotiation_timeout");
	assert_string_equal(
	    cause("refused \"mismatched pre-shared key\"", NOTIFY_PHASE1),
	    "unknown");
	assert_string_equal(cause("couldn't authenticate", NOTIFY_PHASE1),
	    "authentication_failed");
}

static void
test_words_begin(void **state)
{
	(void)state;
	assert_string_equal(cause("a cheap line", NOTIFY_PHASE1), "unknown");
	assert_string_equal(cause("", NOTIFY_PHASE1), "unknown");
}

static void
test_mark(void **state)
{
	static const char *const lines[] = { "id=firewall x",
		"<134>Nov 21 10:00:00 fw id=firewall x",
		"<134>1 2026-11-21T10:00:00Z relay - - - - id=firewall x" };
	struct record rec;
	struct span text;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		record_parse(&rec, span_of(lines[i]), 0, NULL);
		assert_true(mark_find(&rec, "id=firewall ", &text));
		assert_true(span_is(text, "id=firewall x"));
	}
	/* Inside another vendor's value it is none. */
	record_parse(&rec, span_of("devname=\"id=firewall x\""), 0, NULL);
	assert_false(mark_find(&rec, "id=firewall ", &text));
	record_parse(&rec, span_of("devname=\" id=firewall x\""), 0, NULL);
	assert_false(mark_find(&rec, "id=firewall ", &text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_special_before_general),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_words_begin),
		cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
