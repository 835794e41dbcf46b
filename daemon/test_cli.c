/*
 * ikewatch test: a test alert through the real path. The running daemon
 * sends it, with its own configuration, secrets, limits and retries.
 */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/cli.h"
#include "storage/control.h"

int
test_main(struct cli *cli)
{
	const char *path = cli->opt[CLI_DB];
	char err[CONTROL_ERROR_SIZE] = "", result[400] = "";
	struct control *c;
	int64_t wish;
	int code = EX_OK, got;

	c = control_open(path == NULL ? CLI_DATABASE : path, err, &code);
	if (c == NULL)
		return cli_fail(code, "%s", err);
	if ((wish = control_ask(c, "test", cli->argv[0], cli->now)) == -1) {
		code = cli_fail(EX_IOERR, "%s", control_error(c));
		control_close(c);
		return code;
	}
	got = cli_wait(c, wish, result, sizeof(result));
	control_close(c);
	if (got != 1)
		return cli_fail(EX_TEMPFAIL,
		    "ikewatchd does not answer: is it running with this "
		    "database?");
	if (result[0] != '\0')
		return cli_fail(EX_DATAERR, "%s", result);
	term_say(&cli->term,
	    "a test alert is on its way; \"ikewatch alerts\" says how it "
	    "fares\n");
	return EX_OK;
}
