/*
 * ikewatch alerts: what was told, to whom, and what could not be. Retrying
 * and dropping is the daemon's work; here it is only asked to.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/cli.h"
#include "storage/control.h"
#include "storage/query.h"

enum { ALERTS_LIMIT = 50, ALERTS_ASKED = 64 };

/* clang-format off */
static const struct column columns[] = {
	[ALERTS_ID] = { "id", "ID", COLUMN_INT },
	[ALERTS_OPENED] = { "opened_at", "OPENED", COLUMN_TIME },
	[ALERTS_RESOLVED] = { "resolved_at", NULL, COLUMN_TIME },
	[ALERTS_STATE] = { "state", "STATE", COLUMN_TEXT },
	[ALERTS_SEVERITY] = { "severity", "SEVERITY", COLUMN_TEXT },
	[ALERTS_KIND] = { "kind", NULL, COLUMN_TEXT },
	[ALERTS_DEVICE] = { "device", NULL, COLUMN_TEXT },
	[ALERTS_TUNNEL] = { "tunnel", NULL, COLUMN_TEXT },
	[ALERTS_PEER] = { "peer", NULL, COLUMN_TEXT },
	[ALERTS_REASON] = { "reason", NULL, COLUMN_TEXT },
	[ALERTS_SUMMARY] = { "summary", "SUMMARY", COLUMN_TEXT, 24 },
	[ALERTS_NOTIFICATIONS] = { "notifications", "SENT", COLUMN_INT },
	[ALERTS_DELIVERED] = { "delivered", "OK", COLUMN_INT },
	[ALERTS_PENDING] = { "pending", "WAIT", COLUMN_INT },
	[ALERTS_LAST_ERROR] = { "last_error", "LAST ERROR", COLUMN_TEXT, 10 },
};
/* clang-format on */
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int
alerts_list(struct cli *cli)
{
	struct query_filter f;
	struct query *q;
	struct table *b;
	size_t rows;
	int code;

	if ((code = cli_filter(cli, &f, ALERTS_LIMIT)) != EX_OK)
		return code;
	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	if (query_ask(q, QUERY_ALERTS, &f) == -1) {
		code = cli_fail(EX_IOERR, "%s", query_error(q));
		query_close(q);
		return code;
	}
	term_page(&cli->term);
	b = table_new(&cli->term, columns, COLUMNS);
	while (b != NULL && query_next(q)) {
		bool firing = span_is(query_text(q, ALERTS_STATE), "firing");

		cli_row(q, b, columns, COLUMNS);
		table_style(b, firing ? TERM_BAD : TERM_PLAIN);
	}
	rows = b == NULL ? 0 : table_end(b);
	if (b == NULL || query_error(q) != NULL)
		code = cli_fail(EX_IOERR, "%s",
		    b == NULL ? "out of memory" : query_error(q));
	else if (rows == 0 && cli->term.format == TERM_TEXT)
		term_say(&cli->term, "no alert that fits\n");
	query_close(q);
	return code;
}

/* The deliveries of one alert that this command is about. */
static int
alerts_deliveries(struct cli *cli, int64_t alert, bool retry,
    int64_t id[ALERTS_ASKED], int *code)
{
	struct query_filter f = { .id = alert };
	struct query *q = cli_open(cli, code);
	int n = 0;

	if (q == NULL)
		return -1;
	if (query_ask(q, QUERY_DELIVERIES, &f) == -1) {
		*code = cli_fail(EX_IOERR, "%s", query_error(q));
		n = -1;
	}
	while (n >= 0 && n < ALERTS_ASKED && query_next(q)) {
		struct span state = query_text(q, DELIVERIES_STATE);

		if (span_is(state, "pending") ||
		    (retry &&
			(span_is(state, "dead") || span_is(state, "dropped"))))
			id[n++] = query_int(q, DELIVERIES_ID);
	}
	query_close(q);
	return n;
}

static int
alerts_ask(struct cli *cli, const char *command, const int64_t *id, int n)
{
	const char *path = cli->opt[CLI_DB];
	char err[CONTROL_ERROR_SIZE] = "", result[200] = "", number[24];
	struct control *c;
	int64_t wish = -1;
	int code = EX_OK, got;

	c = control_open(path == NULL ? CLI_DATABASE : path, err, &code);
	if (c == NULL)
		return cli_fail(code, "%s", err);
	for (int i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "%lld", (long long)id[i]);
		wish = control_ask(c, command, number, cli->now);
		if (wish == -1) {
			code = cli_fail(EX_IOERR, "%s", control_error(c));
			control_close(c);
			return code;
		}
	}
	got = cli_wait(c, wish, result, sizeof(result));
	control_close(c);
	term_say(&cli->term, "%d deliver%s: %s %s\n", n, n == 1 ? "y" : "ies",
	    command, got == 1 ? "done" : "asked");
	if (got == 1 && result[0] != '\0') {
		term_text(&cli->term, span_of(result));
		term_say(&cli->term, "\n");
	} else if (got == 0)
		term_say(&cli->term,
		    "ikewatchd has not answered; it will once it runs\n");
	return EX_OK;
}

int
alerts_main(struct cli *cli)
{
	int64_t id[ALERTS_ASKED], alert;
	bool retry;
	int n, code = EX_OK;

	if (cli->argc == 0)
		return alerts_list(cli);
	retry = strcmp(cli->argv[0], "retry") == 0;
	if (!retry && strcmp(cli->argv[0], "drop") != 0)
		return cli_fail(EX_USAGE,
		    "alerts knows retry ID and drop ID, not \"%s\"",
		    cli->argv[0]);
	if (cli->argc != 2 || (alert = cli_number(cli->argv[1])) == -1)
		return cli_fail(EX_USAGE,
		    "alerts %s wants the number of an alert", cli->argv[0]);
	n = alerts_deliveries(cli, alert, retry, id, &code);
	if (n == -1)
		return code;
	if (n == 0)
		return cli_fail(EX_DATAERR, "alert %lld has no delivery to %s",
		    (long long)alert, cli->argv[0]);
	return alerts_ask(cli, cli->argv[0], id, n);
}
