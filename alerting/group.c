/*
 * Many tunnels of one device, one peer or one peer network that fail within
 * a window are one alert; and when too much begins at once, all that follows
 * is one alert too. Members keep their rows, the group speaks for them.
 */
#include "alerting/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerting/route.h"
#include "alerting/prose.h"

#define GROUP_WAIT INT64_C(15000000)

/* What a group is about: device and peer of the group's own incident. */
struct scope {
	char device[IKE_NAME_SIZE], peer[IKE_ADDR_SIZE];
	char words[IKE_NAME_SIZE + 32];
};

static size_t
group_scopes(const struct incident *i, struct scope s[3])
{
	size_t n = 0;

	memset(s, 0, 3 * sizeof(*s));
	if (i->device[0] != '\0') {
		snprintf(s[n].device, sizeof(s[n].device), "%s", i->device);
		snprintf(s[n].words, sizeof(s[n].words), "%s", i->device);
		n++;
	}
	if (i->peer[0] != '\0') {
		snprintf(s[n].peer, sizeof(s[n].peer), "%s", i->peer);
		snprintf(s[n].words, sizeof(s[n].words), "peer %s", i->peer);
		n++;
	}
	if (route_network(i->peer, s[n].peer)) {
		snprintf(
		    s[n].words, sizeof(s[n].words), "network %s", s[n].peer);
		n++;
	}
	return n;
}

/* One that still grows: what fails long after it stands for itself. */
static struct incident *
group_find(struct alerts *a, const struct scope *s, int64_t now)
{
	struct incident *g =
	    incident_find(a, s->device, s->peer, "", ALERT_GROUP);

	return g != NULL && incident_open(g) &&
		now - g->last_failure < a->conf->group_window
	    ? g
	    : NULL;
}

static bool
group_kind(enum alert_kind kind)
{
	return kind == ALERT_NEGOTIATION_FAILED ||
	    kind == ALERT_NEGOTIATION_STALLED || kind == ALERT_TUNNEL_DOWN;
}

static bool
group_covers(const struct scope *s, const struct incident *i)
{
	char network[IKE_ADDR_SIZE];

	if (s->device[0] != '\0' && strcmp(s->device, i->device) != 0)
		return false;
	return s->peer[0] == '\0' || strcmp(s->peer, i->peer) == 0 ||
	    (route_network(i->peer, network) && strcmp(network, s->peer) == 0);
}

/* Those that were told one by one before it was seen that they are many. */
static void
group_adopt(
    struct alerts *a, struct incident *g, const struct scope *s, int64_t since)
{
	for (struct incident *i = a->all; i != NULL; i = i->all_next) {
		if (!group_kind(i->kind) || i->state != ALERT_FIRING ||
		    i->group != NULL || !group_covers(s, i) ||
		    i->opened_at <= since)
			continue;
		i->group = g;
		g->members++;
		g->open++;
	}
}

static struct incident *
group_open(struct alerts *a, const struct scope *s, int64_t now)
{
	struct incident *g =
	    incident_find(a, s->device, s->peer, "", ALERT_GROUP);

	if (g != NULL && incident_open(g))
		return g;
	if (g == NULL)
		g = incident_new(a, s->device, s->peer, "", ALERT_GROUP);
	if (g == NULL)
		return NULL;
	g->members = g->open = g->told_members = g->updates = 0;
	g->after = IKE_TUNNEL_DOWN;
	incident_keep(a, &g->words, s->words);
	group_adopt(a, g, s, now - a->conf->group_window);
	alert_trouble(a, g, 0, now);
	return g;
}

static void
group_join(
    struct alerts *a, struct incident *g, struct incident *i, int64_t now)
{
	/* the one that made it grow into a group may be adopted already */
	if (i->group != g) {
		i->group = g;
		g->members++;
		g->open++;
	}
	g->up = false;
	g->recover_at = INCIDENT_NEVER;
	g->last_failure = now;
	g->decided_at = i->decided_at;
	/* soon for the first count, then at the interval */
	if (g->state == ALERT_FIRING && g->update_at == INCIDENT_NEVER)
		g->update_at = now +
		    (g->updates == 0 ? GROUP_WAIT : a->conf->group_interval);
	incident_schedule(a, g);
}

/* Too much begins at once, whatever it is. */
static bool
group_storm(struct alerts *a, int64_t now)
{
	return a->conf->storm_threshold != 0 &&
	    limit_count(a->counts, "", now, a->conf->group_window) >=
	    (unsigned)a->conf->storm_threshold;
}

bool
group_take(struct alerts *a, struct incident *i, int64_t now)
{
	static const struct scope everything = { "", "", "this collector" };
	unsigned threshold = (unsigned)a->conf->group_threshold;
	struct incident *g = NULL;
	struct scope s[3];
	size_t many = 3, n = group_scopes(i, s);

	if (!group_kind(i->kind))
		return false;
	for (size_t k = 0; threshold != 0 && k < n; k++) {
		unsigned count = limit_count(
		    a->counts, s[k].words, now, a->conf->group_window);

		if (g == NULL)
			g = group_find(a, &s[k], now);
		if (many == 3 && count >= threshold)
			many = k;
	}
	if (g == NULL)
		g = group_find(a, &everything, now);
	if (g == NULL && group_storm(a, now))
		g = group_open(a, &everything, now);
	if (g == NULL && many < 3)
		g = group_open(a, &s[many], now);
	if (g != NULL)
		group_join(a, g, i, now);
	return g != NULL;
}

void
group_restored(struct alerts *a, struct incident *g, int64_t now)
{
	unsigned members = g->members;
	struct scope s = { "", "", "" };

	snprintf(s.device, sizeof(s.device), "%s", g->device);
	snprintf(s.peer, sizeof(s.peer), "%s", g->peer);
	g->members = g->open = 0;
	group_adopt(a, g, &s, g->opened_at - a->conf->group_window);
	for (struct incident *i = a->all; i != NULL; i = i->all_next)
		if (i->group == g)
			i->told = 0;
	if (members > g->members)
		g->members = members;
	g->told_members = g->members;
	if (g->open == 0)
		alert_recover(a, g, now);
}

void
group_leave(struct alerts *a, struct incident *i, int64_t now)
{
	struct incident *g = i->group;

	i->group = NULL;
	if (g == NULL || g->open == 0)
		return;
	if (--g->open == 0) {
		alert_recover(a, g, now);
	} else if (g->state == ALERT_FIRING && g->update_at == INCIDENT_NEVER) {
		g->update_at = now + a->conf->group_interval;
		incident_schedule(a, g);
	}
}

/* "9,990 x the peer never answered" for the commonest reasons. */
static void
group_reasons(const unsigned count[IKE_REASON_COUNT], struct alert_notice *n)
{
	unsigned last = UINT32_MAX;

	for (int k = 0; k < 3; k++) {
		int best = -1;

		for (int r = 0; r < IKE_REASON_COUNT; r++)
			if (count[r] != 0 && count[r] < last &&
			    (best == -1 || count[r] > count[best]))
				best = r;
		if (best == -1)
			return;
		last = count[best];
		if (k == 0)
			n->reason = best;
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE, "%u x %s",
		    count[best],
		    best == IKE_REASON_NONE ? "no reason given"
					    : ike_reason_title(best));
	}
}

static void
group_member(const struct incident *i, char to[NOTICE_MEMBER_SIZE])
{
	struct prose t = prose_in(to, NOTICE_MEMBER_SIZE);
	char name[NOTICE_MEMBER_SIZE];

	prose_clean(name, sizeof(name), span_of(i->device));
	prose_add(&t, "%s -> ", name);
	prose_clean(
	    name, sizeof(name), span_of(i->tunnel[0] ? i->tunnel : i->peer));
	prose_add(&t, "%s", name);
	if (i->tunnel[0] && i->peer[0]) {
		prose_clean(name, sizeof(name), span_of(i->peer));
		prose_add(&t, " (%s)", name);
	}
	if (i->reason != IKE_REASON_NONE)
		prose_add(&t, ": %s", ike_reason_title(i->reason));
}

void
group_notice(struct alerts *a, const struct incident *g, struct alert_notice *n)
{
	unsigned count[IKE_REASON_COUNT] = { 0 };
	const struct incident *i;

	n->members = g->members;
	n->members_open = g->open;
	n->attempts = 0;
	for (i = a->all; i != NULL; i = i->all_next)
		if (i->group == g)
			count[i->reason]++;
	group_reasons(count, n);
	for (i = a->all; i != NULL && n->nlist < NOTICE_MEMBERS_MAX - 1;
	     i = i->all_next)
		if (i->group == g)
			group_member(i, n->list[n->nlist++]);
	if (g->open > n->nlist && n->nlist == NOTICE_MEMBERS_MAX - 1)
		snprintf(n->list[n->nlist++], NOTICE_MEMBER_SIZE,
		    "and more: see ikewatch status");
}
