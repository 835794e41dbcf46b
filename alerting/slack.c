/*
 * Slack incoming webhooks: Block Kit and a text fallback. Slack reads &, <
 * and > as its own; what comes from devices goes into plain_text or a code
 * block where nothing mentions, links or formats.
 * Limits: header 150 characters, section 3000, 10 fields of 2000, and about
 * 13 000 in all (12 000 here).
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

enum {
	SLACK_HEADER_MAX = 150,
	SLACK_FIELD_MAX = 1200,
	SLACK_SECTION_MAX = 2900,
	SLACK_FIELDS_MAX = 8,
};

/* "&", "<" and ">" are the three that Slack asks to escape; in code a
 * backtick would end the code. */
static void
slack_escape(struct prose *t, const char *s, bool code)
{
	for (size_t n; (n = prose_char(s)) != 0 && !t->cut; s += n) {
		if (*s == '&')
			prose_put(t, "&amp;", 5);
		else if (*s == '<')
			prose_put(t, "&lt;", 4);
		else if (*s == '>')
			prose_put(t, "&gt;", 4);
		else if (code && *s == '`')
			prose_put(t, "'", 1);
		else
			prose_put(t, s, n);
	}
}

static json_t *
slack_plain(const char *s, size_t max)
{
	char text[SLACK_SECTION_MAX + 1];

	snprintf(
	    text, sizeof(text), "%.*s", (int)prose_fit(s, sizeof(text) - 1), s);
	prose_cut(text, max);
	return json_pack("{s:s,s:s,s:b}", "type", "plain_text", "text",
	    text[0] ? text : "-", "emoji", 0);
}

static const char *
slack_icon(const struct alert_notice *n)
{
	if (n->edge == ALERT_EDGE_RESOLVES)
		return "\xf0\x9f\x9f\xa2 "; /* green circle */
	if (n->severity == ALERT_CRITICAL)
		return "\xf0\x9f\x94\xb4 "; /* red */
	if (n->severity == ALERT_WARNING)
		return "\xf0\x9f\x9f\xa0 "; /* orange */
	return "\xe2\x84\xb9\xef\xb8\x8f ";
}

static json_t *
slack_header(const struct alert_notice *n)
{
	char title[NOTICE_TITLE_SIZE], text[NOTICE_TITLE_SIZE + 8];

	snprintf(text, sizeof(text), "%s%s", slack_icon(n),
	    notice_headline(n, title));
	prose_cut(text, SLACK_HEADER_MAX);
	return json_pack("{s:s,s:{s:s,s:s,s:b}}", "type", "header", "text",
	    "type", "plain_text", "text", text, "emoji", 0);
}

static void
slack_facts(const struct alert_notice *n, json_t *blocks)
{
	struct notice_fact fact[NOTICE_FACTS_MAX];
	size_t count = notice_facts(n, fact);
	json_t *fields = json_array();

	for (size_t i = 0; i < count && i < SLACK_FIELDS_MAX; i++) {
		char text[IKE_DETAIL_SIZE + 40];

		snprintf(
		    text, sizeof(text), "%s\n%s", fact[i].name, fact[i].value);
		json_array_append_new(
		    fields, slack_plain(text, SLACK_FIELD_MAX));
	}
	if (json_array_size(fields) == 0)
		json_decref(fields);
	else
		json_array_append_new(blocks,
		    json_pack(
			"{s:s,s:o}", "type", "section", "fields", fields));
}

static void
slack_section(json_t *blocks, const char *text)
{
	if (text[0] != '\0')
		json_array_append_new(blocks,
		    json_pack("{s:s,s:o}", "type", "section", "text",
			slack_plain(text, SLACK_SECTION_MAX)));
}

/* The records, as a code block. */
static void
slack_evidence(const struct alert_notice *n, json_t *blocks)
{
	char text[SLACK_SECTION_MAX];
	struct prose t = prose_in(text, sizeof(text) - 4);

	if (n->nevidence == 0)
		return;
	prose_add(&t, "```");
	for (size_t i = 0; i < n->nevidence; i++) {
		char at[PROSE_TIME_SIZE];

		prose_add(&t, "%s%.19sZ ", i != 0 ? "\n" : "",
		    prose_time(at, n->evidence[i].received_at));
		slack_escape(&t, n->evidence[i].line, true);
	}
	memcpy(text + t.len, "```", 4);
	json_array_append_new(blocks,
	    json_pack("{s:s,s:{s:s,s:s,s:b}}", "type", "section", "text",
		"type", "mrkdwn", "text", text, "verbatim", 1));
}

static void
slack_list(const struct alert_notice *n, json_t *blocks)
{
	char text[SLACK_SECTION_MAX];
	struct prose t = prose_in(text, sizeof(text));

	for (size_t i = 0; i < n->nlist; i++)
		prose_add(
		    &t, "%s\xe2\x80\xa2 %s", i != 0 ? "\n" : "", n->list[i]);
	slack_section(blocks, text);
}

static int
slack_render(const struct payload_job *job, struct payload_request *r)
{
	const struct alert_notice *n = job->notice;
	char title[NOTICE_TITLE_SIZE], text[NOTICE_TITLE_SIZE * 5];
	struct prose t = prose_in(text, sizeof(text));
	char check[SLACK_SECTION_MAX];
	json_t *blocks = json_array();
	const char *hint = notice_hint(n);

	slack_escape(&t, notice_headline(n, title), true);
	json_array_append_new(blocks, slack_header(n));
	slack_facts(n, blocks);
	if (hint[0] != '\0') {
		snprintf(check, sizeof(check), "Next: %s", hint);
		slack_section(blocks, check);
	}
	slack_list(n, blocks);
	slack_evidence(n, blocks);
	payload_header(r, "Content-Type: application/json; charset=utf-8");
	return payload_json(r,
	    json_pack("{s:s,s:o,s:b,s:b,s:b,s:s}", "text", text, "blocks",
		blocks, "mrkdwn", 0, "unfurl_links", 0, "unfurl_media", 0,
		"parse", "none"));
}

const struct payload_type payload_slack = {
	.name = "slack",
	.rate = 1,
	.burst = 5,
	.parallel = 1,
	.people = true,
	.render = slack_render,
};
