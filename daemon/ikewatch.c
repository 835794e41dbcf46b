/*
 * ikewatch: the reading side. Reads the command line by two tables, opens
 * what the command needs and calls it; changes nothing itself.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "daemon/cli.h"

#define BIT(option) (1u << (option))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	TEXT = BIT(TERM_TEXT),
	JSON = BIT(TERM_JSON),
	TABLE = BIT(TERM_TEXT) | BIT(TERM_JSON) | BIT(TERM_CSV),
};

/* clang-format off */
static const struct option_row {
	const char *name, *argument, *help;
} options[CLI_OPTION_COUNT] = {
	[CLI_DB] = { "db", "FILE", "the database; else " CLI_DATABASE },
	[CLI_FORMAT] = { "format", "FORM", "text, json, csv; report: html too" },
	[CLI_VENDOR] = { "vendor", "NAME", "who wrote the log, where the text does not tell" },
	[CLI_PEER] = { "peer", "ADDRESS", "only this peer" },
	[CLI_DEVICE] = { "device", "NAME", "only this device" },
	[CLI_TUNNEL] = { "tunnel", "NAME", "only this tunnel" },
	[CLI_REASON] = { "reason", "NAME", "only this reason" },
	[CLI_SINCE] = { "since", "TIME", "not older than 30m, 24h, 7d" },
	[CLI_LIMIT] = { "limit", "ROWS", "so many at the most" },
	[CLI_MONTH] = { "month", "YYYY-MM", "the month; else the present one" },
	[CLI_FOR] = { "for", "TIME", "how long: 30m, 24h, 7d" },
	[CLI_COMMENT] = { "comment", "TEXT", "why" },
	[CLI_ALL] = { "all", NULL, "tunnels of strangers and ended silences too" },
	[CLI_WATCH] = { "watch", NULL, "again every two seconds" },
};

static const struct command {
	const char *name, *arguments, *help;
	unsigned options; /* beside --format */
	unsigned forms;	  /* of --format */
	int least, most;  /* arguments; most -1: any number */
	int (*main)(struct cli *);
} commands[] = {
	{ "explain", "[FILE ...]", "read a log and say what went wrong",
	    BIT(CLI_VENDOR), TEXT | JSON,
	    0, -1, explain_main },
	{ "status", "", "every tunnel: its state, its last failure and why",
	    BIT(CLI_DB) | BIT(CLI_PEER) | BIT(CLI_DEVICE) | BIT(CLI_TUNNEL) |
	    BIT(CLI_REASON) | BIT(CLI_LIMIT) | BIT(CLI_ALL) | BIT(CLI_WATCH),
	    TABLE,
	    0, 0, status_main },
	{ "history", "", "negotiations, the newest first",
	    BIT(CLI_DB) | BIT(CLI_PEER) | BIT(CLI_DEVICE) | BIT(CLI_TUNNEL) |
	    BIT(CLI_REASON) | BIT(CLI_SINCE) | BIT(CLI_LIMIT),
	    TABLE,
	    0, 0, history_main },
	{ "show", "ID", "one negotiation, message by message",
	    BIT(CLI_DB), TEXT | JSON,
	    1, 1, show_main },
	{ "alerts", "[retry ID | drop ID]", "alerts, and what became of them",
	    BIT(CLI_DB) | BIT(CLI_PEER) | BIT(CLI_DEVICE) | BIT(CLI_TUNNEL) |
	    BIT(CLI_REASON) | BIT(CLI_SINCE) | BIT(CLI_LIMIT),
	    TABLE,
	    0, 2, alerts_main },
	{ "silence", "add | list | remove ID", "quiet periods",
	    BIT(CLI_DB) | BIT(CLI_PEER) | BIT(CLI_DEVICE) | BIT(CLI_TUNNEL) |
	    BIT(CLI_REASON) | BIT(CLI_FOR) | BIT(CLI_COMMENT) | BIT(CLI_ALL),
	    TABLE,
	    1, 2, silence_main },
	{ "report", "", "a month: availability, outages, causes",
	    BIT(CLI_DB) | BIT(CLI_MONTH) | BIT(CLI_TUNNEL) | BIT(CLI_DEVICE),
	    TABLE | BIT(TERM_HTML), 0, 0, report_main },
	{ "reasons", "[NAME]", "why negotiations fail, and what to check",
	    BIT(CLI_VENDOR), TABLE,
	    0, 1, reasons_main },
	{ "test", "DESTINATION", "send a test alert through the running daemon",
	    BIT(CLI_DB), TEXT, 1, 1, test_main },
	{ "export", "FILE", "a consistent copy of the database",
	    BIT(CLI_DB), TEXT,
	    1, 1, export_main },
};
/* clang-format on */

static const struct command *
command_named(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void
usage_options(FILE *out, unsigned set)
{
	for (int i = 0; i < CLI_OPTION_COUNT; i++) {
		char left[40];

		if ((set & BIT(i)) == 0 || options[i].name == NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
		    options[i].argument == NULL ? "" : " ",
		    options[i].argument == NULL ? "" : options[i].argument);
		fprintf(out, "  %-20s %s\n", left, options[i].help);
	}
}

static int
usage(FILE *out, int code)
{
	fputs("usage: ikewatch COMMAND [OPTION ...] [ARGUMENT ...]\n\n", out);
	for (size_t i = 0; i < COUNT(commands); i++) {
		char left[48];

		snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].arguments);
		fprintf(out, "  %-28s %s\n", left, commands[i].help);
	}
	fputs("\n\"ikewatch COMMAND --help\" lists the options of one; "
	      "ikewatch(1) says it all.\n",
	    out);
	return code;
}

static int
usage_command(FILE *out, const struct command *c, int code)
{
	fprintf(out, "usage: ikewatch %s [OPTION ...]%s%s\n%s\n\n", c->name,
	    c->arguments[0] == '\0' ? "" : " ", c->arguments, c->help);
	usage_options(out, c->options | BIT(CLI_FORMAT));
	return code;
}

static const char *const forms[] = { [TERM_TEXT] = "text",
	[TERM_JSON] = "json",
	[TERM_CSV] = "csv",
	[TERM_HTML] = "html" };

static int
forms_fail(const struct command *c, const char *name)
{
	char list[40] = "";

	for (size_t i = 0; i < COUNT(forms); i++)
		if ((c->forms & BIT(i)) != 0)
			snprintf(list + strlen(list),
			    sizeof(list) - strlen(list), " %s", forms[i]);
	return cli_fail(EX_USAGE, "%s is not given in the form \"%s\", but:%s",
	    c->name, name, list);
}

static bool
format_named(const char *name, enum term_format *format)
{
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (strcmp(name, forms[i]) == 0) {
			*format = (enum term_format)i;
			return true;
		}
	}
	return false;
}

/* getopt_long's table, of the options this command takes. */
static void
options_long(const struct command *c, struct option *to)
{
	size_t n = 0;

	for (int i = 0; i < CLI_OPTION_COUNT; i++) {
		if (((c->options | BIT(CLI_FORMAT)) & BIT(i)) == 0)
			continue;
		to[n++] = (struct option){ options[i].name,
			options[i].argument == NULL ? no_argument
						    : required_argument,
			NULL, 256 + i };
	}
	to[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	to[n] = (struct option){ NULL, 0, NULL, 0 };
}

static int
options_read(struct cli *cli, const struct command *c, int argc, char **argv)
{
	struct option longs[CLI_OPTION_COUNT + 2];
	int got;

	options_long(c, longs);
	opterr = 0;
	while ((got = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (got == 'h')
			return usage_command(stdout, c, -1);
		if (got == ':')
			return cli_fail(EX_USAGE, "%s: %s wants a value",
			    c->name, argv[optind - 1]);
		if (got < 256)
			return cli_fail(EX_USAGE,
			    "%s does not know the option %s; try "
			    "\"ikewatch %s --help\"",
			    c->name, argv[optind - 1], c->name);
		cli->opt[got - 256] = optarg == NULL ? "" : optarg;
	}
	cli->argc = argc - optind;
	cli->argv = argv + optind;
	if (cli->argc < c->least || (c->most != -1 && cli->argc > c->most))
		return usage_command(stderr, c, EX_USAGE);
	return EX_OK;
}

static int
command_run(const struct command *c, int argc, char **argv)
{
	struct cli cli = { 0 };
	enum term_format format = TERM_TEXT;
	struct timespec ts;
	int code;

	if ((code = options_read(&cli, c, argc, argv)) != EX_OK)
		return code == -1 ? EX_OK : code;
	if (cli.opt[CLI_FORMAT] != NULL &&
	    (!format_named(cli.opt[CLI_FORMAT], &format) ||
		(c->forms & BIT(format)) == 0))
		return forms_fail(c, cli.opt[CLI_FORMAT]);
	clock_gettime(CLOCK_REALTIME, &ts);
	cli.now = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	term_init(&cli.term, stdout, format);
	code = c->main(&cli);
	if (term_close(&cli.term) == -1 && code == EX_OK)
		code = cli_fail(
		    EX_IOERR, "cannot write the output: %s", strerror(errno));
	return code;
}

int
main(int argc, char **argv)
{
	const struct command *c;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return usage(stderr, EX_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return usage(stdout, EX_OK);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("ikewatch " IKEWATCH_VERSION);
		return EX_OK;
	}
	if ((c = command_named(argv[1])) == NULL)
		return cli_fail(EX_USAGE,
		    "there is no command \"%s\"; \"ikewatch --help\" lists "
		    "them",
		    argv[1]);
	return command_run(c, argc - 1, argv + 1);
}
