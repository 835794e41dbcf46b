/* ikewatch status: every tunnel, what is wrong first. */
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "daemon/cli.h"
#include "parsers/ike.h"
#include "storage/query.h"

enum { STATUS_PAUSE = 2 }; /* seconds between two looks of --watch */

/* clang-format off */
static const struct column columns[] = {
	[STATUS_ID] = { "id", NULL, COLUMN_INT },
	[STATUS_DEVICE] = { "device", "DEVICE", COLUMN_TEXT, 8 },
	[STATUS_VENDOR] = { "vendor", NULL, COLUMN_TEXT },
	[STATUS_PEER] = { "peer", "PEER", COLUMN_TEXT, 15 },
	[STATUS_LOCAL] = { "local", NULL, COLUMN_TEXT },
	[STATUS_NAME] = { "name", "TUNNEL", COLUMN_TEXT, 8 },
	[STATUS_STATE] = { "state", "STATE", COLUMN_TEXT },
	[STATUS_SINCE] = { "since", "SINCE", COLUMN_TIME },
	[STATUS_IKE_VERSION] = { "ike_version", NULL, COLUMN_INT },
	[STATUS_LAST_ESTABLISHED] = { "last_established", NULL, COLUMN_TIME },
	[STATUS_LAST_FAILURE] = { "last_failure", NULL, COLUMN_TIME },
	[STATUS_LAST_REASON] = { "last_reason", "LAST FAILURE", COLUMN_TEXT, 12 },
	[STATUS_FAILURES] = { "failures_24h", "24H", COLUMN_INT },
	[STATUS_DOWN_REASON] = { "down_reason", NULL, COLUMN_TEXT },
	[STATUS_ATTEMPTS] = { "attempts", NULL, COLUMN_INT },
};
/* clang-format on */
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static enum term_style
status_style(struct span state)
{
	return span_is(state, "down")	    ? TERM_BAD
	    : span_is(state, "negotiating") ? TERM_WARN
					    : TERM_PLAIN;
}

static int64_t
status_strangers(struct query *q, const struct query_filter *f)
{
	if (f->all || query_ask(q, QUERY_STRANGERS, f) == -1 || !query_next(q))
		return 0;
	return query_int(q, 0);
}

/* How many are in which state; the page may be longer than the screen. */
struct status_count {
	size_t n[IKE_TUNNEL_STATE_COUNT];
};

static void
status_add(struct status_count *c, struct span state)
{
	for (int i = 0; i < IKE_TUNNEL_STATE_COUNT; i++)
		if (span_is(
			state, ike_tunnel_state_name((enum ike_tunnel_state)i)))
			c->n[i]++;
}

static void
status_sum(struct term *t, const struct status_count *c, size_t all)
{
	static const enum ike_tunnel_state order[] = { IKE_TUNNEL_DOWN,
		IKE_TUNNEL_NEGOTIATING, IKE_TUNNEL_REKEYING, IKE_TUNNEL_UP,
		IKE_TUNNEL_UNKNOWN };
	const char *before = ": ";

	if (all < 2)
		return;
	term_say(t, "\n%zu tunnels", all);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (c->n[order[i]] == 0)
			continue;
		term_say(t, "%s", before);
		if (order[i] == IKE_TUNNEL_DOWN)
			term_style(t, TERM_BAD);
		term_say(t, "%zu %s", c->n[order[i]],
		    ike_tunnel_state_name(order[i]));
		if (order[i] == IKE_TUNNEL_DOWN)
			term_style(t, TERM_PLAIN);
		before = ", ";
	}
	term_say(t, "\n");
}

static void
status_end(struct cli *cli, struct query *q, const struct query_filter *f,
    const struct status_count *c, size_t n)
{
	struct term *t = &cli->term;
	int64_t strangers;

	if (t->format != TERM_TEXT)
		return;
	status_sum(t, c, n);
	strangers = status_strangers(q, f);
	if (n == 0)
		term_say(t, "no tunnel yet%s\n",
		    f->peer != NULL || f->device != NULL || f->tunnel != NULL
			? " that fits"
			: ": nothing about IKE was heard so far");
	if (strangers > 0)
		term_say(t,
		    "%lld more of strangers who were never let in; --all "
		    "shows them\n",
		    (long long)strangers);
}

static int
status_once(struct cli *cli, struct query *q, const struct query_filter *f)
{
	struct query_filter day = *f;
	struct status_count count = { { 0 } };
	struct table *b;
	size_t n;

	day.since = cli->now - (int64_t)86400 * 1000000;
	if (query_ask(q, QUERY_STATUS, &day) == -1)
		return cli_fail(EX_IOERR, "%s", query_error(q));
	b = table_new(&cli->term, columns, COLUMNS);
	if (b == NULL)
		return cli_fail(EX_OSERR, "out of memory");
	while (query_next(q)) {
		enum term_style style =
		    status_style(query_text(q, STATUS_STATE));

		status_add(&count, query_text(q, STATUS_STATE));
		cli_row(q, b, columns, COLUMNS);
		table_style(b, style);
	}
	n = table_end(b);
	if (query_error(q) != NULL)
		return cli_fail(EX_IOERR, "%s", query_error(q));
	status_end(cli, q, f, &count, n);
	return EX_OK;
}

/* The page again and again, until Ctrl-C. */
static int
status_watch(struct cli *cli, struct query *q, const struct query_filter *f)
{
	struct timespec ts;
	char when[TERM_TIME_SIZE];
	int code;

	for (;;) {
		clock_gettime(CLOCK_REALTIME, &ts);
		cli->now = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
		if (cli->term.tty)
			term_say(&cli->term, "\033[H\033[2J");
		if (cli->term.format == TERM_TEXT) {
			term_time_local(when, cli->now);
			term_say(&cli->term, "%s\n\n", when);
		}
		code = status_once(cli, q, f);
		if (fflush(cli->term.out) == EOF || code != EX_OK)
			return code;
		sleep(STATUS_PAUSE);
	}
}

int
status_main(struct cli *cli)
{
	struct query_filter f;
	struct query *q;
	int code;

	if ((code = cli_filter(cli, &f, 0)) != EX_OK)
		return code;
	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	if (cli->opt[CLI_WATCH] != NULL)
		code = status_watch(cli, q, &f);
	else {
		term_page(&cli->term);
		code = status_once(cli, q, &f);
	}
	query_close(q);
	return code;
}
