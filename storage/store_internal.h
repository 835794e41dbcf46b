/*
 * The store's inside, for the other files of storage/ only: what they put
 * into the queue, and how the writer turns it into rows.
 *
 * A kind of record is an applier. Records go through the queue as bytes and
 * come out on the writer's thread inside the transaction of their batch, in
 * the order they were pushed (after the rows of negotiations, tunnels and
 * devices of the same batch). Whatever one record does is committed whole or
 * not at all: put rows that belong together into one record.
 */
#ifndef IKEWATCH_STORAGE_STORE_INTERNAL_H
#define IKEWATCH_STORAGE_STORE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/span.h"
#include "storage/store.h"

struct sqlite3;
struct sqlite3_stmt;

struct store_applier {
	/*
	 * Statements, prepared once for each opened database; ends with NULL.
	 * At most STORE_STATEMENTS. stmt[] below has them in this order.
	 */
	const char *const *sql;
	/*
	 * One record into rows, on the writer's thread. Bind, then run with
	 * store_step(). Returns an SQLite code; SQLITE_OK or SQLITE_DONE for
	 * success. Anything else undoes what this record did: full disk,
	 * I/O errors and locks put the whole batch off until they are over
	 * (apply is then called again with the same bytes), other errors drop
	 * and count this one record.
	 */
	int (*apply)(
	    struct sqlite3_stmt *const *stmt, const void *bytes, size_t len);
};
#define STORE_STATEMENTS 16
#define STORE_KINDS_MAX 16

/* Runs a statement that gives no rows, resets it and clears its bindings.
 * SQLITE_OK or an SQLite code. */
int store_step(struct sqlite3_stmt *);
/* Binds text; empty becomes NULL. Bytes that are not UTF-8, and NUL, become
 * \xHH. The bytes must live until store_step(). */
int store_bind_span(struct sqlite3_stmt *, int index, struct span);
int store_bind_text(struct sqlite3_stmt *, int index, const char *);
/* Binds a number; 0 becomes NULL. */
int store_bind_id(struct sqlite3_stmt *, int index, int64_t);

/* Before store_start(). Returns the kind for store_push(), -1 when there are
 * too many. The applier must live as long as the store. */
int store_register(struct store *, const struct store_applier *)
    __attribute__((warn_unused_result));

enum store_push_flag {
	/*
	 * An alert depends on it: its batch is written at once and reaches the
	 * disk (synchronous=FULL) before it counts as committed. It may also
	 * use the queue's reserve when the queue is full for other rows.
	 */
	STORE_DURABLE = 1 << 0,
	/* Nobody waits for it, but half of that reserve is open to it. */
	STORE_RESERVE = 1 << 1,
};
/*
 * Copies len bytes into the queue. Returns the record's number (1, 2, 3 ...),
 * 0 when it was refused because the queue is full (counted).
 */
uint64_t store_push(
    struct store *, int kind, unsigned flags, const void *bytes, size_t len);
/*
 * The number up to which every record is committed; never goes back. For the
 * loop only; the committed callback of store_start() says when it has grown.
 * Where writing has failed for five seconds (a minute, where only another
 * program's lock is in the way), all that was pushed so far counts as well:
 * people must hear of it, if need be twice.
 */
uint64_t store_committed(struct store *);

/*
 * The writer's connection, for reading at start: only between store_open()
 * and store_start().
 */
struct sqlite3 *store_db(struct store *);
/*
 * The loop's own connection, read only, for small questions while the writer
 * runs (never blocked by it). Opened on first use, and again when the file
 * was replaced: ask for it each time and keep no statement. NULL on failure.
 */
struct sqlite3 *store_reader(struct store *);

#endif
