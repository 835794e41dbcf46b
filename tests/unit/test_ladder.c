/* The ladder: which way messages went, and where it stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/ladder.h"

static const struct ike_negotiation initiator = {
	.device = "fw-a",
	.vendor = "strongswan",
	.peer = "198.51.100.2",
	.local = "198.51.100.1",
	.kind = IKE_KIND_IKE,
	.role = IKE_INITIATOR,
	.ike_version = 2,
	.stage = IKE_AUTH,
	.outcome = IKE_FAILURE,
	.reason = IKE_R_PSK_MISMATCH,
	.refused_by = IKE_REFUSED_PEER,
	.detail = "",
	.differs = "",
};

static struct story_event events[] = {
	{ .line = 1,
	    .what = IKE_STARTED,
	    .stage = IKE_SA_INIT,
	    .text = "initiating IKE_SA" },
	{ .line = 2,
	    .what = IKE_PROGRESS,
	    .stage = IKE_SA_INIT,
	    .text = "generating IKE_SA_INIT request 0 [ SA KE No ]" },
	{ .line = 3,
	    .what = IKE_PROGRESS,
	    .stage = IKE_SA_INIT,
	    .text = "parsed IKE_SA_INIT response 0 [ SA KE No ]" },
	{ .line = 4,
	    .what = IKE_PROGRESS,
	    .stage = IKE_AUTH,
	    .text = "sending packet" },
	{ .line = 5, .what = IKE_RETRANSMIT, .stage = IKE_AUTH },
	{ .line = 6, .what = IKE_RETRANSMIT, .stage = IKE_AUTH },
	{ .line = 7, .what = IKE_PROGRESS, .text = "about nothing" },
	{ .line = 8,
	    .what = IKE_FAILED,
	    .stage = IKE_AUTH,
	    .reason = IKE_R_PSK_MISMATCH,
	    .text = "no, \033[31mmate" },
};

static struct story
story_of(const struct ike_negotiation *n)
{
	return (struct story){ .n = n,
		.event = events,
		.nevents = sizeof(events) / sizeof(events[0]) };
}

static void
messages_go_the_right_way(void **state)
{
	static const struct {
		enum ladder_form form;
		const char *caption;
		unsigned times;
	} want[] = {
		{ LADDER_MARK_LEFT, "IKE_SA_INIT began", 1 },
		{ LADDER_RIGHT, "IKE_SA_INIT request: SA KE No", 1 },
		{ LADDER_LEFT, "IKE_SA_INIT response: SA KE No", 1 },
		{ LADDER_RIGHT, "IKE_AUTH", 1 },
		{ LADDER_RIGHT, "IKE_AUTH again", 2 },
		{ LADDER_MARK_LEFT, "IKE_AUTH failed: pre-shared keys differ",
		    1 },
	};
	struct story s = story_of(&initiator);
	struct ladder_row rows[LADDER_ROWS];
	size_t left_out, n = ladder_rows(&s, rows, &left_out);

	(void)state;
	assert_int_equal(n, sizeof(want) / sizeof(want[0]));
	assert_int_equal(left_out, 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].form, want[i].form);
		assert_string_equal(rows[i].caption, want[i].caption);
		assert_int_equal(rows[i].times, want[i].times);
	}
}

static void
the_initiator_stands_on_the_left(void **state)
{
	struct ike_negotiation n = initiator;
	struct story s = story_of(&n);
	struct ladder_row rows[LADDER_ROWS];
	size_t left_out;

	(void)state;
	n.role = IKE_RESPONDER;
	ladder_rows(&s, rows, &left_out);
	assert_int_equal(rows[0].form, LADDER_MARK_RIGHT);
	assert_int_equal(rows[1].form, LADDER_LEFT);
	assert_int_equal(rows[2].form, LADDER_RIGHT);
}

static void
a_stall_says_where(void **state)
{
	struct ike_negotiation n = initiator;
	struct story s = { .n = &n, .event = events, .nevents = 2 };
	struct ladder_row rows[LADDER_ROWS];
	size_t left_out, count;

	(void)state;
	n.outcome = IKE_STALL;
	n.stage = IKE_SA_INIT;
	count = ladder_rows(&s, rows, &left_out);
	assert_int_equal(count, 3);
	assert_true(rows[2].bad);
	assert_string_equal(
	    rows[2].caption, "stopped here: no answer to IKE_SA_INIT");
	n.heard = true;
	ladder_rows(&s, rows, &left_out);
	assert_string_equal(
	    rows[2].caption, "stopped here: nothing more after IKE_SA_INIT");
}

static void
a_long_story_keeps_its_end(void **state)
{
	struct story_event many[200];
	char text[200][40];
	struct story s = { .n = &initiator, .event = many, .nevents = 200 };
	struct ladder_row rows[LADDER_ROWS];
	size_t left_out, n;

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(text[i], sizeof(text[i]), "sending [ %d ]", i);
		many[i] = (struct story_event){ .line = i + 1,
			.what = IKE_PROGRESS,
			.stage = IKE_AUTH,
			.text = text[i] };
	}
	n = ladder_rows(&s, rows, &left_out);
	assert_int_equal(n, LADDER_ROWS);
	assert_int_equal(left_out, 200 - LADDER_ROWS);
	assert_int_equal(rows[0].line, 1);
	assert_int_equal(rows[n - 1].line, 200);
}

/* Whole story at a width: no line is wider, nothing unsafe gets out. */
static void
story_at(int width, char **text)
{
	struct story s = story_of(&initiator);
	struct term t;
	size_t len;
	char columns[8];
	struct span rest, line;

	snprintf(columns, sizeof(columns), "%d", width);
	setenv("COLUMNS", columns, 1);
	term_init(&t, stdout, TERM_TEXT);
	t.colour = false;
	t.out = open_memstream(text, &len);
	story_text(&t, &s);
	fclose(t.out);
	rest = span_of(*text);
	while (scan_line(&rest, &line)) {
		char copy[1024];

		assert_true(span_copy(copy, sizeof(copy), line));
		assert_null(strchr(copy, '\033'));
		assert_in_range(term_columns(copy), 0, width);
	}
}

static void
a_story_fits_the_page(void **state)
{
	static const int widths[] = { 40, 80, 120, 160 };
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		story_at(widths[i], &text);
		if (widths[i] >= 120)
			assert_non_null(strstr(text,
			    "198.51.100.2: pre-shared keys differ (IKE_AUTH, "
			    "refused by the peer)\n"));
		assert_non_null(strstr(text, "no, \\x1b[31mmate"));
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_go_the_right_way),
		cmocka_unit_test(the_initiator_stands_on_the_left),
		cmocka_unit_test(a_stall_says_where),
		cmocka_unit_test(a_long_story_keeps_its_end),
		cmocka_unit_test(a_story_fits_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
