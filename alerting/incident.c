/* The table of incidents, and the notice each makes. */
#include "alerting/incident.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/sign.h"
#include "alerting/prose.h"

static uint64_t
incident_hash(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u;
}

uint64_t
incident_pair(const char *device, const char *peer)
{
	return incident_hash(
	    incident_hash(14695981039346656037u, device), peer);
}

bool
incident_open(const struct incident *i)
{
	return i->state == ALERT_PENDING || i->state == ALERT_FIRING;
}

struct incident *
incident_find(struct alerts *a, const char *device, const char *peer,
    const char *tunnel, enum alert_kind kind)
{
	uint64_t pair = incident_pair(device, peer);
	struct incident *near = NULL, *i;

	for (i = a->bucket[pair % INCIDENT_BUCKETS]; i != NULL; i = i->next) {
		if (i->pair != pair || i->kind != kind ||
		    strcmp(i->device, device) != 0 ||
		    strcmp(i->peer, peer) != 0)
			continue;
		if (strcmp(i->tunnel, tunnel) == 0)
			return i;
		if (peer[0] != '\0' &&
		    (tunnel[0] == '\0' || i->tunnel[0] == '\0'))
			near = i;
	}
	return near;
}

/* Device, peer, tunnel and kind, hashed. */
static void
incident_identify(struct incident *i)
{
	char key[IKE_NAME_SIZE * 2 + IKE_ADDR_SIZE + 40];
	int len;

	len = snprintf(key, sizeof(key), "%s\n%s\n%s\n%s", i->device, i->peer,
	    i->tunnel, alert_kind_name(i->kind));
	sign_hash(key, (size_t)len, i->id);
}

void
incident_name(struct alerts *a, const char **name, const char *to)
{
	if (strcmp(*name, to) != 0)
		names_set(a->names, name, IKE_NAME_SIZE, span_of(to));
}

void
incident_learn(struct alerts *a, const char **name, const char *to)
{
	if (to[0] != '\0')
		incident_name(a, name, to);
}

struct incident *
incident_new(struct alerts *a, const char *device, const char *peer,
    const char *tunnel, enum alert_kind kind)
{
	size_t most = a->conf->max_incidents;
	struct incident *i, **bucket;

	if (a->n >= (most != 0 ? most : INCIDENTS_MAX)) {
		a->total.refused++;
		return NULL;
	}
	i = calloc(1, sizeof(*i));
	if (i == NULL)
		return NULL;
	i->device = names_get(a->names, IKE_NAME_SIZE, span_of(device));
	i->peer = names_get(a->names, IKE_ADDR_SIZE, span_of(peer));
	i->tunnel = names_get(a->names, IKE_NAME_SIZE, span_of(tunnel));
	i->vendor = i->local = i->child = i->other = i->other_peer = "";
	i->detail = i->differs = i->words = "";
	i->kind = kind;
	incident_identify(i);
	i->pair = incident_pair(device, peer);
	i->fire_at = i->update_at = i->recover_at = INCIDENT_NEVER;
	i->remind_at = i->quiet_at = i->forget_at = INCIDENT_NEVER;
	bucket = &a->bucket[i->pair % INCIDENT_BUCKETS];
	i->next = *bucket;
	*bucket = i;
	i->all_next = a->all;
	i->all_prev = &a->all;
	if (a->all != NULL)
		a->all->all_prev = &i->all_next;
	a->all = i;
	a->n++;
	return i;
}

void
incident_free(struct alerts *a, struct incident *i)
{
	const char *const names[] = { i->device, i->vendor, i->peer, i->local,
		i->tunnel, i->child, i->other, i->other_peer, i->detail,
		i->differs, i->words };
	struct incident **at = &a->bucket[i->pair % INCIDENT_BUCKETS];

	while (*at != i)
		at = &(*at)->next;
	*at = i->next;
	*i->all_prev = i->all_next;
	if (i->all_next != NULL)
		i->all_next->all_prev = i->all_prev;
	due_remove(&a->due, &i->due);
	ends_forget(a, i);
	a->n--;
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		names_put(a->names, names[k]);
	limit_changes_free(&i->changes);
	free(i);
}

void
incident_spis(struct incident *i, struct ike_spi ispi, struct ike_spi rspi)
{
	i->ispi = ispi.value;
	i->ispi_known = ispi.known;
	i->rspi = rspi.value;
	i->rspi_known = rspi.known;
}

void
incident_keep(struct alerts *a, const char **text, const char *to)
{
	if (to == NULL)
		to = "";
	if (strcmp(*text, to) != 0)
		names_set(a->names, text, IKE_DETAIL_SIZE, span_of(to));
}

void
incident_schedule(struct alerts *a, struct incident *i)
{
	const int64_t at[] = { i->fire_at, i->update_at, i->recover_at,
		i->remind_at, i->quiet_at, i->forget_at };
	int64_t first = INCIDENT_NEVER;

	for (size_t n = 0; n < sizeof(at) / sizeof(at[0]); n++)
		if (at[n] < first)
			first = at[n];
	/* without memory the next change of the incident tries again */
	if (due_set(&a->due, &i->due, first) == -1)
		a->total.refused++;
}

#define CLEAN(to, s) prose_clean(to, sizeof(to), span_of(s))

static void
notice_names(const struct incident *i, struct alert_notice *n)
{
	CLEAN(n->device, i->device);
	CLEAN(n->vendor, i->vendor);
	CLEAN(n->peer, i->peer);
	CLEAN(n->local, i->local);
	CLEAN(n->tunnel, i->tunnel);
	CLEAN(n->other, i->other);
	CLEAN(n->detail, i->detail);
	CLEAN(n->differs, i->differs);
	CLEAN(n->words, i->words);
}

static void
notice_facts_of(const struct incident *i, struct alert_notice *n)
{
	n->alert = i->alert;
	n->negotiation = i->negotiation;
	n->tunnel_id = i->tunnel_id;
	n->decided_at = i->decided_at;
	n->ike_version = (int)i->ike_version;
	n->role = i->role;
	n->stage = i->stage;
	n->part = i->part;
	n->rekey = i->rekey && !i->down;
	n->ispi = (struct ike_spi){ i->ispi, i->ispi_known };
	n->rspi = (struct ike_spi){ i->rspi, i->rspi_known };
	n->child_spi = i->child_spi;
	n->reason = i->reason;
	n->was = i->told_reason;
	n->suspects = i->suspects;
	n->refused_by = (int)i->refused_by;
	n->attempts = i->attempts;
	n->changes = i->flaps;
	n->first_seen = i->first_seen;
	n->last_progress = i->last_progress;
	n->last_established = i->last_established;
	n->before = i->before;
	n->after = i->after;
}

/* As the system's clock names them today; 0 is no time. */
static void
notice_stamp(struct alert_notice *n, int64_t ahead)
{
	int64_t *const times[] = { &n->at, &n->decided_at, &n->first_seen,
		&n->last_progress, &n->last_established };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (*times[i] != 0)
			*times[i] += ahead;
	for (size_t i = 0; i < n->nevidence; i++)
		n->evidence[i].received_at += ahead;
}

void
incident_notice(struct alerts *a, const struct incident *i,
    enum alert_edge edge, bool told, int64_t now, struct alert_notice *n)
{
	char key[NOTICE_ID_SIZE + 64], hash[33];
	int len;

	memset(n, 0, sizeof(*n));
	n->edge = edge;
	n->kind = i->flapping ? ALERT_FLAPPING : i->kind;
	n->severity = i->severity;
	n->state = i->state;
	n->at = now;
	n->duration = now - i->opened_at;
	memcpy(n->incident, i->id, sizeof(i->id));
	len = snprintf(key, sizeof(key), "%s %" PRId64 " %" PRId64 " %" PRIu64,
	    n->incident, i->alert, now, ++a->serial);
	sign_hash(key, (size_t)len, hash);
	snprintf(n->webhook_id, sizeof(n->webhook_id), "msg_%.24s", hash);
	notice_names(i, n);
	CLEAN(n->via, alert_via(a, i->device));
	notice_facts_of(i, n);
	if (i->kind == ALERT_GROUP)
		group_notice(a, i, n);
	else if (told && i->negotiation != 0 && edge != ALERT_EDGE_RESOLVES)
		n->nevidence = ends_evidence(a, i, n->evidence);
	notice_stamp(n, a->ahead);
}
