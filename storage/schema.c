/*
 * The layout of the database. Its one rule: a step that was released is never
 * changed, a view keeps its columns for ever and gets new ones at the end.
 */
#include "storage/schema.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parsers/hints.h"
#include "parsers/ike.h"

/* Microseconds as RFC 3339; the second form floors years before 1970 too. */
#define AT(c)                                                     \
	"strftime('%Y-%m-%dT%H:%M:%S'," c "/1000000,'unixepoch')" \
	"||printf('.%06dZ'," c "%1000000)"
#define AT_ANY(c)                                         \
	"strftime('%Y-%m-%dT%H:%M:%S',(" c "-(" c         \
	"%1000000+1000000)%1000000)/1000000,'unixepoch')" \
	"||printf('.%06dZ',(" c "%1000000+1000000)%1000000)"

#define DAY_AGO "(strftime('%s','now') - 86400) * 1000000"
#define ERA "id >> 13"
#define ERAS "'2000000 8192 1'" /* rows, rows of an era, rows of an SPI */

/* clang-format off */
const struct schema_step schema_steps[] = {
	{ 1,
	    "CREATE TABLE device (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  name TEXT NOT NULL UNIQUE,\n"
	    "  address TEXT,\n"
	    "  vendor TEXT,\n"
	    "  first_seen INTEGER,\n"
	    "  last_seen INTEGER\n"
	    ") STRICT;\n"

	    "CREATE TABLE tunnel (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  device_id INTEGER NOT NULL REFERENCES device(id),\n"
	    "  vendor TEXT,\n"
	    "  peer TEXT,\n"
	    "  local TEXT,\n"
	    "  name TEXT,\n"
	    "  state TEXT NOT NULL,\n"
	    "  since INTEGER,\n"
	    "  ike_version INTEGER,\n"
	    "  first_seen INTEGER,\n"
	    "  last_established INTEGER,\n"
	    "  last_failure INTEGER,\n"
	    "  last_reason TEXT,\n"
	    "  down_reason TEXT,\n"
	    "  configured INTEGER NOT NULL DEFAULT 0,\n"
	    "  attempts INTEGER NOT NULL DEFAULT 0\n"
	    ") STRICT;\n"
	    "CREATE INDEX tunnel_peer ON tunnel(peer);\n"
	    "CREATE INDEX tunnel_name ON tunnel(name);\n"

	    "CREATE TABLE outage (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  tunnel_id INTEGER NOT NULL REFERENCES tunnel(id)"
	    " ON DELETE CASCADE,\n"
	    "  started_at INTEGER NOT NULL,\n"
	    "  ended_at INTEGER,\n"
	    "  reason TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX outage_tunnel ON outage(tunnel_id, started_at);\n"
	    "CREATE INDEX outage_started ON outage(started_at);\n"
	    "CREATE INDEX outage_open ON outage(tunnel_id)"
	    " WHERE ended_at IS NULL;\n"

	    /*
	     * parent_id and other_end_id name rows that retention may have
	     * taken; ids are never used again, so they need no foreign key.
	     */
	    "CREATE TABLE negotiation (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  device_id INTEGER NOT NULL REFERENCES device(id),\n"
	    "  tunnel_id INTEGER REFERENCES tunnel(id) ON DELETE SET NULL,\n"
	    "  parent_id INTEGER,\n"
	    "  other_end_id INTEGER,\n"
	    "  vendor TEXT,\n"
	    "  peer TEXT,\n"
	    "  local TEXT,\n"
	    "  tunnel TEXT,\n"
	    "  child TEXT,\n"
	    "  kind TEXT,\n"
	    "  role TEXT,\n"
	    "  ike_version INTEGER,\n"
	    "  stage TEXT,\n"
	    "  outcome TEXT NOT NULL,\n"
	    "  reason TEXT,\n"
	    "  suspects TEXT,\n"
	    "  refused_by TEXT,\n"
	    "  ispi TEXT,\n"
	    "  rspi TEXT,\n"
	    "  spi_in TEXT,\n"
	    "  spi_out TEXT,\n"
	    "  keys TEXT,\n"
	    "  rekey INTEGER NOT NULL DEFAULT 0,\n"
	    "  heard INTEGER NOT NULL DEFAULT 0,\n"
	    "  known_peer INTEGER NOT NULL DEFAULT 0,\n"
	    "  retransmits INTEGER NOT NULL DEFAULT 0,\n"
	    "  events INTEGER NOT NULL DEFAULT 0,\n"
	    "  started_at INTEGER NOT NULL,\n"
	    "  updated_at INTEGER NOT NULL,\n"
	    "  established_at INTEGER,\n"
	    "  ended_at INTEGER,\n"
	    "  detail TEXT,\n"
	    "  differs TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX negotiation_started ON negotiation(started_at);\n"
	    "CREATE INDEX negotiation_device"
	    " ON negotiation(device_id, started_at);\n"
	    /* with what the last good and the failures of a day are told by */
	    "CREATE INDEX negotiation_tunnel ON negotiation"
	    "(tunnel_id, started_at, established_at, outcome);\n"
	    "CREATE INDEX negotiation_peer ON negotiation(peer, started_at);\n"
	    "CREATE INDEX negotiation_parent ON negotiation(parent_id)"
	    " WHERE parent_id IS NOT NULL;\n"
	    /*
	     * An SPI is as good as random: in one index a thousand new ones
	     * would touch a thousand pages. So each era of 8192 negotiations
	     * has its own part; the statistics let SQLite look for an SPI in
	     * one era after the other instead of row by row.
	     */
	    "CREATE INDEX negotiation_ispi ON negotiation(" ERA ", ispi)"
	    " WHERE ispi IS NOT NULL;\n"
	    "CREATE INDEX negotiation_rspi ON negotiation(" ERA ", rspi)"
	    " WHERE rspi IS NOT NULL;\n"
	    "CREATE INDEX negotiation_spi_in ON negotiation(" ERA ", spi_in)"
	    " WHERE spi_in IS NOT NULL;\n"
	    "CREATE INDEX negotiation_spi_out ON negotiation(" ERA ", spi_out)"
	    " WHERE spi_out IS NOT NULL;\n"
	    "ANALYZE sqlite_schema;\n"
	    "INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES\n"
	    "  ('negotiation', 'negotiation_ispi', " ERAS "),\n"
	    "  ('negotiation', 'negotiation_rspi', " ERAS "),\n"
	    "  ('negotiation', 'negotiation_spi_in', " ERAS "),\n"
	    "  ('negotiation', 'negotiation_spi_out', " ERAS ");\n"
	    "ANALYZE sqlite_schema;\n"
	    "CREATE INDEX negotiation_open ON negotiation(started_at)"
	    " WHERE outcome = 'open';\n"
	    "CREATE INDEX negotiation_up ON negotiation(started_at)"
	    " WHERE outcome = 'established';\n"
	    "CREATE INDEX negotiation_failed"
	    " ON negotiation(started_at, reason, tunnel_id)"
	    " WHERE outcome IN ('failed','stalled');\n"
	    "CREATE INDEX negotiation_reason"
	    " ON negotiation(reason, started_at) WHERE reason IS NOT NULL;\n"

	    /* octets: as received, where message could not be kept as text */
	    "CREATE TABLE message (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  received_at INTEGER NOT NULL,\n"
	    "  source TEXT,\n"
	    "  transport TEXT,\n"
	    "  facility INTEGER,\n"
	    "  severity INTEGER,\n"
	    "  timestamp INTEGER,\n"
	    "  hostname TEXT,\n"
	    "  app TEXT,\n"
	    "  procid TEXT,\n"
	    "  msgid TEXT,\n"
	    "  message TEXT NOT NULL,\n"
	    "  vendor TEXT,\n"
	    "  octets BLOB\n"
	    ") STRICT;\n"
	    "CREATE INDEX message_received ON message(received_at);\n"

	    /* message_id: as parent_id above, messages are kept less long */
	    "CREATE TABLE event (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  received_at INTEGER NOT NULL,\n"
	    "  device_time INTEGER,\n"
	    "  device_id INTEGER NOT NULL REFERENCES device(id),\n"
	    "  negotiation_id INTEGER REFERENCES negotiation(id)"
	    " ON DELETE SET NULL,\n"
	    "  message_id INTEGER,\n"
	    "  event TEXT NOT NULL,\n"
	    "  stage TEXT,\n"
	    "  reason TEXT,\n"
	    "  detail TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX event_received ON event(received_at);\n"
	    "CREATE INDEX event_negotiation ON event(negotiation_id)"
	    " WHERE negotiation_id IS NOT NULL;\n"

	    "CREATE TABLE alert (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  incident TEXT NOT NULL,\n"
	    "  kind TEXT NOT NULL,\n"
	    "  severity TEXT NOT NULL,\n"
	    "  state TEXT NOT NULL,\n"
	    "  device TEXT,\n"
	    "  tunnel TEXT,\n"
	    "  peer TEXT,\n"
	    "  tunnel_id INTEGER REFERENCES tunnel(id) ON DELETE SET NULL,\n"
	    "  negotiation_id INTEGER REFERENCES negotiation(id)"
	    " ON DELETE SET NULL,\n"
	    "  reason TEXT,\n"
	    "  summary TEXT,\n"
	    "  attempts INTEGER NOT NULL DEFAULT 0,\n"
	    "  opened_at INTEGER NOT NULL,\n"
	    "  updated_at INTEGER NOT NULL,\n"
	    "  fired_at INTEGER,\n"
	    "  resolved_at INTEGER,\n"
	    "  notified_at INTEGER,\n"
	    "  notice TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX alert_incident ON alert(incident);\n"
	    "CREATE INDEX alert_opened ON alert(opened_at);\n"
	    "CREATE INDEX alert_tunnel ON alert(tunnel_id);\n"
	    "CREATE INDEX alert_negotiation ON alert(negotiation_id);\n"
	    "CREATE INDEX alert_live ON alert(state)"
	    " WHERE resolved_at IS NULL;\n"

	    /* each change of an incident, told or not */
	    "CREATE TABLE alert_edge (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  alert_id INTEGER NOT NULL REFERENCES alert(id)"
	    " ON DELETE CASCADE,\n"
	    "  at INTEGER NOT NULL,\n"
	    "  edge TEXT NOT NULL,\n"
	    "  state TEXT NOT NULL,\n"
	    "  severity TEXT NOT NULL,\n"
	    "  reason TEXT,\n"
	    "  summary TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX alert_edge_alert ON alert_edge(alert_id, id);\n"

	    "CREATE TABLE delivery (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  alert_id INTEGER NOT NULL REFERENCES alert(id)"
	    " ON DELETE CASCADE,\n"
	    "  destination TEXT NOT NULL,\n"
	    "  edge TEXT NOT NULL,\n"
	    "  webhook_id TEXT NOT NULL,\n"
	    "  state TEXT NOT NULL,\n"
	    "  attempts INTEGER NOT NULL DEFAULT 0,\n"
	    "  created_at INTEGER NOT NULL,\n"
	    "  next_at INTEGER,\n"
	    "  finished_at INTEGER,\n"
	    "  last_status INTEGER,\n"
	    "  last_error TEXT,\n"
	    "  payload TEXT\n"
	    ") STRICT;\n"
	    "CREATE INDEX delivery_alert ON delivery(alert_id);\n"
	    "CREATE INDEX delivery_pending ON delivery(destination, id)"
	    " WHERE state = 'pending';\n"

	    "CREATE TABLE silence (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  device TEXT,\n"
	    "  peer TEXT,\n"
	    "  tunnel TEXT,\n"
	    "  reason TEXT,\n"
	    "  starts_at INTEGER NOT NULL,\n"
	    "  ends_at INTEGER NOT NULL,\n"
	    "  author TEXT,\n"
	    "  comment TEXT,\n"
	    "  created_at INTEGER NOT NULL\n"
	    ") STRICT;\n"

	    /* what ikewatch(1) asks of the running daemon */
	    "CREATE TABLE control (\n"
	    "  id INTEGER PRIMARY KEY,\n"
	    "  asked_at INTEGER NOT NULL,\n"
	    "  command TEXT NOT NULL,\n"
	    "  argument TEXT,\n"
	    "  done_at INTEGER,\n"
	    "  result TEXT\n"
	    ") STRICT;\n"

	    /* the vocabulary, written again at each start */
	    "CREATE TABLE reason (\n"
	    "  name TEXT PRIMARY KEY,\n"
	    "  category TEXT NOT NULL,\n"
	    "  rank INTEGER NOT NULL,\n"
	    "  title TEXT NOT NULL,\n"
	    "  hint TEXT NOT NULL\n"
	    ") STRICT, WITHOUT ROWID;\n"
	    "CREATE TABLE vendor_hint (\n"
	    "  reason TEXT NOT NULL REFERENCES reason(name)"
	    " ON DELETE CASCADE,\n"
	    "  vendor TEXT NOT NULL,\n"
	    "  hint TEXT NOT NULL,\n"
	    "  PRIMARY KEY (reason, vendor)\n"
	    ") STRICT, WITHOUT ROWID;\n" },
	{ 0, NULL }
};

/* Names and columns are in design and manual: only ever add at the end. */
static const struct view {
	const char *name, *sql;
} views[] = {
	{ "tunnels",
	    "SELECT t.id, d.name AS device,"
	    " coalesce(t.vendor, d.vendor) AS vendor, t.peer, t.local, t.name,"
	    " t.state, " AT("t.since") " AS since, t.ike_version,"
	    " " AT("t.last_established") " AS last_established,"
	    " " AT("t.last_failure") " AS last_failure, t.last_reason,"
	    /* most have not failed for long, and need not be looked up */
	    " CASE WHEN t.last_failure >= " DAY_AGO
	    " THEN (SELECT count(*) FROM negotiation AS n"
	    "   WHERE n.tunnel_id = t.id AND n.outcome IN ('failed','stalled')"
	    "   AND n.started_at >= " DAY_AGO ") ELSE 0 END AS failures_24h,"
	    " t.down_reason, t.attempts, t.configured,"
	    " " AT("t.first_seen") " AS first_seen, t.since AS since_us"
	    " FROM tunnel AS t JOIN device AS d ON d.id = t.device_id" },
#define NEGOTIATION                                                       \
	    " n.id, d.name AS device, n.vendor, n.tunnel, n.peer,"        \
	    " n.local, n.role, n.ike_version, n.kind, n.ispi, n.rspi,"    \
	    " n.spi_in AS child_spi, n.stage, n.outcome, n.reason,"       \
	    " r.category, n.suspects, n.detail,"                          \
	    " " AT("n.started_at") " AS started_at,"                      \
	    " " AT("n.updated_at") " AS updated_at,"                      \
	    " " AT("n.ended_at") " AS ended_at,"                          \
	    " (coalesce(n.established_at, n.ended_at) - n.started_at)"    \
	    " / 1000 AS duration_ms"
#define NEGOTIATION_MORE                                                  \
	    " n.other_end_id, n.refused_by, n.differs, n.tunnel_id,"      \
	    " n.parent_id, n.child, n.spi_out AS child_spi_out, n.rekey," \
	    " n.retransmits, " AT("n.established_at")                     \
	    " AS established_at, n.started_at AS started_us,"             \
	    " n.ended_at AS ended_us"
	{ "negotiations",
	    "SELECT" NEGOTIATION "," NEGOTIATION_MORE
	    " FROM negotiation AS n JOIN device AS d ON d.id = n.device_id"
	    " LEFT JOIN reason AS r ON r.name = n.reason" },
	{ "failures",
	    "SELECT" NEGOTIATION ", r.title,"
	    " coalesce((SELECT h.hint FROM vendor_hint AS h"
	    "   WHERE h.reason = n.reason AND h.vendor = n.vendor), r.hint)"
	    " AS hint," NEGOTIATION_MORE
	    " FROM negotiation AS n JOIN device AS d ON d.id = n.device_id"
	    " LEFT JOIN reason AS r ON r.name = n.reason"
	    " WHERE n.outcome IN ('failed','stalled')" },
	{ "events",
	    "SELECT e.id, " AT("e.received_at") " AS received_at,"
	    " " AT_ANY("e.device_time") " AS device_time, d.name AS device,"
	    " e.negotiation_id, e.event, e.stage, e.reason, e.detail,"
	    " m.message, e.message_id, e.received_at AS received_us"
	    " FROM event AS e JOIN device AS d ON d.id = e.device_id"
	    " LEFT JOIN message AS m ON m.id = e.message_id" },
	{ "messages",
	    "SELECT id, " AT("received_at") " AS received_at, source,"
	    " transport, facility, severity,"
	    " " AT_ANY("timestamp") " AS timestamp, hostname, app, procid,"
	    " msgid, message, vendor, octets, received_at AS received_us"
	    " FROM message" },
	{ "alerts",
	    "SELECT a.id, a.kind, a.severity, a.state, a.device, a.tunnel,"
	    " a.peer, a.reason, a.summary,"
	    " " AT("a.opened_at") " AS opened_at,"
	    " " AT("a.resolved_at") " AS resolved_at,"
	    " (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id)"
	    " AS notifications,"
	    " (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id"
	    "   AND v.state = 'delivered') AS delivered,"
	    " (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id"
	    "   AND v.state = 'pending') AS pending,"
	    " (SELECT v.last_error FROM delivery AS v WHERE v.alert_id = a.id"
	    "   AND v.last_error IS NOT NULL ORDER BY v.id DESC LIMIT 1)"
	    " AS last_error,"
	    " a.incident, a.attempts, a.tunnel_id, a.negotiation_id,"
	    " " AT("a.fired_at") " AS fired_at, a.opened_at AS opened_us"
	    " FROM alert AS a" },
	{ "outages",
	    "SELECT o.id, o.tunnel_id, d.name AS device, t.peer, t.name,"
	    " " AT("o.started_at") " AS started_at,"
	    " " AT("o.ended_at") " AS ended_at,"
	    " (o.ended_at - o.started_at) / 1000 AS duration_ms, o.reason,"
	    " o.started_at AS started_us, o.ended_at AS ended_us"
	    " FROM outage AS o JOIN tunnel AS t ON t.id = o.tunnel_id"
	    " JOIN device AS d ON d.id = t.device_id" },
	{ NULL, NULL }
};
/* clang-format on */

/* The first column of the first row; otherwise when there is none. */
static int
schema_number(sqlite3 *db, const char *sql, int64_t *value)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int
schema_version(void)
{
	const struct schema_step *s = schema_steps;

	while (s[1].version != 0)
		s++;
	return s->version;
}

/* A version that no program of ours will ever have: damage, not progress. */
#define SCHEMA_VERSION_MAX 9999

static enum schema_state
schema_judge(int64_t id, int64_t version, int64_t tables, int64_t ours)
{
	if (tables == 0 && id == 0)
		return SCHEMA_OLDER;
	if (id != SCHEMA_APPLICATION_ID)
		return ours >= 4 ? SCHEMA_DAMAGED : SCHEMA_FOREIGN;
	if (version < 0 || version > SCHEMA_VERSION_MAX)
		return SCHEMA_DAMAGED;
	if (version > schema_version())
		return SCHEMA_NEWER;
	if (version > 0 && ours < 4)
		return SCHEMA_DAMAGED;
	return version < schema_version() ? SCHEMA_OLDER : SCHEMA_READY;
}

enum schema_state
schema_look(sqlite3 *db)
{
	int64_t id = 0, version = 0, tables = 0, ours = 0;
	int rc;

	rc = schema_number(db, "PRAGMA application_id", &id);
	if (rc == SQLITE_OK)
		rc = schema_number(db, "PRAGMA user_version", &version);
	if (rc == SQLITE_OK)
		rc = schema_number(
		    db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (rc == SQLITE_OK)
		rc = schema_number(db,
		    "SELECT count(*) FROM sqlite_schema"
		    " WHERE type = 'table' AND name IN"
		    " ('device','tunnel','negotiation','event')",
		    &ours);
	switch (rc & 0xff) {
	case SQLITE_OK:
		return schema_judge(id, version, tables, ours);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* its own CREATE statements cannot be read */
		return SCHEMA_DAMAGED;
	default:
		return SCHEMA_FAILED;
	}
}

static int
schema_exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Ends the transaction either way; gives back the first error. */
static int
schema_end(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK)
		rc = schema_exec(db, "COMMIT");
	if (rc != SQLITE_OK && !sqlite3_get_autocommit(db))
		schema_exec(db, "ROLLBACK");
	return rc;
}

static int
schema_apply(sqlite3 *db, const struct schema_step *step)
{
	char sql[120];
	int rc;

	rc = schema_exec(db, "BEGIN IMMEDIATE");
	if (rc != SQLITE_OK)
		return rc;
	rc = schema_exec(db, step->sql);
	snprintf(sql, sizeof(sql),
	    "PRAGMA user_version=%d; PRAGMA application_id=%d", step->version,
	    SCHEMA_APPLICATION_ID);
	if (rc == SQLITE_OK)
		rc = schema_exec(db, sql);
	return schema_end(db, rc);
}

/* True where the file has the view word for word. */
static bool
schema_has_view(sqlite3 *db, const char *name, const char *sql)
{
	sqlite3_stmt *stmt;
	bool same = false;

	if (sqlite3_prepare_v2(db,
		"SELECT 1 FROM sqlite_schema WHERE"
		" type = 'view' AND name = ?1 AND sql = ?2",
		-1, &stmt, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, sql, -1, SQLITE_STATIC);
	same = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return same;
}

static int
schema_view(sqlite3 *db, const struct view *v)
{
	char sql[4096], drop[80];
	int rc = SQLITE_OK;

	if ((size_t)snprintf(sql, sizeof(sql), "CREATE VIEW %s AS %s", v->name,
		v->sql) >= sizeof(sql))
		return SQLITE_TOOBIG;
	if (schema_has_view(db, v->name, sql))
		return SQLITE_OK;
	snprintf(drop, sizeof(drop), "DROP VIEW IF EXISTS %s", v->name);
	rc = schema_exec(db, drop);
	return rc == SQLITE_OK ? schema_exec(db, sql) : rc;
}

static int
schema_reasons(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(db,
	    "INSERT INTO reason(name, category, rank,"
	    " title, hint) VALUES (?1,?2,?3,?4,?5)",
	    -1, &stmt, NULL);
	for (int r = 1; rc == SQLITE_OK && r < IKE_REASON_COUNT; r++) {
		sqlite3_bind_text(stmt, 1, ike_reason_name(r), -1, NULL);
		sqlite3_bind_text(stmt, 2,
		    ike_category_name(ike_reason_category(r)), -1, NULL);
		sqlite3_bind_int(stmt, 3, ike_reason_rank(r));
		sqlite3_bind_text(stmt, 4, ike_reason_title(r), -1, NULL);
		sqlite3_bind_text(stmt, 5, ike_hint(r, NULL), -1, NULL);
		sqlite3_step(stmt);
		rc = sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int
schema_hints(sqlite3 *db)
{
	const struct ike_vendor_hint *h;
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(db,
	    "INSERT OR REPLACE INTO vendor_hint"
	    "(vendor, reason, hint) VALUES (?1,?2,?3)",
	    -1, &stmt, NULL);
	for (h = ike_vendor_hints; rc == SQLITE_OK && h->vendor; h++) {
		sqlite3_bind_text(stmt, 1, h->vendor, -1, NULL);
		sqlite3_bind_text(
		    stmt, 2, ike_reason_name(h->reason), -1, NULL);
		sqlite3_bind_text(stmt, 3, h->hint, -1, NULL);
		sqlite3_step(stmt);
		rc = sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* What follows from the program and not from what happened. */
static int
schema_refresh(sqlite3 *db)
{
	int rc;

	rc = schema_exec(db, "BEGIN IMMEDIATE");
	if (rc != SQLITE_OK)
		return rc;
	for (const struct view *v = views; rc == SQLITE_OK && v->name; v++)
		rc = schema_view(db, v);
	if (rc == SQLITE_OK)
		rc = schema_exec(db,
		    "DELETE FROM vendor_hint;"
		    " DELETE FROM reason");
	if (rc == SQLITE_OK)
		rc = schema_reasons(db);
	if (rc == SQLITE_OK)
		rc = schema_hints(db);
	return schema_end(db, rc);
}

int
schema_migrate(sqlite3 *db, const struct schema_step *steps)
{
	int64_t version = 0;
	int rc;

	rc = schema_number(db, "PRAGMA user_version", &version);
	/* has an effect before the first table only */
	if (rc == SQLITE_OK && version == 0)
		rc = schema_exec(db, "PRAGMA auto_vacuum=INCREMENTAL");
	for (; rc == SQLITE_OK && steps->version != 0; steps++)
		if (steps->version > version)
			rc = schema_apply(db, steps);
	return rc == SQLITE_OK ? schema_refresh(db) : rc;
}
