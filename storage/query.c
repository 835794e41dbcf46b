/*
 * Opening and asking. Its one rule: the text of a statement is put together
 * of fixed pieces only; what was asked for is always bound.
 */
#include "storage/query.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "storage/query_sql.h"
#include "storage/schema.h"

enum { QUERY_BUSY = 2000 }; /* milliseconds */

struct query {
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int rc; /* of the last step */
	char *path;
	char error[QUERY_ERROR_SIZE];
};

/* "file:/a%20path?immutable=1" */
static char *
query_uri(const char *path)
{
	size_t n = strlen(path), at = 0;
	char *uri = malloc(n * 3 + 64);

	if (uri == NULL)
		return NULL;
	at = (size_t)snprintf(uri, 64, "file:");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i];

		if (c == '%' || c == '?' || c == '#')
			at += (size_t)snprintf(uri + at, 4, "%%%02x", c);
		else
			uri[at++] = (char)c;
	}
	snprintf(uri + at, 32, "?immutable=1");
	return uri;
}

/* Is there something in the log beside the file that must be read too? */
static bool
query_has_log(const char *path)
{
	size_t size = strlen(path) + 5;
	char *wal = malloc(size);
	struct stat st;
	bool has;

	if (wal == NULL)
		return true;
	snprintf(wal, size, "%s-wal", path);
	has = stat(wal, &st) == 0 && st.st_size > 0;
	free(wal);
	return has;
}

static int
query_try(sqlite3 **db, const char *name, int flags)
{
	int rc = sqlite3_open_v2(name, db, SQLITE_OPEN_READONLY | flags, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, QUERY_BUSY);
		rc = sqlite3_exec(*db,
		    "PRAGMA query_only = 1; PRAGMA trusted_schema = 0;"
		    "SELECT count(*) FROM sqlite_schema",
		    NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return rc;
}

/*
 * A copy lies in a folder where no index of its log can be made: without a
 * log it is read as a file that nobody changes.
 */
static int
query_connect(sqlite3 **db, const char *path)
{
	int rc = query_try(db, path, 0);
	char *uri;

	if ((rc != SQLITE_CANTOPEN && rc != SQLITE_READONLY &&
		(rc & 0xff) != SQLITE_READONLY) ||
	    query_has_log(path))
		return rc;
	if ((uri = query_uri(path)) == NULL)
		return SQLITE_NOMEM;
	rc = query_try(db, uri, SQLITE_OPEN_URI);
	free(uri);
	return rc;
}

static int
query_refuse(char err[QUERY_ERROR_SIZE], int *code, int exit_code,
    const char *fmt, const char *path)
{
	/* Every fmt below has one %s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(err, QUERY_ERROR_SIZE, fmt, path);
#pragma GCC diagnostic pop
	*code = exit_code;
	return -1;
}

static int
query_readable(const char *path, char err[QUERY_ERROR_SIZE], int *code)
{
	struct stat st;

	if (stat(path, &st) == -1 && (errno == ENOENT || errno == ENOTDIR))
		return query_refuse(err, code, EX_NOINPUT,
		    "there is no database at %s: is ikewatchd running? "
		    "--db names another",
		    path);
	if (access(path, R_OK) == -1)
		return query_refuse(err, code, EX_NOINPUT,
		    "no right to read %s: become a member of the group "
		    "ikewatch, or use sudo",
		    path);
	if (S_ISDIR(st.st_mode))
		return query_refuse(err, code, EX_NOINPUT,
		    "%s is a folder; name the file in it", path);
	return 0;
}

static int
query_judge(
    sqlite3 *db, const char *path, char err[QUERY_ERROR_SIZE], int *code)
{
	switch (schema_look(db)) {
	case SCHEMA_READY:
		return 0;
	case SCHEMA_OLDER:
		return query_refuse(err, code, EX_DATAERR,
		    "%s is empty or was written by an older version: start "
		    "ikewatchd once, it brings the file up to date",
		    path);
	case SCHEMA_NEWER:
		return query_refuse(err, code, EX_DATAERR,
		    "%s was written by a newer version: use the ikewatch of "
		    "that version",
		    path);
	case SCHEMA_FOREIGN:
		return query_refuse(err, code, EX_DATAERR,
		    "%s is not a database of ikewatch", path);
	case SCHEMA_DAMAGED:
	case SCHEMA_FAILED:
		break;
	}
	return query_refuse(err, code, EX_DATAERR,
	    "%s is damaged or no database of ikewatch", path);
}

struct query *
query_open(const char *path, char err[QUERY_ERROR_SIZE], int *code)
{
	struct query *q;
	sqlite3 *db = NULL;
	int rc;

	if (query_readable(path, err, code) == -1)
		return NULL;
	rc = query_connect(&db, path);
	if (rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT) {
		query_refuse(err, code, EX_DATAERR,
		    "%s is damaged or no database of ikewatch", path);
		return NULL;
	}
	if (rc != SQLITE_OK) {
		snprintf(err, QUERY_ERROR_SIZE, "cannot open %s: %s%s", path,
		    sqlite3_errstr(rc),
		    query_has_log(path)
			? "; its -wal and -shm files must be readable too"
			: "");
		*code = EX_NOINPUT;
		return NULL;
	}
	if (query_judge(db, path, err, code) == -1 ||
	    (q = calloc(1, sizeof(*q))) == NULL) {
		sqlite3_close(db);
		return NULL;
	}
	q->db = db;
	q->path = strdup(path);
	return q;
}

void
query_close(struct query *q)
{
	if (q == NULL)
		return;
	sqlite3_finalize(q->stmt);
	sqlite3_close(q->db);
	free(q->path);
	free(q);
}

static int
query_failed(struct query *q)
{
	snprintf(q->error, sizeof(q->error), "%s", sqlite3_errmsg(q->db));
	sqlite3_finalize(q->stmt);
	q->stmt = NULL;
	return -1;
}

static void
query_bind_text(struct query *q, const char *name, const char *value)
{
	int i = sqlite3_bind_parameter_index(q->stmt, name);

	if (i > 0 && value != NULL)
		sqlite3_bind_text(q->stmt, i, value, -1, SQLITE_TRANSIENT);
}

static void
query_bind_int(struct query *q, const char *name, int64_t value)
{
	int i = sqlite3_bind_parameter_index(q->stmt, name);

	if (i > 0)
		sqlite3_bind_int64(q->stmt, i, value);
}

/* Is this filter set? */
static bool
query_wants(const struct query_filter *f, enum query_by by)
{
	switch (by) {
	case BY_PEER:
		return f->peer != NULL;
	case BY_DEVICE:
		return f->device != NULL;
	case BY_TUNNEL:
		return f->tunnel != NULL;
	case BY_REASON:
		return f->reason != NULL;
	case BY_SINCE:
		return f->since != 0;
	case BY_ID:
		return f->id != 0;
	case BY_NOT_ALL:
		return !f->all;
	default:
		return false;
	}
}

static bool
query_add(char *sql, size_t size, const char *piece)
{
	size_t at = strlen(sql);

	return (size_t)snprintf(sql + at, size - at, "%s", piece) < size - at;
}

static bool
query_text_of(const struct query_row *row, const struct query_filter *f,
    char *sql, size_t size)
{
	bool whole = true;

	sql[0] = '\0';
	whole &= query_add(sql, size, row->select);
	for (size_t i = 0; i < QUERY_BYS && row->where[i].by != BY_END; i++) {
		if (!query_wants(f, row->where[i].by))
			continue;
		whole &= query_add(sql, size, " AND ");
		whole &= query_add(sql, size, row->where[i].sql);
	}
	if (row->rest != NULL)
		whole &= query_add(sql, size, row->rest);
	return whole;
}

int
query_ask(struct query *q, enum query_what what, const struct query_filter *f)
{
	char sql[8192];

	sqlite3_finalize(q->stmt);
	q->stmt = NULL;
	q->error[0] = '\0';
	q->rc = SQLITE_OK;
	if (!query_text_of(&query_rows[what], f, sql, sizeof(sql))) {
		snprintf(q->error, sizeof(q->error), "too long a question");
		return -1;
	}
	if (sqlite3_prepare_v2(q->db, sql, -1, &q->stmt, NULL) != SQLITE_OK)
		return query_failed(q);
	query_bind_text(q, ":peer", f->peer);
	query_bind_text(q, ":device", f->device);
	query_bind_text(q, ":tunnel", f->tunnel);
	query_bind_text(q, ":reason", f->reason);
	query_bind_int(q, ":since", f->since);
	query_bind_int(q, ":until", f->until == 0 ? INT64_MAX : f->until);
	query_bind_int(q, ":id", f->id);
	query_bind_int(q, ":limit", f->limit <= 0 ? -1 : f->limit);
	return 0;
}

bool
query_next(struct query *q)
{
	if (q->stmt == NULL)
		return false;
	q->rc = sqlite3_step(q->stmt);
	if (q->rc == SQLITE_ROW)
		return true;
	if (q->rc != SQLITE_DONE)
		query_failed(q);
	else {
		sqlite3_finalize(q->stmt);
		q->stmt = NULL;
	}
	return false;
}

struct span
query_text(struct query *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);

	if (text == NULL)
		return SPAN_NONE;
	return (
	    struct span){ text, (size_t)sqlite3_column_bytes(q->stmt, column) };
}

int64_t
query_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

bool
query_null(struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

const char *
query_error(struct query *q)
{
	return q->error[0] == '\0' ? NULL : q->error;
}

struct sqlite3 *
query_handle(struct query *q)
{
	return q->db;
}

const char *
query_path(const struct query *q)
{
	return q->path;
}
