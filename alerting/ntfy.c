/*
 * ntfy: JSON to the server's root. Messages above 4096 bytes would become
 * attachments: 3800 here. Without "markdown" nothing is formatted.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

enum { NTFY_TEXT_MAX = 3800 };

static int
ntfy_check(const struct destination_conf *d, const struct secrets *s, char *err,
    size_t errsize)
{
	(void)s;
	if (d->topic != NULL && d->topic[0] != '\0' &&
	    strspn(d->topic,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(d->topic) &&
	    strlen(d->topic) <= 64)
		return 0;
	snprintf(err, errsize,
	    "topic: wanted, of at most 64 letters, digits, "
	    "_ and -");
	return -1;
}

static int
ntfy_render(const struct payload_job *job, struct payload_request *r)
{
	static const int priority[] = { 3, 2, 4, 5 };
	const struct alert_notice *n = job->notice;
	bool over = n->edge == ALERT_EDGE_RESOLVES;
	char title[NOTICE_TITLE_SIZE], text[NTFY_TEXT_MAX];
	const char *body;

	notice_headline(n, title);
	notice_text(n, text, sizeof(text));
	body = strchr(text, '\n');
	body = body != NULL && body[1] != '\0' ? body + 1 : title;
	payload_header(r, "Content-Type: application/json; charset=utf-8");
	if (job->secrets->nkeys > 0)
		payload_header(
		    r, "Authorization: Bearer %s", job->secrets->key[0]);
	return payload_json(r,
	    json_pack("{s:s,s:s,s:s,s:i,s:[s]}", "topic", job->conf->topic,
		"title", title, "message", body, "priority",
		over ? 3 : priority[n->severity], "tags",
		over ? "white_check_mark" : "rotating_light"));
}

const struct payload_type payload_ntfy = {
	.name = "ntfy",
	.rate = 0.2,
	.burst = 30,
	.parallel = 1,
	.people = true,
	.check = ntfy_check,
	.render = ntfy_render,
};
