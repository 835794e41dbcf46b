/*
 * The sink. The one rule: each message ends in exactly one counter, so that
 * the account in stats.h comes out even.
 */
#include <stdlib.h>
#include <string.h>

#include "alerting/alert.h"
#include "daemon/clock.h"
#include "daemon/keep.h"
#include "daemon/log.h"

enum {
	SEEN_EVERY = 10000000, /* microseconds between two saves of a device */
	CLOCK_WRONG = 300000000, /* microseconds off: told */
	CLOCK_RIGHT = 60000000,	 /* off by less: right again */
};

struct keep {
	struct store *store;
	struct stats *stats;
	struct alerts *alerts; /* NULL: not yet */
	enum conf_keep mode;
	struct pipeline_counts synced;
	struct keep_counts counts;
};

struct keep *
keep_new(struct store *store, struct stats *stats)
{
	struct keep *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->store = store;
	k->stats = stats;
	return k;
}

void
keep_free(struct keep *k)
{
	free(k);
}

void
keep_configure(struct keep *k, const struct conf *conf)
{
	k->mode = (enum conf_keep)conf->store.keep;
}

void
keep_alert(struct keep *k, struct alerts *alerts)
{
	k->alerts = alerts;
}

static unsigned
keep_transport(const char *name)
{
	return name[0] == 'u' ? CONF_UDP : name[1] == 'c' ? CONF_TCP : CONF_TLS;
}

static int64_t
keep_message(struct keep *k, const struct record *rec,
    const struct source_origin *o, const char *vendor)
{
	unsigned transport = keep_transport(o->transport);
	char via[IKE_ADDR_SIZE];
	struct store_message m = { .received_at = clock_stamp(o->received_at),
		.transport = o->transport,
		.facility = rec->facility,
		.severity = rec->severity,
		.timestamp = rec->timestamp,
		.hostname = rec->hostname,
		.app = rec->app,
		.procid = rec->procid,
		.msgid = rec->msgid,
		.message = rec->message,
		.vendor = vendor };
	int64_t id;

	source_text(&o->via, via);
	m.source = span_of(via);
	id = store_message(k->store, &m);
	stats_count(
	    k->stats, (id != 0 ? STAT_STORED : STAT_NO_STORE) + transport);
	return id;
}

static int64_t
keep_frame(void *arg, const struct record *rec, const struct source_origin *o)
{
	return keep_message(arg, rec, o, NULL);
}

static void
keep_count_record(struct keep *k, const struct pipeline_seen *seen)
{
	const struct parser *const *all = parser_all();
	unsigned i;

	for (i = 0; i < KEEP_VENDORS - 1 && all[i] != NULL; i++)
		if (seen->vendor != NULL && all[i]->name == seen->vendor)
			break;
	if (seen->vendor == NULL || all[i] == NULL)
		i = KEEP_VENDORS - 1;
	k->counts.records[i][seen->result]++;
}

static void
keep_device(struct keep *k, const struct source *s)
{
	const char *vendor = s->parser == NULL ? NULL : s->parser->name;
	struct source *mine = (struct source *)(uintptr_t)s;

	if (k->alerts != NULL)
		alerts_device(
		    k->alerts, s->name, s->address, vendor, s->last_seen);
	if (s->last_seen - s->saved_seen < SEEN_EVERY &&
	    vendor == s->saved_vendor)
		return;
	mine->saved_seen = s->last_seen;
	mine->saved_vendor = vendor;
	(void)store_device(
	    k->store, s->name, s->address, vendor, clock_stamp(s->last_seen));
}

/* Said once for each device, and again after it was right. */
static void
keep_clock(const struct source *s)
{
	struct source *mine = (struct source *)(uintptr_t)s;
	int64_t ahead, off;

	if (!source_ahead(s, &ahead))
		return;
	ahead -= clock_stamp(1) - 1;
	off = ahead < 0 ? -ahead : ahead;
	if (off < CLOCK_RIGHT)
		mine->clock_told = false;
	if (off < CLOCK_WRONG || s->clock_told)
		return;
	mine->clock_told = true;
	log_hint("device %s: its clock is %lld s %s ours; set NTP there, or "
		 "its time zone here (device timezone)",
	    s->name, (long long)(off / 1000000),
	    ahead < 0 ? "behind" : "ahead of");
}

/* The message's row: of its first frame, or its own, where it is kept. */
static int64_t
keep_row(struct keep *k, const struct pipeline_seen *seen)
{
	if (k->mode == CONF_KEEP_ALL)
		return seen->origin->message;
	switch (seen->result) {
	case PIPELINE_NOT_IKE:
		stats_count(k->stats, STAT_NOT_IKE);
		return 0;
	case PIPELINE_DUPLICATE:
		stats_count(k->stats, STAT_DUPLICATE);
		return 0;
	default:
		break;
	}
	if (k->mode == CONF_KEEP_NONE) {
		stats_count(k->stats, STAT_NOT_KEPT);
		return 0;
	}
	return keep_message(k, seen->record, seen->origin, seen->vendor);
}

static void
keep_record(void *arg, const struct pipeline_seen *seen)
{
	struct keep *k = arg;
	struct store_event e = { .device = seen->source->name };

	keep_count_record(k, seen);
	if (seen->result != PIPELINE_NOT_IKE)
		keep_device(k, seen->source);
	keep_clock(seen->source);
	e.message = keep_row(k, seen);
	if (seen->event == NULL)
		return;
	if (k->alerts != NULL && seen->negotiation != NULL)
		alerts_record(k->alerts, seen->negotiation->id,
		    seen->origin->received_at, seen->record->message);
	e.received_at = clock_stamp(seen->origin->received_at);
	e.device_time = seen->record->timestamp;
	e.negotiation = seen->negotiation == NULL ? 0 : seen->negotiation->id;
	e.what = seen->event->what;
	e.stage = seen->event->stage;
	e.reason = seen->event->reason;
	e.detail = seen->event->detail;
	(void)store_event(k->store, &e);
}

static void
keep_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct ike_negotiation shown = *n;
	struct keep *k = arg;

	if (k->alerts != NULL)
		alerts_negotiation(
		    k->alerts, n, changed & TRACKER_OUTCOME, now);
	if (changed & TRACKER_OUTCOME)
		k->counts.negotiations[n->outcome][n->reason]++;
	shown.started_at = clock_stamp(n->started_at);
	shown.updated_at = clock_stamp(n->updated_at);
	shown.ended_at = clock_stamp(n->ended_at);
	(void)store_negotiation(k->store, &shown);
}

static void
keep_tunnel(void *arg, const struct ike_tunnel *t, enum ike_tunnel_state from,
    int64_t now)
{
	struct ike_tunnel shown = *t;
	struct keep *k = arg;

	if (k->alerts != NULL)
		alerts_tunnel(k->alerts, t, from, now);
	shown.since = clock_stamp(t->since);
	shown.last_established = clock_stamp(t->last_established);
	shown.last_failure = clock_stamp(t->last_failure);
	(void)store_tunnel(k->store, &shown);
}

static void
keep_joined(void *arg, int64_t gone, int64_t into)
{
	struct keep *k = arg;

	if (k->alerts != NULL)
		alerts_joined(k->alerts, gone, into);
	(void)store_join(k->store, gone, into);
}

struct pipeline_sink
keep_sink(struct keep *k)
{
	return (struct pipeline_sink){ k, keep_record, keep_frame,
		{ k, keep_negotiation, keep_tunnel, keep_joined } };
}

void
keep_sync(struct keep *k, const struct pipeline *p)
{
	struct pipeline_counts now;

	pipeline_count(p, &now);
	if (k->mode != CONF_KEEP_ALL) { /* else frames are what is kept */
		stats_add(k->stats, STAT_NOISE, now.noise - k->synced.noise);
		stats_add(k->stats, STAT_JOINED, now.joined - k->synced.joined);
		stats_add(k->stats, STAT_SPLIT, now.split - k->synced.split);
	}
	k->synced = now;
}

static void
keep_device_cb(void *arg, struct source *s)
{
	if (s->last_seen > s->saved_seen)
		keep_device(arg, s);
}

void
keep_devices(struct keep *k, struct pipeline *p)
{
	source_each(pipeline_sources(p), keep_device_cb, k);
}

static void
keep_tunnel_again(void *arg, const struct ike_tunnel *t)
{
	keep_tunnel(arg, t, t->state, 0);
}

static void
keep_device_again(void *arg, struct source *s)
{
	s->saved_seen = 0;
	keep_device(arg, s);
}

void
keep_again(struct keep *k, struct pipeline *p)
{
	source_each(pipeline_sources(p), keep_device_again, k);
	tracker_tunnels(pipeline_tracker(p), keep_tunnel_again, k);
}

const struct keep_counts *
keep_count(const struct keep *k)
{
	return &k->counts;
}
