/*
 * Prometheus Alertmanager, API v2. Labels are the incident's identity: no
 * reason, SPI or count among them. Alertmanager forgets what it does not
 * hear again, so all that fires is sent again every minute.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

#define AM_LASTS (4 * INT64_C(60000000))

/* kind in the manner of alert names: "tunnel_down" is IKETunnelDown. */
static void
am_name(enum alert_kind kind, char to[48])
{
	const char *s = alert_kind_name(kind);
	struct prose t = prose_in(to, 48);
	bool up = true;

	prose_put(&t, "IKE", 3);
	for (; *s != '\0'; s++) {
		char c = up && *s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s;

		up = *s == '_';
		if (!up)
			prose_put(&t, &c, 1);
	}
}

static json_t *
am_labels(const struct alert_notice *n)
{
	char name[48];
	json_t *l = json_object();

	am_name(n->kind == ALERT_FLAPPING ? ALERT_NEGOTIATION_FAILED : n->kind,
	    name);
	json_object_set_new(l, "alertname", json_string(name));
	json_object_set_new(
	    l, "severity", json_string(alert_severity_name(n->severity)));
	json_object_set_new(l, "incident", json_string(n->incident));
	/* an empty label is no label */
	if (n->device[0] != '\0')
		json_object_set_new(l, "device", json_string(n->device));
	if (n->peer[0] != '\0')
		json_object_set_new(l, "peer", json_string(n->peer));
	return l;
}

static json_t *
am_alert(const struct alert_notice *n, int64_t now)
{
	char title[NOTICE_TITLE_SIZE], start[PROSE_TIME_SIZE];
	char end[PROSE_TIME_SIZE], text[6000];
	bool over = n->edge == ALERT_EDGE_RESOLVES;

	notice_text(n, text, sizeof(text));
	prose_time(start, n->at - n->duration);
	prose_time(end, over ? n->at : now + AM_LASTS);
	return json_pack("{s:o,s:{s:s,s:s,s:s,s:s,s:s},s:s,s:s}", "labels",
	    am_labels(n), "annotations", "summary", notice_headline(n, title),
	    "description", text, "reason", ike_reason_name(n->reason), "hint",
	    notice_hint(n), "tunnel", n->tunnel, "startsAt", start, "endsAt",
	    end);
}

static int
am_request(
    const struct payload_job *job, json_t *alerts, struct payload_request *r)
{
	payload_header(r, "Content-Type: application/json");
	if (job->secrets->nkeys > 0)
		payload_header(
		    r, "Authorization: Bearer %s", job->secrets->key[0]);
	snprintf(r->path, sizeof(r->path), "/api/v2/alerts");
	return payload_json(r, alerts);
}

static int
am_render(const struct payload_job *job, struct payload_request *r)
{
	json_t *alerts = json_array();

	json_array_append_new(alerts, am_alert(job->notice, job->now));
	return am_request(job, alerts, r);
}

static int
am_refresh(const struct payload_job *job, const char *const *notices, size_t n,
    struct payload_request *r)
{
	struct alert_notice *one = malloc(sizeof(*one));
	json_t *alerts = json_array();

	for (size_t i = 0; one != NULL && i < n; i++)
		if (notice_load(one, notices[i]) == 0)
			json_array_append_new(alerts, am_alert(one, job->now));
	free(one);
	return am_request(job, alerts, r);
}

static int
am_check(const struct destination_conf *d, const struct secrets *s, char *err,
    size_t errsize)
{
	(void)d;
	for (size_t i = 0; i < s->nurls; i++) {
		size_t len = strlen(s->url[i]);

		if (strstr(s->url[i], "/api/") != NULL ||
		    s->url[i][len - 1] == '/') {
			snprintf(err, errsize,
			    "url: give it without a slash "
			    "at the end and without /api/v2");
			return -1;
		}
	}
	return 0;
}

const struct payload_type payload_alertmanager = {
	.name = "alertmanager",
	.rate = 10,
	.burst = 30,
	.parallel = 2,
	.check = am_check,
	.render = am_render,
	.refresh = am_refresh,
};
