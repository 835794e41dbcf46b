/* Changes by ikewatch(1): few rows, prepared statements, one at a time. */
#include "storage/control.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/span.h"
#include "storage/query.h"

enum { CONTROL_BUSY = 5000 }; /* milliseconds */

struct control {
	sqlite3 *db;
};

struct control *
control_open(const char *path, char err[CONTROL_ERROR_SIZE], int *code)
{
	struct query *q;
	struct control *c;

	/* It must be there and ours before it is opened for changes. */
	if ((q = query_open(path, err, code)) == NULL)
		return NULL;
	query_close(q);
	if (access(path, W_OK) == -1) {
		snprintf(err, CONTROL_ERROR_SIZE,
		    "no right to change %s: use sudo, or be the user ikewatch",
		    path);
		*code = EX_NOPERM;
		return NULL;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK) {
		snprintf(err, CONTROL_ERROR_SIZE, "cannot open %s: %s", path,
		    c == NULL ? "out of memory" : sqlite3_errmsg(c->db));
		*code = EX_IOERR;
		control_close(c);
		return NULL;
	}
	sqlite3_busy_timeout(c->db, CONTROL_BUSY);
	sqlite3_exec(c->db, "PRAGMA trusted_schema = 0", NULL, NULL, NULL);
	return c;
}

void
control_close(struct control *c)
{
	int on = 1;

	if (c == NULL)
		return;
	/* The log stays, so that others may read after us. */
	if (c->db != NULL)
		sqlite3_file_control(
		    c->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &on);
	sqlite3_close(c->db);
	free(c);
}

const char *
control_error(struct control *c)
{
	return sqlite3_errmsg(c->db);
}

static sqlite3_stmt *
control_prepare(struct control *c, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

static void
control_bind(sqlite3_stmt *s, int i, const char *text)
{
	if (text != NULL)
		sqlite3_bind_text(s, i, text, -1, SQLITE_TRANSIENT);
}

/* Runs it to the end. The id of the row put in, -1 on error. */
static int64_t
control_insert(struct control *c, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? sqlite3_last_insert_rowid(c->db) : -1;
}

int64_t
control_silence_add(
    struct control *c, const struct control_silence *w, int64_t now)
{
	sqlite3_stmt *s = control_prepare(c,
	    "INSERT INTO silence(device, peer, tunnel, reason, starts_at,"
	    " ends_at, author, comment, created_at)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

	if (s == NULL)
		return -1;
	control_bind(s, 1, w->device);
	control_bind(s, 2, w->peer);
	control_bind(s, 3, w->tunnel);
	control_bind(s, 4, w->reason);
	sqlite3_bind_int64(s, 5, w->starts_at);
	sqlite3_bind_int64(s, 6, w->ends_at);
	control_bind(s, 7, w->author);
	control_bind(s, 8, w->comment);
	sqlite3_bind_int64(s, 9, now);
	return control_insert(c, s);
}

int
control_silence_end(struct control *c, int64_t id, int64_t now)
{
	sqlite3_stmt *s = control_prepare(c,
	    "UPDATE silence SET ends_at = ?2 WHERE id = ?1 AND ends_at > ?2");

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_int64(s, 2, now);
	if (control_insert(c, s) == -1)
		return -1;
	return sqlite3_changes(c->db) > 0;
}

int64_t
control_ask(
    struct control *c, const char *command, const char *argument, int64_t now)
{
	sqlite3_stmt *s = control_prepare(c,
	    "INSERT INTO control(asked_at, command, argument)"
	    " VALUES(?1, ?2, ?3)");

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, now);
	control_bind(s, 2, command);
	control_bind(s, 3, argument);
	return control_insert(c, s);
}

int
control_answer(struct control *c, int64_t id, char *result, size_t size)
{
	sqlite3_stmt *s = control_prepare(c,
	    "SELECT result FROM control WHERE id = ?1 AND done_at IS NOT NULL");
	int rc, answer = 0;

	if (s == NULL)
		return -1;
	sqlite3_bind_int64(s, 1, id);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		span_copy(result, size,
		    span_of((const char *)sqlite3_column_text(s, 0)));
		answer = 1;
	} else if (rc != SQLITE_DONE)
		answer = -1;
	sqlite3_finalize(s);
	return answer;
}
