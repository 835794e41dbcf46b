/* The store: what goes in comes out, whatever it is, and whatever is found
 * at the path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "storage/db.h"
#include "storage/store_internal.h"

#define SECOND INT64_C(1000000)
#define NOW INT64_C(1795000000000000)

static char dir[200], path[220];

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof(dir), "%s/ikewatch-store-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/t.db", dir);
	return 0;
}

static const char *
beside(const char *suffix)
{
	static char name[260];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return name;
}

static int
teardown(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int rc = 0;

	(void)state;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			rc |= unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	return rc | rmdir(dir);
}

static struct store *
open_at(const char *at, int want)
{
	struct store_conf conf = { .path = at };
	char err[400] = "";
	struct store *s;
	int code = 0;

	s = store_open(&conf, err, sizeof(err), &code);
	if (want == 0 && s == NULL)
		fail_msg("%s", err);
	assert_int_equal(code, want);
	if (want != 0) {
		assert_null(s);
		assert_true(strlen(err) > 10);
	}
	return s;
}

static struct store *
started(void)
{
	struct store *s = open_at(path, 0);

	assert_int_equal(store_start(s, NULL, NULL), 0);
	return s;
}

/* One value out of the closed database. */
static const char *
ask(const char *sql)
{
	static char answer[4][2000];
	static int turn;
	char *to = answer[turn = (turn + 1) % 4];
	sqlite3_stmt *stmt;
	sqlite3 *db;

	to[0] = '\0';
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_text(stmt, 0) != NULL)
		snprintf(
		    to, 2000, "%s", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return to;
}

static void
run(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Waits until the writer has done all it was given. */
static void
settle(struct store *s)
{
	struct store_counts c = { .queue_rows = 1 };

	for (int i = 0; i < 120000 && c.queue_rows > 0; i++) {
		usleep(1000);
		store_count(s, &c);
	}
	assert_int_equal(c.queue_rows, 0);
}

static struct ike_negotiation
negotiation(int64_t id)
{
	struct ike_negotiation n = { .id = id };

	n.device = "fw-paris";
	n.vendor = "cisco-asa";
	n.kind = IKE_KIND_IKE;
	n.started_at = n.updated_at = NOW;
	return n;
}

static struct ike_tunnel
tunnel(int64_t id)
{
	struct ike_tunnel t = { .id = id };

	t.device = "fw-paris";
	t.vendor = "cisco-asa";
	snprintf(t.peer, sizeof(t.peer), "198.51.100.7");
	snprintf(t.name, sizeof(t.name), "hq-paris");
	return t;
}

static int64_t
event(struct store *s, int64_t negotiation, int64_t message)
{
	struct store_event e = { .received_at = NOW };

	e.device_time = INT64_MIN;
	e.device = "fw-paris";
	e.negotiation = negotiation;
	e.message = message;
	e.what = IKE_FAILED;
	e.stage = IKE_AUTH;
	e.reason = IKE_R_PSK_MISMATCH;
	return store_event(s, &e);
}

static int64_t
message(struct store *s, struct span text)
{
	struct store_message m = { .received_at = NOW };

	m.source = span_of("192.0.2.1");
	m.transport = "udp";
	m.facility = m.severity = -1;
	m.timestamp = INT64_MIN;
	m.message = text;
	return store_message(s, &m);
}

/* Every field of a negotiation survives a restart. */
static struct ike_negotiation loaded;
static char loaded_text[2][500];
static int loads;

static void
load_negotiation(void *arg, const struct ike_negotiation *n)
{
	(void)arg;
	loads++;
	loaded = *n;
	assert_string_equal(n->device, "fw-paris");
	snprintf(loaded_text[0], 500, "%s", n->detail ? n->detail : "");
	snprintf(loaded_text[1], 500, "%s", n->differs ? n->differs : "");
}

static void
test_negotiation(void **state)
{
	struct store *s = started();
	struct ike_negotiation n = negotiation(41);
	struct ike_tunnel t = tunnel(9);

	(void)state;
	n.tunnel_id = 9;
	n.parent = 17;
	n.other_end = 18;
	snprintf(n.peer, sizeof(n.peer), "2001:db8::7");
	snprintf(n.local, sizeof(n.local), "192.0.2.1");
	snprintf(n.tunnel, sizeof(n.tunnel), "hq-paris");
	snprintf(n.child, sizeof(n.child), "net-1");
	n.kind = IKE_KIND_CHILD;
	n.role = IKE_RESPONDER;
	n.ike_version = 2;
	n.stage = IKE_AUTH;
	n.outcome = IKE_STALL;
	n.reason = IKE_R_STALLED;
	n.suspects = IKE_BIT(IKE_R_PSK_MISMATCH) | IKE_BIT(IKE_R_UNKNOWN) |
	    IKE_BIT(IKE_R_IKE_PROPOSAL_MISMATCH);
	n.ispi = (struct ike_spi){ UINT64_C(0xfedcba9876543210), true };
	n.rspi = (struct ike_spi){ 0, true };
	n.spi_in = 0xffffffff;
	n.spi_out = 0x0000000f;
	n.rekey = n.heard = n.known_peer = true;
	n.refused_by = IKE_REFUSED_PEER;
	n.retransmits = 5;
	n.events = 77;
	n.updated_at = NOW + SECOND;
	n.established_at = NOW + SECOND / 2;
	n.ended_at = NOW + 2 * SECOND;
	snprintf(n.keys, sizeof(n.keys), "child=4 msgid=c0ffee01");
	n.detail = "it's \"quoted\"; DROP TABLE tunnel; --";
	n.differs = "encryption: peer 3DES, here AES-256";
	assert_int_equal(store_tunnel(s, &t), 0);
	assert_int_equal(store_negotiation(s, &n), 0);
	store_close(s, 10 * SECOND);

	assert_string_equal(ask("SELECT ispi || rspi || child_spi ||"
				" child_spi_out FROM negotiations"),
	    "fedcba98765432100000000000000000ffffffff0000000f");
	assert_string_equal(ask("SELECT suspects FROM negotiations"),
	    "[\"ike_proposal_mismatch\",\"psk_mismatch\",\"unknown\"]");
	assert_string_equal(ask("SELECT category || refused_by || role"
				" FROM negotiations"),
	    "stallpeerresponder");
	assert_string_equal(ask("SELECT duration_ms FROM negotiations"), "500");
	assert_string_equal(ask("SELECT title || ' ' || (hint > '')"
				" FROM failures"),
	    "nothing moved the negotiation any more 1");

	s = open_at(path, 0);
	loads = 0;
	assert_int_equal(
	    store_load_negotiations(s, NOW, load_negotiation, NULL), 0);
	assert_int_equal(loads, 1);
	assert_int_equal(store_next_negotiation(s), 42);
	assert_int_equal(store_next_tunnel(s), 10);
	assert_string_equal(loaded_text[0], n.detail);
	assert_string_equal(loaded_text[1], n.differs);
	loaded.detail = n.detail;
	loaded.differs = n.differs;
	loaded.device = n.device;
	n.vendor = loaded.vendor; /* of the parser, when there is one */
	assert_memory_equal(&loaded, &n, sizeof(n));
	/* what ended before is left alone */
	loads = 0;
	assert_int_equal(store_load_negotiations(
			     s, NOW + 3 * SECOND, load_negotiation, NULL),
	    0);
	assert_int_equal(loads, 0);
	store_close(s, 0);
}

static struct ike_tunnel got;

static void
load_tunnel(void *arg, const struct ike_tunnel *t)
{
	(void)arg;
	loads++;
	assert_string_equal(t->device, "fw-paris");
	got = *t;
}

static void
test_tunnel(void **state)
{
	struct store *s = started();
	struct ike_tunnel t = tunnel(3);

	(void)state;
	snprintf(t.local, sizeof(t.local), "192.0.2.1");
	t.state = IKE_TUNNEL_DOWN;
	t.since = NOW;
	t.ike_version = 1;
	t.last_established = NOW - 5;
	t.last_failure = NOW - 1;
	t.last_reason = IKE_R_PSK_MISMATCH;
	t.down_reason = IKE_R_PEER_DEAD;
	t.configured = true;
	t.attempts = 12;
	assert_int_equal(store_tunnel(s, &t), 0);
	store_close(s, 10 * SECOND);
	s = open_at(path, 0);
	loads = 0;
	assert_int_equal(store_load_tunnels(s, load_tunnel, NULL), 0);
	assert_int_equal(loads, 1);
	got.device = t.device;
	t.vendor = got.vendor;
	assert_memory_equal(&got, &t, sizeof(t));
	store_close(s, 0);
}

/* Down begins an outage and up ends it, even within one batch; a rekey is
 * none. */
static void
test_outages(void **state)
{
	static const struct step {
		enum ike_tunnel_state state;
		int at;
	} steps[] = {
		{ IKE_TUNNEL_NEGOTIATING, 1 },
		{ IKE_TUNNEL_UP, 2 },
		{ IKE_TUNNEL_REKEYING, 3 },
		{ IKE_TUNNEL_UP, 4 },
		{ IKE_TUNNEL_DOWN, 5 },
		{ IKE_TUNNEL_NEGOTIATING, 6 },
		{ IKE_TUNNEL_DOWN, 7 },
		{ IKE_TUNNEL_UP, 8 },
		{ IKE_TUNNEL_DOWN, 9 },
	};
	struct store *s = started();
	struct ike_tunnel t = tunnel(3);

	(void)state;
	t.down_reason = IKE_R_PEER_DEAD;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		t.state = steps[i].state;
		t.since = NOW + steps[i].at * SECOND;
		assert_int_equal(store_tunnel(s, &t), 0);
	}
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT group_concat((started_us % 60000000 /"
		" 1000000) || '-' || coalesce(duration_ms, 'now') || '-' ||"
		" reason) FROM outages"),
	    "45-3000-peer_dead,49-now-peer_dead");
	assert_string_equal(ask("SELECT state FROM tunnels"), "down");
}

/* The last state of a batch wins, and knows when the SA came up. */
static void
test_coalesced(void **state)
{
	struct store *s = started();
	struct ike_negotiation n = negotiation(1);

	(void)state;
	for (int i = 0; i < 100; i++) {
		n.events = i;
		n.outcome = i < 50 ? IKE_OPEN : i < 60 ? IKE_UP : IKE_GONE;
		n.updated_at = NOW + i * SECOND;
		n.established_at = i < 50 ? 0 : NOW + 50 * SECOND;
		n.ended_at = i < 60 ? 0 : NOW + i * SECOND;
		assert_int_equal(store_negotiation(s, &n), 0);
	}
	settle(s);
	/* and again in the next batch: only what changes all the time */
	n.events = 200;
	n.detail = "late";
	assert_int_equal(store_negotiation(s, &n), 0);
	settle(s);
	n.reason = IKE_R_PEER_DEAD;
	assert_int_equal(store_negotiation(s, &n), 0);
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT outcome || ' ' || events || ' ' ||"
		" detail || ' ' || reason || ' ' ||"
		" ((established_at - started_at) / 1000000) FROM negotiation"),
	    "deleted 200 late peer_dead 50");
}

/* The device's address and vendor may come apart. */
static void
test_device(void **state)
{
	struct store *s = started();

	(void)state;
	store_device(s, "fw-paris", "192.0.2.1", NULL, NOW);
	store_device(s, "fw-paris", NULL, "cisco-asa", NOW + 1);
	store_device(s, "fw-paris", NULL, NULL, NOW + 2);
	settle(s);
	store_device(s, "fw-paris", NULL, NULL, NOW + 1);
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT count(*) || address || vendor ||"
				" (last_seen - first_seen) FROM device"),
	    "1192.0.2.1cisco-asa2");
}

/* Text is UTF-8 for every reader; what is not keeps its octets beside it. */
static void
test_text(void **state)
{
	static const struct text {
		const char *in;
		size_t len;
		const char *out;
		bool octets;
	} rows[] = {
		{ "plain", 5, "plain", false },
		{ "", 0, "", false },
		{ "nul\0inside", 10, "nul\\x00inside", true },
		{ "latin \xe9t\xe9", 9, "latin \\xe9t\\xe9", true },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14,
		    "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", false },
		{ "\xc0\xaf", 2, "\\xc0\\xaf", true },
		{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80", true },
		{ "\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80", true },
		{ "cut \xe2\x82", 6, "cut \\xe2\\x82", true },
		{ "esc \x1b[31m \x07", 11, "esc \x1b[31m \x07", false },
		{ "'); DROP TABLE message; --", 26,
		    "'); DROP TABLE message; --", false },
	};
	struct store *s = started();
	char sql[100];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    message(s, (struct span){ rows[i].in, rows[i].len }),
		    i + 1);
	store_close(s, 10 * SECOND);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT message FROM messages"
		    " WHERE id = %zu",
		    i + 1);
		assert_string_equal(ask(sql), rows[i].out);
		snprintf(sql, sizeof(sql),
		    "SELECT length(octets) FROM"
		    " messages WHERE id = %zu",
		    i + 1);
		assert_int_equal(strtol(ask(sql), NULL, 10),
		    rows[i].octets ? rows[i].len : 0);
	}
}

/* 64 KiB of anything in every field. */
static void
test_large(void **state)
{
	struct store *s = started();
	struct store_message m = { .received_at = NOW };
	char *big = malloc(65536);
	struct span all = { big, 65536 };

	(void)state;
	memset(big, 0xff, 65536);
	m.source = m.hostname = m.app = m.procid = m.msgid = all;
	m.message = all;
	m.transport = "tcp";
	m.timestamp = NOW;
	assert_int_equal(store_message(s, &m), 1);
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT length(message) || ' ' ||"
		" length(octets) || ' ' || length(hostname) FROM messages"),
	    "262144 65536 262144");
	free(big);
}

/* Rows that refer to what is not there are kept. */
static void
test_dangling(void **state)
{
	struct store *s = started();
	struct ike_negotiation n = negotiation(5);
	struct store_counts c;

	(void)state;
	store_join(s, 4, 999);
	event(s, 999, 888);
	n.tunnel_id = 77;
	snprintf(n.tunnel, sizeof(n.tunnel), "lost");
	store_negotiation(s, &n);
	settle(s);
	store_count(s, &c);
	assert_int_equal(c.refused, 1); /* the join: there is no such row */
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT coalesce(negotiation_id, 'none') ||"
				" message_id FROM events"),
	    "none888");
	assert_string_equal(
	    ask("SELECT id || state || name FROM tunnels"), "77unknownlost");
	assert_string_equal(ask("SELECT count(*) FROM"
				" pragma_foreign_key_check"),
	    "0");
}

/* A row that retention took is not referred to any more. */
static void
test_forgotten(void **state)
{
	const int64_t day = 24 * 3600 * SECOND;
	struct store_conf conf = { .path = path,
		.retain_negotiations = 10 * day };
	struct ike_negotiation n = negotiation(1);
	char err[400] = "";
	struct store_counts c = { .pruned = 0 };
	struct store *s;
	int code;

	(void)state;
	s = store_open(&conf, err, sizeof(err), &code);
	assert_non_null(s);
	assert_int_equal(store_start(s, NULL, NULL), 0);
	n.outcome = IKE_FAILURE;
	n.started_at = n.updated_at = n.ended_at = NOW - 20 * day;
	store_negotiation(s, &n);
	n = negotiation(2);
	store_negotiation(s, &n);
	event(s, 1, 0); /* now is the time of this one */
	for (int i = 0; i < 120000 && c.pruned == 0; i++) {
		usleep(1000);
		store_count(s, &c);
	}
	assert_int_equal(c.pruned, 1);
	event(s, 1, 0);
	event(s, 2, 0);
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT group_concat(coalesce(negotiation_id, 'none'))"
		" FROM event"),
	    "none,none,2");
}

/* Two negotiations turn out to be one. */
static void
test_join(void **state)
{
	struct store *s = started();
	struct ike_negotiation a = negotiation(1), b = negotiation(2),
			       c = negotiation(3), d = negotiation(4);

	(void)state;
	b.other_end = 4;
	d.other_end = 2;
	c.parent = 2;
	store_negotiation(s, &a);
	store_negotiation(s, &b);
	store_negotiation(s, &c);
	store_negotiation(s, &d);
	event(s, 1, 0);
	event(s, 2, 0);
	store_join(s, 2, 1);
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT group_concat(negotiation_id)"
				" FROM event"),
	    "1,1");
	assert_string_equal(
	    ask("SELECT group_concat(id) FROM negotiation"), "1,3,4");
	assert_string_equal(ask("SELECT parent_id FROM negotiation"
				" WHERE id = 3"),
	    "1");
	assert_string_equal(ask("SELECT other_end_id FROM negotiation"
				" WHERE id = 4"),
	    "1");
}

/* Ids go on where they were, over a restart. */
static void
test_ids(void **state)
{
	struct store *s = started();

	(void)state;
	assert_int_equal(message(s, SPAN_LIT("a")), 1);
	assert_int_equal(event(s, 0, 1), 1);
	store_close(s, 10 * SECOND);
	s = started();
	assert_int_equal(message(s, SPAN_LIT("b")), 2);
	assert_int_equal(event(s, 0, 2), 2);
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT group_concat(message) FROM events"), "a,b");
}

/* Alerts and the like: whole or not at all, and told when they are safe. */
static int
pair_apply(sqlite3_stmt *const *stmt, const void *bytes, size_t len)
{
	const char *text = bytes;
	int rc;

	for (int i = 0; i < 2; i++) {
		store_bind_span(stmt[i], 1, (struct span){ text, len });
		if ((rc = store_step(stmt[i])) != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

static void
test_applier(void **state)
{
	static const char *const sql[] = {
		"INSERT INTO silence(comment, starts_at, ends_at, created_at)"
		" VALUES (?1, 0, 0, 0)",
		"INSERT INTO control(asked_at, command)"
		" VALUES (0, nullif(?1, 'bad'))",
		NULL
	};
	static const struct store_applier pair = { sql, pair_apply };
	struct store *s = open_at(path, 0);
	struct store_counts c;
	uint64_t number;
	int kind;

	(void)state;
	kind = store_register(s, &pair);
	assert_true(kind > 0);
	assert_int_equal(store_start(s, NULL, NULL), 0);
	assert_int_equal(store_committed(s), 0);
	assert_int_equal(store_push(s, kind, STORE_DURABLE, "one", 3), 1);
	assert_int_equal(store_push(s, kind, 0, "bad", 3), 2);
	message(s, SPAN_LIT("x"));
	number = store_push(s, kind, STORE_DURABLE, "two", 3);
	assert_int_equal(number, 4);
	for (int i = 0; i < 120000 && store_committed(s) < number; i++)
		usleep(1000);
	assert_int_equal(store_committed(s), number);
	store_count(s, &c);
	assert_int_equal(c.refused, 1);
	assert_int_equal(c.written, 3);
	store_close(s, 10 * SECOND);
	assert_string_equal(
	    ask("SELECT group_concat(comment) FROM silence"), "one,two");
	assert_string_equal(
	    ask("SELECT group_concat(command) FROM control"), "one,two");
}

/* What may be at the path. */

static void
put(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void
test_modes(void **state)
{
	static const char *const files[] = { "", "-wal", "-shm" };
	mode_t before = umask(0077);
	struct store *s = started();
	struct stat st;

	(void)state;
	message(s, SPAN_LIT("x"));
	settle(s);
	store_close(s, 10 * SECOND);
	umask(before);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stat(beside(files[i]), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
	}
}

static void
test_not_ours(void **state)
{
	char text[5000];

	(void)state;
	memset(text, 'a', sizeof(text));
	put(text, sizeof(text));
	open_at(path, EX_DATAERR);
	put(text, 3);
	open_at(path, EX_DATAERR);
	unlink(path);
	run("CREATE TABLE music(title TEXT)");
	open_at(path, EX_DATAERR);
	unlink(path);
	store_close(open_at(path, 0), 0);
	run("PRAGMA user_version = 77");
	open_at(path, EX_DATAERR);
	assert_string_equal(ask("PRAGMA user_version"), "77");
}

static void
test_nowhere(void **state)
{
	char at[300];

	(void)state;
	snprintf(at, sizeof(at), "%s/none/t.db", dir);
	open_at(at, EX_CANTCREAT);
	open_at(dir, EX_CANTCREAT);
	assert_string_equal(db_network(0x6969), "NFS");
	assert_string_equal(db_network((uint64_t)(int32_t)0xff534d42), "CIFS");
	assert_null(db_network(0xef53)); /* ext4 */
}

/* Damage: the file is there under another name, a new one works, and it is
 * said. */
static void
damaged(void)
{
	struct store *s = open_at(path, 0);
	char text[400] = "";

	assert_true(store_notice(s, text, sizeof(text)));
	assert_non_null(strstr(text, ".damaged."));
	assert_int_equal(store_start(s, NULL, NULL), 0);
	message(s, SPAN_LIT("new"));
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT message FROM messages"), "new");
	unlink(path);
}

static void
test_damaged(void **state)
{
	static char image[1 << 20];
	struct store *s = started();
	struct stat st;
	ssize_t size;
	int fd;

	(void)state;
	message(s, SPAN_LIT("old"));
	store_close(s, 10 * SECOND);
	fd = open(path, O_RDONLY);
	size = read(fd, image, sizeof(image));
	close(fd);
	assert_true(size > 8192);

	put(image, 1); /* cut after the first octet */
	damaged();
	assert_int_equal(stat(beside(".damaged.1"), &st), 0);
	assert_int_equal(st.st_size, 1);
	put(image, 4095);
	damaged();
	assert_int_equal(stat(beside(".damaged.2"), &st), 0);
	assert_int_equal(st.st_size, 4095);
	image[3] ^= 1; /* the mark itself */
	put(image, size);
	damaged();
	image[3] ^= 1;
	memset(image + 4096, 0xa5, size - 4096);
	put(image, size);
	damaged();
	/* cut to nothing: a new file in the same place */
	unlink(beside("-wal"));
	put("", 0);
	store_close(open_at(path, 0), 0);
}

/* One daemon for one file. */
static void
test_twice(void **state)
{
	struct store *s = open_at(path, 0);

	(void)state;
	open_at(path, EX_TEMPFAIL);
	store_close(s, 0);
	store_close(open_at(path, 0), 0);
}

/* Another program holds the lock: rows wait, nothing is lost, it is said. */
static void
test_locked(void **state)
{
	struct store *s = started();
	struct store_counts c = { 0 };
	char text[400] = "";
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 500; i++)
		assert_true(message(s, SPAN_LIT("x")) != 0);
	for (int i = 0; i < 120000 && !c.failing; i++) {
		usleep(1000);
		store_count(s, &c);
	}
	assert_true(c.failing);
	assert_non_null(strstr(c.error, "locked"));
	assert_int_equal(c.queue_rows, 500);
	assert_true(store_notice(s, text, sizeof(text)));
	assert_non_null(strstr(text, "locked"));
	assert_int_equal(
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	settle(s);
	store_count(s, &c);
	assert_false(c.failing);
	assert_int_equal(c.messages_written, 500);
	assert_true(store_notice(s, text, sizeof(text)));
	assert_non_null(strstr(text, "goes on"));
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT count(*) FROM message"), "500");
}

/* Stopping does not wait for ever; what was not written is counted. */
static void
test_stop_locked(void **state)
{
	struct store *s = started();
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	message(s, SPAN_LIT("x"));
	store_close(s, SECOND / 10);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_string_equal(ask("SELECT count(*) FROM message"), "0");
}

/* The file is taken away while it is open: a new one is begun. */
static void
test_removed(void **state)
{
	struct store *s = started();
	struct ike_negotiation n = negotiation(1);
	struct store_counts c = { 0 };
	char text[400] = "";

	(void)state;
	n.tunnel_id = 4;
	store_negotiation(s, &n);
	settle(s);
	assert_int_equal(rename(path, beside(".moved")), 0);
	for (int i = 0; i < 120000 && c.replaced == 0; i++) {
		usleep(1000);
		store_count(s, &c);
	}
	assert_int_equal(c.replaced, 1);
	assert_true(store_notice(s, text, sizeof(text)));
	assert_non_null(strstr(text, "removed"));
	store_negotiation(s, &n);
	event(s, 1, 0);
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT negotiation_id FROM event"), "1");
}

/* The queue's bound holds, and what it refused is counted. */
static void
test_full(void **state)
{
	struct store_conf conf = { .path = path, .queue_rows = 100 };
	struct store_counts c;
	char err[400];
	struct store *s;
	int code, taken = 0;

	(void)state;
	s = store_open(&conf, err, sizeof(err), &code);
	assert_non_null(s);
	for (int i = 0; i < 150; i++)
		taken += message(s, SPAN_LIT("x")) != 0;
	assert_int_equal(taken, 100);
	assert_true(store_full(s));
	store_count(s, &c);
	assert_int_equal(c.messages_refused, 50);
	assert_int_equal(store_start(s, NULL, NULL), 0);
	settle(s);
	assert_false(store_full(s));
	assert_int_equal(message(s, SPAN_LIT("x")), 101);
	store_close(s, 10 * SECOND);
	assert_string_equal(ask("SELECT count(*) FROM message"), "101");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_negotiation),
		TEST(test_tunnel),
		TEST(test_outages),
		TEST(test_coalesced),
		TEST(test_device),
		TEST(test_text),
		TEST(test_large),
		TEST(test_dangling),
		TEST(test_forgotten),
		TEST(test_join),
		TEST(test_ids),
		TEST(test_applier),
		TEST(test_modes),
		TEST(test_not_ours),
		TEST(test_nowhere),
		TEST(test_damaged),
		TEST(test_twice),
		TEST(test_locked),
		TEST(test_stop_locked),
		TEST(test_removed),
		TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
