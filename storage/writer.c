/*
 * The writer's thread: batches from the queue into transactions, and between
 * them checkpoints, retention and a look whether the file is still there. A
 * batch is kept until it is committed; nothing of it is lost to a full disk.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parsers/hash.h"
#include "storage/store_impl.h"

#define MS INT64_C(1000)
#define SECOND (1000 * MS)

enum {
	BATCH_ROWS = 6000,     /* some of them fit into the queue */
	WAL_AHEAD = 512,       /* pages the disk begins with before that */
	WAL_PAGES = 16384,     /* 64 MiB: then it is worth a checkpoint */
	WAL_BYTES = 128 << 20, /* then readers are waited for */
	WAL_ALARM = 256 << 20, /* and then somebody is told */
};
#define BATCH_GATHER (250 * MS)
#define BUSY_WAIT SECOND	  /* for another program's lock */
#define BUSY_CHECKPOINT (50 * MS) /* the same, for a checkpoint */
#define BACKOFF_FIRST (50 * MS)
#define BACKOFF_LAST SECOND
#define PRESENT_EVERY SECOND
#define CHECKPOINT_EVERY (5 * SECOND)
#define COUNT_EVERY SECOND
#define IDLE_LEAST (10 * MS)
#define PRUNE_LEAST (20 * MS)
#define REOPEN_AFTER 3 /* failures in a row */
/* From the first failure to when alerts no longer wait for the disk. */
#define HOPELESS (5 * SECOND)
#define HOPELESS_LOCKED (60 * SECOND)

/* A record that later ones of its batch may replace, by kind and id. */
struct place {
	uint64_t key;
	struct queue_record *record;
};

/* In this order a batch is written: the rows that others point at first. */
enum phase { PHASE_TUNNELS, PHASE_NEGOTIATIONS, PHASE_RECORDS, PHASE_REST };

struct list {
	struct queue_record *first, **end;
};

struct writer {
	struct store *s;
	struct place *place; /* open addressing, for one batch */
	struct hash_key key;
	size_t places;
	struct list phase[PHASE_REST + 1];
	bool full_sync, log_told, clock_told;
	bool careful;  /* with this batch: a savepoint for each record */
	bool log_lost; /* a sync failed: parts of the log may not be on disk */
	int64_t failing_since;
	int wal_pages, wal_begun; /* in the log; of them begun to be synced */
	int64_t busy_since, busy_wait;
	int64_t last_batch, batch_took, next_present, next_checkpoint,
	    next_count;
	/* of the batch that is tried */
	uint64_t rows, messages, bad, bad_messages;
};

int64_t
writer_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static bool
writer_must_stop(const struct store *s)
{
	return queue_closed(s->queue) && writer_clock() >= s->stop_at;
}

static void
writer_sleep(struct store *s, int64_t us)
{
	struct timespec t = { .tv_nsec = 20 * MS * 1000 };

	if (queue_closed(s->queue))
		nanosleep(&t, NULL);
	else
		queue_sleep(s->queue, us);
}

/* SQLite's busy handler: waits for another program's lock, within bounds. */
static int
writer_busy(void *arg, int times)
{
	struct writer *w = arg;
	struct timespec t = { .tv_nsec = 2 * MS * 1000 };
	int64_t now = writer_clock();

	if (times == 0)
		w->busy_since = now;
	if (now - w->busy_since >= w->busy_wait || writer_must_stop(w->s))
		return 0;
	nanosleep(&t, NULL);
	return 1;
}

static int
writer_wal_hook(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct writer *w = arg;

	(void)db;
	(void)name;
	w->wal_pages = pages;
	return SQLITE_OK;
}

/* After every opening of the file. */
static void
writer_attach(struct writer *w)
{
	sqlite3_busy_handler(w->s->db.sql, writer_busy, w);
	sqlite3_wal_hook(w->s->db.sql, writer_wal_hook, w);
	w->full_sync = false; /* as db.c leaves it */
	w->busy_wait = BUSY_WAIT;
	w->wal_pages = 0;
}

static int
writer_exec(struct writer *w, const char *sql)
{
	return sqlite3_exec(w->s->db.sql, sql, NULL, NULL, NULL);
}

/* Coalescing: the last state of a row within a batch is the one written. */

static uint64_t
writer_key(const struct writer *w, const struct queue_record *r, void *bytes)
{
	const struct packed_device *d = bytes;

	if (r->kind != PACK_DEVICE)
		return *(const uint64_t *)bytes << 2 | r->kind;
	return hash_bytes(&w->key, d + 1, d->len[0]) << 2 | PACK_DEVICE;
}

static bool
writer_same(struct queue_record *a, struct queue_record *b)
{
	const struct packed_device *x = queue_bytes(a), *y = queue_bytes(b);

	if (a->kind != PACK_DEVICE)
		return true;
	return x->len[0] == y->len[0] && memcmp(x + 1, y + 1, x->len[0]) == 0;
}

/* The later of two keeps what only the earlier one knew. */
static void
writer_supersede(struct queue_record *old, struct queue_record *new)
{
	struct packed_negotiation *a = queue_bytes(old), *b = queue_bytes(new);
	struct packed_device *x = queue_bytes(old), *y = queue_bytes(new);

	if (old->kind == PACK_DEVICE) {
		/* an address or vendor may be in one of them only */
		if ((x->len[1] > 0 && y->len[1] == 0) ||
		    (x->len[2] > 0 && y->len[2] == 0))
			return;
	}
	if (old->kind == PACK_NEGOTIATION && b->established_at == 0)
		b->established_at = a->established_at;
	old->flags |= QUEUE_SKIP;
}

static void
writer_enter(struct writer *w, struct queue_record *r)
{
	uint64_t key = writer_key(w, r, queue_bytes(r));
	size_t i = key * UINT64_C(0x9e3779b97f4a7c15) >> 20;

	for (i &= w->places - 1; w->place[i].record != NULL;
	     i = (i + 1) & (w->places - 1)) {
		if (w->place[i].key != key ||
		    !writer_same(w->place[i].record, r))
			continue;
		writer_supersede(w->place[i].record, r);
		break;
	}
	w->place[i] = (struct place){ key, r };
}

static enum phase
writer_phase(int kind)
{
	static const enum phase phases[PACK_KINDS] = {
		[PACK_DEVICE] = PHASE_TUNNELS,
		[PACK_TUNNEL] = PHASE_TUNNELS,
		[PACK_NEGOTIATION] = PHASE_NEGOTIATIONS,
		[PACK_MESSAGE] = PHASE_RECORDS,
		[PACK_EVENT] = PHASE_RECORDS,
		[PACK_JOIN] = PHASE_REST,
	};

	return kind < PACK_KINDS ? phases[kind] : PHASE_REST;
}

/* Deals the batch out to the phases, and finds what later rows replace. */
static void
writer_sort(struct writer *w)
{
	struct list *l;

	struct queue *q = w->s->queue;
	size_t rows = queue_batch_rows(q), want = 64;

	while (want < 2 * rows)
		want *= 2;
	if (want > w->places) {
		free(w->place);
		w->place = malloc(want * sizeof(*w->place));
		w->places = w->place == NULL ? 0 : want;
	}
	/* without memory all are written, one after the other */
	if (w->place != NULL)
		memset(w->place, 0, w->places * sizeof(*w->place));
	for (int i = 0; i <= PHASE_REST; i++)
		w->phase[i] = (struct list){ NULL, &w->phase[i].first };
	for (struct queue_record *r = queue_next(q, NULL); r != NULL;
	     r = queue_next(q, r)) {
		l = &w->phase[writer_phase(r->kind)];
		r->next = NULL;
		*l->end = r;
		l->end = &r->next;
		if (w->place != NULL && r->kind <= PACK_NEGOTIATION)
			writer_enter(w, r);
	}
}

/* Writing. */

static int
writer_apply(struct writer *w, struct queue_record *r)
{
	struct store_own_applier *a;
	int rc;

	if (r->kind < PACK_KINDS) {
		rc = rows_apply(w->s->rows, r->kind, queue_bytes(r));
	} else {
		a = &w->s->applier[r->kind - PACK_KINDS];
		rc = a->applier->apply(a->stmt, queue_bytes(r), r->len);
	}
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/*
 * A record of several statements: all of them or none. A savepoint for each
 * costs more than the statements do, and next to no record needs it: the
 * first that does sends the whole batch back, to be written again with them.
 */
static int
writer_compound(struct writer *w, struct queue_record *r)
{
	int rc, undo = SQLITE_OK;

	if (!w->careful) {
		rc = writer_apply(w, r);
		if (rc == SQLITE_OK || rows_environment(rc))
			return rc;
		w->careful = true;
		return SQLITE_ABORT;
	}
	rc = writer_exec(w, "SAVEPOINT record");
	if (rc != SQLITE_OK)
		return rc;
	rc = writer_apply(w, r);
	if (rc != SQLITE_OK && !rows_environment(rc))
		undo = writer_exec(w, "ROLLBACK TO record");
	if (undo != SQLITE_OK)
		return undo;
	if (!rows_environment(rc))
		undo = writer_exec(w, "RELEASE record");
	return undo != SQLITE_OK ? undo : rc;
}

/* SQLITE_OK also for a record that had to be dropped; it is counted. */
static int
writer_record(struct writer *w, struct queue_record *r)
{
	int rc = SQLITE_OK;

	if (r->flags & QUEUE_SKIP)
		return SQLITE_OK;
	if (r->kind >= PACK_JOIN)
		rc = writer_compound(w, r);
	else
		rc = rows_apply(w->s->rows, r->kind, queue_bytes(r));
	if (rows_environment(rc))
		return rc;
	if (rc != SQLITE_OK) {
		w->bad++;
		w->bad_messages += r->kind == PACK_MESSAGE;
	} else {
		w->rows++;
		w->messages += r->kind == PACK_MESSAGE;
	}
	return SQLITE_OK;
}

/* Outages follow every step of a tunnel, not only the last of the batch. */
static int
writer_outages(struct writer *w)
{
	int rc;

	for (struct queue_record *r = w->phase[PHASE_TUNNELS].first; r != NULL;
	     r = r->next) {
		if (r->kind != PACK_TUNNEL)
			continue;
		rc = rows_outage(w->s->rows, queue_bytes(r));
		if (rows_environment(rc))
			return rc;
	}
	return SQLITE_OK;
}

static int
writer_records(struct writer *w)
{
	int rc = SQLITE_OK;

	for (int i = 0; i <= PHASE_REST; i++) {
		for (struct queue_record *r = w->phase[i].first; r != NULL;
		     r = r->next)
			if ((rc = writer_record(w, r)) != SQLITE_OK)
				return rc;
		if (i == PHASE_TUNNELS && (rc = writer_outages(w)) != SQLITE_OK)
			return rc;
	}
	return rc;
}

static int
writer_transaction(struct writer *w)
{
	bool full = queue_batch_urgent(w->s->queue);
	int rc = SQLITE_OK;

	w->rows = w->messages = w->bad = w->bad_messages = 0;
	if (full != w->full_sync) {
		rc = writer_exec(w,
		    full ? "PRAGMA synchronous=FULL"
			 : "PRAGMA synchronous=NORMAL");
		w->full_sync = full;
	}
	if (rc == SQLITE_OK)
		rc = writer_exec(w, "BEGIN IMMEDIATE");
	if (rc == SQLITE_OK)
		rc = writer_records(w);
	if (rc == SQLITE_OK)
		rc = writer_exec(w, "COMMIT");
	return rc;
}

static void
writer_rollback(struct writer *w)
{
	if (w->s->db.sql == NULL)
		return;
	if (!sqlite3_get_autocommit(w->s->db.sql))
		writer_exec(w, "ROLLBACK");
	rows_forget(w->s->rows);
}

/* Where it fails nothing is open, and it is tried again later. */
static void
writer_reopen(struct writer *w, const char *damaged)
{
	if (store_reopen(w->s, damaged) == 0)
		writer_attach(w);
}

static bool
writer_damaged(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* How long alerts wait for this; later they leave without being kept. */
static void
writer_judge(struct writer *w, int rc)
{
	struct store *s = w->s;
	int64_t now = writer_clock();

	if (!s->failing)
		w->failing_since = now;
	s->hopeless_at = w->failing_since +
	    ((rc & 0xff) == SQLITE_BUSY ? HOPELESS_LOCKED : HOPELESS);
	if (now >= s->hopeless_at && s->committed != NULL)
		s->committed(s->committed_arg);
}

/* Tells once that writing fails, and why; the words may change later. */
static void
writer_failed(struct writer *w, int rc)
{
	char text[STORE_NOTICE_SIZE];
	struct store *s = w->s;

	writer_judge(w, rc);
	if (s->db.sql != NULL)
		store_fail(s,
		    rc == SQLITE_BUSY
			? "the database is locked by another program"
			: sqlite3_errmsg(s->db.sql));
	if (s->failing)
		return;
	s->failing = true;
	pthread_mutex_lock(&s->lock);
	snprintf(text, sizeof(text), "writing to %.150s fails: %s", s->path,
	    s->error);
	pthread_mutex_unlock(&s->lock);
	store_say(s, text);
}

static void
writer_recovered(struct writer *w)
{
	if (!w->s->failing)
		return;
	w->s->failing = false;
	w->s->hopeless_at = 0;
	store_say(w->s, "writing to the database goes on");
}

/* What can be done about a failure besides waiting. */
static void
writer_mend(struct writer *w, int rc, int failures)
{
	struct store *s = w->s;
	int kind = rc & 0xff;
	char why[100];

	if (s->db.sql != NULL && writer_damaged(rc)) {
		snprintf(why, sizeof(why), "%s", sqlite3_errmsg(s->db.sql));
		writer_reopen(w, why);
	} else if (s->db.sql == NULL || !db_present(&s->db) ||
	    (kind != SQLITE_BUSY && kind != SQLITE_FULL &&
		failures % REOPEN_AFTER == 0)) {
		writer_reopen(w, NULL);
	}
}

/*
 * After a failed sync the system may have dropped what it had still to write,
 * and says so only once. What the log holds is copied into the file, and the
 * log begun again, before anything else counts as written.
 */
static int
writer_renew_log(struct writer *w)
{
	int rc = sqlite3_wal_checkpoint_v2(
	    w->s->db.sql, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	w->log_lost = rc != SQLITE_OK;
	w->wal_pages = 0;
	return rc;
}

static int
writer_try(struct writer *w)
{
	int rc = SQLITE_OK;

	if (w->s->db.sql == NULL)
		return SQLITE_CANTOPEN;
	if (w->log_lost)
		rc = writer_renew_log(w);
	w->careful = false;
	if (rc == SQLITE_OK)
		rc = writer_transaction(w);
	if (w->careful) {
		writer_rollback(w);
		rc = writer_transaction(w);
	}
	w->log_lost |= rc == SQLITE_IOERR_FSYNC;
	return rc;
}

/* Tries until the batch is committed; false when told to stop before. */
static bool
writer_insist(struct writer *w)
{
	struct store *s = w->s;
	int64_t backoff = BACKOFF_FIRST;
	int rc, failures = 0;

	for (;;) {
		rc = writer_try(w);
		if (rc == SQLITE_OK)
			break;
		writer_failed(w, rc);
		writer_rollback(w);
		if (writer_must_stop(s))
			return false;
		writer_mend(w, rc, ++failures);
		if (!writer_damaged(rc))
			writer_sleep(s, backoff);
		backoff =
		    backoff * 2 < BACKOFF_LAST ? backoff * 2 : BACKOFF_LAST;
	}
	writer_recovered(w);
	return true;
}

/* What was not written counts as refused. */
static void
writer_give_up(struct writer *w)
{
	struct queue *q = w->s->queue;

	for (struct queue_record *r = queue_next(q, NULL); r != NULL;
	     r = queue_next(q, r)) {
		w->s->refused++;
		w->s->messages_refused += r->kind == PACK_MESSAGE;
	}
	queue_done(q);
}

/* In a storm the log goes to the disk while the next batch is written. */
static void
writer_begin_sync(struct writer *w)
{
	if (w->wal_begun > w->wal_pages) /* the log began again */
		w->wal_begun = 0;
	if (w->wal_pages - w->wal_begun < WAL_AHEAD)
		return;
	w->wal_begun = w->wal_pages;
	db_begin_sync(w->s->path);
}

static void
writer_batch(struct writer *w)
{
	struct store *s = w->s;
	int64_t begin = writer_clock();
	size_t records = queue_batch_rows(s->queue);

	writer_sort(w);
	if (!writer_insist(w)) {
		writer_give_up(w);
		return;
	}
	writer_begin_sync(w);
	w->last_batch = writer_clock();
	w->batch_took = w->last_batch - begin;
	s->commit_us += w->batch_took;
	s->commits++;
	s->written += w->rows;
	s->messages_written += w->messages;
	s->refused += w->bad;
	s->messages_refused += w->bad_messages;
	s->durable += records;
	queue_done(s->queue);
	if (s->committed != NULL)
		s->committed(s->committed_arg);
}

/* Between the batches. */

static void
writer_checkpoint(struct writer *w, int mode, int64_t now)
{
	int log = 0, done = 0, rc;

	w->busy_wait = BUSY_CHECKPOINT;
	rc = sqlite3_wal_checkpoint_v2(w->s->db.sql, "main", mode, &log, &done);
	w->busy_wait = BUSY_WAIT;
	w->log_lost |= rc == SQLITE_IOERR_FSYNC;
	/* all of it is in the file: the log begins again by itself */
	if (rc == SQLITE_OK && log == done)
		w->wal_pages = 0;
	else /* a reader needs what is left */
		w->next_checkpoint = now + CHECKPOINT_EVERY;
	w->s->wal_bytes = db_wal_bytes(w->s->path);
}

/* A busy log is copied now and then, a huge or an idle one is emptied. */
static void
writer_tend_log(struct writer *w, int64_t now)
{
	bool idle = now - w->last_batch >= 2 * SECOND;

	if (w->wal_pages >= WAL_PAGES && now >= w->next_checkpoint)
		writer_checkpoint(w, SQLITE_CHECKPOINT_PASSIVE, now);
	else if (w->s->wal_bytes > (idle ? 0 : WAL_BYTES) &&
	    now >= w->next_checkpoint)
		writer_checkpoint(w, SQLITE_CHECKPOINT_TRUNCATE, now);
}

/* Told once for each time that the log grows out of bounds. */
static void
writer_watch_log(struct writer *w)
{
	char text[STORE_NOTICE_SIZE];
	int64_t bytes = w->s->wal_bytes;

	if (!w->log_told && bytes > WAL_ALARM) {
		snprintf(text, sizeof(text),
		    "%.200s-wal has grown to %d MiB: "
		    "a program that reads the database holds it",
		    w->s->path, (int)(bytes >> 20));
		store_say(w->s, text);
		w->log_told = true;
	} else if (bytes <= WAL_BYTES) {
		w->log_told = false;
	}
}

/* Between its rounds retention sleeps longer than some files take to fill. */
static void
writer_watch_size(struct writer *w)
{
	int64_t max;

	pthread_mutex_lock(&w->s->lock);
	max = w->s->retain.max_size;
	pthread_mutex_unlock(&w->s->lock);
	if (max > 0 && w->s->db_bytes > max - max / 20)
		prune_wake(w->s->prune);
}

static void
writer_tend_count(struct writer *w, int64_t now)
{
	sqlite3_stmt *stmt;

	if (now < w->next_count)
		return;
	w->next_count = now + COUNT_EVERY;
	w->s->wal_bytes = db_wal_bytes(w->s->path);
	writer_watch_log(w);
	if (sqlite3_prepare_v2(w->s->db.sql,
		"SELECT page_count * page_size"
		" FROM pragma_page_count, pragma_page_size",
		-1, &stmt, NULL) != SQLITE_OK)
		return;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		w->s->db_bytes = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	writer_watch_size(w);
}

/* One slice; false when there is no more to do for now. */
static bool
writer_prune(struct writer *w, const struct prune_conf *conf, int64_t now)
{
	struct store *s = w->s;
	const int64_t *gone;
	uint64_t rows;
	size_t n;
	int rc;

	rc = prune_slice(s->prune, s->db.sql, conf, s->latest, now, &rows);
	s->pruned += rows;
	gone = prune_gone(s->prune, &n);
	for (size_t i = 0; i < n; i++)
		rows_gone(s->rows, gone[i]);
	if (prune_doubts(s->prune) && !w->clock_told)
		store_say(s,
		    "the clock is more than a day ahead of what was "
		    "expected: for an hour nothing is deleted by age");
	w->clock_told = prune_doubts(s->prune);
	if (writer_damaged(rc))
		writer_mend(w, rc, 1);
	return rc == SQLITE_OK && prune_due(s->prune) <= writer_clock();
}

/*
 * While no batch is due, and else for at most as long as the one before it
 * took; in an overload shorter.
 */
static void
writer_tend_prune(struct writer *w, int64_t now)
{
	struct store *s = w->s;
	struct prune_conf conf;
	int64_t until = w->batch_took / (queue_full(s->queue) ? 4 : 1);

	if (now < prune_due(s->prune) || s->latest == 0)
		return;
	pthread_mutex_lock(&s->lock);
	conf = s->retain;
	pthread_mutex_unlock(&s->lock);
	until = now + (until > PRUNE_LEAST ? until : PRUNE_LEAST);
	while (writer_prune(w, &conf, now) && !queue_closed(s->queue) &&
	    ((now = writer_clock()) < until ||
		!queue_due(s->queue, BATCH_ROWS, BATCH_GATHER)))
		writer_tend_log(w, now);
}

/* A file that was taken away is noticed also while nothing is written. */
static void
writer_tend_file(struct writer *w, int64_t now)
{
	struct store *s = w->s;

	if (now < w->next_present)
		return;
	w->next_present = now + PRESENT_EVERY;
	if (s->db.sql != NULL && db_present(&s->db))
		return;
	writer_reopen(w, NULL);
	if (s->db.sql == NULL)
		writer_failed(w, SQLITE_CANTOPEN);
	else
		writer_recovered(w);
}

static void
writer_tend(struct writer *w)
{
	int64_t now = writer_clock();

	writer_tend_file(w, now);
	if (w->s->db.sql == NULL)
		return;
	writer_tend_count(w, now);
	writer_tend_log(w, now);
	writer_tend_prune(w, now);
}

/* How long to wait for records before tending the file again. */
static int64_t
writer_idle(const struct store *s)
{
	int64_t idle = prune_due(s->prune) - writer_clock();

	if (idle > SECOND || s->latest == 0)
		return SECOND;
	return idle > IDLE_LEAST ? idle : IDLE_LEAST;
}

void *
writer_run(void *arg)
{
	struct store *s = arg;
	struct writer w = { .s = s, .last_batch = writer_clock() };

	hash_key_random(&w.key);
	writer_attach(&w);
	for (;;) {
		if (queue_take(
			s->queue, BATCH_ROWS, BATCH_GATHER, writer_idle(s)))
			writer_batch(&w);
		else if (queue_closed(s->queue))
			break;
		if (!queue_closed(s->queue))
			writer_tend(&w);
	}
	free(w.place);
	return NULL;
}
