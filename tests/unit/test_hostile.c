/*
 * Long records made of one piece over and over, in front of them what makes
 * each vendor's parser believe they are its own: no parser takes more than
 * its share of time, and four times the octets cost about four times as much.
 * Its share is so many times what one plain pass takes on this machine now.
 * 16 KiB; with IKEWATCH_LONG the 64 KiB that a record may have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "parsers/parser.h"

enum {
	LONGEST = 65536,
	TRIES = 5,
	AGAIN = 50,   /* where it looked slow: something else may have been */
	PASSES = 400, /* that a record may take */
	SLACK = 500,  /* microseconds that say nothing */
};

static const char *const heads[] = { "",
	"%ASA-5-713119: Group = a, IP = 192.0.2.1, ", "%CRYPTO-4-IKMP_NO_SA: ",
	"IKEv2:(SESSION ID = 1,SA ID = 1):", "ISAKMP:(1001):",
	"*Apr  1 11:59:58.001: IPSEC(key_engine): ", "12[IKE] <a|1> ",
	"charon: 12[CFG] <a|1> selected proposal: ", "\"a\" #1: ",
	"\"a\"[1] 192.0.2.1 #1: proposal ",
	"date=2024-04-01 time=11:59:58 logid=\"0101037124\" type=\"event\" "
	"subtype=\"vpn\" msg=\"",
	"1,2024/04/01 11:59:58,1,SYSTEM,vpn,0,2024/04/01 11:59:58,,ike-nego-p1-"
	"fail,a,0,0,general,informational,\"",
	"KMD_VPN_DOWN_ALARM_USER: VPN a from 192.0.2.1 is down. ",
	"kmd[1]: IKE negotiation failed with error: ",
	"%%01IKE/4/IKE_NEGO_FAIL(l)[1]: ",
	"%%10IKE/6/IKE_P1_SA_ESTABLISH_FAIL: Reason: ",
	"racoon: ERROR: phase1 negotiation failed due to ",
	"iked[1]: ikev2_recv: ", "isakmpd[1]: exchange_run: ",
	"id=firewall sn=1 time=\"2024-04-01 11:59:58\" m=1 msg=\"IKE ",
	"ipsec,error ", "CEF:0|a|b|c|d|IKE|5|msg=", "LEEF:1.0|a|b|c|d|",
	"time=\"2024-04-01\" action=\"IKE\" ;", "IKE " };
static const char *const units[] = { "[", "]", "(", ")", "{", "\"", "\\", "0",
	" ", ":", "a", "a ", "a=b ", "k=\"v\" ", ",", ", ", ";", "/", "<", "|",
	"\n", "\t", "%", "IKE ", "IP = 192.0.2.1, ", "192.0.2.1 ",
	"a: ", "#1: ", "...", "::", "0x", "3DES/", "peer " };

static int64_t
usec_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static size_t
fill(char *p, size_t size, const char *head, const char *unit)
{
	size_t len = strlen(head), n = strlen(unit);

	memcpy(p, head, len);
	for (; len + n <= size; len += n)
		memcpy(p + len, unit, n);
	return len;
}

/* The best time in which each octet is looked at once. */
static int64_t
plain_pass(const char *p, size_t size)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < AGAIN; i++) {
		int64_t begin = usec_now(), took;
		volatile uint32_t sum = 0;

		for (size_t n = 0; n < size; n++)
			sum = (sum ^ (unsigned char)p[n]) * 16777619;
		took = usec_now() - begin;
		if (took < best)
			best = took;
	}
	return best + 1;
}

/* The best of some tries: header, recognition and one parser. */
static int64_t
time_of(const struct parser *parser, char *p, size_t size, size_t h, size_t u,
    int tries)
{
	size_t len = fill(p, size, heads[h], units[u]);
	int64_t best = INT64_MAX;

	for (int i = 0; i < tries && best > SLACK / 2; i++) {
		int64_t begin = usec_now(), took;
		struct ike_event ev;
		struct record rec;

		record_parse(&rec, (struct span){ p, len }, 0, NULL);
		memset(&ev, 0, sizeof(ev));
		(void)parser->recognise(&rec);
		(void)parser->parse(&rec, &ev);
		took = usec_now() - begin;
		if (took < best)
			best = took;
	}
	return best;
}

/* Too slow in itself, or more than in step with its length. */
static bool
is_slow(const struct parser *parser, char *p, size_t size, size_t h, size_t u)
{
	int64_t whole = time_of(parser, p, size, h, u, TRIES), part, plain;

	if (whole <= SLACK)
		return false;
	plain = plain_pass(p, size);
	part = time_of(parser, p, size / 4, h, u, AGAIN);
	whole = time_of(parser, p, size, h, u, AGAIN);
	if (whole <= PASSES * plain && whole <= 8 * part + SLACK)
		return false;
	printf("%s: '%s' and '%s': %d us, a quarter of it %d us, a pass %d\n",
	    parser->name, heads[h], units[u], (int)whole, (int)part,
	    (int)plain);
	return true;
}

static void
test_no_record_takes_long(void **state)
{
	size_t size = getenv("IKEWATCH_LONG") != NULL ? LONGEST : LONGEST / 4;
	char *p = malloc(LONGEST);
	int slow = 0;

	(void)state;
	assert_non_null(p);
	for (const struct parser *const *v = parser_all(); *v != NULL; v++)
		for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
			for (size_t u = 0; u < sizeof(units) / sizeof(units[0]);
			     u++)
				slow += is_slow(*v, p, size, h, u);
	free(p);
	assert_int_equal(slow, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_record_takes_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
