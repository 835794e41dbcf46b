/* What the commands share. */
#include "daemon/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "parsers/ike.h"
#include "storage/control.h"
#include "storage/query.h"

enum { CLI_WAIT = 100 }; /* tenths of a second */

int
cli_fail(int code, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("ikewatch: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

int64_t
cli_duration(const char *text)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 7 * 86400 } };
	struct span s = span_of(text);
	int n;

	if (!scan_digits(&s, 6, &n) || s.len != 1)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == s.p[0])
			return n * units[i].seconds * 1000000;
	return -1;
}

int64_t
cli_number(const char *text)
{
	uint64_t n;

	if (!span_u64(span_of(text), 10, &n) || n == 0 || n > INT64_MAX)
		return -1;
	return (int64_t)n;
}

struct query *
cli_open(struct cli *cli, int *code)
{
	const char *path = cli->opt[CLI_DB];
	char err[QUERY_ERROR_SIZE] = "out of memory";
	struct query *q;

	*code = EX_OSERR;
	q = query_open(path == NULL ? CLI_DATABASE : path, err, code);
	if (q == NULL) {
		cli_fail(*code, "%s", err);
		return NULL;
	}
	*code = EX_OK;
	if (cli->opt[CLI_WATCH] == NULL)
		term_spool(&cli->term);
	return q;
}

int
cli_filter(struct cli *cli, struct query_filter *f, int64_t limit)
{
	const char *since = cli->opt[CLI_SINCE], *most = cli->opt[CLI_LIMIT];
	int64_t ago = 0;

	memset(f, 0, sizeof(*f));
	f->peer = cli->opt[CLI_PEER];
	f->device = cli->opt[CLI_DEVICE];
	f->tunnel = cli->opt[CLI_TUNNEL];
	f->reason = cli->opt[CLI_REASON];
	f->all = cli->opt[CLI_ALL] != NULL;
	f->limit = limit;
	if (f->reason != NULL && ike_reason_named(f->reason) == 0)
		return cli_fail(EX_USAGE,
		    "there is no reason \"%s\"; \"ikewatch reasons\" lists "
		    "them",
		    f->reason);
	if (since != NULL && (ago = cli_duration(since)) == -1)
		return cli_fail(EX_USAGE,
		    "--since wants a time such as 30m, 24h or 7d, not \"%s\"",
		    since);
	if (since != NULL)
		f->since = cli->now - ago;
	if (most != NULL && (f->limit = cli_number(most)) == -1)
		return cli_fail(EX_USAGE,
		    "--limit wants a number of rows, not \"%s\"", most);
	return EX_OK;
}

void
cli_row(struct query *q, struct table *b, const struct column *column, size_t n)
{
	for (int i = 0; i < (int)n; i++) {
		if (query_null(q, i))
			table_null(b);
		else if (column[i].kind == COLUMN_TIME)
			table_time(b, query_int(q, i));
		else if (column[i].kind == COLUMN_INT ||
		    column[i].kind == COLUMN_DURATION)
			table_int(b, query_int(q, i));
		else
			table_text(b, query_text(q, i));
	}
}

int
cli_wait(struct control *c, int64_t wish, char *result, size_t size)
{
	const struct timespec pause = { 0, 100000000 };
	int got = 0;

	for (int i = 0; i < CLI_WAIT && got == 0; i++) {
		got = control_answer(c, wish, result, size);
		if (got == 0)
			nanosleep(&pause, NULL);
	}
	return got;
}
