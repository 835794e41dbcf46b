/* Rows back into structs, for the tracker after a restart. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"
#include "storage/store_impl.h"

/* The next column; each reader moves on by one. */
struct column {
	sqlite3_stmt *stmt;
	int n;
};

static const char *
column_text(struct column *c)
{
	const char *s = (const char *)sqlite3_column_text(c->stmt, c->n++);

	return s != NULL ? s : "";
}

static int64_t
column_number(struct column *c)
{
	return sqlite3_column_int64(c->stmt, c->n++);
}

static void
column_copy(struct column *c, char *to, size_t size)
{
	span_copy(to, size, span_of(column_text(c)));
}

/* A vendor by its parser's name, which lives as long as the program. */
static const char *
column_vendor(struct column *c)
{
	const struct parser *p = parser_named(column_text(c));

	return p != NULL ? p->name : NULL;
}

static uint64_t
column_hex(struct column *c, bool *known)
{
	uint64_t value = 0;
	bool is = span_u64(span_of(column_text(c)), 16, &value);

	if (known != NULL)
		*known = is;
	return is ? value : 0;
}

/* ["no_response","psk_mismatch"]: the words between the quotes. */
static ike_reasons
column_reasons(struct column *c)
{
	struct span s = span_of(column_text(c)), word;
	ike_reasons set = 0;
	char name[64];

	while (scan_until(&s, "\"", NULL) && scan_until(&s, "\"", &word)) {
		span_copy(name, sizeof(name), word);
		set |= IKE_BIT(ike_reason_named(name));
	}
	return set & ~IKE_BIT(IKE_REASON_NONE);
}

static enum ike_kind
column_kind(struct column *c)
{
	const char *s = column_text(c);

	return strcmp(s, "ike") == 0  ? IKE_KIND_IKE
	    : strcmp(s, "child") == 0 ? IKE_KIND_CHILD
				      : IKE_KIND_NONE;
}

static enum ike_role
column_role(struct column *c)
{
	const char *s = column_text(c);

	return strcmp(s, "initiator") == 0 ? IKE_INITIATOR
	    : strcmp(s, "responder") == 0  ? IKE_RESPONDER
					   : IKE_ROLE_NONE;
}

static enum ike_refused
column_refused(struct column *c)
{
	const char *s = column_text(c);

	return strcmp(s, "here") == 0 ? IKE_REFUSED_HERE
	    : strcmp(s, "peer") == 0  ? IKE_REFUSED_PEER
				      : IKE_REFUSED_NONE;
}

static void
load_tunnel(sqlite3_stmt *stmt, struct ike_tunnel *t)
{
	struct column c = { stmt, 0 };

	*t = (struct ike_tunnel){ .id = column_number(&c) };
	t->device = column_text(&c);
	t->vendor = column_vendor(&c);
	column_copy(&c, t->peer, sizeof(t->peer));
	column_copy(&c, t->local, sizeof(t->local));
	column_copy(&c, t->name, sizeof(t->name));
	t->state = ike_tunnel_state_named(column_text(&c));
	t->since = column_number(&c);
	t->ike_version = column_number(&c);
	t->last_established = column_number(&c);
	t->last_failure = column_number(&c);
	t->last_reason = ike_reason_named(column_text(&c));
	t->down_reason = ike_reason_named(column_text(&c));
	t->configured = column_number(&c);
	t->attempts = column_number(&c);
}

static void
load_negotiation(sqlite3_stmt *stmt, struct ike_negotiation *n)
{
	struct column c = { stmt, 0 };

	*n = (struct ike_negotiation){ .id = column_number(&c) };
	n->parent = column_number(&c);
	n->tunnel_id = column_number(&c);
	n->other_end = column_number(&c);
	n->device = column_text(&c);
	n->vendor = column_vendor(&c);
	column_copy(&c, n->peer, sizeof(n->peer));
	column_copy(&c, n->local, sizeof(n->local));
	column_copy(&c, n->tunnel, sizeof(n->tunnel));
	column_copy(&c, n->child, sizeof(n->child));
	n->kind = column_kind(&c);
	n->role = column_role(&c);
	n->ike_version = column_number(&c);
	n->stage = ike_stage_named(column_text(&c));
	n->outcome = ike_outcome_named(column_text(&c), IKE_OPEN);
	n->reason = ike_reason_named(column_text(&c));
	n->suspects = column_reasons(&c);
	n->ispi.value = column_hex(&c, &n->ispi.known);
	n->rspi.value = column_hex(&c, &n->rspi.known);
	n->spi_in = column_hex(&c, NULL);
	n->spi_out = column_hex(&c, NULL);
	n->rekey = column_number(&c);
	n->heard = column_number(&c);
	n->known_peer = column_number(&c);
	n->refused_by = column_refused(&c);
	n->retransmits = column_number(&c);
	n->events = column_number(&c);
	n->started_at = column_number(&c);
	n->updated_at = column_number(&c);
	n->established_at = column_number(&c);
	n->ended_at = column_number(&c);
	column_copy(&c, n->keys, sizeof(n->keys));
	n->detail = column_text(&c);
	n->differs = column_text(&c);
	if (n->detail[0] == '\0')
		n->detail = NULL;
	if (n->differs[0] == '\0')
		n->differs = NULL;
}

/* Either of the two callbacks. */
struct load {
	const char *sql;
	void (*tunnel)(void *arg, const struct ike_tunnel *);
	void (*negotiation)(void *arg, const struct ike_negotiation *);
	void *arg;
};

static void
load_row(const struct load *l, sqlite3_stmt *stmt)
{
	struct ike_negotiation n;
	struct ike_tunnel t;

	if (l->tunnel != NULL) {
		load_tunnel(stmt, &t);
		l->tunnel(l->arg, &t);
	} else {
		load_negotiation(stmt, &n);
		l->negotiation(l->arg, &n);
	}
}

/* Damage found here is dealt with as at opening: what could be read counts. */
static int
load_rows(struct store *s, const struct load *l, int64_t since)
{
	sqlite3_stmt *stmt;
	char why[100];
	int rc;

	rc = sqlite3_prepare_v2(s->db.sql, l->sql, -1, &stmt, NULL);
	if (rc == SQLITE_OK) {
		if (sqlite3_bind_parameter_count(stmt) > 0)
			sqlite3_bind_int64(stmt, 1, since);
		while (sqlite3_step(stmt) == SQLITE_ROW)
			load_row(l, stmt);
		rc = sqlite3_finalize(stmt);
	}
	if ((rc & 0xff) != SQLITE_CORRUPT && (rc & 0xff) != SQLITE_NOTADB)
		return rc == SQLITE_OK ? 0 : -1;
	snprintf(why, sizeof(why), "%s", sqlite3_errmsg(s->db.sql));
	return store_reopen(s, why);
}

int
store_load_tunnels(struct store *s,
    void (*cb)(void *arg, const struct ike_tunnel *), void *arg)
{
	const struct load l = {
		.sql =
		    "SELECT t.id, d.name, t.vendor, t.peer, t.local,"
		    " t.name, t.state, t.since, t.ike_version,"
		    " t.last_established, t.last_failure, t.last_reason,"
		    " t.down_reason, t.configured, t.attempts"
		    " FROM tunnel AS t JOIN device AS d ON d.id = t.device_id"
		    " ORDER BY t.id",
		.tunnel = cb,
		.arg = arg,
	};

	return load_rows(s, &l, 0);
}

#define NEGOTIATION                                                      \
	"SELECT n.id, n.parent_id, n.tunnel_id, n.other_end_id, d.name," \
	" n.vendor, n.peer, n.local, n.tunnel, n.child, n.kind, n.role," \
	" n.ike_version, n.stage, n.outcome, n.reason, n.suspects,"      \
	" n.ispi, n.rspi, n.spi_in, n.spi_out, n.rekey, n.heard,"        \
	" n.known_peer, n.refused_by, n.retransmits, n.events,"          \
	" n.started_at, n.updated_at, n.established_at, n.ended_at,"     \
	" n.keys, n.detail, n.differs"                                   \
	" FROM negotiation AS n JOIN device AS d ON d.id = n.device_id"

/* Live ones by their index; ended ones: started since, or a day before. */
int
store_load_negotiations(struct store *s, int64_t since,
    void (*cb)(void *arg, const struct ike_negotiation *), void *arg)
{
	const struct load l = {
		.sql =
		    "SELECT * FROM (" NEGOTIATION " WHERE n.outcome = 'open'"
		    " UNION ALL " NEGOTIATION " WHERE n.outcome = 'established'"
		    " UNION ALL " NEGOTIATION
		    " WHERE n.started_at >= ?1 - 86400000000"
		    " AND n.ended_at >= ?1"
		    " AND n.outcome NOT IN ('open','established'))"
		    " ORDER BY id",
		.negotiation = cb,
		.arg = arg,
	};

	return load_rows(s, &l, since);
}
