/*
 * One negotiation as it is told to a person or a program: the verdict, the
 * ladder of messages, what differs, what to check, the records. The same for
 * "explain", which has read it from a log, and "show", from the database.
 */
#ifndef IKEWATCH_DAEMON_STORY_H
#define IKEWATCH_DAEMON_STORY_H

#include "daemon/term.h"
#include "parsers/ike.h"

/* One event and the record it was read from. */
struct story_event {
	int64_t line; /* of the input, 0: none */
	int64_t at;   /* microseconds, 0: unknown */
	enum ike_what what;
	enum ike_stage stage;
	enum ike_reason reason;
	bool other;	    /* logged by the device at the other end */
	bool heard;	    /* the message came from the peer */
	const char *device; /* who logged it */
	const char *text;   /* the record's message as it came, or NULL */
};

struct story {
	const struct ike_negotiation *n;
	const char *other_device; /* the one at the other end, or NULL */
	const struct story_event *event;
	size_t nevents;
	/* The last one that came up before a failed one, and what is
	 * different since, both in words; NULL: none is known. */
	const struct ike_negotiation *good;
	const char *changed;
};

/* One JSON object a line, with the keys that ikewatch(1) promises. */
void story_json(struct term *, const struct story *);
/* The verdict, one line: FAILED hq -> 203.0.113.9: pre-shared keys differ
 * (ike_auth, refused by the peer). */
void story_verdict(struct term *, const struct ike_negotiation *);
/* All of it in text. */
void story_text(struct term *, const struct story *);

/* The members of a reason's facts that events and negotiations share. */
void story_json_spi(struct term *, const char *key, struct ike_spi);
void story_json_child(struct term *, const char *key, uint32_t spi);

const char *story_refused(enum ike_refused); /* "", "here", "peer" */

#endif
