/*
 * Microsoft Teams by a Workflows webhook: an Adaptive Card. TextBlocks and
 * FactSets read Markdown, the runs of a RichTextBlock do not, so everything
 * is a run. 28 KB are the limit, less in practice: 18 KB here.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

enum { TEAMS_BODY_MAX = 18000 };

static json_t *
teams_run(const char *text, bool bold, bool mono)
{
	json_t *run = json_pack(
	    "{s:s,s:s}", "type", "TextRun", "text", text[0] ? text : "-");

	if (bold)
		json_object_set_new(run, "weight", json_string("Bolder"));
	if (mono)
		json_object_set_new(run, "fontType", json_string("Monospace"));
	return run;
}

static json_t *
teams_line(json_t *first, json_t *second)
{
	json_t *inlines = json_array();

	json_array_append_new(inlines, first);
	if (second != NULL)
		json_array_append_new(inlines, second);
	return json_pack(
	    "{s:s,s:o}", "type", "RichTextBlock", "inlines", inlines);
}

static json_t *
teams_title(const struct alert_notice *n)
{
	char title[NOTICE_TITLE_SIZE];
	json_t *run = teams_run(notice_headline(n, title), true, false);
	const char *color = n->edge == ALERT_EDGE_RESOLVES ? "Good"
	    : n->severity == ALERT_CRITICAL		   ? "Attention"
							   : "Warning";

	json_object_set_new(run, "size", json_string("Medium"));
	json_object_set_new(run, "color", json_string(color));
	return teams_line(run, NULL);
}

/* lines: how much of lists and records may be in it. */
static json_t *
teams_body(const struct alert_notice *n, size_t lines)
{
	struct notice_fact fact[NOTICE_FACTS_MAX];
	size_t count = notice_facts(n, fact);
	const char *hint = notice_hint(n);
	json_t *body = json_array();

	json_array_append_new(body, teams_title(n));
	for (size_t i = 0; i < count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s: ", fact[i].name);
		json_array_append_new(body,
		    teams_line(teams_run(name, true, false),
			teams_run(fact[i].value, false, false)));
	}
	if (hint[0] != '\0')
		json_array_append_new(body,
		    teams_line(teams_run("Next: ", true, false),
			teams_run(hint, false, false)));
	for (size_t i = 0; i < n->nlist && i < lines; i++)
		json_array_append_new(body,
		    teams_line(teams_run(n->list[i], false, false), NULL));
	for (size_t i = 0; i < n->nevidence && i < lines; i++)
		json_array_append_new(body,
		    teams_line(
			teams_run(n->evidence[i].line, false, true), NULL));
	return body;
}

static int
teams_render(const struct payload_job *job, struct payload_request *r)
{
	size_t lines = NOTICE_MEMBERS_MAX + 1;
	int rc;

	payload_header(r, "Content-Type: application/json; charset=utf-8");
	do {
		lines--;
		rc = payload_json(r,
		    json_pack("{s:s,s:[{s:s,s:n,s:{s:s,s:s,s:s,s:o,s:{s:s}}}]}",
			"type", "message", "attachments", "contentType",
			"application/vnd.microsoft.card.adaptive", "contentUrl",
			"content", "$schema",
			"http://adaptivecards.io/schemas/adaptive-card.json",
			"type", "AdaptiveCard", "version", "1.2", "body",
			teams_body(job->notice, lines), "msteams", "width",
			"full"));
	} while (rc == 0 && r->len > TEAMS_BODY_MAX && lines > 0);
	return rc;
}

const struct payload_type payload_teams = {
	.name = "teams",
	.rate = 2,
	.burst = 4,
	.parallel = 1,
	.people = true,
	.render = teams_render,
};
