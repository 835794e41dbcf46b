/* The database's layout: from every version, whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "parsers/hints.h"
#include "parsers/ike.h"
#include "storage/schema.h"

static sqlite3 *
memory(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	return db;
}

/* The first column of the first row; "" where there is none. */
static const char *
ask(sqlite3 *db, const char *sql)
{
	static char answer[2000];
	sqlite3_stmt *stmt;

	answer[0] = '\0';
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_text(stmt, 0) != NULL)
		snprintf(answer, sizeof(answer), "%s",
		    (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return answer;
}

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* A fresh file becomes one of ours, in one go, and twice changes nothing. */
static void
test_fresh(void **state)
{
	sqlite3 *db = memory();
	char version[20];

	(void)state;
	snprintf(version, sizeof(version), "%d", schema_version());
	assert_int_equal(schema_look(db), SCHEMA_OLDER);
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	assert_int_equal(schema_look(db), SCHEMA_READY);
	assert_string_equal(ask(db, "PRAGMA user_version"), version);
	assert_string_equal(ask(db, "PRAGMA application_id"), "1229669751");
	assert_string_equal(ask(db, "PRAGMA auto_vacuum"), "2");
	assert_string_equal(ask(db, "PRAGMA quick_check"), "ok");
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	assert_int_equal(schema_look(db), SCHEMA_READY);
	sqlite3_close(db);
}

static void
test_strict(void **state)
{
	sqlite3 *db = memory();

	(void)state;
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	assert_string_equal(
	    ask(db,
		"SELECT group_concat(name) FROM"
		" pragma_table_list WHERE schema = 'main' AND type = 'table'"
		" AND NOT strict AND name NOT LIKE 'sqlite_%'"),
	    "");
	assert_string_equal(
	    ask(db,
		"SELECT group_concat(name) FROM (SELECT"
		" name FROM pragma_table_list WHERE schema = 'main' AND name IN"
		" ('device','tunnel','negotiation','event','message','alert',"
		"'delivery','silence') ORDER BY name)"),
	    "alert,delivery,device,event,message,negotiation,silence,tunnel");
	assert_int_not_equal(sqlite3_exec(db,
				 "INSERT INTO message("
				 "received_at, message) VALUES ('noon', 'x')",
				 NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
}

/* The columns a view was released with, in their order: a contract. */
static void
test_views(void **state)
{
	static const char *const views[][2] = {
		{ "tunnels",
		    "id,device,vendor,peer,local,name,state,since,"
		    "ike_version,last_established,last_failure,last_reason,"
		    "failures_24h" },
		{ "negotiations",
		    "id,device,vendor,tunnel,peer,local,role,"
		    "ike_version,kind,ispi,rspi,child_spi,stage,outcome,"
		    "reason,category,suspects,detail,started_at,updated_at,"
		    "ended_at,duration_ms,other_end_id,refused_by,differs" },
		{ "failures",
		    "id,device,vendor,tunnel,peer,local,role,"
		    "ike_version,kind,ispi,rspi,child_spi,stage,outcome,"
		    "reason,category,suspects,detail,started_at,updated_at,"
		    "ended_at,duration_ms,title,hint" },
		{ "events",
		    "id,received_at,device_time,device,"
		    "negotiation_id,event,stage,reason,detail,message" },
		{ "messages",
		    "id,received_at,source,transport,facility,"
		    "severity,timestamp,hostname,app,procid,msgid,message,"
		    "vendor" },
		{ "alerts",
		    "id,kind,severity,state,device,tunnel,peer,"
		    "reason,summary,opened_at,resolved_at,notifications,"
		    "delivered,pending,last_error" },
		{ "outages",
		    "id,tunnel_id,device,peer,name,started_at,"
		    "ended_at,duration_ms,reason" },
	};
	sqlite3 *db = memory();
	char sql[200];

	(void)state;
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT group_concat(name) FROM "
		    "(SELECT name FROM pragma_table_info('%s') ORDER BY cid)",
		    views[i][0]);
		ask(db, sql);
		if (strncmp(ask(db, sql), views[i][1], strlen(views[i][1])))
			fail_msg("%s: %s", views[i][0], ask(db, sql));
		snprintf(sql, sizeof(sql), "SELECT * FROM %s", views[i][0]);
		run(db, sql);
	}
	sqlite3_close(db);
}

/* Times before 1970 and far ahead come out right; unknown is NULL. */
static void
test_times(void **state)
{
	sqlite3 *db = memory();

	(void)state;
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	run(db,
	    "INSERT INTO message(id, received_at, timestamp, message)"
	    " VALUES (1, 1700000000000001, -1, 'a'),"
	    " (2, 4294967295999999, NULL, 'b'),"
	    " (3, 1, -86400000000, 'c')");
	assert_string_equal(ask(db,
				"SELECT received_at || ' ' || timestamp"
				" FROM messages WHERE id = 1"),
	    "2023-11-14T22:13:20.000001Z 1969-12-31T23:59:59.999999Z");
	assert_string_equal(ask(db,
				"SELECT received_at FROM messages"
				" WHERE id = 2"),
	    "2106-02-07T06:28:15.999999Z");
	assert_string_equal(ask(db,
				"SELECT coalesce(timestamp, 'none')"
				" FROM messages WHERE id = 2"),
	    "none");
	assert_string_equal(ask(db,
				"SELECT timestamp FROM messages"
				" WHERE id = 3"),
	    "1969-12-31T00:00:00.000000Z");
	sqlite3_close(db);
}

/* A file of any earlier version ends as a fresh one does. */
static void
test_every_version(void **state)
{
	const char *all =
	    "SELECT group_concat(name || ifnull(sql, ''), char(10))"
	    " FROM (SELECT name, sql FROM sqlite_schema ORDER BY name)";
	sqlite3 *fresh = memory();
	char want[65536];
	sqlite3_stmt *stmt;

	(void)state;
	assert_int_equal(schema_migrate(fresh, schema_steps), SQLITE_OK);
	sqlite3_prepare_v2(fresh, all, -1, &stmt, NULL);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	snprintf(want, sizeof(want), "%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	for (int v = 1; v <= schema_version(); v++) {
		struct schema_step until[100] = { { 0, NULL } };
		sqlite3 *db = memory();

		for (int i = 0; schema_steps[i].version != 0 &&
		     schema_steps[i].version <= v;
		     i++)
			until[i] = schema_steps[i];
		/* an older program had no later tables: its views may fail */
		schema_migrate(db, until);
		assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
		sqlite3_prepare_v2(db, all, -1, &stmt, NULL);
		assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
		assert_string_equal(sqlite3_column_text(stmt, 0), want);
		sqlite3_finalize(stmt);
		sqlite3_close(db);
	}
	sqlite3_close(fresh);
}

/* A step that fails half way leaves nothing behind; those before it stay. */
static void
test_all_or_nothing(void **state)
{
	struct schema_step steps[4] = { schema_steps[0],
		{ 2, "CREATE TABLE two(a INTEGER) STRICT" },
		{ 3,
		    "CREATE TABLE three(a INTEGER) STRICT;"
		    " INSERT INTO two VALUES (1); INSERT INTO nowhere"
		    " VALUES (1)" },
		{ 0, NULL } };
	sqlite3 *db = memory();

	(void)state;
	assert_int_not_equal(schema_migrate(db, steps), SQLITE_OK);
	assert_string_equal(ask(db, "PRAGMA user_version"), "2");
	assert_string_equal(ask(db, "SELECT count(*) FROM two"), "0");
	assert_string_equal(ask(db,
				"SELECT count(*) FROM sqlite_schema"
				" WHERE name = 'three'"),
	    "0");
	assert_true(sqlite3_get_autocommit(db));
	/* mended, it goes on from there */
	steps[2].sql = "CREATE TABLE three(a INTEGER) STRICT";
	assert_int_equal(schema_migrate(db, steps), SQLITE_OK);
	assert_string_equal(ask(db, "PRAGMA user_version"), "3");
	sqlite3_close(db);
}

static void
test_judgement(void **state)
{
	static const struct judgement {
		const char *sql;
		enum schema_state state;
	} rows[] = {
		{ "PRAGMA user_version = 9000", SCHEMA_NEWER },
		{ "PRAGMA user_version = 123456789", SCHEMA_DAMAGED },
		{ "PRAGMA application_id = 7", SCHEMA_DAMAGED },
		{ "PRAGMA user_version = 0", SCHEMA_OLDER },
		{ "DROP TABLE event", SCHEMA_DAMAGED },
	};
	sqlite3 *db = memory();

	(void)state;
	run(db, "CREATE TABLE music(title TEXT)");
	assert_int_equal(schema_look(db), SCHEMA_FOREIGN);
	sqlite3_close(db);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		db = memory();
		assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
		run(db, rows[i].sql);
		assert_int_equal(schema_look(db), rows[i].state);
		sqlite3_close(db);
	}
}

/* Every reason has its row, its words and something to check. */
static void
test_reasons(void **state)
{
	sqlite3 *db = memory();
	char sql[300], want[20];

	(void)state;
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	snprintf(want, sizeof(want), "%d", IKE_REASON_COUNT - 1);
	assert_string_equal(ask(db, "SELECT count(*) FROM reason"), want);
	for (int r = 1; r < IKE_REASON_COUNT; r++) {
		snprintf(sql, sizeof(sql),
		    "SELECT title FROM reason WHERE"
		    " name = '%s' AND rank = %d AND length(hint) > 20",
		    ike_reason_name(r), ike_reason_rank(r));
		assert_string_equal(ask(db, sql), ike_reason_title(r));
		assert_true(strlen(ike_hint(r, NULL)) > 20);
		assert_string_equal(
		    ike_hint(r, "no-such-vendor"), ike_hint(r, NULL));
	}
	assert_string_equal(ike_hint(IKE_REASON_NONE, NULL), "");
	assert_string_equal(ike_hint(IKE_REASON_COUNT, NULL), "");
	sqlite3_close(db);
}

/* Questions people ask are answered from an index. */
static void
test_indices(void **state)
{
	static const char *const questions[] = {
		"FROM negotiations WHERE peer = '192.0.2.1'",
		"FROM negotiations WHERE ispi = '00000000000000ff'",
		"FROM negotiations WHERE rspi = '00000000000000ff'",
		"FROM negotiations WHERE ispi = '00000000000000ff'"
		" OR rspi = '00000000000000ff'",
		"FROM negotiations WHERE child_spi = '000000ff'",
		"FROM negotiations WHERE child_spi_out = '000000ff'",
		"FROM negotiations WHERE reason = 'psk_mismatch'"
		" ORDER BY started_us DESC",
		"FROM negotiations WHERE started_us > 5",
		"FROM negotiations WHERE tunnel_id = 5",
		"FROM negotiations WHERE parent_id = 5",
		"FROM negotiations WHERE outcome = 'open'",
		"FROM negotiations WHERE outcome = 'established'",
		"FROM failures WHERE started_us > 5",
		"FROM events WHERE negotiation_id = 5",
		"FROM events WHERE received_us > 5",
		"FROM messages WHERE received_us > 5",
		"FROM tunnels WHERE peer = '192.0.2.1'",
		"FROM outages WHERE tunnel_id = 5",
	};
	sqlite3 *db = memory();
	char sql[400];

	(void)state;
	assert_int_equal(schema_migrate(db, schema_steps), SQLITE_OK);
	for (size_t i = 0; i < sizeof(questions) / sizeof(char *); i++) {
		sqlite3_stmt *stmt;

		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN SELECT * %s",
		    questions[i]);
		assert_int_equal(
		    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *step =
			    (const char *)sqlite3_column_text(stmt, 3);

			/* a partial index holds only what was asked for */
			if (strncmp(step, "SCAN", 4) == 0 &&
			    strstr(step, "USING INDEX") == NULL)
				fail_msg("%s: %s", questions[i], step);
		}
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_every_version),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_judgement),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_indices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
