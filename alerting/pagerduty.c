/*
 * PagerDuty Events API v2: trigger and resolve with one dedup_key an
 * incident. The routing key is the first secret. summary takes 1024
 * characters, the whole 512 000 bytes: we stay far below.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

static int
pagerduty_check(const struct destination_conf *d, const struct secrets *s,
    char *err, size_t errsize)
{
	(void)d;
	if (s->nkeys == 1)
		return 0;
	snprintf(err, errsize,
	    "secret-file: one file with the routing key is wanted");
	return -1;
}

static json_t *
pagerduty_details(const struct alert_notice *n)
{
	struct notice_fact fact[NOTICE_FACTS_MAX];
	size_t count = notice_facts(n, fact);
	json_t *details = json_object(), *lines = json_array();
	const char *hint = notice_hint(n);

	for (size_t i = 0; i < count; i++)
		json_object_set_new(
		    details, fact[i].name, json_string(fact[i].value));
	if (hint[0] != '\0')
		json_object_set_new(details, "Next", json_string(hint));
	for (size_t i = 0; i < n->nlist; i++)
		json_array_append_new(lines, json_string(n->list[i]));
	for (size_t i = 0; i < n->nevidence; i++)
		json_array_append_new(lines, json_string(n->evidence[i].line));
	json_object_set_new(details, "Records", lines);
	return details;
}

static json_t *
pagerduty_payload(const struct alert_notice *n)
{
	char title[NOTICE_TITLE_SIZE], at[PROSE_TIME_SIZE];
	const char *part = n->tunnel[0] ? n->tunnel : n->peer;

	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "summary",
	    notice_headline(n, title), "source",
	    n->device[0] ? n->device : "ikewatch", "severity",
	    alert_severity_name(n->severity), "timestamp",
	    prose_time(at, n->at), "component", part[0] ? part : "ikewatch",
	    "group", n->device[0] ? n->device : "ikewatch", "class",
	    n->reason != IKE_REASON_NONE ? ike_reason_name(n->reason)
					 : alert_kind_name(n->kind),
	    "custom_details", pagerduty_details(n));
}

static int
pagerduty_render(const struct payload_job *job, struct payload_request *r)
{
	const struct alert_notice *n = job->notice;
	bool over = n->edge == ALERT_EDGE_RESOLVES;

	payload_header(r, "Content-Type: application/json; charset=utf-8");
	return payload_json(r,
	    json_pack("{s:s,s:s,s:s,s:s,s:o}", "routing_key",
		job->secrets->key[0], "event_action",
		over ? "resolve" : "trigger", "dedup_key", n->incident,
		"client", "ikewatch", "payload", pagerduty_payload(n)));
}

const struct payload_type payload_pagerduty = {
	.name = "pagerduty",
	.rate = 2,
	.burst = 30,
	.parallel = 4,
	.url = "https://events.pagerduty.com/v2/enqueue",
	.check = pagerduty_check,
	.render = pagerduty_render,
};
