/*
 * The SQL of writing. A record that refers to a row which is not there (lost
 * in an overload or with a replaced file) is kept without the reference.
 */
#include "storage/rows.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/hash.h"
#include "storage/store_internal.h"
#include "storage/text.h"

enum statement {
	DEVICE_FIND,
	DEVICE_ADD,
	DEVICE_SEEN,
	TUNNEL_FIND,
	TUNNEL_ADD,
	TUNNEL_KEEP,
	TUNNEL_SAVE,
	TUNNEL_STUB,
	OUTAGE_FIND,
	OUTAGE_BEGIN,
	OUTAGE_END,
	NEGOTIATION_FIND,
	NEGOTIATION_ADD,
	NEGOTIATION_KEEP,
	NEGOTIATION_SAVE,
	NEGOTIATION_TOUCH,
	MESSAGE_ADD,
	EVENT_ADD,
	JOIN_EVENTS,
	JOIN_CHILDREN,
	JOIN_OTHER,
	JOIN_ALERTS,
	JOIN_GONE,
	STATEMENTS
};

/* clang-format off */
#define NEGOTIATION_INSERT \
	"INSERT INTO negotiation(id, updated_at, ended_at," \
	" stage, heard, retransmits, events, detail," \
	" differs, established_at, device_id, tunnel_id, parent_id," \
	" other_end_id, started_at, suspects, ispi, rspi, spi_in, spi_out, kind, role," \
	" ike_version, outcome, reason, refused_by, rekey, known_peer," \
	" vendor, peer, local, tunnel, child, keys)" \
	" VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16," \
	"?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32," \
	"?33,?34)"

#define TUNNEL_INSERT \
	"INSERT INTO tunnel(id, device_id, vendor, peer, local, name," \
	" state, since, ike_version, last_established, last_failure," \
	" last_reason, down_reason, configured, attempts, first_seen)" \
	" VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?8)"

/* What is written again and again, and no index is made of. */
#define TUNNEL_KEPT \
	"device_id = ?2, vendor = ?3, local = ?5, state = ?7, since = ?8," \
	" ike_version = ?9, last_established = ?10, last_failure = ?11," \
	" last_reason = ?12, down_reason = ?13, configured = ?14," \
	" attempts = ?15, first_seen = coalesce(first_seen, ?8)"

#define NEGOTIATION_TOUCHED \
	"updated_at = ?2, ended_at = ?3, stage = ?4, heard = ?5," \
	" retransmits = ?6, events = ?7, detail = ?8, differs = ?9"

/* And what a step changes, but not where the negotiation comes from. */
#define NEGOTIATION_KEPT \
	NEGOTIATION_TOUCHED \
	", established_at = coalesce(?10, established_at), tunnel_id = ?12," \
	" other_end_id = ?14, suspects = ?16, rspi = ?18, spi_in = ?19," \
	" spi_out = ?20, kind = ?21, role = ?22, ike_version = ?23," \
	" outcome = ?24, reason = ?25, refused_by = ?26, rekey = ?27," \
	" known_peer = ?28, vendor = ?29, local = ?31, tunnel = ?32," \
	" child = ?33, keys = ?34"

static const char *const sql[STATEMENTS] = {
	[DEVICE_FIND] = "SELECT id FROM device WHERE name = ?1",
	[DEVICE_ADD] =
	    "INSERT INTO device(name, first_seen, last_seen)"
	    " VALUES (?1, ?2, ?2)",
	[DEVICE_SEEN] =
	    "UPDATE device SET address = coalesce(?2, address),"
	    " vendor = coalesce(?3, vendor),"
	    " first_seen = coalesce(first_seen, ?4),"
	    " last_seen = max(coalesce(last_seen, 0), ?4) WHERE id = ?1",
	[TUNNEL_FIND] = "SELECT 1 FROM tunnel WHERE id = ?1",
	[TUNNEL_ADD] = TUNNEL_INSERT,
	/* touches no index, where what they are made of stays */
	[TUNNEL_KEEP] =
	    "UPDATE tunnel SET " TUNNEL_KEPT
	    " WHERE id = ?1 AND peer IS ?4 AND name IS ?6",
	[TUNNEL_SAVE] = TUNNEL_INSERT
	    " ON CONFLICT(id) DO UPDATE SET peer = ?4, name = ?6,"
	    " " TUNNEL_KEPT,
	[TUNNEL_STUB] =
	    "INSERT INTO tunnel(id, device_id, vendor, peer, local, name,"
	    " state, first_seen) VALUES (?1,?2,?3,?4,?5,?6,'unknown',?7)",
	[OUTAGE_FIND] =
	    "SELECT 1 FROM outage WHERE tunnel_id = ?1 AND ended_at IS NULL",
	[OUTAGE_BEGIN] =
	    "INSERT INTO outage(tunnel_id, started_at, reason)"
	    " VALUES (?1, ?2, ?3)",
	[OUTAGE_END] =
	    "UPDATE outage SET ended_at = max(?2, started_at)"
	    " WHERE tunnel_id = ?1 AND ended_at IS NULL",
	[NEGOTIATION_FIND] = "SELECT 1 FROM negotiation WHERE id = ?1",
	/* an upsert makes SQLite copy each page before it is changed */
	[NEGOTIATION_ADD] = NEGOTIATION_INSERT,
	[NEGOTIATION_SAVE] = NEGOTIATION_INSERT
	    " ON CONFLICT(id) DO UPDATE SET device_id = ?11, parent_id = ?13,"
	    " started_at = ?15, ispi = ?17, peer = ?30, " NEGOTIATION_KEPT,
	/* most steps: what the indices of its origin are made of stays */
	[NEGOTIATION_KEEP] =
	    "UPDATE negotiation SET " NEGOTIATION_KEPT
	    " WHERE id = ?1 AND device_id = ?11 AND parent_id IS ?13"
	    " AND started_at = ?15 AND ispi IS ?17 AND peer IS ?30",
	/* touches no index */
	[NEGOTIATION_TOUCH] =
	    "UPDATE negotiation SET " NEGOTIATION_TOUCHED " WHERE id = ?1",
	[MESSAGE_ADD] =
	    "INSERT INTO message(id, received_at, timestamp, facility,"
	    " severity, source, transport, hostname, app, procid, msgid,"
	    " vendor, message, octets)"
	    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
	[EVENT_ADD] =
	    "INSERT INTO event(id, received_at, device_time, device_id,"
	    " negotiation_id, message_id, event, stage, reason, detail)"
	    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
	[JOIN_EVENTS] =
	    "UPDATE event SET negotiation_id = ?2 WHERE negotiation_id = ?1",
	[JOIN_CHILDREN] =
	    "UPDATE negotiation SET parent_id = ?2 WHERE parent_id = ?1",
	[JOIN_OTHER] =
	    "UPDATE negotiation SET other_end_id = ?2 WHERE other_end_id = ?1"
	    " AND id = (SELECT other_end_id FROM negotiation WHERE id = ?1)",
	[JOIN_ALERTS] =
	    "UPDATE alert SET negotiation_id = ?2 WHERE negotiation_id = ?1",
	[JOIN_GONE] = "DELETE FROM negotiation WHERE id = ?1",
};
/* clang-format on */

enum {
	DEVICES = 4096, /* powers of two: places in the caches */
	SOLIDS = 65536,
	TUNNELS = 16384,
	NAME_KEPT = 64,
};

/* What is known of a tunnel's. */
enum outage { OUTAGE_UNKNOWN, OUTAGE_NONE, OUTAGE_OPEN };

struct rows {
	struct sqlite3 *db;
	struct hash_key key;
	sqlite3_stmt *stmt[STATEMENTS];
	struct device_seen {
		int64_t id;
		size_t len;
		char name[NAME_KEPT];
	} device[DEVICES];
	struct {
		int64_t id;
		uint64_t digest;
	} solid[SOLIDS];
	struct {
		int64_t id; /* of one that is there */
		enum outage outage;
	} tunnel[TUNNELS];
	int64_t newest_tunnel;
};

/* Binds one value after the other; the first error stays. */
struct binder {
	sqlite3_stmt *stmt;
	int n, rc;
};

static void
bind_number(struct binder *b, int64_t value)
{
	int rc = sqlite3_bind_int64(b->stmt, ++b->n, value);

	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

/* 0 stands for unknown. */
static void
bind_known(struct binder *b, int64_t value)
{
	if (value != 0)
		bind_number(b, value);
	else
		b->n++;
}

static void
bind_text(struct binder *b, struct span s)
{
	int rc = store_bind_span(b->stmt, ++b->n, s);

	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

/* A word of ours, that lives as long as the program. */
static void
bind_word(struct binder *b, const char *word)
{
	int rc = SQLITE_OK;

	b->n++;
	if (word[0] != '\0')
		rc = sqlite3_bind_text(b->stmt, b->n, word, -1, SQLITE_STATIC);
	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

/* A number in hexadecimal digits. */
static void
bind_hex(struct binder *b, bool known, uint64_t value, int digits)
{
	char hex[20];
	int rc;

	b->n++;
	if (!known)
		return;
	snprintf(hex, sizeof(hex), "%0*" PRIx64, digits, value);
	rc = sqlite3_bind_text(b->stmt, b->n, hex, digits, SQLITE_TRANSIENT);
	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

/* A set of reasons as a JSON array; names need no escapes. */
static void
bind_reasons(struct binder *b, ike_reasons set)
{
	char json[64 * 36];
	size_t at = 0;
	int rc;

	b->n++;
	if (set == 0)
		return;
	for (int r = 1; r < IKE_REASON_COUNT; r++)
		if (set & IKE_BIT(r))
			at += snprintf(json + at, sizeof(json) - at, "%c\"%s\"",
			    at == 0 ? '[' : ',', ike_reason_name(r));
	json[at++] = ']';
	rc = sqlite3_bind_text(b->stmt, b->n, json, at, SQLITE_TRANSIENT);
	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

static int
bind_run(struct binder *b)
{
	int rc = b->rc;

	if (rc == SQLITE_OK)
		return store_step(b->stmt);
	sqlite3_clear_bindings(b->stmt);
	return rc;
}

#define BINDER(r, which)                 \
	{                                \
		.stmt = (r)->stmt[which] \
	}

struct rows *
rows_new(struct sqlite3 *db, int *rc)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		*rc = SQLITE_NOMEM;
		return NULL;
	}
	r->db = db;
	hash_key_random(&r->key);
	for (int i = 0; i < STATEMENTS; i++) {
		*rc = sqlite3_prepare_v3(db, sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &r->stmt[i], NULL);
		if (*rc != SQLITE_OK) {
			rows_free(r);
			return NULL;
		}
	}
	return r;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(r->stmt[i]);
	free(r);
}

void
rows_forget(struct rows *r)
{
	memset(r->device, 0, sizeof(r->device));
	memset(r->solid, 0, sizeof(r->solid));
	memset(r->tunnel, 0, sizeof(r->tunnel));
	r->newest_tunnel = 0;
}

void
rows_gone(struct rows *r, int64_t id)
{
	size_t solid = (uint64_t)id & (SOLIDS - 1);
	size_t tunnel = (uint64_t)id & (TUNNELS - 1);

	if (r->solid[solid].id == id)
		r->solid[solid].id = 0;
	if (r->tunnel[tunnel].id == id)
		r->tunnel[tunnel].id = 0;
}

bool
rows_environment(int rc)
{
	/* constraint, type, size: these are about the record */
	static const int about_record[] = { SQLITE_CONSTRAINT, SQLITE_MISMATCH,
		SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_ERROR };

	for (size_t i = 0; i < sizeof(about_record) / sizeof(int); i++)
		if ((rc & 0xff) == about_record[i])
			return false;
	return rc != SQLITE_OK && rc != SQLITE_DONE;
}

/* Whether a statement that looks for an id finds a row. */
static int
rows_look(struct rows *r, enum statement which, int64_t id, bool *there)
{
	sqlite3_stmt *find = r->stmt[which];
	int rc = sqlite3_bind_int64(find, 1, id);

	if (rc != SQLITE_OK)
		return rc;
	*there = sqlite3_step(find) == SQLITE_ROW;
	return sqlite3_reset(find);
}

/* Devices are found by name; the id of one that is new is made here. */
static int
rows_device_id(struct rows *r, struct span name, int64_t now, int64_t *id)
{
	sqlite3_stmt *find = r->stmt[DEVICE_FIND];
	struct binder add = BINDER(r, DEVICE_ADD);
	int rc;

	rc = sqlite3_bind_text(
	    find, 1, name.len > 0 ? name.p : "", name.len, SQLITE_STATIC);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(find);
	if (rc == SQLITE_ROW)
		*id = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	sqlite3_clear_bindings(find);
	if (rc != SQLITE_DONE)
		return rc == SQLITE_ROW ? SQLITE_OK : rc;
	sqlite3_bind_text(add.stmt, ++add.n, name.len > 0 ? name.p : "",
	    name.len, SQLITE_STATIC);
	bind_known(&add, now);
	rc = bind_run(&add);
	*id = sqlite3_last_insert_rowid(r->db);
	return rc;
}

static int
rows_device(struct rows *r, struct span name, int64_t now, int64_t *id)
{
	uint64_t at = hash_bytes(&r->key, name.p, name.len);
	struct device_seen *d = &r->device[at & (DEVICES - 1)];
	char clean[4 * 256];
	int rc;

	if (d->id != 0 && d->len == name.len &&
	    memcmp(d->name, name.p, name.len) == 0) {
		*id = d->id;
		return SQLITE_OK;
	}
	if (name.len > 256)
		name.len = 256;
	if (!text_clean(name)) {
		name.len = text_escape(clean, name);
		name.p = clean;
	}
	rc = rows_device_id(r, name, now, id);
	if (rc == SQLITE_OK && name.len < NAME_KEPT && name.len > 0) {
		d->id = *id;
		d->len = name.len;
		memcpy(d->name, name.p, name.len);
	}
	return rc;
}

static int
rows_save_device(struct rows *r, const struct packed_device *d)
{
	struct binder b = BINDER(r, DEVICE_SEEN);
	struct span text[3];
	int64_t id = 0;
	int rc;

	PACK_TEXTS(d, text);
	rc = rows_device(r, text[0], d->last_seen, &id);
	if (rc != SQLITE_OK)
		return rc;
	bind_number(&b, id);
	bind_text(&b, text[1]);
	bind_text(&b, text[2]);
	bind_known(&b, d->last_seen);
	return bind_run(&b);
}

static int
rows_put_tunnel(struct rows *r, enum statement which,
    const struct packed_tunnel *t, const struct span *text, int64_t device)
{
	struct binder b = BINDER(r, which);

	bind_number(&b, t->id);
	bind_number(&b, device);
	for (int i = 1; i < 5; i++)
		bind_text(&b, text[i]);
	bind_word(&b, ike_tunnel_state_name(t->state));
	bind_known(&b, t->since);
	bind_known(&b, t->ike_version);
	bind_known(&b, t->last_established);
	bind_known(&b, t->last_failure);
	bind_word(&b, ike_reason_name(t->last_reason));
	bind_word(&b, ike_reason_name(t->down_reason));
	bind_number(&b, t->configured);
	bind_number(&b, t->attempts);
	return bind_run(&b);
}

static void
rows_remember_tunnel(struct rows *r, int64_t id)
{
	size_t at = (uint64_t)id & (TUNNELS - 1);

	if (r->tunnel[at].id == id)
		return;
	r->tunnel[at].id = id;
	r->tunnel[at].outage = OUTAGE_UNKNOWN;
}

static int
rows_tunnel_there(struct rows *r, int64_t id, bool *there)
{
	int rc = SQLITE_OK;

	*there = r->tunnel[(uint64_t)id & (TUNNELS - 1)].id == id;
	if (!*there)
		rc = rows_look(r, TUNNEL_FIND, id, there);
	if (*there)
		rows_remember_tunnel(r, id);
	return rc;
}

/* Ids are given out in turn: one above all before is most likely new. */
static int
rows_write_tunnel(struct rows *r, const struct packed_tunnel *t,
    const struct span *text, int64_t device)
{
	int rc = SQLITE_CONSTRAINT_PRIMARYKEY;

	if (t->id > r->newest_tunnel)
		rc = rows_put_tunnel(r, TUNNEL_ADD, t, text, device);
	if (rc != SQLITE_CONSTRAINT_PRIMARYKEY)
		return rc;
	rc = rows_put_tunnel(r, TUNNEL_KEEP, t, text, device);
	if (rc == SQLITE_OK && sqlite3_changes(r->db) == 0)
		rc = rows_put_tunnel(r, TUNNEL_SAVE, t, text, device);
	return rc;
}

static int
rows_save_tunnel(struct rows *r, const struct packed_tunnel *t)
{
	struct span text[5];
	int64_t device = 0;
	int rc;

	PACK_TEXTS(t, text);
	rc = rows_device(r, text[0], t->since, &device);
	if (rc == SQLITE_OK)
		rc = rows_write_tunnel(r, t, text, device);
	if (rc != SQLITE_OK)
		return rc;
	rows_remember_tunnel(r, t->id);
	if (t->id > r->newest_tunnel)
		r->newest_tunnel = t->id;
	return SQLITE_OK;
}

/* Down begins an outage, up ends it; what lies between changes nothing. */
int
rows_outage(struct rows *r, const struct packed_tunnel *t)
{
	bool up = t->state == IKE_TUNNEL_UP || t->state == IKE_TUNNEL_REKEYING;
	struct binder b = BINDER(r, up ? OUTAGE_END : OUTAGE_BEGIN);
	size_t at = (uint64_t)t->id & (TUNNELS - 1);
	enum outage want = up ? OUTAGE_NONE : OUTAGE_OPEN;
	bool open = up, there;
	int rc;

	if ((!up && t->state != IKE_TUNNEL_DOWN) || t->since == 0)
		return SQLITE_OK;
	rc = rows_tunnel_there(r, t->id, &there);
	if (rc != SQLITE_OK || !there || r->tunnel[at].outage == want)
		return rc;
	if (!up)
		rc = rows_look(r, OUTAGE_FIND, t->id, &open);
	if (rc == SQLITE_OK && open == up) {
		bind_number(&b, t->id);
		bind_number(&b, t->since);
		if (!up)
			bind_word(&b,
			    ike_reason_name(t->down_reason != 0
				    ? t->down_reason
				    : t->last_reason));
		rc = bind_run(&b);
	}
	if (rc == SQLITE_OK)
		r->tunnel[at].outage = want;
	return rc;
}

/* What changes all the time: the first nine columns of both statements. */
static void
rows_bind_touch(struct binder *b, const struct packed_negotiation *n,
    const struct span *text)
{
	bind_number(b, n->id);
	bind_number(b, n->updated_at);
	bind_known(b, n->ended_at);
	bind_word(b, ike_stage_name(n->stage));
	bind_number(b, n->heard);
	bind_number(b, n->retransmits);
	bind_number(b, n->events);
	bind_text(b, text[7]);
	bind_text(b, text[8]);
}

static const char *
rows_refused(int refused_by)
{
	return refused_by == IKE_REFUSED_HERE ? "here"
	    : refused_by == IKE_REFUSED_PEER  ? "peer"
					      : "";
}

static int
rows_put_negotiation(struct rows *r, enum statement which,
    const struct packed_negotiation *n, const struct span *text, int64_t device)
{
	struct binder b = BINDER(r, which);

	rows_bind_touch(&b, n, text);
	bind_known(&b, n->established_at);
	bind_number(&b, device);
	bind_known(&b, n->tunnel);
	bind_known(&b, n->parent);
	bind_known(&b, n->other_end);
	bind_number(&b, n->started_at);
	bind_reasons(&b, n->suspects);
	bind_hex(&b, n->has_ispi, n->ispi, 16);
	bind_hex(&b, n->has_rspi, n->rspi, 16);
	bind_hex(&b, n->spi_in != 0, n->spi_in, 8);
	bind_hex(&b, n->spi_out != 0, n->spi_out, 8);
	bind_word(&b, ike_kind_name(n->kind));
	bind_word(&b, ike_role_name(n->role));
	bind_known(&b, n->ike_version);
	bind_word(&b, ike_outcome_name(n->outcome));
	bind_word(&b, ike_reason_name(n->reason));
	bind_word(&b, rows_refused(n->refused_by));
	bind_number(&b, n->rekey);
	bind_number(&b, n->known_peer);
	for (int i = 1; i < PACK_SOLID; i++)
		bind_text(&b, text[i]);
	return bind_run(&b);
}

/* One that is not known from before is most likely new. */
static int
rows_write_negotiation(struct rows *r, const struct packed_negotiation *n,
    const struct span *text, int64_t device)
{
	bool known = r->solid[(uint64_t)n->id & (SOLIDS - 1)].id == n->id;
	int rc = SQLITE_CONSTRAINT_PRIMARYKEY;

	if (!known)
		rc = rows_put_negotiation(r, NEGOTIATION_ADD, n, text, device);
	if (rc != SQLITE_CONSTRAINT_PRIMARYKEY)
		return rc;
	rc = rows_put_negotiation(r, NEGOTIATION_KEEP, n, text, device);
	if (rc == SQLITE_OK && sqlite3_changes(r->db) == 0)
		rc = rows_put_negotiation(r, NEGOTIATION_SAVE, n, text, device);
	return rc;
}

/* Where its tunnel is not there (yet): a row with what is known of it here. */
static int
rows_need_tunnel(struct rows *r, const struct packed_negotiation *n,
    const struct span *text, int64_t device)
{
	struct binder b = BINDER(r, TUNNEL_STUB);
	bool there = true;
	int rc = SQLITE_OK;

	if (n->tunnel != 0)
		rc = rows_tunnel_there(r, n->tunnel, &there);
	if (rc != SQLITE_OK || there)
		return rc;
	bind_number(&b, n->tunnel);
	bind_number(&b, device);
	for (int i = 1; i < 5; i++)
		bind_text(&b, text[i]);
	bind_number(&b, n->started_at);
	return bind_run(&b);
}

static int
rows_touch_negotiation(
    struct rows *r, const struct packed_negotiation *n, const struct span *text)
{
	struct binder b = BINDER(r, NEGOTIATION_TOUCH);

	rows_bind_touch(&b, n, text);
	return bind_run(&b);
}

static int
rows_save_negotiation(struct rows *r, const struct packed_negotiation *n)
{
	size_t at = (uint64_t)n->id & (SOLIDS - 1);
	uint64_t digest = pack_solid(n);
	struct span text[9];
	int64_t device = 0;
	int rc;

	PACK_TEXTS(n, text);
	if (r->solid[at].id == n->id && r->solid[at].digest == digest) {
		rc = rows_touch_negotiation(r, n, text);
		if (rc != SQLITE_OK || sqlite3_changes(r->db) > 0)
			return rc;
	}
	rc = rows_device(r, text[0], n->started_at, &device);
	if (rc == SQLITE_OK)
		rc = rows_need_tunnel(r, n, text, device);
	if (rc == SQLITE_OK)
		rc = rows_write_negotiation(r, n, text, device);
	if (rc == SQLITE_OK) {
		r->solid[at].id = n->id;
		r->solid[at].digest = digest;
	}
	return rc;
}

static int
rows_negotiation_there(struct rows *r, int64_t id, bool *there)
{
	*there = r->solid[(uint64_t)id & (SOLIDS - 1)].id == id;
	return *there ? SQLITE_OK : rows_look(r, NEGOTIATION_FIND, id, there);
}

/* The message is never NULL; its octets are kept where it was escaped. */
static void
rows_bind_message(struct binder *b, struct span message)
{
	int rc;

	if (message.len == 0)
		message.p = "";
	if (message.len > 0 && !text_clean(message)) {
		bind_text(b, message);
		rc = sqlite3_bind_blob(
		    b->stmt, ++b->n, message.p, message.len, SQLITE_STATIC);
	} else {
		rc = sqlite3_bind_text(
		    b->stmt, ++b->n, message.p, message.len, SQLITE_STATIC);
		b->n++;
	}
	if (b->rc == SQLITE_OK)
		b->rc = rc;
}

static int
rows_add_message(struct rows *r, const struct packed_message *m)
{
	struct binder b = BINDER(r, MESSAGE_ADD);
	struct span text[8];

	PACK_TEXTS(m, text);
	bind_number(&b, m->id);
	bind_number(&b, m->received_at);
	if (m->timestamp != INT64_MIN)
		bind_number(&b, m->timestamp);
	else
		b.n++;
	if (m->facility >= 0)
		bind_number(&b, m->facility);
	else
		b.n++;
	if (m->severity >= 0)
		bind_number(&b, m->severity);
	else
		b.n++;
	for (int i = 0; i < 7; i++)
		bind_text(&b, text[i]);
	rows_bind_message(&b, text[7]);
	return bind_run(&b);
}

static int
rows_add_event(struct rows *r, const struct packed_event *e)
{
	struct binder b = BINDER(r, EVENT_ADD);
	struct span text[2];
	int64_t device = 0;
	bool there = false;
	int rc;

	PACK_TEXTS(e, text);
	rc = rows_device(r, text[0], e->received_at, &device);
	if (rc == SQLITE_OK && e->negotiation != 0)
		rc = rows_negotiation_there(r, e->negotiation, &there);
	if (rc != SQLITE_OK)
		return rc;
	bind_number(&b, e->id);
	bind_number(&b, e->received_at);
	if (e->device_time != INT64_MIN)
		bind_number(&b, e->device_time);
	else
		b.n++;
	bind_number(&b, device);
	bind_known(&b, there ? e->negotiation : 0);
	bind_known(&b, e->message);
	bind_word(&b, e->what != 0 ? ike_what_name(e->what) : "info");
	bind_word(&b, ike_stage_name(e->stage));
	bind_word(&b, ike_reason_name(e->reason));
	bind_text(&b, text[1]);
	return bind_run(&b);
}

static int
rows_join(struct rows *r, const struct packed_join *j)
{
	bool there = false;
	int rc = rows_negotiation_there(r, j->into, &there);

	if (rc == SQLITE_OK && !there)
		return SQLITE_CONSTRAINT_FOREIGNKEY;
	r->solid[(uint64_t)j->gone & (SOLIDS - 1)].id = 0;
	for (int s = JOIN_EVENTS; rc == SQLITE_OK && s <= JOIN_GONE; s++) {
		struct binder b = BINDER(r, s);

		bind_number(&b, j->gone);
		if (s != JOIN_GONE)
			bind_number(&b, j->into);
		rc = bind_run(&b);
	}
	return rc;
}

int
rows_apply(struct rows *r, int kind, const void *bytes)
{
	switch (kind) {
	case PACK_DEVICE:
		return rows_save_device(r, bytes);
	case PACK_TUNNEL:
		return rows_save_tunnel(r, bytes);
	case PACK_NEGOTIATION:
		return rows_save_negotiation(r, bytes);
	case PACK_MESSAGE:
		return rows_add_message(r, bytes);
	case PACK_EVENT:
		return rows_add_event(r, bytes);
	case PACK_JOIN:
		return rows_join(r, bytes);
	default:
		return SQLITE_MISUSE;
	}
}

int
store_step(sqlite3_stmt *stmt)
{
	int rc;

	sqlite3_step(stmt);
	rc = sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return rc;
}

int
store_bind_span(sqlite3_stmt *stmt, int index, struct span s)
{
	char *escaped;

	if (s.len == 0)
		return sqlite3_bind_null(stmt, index);
	if (text_clean(s))
		return sqlite3_bind_text64(
		    stmt, index, s.p, s.len, SQLITE_STATIC, SQLITE_UTF8);
	escaped = malloc(4 * s.len);
	if (escaped == NULL)
		return SQLITE_NOMEM;
	return sqlite3_bind_text64(
	    stmt, index, escaped, text_escape(escaped, s), free, SQLITE_UTF8);
}

int
store_bind_text(sqlite3_stmt *stmt, int index, const char *s)
{
	return store_bind_span(stmt, index, span_of(s));
}

int
store_bind_id(sqlite3_stmt *stmt, int index, int64_t id)
{
	return id != 0 ? sqlite3_bind_int64(stmt, index, id)
		       : sqlite3_bind_null(stmt, index);
}
