/*
 * The whole way of one frame, in the order it is gone. The one rule: nothing
 * here waits, and nothing here knows where the frame came from or where its
 * meaning goes.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/noise.h"
#include "daemon/pipeline.h"
#include "parsers/assemble.h"
#include "parsers/hash.h"

struct pipeline {
	struct pipeline_conf conf;
	struct pipeline_sink sink;
	const struct noise *noise; /* the configuration's, or own_noise */
	struct noise *own_noise;
	struct sources *sources;
	struct tracker *tracker;
	struct hash_key key;
	struct pipeline_counts counts;
	struct source *holding; /* devices with an unfinished record */
	int64_t holding_due;	/* nothing held is due before */
	bool plain_relayed;	/* a plain-text device stands behind a relay */
	uint64_t seq;
	int64_t now;
	/* The frame being fed, for what the assembler gives back. */
	struct source *source;
	const struct parser *parser;
	struct source_origin origin;
	unsigned began; /* records that began with this frame */
	bool passed;	/* the held record came back */
};

const char *
pipeline_result_name(enum pipeline_result result)
{
	static const char *const names[] = { "not_ike", "unknown", "duplicate",
		"untrusted", "event" };

	return names[result];
}

void
pipeline_conf_defaults(struct pipeline_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	tracker_conf_defaults(&conf->tracker);
	conf->filter = true;
	conf->duplicates = 2000000;
}

struct pipeline *
pipeline_new(const struct pipeline_conf *conf, const struct pipeline_sink *sink)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->conf = *conf;
	p->sink = *sink;
	p->holding_due = INT64_MAX;
	hash_key_random(&p->key);
	p->noise = conf->noise;
	if (p->noise == NULL)
		p->noise = p->own_noise = noise_new(NOISE_BEST);
	p->sources = source_new(&p->conf.sources);
	p->tracker = tracker_new(&conf->tracker, &sink->tracker);
	if (p->noise == NULL || p->sources == NULL || p->tracker == NULL) {
		pipeline_free(p);
		return NULL;
	}
	return p;
}

void
pipeline_free(struct pipeline *p)
{
	if (p == NULL)
		return;
	tracker_free(p->tracker);
	source_free(p->sources);
	noise_free(p->own_noise);
	free(p);
}

void
pipeline_configure(struct pipeline *p, const struct pipeline_conf *conf)
{
	p->conf = *conf;
	source_configure(p->sources, &p->conf.sources);
	tracker_configure(p->tracker, &conf->tracker);
}

struct tracker *
pipeline_tracker(struct pipeline *p)
{
	return p->tracker;
}

struct sources *
pipeline_sources(struct pipeline *p)
{
	return p->sources;
}

/*
 * Vendors whose lines need not hold a word that the filter knows: tables,
 * folded audit records, packet dumps, texts in another language.
 */
static bool
pipeline_is_plain(const struct parser *parser)
{
	return parser->plain || parser->join != NULL;
}

/* May lines of this sender matter that hold no word of the filter? */
static bool
pipeline_plain_sender(const struct pipeline *p, const struct source *known,
    const struct in6_addr *via)
{
	if (known != NULL)
		return known->plain;
	return p->plain_relayed && source_is_relay(p->sources, via);
}

/* "%ASA-6-302014", "%LINK-3-UPDOWN", "%%10IFNET/3/": p is behind a '%'. */
static bool
pipeline_is_tag(const char *p, const char *end)
{
	const char *from;

	while (p < end && (*p == '%' || (*p >= '0' && *p <= '9')))
		p++;
	for (from = p; p < end; p++)
		if ((*p < 'A' || *p > 'Z') && *p != '_')
			break;
	return p - from > 1 && end - p > 2 && (*p == '-' || *p == '/') &&
	    p[1] >= '0' && p[1] <= '7' && p[2] == *p;
}

/*
 * A whole message by its looks, no table row or dump that goes on from the
 * line before: in front of its text stands a tag, or it is a firewall's
 * account of traffic. Many devices may share a sender, and most of what all
 * of them write is of this kind.
 */
static bool
pipeline_is_message(struct span line)
{
	enum { TAG_WITHIN = 160 };
	static const struct account {
		struct span word;
		size_t within;
	} accounts[] = {
		{ SPAN_LIT("subtype=\"forward\""), 400 },
		{ SPAN_LIT("type=\"traffic\""), 400 },
		{ SPAN_LIT(",TRAFFIC,"), 200 },
		{ SPAN_LIT("RT_FLOW"), 200 },
	};
	const char *p = line.p;
	const char *end = p + (line.len < TAG_WITHIN ? line.len : TAG_WITHIN);

	while ((p = memchr(p, '%', (size_t)(end - p))) != NULL)
		if (pipeline_is_tag(++p, end))
			return true;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		const struct account *a = &accounts[i];
		size_t len = line.len < a->within ? line.len : a->within;

		if (memmem(line.p, len, a->word.p, a->word.len) != NULL)
			return true;
	}
	return false;
}

/* True where the filter lets the line go. */
static bool
pipeline_is_noise(const struct pipeline *p, const struct source *known,
    const struct pipeline_input *in)
{
	if (!p->conf.filter || p->conf.keep_all ||
	    noise_passes(p->noise, in->bytes))
		return false;
	return !pipeline_plain_sender(p, known, &in->via) ||
	    pipeline_is_message(in->bytes);
}

/* The vendor: as configured, else who claims the text, else who claimed an
 * earlier one. */
static const struct parser *
pipeline_vendor(struct pipeline *p, struct source *s, const struct record *rec)
{
	const struct parser *parser;

	if (s->parser_told) {
		parser = s->parser;
	} else if (s->parser != NULL && s->parser->recognise(rec)) {
		return s->parser;
	} else {
		parser = parser_for(rec);
		if (parser == NULL)
			return s->shared ? NULL : s->parser;
		if (s->shared)
			return parser;
		s->parser = parser;
	}
	s->plain = pipeline_is_plain(parser);
	if (s->plain && s->address[0] == '\0')
		p->plain_relayed = true;
	return parser;
}

static uint64_t
pipeline_hash_origin(const struct pipeline *p, const struct record *rec,
    const struct source_origin *o)
{
	struct {
		struct in6_addr via;
		uint64_t transport;
		int64_t pri;
	} way = { o->via, (uint64_t)(uintptr_t)o->transport,
		rec->facility * 8 + rec->severity };

	return hash_bytes(&p->key, &way, sizeof(way));
}

/*
 * The same text of one device by another way (PRI, transport, relay) within
 * conf.duplicates: strongSwan logs to daemon and to authpriv, devices to two
 * servers. By the same way it is a repetition, and counts.
 */
static bool
pipeline_is_twin(struct pipeline *p, struct source *s, const struct record *rec,
    const struct source_origin *o)
{
	uint64_t hash = hash_bytes(&p->key, rec->message.p, rec->message.len);
	uint64_t origin = pipeline_hash_origin(p, rec, o);
	struct source_twin *t;
	int i;

	if (p->conf.duplicates == 0)
		return false;
	for (i = 0; i < SOURCE_RECENT; i++) {
		t = &s->recent[i];
		if (t->hash != hash || p->now - t->at > p->conf.duplicates)
			continue;
		if (t->origin != origin)
			return true;
		t->at = p->now;
		return false;
	}
	t = &s->recent[s->nrecent++ % SOURCE_RECENT];
	*t = (struct source_twin){ hash, origin, p->now };
	return false;
}

/* Text that no vendor claims: is it about IKE all the same? */
static bool
pipeline_sounds_like_ike(const struct record *rec)
{
	static const char *const words[] = { "isakmp", "ikev1", "ikev2",
		"ike sa", "ike_sa", "ipsec sa", "phase 1", "phase1", NULL };
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (span_has_nocase(rec->message, words[i]))
			return true;
	return false;
}

static enum pipeline_result
pipeline_parse(struct pipeline *p, struct source *s,
    const struct parser *parser, const struct record *rec,
    const struct source_origin *o, struct ike_event *ev)
{
	enum parse_result result;

	if (parser == NULL)
		result = pipeline_sounds_like_ike(rec) ? PARSE_UNKNOWN
						       : PARSE_NOT_IKE;
	else
		result = parser->parse(rec, ev);
	if (result == PARSE_NOT_IKE)
		return PIPELINE_NOT_IKE;
	if (pipeline_is_twin(p, s, rec, o))
		return PIPELINE_DUPLICATE;
	if (result == PARSE_UNKNOWN)
		return PIPELINE_UNKNOWN;
	/* Where the parser points at no words, the whole text says why. */
	if (ev->reason != IKE_REASON_NONE && ev->detail.len == 0)
		ev->detail = rec->message;
	if (p->conf.stream_only && strcmp(o->transport, "udp") == 0)
		return PIPELINE_UNTRUSTED;
	return PIPELINE_EVENT;
}

/* One whole record: what it says, which negotiation that belongs to. */
static void
pipeline_record(struct pipeline *p, struct source *s,
    const struct parser *parser, const struct record *rec,
    const struct source_origin *o)
{
	struct ike_event ev = { 0 };
	struct pipeline_seen seen = { .record = rec,
		.source = s,
		.origin = o,
		.vendor = parser == NULL ? NULL : parser->name };

	seen.result = pipeline_parse(p, s, parser, rec, o, &ev);
	p->counts.result[seen.result]++;
	if (seen.result >= PIPELINE_UNTRUSTED)
		seen.event = &ev;
	if (seen.result == PIPELINE_EVENT)
		seen.negotiation = tracker_event(
		    p->tracker, s->name, seen.vendor, &ev, p->now);
	if (p->sink.record != NULL)
		p->sink.record(p->sink.arg, &seen);
}

/* The assembler gives a record back: this frame's, or the one held. */
static void
pipeline_whole(void *arg, const struct record *rec, int64_t tag)
{
	struct pipeline *p = arg;
	struct source *s = p->source;

	if (tag == (int64_t)p->origin.seq) {
		p->began++;
		pipeline_record(p, s, p->parser, rec, &p->origin);
	} else {
		p->passed = true;
		pipeline_record(p, s, s->held_parser, rec, &s->held);
	}
}

/* After the assembler was fed or flushed: does it hold, and since when? */
static void
pipeline_hold(struct pipeline *p, struct source *s)
{
	int64_t due = assembler_due(s->assembler);

	if (due == INT64_MAX) {
		p->counts.held -= s->unfinished;
		s->unfinished = 0;
		return;
	}
	if (p->passed || s->unfinished == 0) {
		/* What is held began with this frame. */
		p->began++;
		s->held = p->origin;
		s->held_parser = p->parser;
	}
	p->counts.held += 1 - s->unfinished;
	s->unfinished = 1;
	if (!s->holds) {
		s->holds = true;
		s->next_held = p->holding;
		p->holding = s;
	}
	if (due < p->holding_due)
		p->holding_due = due;
}

static void
pipeline_assemble(struct pipeline *p, struct source *s,
    const struct parser *parser, const struct record *rec)
{
	p->source = s;
	p->parser = parser;
	p->began = 0;
	p->passed = false;
	if (s->assembler == NULL && parser != NULL && parser->join != NULL &&
	    !s->shared)
		s->assembler = assembler_new();
	if (s->assembler == NULL) {
		pipeline_whole(p, rec, (int64_t)p->origin.seq);
		return;
	}
	assembler_feed(s->assembler, parser, rec, (int64_t)p->origin.seq,
	    p->now, pipeline_whole, p);
	pipeline_hold(p, s);
	if (p->began == 0)
		p->counts.joined++;
	else
		p->counts.split += p->began - 1;
}

/* Out of a relay's header, where the vendor is not seen through it. */
static void
pipeline_unwrap(struct record *rec, const struct pipeline_input *in,
    const struct zone *zone)
{
	struct record inner;

	if (record_behind(&inner, rec, in->now, zone) &&
	    (inner.format == RECORD_5424 || parser_for(rec) == NULL))
		*rec = inner;
}

bool
pipeline_frame(struct pipeline *p, const struct pipeline_input *in)
{
	struct source *s = in->device != NULL
	    ? source_proven(p->sources, in->device, in->now)
	    : source_known(p->sources, &in->via);
	struct record rec;

	p->now = in->now;
	p->counts.frames++;
	if (s != NULL)
		s->last_seen = in->now;
	if (pipeline_is_noise(p, s, in)) {
		p->counts.noise++;
		return false;
	}
	record_parse(&rec, in->bytes, in->now, s == NULL ? NULL : s->zone);
	if (s == NULL)
		s = source_of(p->sources, &in->via, &rec, in->now);
	if (s == NULL) { /* no memory: the record goes, and is counted */
		p->counts.result[PIPELINE_NOT_IKE]++;
		return true;
	}
	if (s->zone != NULL && rec.zone_assumed)
		record_parse(&rec, in->bytes, in->now, s->zone);
	source_stamp(s, rec.timestamp, in->now);
	p->origin = (struct source_origin){ in->via, in->transport, in->now,
		in->tag, 0, ++p->seq };
	if (p->conf.keep_all && p->sink.frame != NULL)
		p->origin.message =
		    p->sink.frame(p->sink.arg, &rec, &p->origin);
	pipeline_unwrap(&rec, in, s->zone);
	pipeline_assemble(p, s, pipeline_vendor(p, s, &rec), &rec);
	return true;
}

/* Records that have waited for more lines long enough. */
static void
pipeline_flush(struct pipeline *p, int64_t now)
{
	struct source **next = &p->holding, *s;
	int64_t due;

	p->holding_due = INT64_MAX;
	while ((s = *next) != NULL) {
		p->source = s;
		p->origin.seq = 0; /* no frame: what comes was held */
		assembler_flush(s->assembler, now, pipeline_whole, p);
		due = assembler_due(s->assembler);
		if (due == INT64_MAX) {
			p->counts.held -= s->unfinished;
			s->unfinished = 0;
			s->holds = false;
			*next = s->next_held;
			continue;
		}
		if (due < p->holding_due)
			p->holding_due = due;
		next = &s->next_held;
	}
}

void
pipeline_tick(struct pipeline *p, int64_t now)
{
	if (now == INT64_MAX) {
		pipeline_flush(p, now);
		return;
	}
	p->now = now;
	if (p->holding_due <= now)
		pipeline_flush(p, now);
	if (tracker_due(p->tracker) <= now)
		tracker_tick(p->tracker, now);
}

int64_t
pipeline_due(const struct pipeline *p)
{
	int64_t due = tracker_due(p->tracker);

	return due < p->holding_due ? due : p->holding_due;
}

void
pipeline_count(const struct pipeline *p, struct pipeline_counts *counts)
{
	*counts = p->counts;
}
