/*
 * What the tracker's own files share, in the order of an event's way:
 * tracker.c (that way on one page), tracker_find.c (which negotiation),
 * tracker_read.c (what the record adds to it), tracker_step.c (what becomes
 * of it), tracker_tunnel.c (what the operator calls a tunnel), tracker_ends.c
 * (the other end's view); and tracker_hold.c (the lists they all are in).
 * Nobody else includes it.
 */
#ifndef IKEWATCH_DAEMON_TRACKER_PARTS_H
#define IKEWATCH_DAEMON_TRACKER_PARTS_H

#include <stddef.h>

#include "daemon/correlate.h"
#include "daemon/differ.h"
#include "daemon/timers.h"
#include "daemon/tracker.h"
#include "parsers/names.h"

#define TRACKER_OF(type, member, p) \
	((type *)(void *)((char *)(p)-offsetof(type, member)))

enum {
	TRACKER_THREADS = 64, /* contexts kept for each device */
	TRACKER_LOOK = 48,    /* negotiations of one peer looked through */
	TRACKER_UP_MAX = 16,  /* SAs of one kind believed up in a tunnel */
};

/* Lines that follow each other on one thread of the logging program. */
struct context {
	char thread[12]; /* "": records that name no thread */
	char peer[IKE_ADDR_SIZE], local[IKE_ADDR_SIZE];
	struct neg *neg;
	int64_t at;
	bool retransmit; /* one was logged, its addresses follow */
	/* What was said before a negotiation was known: its first record may
	 * be the one that ends it. */
	struct differ *said;
	enum ike_reason hint;
	ike_reasons hint_suspects;
	const char *hint_detail; /* of tracker.names */
	int64_t kept_at;
};

struct device {
	struct correlate_owner keys;
	struct device *next;
	uint32_t no;
	char *name;
	const char *vendor;
	struct context *contexts;
	size_t ncontexts;
	struct neg *open;   /* negotiations open on it, newest first */
	struct neg *recent; /* IKE SA's that the last record was about */
	int64_t recent_at;
};

struct peer {
	struct correlate_owner keys;
	struct device *device;
	struct neg *negs; /* last touched first */
	struct tunnel *tunnels;
	unsigned open;
	char addr[]; /* at most IKE_ADDR_SIZE */
};

/* What struct ike_tunnel says; there are many, so each word is short and a
 * name is one of tracker.names. */
struct tunnel_facts {
	int64_t id;
	const char *local, *name;
	int64_t since, last_established, last_failure;
	enum ike_tunnel_state state : 8;
	enum ike_reason last_reason : 8, down_reason : 8;
	unsigned ike_version : 4;
	bool configured : 1;
	unsigned attempts;
};

struct tunnel {
	struct correlate_owner keys;
	struct tunnel_facts t;
	struct tunnel *next; /* of the same peer */
	struct tunnel *all_next, *all_prev;
	struct peer *peer;
	struct timer timer; /* grace before it is down */
	unsigned open, up_ike, up_child;
	bool had_child; /* a CHILD SA was up once */
};

/* What struct ike_negotiation says, in the same manner. */
struct neg_facts {
	int64_t id, other_end;
	const char *vendor;
	const char *peer; /* of struct peer */
	const char *local, *tunnel, *child, *keys;
	enum ike_kind kind : 8;
	enum ike_role role : 8;
	enum ike_stage stage : 8;
	enum ike_outcome outcome : 8;
	enum ike_reason reason : 8;
	enum ike_refused refused_by : 4;
	unsigned ike_version : 4;
	bool rekey : 1, heard : 1, known_peer : 1;
	ike_reasons suspects;
	struct ike_spi ispi, rspi;
	uint32_t spi_in, spi_out;
	unsigned retransmits, events;
	int64_t started_at, updated_at, established_at, ended_at;
};

struct neg {
	struct correlate_owner keys;
	struct neg_facts n;
	struct device *device;
	struct peer *peer;
	struct tunnel *tunnel;
	struct neg *parent, *children; /* IKE SA and its CHILD SAs */
	struct neg *sib_next, *sib_prev;
	struct neg *other_end;
	struct neg *peer_next, *peer_prev;
	/* open: those of the device; ended: all, the first to end first */
	struct neg *state_next, *state_prev;
	struct neg *all_next, *all_prev; /* oldest first */
	struct timer timer;
	struct differ *said;
	const char *detail, *differs; /* of tracker.names too */
	enum ike_reason hint;
	ike_reasons hint_suspects;
	int64_t hint_at;
	const char *hint_detail;
	bool started; /* a record said that it began */
	bool saved;   /* the sink has seen it */
};

struct expected {
	struct expected *next;
	char *device, *peer, *name;
};

struct tracker {
	struct tracker_conf conf;
	struct tracker_sink sink;
	struct correlate *index;
	struct timers timers; /* of negotiations */
	struct timers tunnel_timers;
	struct device *devices;
	struct neg *first, *last; /* all, oldest first */
	struct neg *ended, *ended_last;
	struct names *names;
	struct ike_negotiation shown; /* to the sink or the caller */
	struct tunnel *tunnels;
	struct expected *expected;
	uint32_t ndevices;
	int64_t next_neg, next_tunnel;
	struct tracker_counts counts;
};

/* tracker.c */
void tracker_tell(
    struct tracker *, struct neg *, unsigned changed, int64_t now);

/* tracker_hold.c */
struct device *tracker_device(struct tracker *, const char *name);
void tracker_devices_free(struct tracker *);
struct peer *tracker_peer(struct tracker *, struct device *, struct span addr);
struct neg *tracker_neg_new(struct tracker *, struct device *, struct peer *,
    enum ike_kind, int64_t now);
void tracker_neg_free(struct tracker *, struct neg *);
/* To the front of its peer's list: addresses find the latest first. */
void tracker_touch(struct tracker *, struct neg *, int64_t now);
void tracker_set_peer(struct tracker *, struct neg *, struct peer *);
void tracker_set_parent(struct neg *, struct neg *parent);
/* Into the list of its outcome, and out of it: before the outcome changes. */
void tracker_state_link(struct tracker *, struct neg *);
void tracker_state_unlink(struct tracker *, struct neg *);
/* Ended ones beyond what is kept of them, all but this one. */
void tracker_let_go(struct tracker *, const struct neg *but);
bool tracker_is_open(const struct neg *);
bool tracker_is_up(const struct neg *);
bool tracker_is_ended(const struct neg *);
/* Two negotiations turned out to be one. */
void tracker_merge(
    struct tracker *, struct neg *into, struct neg *gone, int64_t now);

/* tracker_read.c */
/* Another name there, if this is one; true where it was another. */
bool tracker_name(
    struct tracker *, const char **held, size_t size, struct span);
/* The same for a sentence, cut where a character ends. */
bool tracker_keep(struct tracker *, const char **held, struct span);
void tracker_spi(struct ike_spi *to, struct ike_spi from);
bool tracker_stage(struct neg *, const struct ike_event *);
void tracker_fill(struct tracker *, struct neg *, const struct ike_event *);
void tracker_fill_from_parent(struct tracker *, struct neg *);
void tracker_said(struct tracker *, struct neg *, const struct ike_event *);
/* Who is suspected where it stopped, by its stage. */
ike_reasons tracker_suspects(const struct neg *);
/* What the reason of a record is, given what is known of its negotiation. */
enum ike_reason tracker_read(const struct neg *, const struct ike_event *);
void tracker_hint(struct tracker *, struct neg *, enum ike_reason,
    const struct ike_event *, int64_t now);
/* Puts a better reason in; true where it was one. */
bool tracker_reason(struct tracker *, struct neg *, enum ike_reason,
    ike_reasons suspects, struct span detail);
/* An end has a reason: the record's own, or a hint that told more. */
bool tracker_conclude(struct tracker *, struct neg *, const struct ike_event *,
    enum ike_reason, int64_t now);

/* tracker_step.c */
void tracker_timer(struct tracker *, struct neg *, int64_t now);
void tracker_move(
    struct tracker *, struct neg *, enum ike_outcome to, int64_t now);
/* Takes the step; what has changed, as enum tracker_change. */
unsigned tracker_outcome(
    struct tracker *, struct neg *, const struct ike_event *, int64_t now);

/* tracker_find.c */
enum ike_kind tracker_kind(const struct ike_event *);
struct context *tracker_context(
    struct tracker *, struct device *, const struct ike_event *);
void tracker_context_forget(
    struct tracker *, struct context *); /* what it keeps */
/* The connection that the event's header names is over, and not what it is
 * about. */
bool tracker_header_lags(const struct tracker *, const struct device *,
    const struct context *, const struct ike_event *, int64_t now);
/*
 * The negotiation an event belongs to, made if the event begins or ends one
 * that is not known yet; NULL where it belongs to none.
 */
struct neg *tracker_find(struct tracker *, struct device *, struct context *,
    const struct ike_event *, int64_t now);
/* The numbers in the event lead to this negotiation from now on. */
void tracker_bind(struct tracker *, struct neg *, const struct ike_event *);
/* The numbers of ike_negotiation.keys into an event; they point into keys. */
void tracker_read_numbers(const char *keys, struct ike_event *);

/* tracker_tunnel.c */
/* Finds its tunnel; make: one is made if there is none yet. Before the
 * outcome changes, as its place is counted by outcome. */
void tracker_tunnel_assign(struct tracker *, struct neg *, bool make);
void tracker_tunnel_moved(
    struct tracker *, struct neg *, enum ike_outcome from, int64_t now);
/* The reason of a failure got better: if it was the last one, the tunnel's
 * did, too. */
void tracker_tunnel_refined(struct tracker *, struct neg *, int64_t now);
/* The negotiation is about to be freed; it was read back as it was. */
void tracker_tunnel_left(struct neg *);
void tracker_tunnel_restored(struct neg *, enum ike_outcome);
void tracker_tunnel_due(struct tracker *, struct tunnel *, int64_t now);
struct tunnel *tracker_tunnel_new(
    struct tracker *, struct peer *, struct span name);
void tracker_tunnel_free(struct tracker *, struct tunnel *);

/* tracker_ends.c */
void tracker_ends(struct tracker *, struct neg *, int64_t now);

#endif
