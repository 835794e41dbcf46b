/*
 * Bodies for every service, of notices as hostile as a device can make them:
 * JSON that parses, limits kept on whole characters, and nothing that a
 * device wrote mentions, links or formats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <sys/stat.h>

#include "alerting/advice.h"
#include "alerting/notice.h"
#include "alerting/payload.h"
#include "alerting/prose.h"
#include "alerting/route.h"
#include "alerting/sign.h"

#define S INT64_C(1000000)
#define NOW (INT64_C(1700000000) * S)

static const char *const evil[] = {
	"<!channel> <@U123> <https://example.net|click>",
	"@here @everyone [x](https://example.net) *b* _i_ ~s~ `c` ```fence```",
	("\x1b]52;c;AAAA\x07 \x1b[31mred\x9b"
	 "31m \xe2\x80\xae rtl \xc2\x85 nel \xe2\x80\xa8 ls"),
	"broken \xff\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80 utf-8 \xe2\x82",
	"\"quotes\", \\backslashes\\, {json:\"x\"}, &amp; &lt;\r\nSubject: x",
	"\xf0\x9f\x94\xa5\xe4\xb8\xad\xe6\x96\x87\xcc\x81 wide",
};

static void
fill(char *to, size_t size, const char *text)
{
	char many[2000] = "";
	struct prose t = prose_in(many, sizeof(many));

	while (!t.cut)
		prose_put(&t, text, strlen(text));
	prose_clean(to, size, span_of(many));
}
#define FILL(member, text) fill(member, sizeof(member), text)

static struct alert_notice
notice(const char *text)
{
	struct alert_notice n = { .edge = ALERT_EDGE_FIRES,
		.kind = ALERT_NEGOTIATION_FAILED,
		.severity = ALERT_CRITICAL,
		.state = ALERT_FIRING,
		.before = IKE_TUNNEL_NEGOTIATING,
		.after = IKE_TUNNEL_DOWN,
		.incident = "0123456789abcdef0123456789abcdef",
		.webhook_id = "msg_0123",
		.alert = 7,
		.negotiation = 41,
		.at = NOW,
		.decided_at = NOW - 5,
		.ike_version = 2,
		.role = IKE_INITIATOR,
		.stage = IKE_AUTH,
		.part = IKE_KIND_IKE,
		.ispi = { 0xabcdef, true },
		.child_spi = 0xc0ffee,
		.reason = IKE_R_PSK_MISMATCH,
		.suspects = IKE_BIT(IKE_R_NO_RESPONSE),
		.refused_by = IKE_REFUSED_PEER,
		.attempts = 3,
		.first_seen = NOW - 240 * S,
		.duration = 240 * S,
		.nevidence = NOTICE_EVIDENCE_MAX,
		.nlist = NOTICE_MEMBERS_MAX };

	FILL(n.device, text);
	FILL(n.vendor, "strongswan");
	FILL(n.peer, text);
	FILL(n.tunnel, text);
	FILL(n.detail, text);
	FILL(n.differs, text);
	FILL(n.words, text);
	for (int i = 0; i < NOTICE_EVIDENCE_MAX; i++) {
		n.evidence[i].received_at = NOW;
		FILL(n.evidence[i].line, text);
	}
	for (int i = 0; i < NOTICE_MEMBERS_MAX; i++)
		FILL(n.list[i], text);
	return n;
}

static const char *const mail_to[] = { "noc@example.net" };
static char key[] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
static char url[] = "https://hooks.example.net/services/T/B/hidden1a2b";

static struct payload_request
render(const char *type, const struct alert_notice *n)
{
	struct destination_conf conf;
	struct secrets secrets = { { url }, 1, { key }, 1 };
	struct payload_job job = { n, &conf, &secrets, NOW };
	struct payload_request r;

	destination_conf_defaults(&conf);
	conf.name = "noc";
	conf.topic = "vpn";
	conf.from = "ikewatch@example.net";
	conf.mail_to = (struct alert_list){ mail_to, 1 };
	conf.template = "{title} {nothing} {";
	assert_non_null(payload_type(type));
	assert_int_equal(payload_render(payload_type(type), &job, &r), 0);
	return r;
}

/* Each string of a document, for a judge. */
static void
each_string(const json_t *j, void (*judge)(const char *))
{
	const char *name;
	const json_t *item;
	size_t i;

	if (json_is_string(j))
		judge(json_string_value(j));
	json_array_foreach(j, i, item) each_string(item, judge);
	json_object_foreach((json_t *)(uintptr_t)j, name, item)
	    each_string(item, judge);
}

/* O1: no control but our own line ends, no bidi, no C1. */
static void
judge_harmless(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		assert_true(*p >= 0x20 || *p == '\n');
		assert_int_not_equal(*p, 0x7f);
		if (p[0] == 0xc2)
			assert_true(p[1] >= 0xa0);
		if (p[0] == 0xe2 && p[1] == 0x80)
			assert_false(p[2] >= 0xa8 && p[2] <= 0xae);
	}
}

static void
test_every_type(void **state)
{
	const struct payload_type *t;

	(void)state;
	for (size_t k = 0; (t = payload_nth(k)) != NULL; k++)
		for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
			struct alert_notice n = notice(evil[i]);
			struct payload_request r;
			json_t *j;

			for (int e = 0; e <= ALERT_EDGE_SUMMARY; e++) {
				n.edge = e;
				r = render(t->name, &n);
				assert_true(r.len > 0);
				if (!t->mail) {
					j = json_loadb(r.body, r.len, 0, NULL);
					assert_non_null(j);
					each_string(j, judge_harmless);
					json_decref(j);
				}
				payload_free(&r);
			}
		}
}

static json_t *
body(const char *type, const char *text, struct payload_request *r)
{
	struct alert_notice n = notice(text);
	json_t *j;

	*r = render(type, &n);
	j = json_loadb(r->body, r->len, 0, NULL);
	assert_non_null(j);
	return j;
}

static const char *
text_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	assert_non_null(s);
	return s;
}

static void
test_slack_limits(void **state)
{
	struct payload_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		json_t *j = body("slack", evil[i], &r), *block, *field;
		json_t *blocks = json_object_get(j, "blocks");
		size_t b, f, all = 0;

		assert_null(strstr(text_of(j, "text"), "<!"));
		assert_null(strpbrk(text_of(j, "text"), "<>`"));
		assert_in_range(json_array_size(blocks), 2, 50);
		json_array_foreach(blocks, b, block)
		{
			json_t *text = json_object_get(block, "text");
			json_t *fields = json_object_get(block, "fields");
			bool header =
			    strcmp(text_of(block, "type"), "header") == 0;

			if (text != NULL) {
				size_t n = prose_count(text_of(text, "text"));

				assert_in_range(n, 1, header ? 150 : 3000);
				all += n;
				/* mrkdwn: our fence, and nothing acts in it */
				if (strcmp(text_of(text, "type"), "mrkdwn") ==
				    0)
					assert_null(strpbrk(
					    text_of(text, "text"), "<>"));
			}
			assert_true(json_array_size(fields) <= 10);
			json_array_foreach(fields, f, field)
			{
				assert_string_equal(
				    text_of(field, "type"), "plain_text");
				assert_in_range(
				    prose_count(text_of(field, "text")), 1,
				    2000);
				all += prose_count(text_of(field, "text"));
			}
		}
		assert_true(all < 12000);
		json_decref(j);
		payload_free(&r);
	}
}

static void
test_discord_limits(void **state)
{
	struct payload_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		json_t *j = body("discord", evil[i], &r), *field;
		json_t *embed = json_array_get(json_object_get(j, "embeds"), 0);
		json_t *fields = json_object_get(embed, "fields");
		json_t *parse = json_object_get(
		    json_object_get(j, "allowed_mentions"), "parse");
		size_t f, n, all;

		assert_true(json_is_array(parse));
		assert_int_equal(json_array_size(parse), 0);
		assert_in_range(
		    all = prose_count(text_of(embed, "title")), 1, 256);
		n = prose_count(text_of(embed, "description"));
		assert_true(n <= 4096);
		all += n;
		json_array_foreach(fields, f, field)
		{
			n = prose_count(text_of(field, "value"));
			assert_in_range(n, 1, 1024);
			all += n + prose_count(text_of(field, "name"));
		}
		assert_true(all <= 6000);
		assert_string_equal(r.path, "?wait=true");
		json_decref(j);
		payload_free(&r);
	}
}

/* Cards of Teams hold no element that reads Markdown. */
static void
judge_teams(const json_t *j)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(j, "body"), i, item)
	    assert_string_equal(text_of(item, "type"), "RichTextBlock");
}

static void
test_teams(void **state)
{
	struct payload_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		json_t *j = body("teams", evil[i], &r);

		assert_true(r.len <= 18000);
		judge_teams(json_object_get(
		    json_array_get(json_object_get(j, "attachments"), 0),
		    "content"));
		json_decref(j);
		payload_free(&r);
	}
}

static void
test_pagerduty(void **state)
{
	struct alert_notice n = notice("hq");
	struct payload_request r = render("pagerduty", &n);
	json_t *j = json_loadb(r.body, r.len, 0, NULL);

	(void)state;
	assert_string_equal(text_of(j, "event_action"), "trigger");
	assert_string_equal(text_of(j, "dedup_key"), n.incident);
	assert_string_equal(
	    text_of(json_object_get(j, "payload"), "severity"), "critical");
	json_decref(j);
	payload_free(&r);
	n.edge = ALERT_EDGE_RESOLVES;
	r = render("pagerduty", &n);
	j = json_loadb(r.body, r.len, 0, NULL);
	assert_string_equal(text_of(j, "event_action"), "resolve");
	assert_string_equal(text_of(j, "dedup_key"), n.incident);
	json_decref(j);
	payload_free(&r);
}

/* Labels are identity: a better reason or another try changes none. */
static void
test_alertmanager(void **state)
{
	struct alert_notice n = notice("hq");
	struct payload_request r = render("alertmanager", &n);
	json_t *one = json_loadb(r.body, r.len, 0, NULL), *two;

	(void)state;
	payload_free(&r);
	n.reason = IKE_R_NO_RESPONSE;
	n.attempts = 9;
	n.ispi.value = 5;
	n.edge = ALERT_EDGE_RESOLVES;
	r = render("alertmanager", &n);
	two = json_loadb(r.body, r.len, 0, NULL);
	assert_true(
	    json_equal(json_object_get(json_array_get(one, 0), "labels"),
		json_object_get(json_array_get(two, 0), "labels")));
	assert_string_equal(text_of(json_array_get(one, 0), "endsAt"),
	    "2023-11-14T22:17:20.000000Z");
	assert_string_equal(text_of(json_array_get(two, 0), "endsAt"),
	    "2023-11-14T22:13:20.000000Z");
	json_decref(one);
	json_decref(two);
	payload_free(&r);
}

/* What a device wrote begins no header line of a mail. */
static void
test_email(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct alert_notice n = notice(evil[i]);
		struct payload_request r = render("email", &n);
		char *end = strstr(r.body, "\r\n\r\n"), *line;
		int subjects = 0;

		assert_non_null(end);
		for (line = r.body; line < end;
		     line = strstr(line, "\r\n") + 2) {
			size_t len = strcspn(line, "\r\n");

			assert_true(len <= 78 || strncmp(line, "Ref", 3) == 0 ||
			    strncmp(line, "In-", 3) == 0);
			subjects += strncmp(line, "Subject:", 8) == 0;
		}
		assert_int_equal(subjects, 1);
		for (line = end + 4; *line; line++)
			assert_true(strchr("\r\n+/=", *line) != NULL ||
			    (*line >= '0' && *line <= '9') ||
			    (*line >= 'A' && *line <= 'Z') ||
			    (*line >= 'a' && *line <= 'z'));
		payload_free(&r);
	}
}

static void
test_webhook(void **state)
{
	static const char *const members[] = { "incident_id", "edge", "kind",
		"severity", "state_before", "state_after", "device", "via",
		"vendor", "peer", "local", "tunnel", "ike_version", "role",
		"stage", "ispi", "rspi", "reason", "attempts", "first_seen",
		"last_progress", "duration_s", "last_established", "evidence" };
	struct payload_request r;
	json_t *j = body("webhook", evil[5], &r);
	json_t *data = json_object_get(j, "data");

	(void)state;
	assert_true(r.len < 20000);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		assert_non_null(json_object_get(data, members[i]));
	assert_string_equal(text_of(j, "type"), "ike.negotiation.failed");
	assert_string_equal(text_of(data, "ispi"), "0000000000abcdef");
	assert_true(json_is_null(json_object_get(data, "rspi")));
	assert_non_null(strstr(text_of(j, "text"), " {nothing} {"));
	json_decref(j);
	payload_free(&r);
}

/* What the outbox keeps says the same when it is read again. */
static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct alert_notice n = notice(evil[i]), again;
		char *one = notice_dump(&n), *brief = notice_brief(&n), *two;

		assert_int_equal(notice_load(&again, one), 0);
		two = notice_dump(&again);
		assert_string_equal(one, two);
		free(two);
		assert_int_equal(notice_load(&again, brief), 0);
		two = notice_dump(&again);
		assert_string_equal(one, two);
		free(brief);
		free(one);
		free(two);
	}
	{
		struct alert_notice n;

		assert_int_equal(notice_load(&n, "{}"), -1);
		assert_int_equal(notice_load(&n, "[1"), -1);
		assert_int_equal(
		    notice_load(&n,
			"{\"edge\":\"firing\",\"kind\":\"self\",\"at\":7,"
			"\"reason\":3,\"evidence\":{\"a\":1},\"list\":[1]}"),
		    0);
	}
}

/* The example of the Standard Webhooks' specification. */
static void
test_signature(void **state)
{
	char sig[SIGN_SIZE];

	(void)state;
	assert_int_equal(sign_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			     "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
			     "{\"test\": 2432232314}", 20, sig),
	    0);
	assert_string_equal(
	    sig, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	assert_int_equal(sign_secret_check("whsec_dG9vIHNob3J0"), -1);
	assert_int_equal(sign_secret_check("not base64!!"), -1);
	assert_int_equal(sign_secret_check(""), -1);
}

static void
test_shown(void **state)
{
	char to[SECRET_SHOWN_SIZE];

	(void)state;
	assert_string_equal(
	    secret_shown(url, to), "https://hooks.example.net/...1a2b");
	assert_string_equal(secret_shown("https://user:pass@example.net/x", to),
	    "https://example.net/...");
	assert_string_equal(
	    secret_shown("http://example.net", to), "http://example.net");
}

static void
test_urls(void **state)
{
	static const struct {
		const char *url;
		int rc;
	} cases[] = {
		{ "https://hooks.example.net/x", 0 },
		{ "HTTP://192.0.2.1:8080", 0 },
		{ "file:///etc/passwd", -1 },
		{ "gopher://192.0.2.1/", -1 },
		{ "https://", -1 },
		{ "hooks.example.net/x", -1 },
		{ "smtp://mail.example.net", -1 },
	};
	struct destination_conf d;
	char err[300];

	(void)state;
	destination_conf_defaults(&d);
	d.name = "noc";
	d.type = "webhook";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char copy[64];
		struct secrets s = { { copy }, 1 };

		snprintf(copy, sizeof(copy), "%s", cases[i].url);
		assert_int_equal(
		    payload_check(&d, &s, err, sizeof(err)), cases[i].rc);
	}
}

static void
test_prose(void **state)
{
	char to[64], cut[] = "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", time[32];
	int64_t us;

	(void)state;
	prose_clean(to, sizeof(to), span_of("a\tb\x01\xff\xe2\x80\xae"));
	assert_string_equal(to, "a b\\x01\xef\xbf\xbd\\u202e");
	for (size_t size = 1; size < 12; size++) {
		prose_clean(to, size, SPAN_LIT("\xe2\x82\xac\xe2\x82\xac\x01"));
		assert_int_equal(strlen(to), prose_fit(to, size));
		assert_true(strlen(to) % 3 == 0 || strlen(to) == 10);
	}
	prose_cut(cut, 2);
	assert_string_equal(cut, "\xe2\x82\xac\xe2\x80\xa6");
	assert_true(prose_time_read(prose_time(time, NOW + 7), &us));
	assert_int_equal(us, NOW + 7);
	assert_false(prose_time_read("2023-11-14T22:13:20Z", &us));
	assert_string_equal(prose_duration(to, 59 * S), "59 s");
	assert_string_equal(prose_duration(to, 3720 * S), "1 h 2 min");
	assert_string_equal(prose_duration(to, 172800 * S), "2 d");
	assert_true(prose_glob("fw-*-?", "FW-paris-1"));
	assert_false(prose_glob("fw-*-?", "fw-paris"));
}

/* 2023-11-14 was a Tuesday; TZ is set to UTC in main(). */
static void
test_windows(void **state)
{
	(void)state;
	assert_true(route_window_open("mon-fri 22:00-23:00", NOW));
	assert_true(route_window_open("tue", NOW));
	assert_true(route_window_open("fri-tue 20:00-06:00", NOW));
	assert_true(route_window_open("22:00-06:00", NOW + 7 * 3600 * S));
	assert_true(route_window_open("tue 22:00-06:00", NOW + 7 * 3600 * S));
	assert_false(route_window_open("wed 22:00-06:00", NOW + 7 * 3600 * S));
	assert_false(route_window_open("sat,sun", NOW));
	assert_int_equal(route_window_check("mon-fri 8:00-18:00"), 0);
	assert_int_equal(route_window_check("whenever"), -1);
	assert_int_equal(route_window_check("mon 25:00-26:00"), -1);
	assert_int_equal(route_window_check(""), -1);
}

static void
test_peers(void **state)
{
	char net[IKE_ADDR_SIZE];

	(void)state;
	assert_true(route_peer("203.0.113.0/24", "203.0.113.9"));
	assert_false(route_peer("203.0.113.0/29", "203.0.113.9"));
	assert_true(route_peer("0.0.0.0/0", "203.0.113.9"));
	assert_false(route_peer("0.0.0.0/0", "2001:db8::1"));
	assert_true(route_peer("2001:db8::/32", "2001:db8:0:0::1"));
	assert_true(route_peer("2001:db8::1", "2001:db8:0:0::1"));
	assert_true(route_peer("*.example.net", "gw.example.net"));
	assert_true(route_network("203.0.113.9", net));
	assert_string_equal(net, "203.0.113.0/24");
	assert_true(route_network("2001:db8:1:2::3", net));
	assert_string_equal(net, "2001:db8:1::/48");
	assert_false(route_network("gw.example.net", net));
}

/* The beginning of a longer text is in it. */
static const char *
begins(const char *title, const char *text)
{
	char first[21];

	snprintf(first, sizeof(first), "%s", text);
	return strstr(title, first);
}

/* The first line: the verdict whatever the names are, and what to do. */
static void
test_headline(void **state)
{
	char title[NOTICE_TITLE_SIZE];

	(void)state;
	for (int r = 0; r < IKE_REASON_COUNT; r++) {
		struct alert_notice n = notice("hq");

		n.words[0] = '\0';
		n.reason = r;
		assert_in_range(prose_count(advice_for(&n)), 10, ADVICE_MAX);
		notice_headline(&n, title);
		assert_true(prose_count(title) <= 146);
		assert_int_equal(strncmp(title, "DOWN ", 5), 0);
		if (r == IKE_REASON_NONE || r == IKE_R_UNKNOWN)
			assert_non_null(strstr(title, "does not say why"));
		else if (r == IKE_R_STALLED)
			assert_non_null(strstr(title, "stuck after ike_auth"));
		else
			assert_non_null(begins(title, ike_reason_title(r)));
	}
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct alert_notice n = notice(evil[i]);

		n.words[0] = '\0';
		notice_title(&n, title);
		assert_true(prose_count(title) <= 140);
		assert_non_null(strstr(title, "): pre-shared keys d"));
	}
	{
		struct alert_notice n = { .kind = ALERT_NEGOTIATION_FAILED,
			.edge = ALERT_EDGE_FIRES,
			.device = "hq",
			.tunnel = "paris",
			.peer = "203.0.113.9",
			.reason = IKE_R_PSK_MISMATCH,
			.attempts = 3,
			.duration = 240 * S };

		assert_string_equal(notice_headline(&n, title),
		    "DOWN hq -> paris (203.0.113.9): pre-shared keys differ, "
		    "3 tries in 4 min \xe2\x86\x92 set the same key at both "
		    "ends");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_slack_limits),
		cmocka_unit_test(test_discord_limits),
		cmocka_unit_test(test_teams),
		cmocka_unit_test(test_pagerduty),
		cmocka_unit_test(test_alertmanager),
		cmocka_unit_test(test_email),
		cmocka_unit_test(test_webhook),
		cmocka_unit_test(test_headline),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_prose),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_peers),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
