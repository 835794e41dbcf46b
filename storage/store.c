/*
 * The loop's side of the store: ids, the way into the queue, counts. Nothing
 * here waits for the disk once the writer runs.
 */
#include "storage/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "storage/pack.h"
#include "storage/store_impl.h"

enum {
	QUEUE_ROWS = 200 * 1000,
	QUEUE_BYTES = 10 << 20,
};

/* One more than the highest id of a table. */
static int64_t
store_next(struct store *s, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t next = 1;

	if (sqlite3_prepare_v2(s->db.sql, sql, -1, &stmt, NULL) != SQLITE_OK)
		return next;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		next = sqlite3_column_int64(stmt, 0) + 1;
	sqlite3_finalize(stmt);
	return next;
}

/* The statements of one applier. */
static int
store_prepare_applier(struct store *s, struct store_own_applier *a)
{
	int rc = SQLITE_OK;

	for (int i = 0; rc == SQLITE_OK && i < STORE_STATEMENTS; i++) {
		if (a->applier->sql[i] == NULL)
			break;
		rc = sqlite3_prepare_v3(s->db.sql, a->applier->sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &a->stmt[i], NULL);
	}
	return rc;
}

static void
store_release(struct store *s)
{
	for (int i = 0; i < s->appliers; i++)
		for (int k = 0; k < STORE_STATEMENTS; k++) {
			sqlite3_finalize(s->applier[i].stmt[k]);
			s->applier[i].stmt[k] = NULL;
		}
	rows_free(s->rows);
	s->rows = NULL;
	db_close(&s->db);
}

static int
store_prepare(struct store *s)
{
	int rc;

	s->rows = rows_new(s->db.sql, &rc);
	for (int i = 0; rc == SQLITE_OK && i < s->appliers; i++)
		rc = store_prepare_applier(s, &s->applier[i]);
	return rc;
}

void
store_say(struct store *s, const char *text)
{
	pthread_mutex_lock(&s->lock);
	if (s->notices < STORE_NOTICES)
		snprintf(
		    s->notice[s->notices++], STORE_NOTICE_SIZE, "%s", text);
	pthread_mutex_unlock(&s->lock);
	if (s->committed != NULL)
		s->committed(s->committed_arg);
}

void
store_fail(struct store *s, const char *error)
{
	pthread_mutex_lock(&s->lock);
	snprintf(s->error, sizeof(s->error), "%.*s", (int)sizeof(s->error) - 1,
	    error);
	pthread_mutex_unlock(&s->lock);
}

/* What a person should know about the file that is open now. */
static void
store_tell_file(struct store *s, const char *notice, bool gone, bool fresh)
{
	char text[STORE_NOTICE_SIZE];

	if (gone)
		snprintf(text, sizeof(text), "%.200s was %s", s->path,
		    fresh ? "removed: a new one is begun"
			  : "replaced: the one that is there now is used");
	else
		snprintf(text, sizeof(text), "%s", notice);
	if (text[0] == '\0')
		return;
	s->replaced++;
	store_say(s, text);
}

int
store_reopen(struct store *s, const char *damaged)
{
	bool gone = s->db.sql != NULL && !db_present(&s->db);
	char notice[STORE_NOTICE_SIZE] = "";
	struct db_report report;

	s->gone |= gone;
	if (s->db.sql != NULL && damaged != NULL)
		db_keep_log(&s->db);
	store_release(s);
	if (damaged != NULL && !gone &&
	    db_set_aside(s->path, damaged, notice, sizeof(notice)) == -1) {
		store_fail(s, "the damaged file cannot be set aside");
		return -1;
	}
	if (db_open(&s->db, s->path, &report) == -1) {
		store_fail(s, report.error);
		return -1;
	}
	if (store_prepare(s) != SQLITE_OK) {
		store_fail(s, sqlite3_errmsg(s->db.sql));
		store_release(s);
		return -1;
	}
	store_tell_file(s, notice[0] != '\0' ? notice : report.notice,
	    s->gone || (notice[0] == '\0' && report.fresh), report.fresh);
	s->gone = false;
	return 0;
}

static void
store_retain(struct store *s, const struct store_conf *conf)
{
	s->retain = (struct prune_conf){
		.messages = conf->retain_messages,
		.events = conf->retain_events,
		.negotiations = conf->retain_negotiations,
		.max_size = conf->max_size,
	};
}

static void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	sqlite3_close(s->reader);
	store_release(s);
	queue_free(s->queue);
	prune_free(s->prune);
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}

static struct store *
store_new(const struct store_conf *conf)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->db.fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	s->path = strdup(conf->path);
	s->queue =
	    queue_new(conf->queue_rows != 0 ? conf->queue_rows : QUEUE_ROWS,
		conf->queue_bytes != 0 ? conf->queue_bytes : QUEUE_BYTES);
	s->prune = prune_new();
	store_retain(s, conf);
	if (s->path != NULL && s->queue != NULL && s->prune != NULL)
		return s;
	store_free(s);
	return NULL;
}

struct store *
store_open(const struct store_conf *conf, char *err, size_t errsize, int *code)
{
	struct store *s = store_new(conf);
	struct db_report report = { .code = EX_OSERR, .error = "no memory" };

	if (s == NULL || db_open(&s->db, conf->path, &report) == -1) {
		snprintf(err, errsize, "%s", report.error);
		*code = report.code;
		store_free(s);
		return NULL;
	}
	if (store_prepare(s) != SQLITE_OK) {
		snprintf(err, errsize, "%s: %s", conf->path,
		    sqlite3_errmsg(s->db.sql));
		*code = EX_IOERR;
		store_free(s);
		return NULL;
	}
	if (report.notice[0] != '\0')
		store_say(s, report.notice);
	s->next_message = store_next(s, "SELECT max(id) FROM message");
	s->next_event = store_next(s, "SELECT max(id) FROM event");
	s->next_negotiation = store_next(s, "SELECT max(id) FROM negotiation");
	s->next_tunnel = store_next(s, "SELECT max(id) FROM tunnel");
	return s;
}

int
store_register(struct store *s, const struct store_applier *applier)
{
	struct store_own_applier *a;

	if (s->appliers == STORE_KINDS_MAX || s->running)
		return -1;
	a = &s->applier[s->appliers];
	a->applier = applier;
	if (store_prepare_applier(s, a) != SQLITE_OK)
		return -1;
	return PACK_KINDS + s->appliers++;
}

/* Signals are the loop's: the writer takes none. */
int
store_start(struct store *s, void (*committed)(void *arg), void *arg)
{
	sigset_t all, before;
	int error;

	s->committed = committed;
	s->committed_arg = arg;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&s->thread, NULL, writer_run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	s->running = error == 0;
	return error == 0 ? 0 : -1;
}

void
store_close(struct store *s, int64_t wait)
{
	if (s == NULL)
		return;
	if (s->running) {
		s->stop_at = writer_clock() + wait;
		queue_close(s->queue);
		pthread_join(s->thread, NULL);
	}
	store_free(s);
}

static void
store_heard(struct store *s, int64_t received_at)
{
	if (received_at > s->latest)
		s->latest = received_at;
}

/* Counts what was refused. */
static bool
store_taken(struct store *s, uint64_t number)
{
	if (number == 0)
		s->refused++;
	return number != 0;
}

int64_t
store_message(struct store *s, const struct store_message *m)
{
	int64_t id = s->next_message;

	store_heard(s, m->received_at);
	if (!store_taken(s, pack_message(s->queue, id, m))) {
		s->messages_refused++;
		return 0;
	}
	s->next_message++;
	return id;
}

int64_t
store_event(struct store *s, const struct store_event *e)
{
	int64_t id = s->next_event;

	store_heard(s, e->received_at);
	if (!store_taken(s, pack_event(s->queue, id, e)))
		return 0;
	s->next_event++;
	return id;
}

int
store_negotiation(struct store *s, const struct ike_negotiation *n)
{
	return store_taken(s, pack_negotiation(s->queue, n)) ? 0 : -1;
}

int
store_tunnel(struct store *s, const struct ike_tunnel *t)
{
	return store_taken(s, pack_tunnel(s->queue, t)) ? 0 : -1;
}

int
store_join(struct store *s, int64_t gone, int64_t into)
{
	return store_taken(s, pack_join(s->queue, gone, into)) ? 0 : -1;
}

int
store_device(struct store *s, const char *name, const char *address,
    const char *vendor, int64_t last_seen)
{
	return store_taken(
		   s, pack_device(s->queue, name, address, vendor, last_seen))
	    ? 0
	    : -1;
}

uint64_t
store_push(
    struct store *s, int kind, unsigned flags, const void *bytes, size_t len)
{
	struct queue_part part = { bytes, len };
	uint64_t number;

	number = queue_push(s->queue, kind,
	    flags & STORE_DURABLE	? QUEUE_URGENT
		: flags & STORE_RESERVE ? QUEUE_RESERVE
					: 0,
	    &part, 1);
	store_taken(s, number);
	return number;
}

uint64_t
store_committed(struct store *s)
{
	int64_t hopeless = s->hopeless_at;
	uint64_t durable = s->durable;

	if (hopeless != 0 && writer_clock() >= hopeless)
		s->let_go = queue_pushed(s->queue);
	return durable > s->let_go ? durable : s->let_go;
}

bool
store_full(const struct store *s)
{
	return queue_full(s->queue);
}

void
store_count(struct store *s, struct store_counts *c)
{
	*c = (struct store_counts){
		.written = s->written,
		.refused = s->refused,
		.messages_written = s->messages_written,
		.messages_refused = s->messages_refused,
		.commits = s->commits,
		.commit_seconds = s->commit_us / 1e6,
		.wal_bytes = s->wal_bytes,
		.db_bytes = s->db_bytes,
		.pruned = s->pruned,
		.replaced = s->replaced,
		.failing = s->failing,
	};
	queue_count(s->queue, &c->queue_rows, &c->queue_bytes);
	if (!c->failing)
		return;
	pthread_mutex_lock(&s->lock);
	snprintf(c->error, sizeof(c->error), "%s", s->error);
	pthread_mutex_unlock(&s->lock);
}

bool
store_notice(struct store *s, char *text, size_t size)
{
	bool some;

	pthread_mutex_lock(&s->lock);
	some = s->notices > 0;
	if (some) {
		snprintf(text, size, "%s", s->notice[0]);
		memmove(s->notice[0], s->notice[1],
		    sizeof(s->notice) - sizeof(s->notice[0]));
		s->notices--;
	}
	pthread_mutex_unlock(&s->lock);
	return some;
}

void
store_configure(struct store *s, const struct store_conf *conf)
{
	pthread_mutex_lock(&s->lock);
	store_retain(s, conf);
	pthread_mutex_unlock(&s->lock);
}

int64_t
store_next_negotiation(const struct store *s)
{
	return s->next_negotiation;
}

int64_t
store_next_tunnel(const struct store *s)
{
	return s->next_tunnel;
}

struct sqlite3 *
store_db(struct store *s)
{
	return s->db.sql;
}

struct sqlite3 *
store_reader(struct store *s)
{
	if (s->reader != NULL && s->reader_replaced == s->replaced)
		return s->reader;
	sqlite3_close(s->reader);
	s->reader = NULL;
	s->reader_replaced = s->replaced;
	if (sqlite3_open_v2(s->path, &s->reader,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK) {
		sqlite3_close(s->reader);
		s->reader = NULL;
	}
	return s->reader;
}
