/*
 * The generic webhook: Standard Webhooks 1.0 ({"type","timestamp","data"},
 * webhook-id, webhook-timestamp, webhook-signature), or the same data as a
 * structured CloudEvent 1.0. Bodies stay below 20 kB: evidence goes first.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/advice.h"
#include "alerting/payload.h"
#include "alerting/sign.h"
#include "alerting/prose.h"

enum { WEBHOOK_BODY_MAX = 20000, WEBHOOK_TEXT_MAX = 4000 };

static int
webhook_check(const struct destination_conf *d, const struct secrets *s,
    char *err, size_t errsize)
{
	for (size_t i = 0; i < s->nkeys; i++)
		if (sign_secret_check(s->key[i]) == -1) {
			snprintf(err, errsize,
			    "secret-file: not whsec_ and "
			    "24 to 64 bytes in base64");
			return -1;
		}
	if (d->format != NULL && strcmp(d->format, "standard") != 0 &&
	    strcmp(d->format, "cloudevents") != 0) {
		snprintf(err, errsize,
		    "format: \"%s\" is neither standard "
		    "nor cloudevents",
		    d->format);
		return -1;
	}
	return 0;
}

/* The text of {name}; false where there is none of that name. */
static bool
webhook_field(const struct alert_notice *n, struct span name, struct prose *t)
{
	char headline[NOTICE_TITLE_SIZE];
	char title[NOTICE_TITLE_SIZE], span[PROSE_SPAN_SIZE], number[16];
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "title", notice_title(n, title) },
		{ "device", n->device },
		{ "peer", n->peer },
		{ "tunnel", n->tunnel },
		{ "reason", ike_reason_name(n->reason) },
		{ "severity", alert_severity_name(n->severity) },
		{ "edge", alert_edge_name(n->edge) },
		{ "kind", alert_kind_name(n->kind) },
		{ "hint", notice_hint(n) },
		{ "advice", advice_for(n) },
		{ "headline", notice_headline(n, headline) },
		{ "differs", n->differs },
		{ "attempts", number },
		{ "duration", prose_duration(span, n->duration) },
	};

	snprintf(number, sizeof(number), "%u", n->attempts);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_is(name, fields[i].name)) {
			prose_add(t, "%s", fields[i].value);
			return true;
		}
	return false;
}

static void
webhook_template(
    const struct alert_notice *n, const char *template, struct prose *t)
{
	struct span s = span_of(template), name;

	while (s.len > 0) {
		struct span rest = s;

		if (scan_char(&rest, '{') && scan_until(&rest, "}", &name) &&
		    webhook_field(n, name, t)) {
			s = rest;
			continue;
		}
		prose_put(t, s.p, prose_char(s.p));
		s = span_from(s, prose_char(s.p));
	}
}

static json_t *
webhook_object(const struct payload_job *job, json_t *data)
{
	const struct alert_notice *n = job->notice;
	char at[PROSE_TIME_SIZE], text[WEBHOOK_TEXT_MAX];
	bool cloud = job->conf->format != NULL &&
	    strcmp(job->conf->format, "cloudevents") == 0;
	json_t *j;

	prose_time(at, n->at);
	if (cloud)
		j = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:O}",
		    "specversion", "1.0", "id", n->webhook_id, "source",
		    "/ikewatch", "type", alert_kind_type(n->kind), "time", at,
		    "subject", n->incident[0] ? n->incident : "none",
		    "datacontenttype", "application/json", "data", data);
	else
		j = json_pack("{s:s,s:s,s:O}", "type", alert_kind_type(n->kind),
		    "timestamp", at, "data", data);
	if (j != NULL && job->conf->template != NULL &&
	    job->conf->template[0] != '\0') {
		struct prose t = prose_in(text, sizeof(text));

		webhook_template(n, job->conf->template, &t);
		json_object_set_new(
		    cloud ? data : j, "text", json_string(text));
	}
	return j;
}

/* Less and less of what can be looked up, until it is short enough. */
static bool
webhook_shorten(json_t *data)
{
	json_t *list;

	list = json_object_get(data, "evidence");
	if (json_array_size(list) == 0)
		list = json_object_get(data, "list");
	if (json_array_size(list) == 0)
		return false;
	return json_array_remove(list, json_array_size(list) - 1) == 0;
}

static void
webhook_headers(const struct payload_job *job, struct payload_request *r)
{
	char stamp[32], sig[SIGN_SIZE], header[PAYLOAD_HEADER_SIZE];
	struct prose t = prose_in(header, sizeof(header));

	snprintf(stamp, sizeof(stamp), "%" PRId64, job->now / 1000000);
	payload_header(r, "webhook-id: %s", job->notice->webhook_id);
	payload_header(r, "webhook-timestamp: %s", stamp);
	for (size_t i = 0; i < job->secrets->nkeys; i++)
		if (sign_webhook(job->secrets->key[i], job->notice->webhook_id,
			stamp, r->body, r->len, sig) == 0)
			prose_add(&t, "%sv1,%s", i != 0 ? " " : "", sig);
	if (t.len != 0)
		payload_header(r, "webhook-signature: %s", header);
}

static int
webhook_render(const struct payload_job *job, struct payload_request *r)
{
	bool cloud = job->conf->format != NULL &&
	    strcmp(job->conf->format, "cloudevents") == 0;
	json_t *data = notice_json(job->notice);
	int rc;

	do
		rc = payload_json(r, webhook_object(job, data));
	while (rc == 0 && r->len >= WEBHOOK_BODY_MAX && webhook_shorten(data));
	json_decref(data);
	if (rc == -1)
		return -1;
	payload_header(r, "Content-Type: application/%s; charset=utf-8",
	    cloud ? "cloudevents+json" : "json");
	webhook_headers(job, r);
	return 0;
}

const struct payload_type payload_webhook = {
	.name = "webhook",
	.rate = 20,
	.burst = 50,
	.parallel = 8,
	.check = webhook_check,
	.render = webhook_render,
};
