/*
 * The whole way of frames of several devices. The first octet sets options;
 * 0x1e ends a frame, and the octet behind it says whose the next one is, by
 * what transport it comes and how much later. The account of pipeline.h
 * holds after every frame, the tracker keeps its limits, and no timer is
 * due for ever.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/noise.h"
#include "daemon/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OPT_FILTER = 1,
	OPT_ALL_RELAYS = 2,
	OPT_STREAM_ONLY = 4,
	OPT_SMALL = 8,
	OPT_KEEP_ALL = 16,
	OPT_RELAY = 32,
};

struct way {
	struct pipeline *pipeline;
	struct tracker_conf limits;
	uint64_t records[PIPELINE_RESULT_COUNT];
	int64_t now, frames;
};

static void
on_record(void *arg, const struct pipeline_seen *seen)
{
	struct way *w = arg;

	if (seen->result >= PIPELINE_RESULT_COUNT || seen->source == NULL ||
	    seen->origin == NULL || seen->origin->tag > w->frames)
		abort();
	if ((seen->event != NULL) != (seen->result >= PIPELINE_UNTRUSTED))
		abort();
	if (seen->negotiation != NULL && seen->result != PIPELINE_EVENT)
		abort();
	w->records[seen->result]++;
}

static int64_t
on_frame(void *arg, const struct record *rec, const struct source_origin *o)
{
	(void)arg;
	(void)rec;
	return o->tag;
}

static void
on_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct way *w = arg;

	if (n->id <= 0 || changed == 0 || now > w->now ||
	    n->outcome >= IKE_OUTCOME_COUNT || n->reason >= IKE_REASON_COUNT ||
	    n->stage >= IKE_STAGE_COUNT || n->started_at > now)
		abort();
	if (memchr(n->peer, '\0', sizeof(n->peer)) == NULL ||
	    memchr(n->local, '\0', sizeof(n->local)) == NULL ||
	    memchr(n->tunnel, '\0', sizeof(n->tunnel)) == NULL ||
	    memchr(n->child, '\0', sizeof(n->child)) == NULL)
		abort();
	if (n->ended_at != 0 && n->ended_at < n->started_at)
		abort();
}

static void
on_tunnel(void *arg, const struct ike_tunnel *t, enum ike_tunnel_state from,
    int64_t now)
{
	(void)arg;
	(void)now;
	if (t->id <= 0 || t->state >= IKE_TUNNEL_STATE_COUNT ||
	    from >= IKE_TUNNEL_STATE_COUNT)
		abort();
}

static void
on_joined(void *arg, int64_t gone, int64_t into)
{
	struct way *w = arg;

	if (gone == into ||
	    tracker_get(pipeline_tracker(w->pipeline), into) == NULL)
		abort();
}

static void
way_check(const struct way *w)
{
	struct tracker_counts t;
	struct pipeline_counts c;
	uint64_t sum;

	pipeline_count(w->pipeline, &c);
	sum = c.noise + c.joined + c.held;
	for (int i = 0; i < PIPELINE_RESULT_COUNT; i++) {
		if (c.result[i] != w->records[i])
			abort();
		sum += c.result[i];
	}
	if (c.frames != (uint64_t)w->frames || c.frames + c.split != sum)
		abort();
	tracker_count(pipeline_tracker(w->pipeline), &t);
	if (t.open > w->limits.max_open || t.kept > w->limits.max_kept ||
	    t.tunnels > w->limits.max_tunnels || t.open > t.kept ||
	    t.ended > w->limits.max_ended + 1 || t.open + t.ended > t.kept)
		abort();
}

static void
way_tick(struct way *w)
{
	for (int i = 0; pipeline_due(w->pipeline) <= w->now; i++) {
		pipeline_tick(w->pipeline, w->now);
		if (i > 1000)
			abort();
	}
}

/* The bits of how: device 0 and 1, transport 2, time 3 to 5. */
static void
way_frame(struct way *w, uint8_t how, const char *p, size_t len)
{
	static const int64_t steps[] = { 0, 1000, 600000, 1200000, 3000000,
		11000000, 61000000, INT64_C(7200000000) };
	char *copy = malloc(len > 0 ? len : 1);
	struct pipeline_input in = {
		.transport = (how & 4) != 0 ? "udp" : "tcp",
	};

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, p, len);
	in.bytes = (struct span){ copy, len };
	in.via.s6_addr[10] = in.via.s6_addr[11] = 0xff;
	in.via.s6_addr[12] = 192;
	in.via.s6_addr[14] = 2;
	in.via.s6_addr[15] = 1 + (how & 3);
	if ((how & 0x40) != 0)
		in.device = "fw-proven";
	w->now += steps[how >> 3 & 7];
	in.now = w->now;
	in.tag = ++w->frames;
	way_tick(w);
	pipeline_frame(w->pipeline, &in);
	free(copy);
	way_check(w);
}

static struct pipeline *
way_new(struct way *w, uint8_t options)
{
	static struct source_net relay;
	static struct noise *noise; /* slow to make, and never changes */
	struct pipeline_conf conf;
	struct pipeline_sink sink = { .arg = w,
		.record = on_record,
		.frame = on_frame,
		.tracker = { w, on_negotiation, on_tunnel, on_joined } };

	if (noise == NULL)
		noise = noise_new(NOISE_BEST);
	pipeline_conf_defaults(&conf);
	conf.noise = noise;
	conf.filter = (options & OPT_FILTER) != 0;
	conf.keep_all = (options & OPT_KEEP_ALL) != 0;
	conf.stream_only = (options & OPT_STREAM_ONLY) != 0;
	conf.sources.all_relays = (options & OPT_ALL_RELAYS) != 0;
	if ((options & OPT_RELAY) != 0 &&
	    source_net_parse("192.0.2.1", &relay)) {
		conf.sources.relay = &relay;
		conf.sources.nrelay = 1;
	}
	if ((options & OPT_SMALL) != 0) {
		conf.tracker.max_open = 4;
		conf.tracker.max_peer = 2;
		conf.tracker.max_kept = 6;
		conf.tracker.max_ended = 2;
		conf.tracker.max_tunnels = 3;
	}
	w->limits = conf.tracker;
	return pipeline_new(&conf, &sink);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct way w = { .now = INT64_C(1711972800000000) };
	const uint8_t *p, *from, *end = data + size;
	uint8_t how = 0;

	if (size < 2 || (w.pipeline = way_new(&w, data[0])) == NULL)
		return 0;
	for (p = from = data + 1; p < end; p++) {
		if (*p != 0x1e)
			continue;
		way_frame(&w, how, (const char *)from, (size_t)(p - from));
		if (++p == end)
			break;
		how = *p;
		from = p + 1;
	}
	if (from < end)
		way_frame(&w, how, (const char *)from, (size_t)(end - from));
	pipeline_tick(w.pipeline, INT64_MAX);
	way_check(&w);
	w.now += INT64_C(86400000000);
	way_tick(&w);
	way_check(&w);
	pipeline_free(w.pipeline);
	return 0;
}
