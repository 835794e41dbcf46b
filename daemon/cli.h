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
	CLI_CONF,
	CLI_ALL,
	CLI_WATCH,
	CLI_OPTION_COUNT
};

struct cli {
	struct term term;
	const char *opt[CLI_OPTION_COUNT]; /* NULL: not given */
	int argc;    /* what is left: arguments, without the command */
	char **argv;
	int64_t now; /* microseconds since the epoch */
};

/* "ikewatch: what\n" to standard error; returns code. */
int cli_fail(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "24h", "7d", "90m", "30s", "2w" in microseconds; -1 where it is none. */
int64_t cli_duration(const char *);

/* The commands; each returns an exit code of sysexits.h. */
int explain_main(struct cli *);

#endif
