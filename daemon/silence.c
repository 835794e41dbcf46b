/* ikewatch silence: quiet periods, with who asked for them and why. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/cli.h"
#include "storage/control.h"
#include "storage/query.h"

/* clang-format off */
static const struct column columns[] = {
	[SILENCES_ID] = { "id", "ID", COLUMN_INT },
	[SILENCES_STARTS] = { "starts_at", NULL, COLUMN_TIME },
	[SILENCES_ENDS] = { "ends_at", "UNTIL", COLUMN_TIME },
	[SILENCES_DEVICE] = { "device", "DEVICE", COLUMN_TEXT, 8 },
	[SILENCES_PEER] = { "peer", "PEER", COLUMN_TEXT, 15 },
	[SILENCES_TUNNEL] = { "tunnel", "TUNNEL", COLUMN_TEXT, 8 },
	[SILENCES_REASON] = { "reason", "REASON", COLUMN_TEXT, 12 },
	[SILENCES_AUTHOR] = { "author", "BY", COLUMN_TEXT, 6 },
	[SILENCES_COMMENT] = { "comment", "WHY", COLUMN_TEXT, 10 },
};
/* clang-format on */
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int
silence_list(struct cli *cli)
{
	struct query_filter f = { 0 };
	struct query *q;
	struct table *b;
	size_t rows;
	int code;

	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	f.since = cli->opt[CLI_ALL] != NULL ? 0 : cli->now;
	if (query_ask(q, QUERY_SILENCES, &f) == -1 ||
	    (b = table_new(&cli->term, columns, COLUMNS)) == NULL) {
		code = cli_fail(EX_IOERR, "cannot read the database");
		query_close(q);
		return code;
	}
	while (query_next(q))
		cli_row(q, b, columns, COLUMNS);
	rows = table_end(b);
	if (rows == 0 && cli->term.format == TERM_TEXT)
		term_say(&cli->term, "no silence is in force\n");
	query_close(q);
	return EX_OK;
}

/* Who asks: behind sudo the person, not root. */
static const char *
silence_author(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	if (sudo != NULL && sudo[0] != '\0')
		return sudo;
	pw = getpwuid(getuid());
	return pw == NULL ? NULL : pw->pw_name;
}

static int
silence_wanted(struct cli *cli, struct control_silence *w)
{
	const char *time = cli->opt[CLI_FOR];
	int64_t length;
	struct query_filter f;
	int code;

	if ((code = cli_filter(cli, &f, 0)) != EX_OK)
		return code;
	if (time == NULL || (length = cli_duration(time)) <= 0)
		return cli_fail(EX_USAGE,
		    "silence add wants --for with a time such as 30m, 8h or "
		    "7d");
	if (f.device == NULL && f.peer == NULL && f.tunnel == NULL &&
	    f.reason == NULL)
		return cli_fail(EX_USAGE,
		    "silence add wants at least one of --device, --peer, "
		    "--tunnel and --reason: not everything can be silenced");
	*w = (struct control_silence){ .device = f.device,
		.peer = f.peer,
		.tunnel = f.tunnel,
		.reason = f.reason,
		.author = silence_author(),
		.comment = cli->opt[CLI_COMMENT],
		.starts_at = cli->now,
		.ends_at = cli->now + length };
	return EX_OK;
}

static int
silence_add(struct cli *cli, struct control *c)
{
	struct control_silence w = { 0 };
	char until[TERM_TIME_SIZE];
	int64_t id;
	int code;

	if ((code = silence_wanted(cli, &w)) != EX_OK)
		return code;
	if ((id = control_silence_add(c, &w, cli->now)) == -1)
		return cli_fail(EX_IOERR, "%s", control_error(c));
	if (cli->term.format == TERM_JSON) {
		json_begin(&cli->term, NULL, '{');
		json_int(&cli->term, "id", id);
		json_time(&cli->term, "ends_at", w.ends_at);
		json_end(&cli->term, '}');
		return EX_OK;
	}
	term_time_local(until, w.ends_at);
	term_say(&cli->term, "silence %lld until %s\n", (long long)id, until);
	return EX_OK;
}

static int
silence_remove(struct cli *cli, struct control *c)
{
	int64_t id = cli->argc == 2 ? cli_number(cli->argv[1]) : -1;
	int ended;

	if (id == -1)
		return cli_fail(
		    EX_USAGE, "silence remove wants the number of a silence");
	if ((ended = control_silence_end(c, id, cli->now)) == -1)
		return cli_fail(EX_IOERR, "%s", control_error(c));
	if (ended == 0)
		return cli_fail(
		    EX_DATAERR, "no silence %lld is in force", (long long)id);
	return EX_OK;
}

int
silence_main(struct cli *cli)
{
	static const struct {
		const char *word;
		int (*main)(struct cli *, struct control *);
	} verbs[] = { { "add", silence_add }, { "remove", silence_remove } };
	const char *path = cli->opt[CLI_DB];
	char err[CONTROL_ERROR_SIZE] = "";
	struct control *c;
	int code;

	if (strcmp(cli->argv[0], "list") == 0)
		return silence_list(cli);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(cli->argv[0], verbs[i].word) != 0)
			continue;
		c = control_open(
		    path == NULL ? CLI_DATABASE : path, err, &code);
		if (c == NULL)
			return cli_fail(code, "%s", err);
		code = verbs[i].main(cli, c);
		control_close(c);
		return code;
	}
	return cli_fail(EX_USAGE,
	    "silence knows add, list and remove, not \"%s\"", cli->argv[0]);
}
