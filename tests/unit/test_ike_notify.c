/* The names of notify messages, in the dress of several vendors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/ike_notify.h"

static enum ike_reason
reason(const char *name, enum notify_phase phase)
{
	enum ike_reason r = IKE_REASON_NONE;

	return ike_notify_reason(span_of(name), phase, &r) ? r
							   : IKE_REASON_NONE;
}

static void
test_dress(void **state)
{
	static const char *const names[] = { "NO_PROPOSAL_CHOSEN",
		"NO-PROPOSAL-CHOSEN", "no proposal chosen", "NO_PROP_CHOSEN",
		" NO_PROPOSAL_CHOSEN\r\n", "NO_PROPOSAL_CHO\nSEN" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(
		    reason(names[i], NOTIFY_ANY), IKE_R_PROPOSAL_MISMATCH);
}

static void
test_phase(void **state)
{
	(void)state;
	assert_int_equal(reason("NO_PROPOSAL_CHOSEN", NOTIFY_PHASE1),
	    IKE_R_IKE_PROPOSAL_MISMATCH);
	assert_int_equal(reason("NO_PROPOSAL_CHOSEN", NOTIFY_PHASE2),
	    IKE_R_IPSEC_PROPOSAL_MISMATCH);
	assert_int_equal(reason("INVALID_ID_INFORMATION", NOTIFY_PHASE1),
	    IKE_R_PEER_ID_MISMATCH);
	assert_int_equal(reason("INVALID_ID_INFORMATION", NOTIFY_PHASE2),
	    IKE_R_TRAFFIC_SELECTOR_MISMATCH);
	/* No other meaning in another phase. */
	assert_int_equal(
	    reason("INVALID_COOKIE", NOTIFY_PHASE2), IKE_R_INVALID_SPI);
}

static void
test_no_error(void **state)
{
	enum ike_reason r = IKE_R_PEER_DEAD;

	(void)state;
	assert_int_equal(
	    reason("INITIAL_CONTACT", NOTIFY_ANY), IKE_REASON_NONE);
	assert_int_equal(reason("", NOTIFY_ANY), IKE_REASON_NONE);
	assert_int_equal(reason("NO_PROPOSAL", NOTIFY_ANY), IKE_REASON_NONE);
	assert_int_equal(
	    reason("NO_PROPOSAL_CHOSENX", NOTIFY_ANY), IKE_REASON_NONE);
	assert_false(ike_notify_reason(SPAN_LIT("COOKIE"), NOTIFY_ANY, &r));
	assert_int_equal(r, IKE_R_PEER_DEAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dress),
		cmocka_unit_test(test_phase),
		cmocka_unit_test(test_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
