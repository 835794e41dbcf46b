/* Retention: what is old goes, what a wrong clock calls old stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "storage/prune.h"
#include "storage/schema.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
#define NOW (20000 * DAY)

static sqlite3 *db;
static struct prune *prune;
static int64_t mono;

static void
run(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t
number(const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t n;

	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	run("PRAGMA foreign_keys = OFF"); /* as the writer has it */
	run("INSERT INTO device(id, name) VALUES (1, 'fw')");
	prune = prune_new();
	mono = 5 * SECOND;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	prune_free(prune);
	sqlite3_close(db);
	return 0;
}

/* One row a day of everything, the last of them today. */
static void
fill(int days)
{
	char sql[1000];

	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE d(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM d"
	    " WHERE n < %d) INSERT INTO message(id, received_at, message)"
	    " SELECT n, %lld - (%d - n) * 86400000000, 'text' FROM d",
	    days, (long long)NOW, days);
	run(sql);
	run("INSERT INTO negotiation(id, device_id, outcome, started_at,"
	    " updated_at, ended_at) SELECT id, 1, CASE id WHEN 3 THEN"
	    " 'established' ELSE 'failed' END, received_at, received_at,"
	    " CASE id WHEN 3 THEN NULL ELSE received_at END FROM message");
	run("INSERT INTO event(id, received_at, device_id, negotiation_id,"
	    " event) SELECT id, received_at, 1, id, 'info' FROM message");
}

static uint64_t
slices(const struct prune_conf *conf, int64_t wall, int n)
{
	uint64_t rows, all = 0;

	for (int i = 0; i < n; i++) {
		assert_int_equal(
		    prune_slice(prune, db, conf, wall, mono, &rows), SQLITE_OK);
		assert_true(rows <= 1000);
		assert_true(prune_due(prune) >= mono);
		all += rows;
	}
	return all;
}

static void
test_age(void **state)
{
	struct prune_conf conf = { .messages = 14 * DAY,
		.events = 90 * DAY,
		.negotiations = 200 * DAY };

	(void)state;
	fill(300);
	slices(&conf, NOW, 20);
	assert_int_equal(number("SELECT count(*) FROM message"), 15);
	assert_int_equal(number("SELECT count(*) FROM event"), 91);
	/* the established one stays, however old */
	assert_int_equal(number("SELECT count(*) FROM negotiation"), 202);
	assert_int_equal(number("SELECT min(id) FROM negotiation"), 3);
	assert_int_equal(number("SELECT count(*) FROM"
				" pragma_foreign_key_check"),
	    0);
	assert_int_equal(slices(&conf, NOW, 20), 0);
}

/* Nothing is deleted where nothing was asked for. */
static void
test_for_ever(void **state)
{
	struct prune_conf conf = { 0 };

	(void)state;
	fill(300);
	assert_int_equal(slices(&conf, NOW + 1000 * DAY, 20), 0);
}

/* The newest row stays, so that its id is not given out again. */
static void
test_last_stays(void **state)
{
	struct prune_conf conf = {
		.messages = 1, .events = 1, .negotiations = 1
	};

	(void)state;
	fill(100);
	slices(&conf, NOW + 12 * HOUR, 20);
	assert_int_equal(number("SELECT count(*) FROM message"), 1);
	assert_int_equal(number("SELECT max(id) FROM message"), 100);
	assert_int_equal(number("SELECT max(id) FROM event"), 100);
	assert_int_equal(number("SELECT max(id) FROM negotiation"), 100);
}

/* Events may go later than their negotiation. */
static void
test_orphans(void **state)
{
	struct prune_conf conf = { .negotiations = 10 * DAY };

	(void)state;
	fill(100);
	slices(&conf, NOW, 20);
	assert_int_equal(number("SELECT count(*) FROM event"), 100);
	assert_int_equal(number("SELECT count(negotiation_id) FROM event"),
	    number("SELECT count(*) FROM negotiation"));
}

/* A jump of the clock is doubted for an hour, then believed. */
static void
test_jump(void **state)
{
	struct prune_conf conf = { .messages = 14 * DAY };

	(void)state;
	fill(30);
	slices(&conf, NOW, 9);
	assert_int_equal(number("SELECT count(*) FROM message"), 15);
	mono += 60 * SECOND;
	assert_int_equal(slices(&conf, NOW + 365 * DAY, 9), 0);
	assert_true(prune_doubts(prune));
	/* back again: nothing was lost */
	mono += 60 * SECOND;
	assert_int_equal(slices(&conf, NOW + 2 * 60 * SECOND, 9), 1);
	assert_false(prune_doubts(prune));
	/* forward, and it stays there */
	mono += 60 * SECOND;
	assert_int_equal(slices(&conf, NOW + 9 * DAY, 9), 0);
	mono += HOUR - SECOND;
	assert_int_equal(slices(&conf, NOW + 9 * DAY + HOUR - SECOND, 9), 0);
	mono += 2 * SECOND;
	assert_int_equal(slices(&conf, NOW + 9 * DAY + HOUR + SECOND, 9), 9);
}

/* A clock that jumps every minute is never believed when it is ahead. */
static void
test_jumpy(void **state)
{
	struct prune_conf conf = { .messages = 14 * DAY };

	(void)state;
	fill(10);
	slices(&conf, NOW, 2);
	for (int i = 0; i < 300; i++) {
		mono += 60 * SECOND;
		slices(&conf, NOW + (i % 2 == 0 ? 365 * DAY : -365 * DAY), 2);
	}
	assert_int_equal(number("SELECT count(*) FROM message"), 10);
}

/* A restart with a wrong clock deletes nothing either. */
static void
test_restart(void **state)
{
	struct prune_conf conf = { .messages = 14 * DAY, .events = 14 * DAY };

	(void)state;
	fill(10);
	assert_int_equal(slices(&conf, NOW + 3650 * DAY, 9), 0);
	assert_true(prune_doubts(prune));
}

/* Size: all times of keeping shrink alike; the file's pages go back. */
static void
test_size(void **state)
{
	struct prune_conf conf = {
		.messages = 10 * DAY, .events = 100 * DAY, .max_size = 6 << 20
	};
	int64_t messages, events;

	(void)state;
	/* ten thousand of each, over the last nine days */
	run("WITH RECURSIVE d(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM d"
	    " WHERE n < 10000) INSERT INTO message(id, received_at, message)"
	    " SELECT n, 19991 * 86400000000 + n * 77760000,"
	    " hex(zeroblob(600)) FROM d");
	run("INSERT INTO event(id, received_at, device_id, event)"
	    " SELECT id, received_at, 1, 'info' FROM message");
	assert_true(number("SELECT page_count * page_size FROM"
			   " pragma_page_count, pragma_page_size") > 12 << 20);
	slices(&conf, NOW, 100);
	assert_true(number("SELECT page_count * page_size FROM"
			   " pragma_page_count, pragma_page_size") < 11 << 20);
	assert_true(number("SELECT (page_count - freelist_count) * page_size"
			   " FROM pragma_page_count, pragma_freelist_count,"
			   " pragma_page_size") <= 6 << 20);
	/* messages have had most of their time, events hardly any of it */
	messages = number("SELECT count(*) FROM message");
	events = number("SELECT count(*) FROM event");
	assert_true(messages > 1000 && messages < 8000);
	assert_int_equal(events, 10000);
	/* the newest are kept */
	assert_int_equal(number("SELECT max(id) FROM message"), 10000);
}

/* What may not be deleted does not keep the rest from being. */
static void
test_size_stuck(void **state)
{
	struct prune_conf conf = { .max_size = 1 << 20 };

	(void)state;
	fill(3000);
	run("UPDATE negotiation SET outcome = 'established',"
	    " ended_at = NULL");
	run("UPDATE message SET message = hex(zeroblob(500))");
	slices(&conf, NOW, 60);
	assert_int_equal(number("SELECT count(*) FROM negotiation"), 3000);
	assert_true(number("SELECT count(*) FROM message") < 1500);
}

/* Alerts that are over go with their deliveries; waiting ones stay. */
static void
test_alerts(void **state)
{
	struct prune_conf conf = { .negotiations = 10 * DAY };

	(void)state;
	run("INSERT INTO alert(id, incident, kind, severity, state,"
	    " opened_at, updated_at, resolved_at) VALUES"
	    " (1, 'a', 'self', 'info', 'resolved', 1, 1, 2),"
	    " (2, 'b', 'self', 'info', 'resolved', 1, 1, 2),"
	    " (3, 'c', 'self', 'info', 'firing', 1, 1, NULL),"
	    " (4, 'd', 'self', 'info', 'resolved', 1, 1, 2)");
	run("INSERT INTO delivery(alert_id, destination, edge, webhook_id,"
	    " state, created_at) VALUES (1, 'x', 'firing', 'w1',"
	    " 'delivered', 1), (2, 'x', 'firing', 'w2', 'pending', 1)");
	run("INSERT INTO alert_edge(alert_id, at, edge, state, severity)"
	    " SELECT id, 1, 'firing', 'firing', 'info' FROM alert");
	slices(&conf, NOW, 20);
	assert_int_equal(number("SELECT sum(id) FROM alert"), 2 + 3 + 4);
	assert_int_equal(number("SELECT count(*) FROM delivery"), 1);
	assert_int_equal(number("SELECT sum(alert_id) FROM alert_edge"), 9);
}

/* What names a row that goes is told, or goes too; and so is the writer. */
static void
test_what_hangs_on_it(void **state)
{
	struct prune_conf conf = { .negotiations = 10 * DAY };
	const int64_t *gone;
	uint64_t rows;
	size_t n;

	(void)state;
	fill(12);
	run("INSERT INTO tunnel(id, device_id, state, since) VALUES"
	    " (1, 1, 'down', 1), (2, 1, 'down', 1)");
	run("UPDATE negotiation SET tunnel_id = 2");
	run("INSERT INTO outage(tunnel_id, started_at) VALUES (1, 1), (2, 1)");
	run("INSERT INTO alert(incident, kind, severity, state, opened_at,"
	    " updated_at, tunnel_id, negotiation_id) VALUES ('a',"
	    " 'negotiation_failed', 'info', 'firing', 1, 1, 1, 1)");
	do {
		assert_int_equal(
		    prune_slice(prune, db, &conf, NOW, mono, &rows), SQLITE_OK);
		gone = prune_gone(prune, &n);
	} while (n == 0);
	assert_int_equal(rows, 1);
	assert_int_equal(n, 1);
	assert_int_equal(gone[0], 1);
	slices(&conf, NOW, 20);
	assert_int_equal(number("SELECT min(id) FROM negotiation"), 2);
	assert_int_equal(number("SELECT count(*) FROM event"
				" WHERE negotiation_id IS NULL"),
	    1);
	assert_int_equal(number("SELECT tunnel_id IS NULL AND"
				" negotiation_id IS NULL FROM alert"),
	    1);
	assert_int_equal(number("SELECT sum(id) FROM tunnel"), 2);
	assert_int_equal(number("SELECT sum(tunnel_id) FROM outage"), 2);
	assert_int_equal(number("SELECT count(*) FROM"
				" pragma_foreign_key_check"),
	    0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_age),
		TEST(test_for_ever),
		TEST(test_last_stays),
		TEST(test_orphans),
		TEST(test_jump),
		TEST(test_jumpy),
		TEST(test_restart),
		TEST(test_size),
		TEST(test_size_stuck),
		TEST(test_alerts),
		TEST(test_what_hangs_on_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
