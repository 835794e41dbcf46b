/* What the commands of ikewatch(1) share: the command line, already read. */
#ifndef IKEWATCH_DAEMON_CLI_H
#define IKEWATCH_DAEMON_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/term.h"

#define CLI_DATABASE "/var/lib/ikewatch/ikewatch.db"

/* Options of all commands; a command's row says which of them it takes. */
enum cli_option {
	CLI_DB,
	CLI_FORMAT,
	CLI_VENDOR,
	CLI_PEER,
	CLI_DEVICE,
	CLI_TUNNEL,
	CLI_REASON,
	CLI_SINCE,
	CLI_LIMIT,
	CLI_MONTH,
	CLI_FOR,
	CLI_COMMENT,
	CLI_ALL,
	CLI_WATCH,
	CLI_OPTION_COUNT
};

struct cli {
	struct term term;
	const char *opt[CLI_OPTION_COUNT]; /* NULL: not given */
	int argc; /* what is left: arguments, without the command */
	char **argv;
	int64_t now; /* microseconds since the epoch */
};

/* "ikewatch: what\n" to standard error; returns code. */
int cli_fail(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "24h", "7d", "90m", "30s", "2w" in microseconds; -1 where it is none. */
int64_t cli_duration(const char *);

struct query;
struct query_filter;
/* The database of --db, else the usual one; NULL: *code is the exit code and
 * why was said. */
struct query *cli_open(struct cli *, int *code);
/* --peer, --device, --tunnel, --reason, --since, --limit, --all. limit is
 * that where none is given. An exit code. */
int cli_filter(struct cli *, struct query_filter *, int64_t limit);
/* The row a query stands at, column by column. */
void cli_row(struct query *, struct table *, const struct column *, size_t n);
struct control;
/* Waits up to three seconds for the daemon's answer to a wish; as
 * control_answer(). */
int cli_wait(struct control *, int64_t wish, char *result, size_t size);
/* A positive number; -1 where it is none. */
int64_t cli_number(const char *);

/* The commands; each returns an exit code of sysexits.h. */
int explain_main(struct cli *);
int status_main(struct cli *);
int history_main(struct cli *);
int show_main(struct cli *);
int alerts_main(struct cli *);
int silence_main(struct cli *);
int reasons_main(struct cli *);
int test_main(struct cli *);
int export_main(struct cli *);
int report_main(struct cli *);

#endif
