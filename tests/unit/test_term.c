/* What the reading side prints is harmless whatever a device sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/term.h"
#include "daemon/term_utf8.h"

#define LIT(s) ((struct span){ (s), sizeof(s) - 1 })

/* Prints into memory. */
struct page {
	struct term t;
	char *text;
	size_t len;
};

static void
page_open(struct page *p, enum term_format format)
{
	FILE *out = open_memstream(&p->text, &p->len);

	assert_non_null(out);
	memset(&p->t, 0, sizeof(p->t));
	setenv("COLUMNS", "60", 1);
	/* isatty() of a stream without a descriptor is no. */
	term_init(&p->t, stdout, format);
	p->t.out = out;
	p->t.tty = p->t.colour = false;
}

static const char *
page_text(struct page *p)
{
	fflush(p->t.out);
	return p->text;
}

static void
page_close(struct page *p)
{
	fclose(p->t.out);
	free(p->text);
}

static void
escaped(struct span in, const char *want)
{
	char got[400];

	assert_int_equal(term_escape(got, sizeof(got), in), strlen(want));
	assert_string_equal(got, want);
}

static void
control_characters_are_spelt_out(void **state)
{
	(void)state;
	escaped(LIT("a\nb\tc\rd"), "a\\nb\\tc\\rd");
	escaped(LIT("\033]52;c;x\007"), "\\x1b]52;c;x\\x07");
	escaped(LIT("a\0b\177"), "a\\x00b\\x7f");
	escaped(LIT("\xc2\x9b"), "\\u009b");	 /* C1, in UTF-8 */
	escaped(LIT("\x9b"), "\\x9b");		 /* C1, as one byte */
	escaped(LIT("\xe2\x80\xae"), "\\u202e"); /* right to left */
	escaped(LIT("\xe2\x80\xa8"), "\\u2028");
	escaped(LIT("\xef\xbb\xbf"), "\\ufeff");
	escaped(LIT("\xf3\xa0\x80\x81"), "\\U000e0001");
}

static void
bytes_that_are_no_text_are_shown_as_bytes(void **state)
{
	(void)state;
	escaped(LIT("\xc0\xaf"), "\\xc0\\xaf"); /* too long a "/" */
	escaped(LIT("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	escaped(LIT("\xe4\xbd"), "\\xe4\\xbd"); /* cut */
	escaped(LIT("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
	escaped(
	    LIT("Z\xc3\xbcrich \xe4\xb8\xad"), "Z\xc3\xbcrich \xe4\xb8\xad");
}

static void
no_byte_gets_through(void **state)
{
	char in[3], got[64];

	(void)state;
	for (unsigned i = 0; i < 65536; i++) {
		in[0] = (char)(i >> 8);
		in[1] = (char)i;
		in[2] = 'x';
		term_escape(got, sizeof(got), (struct span){ in, 3 });
		for (const char *p = got; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

static void
cut_on_a_character(void **state)
{
	char got[8];

	(void)state;
	assert_int_equal(
	    term_escape(got, sizeof(got), LIT("abcdef\xc3\xbc")), 6);
	assert_string_equal(got, "abcdef");
	assert_int_equal(term_escape(got, sizeof(got), LIT("abcd\033")), 4);
	assert_int_equal(utf8_cut(LIT("ab\xc3\xbc"), 3), 2);
	assert_int_equal(term_columns("\xe4\xb8\xad"
				      "a"),
	    3);
	assert_int_equal(term_fit("\xe4\xb8\xad\xe4\xb8\xad", 3), 3);
}

static void
json_is_strict_and_quiet(void **state)
{
	struct page p;

	(void)state;
	page_open(&p, TERM_JSON);
	json_begin(&p.t, NULL, '{');
	json_text(&p.t, "a\"b", LIT("x\"\\\n\033\xe2\x80\xae\xff"));
	json_str(&p.t, "none", "");
	json_begin(&p.t, "list", '[');
	json_int(&p.t, NULL, -1);
	json_bool(&p.t, NULL, true);
	json_end(&p.t, ']');
	json_time(&p.t, "at", INT64_C(1700000000000000));
	json_time(&p.t, "fine", INT64_C(1700000000000001));
	json_time(&p.t, "never", 0);
	json_end(&p.t, '}');
	assert_string_equal(page_text(&p),
	    "{\"a\\\"b\":\"x\\\"\\\\\\u000a\\u001b\\u202e\\ufffd\","
	    "\"none\":null,\"list\":[-1,true],"
	    "\"at\":\"2023-11-14T22:13:20Z\","
	    "\"fine\":\"2023-11-14T22:13:20.000001Z\",\"never\":null}\n");
	page_close(&p);
}

static void
csv_is_no_formula(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = { { "plain", "plain" }, { "a,b", "\"a,b\"" },
		{ "say \"x\"", "\"say \"\"x\"\"\"" },
		{ "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0" },
		{ "+1", "'+1" }, { "-1", "'-1" }, { "@x", "'@x" },
		{ "\tx", "'\\tx" }, { "=1,2", "\"'=1,2\"" },
		{ "two\nlines", "two\\nlines" }, { "", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page p;

		page_open(&p, TERM_CSV);
		csv_cell(p.t.out, span_of(rows[i].in));
		assert_string_equal(page_text(&p), rows[i].out);
		page_close(&p);
	}
}

static const struct column columns[] = {
	{ "id", "ID", COLUMN_INT },
	{ "name", "NAME", COLUMN_TEXT, 6 },
	{ "hidden", NULL, COLUMN_TEXT },
	{ "list", "LIST", COLUMN_LIST, 6 },
};

static void
table_fill(struct table *b)
{
	table_int(b, 7);
	table_str(b, "a name that is much too long for a narrow page, is it");
	table_str(b, "h");
	table_str(b, "[\"one\",\"two\"]");
	table_int(b, 8);
	table_null(b);
	table_null(b);
	table_null(b);
}

static void
a_table_fits_its_page(void **state)
{
	struct span rest, line;
	struct page p;
	char text[400];
	struct table *b;

	(void)state;
	page_open(&p, TERM_TEXT);
	b = table_new(&p.t, columns, 4);
	assert_non_null(b);
	table_fill(b);
	assert_int_equal(table_end(b), 2);
	assert_non_null(strstr(page_text(&p), "NAME"));
	assert_null(strstr(page_text(&p), "hidden"));
	rest = span_of(page_text(&p));
	while (scan_line(&rest, &line)) {
		assert_true(span_copy(text, sizeof(text), line));
		assert_true(term_columns(text) <= 60);
	}
	page_close(&p);
}

static void
a_table_in_other_forms(void **state)
{
	struct page p;
	struct table *b;

	(void)state;
	page_open(&p, TERM_CSV);
	b = table_new(&p.t, columns, 4);
	table_fill(b);
	table_end(b);
	assert_string_equal(page_text(&p),
	    "id,name,hidden,list\r\n7,\"a name that is much too long for a "
	    "narrow page, is it\",h,\"one,two\"\r\n8,,,\r\n");
	page_close(&p);
	page_open(&p, TERM_JSON);
	b = table_new(&p.t, columns, 4);
	table_fill(b);
	table_end(b);
	assert_non_null(strstr(page_text(&p), "\"list\":[\"one\",\"two\"]}\n"));
	assert_non_null(strstr(page_text(&p),
	    "{\"id\":8,\"name\":null,\"hidden\":null,\"list\":[]}\n"));
	page_close(&p);
	page_open(&p, TERM_CSV);
	table_end(table_new(&p.t, columns, 4));
	assert_string_equal(page_text(&p), "id,name,hidden,list\r\n");
	page_close(&p);
}

static void
paragraphs_are_broken_between_words(void **state)
{
	struct page p;

	(void)state;
	page_open(&p, TERM_TEXT);
	p.t.width = 20;
	term_paragraph(&p.t, 0, 2, LIT("one two three four five six"));
	assert_string_equal(page_text(&p), "one two three four\n  five six\n");
	page_close(&p);
	page_open(&p, TERM_TEXT);
	p.t.width = 20;
	term_paragraph(&p.t, 0, 0, LIT("abcdefghijklmnopqrstuvwxyz"));
	assert_string_equal(page_text(&p), "abcdefghijklmnopqrst\nuvwxyz\n");
	page_close(&p);
}

static void
durations_are_short(void **state)
{
	static const struct {
		int64_t us;
		const char *want;
	} rows[] = { { 5000, "5 ms" }, { 4200000, "4.2 s" },
		{ INT64_C(90) * 1000000, "1 min 30 s" },
		{ INT64_C(3600) * 1000000, "1 h" },
		{ INT64_C(100000) * 1000000, "1 d 3 h" } };
	char got[TERM_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		term_duration(got, rows[i].us);
		assert_string_equal(got, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_spelt_out),
		cmocka_unit_test(bytes_that_are_no_text_are_shown_as_bytes),
		cmocka_unit_test(no_byte_gets_through),
		cmocka_unit_test(cut_on_a_character),
		cmocka_unit_test(json_is_strict_and_quiet),
		cmocka_unit_test(csv_is_no_formula),
		cmocka_unit_test(a_table_fits_its_page),
		cmocka_unit_test(a_table_in_other_forms),
		cmocka_unit_test(paragraphs_are_broken_between_words),
		cmocka_unit_test(durations_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
