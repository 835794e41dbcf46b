/*
 * The words of alerts, and their configuration: defaults, and what option
 * types alone cannot check.
 */
#include "alerting/alert.h"

#include <stdio.h>
#include <string.h>

#include "alerting/payload.h"
#include "alerting/route.h"
#include "alerting/secret.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static const struct {
	const char *name, *type;
} kinds[] = {
#define X(id, name, severity, type) [ALERT_##id] = { name, type },
	ALERT_KINDS(X)
#undef X
};

static const char *const severities[] = { "", "info", "warning", "critical" };
static const char *const states[] = { "ok", "pending", "firing", "resolved" };
static const char *const edges[] = {
#define X(id, name) [ALERT_EDGE_##id] = name,
	ALERT_EDGES(X)
#undef X
};

const char *
alert_kind_name(enum alert_kind k)
{
	return kinds[k].name;
}

const char *
alert_kind_type(enum alert_kind k)
{
	return kinds[k].type;
}

const char *
alert_severity_name(enum alert_severity s)
{
	return severities[s];
}

const char *
alert_state_name(enum alert_state s)
{
	return states[s];
}

const char *
alert_edge_name(enum alert_edge e)
{
	return edges[e];
}

int
alert_kind_named(const char *s)
{
	for (int k = 0; k < ALERT_KIND_COUNT; k++)
		if (strcmp(kinds[k].name, s) == 0)
			return k;
	return -1;
}

int
alert_severity_named(const char *s)
{
	for (int i = 1; i < ALERT_SEVERITY_COUNT; i++)
		if (strcmp(severities[i], s) == 0)
			return i;
	return ALERT_SEVERITY_NONE;
}

int
alert_edge_named(const char *s)
{
	for (int e = 0; e < ALERT_EDGE_COUNT; e++)
		if (strcmp(edges[e], s) == 0)
			return e;
	return -1;
}

void
alert_conf_defaults(struct alert_conf *c)
{
	*c = (struct alert_conf){
		.reminder = 4 * HOUR,
		.reminder_critical = HOUR,
		.flap_changes = 4,
		.flap_window = 30 * MINUTE,
		.group_threshold = 20,
		.group_window = MINUTE,
		.group_interval = 5 * MINUTE,
		.storm_threshold = 25,
		.expect_after = 10 * MINUTE,
		.rekey_overdue = 3,
	};
}

void
destination_conf_defaults(struct destination_conf *d)
{
	*d = (struct destination_conf){
		.timeout = 20 * SECOND,
		.connect_timeout = 5 * SECOND,
		.max_age = HOUR,
		.give_up = 72 * HOUR,
		.send_resolved = true,
		.is_default = true,
		.min_severity = ALERT_INFO,
		.format = "standard",
		.template = "",
		.topic = "",
		.from = "",
		.user = "",
		.proxy = "",
		.no_proxy = "",
		.starttls = true,
	};
}

static bool
check_has_destination(const struct alert_conf *c, const char *name)
{
	for (size_t i = 0; i < c->ndestinations; i++)
		if (strcmp(c->destination[i].name, name) == 0)
			return true;
	return false;
}

static int
check_route(const struct alert_conf *c, size_t i, char *err, size_t errsize)
{
	const struct alert_route *r = &c->route[i];

	for (size_t j = 0; j < r->to.n; j++)
		if (!check_has_destination(c, r->to.item[j])) {
			snprintf(err, errsize,
			    "to: there is no destination \"%s\"",
			    r->to.item[j]);
			return -1;
		}
	return route_match_check(&r->match, err, errsize);
}

static int
check_grade(const struct alert_conf *c, size_t i, char *err, size_t errsize)
{
	return route_match_check(&c->grade[i].match, err, errsize);
}

static int
check_maintenance(
    const struct alert_conf *c, size_t i, char *err, size_t errsize)
{
	const struct alert_maintenance *m = &c->maintenance[i];

	if (m->match.at.n == 0) {
		snprintf(err, errsize,
		    "at is missing: say when, such as "
		    "at = {\"sun 02:00-04:00\"}");
		return -1;
	}
	return route_match_check(&m->match, err, errsize);
}

static int
check_destination(
    const struct alert_conf *c, size_t i, char *err, size_t errsize)
{
	const struct destination_conf *d = &c->destination[i];
	struct secrets secrets;
	int rc;

	if (i >= ROUTE_DESTINATIONS_MAX) {
		snprintf(err, errsize, "at most %d destinations",
		    ROUTE_DESTINATIONS_MAX);
		return -1;
	}
	for (size_t j = 0; j < i; j++)
		if (strcmp(c->destination[j].name, d->name) == 0) {
			snprintf(
			    err, errsize, "\"%s\" is there twice", d->name);
			return -1;
		}
	rc = secrets_read(&secrets, d, err, errsize);
	if (rc == 0)
		rc = payload_check(d, &secrets, err, errsize);
	secrets_wipe(&secrets);
	return rc;
}

int
alert_conf_check(const struct alert_conf *c, struct alert_place *place,
    char *err, size_t errsize)
{
	const struct {
		const char *section;
		size_t n;
		int (*check)(const struct alert_conf *, size_t, char *, size_t);
	} checks[] = {
		{ "destination", c->ndestinations, check_destination },
		{ "route", c->nroutes, check_route },
		{ "severity", c->ngrades, check_grade },
		{ "maintenance", c->nmaintenances, check_maintenance },
	};

	for (size_t k = 0; k < sizeof(checks) / sizeof(checks[0]); k++)
		for (size_t i = 0; i < checks[k].n; i++) {
			if (checks[k].check(c, i, err, errsize) == 0)
				continue;
			if (place != NULL)
				*place =
				    (struct alert_place){ checks[k].section,
					    i };
			return -1;
		}
	return 0;
}
