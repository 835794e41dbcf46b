/*
 * Incidents, edges and deliveries as records of the store's queue. What
 * belongs together is one record, and so one transaction.
 */
#include "storage/outbox.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/span.h"
#include "storage/store_internal.h"

enum { RECORD_EDGE = 1, RECORD_RESULT, RECORD_CONTROL };

struct outbox {
	struct store *store;
	int kind;
	int64_t next_alert, next_delivery;
};

/*
 * Records: numbers and texts one after the other. Written and read by the
 * same program, in one run, so the machine's own order does.
 */
struct record {
	unsigned char *p;
	size_t len, size;
	bool failed;
};

static void
record_put(struct record *r, const void *p, size_t len)
{
	if (r->len + len > r->size) {
		size_t size = (r->len + len) * 2;
		void *more = realloc(r->p, size);

		if (more == NULL) {
			r->failed = true;
			return;
		}
		r->p = more;
		r->size = size;
	}
	if (len > 0)
		memcpy(r->p + r->len, p, len);
	r->len += len;
}

static void
record_number(struct record *r, int64_t n)
{
	record_put(r, &n, sizeof(n));
}

static void
record_text(struct record *r, const char *s)
{
	struct span text = span_of(s);

	record_number(r, (int64_t)text.len);
	record_put(r, text.p, text.len);
}

/* Reading: what is missing reads as 0 and "". */
struct reader {
	const unsigned char *p;
	size_t left;
};

static int64_t
reader_number(struct reader *r)
{
	int64_t n = 0;

	if (r->left >= sizeof(n)) {
		memcpy(&n, r->p, sizeof(n));
		r->p += sizeof(n);
		r->left -= sizeof(n);
	}
	return n;
}

static struct span
reader_text(struct reader *r)
{
	size_t len = (size_t)reader_number(r);
	struct span s = { (const char *)r->p, len };

	if (len > r->left)
		return SPAN_NONE;
	r->p += len;
	r->left -= len;
	return s;
}

/* Statements, in the order of the columns that follow. */
enum {
	SQL_ADD,
	SQL_ALERT,
	SQL_CHANGE,
	SQL_EDGE,
	SQL_DELIVERY,
	SQL_RESULT,
	SQL_DONE
};
/* clang-format off */
#define ALERT_INSERT \
	"INSERT INTO alert(id, incident, kind, severity, state, device," \
	" tunnel, peer, reason, summary, tunnel_id, negotiation_id, attempts," \
	" opened_at, updated_at, fired_at, resolved_at, notified_at, notice)" \
	" VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10," \
	" (SELECT id FROM tunnel WHERE id = ?11)," \
	" (SELECT id FROM negotiation WHERE id = ?12)," \
	" ?13,?14,?15,?16,?17,?18,?19)"

static const char *const statements[] = {
	ALERT_INSERT,
	ALERT_INSERT
	" ON CONFLICT(id) DO UPDATE SET kind = excluded.kind,"
	" severity = excluded.severity, state = excluded.state,"
	" tunnel = excluded.tunnel, reason = excluded.reason,"
	" summary = excluded.summary, tunnel_id = excluded.tunnel_id,"
	" negotiation_id = excluded.negotiation_id,"
	" attempts = excluded.attempts, updated_at = excluded.updated_at,"
	" fired_at = coalesce(fired_at, excluded.fired_at),"
	" resolved_at = excluded.resolved_at,"
	" notified_at = coalesce(excluded.notified_at, notified_at),"
	" notice = excluded.notice",
	/* the same for a row whose tunnel and negotiation stay: less to do */
	"UPDATE alert SET kind = ?3, severity = ?4, state = ?5, tunnel = ?7,"
	" reason = ?9, summary = ?10, attempts = ?13, updated_at = ?15,"
	" fired_at = coalesce(fired_at, ?16), resolved_at = ?17,"
	" notified_at = coalesce(?18, notified_at), notice = ?19"
	" WHERE id = ?1 AND tunnel_id IS ?11 AND negotiation_id IS ?12",
	"INSERT INTO alert_edge(alert_id, at, edge, state, severity, reason,"
	" summary) VALUES (?1,?2,?3,?4,?5,?6,?7)",
	"INSERT INTO delivery(id, alert_id, destination, edge, webhook_id,"
	" state, created_at, next_at, payload)"
	" VALUES (?1,?2,?3,?4,?5,'pending',?6,?6,?7)",
	"UPDATE delivery SET state = ?2, attempts = ?3, next_at = ?4,"
	" finished_at = ?5, last_status = ?6, last_error = ?7,"
	" payload = CASE WHEN ?2 IN ('delivered','merged') THEN NULL"
	" ELSE payload END WHERE id = ?1",
	"UPDATE control SET done_at = ?2, result = ?3 WHERE id = ?1",
	NULL
};
/* clang-format on */

struct edge_texts {
	struct span incident, kind, severity, state, edge, device, tunnel, peer,
	    reason, summary, webhook_id, notice;
};

static int
outbox_put_alert(
    struct sqlite3_stmt *s, const struct edge_texts *t, const int64_t n[9])
{
	const struct span text[] = { t->incident, t->kind, t->severity,
		t->state, t->device, t->tunnel, t->peer, t->reason,
		t->summary };

	sqlite3_bind_int64(s, 1, n[0]);
	for (int i = 0; i < 9; i++)
		store_bind_span(s, i + 2, text[i]);
	store_bind_id(s, 11, n[1]);
	store_bind_id(s, 12, n[2]);
	sqlite3_bind_int64(s, 13, n[3]);
	sqlite3_bind_int64(s, 14, n[4]);
	sqlite3_bind_int64(s, 15, n[5]);
	store_bind_id(s, 16, n[6] ? n[5] : 0);
	store_bind_id(s, 17, n[7] ? n[5] : 0);
	store_bind_id(s, 18, n[8] ? n[5] : 0);
	store_bind_span(s, 19, t->notice);
	return store_step(s);
}

/*
 * An incident that begins is most likely new; of any other the row is there,
 * and what it points at stays. Where both are wrong the upsert is not.
 */
static int
outbox_apply_alert(struct sqlite3_stmt *const *stmt, const struct edge_texts *t,
    const int64_t n[9])
{
	bool begins = span_is(t->edge, "firing") || span_is(t->edge, "pending");
	int rc;

	if (begins) {
		rc = outbox_put_alert(stmt[SQL_ADD], t, n);
		if (rc != SQLITE_CONSTRAINT_PRIMARYKEY)
			return rc;
	}
	rc = outbox_put_alert(stmt[SQL_CHANGE], t, n);
	if (rc != SQLITE_OK ||
	    sqlite3_changes(sqlite3_db_handle(stmt[SQL_CHANGE])) > 0)
		return rc;
	return outbox_put_alert(stmt[SQL_ALERT], t, n);
}

static int
outbox_apply_edge(struct sqlite3_stmt *const *stmt, struct reader *r)
{
	struct edge_texts t;
	struct span *const text[] = { &t.incident, &t.kind, &t.severity,
		&t.state, &t.edge, &t.device, &t.tunnel, &t.peer, &t.reason,
		&t.summary, &t.webhook_id, &t.notice };
	struct sqlite3_stmt *s;
	int64_t n[9];
	int rc;

	for (int i = 0; i < 9; i++)
		n[i] = reader_number(r);
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		*text[i] = reader_text(r);
	rc = outbox_apply_alert(stmt, &t, n);
	if (rc == SQLITE_OK) {
		s = stmt[SQL_EDGE];
		sqlite3_bind_int64(s, 1, n[0]);
		sqlite3_bind_int64(s, 2, n[5]);
		store_bind_span(s, 3, t.edge);
		store_bind_span(s, 4, t.state);
		store_bind_span(s, 5, t.severity);
		store_bind_span(s, 6, t.reason);
		store_bind_span(s, 7, t.summary);
		rc = store_step(s);
	}
	while (rc == SQLITE_OK && r->left > 0) {
		s = stmt[SQL_DELIVERY];
		sqlite3_bind_int64(s, 1, reader_number(r));
		sqlite3_bind_int64(s, 2, n[0]);
		store_bind_span(s, 3, reader_text(r));
		store_bind_span(s, 4, t.edge);
		store_bind_span(s, 5, t.webhook_id);
		sqlite3_bind_int64(s, 6, n[5]);
		store_bind_span(s, 7, t.notice);
		rc = store_step(s);
	}
	return rc;
}

static int
outbox_apply_result(struct sqlite3_stmt *s, struct reader *r)
{
	struct span state, error;
	int64_t at;

	sqlite3_bind_int64(s, 1, reader_number(r));
	state = reader_text(r);
	store_bind_span(s, 2, state);
	sqlite3_bind_int64(s, 3, reader_number(r));
	store_bind_id(s, 4, reader_number(r));
	at = reader_number(r);
	store_bind_id(s, 5, span_is(state, "pending") ? 0 : at);
	store_bind_id(s, 6, reader_number(r));
	error = reader_text(r);
	store_bind_span(s, 7, error);
	return store_step(s);
}

static int
outbox_apply(struct sqlite3_stmt *const *stmt, const void *bytes, size_t len)
{
	struct reader r = { bytes, len };

	switch (reader_number(&r)) {
	case RECORD_EDGE:
		return outbox_apply_edge(stmt, &r);
	case RECORD_RESULT:
		return outbox_apply_result(stmt[SQL_RESULT], &r);
	default:
		sqlite3_bind_int64(stmt[SQL_DONE], 1, reader_number(&r));
		sqlite3_bind_int64(stmt[SQL_DONE], 2, reader_number(&r));
		store_bind_span(stmt[SQL_DONE], 3, reader_text(&r));
		return store_step(stmt[SQL_DONE]);
	}
}

static const struct store_applier outbox_applier = {
	.sql = statements,
	.apply = outbox_apply,
};

static int64_t
outbox_next(struct sqlite3 *db, const char *sql)
{
	struct sqlite3_stmt *s;
	int64_t id = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return id + 1;
}

struct outbox *
outbox_new(struct store *store)
{
	struct outbox *o = calloc(1, sizeof(*o));
	struct sqlite3 *db = store_db(store);

	if (o == NULL)
		return NULL;
	o->store = store;
	o->kind = store_register(store, &outbox_applier);
	if (o->kind == -1) {
		free(o);
		return NULL;
	}
	o->next_alert = outbox_next(db, "SELECT max(id) FROM alert");
	o->next_delivery = outbox_next(db, "SELECT max(id) FROM delivery");
	return o;
}

void
outbox_free(struct outbox *o)
{
	free(o);
}

int64_t
outbox_next_alert(const struct outbox *o)
{
	return o->next_alert;
}

uint64_t
outbox_committed(const struct outbox *o)
{
	return store_committed(o->store);
}

static uint64_t
outbox_push(struct outbox *o, struct record *r, unsigned flags)
{
	uint64_t number = 0;

	if (!r->failed)
		number = store_push(o->store, o->kind, flags, r->p, r->len);
	free(r->p);
	return number;
}

uint64_t
outbox_edge(struct outbox *o, const struct outbox_edge *e,
    struct outbox_delivery *d, size_t n)
{
	const int64_t numbers[] = { e->alert, e->tunnel_id, e->negotiation_id,
		e->attempts, e->opened_at, e->at, e->fired, e->over, n > 0 };
	const char *const texts[] = { e->incident, e->kind, e->severity,
		e->state, e->edge, e->device, e->tunnel, e->peer, e->reason,
		e->summary, e->webhook_id, e->notice };
	struct record r = { 0 };

	record_number(&r, RECORD_EDGE);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		record_number(&r, numbers[i]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		record_text(&r, texts[i]);
	for (size_t i = 0; i < n; i++) {
		d[i].id = o->next_delivery++;
		record_number(&r, d[i].id);
		record_text(&r, d[i].destination);
	}
	/* what nobody waits for takes part in the next ordinary batch */
	return outbox_push(o, &r, n > 0 ? STORE_DURABLE : STORE_RESERVE);
}

uint64_t
outbox_result(struct outbox *o, const struct outbox_result *result)
{
	struct record r = { 0 };

	record_number(&r, RECORD_RESULT);
	record_number(&r, result->id);
	record_text(&r, result->state);
	record_number(&r, result->attempts);
	record_number(&r, result->next_at);
	record_number(&r, result->at);
	record_number(&r, result->status);
	record_text(&r, result->error);
	return outbox_push(o, &r, STORE_DURABLE);
}

uint64_t
outbox_control_done(
    struct outbox *o, int64_t id, int64_t at, const char *result)
{
	struct record r = { 0 };

	record_number(&r, RECORD_CONTROL);
	record_number(&r, id);
	record_number(&r, at);
	record_text(&r, result);
	return outbox_push(o, &r, 0);
}

/*
 * Reading.
 */
static const char *
outbox_column(struct sqlite3_stmt *s, int i)
{
	const char *text = (const char *)sqlite3_column_text(s, i);

	return text != NULL ? text : "";
}

#define PENDING_COLUMNS                                                 \
	"SELECT v.id, v.alert_id, v.destination, v.edge, a.incident,"   \
	" v.webhook_id, v.payload, v.attempts, v.created_at, v.next_at" \
	" FROM delivery AS v JOIN alert AS a ON a.id = v.alert_id"

static void
outbox_row(struct sqlite3_stmt *s, struct outbox_pending *p)
{
	*p = (struct outbox_pending){
		.id = sqlite3_column_int64(s, 0),
		.alert = sqlite3_column_int64(s, 1),
		.destination = outbox_column(s, 2),
		.edge = outbox_column(s, 3),
		.incident = outbox_column(s, 4),
		.webhook_id = outbox_column(s, 5),
		.notice = outbox_column(s, 6),
		.attempts = (unsigned)sqlite3_column_int64(s, 7),
		.created_at = sqlite3_column_int64(s, 8),
		.next_at = sqlite3_column_int64(s, 9),
	};
}

int
outbox_load_pending(struct outbox *o,
    void (*cb)(void *arg, const struct outbox_pending *), void *arg)
{
	struct outbox_pending p;
	struct sqlite3_stmt *s;
	int rc;

	rc = sqlite3_prepare_v2(store_db(o->store),
	    PENDING_COLUMNS " WHERE v.state = 'pending' ORDER BY v.id", -1, &s,
	    NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		outbox_row(s, &p);
		cb(arg, &p);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
outbox_load_open(struct outbox *o,
    void (*cb)(void *arg, int64_t alert, const char *notice), void *arg)
{
	struct sqlite3_stmt *s;
	int rc;

	rc = sqlite3_prepare_v2(store_db(o->store),
	    "SELECT id, notice FROM alert WHERE resolved_at IS NULL"
	    " AND notice IS NOT NULL ORDER BY id",
	    -1, &s, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		cb(arg, sqlite3_column_int64(s, 0), outbox_column(s, 1));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
outbox_load_told(struct outbox *o, int64_t alert,
    void (*cb)(void *arg, const char *destination), void *arg)
{
	struct sqlite3_stmt *s;
	int rc;

	rc = sqlite3_prepare_v2(store_db(o->store),
	    "SELECT DISTINCT destination FROM delivery WHERE alert_id = ?1", -1,
	    &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, alert);
	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		cb(arg, outbox_column(s, 0));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
outbox_load_established(struct outbox *o, int64_t since,
    void (*cb)(void *arg, const struct ike_tunnel *), void *arg)
{
	struct ike_tunnel t = { .state = IKE_TUNNEL_UP };
	struct sqlite3_stmt *s;
	int rc;

	rc = sqlite3_prepare_v2(store_db(o->store),
	    "SELECT t.id, d.name, t.peer, t.name, n.established_at"
	    " FROM (SELECT * FROM negotiation WHERE started_at >= ?1"
	    " ORDER BY started_at DESC LIMIT 100000) AS n"
	    " JOIN tunnel AS t ON t.id = n.tunnel_id"
	    " JOIN device AS d ON d.id = t.device_id"
	    " WHERE n.established_at IS NOT NULL AND n.kind = 'child'"
	    " ORDER BY n.established_at",
	    -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, since);
	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		t.id = sqlite3_column_int64(s, 0);
		t.device = outbox_column(s, 1);
		snprintf(t.peer, sizeof(t.peer), "%s", outbox_column(s, 2));
		snprintf(t.name, sizeof(t.name), "%s", outbox_column(s, 3));
		t.last_established = sqlite3_column_int64(s, 4);
		cb(arg, &t);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* A statement on the loop's own connection; NULL where that fails. */
static struct sqlite3_stmt *
outbox_ask(struct outbox *o, const char *sql, int64_t value)
{
	struct sqlite3 *db = store_reader(o->store);
	struct sqlite3_stmt *s = NULL;

	if (db == NULL ||
	    sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(s, 1, value);
	return s;
}

int
outbox_silences(struct outbox *o, int64_t now,
    void (*cb)(void *arg, const struct outbox_silence *), void *arg)
{
	struct sqlite3_stmt *s = outbox_ask(o,
	    "SELECT id, starts_at, ends_at,"
	    " device, tunnel, peer, reason FROM silence WHERE ends_at > ?1"
	    " ORDER BY id LIMIT 10000",
	    now);
	int rc = SQLITE_ERROR;

	while (s != NULL && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct outbox_silence row = {
			.id = sqlite3_column_int64(s, 0),
			.starts_at = sqlite3_column_int64(s, 1),
			.ends_at = sqlite3_column_int64(s, 2),
			.device = outbox_column(s, 3),
			.tunnel = outbox_column(s, 4),
			.peer = outbox_column(s, 5),
			.reason = outbox_column(s, 6),
		};
		cb(arg, &row);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
outbox_controls(struct outbox *o, int64_t after,
    void (*cb)(
	void *arg, int64_t id, const char *command, const char *argument),
    void *arg)
{
	struct sqlite3_stmt *s = outbox_ask(o,
	    "SELECT id, command, argument"
	    " FROM control WHERE id > ?1 AND done_at IS NULL ORDER BY id"
	    " LIMIT 100",
	    after);
	int rc = SQLITE_ERROR;

	while (s != NULL && (rc = sqlite3_step(s)) == SQLITE_ROW)
		cb(arg, sqlite3_column_int64(s, 0), outbox_column(s, 1),
		    outbox_column(s, 2));
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

bool
outbox_get(struct outbox *o, int64_t id,
    void (*cb)(void *arg, const struct outbox_pending *), void *arg)
{
	struct sqlite3_stmt *s = outbox_ask(o,
	    PENDING_COLUMNS " WHERE v.id = ?1 AND v.payload IS NOT NULL", id);
	struct outbox_pending p;
	bool found = s != NULL && sqlite3_step(s) == SQLITE_ROW;

	if (found) {
		outbox_row(s, &p);
		cb(arg, &p);
	}
	sqlite3_finalize(s);
	return found;
}
