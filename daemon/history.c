/* ikewatch history: negotiations, the newest first. */
#include <sysexits.h>

#include "daemon/cli.h"
#include "parsers/ike.h"
#include "storage/query.h"

enum { HISTORY_LIMIT = 100 };

/* clang-format off */
static const struct column columns[] = {
	[HISTORY_ID] = { "id", "ID", COLUMN_INT },
	[HISTORY_STARTED] = { "started_at", "STARTED", COLUMN_TIME },
	[HISTORY_ENDED] = { "ended_at", NULL, COLUMN_TIME },
	[HISTORY_DEVICE] = { "device", "DEVICE", COLUMN_TEXT, 8 },
	[HISTORY_VENDOR] = { "vendor", NULL, COLUMN_TEXT },
	[HISTORY_TUNNEL] = { "tunnel", "TUNNEL", COLUMN_TEXT, 8 },
	[HISTORY_PEER] = { "peer", "PEER", COLUMN_TEXT, 15 },
	[HISTORY_LOCAL] = { "local", NULL, COLUMN_TEXT },
	[HISTORY_ROLE] = { "role", NULL, COLUMN_TEXT },
	[HISTORY_IKE_VERSION] = { "ike_version", NULL, COLUMN_INT },
	[HISTORY_KIND] = { "kind", "SA", COLUMN_TEXT },
	[HISTORY_ISPI] = { "ispi", NULL, COLUMN_TEXT },
	[HISTORY_RSPI] = { "rspi", NULL, COLUMN_TEXT },
	[HISTORY_CHILD_SPI] = { "child_spi", NULL, COLUMN_TEXT },
	[HISTORY_STAGE] = { "stage", NULL, COLUMN_TEXT },
	[HISTORY_OUTCOME] = { "outcome", "OUTCOME", COLUMN_TEXT },
	[HISTORY_REASON] = { "reason", "REASON", COLUMN_TEXT, 12 },
	[HISTORY_SUSPECTS] = { "suspects", NULL, COLUMN_LIST },
	[HISTORY_REFUSED] = { "refused_by", NULL, COLUMN_TEXT },
	[HISTORY_DETAIL] = { "detail", NULL, COLUMN_TEXT },
	[HISTORY_DIFFERS] = { "differs", NULL, COLUMN_TEXT },
	[HISTORY_OTHER_END] = { "other_end", NULL, COLUMN_INT },
};
/* clang-format on */

static enum term_style
history_style(struct query *q)
{
	enum ike_outcome outcome = IKE_OPEN;
	struct span s = query_text(q, HISTORY_OUTCOME);

	for (int i = 0; i < IKE_OUTCOME_COUNT; i++)
		if (span_is(s, ike_outcome_name((enum ike_outcome)i)))
			outcome = (enum ike_outcome)i;
	return outcome == IKE_FAILURE || outcome == IKE_STALL ? TERM_BAD
	    : outcome == IKE_SUPERSEDED			      ? TERM_DIM
							      : TERM_PLAIN;
}

int
history_main(struct cli *cli)
{
	size_t n = sizeof(columns) / sizeof(columns[0]), rows;
	struct query_filter f;
	struct query *q;
	struct table *b;
	int code;

	if ((code = cli_filter(cli, &f, HISTORY_LIMIT)) != EX_OK)
		return code;
	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	if (query_ask(q, QUERY_HISTORY, &f) == -1) {
		code = cli_fail(EX_IOERR, "%s", query_error(q));
		query_close(q);
		return code;
	}
	term_page(&cli->term);
	if ((b = table_new(&cli->term, columns, n)) == NULL)
		return cli_fail(EX_OSERR, "out of memory");
	while (query_next(q)) {
		enum term_style style = history_style(q);

		cli_row(q, b, columns, n);
		table_style(b, style);
	}
	rows = table_end(b);
	if (query_error(q) != NULL)
		code = cli_fail(EX_IOERR, "%s", query_error(q));
	else if (rows == 0 && cli->term.format == TERM_TEXT)
		term_say(&cli->term, "no negotiation that fits\n");
	else if (rows == HISTORY_LIMIT && cli->opt[CLI_LIMIT] == NULL &&
	    cli->term.format == TERM_TEXT)
		term_say(&cli->term, "the newest %d; --limit shows more\n",
		    HISTORY_LIMIT);
	query_close(q);
	return code;
}
