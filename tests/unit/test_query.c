/* The read side, on a database that the store has written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "storage/control.h"
#include "storage/query.h"
#include "storage/store.h"

#define SECOND INT64_C(1000000)
#define START (INT64_C(1700000000) * SECOND)

static char folder[64], path[96];

static struct ike_negotiation
failed(int64_t id, int64_t at)
{
	struct ike_negotiation n = { .id = id,
		.tunnel_id = 1,
		.device = "fw-a",
		.vendor = "strongswan",
		.kind = IKE_KIND_IKE,
		.role = IKE_INITIATOR,
		.ike_version = 2,
		.stage = IKE_AUTH,
		.outcome = IKE_FAILURE,
		.reason = IKE_R_PSK_MISMATCH,
		.ispi = { 0xabc, true },
		.rspi = { 0, true },
		.refused_by = IKE_REFUSED_PEER,
		.started_at = at,
		.updated_at = at + SECOND,
		.ended_at = at + SECOND,
		.detail = "it's \"wrong\"; DROP",
		.differs = "key: peer x, here y",
		.suspects = IKE_BIT(IKE_R_PSK_MISMATCH) |
		    IKE_BIT(IKE_R_PEER_ID_MISMATCH) };

	snprintf(n.peer, sizeof(n.peer), "198.51.100.2");
	snprintf(n.local, sizeof(n.local), "198.51.100.1");
	snprintf(n.tunnel, sizeof(n.tunnel), "hq");
	return n;
}

static int
write_database(void **state)
{
	struct store_conf conf = { .path = path };
	struct store_message m = { .received_at = START,
		.source = SPAN_LIT("192.0.2.1"),
		.transport = "udp",
		.facility = 3,
		.severity = 6,
		.timestamp = INT64_MIN,
		.message = SPAN_LIT("received AUTHENTICATION_FAILED"),
		.vendor = "strongswan" };
	struct ike_tunnel t = { .id = 1,
		.device = "fw-a",
		.vendor = "strongswan",
		.state = IKE_TUNNEL_DOWN,
		.since = START,
		.last_failure = START,
		.last_reason = IKE_R_PSK_MISMATCH,
		.configured = true };
	struct store_event e = { .received_at = START,
		.device_time = INT64_MIN,
		.device = "fw-a",
		.negotiation = 1,
		.what = IKE_FAILED,
		.stage = IKE_AUTH,
		.reason = IKE_R_PSK_MISMATCH };
	struct ike_negotiation n;
	char err[400];
	struct store *s;
	int code;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_query.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a b?#%%.db", folder);
	s = store_open(&conf, err, sizeof(err), &code);
	assert_non_null(s);
	assert_int_equal(store_start(s, NULL, NULL), 0);
	assert_int_equal(
	    store_device(s, "fw-a", "192.0.2.1", "strongswan", START), 0);
	snprintf(t.peer, sizeof(t.peer), "198.51.100.2");
	snprintf(t.name, sizeof(t.name), "hq");
	assert_int_equal(store_tunnel(s, &t), 0);
	t = (struct ike_tunnel){ .id = 2,
		.device = "fw-a",
		.state = IKE_TUNNEL_NEGOTIATING,
		.since = START };
	snprintf(t.peer, sizeof(t.peer), "203.0.113.66");
	assert_int_equal(store_tunnel(s, &t), 0);
	for (int i = 1; i <= 3; i++) {
		n = failed(i, START + i * SECOND);
		assert_int_equal(store_negotiation(s, &n), 0);
	}
	e.message = store_message(s, &m);
	assert_true(store_event(s, &e) > 0);
	store_close(s, 5 * SECOND);
	return 0;
}

static int
remove_database(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[120];

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
	snprintf(name, sizeof(name), "%s/copy.db", folder);
	unlink(name);
	return rmdir(folder);
}

static struct query *
opened(void)
{
	char err[QUERY_ERROR_SIZE] = "";
	int code = 0;
	struct query *q = query_open(path, err, &code);

	if (q == NULL)
		fail_msg("%s", err);
	return q;
}

static size_t
count(struct query *q, enum query_what what, const struct query_filter *f)
{
	size_t n = 0;

	if (query_ask(q, what, f) == -1)
		fail_msg("%s", query_error(q));
	while (query_next(q))
		n++;
	assert_null(query_error(q));
	return n;
}

static void
every_question_is_sql(void **state)
{
	struct query *q = opened();

	(void)state;
	for (int all = 0; all < 2; all++) {
		struct query_filter f = { .peer = "198.51.100.2",
			.device = "fw-a",
			.tunnel = "hq",
			.reason = "psk_mismatch",
			.since = 1,
			.id = 1,
			.limit = 10,
			.all = all == 1 };

		for (int i = 0; i < QUERY_WHAT_COUNT; i++)
			count(q, (enum query_what)i, &f);
	}
	query_close(q);
}

static void
strangers_are_left_out(void **state)
{
	struct query *q = opened();
	struct query_filter f = { 0 };

	(void)state;
	assert_int_equal(count(q, QUERY_STATUS, &f), 1);
	assert_int_equal(query_ask(q, QUERY_STRANGERS, &f), 0);
	assert_true(query_next(q));
	assert_int_equal(query_int(q, 0), 1);
	f.all = true;
	assert_int_equal(count(q, QUERY_STATUS, &f), 2);
	query_close(q);
}

static void
filters_filter(void **state)
{
	static const struct {
		struct query_filter f;
		size_t n;
	} rows[] = {
		{ { .peer = "198.51.100.2" }, 3 },
		{ { .peer = "198.51.100.9" }, 0 },
		{ { .device = "fw-a", .tunnel = "hq" }, 3 },
		{ { .tunnel = "hq' OR 1=1 --" }, 0 },
		{ { .reason = "psk_mismatch" }, 3 },
		{ { .reason = "no_response" }, 0 },
		{ { .since = START + 2 * SECOND }, 2 },
		{ { .limit = 1 }, 1 },
	};
	struct query *q = opened();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    count(q, QUERY_HISTORY, &rows[i].f), rows[i].n);
	assert_int_equal(query_ask(q, QUERY_HISTORY, &rows[0].f), 0);
	assert_true(query_next(q));
	assert_int_equal(query_int(q, HISTORY_ID), 3); /* the newest */
	query_close(q);
}

static void
a_negotiation_comes_back_whole(void **state)
{
	struct query_negotiation got;
	struct query *q = opened();
	struct query_filter f = { .id = 1 };

	(void)state;
	assert_int_equal(query_negotiation(q, 99, &got), 0);
	assert_int_equal(query_negotiation(q, 1, &got), 1);
	assert_string_equal(got.n.device, "fw-a");
	assert_string_equal(got.n.peer, "198.51.100.2");
	assert_string_equal(got.n.detail, "it's \"wrong\"; DROP");
	assert_string_equal(got.n.differs, "key: peer x, here y");
	assert_int_equal(got.n.outcome, IKE_FAILURE);
	assert_int_equal(got.n.reason, IKE_R_PSK_MISMATCH);
	assert_int_equal(got.n.refused_by, IKE_REFUSED_PEER);
	assert_true(got.n.ispi.known && got.n.ispi.value == 0xabc);
	assert_true(got.n.rspi.known && got.n.rspi.value == 0);
	assert_true(got.n.suspects ==
	    (IKE_BIT(IKE_R_PSK_MISMATCH) | IKE_BIT(IKE_R_PEER_ID_MISMATCH)));
	assert_int_equal(query_ask(q, QUERY_EVENTS, &f), 0);
	assert_true(query_next(q));
	assert_true(span_is(
	    query_text(q, EVENTS_MESSAGE), "received AUTHENTICATION_FAILED"));
	query_close(q);
}

static void
what_is_not_ours_is_refused(void **state)
{
	char err[QUERY_ERROR_SIZE], name[120];
	FILE *f;
	int code = 0;

	(void)state;
	assert_null(query_open("/nonexistent/x.db", err, &code));
	assert_int_equal(code, EX_NOINPUT);
	assert_null(query_open(folder, err, &code));
	assert_int_equal(code, EX_NOINPUT);
	snprintf(name, sizeof(name), "%s/text", folder);
	f = fopen(name, "w");
	assert_non_null(f);
	for (int i = 0; i < 200; i++)
		fputs("not a database at all\n", f);
	fclose(f);
	assert_null(query_open(name, err, &code));
	assert_int_equal(code, EX_DATAERR);
	assert_non_null(strstr(err, name));
	assert_int_equal(truncate(name, 0), 0);
	assert_null(query_open(name, err, &code));
	assert_int_equal(code, EX_DATAERR);
	unlink(name);
}

static void
a_copy_is_whole_and_readable(void **state)
{
	char to[120], err[QUERY_ERROR_SIZE] = "";
	struct query_filter f = { 0 };
	struct query *q = opened(), *copy;
	int code = 0;

	(void)state;
	snprintf(to, sizeof(to), "%s/copy.db", folder);
	if (query_export(q, to, err, &code) == -1)
		fail_msg("%s", err);
	assert_int_equal(query_export(q, to, err, &code), 0); /* again */
	assert_int_equal(query_export(q, path, err, &code), -1);
	assert_int_equal(code, EX_CANTCREAT);
	query_close(q);
	assert_int_equal(chmod(to, 0440), 0);
	copy = query_open(to, err, &code);
	assert_non_null(copy);
	assert_int_equal(count(copy, QUERY_HISTORY, &f), 3);
	query_close(copy);
}

static void
silences_and_wishes(void **state)
{
	struct control_silence w = { .peer = "198.51.100.2",
		.comment = "works",
		.starts_at = START,
		.ends_at = START + 60 * SECOND };
	struct query_filter f = { .since = START + SECOND };
	char err[CONTROL_ERROR_SIZE] = "", result[40] = "x";
	int code = 0;
	struct control *c = control_open(path, err, &code);
	struct query *q;
	int64_t id;

	(void)state;
	assert_non_null(c);
	id = control_silence_add(c, &w, START);
	assert_true(id > 0);
	q = opened();
	assert_int_equal(count(q, QUERY_SILENCES, &f), 1);
	assert_int_equal(control_silence_end(c, id, START), 1);
	assert_int_equal(control_silence_end(c, id, START + SECOND), 0);
	assert_int_equal(count(q, QUERY_SILENCES, &f), 0);
	id = control_ask(c, "test", "noc", START);
	assert_true(id > 0);
	assert_int_equal(control_answer(c, id, result, sizeof(result)), 0);
	query_close(q);
	control_close(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_is_sql),
		cmocka_unit_test(strangers_are_left_out),
		cmocka_unit_test(filters_filter),
		cmocka_unit_test(a_negotiation_comes_back_whole),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(a_copy_is_whole_and_readable),
		cmocka_unit_test(silences_and_wishes),
	};

	return cmocka_run_group_tests(tests, write_database, remove_database);
}
