/*
 * The incidents in memory: what alert.c, alert_*.c and group.c share, and
 * nobody else includes. An incident is found by device, peer, tunnel and
 * kind; all those of one device and peer hang in one chain.
 */
#ifndef IKEWATCH_ALERTING_INCIDENT_H
#define IKEWATCH_ALERTING_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"
#include "alerting/cadence.h"
#include "alerting/due.h"
#include "alerting/evidence.h"
#include "alerting/limit.h"
#include "alerting/notice.h"
#include "parsers/names.h"

#define SECOND INT64_C(1000000)
#define INCIDENT_NEVER INT64_MAX
/* A weak reason waits this long for the record that knows better. */
#define SETTLE (SECOND / 10)
/* What is new of an alert that was told waits this long for better. */
#define UPDATE_SETTLE (SECOND / 2)
#define DEVICES_LOOK (5 * SECOND)

enum { INCIDENT_ATTEMPTS = 4, INCIDENTS_MAX = 50000 };

struct incident {
	struct due_item due;   /* first: the heap's items are incidents */
	struct incident *next; /* in its bucket */
	struct incident *all_next, **all_prev;
	uint64_t pair; /* hash of device and peer */
	int64_t alert; /* row; a new one each time it opens */

	/* of alerts.names, never NULL */
	const char *device, *vendor, *peer, *local, *tunnel, *child;
	/* of the names it was made with; stable over restarts */
	char id[33];
	/* tens of thousands in a storm: words in an octet each */
	enum alert_kind kind : 8;
	enum alert_state state : 8;
	enum alert_severity severity : 8;
	unsigned ike_version : 8;
	enum ike_role role : 8;
	enum ike_stage stage : 8;
	enum ike_kind part : 8;
	enum ike_reason reason : 8, told_reason : 8;
	enum ike_refused refused_by : 8;
	enum ike_tunnel_state before : 8, after : 8;
	bool rekey : 1, down : 1;  /* down: the tunnel has no SA left */
	bool worse : 1;		   /* it went down since it was told */
	bool told_down : 1;	   /* that it is down has been told */
	bool muted : 1;		   /* would have been told, but for a silence */
	bool saved : 1;		   /* has a row that is not resolved */
	bool flapping : 1, up : 1; /* up: its last change was a recovery */
	bool ends_known : 1;	   /* is in that slot */
	bool ispi_known : 1, rspi_known : 1;
	uint64_t ispi, rspi;
	uint32_t child_spi;
	ike_reasons suspects;
	/* since it fires: told to somebody, and in an edge at all */
	ike_reasons told_reasons, saved_reasons;
	const char *detail, *differs, *words; /* of alerts.names too */
	unsigned attempts, told_attempts;
	int64_t negotiation, tunnel_id;
	int64_t counted[INCIDENT_ATTEMPTS]; /* negotiations seen as attempts */

	int64_t opened_at, first_seen, last_progress, last_established;
	int64_t last_failure, decided_at;
	/* deadlines, INCIDENT_NEVER where there is none */
	int64_t fire_at, update_at, recover_at, remind_at, quiet_at, forget_at;
	int64_t remind_every;

	uint64_t told; /* destinations that know of it, by index */
	struct limit_changes changes;
	unsigned flaps;

	struct incident *group; /* that speaks for it */

	/* the other end of the tunnel, where it logs here too */
	const char *other;	/* that device; "" where unknown */
	const char *other_peer; /* what it calls us, if translated */
	int64_t other_negotiation;
	struct incident *ends_next;
	unsigned ends_slot;
	unsigned members, open, told_members, updates;
};

struct alert_device_seen {
	const char *name, *address, *vendor; /* NULL: the place is free */
	int64_t last_seen, check_at;
	bool silent;
};

/* Which incident a failed negotiation is an attempt of. */
struct ends_attempt {
	int64_t negotiation;
	struct incident *incident;
};

/* Which negotiation ended last of a tunnel: for the records of its end. */
struct alert_gone {
	int64_t tunnel_id, negotiation;
};

struct alert_expected {
	bool up;
};

enum {
	INCIDENT_BUCKETS = 16384,
	ENDS_BUCKETS = 4096,
	ENDS_ATTEMPTS = 8192,
	ALERT_GONE = 4096,
	ALERT_COUNTED = 32768,
	ALERT_DEVICES_FIRST = 256,
	ALERT_DEVICES_MAX = 20000
};

struct alerts {
	const struct alert_conf *conf;
	struct alert_sink sink;
	struct incident *bucket[INCIDENT_BUCKETS];
	struct incident *all;
	size_t n;
	struct incident *ends[ENDS_BUCKETS];
	struct ends_attempt attempt[ENDS_ATTEMPTS];
	struct due due;
	struct names *names;
	struct evidence *evidence;
	struct limit_counts *counts;
	struct cadence *cadence;
	struct alert_device_seen *device; /* open addressing, half full */
	size_t devices_size, ndevices;
	int64_t devices_at; /* when to look for silent ones */
	int64_t expect_at;
	struct alert_expected *expected;
	struct alert_gone gone[ALERT_GONE];
	struct alert_silence *silence;
	size_t nsilences;
	int64_t next_id;
	int64_t muted_at; /* when to look at the muted again */
	size_t nmuted;
	int64_t ahead;	 /* of now, the system's clock */
	uint64_t serial; /* of edges, for webhook ids */
	struct alert_counts total;
};

uint64_t incident_pair(const char *device, const char *peer);
/* The open or lately resolved one; NULL where there is none. An empty tunnel
 * name, on either side, matches any of the same known peer. */
struct incident *incident_find(struct alerts *, const char *device,
    const char *peer, const char *tunnel, enum alert_kind);
/* NULL without memory or when there are too many. */
struct incident *incident_new(struct alerts *, const char *device,
    const char *peer, const char *tunnel, enum alert_kind);
void incident_free(struct alerts *, struct incident *);
bool incident_open(const struct incident *);
/* Names of it; what is known is not forgotten for an empty word. */
void incident_name(struct alerts *, const char **name, const char *to);
void incident_learn(struct alerts *, const char **name, const char *to);
void incident_spis(struct incident *, struct ike_spi ispi, struct ike_spi rspi);
/* Replaces a text of it; NULL or "" empties it. */
void incident_keep(struct alerts *, const char **text, const char *to);
/* The notice of an edge of it; where somebody is told, with evidence. */
void incident_notice(struct alerts *, const struct incident *, enum alert_edge,
    bool told, int64_t now, struct alert_notice *);
/* Sets the heap's deadline from those of the incident. */
void incident_schedule(struct alerts *, struct incident *);

/* group.c */
/* After a restart: the members of a group are found again. */
void group_restored(struct alerts *, struct incident *, int64_t now);
/* An incident begins to fire: true where a group speaks for it. */
bool group_take(struct alerts *, struct incident *, int64_t now);
/* It no longer fires. */
void group_leave(struct alerts *, struct incident *, int64_t now);
/* Fills words, counts and list of a group's notice. */
void group_notice(
    struct alerts *, const struct incident *, struct alert_notice *);

/* alert_device.c */
/* The address that device sends from; "" where unknown. */
const char *alert_via(struct alerts *, const char *device);
void alert_look_for_silent(struct alerts *, int64_t now);

/* alert_mute.c */
struct route_subject;
/* What routes and windows look at. */
void alert_subject(const struct alerts *, const struct incident *, int64_t now,
    struct route_subject *);
bool alert_muted(struct alerts *, const struct incident *, int64_t now);
void alert_set_muted(
    struct alerts *, struct incident *, bool muted, int64_t now);
/* Silences end: what still burns is told now. */
void alert_look_at_muted(struct alerts *, int64_t now);

/* alert_edge.c */
/* It fails: from now on if it did not, else once more. */
void alert_trouble(
    struct alerts *, struct incident *, int64_t hold, int64_t now);
/* It is well again. */
void alert_recover(struct alerts *, struct incident *, int64_t now);
/* It was not told, and need not be. */
void alert_withdraw(struct alerts *, struct incident *, int64_t now);
/* Tells what waits to be told, before its time. */
void alert_fire(struct alerts *, struct incident *, int64_t now);
void alert_update(struct alerts *, struct incident *, int64_t now);
/* An edge: saved, and told where it is not quiet. */
void alert_emit(struct alerts *, struct incident *, enum alert_edge, bool quiet,
    int64_t now);
/* When to remind of it. */
void alert_remind(const struct alerts *, struct incident *, int64_t now);
bool alert_is_due(int64_t at, int64_t now);
/* What is due of one incident; false when it is gone. */
bool alert_step(struct alerts *, struct incident *, int64_t now);

/* alert_attempt.c */
/* The open incident of this tunnel, of whichever kind: one outage is one
 * incident. */
struct incident *alert_find_open(
    struct alerts *, const char *device, const char *peer, const char *tunnel);
/* negotiation: 0, or the one it is about: one that is over already begins
 * nothing new (NULL). */
struct incident *alert_find_or_new(struct alerts *, const char *device,
    const char *peer, const char *tunnel, enum alert_kind, int64_t negotiation,
    int64_t now);
/* Equal, or not known to differ. */
bool alert_same_name(const char *, const char *);

/* alert_ends.c */
/* The open incident in which another device tells of the same tunnel; NULL
 * where there is none. other_end: the negotiation there, 0 where unknown. */
struct incident *ends_find(const struct alerts *, const char *device,
    const char *local, const char *peer, int64_t other_end);
/* That device is the other end of this incident. */
void ends_hear(struct alerts *, struct incident *, const char *device,
    const char *local, const char *peer, int64_t negotiation);
/* The other end is up again: so are we, if we do not object. */
void ends_up(struct alerts *, struct incident *, int64_t now);
/* Our address or an attempt became known; it goes. */
void ends_learn(struct alerts *, struct incident *);
void ends_attempt(struct alerts *, struct incident *, int64_t negotiation);
void ends_forget(struct alerts *, struct incident *);
/* The last records of both ends. */
size_t ends_evidence(const struct alerts *, const struct incident *,
    struct notice_line to[NOTICE_EVIDENCE_MAX]);

/* alert_tunnel.c */
void alert_expect(struct alerts *, int64_t now);
void alert_look_for_overdue(struct alerts *, int64_t now);

#endif
