/*
 * ikewatch: the reading side. Reads the command line by two tables, opens
 * what the command needs and calls it; changes nothing itself.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "daemon/cli.h"

#define BIT(option) (1u << (option))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct option_row {
	const char *name, *argument, *help;
} options[CLI_OPTION_COUNT] = {
	[CLI_DB] = { "db", "FILE", "the database, else " CLI_DATABASE },
	[CLI_FORMAT] = { "format", "FORM", "text, json or csv" },
	[CLI_VENDOR] = { "vendor", "NAME", "the vendor, where the text does not tell" },
};

static const struct command {
	const char *name, *arguments, *help;
	unsigned options; /* beside --format */
	int least, most;  /* arguments; most -1: any number */
	int (*main)(struct cli *);
} commands[] = {
	{ "explain", "[FILE ...]", "read a log and say what went wrong",
	    BIT(CLI_VENDOR), 0, -1, explain_main },
};
/* clang-format on */

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

	if (!scan_digits(&s, 8, &n) || s.len != 1)
		return -1;
	for (size_t i = 0; i < COUNT(units); i++)
		if (units[i].unit == s.p[0])
			return n * units[i].seconds * 1000000;
	return -1;
}

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
	fprintf(out, "usage: ikewatch %s [OPTION ...] %s\n%s\n\n", c->name,
	    c->arguments, c->help);
	usage_options(out, c->options | BIT(CLI_FORMAT));
	return code;
}

static bool
format_named(const char *name, enum term_format *format)
{
	static const char *const names[] = { [TERM_TEXT] = "text",
		[TERM_JSON] = "json", [TERM_CSV] = "csv",
		[TERM_HTML] = "html" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(name, names[i]) == 0) {
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
			options[i].argument == NULL ? no_argument :
						      required_argument,
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
	while ((got = getopt_long(argc, argv, ":f:h", longs, NULL)) != -1) {
		if (got == 'h')
			return usage_command(stdout, c, -1);
		if (got == ':')
			return cli_fail(EX_USAGE, "%s: %s wants a value",
			    c->name, argv[optind - 1]);
		if (got == 'f' && (c->options & BIT(CLI_CONF)) != 0)
			got = 256 + CLI_CONF;
		if (got < 256)
			return cli_fail(EX_USAGE,
			    "%s does not know the option %s; try "
			    "\"ikewatch %s --help\"",
			    c->name, argv[optind - 1], c->name);
		cli->opt[got - 256] = optarg == NULL ? "" : optarg;
	}
	cli->argc = argc - optind;
	cli->argv = argv + optind;
	if (cli->argc < c->least ||
	    (c->most != -1 && cli->argc > c->most))
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
	    !format_named(cli.opt[CLI_FORMAT], &format))
		return cli_fail(EX_USAGE,
		    "\"%s\" is no format; there are text, json and csv",
		    cli.opt[CLI_FORMAT]);
	clock_gettime(CLOCK_REALTIME, &ts);
	cli.now = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	term_init(&cli.term, stdout, format);
	code = c->main(&cli);
	if (term_close(&cli.term) == -1 && code == EX_OK)
		code = cli_fail(EX_IOERR, "cannot write the output: %s",
		    strerror(errno));
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
