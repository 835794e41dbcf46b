/*
 * One row a question. Each is served by an index: a filter that is not asked
 * for is left out of the text, so that SQLite sees what it can use.
 */
#include "storage/query_sql.h"

/* A stranger is no one's tunnel: not configured, never up, and we never
 * began a negotiation with it. */
#define KNOWN                                                         \
	"(t.configured OR t.last_established IS NOT NULL OR EXISTS (" \
	"SELECT 1 FROM negotiation AS n WHERE n.tunnel_id = t.id"     \
	" AND n.role IS NOT 'responder' LIMIT 1))"

#define DEVICE(alias) \
	alias ".device_id = (SELECT id FROM device WHERE name = :device)"
#define NAMED "SELECT id FROM tunnel WHERE name = :tunnel"

/* The last that came up before b, of a tunnel. */
#define GOOD(tunnel)                                                     \
	"(SELECT g.id FROM negotiation AS g WHERE g.tunnel_id = " tunnel \
	" AND g.kind IS b.kind AND g.established_at IS NOT NULL"         \
	" AND g.started_at < b.started_at"                               \
	" ORDER BY g.started_at DESC LIMIT 1)"

/* clang-format off */
const struct query_row query_rows[QUERY_WHAT_COUNT] = {
	[QUERY_STATUS] = {
		"SELECT t.id, d.name, coalesce(t.vendor, d.vendor), t.peer,"
		" t.local, t.name, t.state, t.since, t.ike_version,"
		" t.last_established, t.last_failure, t.last_reason,"
		" CASE WHEN t.last_failure >= :since THEN"
		" (SELECT count(*) FROM negotiation AS n"
		"   WHERE n.tunnel_id = t.id"
		"   AND n.outcome IN ('failed','stalled')"
		"   AND n.started_at >= :since) ELSE 0 END,"
		" t.down_reason, t.attempts"
		" FROM tunnel AS t JOIN device AS d ON d.id = t.device_id"
		" WHERE 1",
		{ { BY_PEER, "t.peer = :peer" },
		  { BY_DEVICE, DEVICE("t") },
		  { BY_TUNNEL, "t.name = :tunnel" },
		  { BY_REASON, "t.last_reason = :reason" },
		  { BY_NOT_ALL, KNOWN } },
		" ORDER BY CASE t.state WHEN 'down' THEN 0"
		"  WHEN 'negotiating' THEN 1 WHEN 'rekeying' THEN 2"
		"  WHEN 'established' THEN 3 ELSE 4 END,"
		" d.name, t.name, t.peer LIMIT :limit" },
	[QUERY_STRANGERS] = {
		"SELECT count(*) FROM tunnel AS t WHERE NOT " KNOWN },
	[QUERY_HISTORY] = {
		"SELECT n.id, n.started_at, n.ended_at, d.name, n.vendor,"
		" coalesce(n.tunnel, n.child), n.peer, n.local, n.role,"
		" n.ike_version, n.kind, n.ispi, n.rspi, n.spi_in, n.stage,"
		" n.outcome, n.reason, n.suspects, n.refused_by, n.detail,"
		" n.differs, n.other_end_id"
		" FROM negotiation AS n JOIN device AS d ON d.id = n.device_id"
		" WHERE 1",
		{ { BY_PEER, "n.peer = :peer" },
		  { BY_DEVICE, DEVICE("n") },
		  { BY_TUNNEL, "n.tunnel_id IN (" NAMED ")" },
		  { BY_REASON, "n.reason = :reason" },
		  { BY_SINCE, "n.started_at >= :since" } },
		" ORDER BY n.started_at DESC, n.id DESC LIMIT :limit" },
	[QUERY_EVENTS] = {
		"SELECT e.received_at, d.name, e.negotiation_id, e.event,"
		" e.stage, e.reason, e.detail, coalesce(m.message, e.detail)"
		" FROM event AS e JOIN device AS d ON d.id = e.device_id"
		" LEFT JOIN message AS m ON m.id = e.message_id"
		" WHERE e.negotiation_id IN (:id,"
		"  (SELECT other_end_id FROM negotiation WHERE id = :id))",
		{ { BY_END, NULL } },
		" ORDER BY e.received_at, e.id LIMIT :limit" },
	[QUERY_ALERTS] = {
		"SELECT a.id, a.opened_at, a.resolved_at, a.state,"
		" a.severity, a.kind, a.device, a.tunnel, a.peer, a.reason,"
		" a.summary,"
		" (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id),"
		" (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id"
		"   AND v.state = 'delivered'),"
		" (SELECT count(*) FROM delivery AS v WHERE v.alert_id = a.id"
		"   AND v.state = 'pending'),"
		" (SELECT v.last_error FROM delivery AS v"
		"   WHERE v.alert_id = a.id AND v.last_error IS NOT NULL"
		"   AND v.state != 'delivered' ORDER BY v.id DESC LIMIT 1)"
		" FROM alert AS a WHERE 1",
		{ { BY_PEER, "a.peer = :peer" },
		  { BY_DEVICE, "a.device = :device" },
		  { BY_TUNNEL, "a.tunnel = :tunnel" },
		  { BY_REASON, "a.reason = :reason" },
		  { BY_SINCE, "a.opened_at >= :since" },
		  { BY_ID, "a.id = :id" } },
		" ORDER BY a.opened_at DESC, a.id DESC LIMIT :limit" },
	[QUERY_DELIVERIES] = {
		"SELECT id, alert_id, destination, edge, state, attempts,"
		" created_at, next_at, finished_at, last_status, last_error"
		" FROM delivery WHERE 1",
		{ { BY_ID, "alert_id = :id" } },
		" ORDER BY id LIMIT :limit" },
	[QUERY_SILENCES] = {
		"SELECT id, starts_at, ends_at, device, peer, tunnel, reason,"
		" author, comment FROM silence WHERE 1",
		{ { BY_SINCE, "ends_at > :since" } },
		" ORDER BY ends_at, id LIMIT :limit" },
	[QUERY_TUNNELS] = {
		"SELECT t.id, d.name, t.peer, t.name, t.state, t.since,"
		" coalesce(t.first_seen, t.since)"
		" FROM tunnel AS t JOIN device AS d ON d.id = t.device_id"
		" WHERE 1",
		{ { BY_TUNNEL, "(t.name = :tunnel OR t.peer = :tunnel)" },
		  { BY_DEVICE, DEVICE("t") },
		  { BY_NOT_ALL, "t.last_established IS NOT NULL" } },
		" ORDER BY t.id LIMIT :limit" },
	[QUERY_OUTAGES] = {
		"SELECT o.tunnel_id, o.started_at, o.ended_at, o.reason"
		" FROM outage AS o WHERE o.started_at < :until"
		" AND (o.ended_at IS NULL OR o.ended_at > :since)",
		{ { BY_END, NULL } },
		" ORDER BY o.tunnel_id, o.started_at" },
	[QUERY_CAUSES] = {
		"SELECT coalesce(n.reason, 'unknown'), count(*),"
		" count(DISTINCT n.tunnel_id) FROM negotiation AS n"
		" WHERE n.outcome IN ('failed','stalled')"
		" AND n.started_at >= :since AND n.started_at < :until",
		{ { BY_TUNNEL, "n.tunnel_id IN (SELECT id FROM tunnel"
		    " WHERE name = :tunnel OR peer = :tunnel)" },
		  { BY_DEVICE, DEVICE("n") } },
		" GROUP BY 1 ORDER BY 2 DESC, 1" },
	[QUERY_HOURS] = {
		"SELECT n.started_at / 3600000000 * 3600,"
		" coalesce(n.reason, 'unknown'), count(*) FROM negotiation AS n"
		" WHERE n.outcome IN ('failed','stalled')"
		" AND n.started_at >= :since AND n.started_at < :until",
		{ { BY_TUNNEL, "n.tunnel_id IN (SELECT id FROM tunnel"
		    " WHERE name = :tunnel OR peer = :tunnel)" },
		  { BY_DEVICE, DEVICE("n") } },
		" GROUP BY 1, 2" },
	[QUERY_REKEYS] = {
		"SELECT n.tunnel_id, coalesce(n.child, ''), n.started_at,"
		" n.rekey, n.role, o.tunnel_id FROM negotiation AS n"
		" LEFT JOIN negotiation AS o ON o.id = n.other_end_id"
		" WHERE n.kind = 'child' AND n.established_at IS NOT NULL"
		" AND n.tunnel_id IS NOT NULL"
		" AND n.started_at >= :since AND n.started_at < :until",
		{ { BY_TUNNEL, "n.tunnel_id IN (SELECT id FROM tunnel"
		    " WHERE name = :tunnel OR peer = :tunnel)" },
		  { BY_DEVICE, DEVICE("n") } },
		" ORDER BY 1, 2, 3" },
	[QUERY_GOOD_AND_BAD] = {
		"SELECT " GOOD("b.tunnel_id") ", b.id"
		" FROM negotiation AS b"
		" WHERE b.tunnel_id = :id"
		" AND b.outcome IN ('failed','stalled')"
		" AND b.started_at >= :since AND b.started_at < :until",
		{ { BY_END, NULL } },
		" ORDER BY b.started_at DESC LIMIT 1" },
	[QUERY_LAST_GOOD] = {
		"SELECT coalesce(" GOOD("b.tunnel_id") ", "
		" (SELECT " GOOD("s.only") " FROM (SELECT max(t.id) AS only"
		"   FROM tunnel AS own JOIN tunnel AS t ON t.name = own.name"
		"   WHERE own.id = b.tunnel_id AND t.id != own.id"
		"   AND t.device_id = own.device_id"
		"   AND t.last_established IS NOT NULL"
		"   GROUP BY own.id HAVING count(*) = 1) AS s))"
		" FROM negotiation AS b WHERE b.id = :id" },
};
/* clang-format on */
