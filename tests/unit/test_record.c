/* Syslog headers: what the vendor parser gets to see, and who said it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "parsers/frame.h"
#include "parsers/record.h"

#define NOW 1711972800000000LL /* 2024-04-01T12:00:00Z */

static struct record
parse(const char *text)
{
	struct record rec;

	record_parse(&rec, span_of(text), NOW, NULL);
	return rec;
}

static void
expect(const char *text, const char *host, const char *app, const char *message)
{
	struct record rec = parse(text);

	if (!span_is(rec.hostname, host) || !span_is(rec.app, app) ||
	    !span_is(rec.message, message))
		fail_msg("%s\ngave host '%.*s' app '%.*s' message '%.*s'", text,
		    (int)rec.hostname.len, rec.hostname.p, (int)rec.app.len,
		    rec.app.p, (int)rec.message.len, rec.message.p);
}

static void
test_a_plain_header_is_taken_apart(void **state)
{
	struct record rec = parse("<30>Apr  1 11:59:58 gw charon[812]: text\n");

	(void)state;
	assert_int_equal(rec.format, RECORD_3164);
	assert_int_equal(rec.facility, 3);
	assert_int_equal(rec.severity, 6);
	assert_true(rec.has_pri);
	assert_int_equal(rec.timestamp, 1711972798000000LL);
	assert_true(rec.year_assumed);
	assert_true(rec.zone_assumed);
	assert_true(span_is(rec.hostname, "gw"));
	assert_true(span_is(rec.app, "charon"));
	assert_true(span_is(rec.procid, "812"));
	assert_true(span_is(rec.message, "text"));
}

static void
test_no_vendor_text_is_beheaded(void **state)
{
	static const char *const texts[] = {
		"%ASA-4-713903: Group = 198.51.100.20, Error: x",
		"%%01IKE/4/WARNING(l)[12]:phase1: proposal mismatch",
		"date=2024-04-01 time=11:59:58 devname=\"FGT\" msg=\"a: b\"",
		"1,2024/04/01 11:59:58,0123,SYSTEM,vpn,2816",
		"CEF:0|Fortinet|Fortigate|v7.2.5|37124|event:vpn|7|a=b",
		"LEEF:1.0|Vendor|Product|1|x|cat=SYSTEM",
		"id=firewall sn=0040103CE114 time=\"2024-04-01 11:59:58 UTC\"",
		"IKE/6/IKE_P1_SA_ESTABLISH_FAIL: Failed to establish",
		"ISAKMP:(0):beginning Main Mode exchange",
		"IKEv2:(SESSION ID = 1,SA ID = 1):Next payload: SA",
		"IPSEC(ipsec_process_proposal): transform not supported",
		"12[IKE] received NO_PROPOSAL_CHOSEN notify error",
		"\"branch\" #1: initiating IKEv2 connection",
		"[IKEv1]: IP = 203.0.113.10, text",
		"src=\"198.51.100.20:500\" msg=\"[SA] : No proposal chosen\"",
		"ipsec,error 198.51.100.20 failed to get valid proposal.",
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n = strlen(texts[i]);

		memcpy(line, "<30>", 4);
		memcpy(line + 4, texts[i], n + 1);
		expect(line, "", "", texts[i]);
		memcpy(line, "<30>Apr  1 11:59:58 fw1 ", 24);
		memcpy(line + 24, texts[i], n + 1);
		expect(line, "fw1", "", texts[i]);
		memcpy(line, "<30>2024-04-01T11:59:58Z fw1 ", 29);
		memcpy(line + 29, texts[i], n + 1);
		expect(line, "fw1", "", texts[i]);
	}
}

static void
test_cisco_puts_everything_in_front_of_the_mnemonic(void **state)
{
	static const struct {
		const char *head;
		const char *host;
	} rows[] = {
		{ "", "" },
		{ "000123: ", "" },
		{ ": ", "" },
		{ "Apr  1 2024 11:59:58: ", "" },
		{ "*Apr  1 11:59:58.001: ", "" },
		{ ".Apr  1 11:59:58.001 CEST: ", "" },
		{ "000123: *Apr  1 11:59:58.001 UTC: ", "" },
		{ "000123: sw01: *Apr  1 11:59:58.001: ", "sw01" },
		{ "000123: 2001:db8::1: Apr  1 11:59:58: ", "2001:db8::1" },
		{ "000123: sw01: ", "sw01" },
		{ "sw01: 000123: 5w5d: ", "sw01" },
		{ "sw01: 2024 Apr  1 11:59:58 UTC: ", "sw01" },
		{ "000123: 00:27:07: ", "" },
		{ "000123: CLC 6/0: Apr  1 11:59:58: ", "" },
		{ "Apr  1 2024 11:59:58 fw1 : ", "fw1" },
		{ "Apr  1 2024 11:59:58 fw1: ", "fw1" },
		{ "Apr  1 2024 11:59:58: fw1 : ", "fw1" },
		{ ":Apr  1 11:59:58 UTC: ", "" },
		{ "Apr  1 11:59:58 relay 12: Apr  1 11:59:57: ", "relay" },
		{ "Apr  1 11:59:58 relay 12: sw1: *Apr  1 11:59:57: ", "sw1" },
	};
	static const char text[] =
	    "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Quick mode failed";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[256] = "<190>";
		size_t n = strlen(rows[i].head);

		memcpy(line + 5, rows[i].head, n);
		memcpy(line + 5 + n, text, sizeof(text));
		expect(line, rows[i].host, "", text);
	}
}

static void
test_a_forged_second_line_stays_in_the_message(void **state)
{
	struct record rec = parse("<13>Apr  1 11:59:58 fw1 app: first\n"
				  "<0>Apr  1 11:59:59 fw2 app: forged\r\n");

	(void)state;
	assert_true(span_is(rec.hostname, "fw1"));
	assert_true(
	    span_is(rec.message, "first\n<0>Apr  1 11:59:59 fw2 app: forged"));
}

static void
test_dirt_around_the_record_is_dropped_and_no_more(void **state)
{
	static const char nul[] = "<13>Apr  1 11:59:58 fw1 a: b\0\r\n  ";
	struct record rec;

	(void)state;
	record_parse(&rec, (struct span){ nul, sizeof(nul) - 1 }, NOW, NULL);
	assert_true(span_is(rec.message, "b"));
	assert_int_equal(rec.raw.len, sizeof(nul) - 1);
	expect("\n \xef\xbb\xbf", "", "", "\n \xef\xbb\xbf");
	expect(" \t<13>app: text  ", "", "app", "text  ");
	expect("\xef\xbb\xbf<13>app: text", "", "app", "text");
	expect("<13>app:  two blanks", "", "app", " two blanks");
	expect("", "", "", "");
	expect("\r\n", "", "", "");
}

static void
test_structured_data_is_given_parameter_by_parameter(void **state)
{
	struct record rec = parse(
	    "<14>1 2024-04-01T11:59:58Z srx1 kmd 7 ID [e][a@1 x=\"1\" y=\"\"]"
	    "[b z=\"q\\\"\\\\\\]\\n\" w=bare ] text");
	struct span cursor = rec.sd, id = SPAN_NONE, name, value;
	char buf[16];

	(void)state;
	assert_int_equal(rec.format, RECORD_5424);
	assert_true(span_is(rec.msgid, "ID"));
	assert_true(span_is(rec.message, "text"));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "e"));
	assert_int_equal(name.len, 0);
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "a@1"));
	assert_true(span_is(name, "x"));
	assert_true(span_is(value, "1"));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "a@1"));
	assert_true(span_is(name, "y"));
	assert_int_equal(value.len, 0);
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "b"));
	value = record_sd_unescape(value, buf, sizeof(buf));
	assert_true(span_is(value, "q\"\\]\\n"));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(value, "bare"));
	assert_false(record_sd_next(&cursor, &id, &name, &value));
	assert_true(record_sd_get(&rec, "y", &value));
	assert_true(record_sd_get(&rec, "w", &value));
	assert_true(span_is(value, "bare"));
	assert_false(record_sd_get(&rec, "v", &value));
	cursor = SPAN_NONE;
	assert_false(record_sd_next(&cursor, &id, &name, &value));
}

static void
test_a_bracket_may_begin_the_name_of_a_parameter(void **state)
{
	struct record rec = parse("<14>1 - h a - - [a b=c [d=e][f g=h] text");
	struct span cursor = rec.sd, id = SPAN_NONE, name, value;

	(void)state;
	assert_true(span_is(rec.message, "text"));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "a"));
	assert_true(span_is(name, "[d"));
	assert_true(record_sd_next(&cursor, &id, &name, &value));
	assert_true(span_is(id, "f"));
	assert_false(record_sd_next(&cursor, &id, &name, &value));
}

static void
test_unescaping_never_writes_past_the_buffer(void **state)
{
	char buf[4];
	struct span s;

	(void)state;
	s = record_sd_unescape(SPAN_LIT("\\]\\]\\]\\]\\]"), buf, sizeof(buf));
	assert_true(span_is(s, "]]]"));
	s = record_sd_unescape(SPAN_LIT("ab\\"), buf, sizeof(buf));
	assert_true(span_is(s, "ab\\"));
	s = record_sd_unescape(SPAN_LIT("abc"), buf, 1);
	assert_int_equal(s.len, 0);
}

static void
test_broken_structured_data_stays_in_the_message(void **state)
{
	static const char *const texts[] = { "[]", "[=]", "[\"]", "[",
		"[a b=\"c", "[a b=\"c\\", "[a b]", "[a b=] x", "[a b=\"]\"] x",
		"[a b=\"c\"", "[a b=\"c\"x] y", "[ a b=\"c\"] x",
		"[action:\"x\"; y:\"z\"]", "[a b=\"c\"][", "[a  =\"c\"]" };
	static const char head[] = "<14>1 2024-04-01T11:59:58Z h a - - ";
	char line[128];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct record rec;

		memcpy(line, head, sizeof(head));
		memcpy(line + sizeof(head) - 1, texts[i], strlen(texts[i]) + 1);
		rec = parse(line);
		assert_int_equal(rec.format, RECORD_5424);
		assert_int_equal(rec.sd.len, 0);
		if (!span_is(rec.message, texts[i]))
			fail_msg("%s: message '%.*s'", texts[i],
			    (int)rec.message.len, rec.message.p);
	}
}

/* Processor time of records of one size, each made of one piece. */
static clock_t
time_of_hostile_records(char *p, size_t size)
{
	static const char *const heads[] = { "", "<13>", "<13>1 ",
		"<13>1 - h a - - ", "<13>1 - h a - - [a b=\"",
		"<13>Apr  1 11:59:58 ", "<13>Apr  1 11:59:58 fw1 ",
		"<13>Apr  1 11:59:58 fw1 app[", "<190>123: ", "<13>2024-04-01T",
		"<13>2024-04-01T11:59:58.", "<", "<13>*", "<13>:" };
	static const char *const units[] = { "[", "]", "\"", "\\", "0", " ",
		":", "1: ", "a: ", "[a b=\"c\"]", "a/", "[a", "\n", "%", ",",
		"=", "Apr  1 ", "::", "A", "<13>", ".", "a " };
	clock_t begin = clock();

	for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++) {
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
			size_t len = strlen(heads[h]);
			size_t unit = strlen(units[u]);
			struct record rec;
			struct span cursor, id = SPAN_NONE, name, value;

			memcpy(p, heads[h], len);
			for (; len + unit <= size; len += unit)
				memcpy(p + len, units[u], unit);
			record_parse(&rec, (struct span){ p, len }, NOW, NULL);
			cursor = rec.sd;
			while (record_sd_next(&cursor, &id, &name, &value))
				;
		}
	}
	return clock() - begin;
}

/*
 * Eight times the octets cost about eight times as much; where one of these
 * records cost its square it would be near sixty-four. A busy machine may
 * have another try.
 */
static void
test_hostile_records_cost_no_more_than_long_ones(void **state)
{
	char *p = malloc(FRAME_MAX);
	bool linear = false;

	(void)state;
	assert_non_null(p);
	for (int i = 0; i < 5 && !linear; i++) {
		clock_t part = time_of_hostile_records(p, FRAME_MAX / 8);

		linear = time_of_hostile_records(p, FRAME_MAX) <
		    30 * (part + CLOCKS_PER_SEC / 1000);
	}
	free(p);
	assert_true(linear);
}

/* A relay put a header of its own in front of the device's. */
static void
test_a_header_behind_the_relays(void **state)
{
	struct record outer, inner;

	(void)state;
	outer = parse("<134>Apr  1 11:59:59 relay1 1 2024-04-01T11:59:58Z gw7 "
		      "charon 55 - [m a=\"1\"] 12[IKE] text");
	assert_true(record_behind(&inner, &outer, NOW, NULL));
	assert_true(span_is(inner.hostname, "gw7"));
	assert_true(span_is(inner.app, "charon"));
	assert_true(span_is(inner.sd, "[m a=\"1\"]"));
	assert_true(span_is(inner.message, "12[IKE] text"));
	assert_int_equal(inner.facility, 16);
	assert_true(span_eq(inner.raw, outer.raw));
	outer = parse("<134>Apr  1 11:59:59 relay1 Apr  1 11:59:58 gw7 "
		      "Peer : 198.51.100.7");
	assert_true(record_behind(&inner, &outer, NOW, NULL));
	assert_true(span_is(inner.hostname, "gw7"));
	assert_true(span_is(inner.message, "Peer : 198.51.100.7"));
	outer = parse("<134>Apr  1 11:59:59 gw7 charon: Apr  1 11:59:58 x y");
	assert_false(record_behind(&inner, &outer, NOW, NULL));
	outer = parse("<134>Apr  1 11:59:59 gw7 1 of 3 tunnels is down");
	assert_false(record_behind(&inner, &outer, NOW, NULL));
	outer = parse("<134>Apr  1 11:59:59 gw7 April came");
	assert_false(record_behind(&inner, &outer, NOW, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plain_header_is_taken_apart),
		cmocka_unit_test(test_no_vendor_text_is_beheaded),
		cmocka_unit_test(
		    test_cisco_puts_everything_in_front_of_the_mnemonic),
		cmocka_unit_test(
		    test_a_forged_second_line_stays_in_the_message),
		cmocka_unit_test(
		    test_dirt_around_the_record_is_dropped_and_no_more),
		cmocka_unit_test(
		    test_structured_data_is_given_parameter_by_parameter),
		cmocka_unit_test(
		    test_a_bracket_may_begin_the_name_of_a_parameter),
		cmocka_unit_test(test_unescaping_never_writes_past_the_buffer),
		cmocka_unit_test(test_a_header_behind_the_relays),
		cmocka_unit_test(
		    test_broken_structured_data_stays_in_the_message),
		cmocka_unit_test(
		    test_hostile_records_cost_no_more_than_long_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
