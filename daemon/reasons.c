/* ikewatch reasons: the vocabulary, and what to check on each vendor. */
#include <string.h>
#include <sysexits.h>

#include "daemon/cli.h"
#include "parsers/hints.h"
#include "parsers/ike.h"
#include "parsers/parser.h"

/* clang-format off */
static const struct column columns[] = {
	{ "reason", "REASON", COLUMN_TEXT },
	{ "category", "CATEGORY", COLUMN_TEXT },
	{ "rank", NULL, COLUMN_INT },
	{ "title", "MEANING", COLUMN_TEXT, 20 },
	{ "hint", NULL, COLUMN_TEXT },
};
/* clang-format on */

static int
reasons_list(struct cli *cli)
{
	struct table *b = table_new(
	    &cli->term, columns, sizeof(columns) / sizeof(columns[0]));

	if (b == NULL)
		return cli_fail(EX_OSERR, "out of memory");
	term_page(&cli->term);
	for (int i = 1; i < IKE_REASON_COUNT; i++) {
		enum ike_reason r = (enum ike_reason)i;

		table_str(b, ike_reason_name(r));
		table_str(b, ike_category_name(ike_reason_category(r)));
		table_int(b, ike_reason_rank(r));
		table_str(b, ike_reason_title(r));
		table_str(b, ike_hint(r, cli->opt[CLI_VENDOR]));
	}
	table_end(b);
	return EX_OK;
}

static void
reason_json(struct cli *cli, enum ike_reason r)
{
	struct term *t = &cli->term;

	json_begin(t, NULL, '{');
	json_str(t, "reason", ike_reason_name(r));
	json_str(t, "category", ike_category_name(ike_reason_category(r)));
	json_int(t, "rank", ike_reason_rank(r));
	json_str(t, "title", ike_reason_title(r));
	json_str(t, "hint", ike_hint(r, NULL));
	json_begin(t, "vendors", '{');
	for (const struct ike_vendor_hint *h = ike_vendor_hints;
	     h->vendor != NULL; h++)
		if (h->reason == r)
			json_str(t, h->vendor, h->hint);
	json_end(t, '}');
	json_end(t, '}');
}

static void
reason_text(struct cli *cli, enum ike_reason r)
{
	struct term *t = &cli->term;
	const char *only = cli->opt[CLI_VENDOR];

	term_style(t, TERM_BOLD);
	term_say(t, "%s", ike_reason_name(r));
	term_style(t, TERM_PLAIN);
	term_say(t, "  (%s)\n\n  ", ike_category_name(ike_reason_category(r)));
	term_paragraph(t, 2, 2, span_of(ike_reason_title(r)));
	term_say(t, "\n  ");
	term_paragraph(t, 2, 2, span_of(ike_hint(r, NULL)));
	for (const struct ike_vendor_hint *h = ike_vendor_hints;
	     h->vendor != NULL; h++) {
		if (h->reason != r ||
		    (only != NULL && strcmp(only, h->vendor) != 0))
			continue;
		term_style(t, TERM_BOLD);
		term_say(t, "\n  %s\n", h->vendor);
		term_style(t, TERM_PLAIN);
		term_say(t, "    ");
		term_paragraph(t, 4, 4, span_of(h->hint));
	}
}

int
reasons_main(struct cli *cli)
{
	enum ike_reason r;

	if (cli->argc == 0)
		return reasons_list(cli);
	r = ike_reason_named(cli->argv[0]);
	if (r == IKE_REASON_NONE)
		return cli_fail(EX_USAGE,
		    "there is no reason \"%s\"; \"ikewatch reasons\" lists "
		    "them",
		    cli->argv[0]);
	if (cli->term.format == TERM_JSON)
		reason_json(cli, r);
	else
		reason_text(cli, r);
	return EX_OK;
}
