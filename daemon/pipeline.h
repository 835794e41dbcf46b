/*
 * One frame to alert: noise filter, header, device, assembly, parser,
 * tracker. Knows no socket, no clock, no database and no alert: what comes
 * of a frame is told to a sink, the daemon's (keep.c) or that of
 * "ikewatch explain".
 */
#ifndef IKEWATCH_DAEMON_PIPELINE_H
#define IKEWATCH_DAEMON_PIPELINE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/source.h"
#include "daemon/tracker.h"
#include "parsers/ike.h"
#include "parsers/parser.h"
#include "parsers/record.h"

/* What became of one whole record. */
enum pipeline_result {
	PIPELINE_NOT_IKE,   /* about something else */
	PIPELINE_UNKNOWN,   /* about IKE, and no row knows it */
	PIPELINE_DUPLICATE, /* the same record by another way */
	PIPELINE_UNTRUSTED, /* an event, but this transport may not change
			       the state (stream_only) */
	PIPELINE_EVENT,
	PIPELINE_RESULT_COUNT
};
const char *pipeline_result_name(enum pipeline_result);

/* One whole record, and what was made of it. Lives as long as the call. */
struct pipeline_seen {
	enum pipeline_result result;
	const struct record *record;
	const struct source *source;	    /* the device */
	const struct source_origin *origin; /* of the line it begins with */
	const char *vendor;		    /* NULL where no parser claims it */
	const struct ike_event *event; /* NULL without EVENT or UNTRUSTED */
	const struct ike_negotiation *negotiation; /* NULL: belongs to none */
};

struct pipeline_sink {
	void *arg;
	/* Each whole record, after the tracker has taken its event. May be
	 * NULL. */
	void (*record)(void *arg, const struct pipeline_seen *);
	/* Each frame before it is put together with others, noise too, when
	 * keep_all is set; returns the row's id. May be NULL. */
	int64_t (*frame)(
	    void *arg, const struct record *, const struct source_origin *);
	/* The tracker's changes. Its arg is its own. */
	struct tracker_sink tracker;
};

struct pipeline_conf {
	struct tracker_conf tracker;
	struct source_conf sources;
	bool filter;	    /* let noise go before its header is parsed */
	bool keep_all;	    /* show every frame to sink.frame; no filter */
	bool stream_only;   /* UDP is kept, and changes no state */
	int64_t duplicates; /* microseconds in which twins are one, 0: never */
	/* A filter that outlives the pipeline, for those who make many; NULL:
	 * it makes one of its own. Read by pipeline_new() only. */
	const struct noise *noise;
};
/* The tracker's defaults, filter on, duplicates within 2 s. */
void pipeline_conf_defaults(struct pipeline_conf *);

struct pipeline_input {
	struct span bytes;     /* one frame, without its framing */
	struct in6_addr via;   /* all zero where there is none (a file) */
	const char *device;    /* proven by a certificate, or NULL */
	const char *transport; /* "udp", "tcp", "tls", "file"; static text */
	int64_t now;	       /* microseconds; never runs backwards */
	int64_t tag;	       /* comes back in origin->tag: a line number */
};

struct noise;
struct pipeline;

/* NULL without memory. Copies conf but not what it points at. */
struct pipeline *pipeline_new(
    const struct pipeline_conf *, const struct pipeline_sink *);
void pipeline_free(struct pipeline *);
void pipeline_configure(struct pipeline *, const struct pipeline_conf *);
struct tracker *pipeline_tracker(struct pipeline *);
struct sources *pipeline_sources(struct pipeline *);

/* One frame. False where the filter let it go. */
bool pipeline_frame(struct pipeline *, const struct pipeline_input *);
/*
 * What the time brings: records held for more lines, stalls, grace times.
 * Call it when pipeline_due() has come; with INT64_MAX at the end of the
 * input everything held is passed on and no timer of the tracker runs.
 */
void pipeline_tick(struct pipeline *, int64_t now);
int64_t pipeline_due(const struct pipeline *); /* INT64_MAX: nothing */

/*
 * The account. At any moment
 *	frames + split = noise + joined + held + all results.
 */
struct pipeline_counts {
	uint64_t frames; /* given in */
	uint64_t noise;	 /* let go by the filter */
	uint64_t joined; /* lines that became part of an earlier record */
	uint64_t split;	 /* records more than frames: several in one */
	uint64_t held;	 /* records waiting for more lines now */
	uint64_t result[PIPELINE_RESULT_COUNT];
};
void pipeline_count(const struct pipeline *, struct pipeline_counts *);

#endif
