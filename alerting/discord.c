/*
 * Discord webhooks: one embed, nobody is mentioned. Title and description
 * read Markdown: its signs are escaped. Limits: title 256, description 4096,
 * field 256 and 1024, 25 fields, 6000 in all.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

enum {
	DISCORD_TITLE_MAX = 250,
	DISCORD_TEXT_MAX = 2400,
	DISCORD_VALUE_MAX = 400,
	DISCORD_LINE_MAX = 250,
};

/* Markdown, links (a colon), mentions and custom emoji. */
static void
discord_escape(struct prose *t, const char *s)
{
	for (size_t n; (n = prose_char(s)) != 0 && !t->cut; s += n) {
		char escaped[3] = { '\\', *s, '\0' };

		if (strchr("\\*_~`|<>#-[]():@", *s) == NULL)
			prose_put(t, s, n);
		else if (t->size - 1 - t->len < 2)
			t->cut = true; /* an escape is whole or not there */
		else
			prose_put(t, escaped, 2);
	}
}

static json_t *
discord_fields(const struct alert_notice *n)
{
	struct notice_fact fact[NOTICE_FACTS_MAX];
	size_t count = notice_facts(n, fact);
	json_t *fields = json_array();

	for (size_t i = 0; i < count; i++) {
		char value[DISCORD_VALUE_MAX * 2];
		struct prose t = prose_in(value, sizeof(value));

		prose_cut(fact[i].value, DISCORD_VALUE_MAX / 2);
		discord_escape(&t, fact[i].value);
		json_array_append_new(fields,
		    json_pack("{s:s,s:s,s:b}", "name", fact[i].name, "value",
			value, "inline", 0));
	}
	return fields;
}

static void
discord_lines(const struct alert_notice *n, struct prose *t)
{
	for (size_t i = 0; i < n->nlist && t->len < DISCORD_TEXT_MAX; i++) {
		prose_put(t, "\xe2\x80\xa2 ", 4);
		discord_escape(t, n->list[i]);
		prose_put(t, "\n", 1);
	}
	if (n->nevidence == 0)
		return;
	prose_add(t, "```\n");
	for (size_t i = 0; i < n->nevidence; i++) {
		char line[NOTICE_LINE_SIZE];

		snprintf(line, sizeof(line), "%s", n->evidence[i].line);
		prose_cut(line, DISCORD_LINE_MAX);
		for (char *p = line; *p != '\0'; p++)
			if (*p == '`')
				*p = '\'';
		prose_add(t, "%s\n", line);
	}
	/* room for it was kept, whatever was cut */
	memcpy(t->p + t->len, "```", 4);
}

static int
discord_render(const struct payload_job *job, struct payload_request *r)
{
	const struct alert_notice *n = job->notice;
	char title[NOTICE_TITLE_SIZE], escaped[NOTICE_TITLE_SIZE * 2];
	char text[DISCORD_TEXT_MAX * 2];
	struct prose t = prose_in(text, sizeof(text) - 8);
	struct prose head = prose_in(escaped, sizeof(escaped));
	const char *hint = notice_hint(n);
	int color = n->edge == ALERT_EDGE_RESOLVES ? 0x2eb67d
	    : n->severity == ALERT_CRITICAL	   ? 0xd00000
						   : 0xe8912d;
	json_t *embed;

	notice_headline(n, title);
	discord_escape(&head, title);
	/* at most 140 characters, but all could be escaped */
	prose_cut(escaped, DISCORD_TITLE_MAX);
	if (hint[0] != '\0') {
		prose_put(&t, "Next: ", 6);
		discord_escape(&t, hint);
		prose_put(&t, "\n", 1);
	}
	discord_lines(n, &t);
	embed = json_pack("{s:s,s:s,s:i,s:o}", "title", escaped, "description",
	    text, "color", color, "fields", discord_fields(n));
	snprintf(r->path, sizeof(r->path), "%cwait=true",
	    job->secrets->nurls > 0 && strchr(job->secrets->url[0], '?') != NULL
		? '&'
		: '?');
	payload_header(r, "Content-Type: application/json; charset=utf-8");
	return payload_json(r,
	    json_pack("{s:[o],s:{s:[]}}", "embeds", embed, "allowed_mentions",
		"parse"));
}

const struct payload_type payload_discord = {
	.name = "discord",
	.rate = 0.5,
	.burst = 5,
	.parallel = 1,
	.people = true,
	.render = discord_render,
};
