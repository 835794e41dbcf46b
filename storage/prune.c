/*
 * Retention. The newest row of each table always stays, so that its id is
 * never given out again. The writer's connection leaves foreign keys alone
 * (see db.c), so what points at a row that goes is seen to here.
 */
#include "storage/prune.h"

#include <sqlite3.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

enum {
	SLICE_ROWS = 1000,
	SLICE_PAGES = 1024,
};
/* Between rounds in which there was nothing to do. */
#define PRUNE_IDLE (10 * SECOND)

/* What the age of a row is held against. */
enum keep { KEEP_MESSAGES, KEEP_EVENTS, KEEP_NEGOTIATIONS };

/* clang-format off */
/*
 * ?1 is the time before which rows go, ?2 how many at most. The first
 * SIZE_JOBS also make room when the file is too big.
 */
static const struct job {
	enum keep keep;
	const char *sql;
	const char *oldest; /* its oldest row; of the first SIZE_JOBS */
	const char *after[3]; /* for each row that went; ?1 is its id */
} jobs[] = {
	{ KEEP_MESSAGES,
	    "DELETE FROM message WHERE id IN (SELECT id FROM message"
	    " WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)"
	    " AND id < (SELECT max(id) FROM message)",
	    "SELECT min(received_at) FROM message" },
	{ KEEP_EVENTS,
	    "DELETE FROM event WHERE id IN (SELECT id FROM event"
	    " WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)"
	    " AND id < (SELECT max(id) FROM event)",
	    "SELECT min(received_at) FROM event" },
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM negotiation WHERE id IN (SELECT id FROM negotiation"
	    " WHERE started_at < ?1 AND outcome NOT IN ('open','established')"
	    " AND coalesce(ended_at, updated_at) < ?1"
	    " ORDER BY started_at LIMIT ?2)"
	    " AND id < (SELECT max(id) FROM negotiation) RETURNING id",
	    "SELECT min(started_at) FROM negotiation",
	    { "UPDATE event SET negotiation_id = NULL"
	      " WHERE negotiation_id = ?1",
	      "UPDATE alert SET negotiation_id = NULL"
	      " WHERE negotiation_id = ?1" } },
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM alert WHERE id IN (SELECT a.id FROM alert AS a"
	    " WHERE a.opened_at < ?1 AND a.resolved_at < ?1 AND NOT EXISTS"
	    " (SELECT 1 FROM delivery AS v WHERE v.alert_id = a.id"
	    "  AND v.state = 'pending') ORDER BY a.opened_at LIMIT ?2)"
	    " AND id < (SELECT max(id) FROM alert) RETURNING id",
	    NULL,
	    { "DELETE FROM alert_edge WHERE alert_id = ?1",
	      "DELETE FROM delivery WHERE alert_id = ?1" } },
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM outage WHERE id IN (SELECT id FROM outage"
	    " WHERE started_at < ?1 AND ended_at < ?1"
	    " ORDER BY started_at LIMIT ?2)" },
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM silence WHERE ends_at < ?1"
	    " AND id < (SELECT max(id) FROM silence)" },
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM control WHERE asked_at < ?1 AND done_at < ?1"
	    " AND id < (SELECT max(id) FROM control)" },
	/* never up, not configured, and nothing known of it any more */
	{ KEEP_NEGOTIATIONS,
	    "DELETE FROM tunnel WHERE id IN (SELECT t.id FROM tunnel AS t"
	    " WHERE t.configured = 0 AND t.last_established IS NULL"
	    " AND t.state IN ('unknown','down') AND t.since < ?1"
	    " AND coalesce(t.last_failure, 0) < ?1 AND NOT EXISTS"
	    " (SELECT 1 FROM negotiation AS n WHERE n.tunnel_id = t.id)"
	    " LIMIT ?2) AND id < (SELECT max(id) FROM tunnel) RETURNING id",
	    NULL,
	    { "DELETE FROM outage WHERE tunnel_id = ?1",
	      "UPDATE alert SET tunnel_id = NULL WHERE tunnel_id = ?1" } },
};
/* clang-format on */
#define JOBS (sizeof(jobs) / sizeof(jobs[0]))
#define SIZE_JOBS 3
/* Stands for ever, where times of keeping are compared. */
#define KEEP_AT_MOST (400 * DAY)

struct prune {
	int64_t due;
	size_t job; /* whose turn it is */
	bool found; /* something was deleted since the first job */
	/* the clock as it was believed, and as it is doubted */
	bool known, doubted;
	int64_t wall, mono;
	int64_t doubt_wall, doubt_mono;
	/* what the last slice deleted that other rows may have named */
	int64_t gone[SLICE_ROWS];
	size_t ngone;
};

struct prune *
prune_new(void)
{
	return calloc(1, sizeof(struct prune));
}

void
prune_free(struct prune *p)
{
	free(p);
}

int64_t
prune_due(const struct prune *p)
{
	return p->due;
}

void
prune_wake(struct prune *p)
{
	p->due = 0;
}

bool
prune_doubts(const struct prune *p)
{
	return p->doubted;
}

const int64_t *
prune_gone(const struct prune *p, size_t *n)
{
	*n = p->ngone;
	return p->gone;
}

static int
prune_number(sqlite3 *db, const char *sql, int64_t *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	*value = 0;
	if (rc != SQLITE_OK)
		return rc;
	if ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The first look at the clock: the newest row says when it was last right. */
static int
prune_begin(struct prune *p, sqlite3 *db, int64_t wall, int64_t mono)
{
	int64_t last;
	int rc;

	rc = prune_number(db,
	    "SELECT max(coalesce((SELECT received_at FROM"
	    " event ORDER BY id DESC LIMIT 1), 0), coalesce((SELECT"
	    " received_at FROM message ORDER BY id DESC LIMIT 1), 0))",
	    &last);
	if (rc != SQLITE_OK)
		return rc;
	p->known = true;
	p->wall = last != 0 ? last : wall;
	p->mono = mono;
	return SQLITE_OK;
}

/* True where wall has run with mono since the two were taken. */
static bool
prune_agrees(int64_t wall, int64_t mono, int64_t wall0, int64_t mono0)
{
	int64_t off = (wall - wall0) - (mono - mono0);

	return off <= DAY && off >= -DAY;
}

/* May things be deleted by this clock? */
static bool
prune_believes(struct prune *p, int64_t wall, int64_t mono)
{
	bool back = wall - p->wall < mono - p->mono;

	if (back || prune_agrees(wall, mono, p->wall, p->mono)) {
		p->doubted = false;
	} else if (!p->doubted ||
	    !prune_agrees(wall, mono, p->doubt_wall, p->doubt_mono)) {
		p->doubted = true;
		p->doubt_wall = wall;
		p->doubt_mono = mono;
		return false;
	} else if (mono - p->doubt_mono < HOUR) {
		return false;
	}
	p->doubted = false;
	p->wall = wall;
	p->mono = mono;
	return true;
}

/* One of a job's statements for what pointed at the rows that are gone. */
static int
prune_after(struct prune *p, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	for (size_t i = 0; rc == SQLITE_OK && i < p->ngone; i++) {
		sqlite3_bind_int64(stmt, 1, p->gone[i]);
		sqlite3_step(stmt);
		rc = sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int
prune_delete(struct prune *p, sqlite3 *db, const struct job *job,
    int64_t before, uint64_t *rows)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, job->sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, before);
	if (sqlite3_bind_parameter_count(stmt) > 1)
		sqlite3_bind_int(stmt, 2, SLICE_ROWS);
	while (sqlite3_step(stmt) == SQLITE_ROW && p->ngone < SLICE_ROWS)
		p->gone[p->ngone++] = sqlite3_column_int64(stmt, 0);
	rc = sqlite3_finalize(stmt);
	if (rc == SQLITE_OK)
		*rows += sqlite3_changes(db);
	for (int i = 0; rc == SQLITE_OK && job->after[i] != NULL; i++)
		rc = prune_after(p, db, job->after[i]);
	return rc;
}

static int64_t
prune_keeps(const struct prune_conf *conf, enum keep keep)
{
	return keep == KEEP_MESSAGES ? conf->messages
	    : keep == KEEP_EVENTS    ? conf->events
				     : conf->negotiations;
}

/* True when what is in use (not the pages already free) is over the limit. */
static int
prune_too_big(sqlite3 *db, int64_t max, bool *big)
{
	int64_t size = 0;
	int rc = SQLITE_OK;

	if (max > 0)
		rc = prune_number(db,
		    "SELECT (page_count - freelist_count)"
		    " * page_size FROM pragma_page_count,"
		    " pragma_freelist_count, pragma_page_size",
		    &size);
	/* leave a twentieth free, so that the file need not grow */
	*big = size > max - max / 20;
	return rc;
}

/* How much of its time a table's oldest row has had, in thousandths. */
static int
prune_used(sqlite3 *db, const struct prune_conf *conf, const struct job *job,
    int64_t wall, int64_t *used)
{
	int64_t keep = prune_keeps(conf, job->keep), oldest;
	int rc = prune_number(db, job->oldest, &oldest);

	if (keep <= 0)
		keep = KEEP_AT_MOST;
	*used = oldest == 0 || wall < oldest
	    ? 0
	    : (wall - oldest) / (keep / 1000 + 1);
	return rc;
}

/*
 * Too big: all times of keeping shrink alike. The table whose oldest row has
 * had most of its time gives first, the next where it has nothing to give.
 */
static int
prune_by_size(struct prune *p, sqlite3 *db, const struct prune_conf *conf,
    int64_t wall, uint64_t *rows)
{
	int64_t used, most;
	unsigned tried = 0;
	size_t turn;
	int rc = SQLITE_OK;

	for (int n = 0; n < SIZE_JOBS && *rows == 0; n++) {
		most = -1;
		turn = 0;
		for (size_t i = 0; rc == SQLITE_OK && i < SIZE_JOBS; i++) {
			if (tried & 1u << i)
				continue;
			rc = prune_used(db, conf, &jobs[i], wall, &used);
			if (used > most) {
				most = used;
				turn = i;
			}
		}
		tried |= 1u << turn;
		if (rc == SQLITE_OK)
			rc = prune_delete(p, db, &jobs[turn], INT64_MAX, rows);
		if (rc != SQLITE_OK)
			return rc;
	}
	return rc;
}

/* The job's rows by age; after the last job, rows by size. */
static int
prune_rows(struct prune *p, sqlite3 *db, const struct prune_conf *conf,
    int64_t wall, uint64_t *rows)
{
	int64_t keep;
	bool big = false;
	int rc;

	if (p->job < JOBS) {
		keep = prune_keeps(conf, jobs[p->job].keep);
		return keep > 0 && !p->doubted
		    ? prune_delete(p, db, &jobs[p->job], wall - keep, rows)
		    : SQLITE_OK;
	}
	rc = prune_too_big(db, conf->max_size, &big);
	return rc == SQLITE_OK && big ? prune_by_size(p, db, conf, wall, rows)
				      : rc;
}

/* Moves on when a table has nothing more to give. */
static void
prune_turn(struct prune *p, bool deleted, int64_t mono)
{
	p->found |= deleted;
	p->due = mono; /* there may be more */
	if (deleted)
		return;
	if (++p->job <= JOBS)
		return;
	p->job = 0;
	if (!p->found)
		p->due = mono + PRUNE_IDLE;
	p->found = false;
}

/* Gives free pages back to the file system. */
static int
prune_vacuum(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	int64_t spare;
	int rc;

	rc = prune_number(db, "PRAGMA freelist_count", &spare);
	if (rc != SQLITE_OK || spare < SLICE_PAGES)
		return rc;
	rc = sqlite3_prepare_v2(
	    db, "PRAGMA incremental_vacuum(1024)", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		continue;
	return sqlite3_finalize(stmt);
}

int
prune_slice(struct prune *p, sqlite3 *db, const struct prune_conf *conf,
    int64_t wall, int64_t mono, uint64_t *rows)
{
	int rc = SQLITE_OK;

	*rows = 0;
	p->ngone = 0;
	if (!p->known)
		rc = prune_begin(p, db, wall, mono);
	if (rc == SQLITE_OK)
		prune_believes(p, wall, mono);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		p->due = mono + SECOND;
		return rc;
	}
	rc = prune_rows(p, db, conf, wall, rows);
	if (rc == SQLITE_OK)
		rc = prune_vacuum(db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		*rows = 0;
		p->ngone = 0;
		p->due = mono + SECOND;
		return rc;
	}
	prune_turn(p, *rows > 0, mono);
	return SQLITE_OK;
}
