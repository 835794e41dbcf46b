/* The statements of the read side, and what query.c shares with its own. */
#ifndef IKEWATCH_STORAGE_QUERY_SQL_H
#define IKEWATCH_STORAGE_QUERY_SQL_H

#include "storage/query.h"

enum query_by {
	BY_END,
	BY_PEER,
	BY_DEVICE,
	BY_TUNNEL,
	BY_REASON,
	BY_SINCE,
	BY_ID,
	BY_NOT_ALL,
};
enum { QUERY_BYS = 8 };

/* select ends in a WHERE that pieces can be added to with AND. */
struct query_row {
	const char *select;
	struct {
		enum query_by by;
		const char *sql;
	} where[QUERY_BYS];
	const char *rest;
};
extern const struct query_row query_rows[QUERY_WHAT_COUNT];

struct sqlite3;
struct sqlite3 *query_handle(struct query *);
const char *query_path(const struct query *);

#endif
