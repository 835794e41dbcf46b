/* ikewatch export: a copy of the database that is whole in itself. */
#include <sysexits.h>

#include "daemon/cli.h"
#include "storage/query.h"

int
export_main(struct cli *cli)
{
	char err[QUERY_ERROR_SIZE] = "";
	struct query *q;
	int code;

	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	code = EX_OK;
	if (query_export(q, cli->argv[0], err, &code) == -1)
		cli_fail(code, "%s", err);
	query_close(q);
	return code;
}
