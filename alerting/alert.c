/*
 * The engine as the rest sees it: what comes in only changes facts and
 * deadlines, alerts_tick() decides.
 */
#include "alerting/alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/incident.h"
#include "alerting/prose.h"

struct alerts *
alerts_new(
    const struct alert_conf *conf, const struct alert_sink *sink, int64_t now)
{
	struct alerts *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->sink = *sink;
	a->evidence = evidence_new();
	a->counts = limit_counts_new(ALERT_COUNTED);
	a->cadence = cadence_new(INCIDENTS_MAX);
	a->names = names_new();
	a->devices_size = ALERT_DEVICES_FIRST;
	a->device = calloc(a->devices_size, sizeof(*a->device));
	a->next_id = 1;
	a->muted_at = a->devices_at = INCIDENT_NEVER;
	if (a->evidence == NULL || a->counts == NULL || a->cadence == NULL ||
	    a->names == NULL || a->device == NULL) {
		alerts_free(a);
		return NULL;
	}
	alerts_configure(a, conf, now);
	return a;
}

void
alerts_free(struct alerts *a)
{
	if (a == NULL)
		return;
	while (a->all != NULL)
		incident_free(a, a->all);
	due_free(&a->due);
	evidence_free(a->evidence);
	limit_counts_free(a->counts);
	cadence_free(a->cadence);
	free(a->device);
	names_free(a->names);
	free(a->expected);
	free(a->silence);
	free(a);
}

/* Destinations are remembered by their place: find them again by name. */
static uint64_t
alert_told_again(
    const struct alert_conf *was, const struct alert_conf *is, uint64_t told)
{
	uint64_t again = 0;

	for (size_t i = 0; i < was->ndestinations; i++)
		for (size_t j = 0; told >> i & 1 && j < is->ndestinations; j++)
			if (strcmp(was->destination[i].name,
				is->destination[j].name) == 0)
				again |= UINT64_C(1) << j;
	return again;
}

void
alerts_configure(struct alerts *a, const struct alert_conf *conf, int64_t now)
{
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		i->told = alert_told_again(a->conf, conf, i->told);
	a->conf = conf;
	free(a->expected);
	a->expected = calloc(conf->ntunnels + 1, sizeof(*a->expected));
	a->expect_at = INCIDENT_NEVER;
	for (size_t i = 0; i < conf->ntunnels; i++)
		if (conf->tunnel[i].mode == ALERT_MODE_ALWAYS)
			a->expect_at = now + conf->expect_after;
	a->devices_at = now + DEVICES_LOOK;
	cadence_configure(a->cadence, conf->rekey_overdue);
}

void
alerts_first_id(struct alerts *a, int64_t id)
{
	a->next_id = id;
}

void
alerts_stamp(struct alerts *a, int64_t ahead)
{
	a->ahead = ahead;
}

void
alerts_self(struct alerts *a, const char *key, enum alert_severity severity,
    const char *words, int64_t now)
{
	struct incident *i = incident_find(a, "", "", key, ALERT_SELF);

	if (words == NULL) {
		if (i != NULL && incident_open(i))
			alert_recover(a, i, now);
		return;
	}
	if (i == NULL)
		i = incident_new(a, "", "", key, ALERT_SELF);
	if (i == NULL)
		return;
	i->severity = severity;
	incident_keep(a, &i->words, words);
	if (!incident_open(i))
		i->first_seen = i->decided_at = now;
	alert_trouble(a, i, 0, now);
}

int
alerts_test(struct alerts *a, const char *destination, int64_t now)
{
	const struct destination_conf *to = NULL;
	struct incident i = { .kind = ALERT_SELF,
		.alert = a->next_id,
		.tunnel = "test",
		.id = "test" };
	struct alert_notice n;

	for (size_t k = 0; k < a->conf->ndestinations; k++)
		if (strcmp(a->conf->destination[k].name, destination) == 0)
			to = &a->conf->destination[k];
	if (to == NULL)
		return -1;
	a->next_id++;
	i.device = i.vendor = i.peer = i.local = i.child = "";
	i.other = i.other_peer = i.detail = i.differs = i.words = "";
	i.state = ALERT_RESOLVED;
	i.severity = ALERT_INFO;
	i.opened_at = i.first_seen = i.decided_at = now;
	incident_notice(a, &i, ALERT_EDGE_TEST, true, now, &n);
	snprintf(n.words, sizeof(n.words),
	    "TEST from ikewatch to %s: "
	    "alerts arrive here, nothing is wrong",
	    to->name);
	a->sink.edge(a->sink.arg, &n, &to, 1);
	a->total.edges[ALERT_EDGE_TEST]++;
	return 0;
}

int64_t
alerts_due(const struct alerts *a)
{
	int64_t at = due_next(&a->due);

	if (a->muted_at < at)
		at = a->muted_at;
	if (a->devices_at < at)
		at = a->devices_at;
	if (cadence_due(a->cadence) < at)
		at = cadence_due(a->cadence);
	return a->expect_at < at ? a->expect_at : at;
}

void
alerts_tick(struct alerts *a, int64_t now)
{
	struct due_item *item;

	if (alert_is_due(a->devices_at, now))
		alert_look_for_silent(a, now);
	if (alert_is_due(a->expect_at, now))
		alert_expect(a, now);
	alert_look_for_overdue(a, now);
	while ((item = due_first(&a->due)) != NULL && item->at <= now) {
		struct incident *i = (struct incident *)item;

		if (alert_step(a, i, now))
			incident_schedule(a, i);
	}
	if (alert_is_due(a->muted_at, now))
		alert_look_at_muted(a, now);
}

int
alerts_restore(struct alerts *a, const struct alert_notice *n, uint64_t told)
{
	enum alert_kind kind =
	    n->kind == ALERT_FLAPPING ? ALERT_NEGOTIATION_FAILED : n->kind;
	struct incident *i;

	if (n->edge == ALERT_EDGE_TEST)
		return 0;
	i = incident_new(a, n->device, n->peer, n->tunnel, kind);
	if (i == NULL)
		return -1;
	i->state = n->state == ALERT_PENDING ? ALERT_PENDING : ALERT_FIRING;
	snprintf(i->id, sizeof(i->id), "%.32s", n->incident);
	i->alert = n->alert;
	i->saved = true;
	i->members = n->members;
	i->severity = n->severity;
	incident_learn(a, &i->vendor, n->vendor);
	incident_learn(a, &i->local, n->local);
	incident_learn(a, &i->other, n->other);
	ends_learn(a, i);
	i->ike_version = (unsigned)n->ike_version;
	i->role = n->role;
	i->stage = n->stage;
	i->part = n->part;
	i->rekey = n->rekey;
	i->down = kind == ALERT_TUNNEL_DOWN;
	incident_spis(i, n->ispi, n->rspi);
	i->child_spi = n->child_spi;
	i->reason = i->told_reason = n->reason;
	i->told_reasons = i->saved_reasons = IKE_BIT(n->reason);
	i->suspects = n->suspects;
	i->refused_by = (enum ike_refused)n->refused_by;
	incident_keep(a, &i->detail, n->detail);
	incident_keep(a, &i->differs, n->differs);
	incident_keep(a, &i->words, n->words);
	i->attempts = i->told_attempts = n->attempts;
	i->counted[0] = i->negotiation = n->negotiation;
	i->tunnel_id = n->tunnel_id;
	i->before = n->before;
	i->after = n->after;
	i->first_seen = n->first_seen;
	i->opened_at = n->at - n->duration;
	i->last_progress = i->last_failure =
	    n->last_progress != 0 ? n->last_progress : n->at;
	i->last_established = n->last_established;
	i->told = told;
	if (i->state == ALERT_PENDING)
		i->fire_at = n->at +
		    (i->down ? a->conf->tunnel_hold_down : a->conf->hold_down);
	else
		alert_remind(a, i, n->at);
	/* it was silenced: who is to be told when that ends is seen then */
	if (i->state == ALERT_FIRING && told == 0)
		alert_set_muted(a, i, true, n->at);
	incident_schedule(a, i);
	return 0;
}

void
alerts_learn(struct alerts *a, const struct ike_tunnel *t)
{
	cadence_up(a->cadence, t);
}

void
alerts_restored(struct alerts *a, int64_t now)
{
	cadence_pause(a->cadence);
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		if (i->kind == ALERT_GROUP && incident_open(i))
			group_restored(a, i, now);
}

void
alerts_count(const struct alerts *a, struct alert_counts *c)
{
	*c = a->total;
	c->incidents = a->n;
	c->muted = a->nmuted;
	for (const struct incident *i = a->all; i != NULL; i = i->all_next) {
		c->firing += i->state == ALERT_FIRING;
		c->pending += i->state == ALERT_PENDING;
	}
}
