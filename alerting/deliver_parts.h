/*
 * Inside the senders: what deliver.c and deliver_*.c share, and nobody else
 * includes.
 */
#ifndef IKEWATCH_ALERTING_DELIVER_PARTS_H
#define IKEWATCH_ALERTING_DELIVER_PARTS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/deliver.h"
#include "alerting/due.h"
#include "alerting/limit.h"
#include "alerting/notice.h"
#include "alerting/payload.h"
#include "alerting/secret.h"

#define SECOND INT64_C(1000000)

enum {
	ANSWER_KEPT = 2048, /* of the body, for retry_after and the error */
	ERROR_SIZE = 240,
	LINES = 1024, /* buckets */
};
#define REFRESH (60 * SECOND) /* of what is live */

struct line;

/* One delivery that waits. */
struct item {
	int64_t id;
	struct line *line;    /* NULL: in a summary's batch */
	uint64_t incident;    /* its hash */
	struct item *next;    /* in its line, or in a summary's batch */
	struct item *waiting; /* not committed: in the order of numbers */
	char *webhook_id, *notice;
	unsigned attempts;
	int64_t created_at, next_at, decided_at;
	uint64_t number;
	bool committed;
};

/* The deliveries of one incident, in order: only the first may go. */
struct line {
	struct due_item due; /* first: the heap's items are lines */
	struct line *chain;
	struct item *first, *last;
	char incident[NOTICE_ID_SIZE];
	bool busy;
};

/* What a destination that forgets must hear again. */
struct live {
	struct live *next;
	uint64_t incident;
	char *notice;
	int64_t until; /* resolved: repeated so long; 0: it fires */
};

struct transfer {
	struct transfer *next, **prev;
	struct dest *dest;
	struct item *item;  /* NULL: a refresh */
	struct item *batch; /* all that a summary stands for, or NULL */
	CURL *easy;
	struct curl_slist *headers, *rcpt;
	struct payload_request request;
	size_t sent; /* of a mail */
	size_t body_len, header_len;
	char answer[ANSWER_KEPT];
	size_t answer_len;
	int64_t wait; /* asked for by Retry-After; -1 */
	bool too_long, private;
	char error[CURL_ERROR_SIZE];
};

struct dest {
	struct dest *next;
	struct deliver *deliver;
	char name[80];
	const struct destination_conf *conf; /* NULL: no longer configured */
	const struct payload_type *type;
	struct secrets secrets, fresh; /* fresh: of a reload under way */
	const char *url;
	struct limit_bucket bucket;
	struct line *line[LINES];
	struct due due;	     /* lines whose first may go at a time */
	size_t depth, ready; /* ready: committed */
	size_t active;
	struct item *batch; /* a summary that waits to be tried again */
	unsigned batch_attempts;
	struct live *live;
	size_t nlive;
	int64_t refresh_at;
	bool away_said;
	bool was_away; /* since the queue was last empty */
	int64_t paused_until, failing_since;
	unsigned failures; /* in a row */
	bool disabled;
	uint64_t ends[DELIVER_END_COUNT];
	char error[ERROR_SIZE];
};

struct deliver {
	struct event_base *base;
	struct deliver_sink sink;
	CURLM *multi;
	struct event *timer; /* libcurl's */
	struct event *wake;  /* ours */
	struct dest *dests;
	struct transfer *transfers;
	struct item *waiting, **waiting_end;
	uint64_t committed;
	size_t room; /* how many may wait for each destination */
	struct deliver_latency latency;
	uint64_t random;
	bool stopping;
};

/* deliver.c */
int64_t deliver_now(const struct deliver *);
/* What others, too, would call that time. */
int64_t deliver_stamp(const struct deliver *, int64_t at);
uint32_t deliver_random(struct deliver *);
/* Sets the timer for what comes next by itself. */
void deliver_schedule(struct deliver *, int64_t now);
void deliver_pump(struct deliver *);
/* Ends requests under way at the end, and those to destinations that are no
 * longer configured: they go out again, with the same id. */
void deliver_abort(struct deliver *);

/* deliver_conf.c */
struct dest *dest_find(const struct deliver *, const char *name);
void dest_free(struct dest *);

/* deliver_queue.c */
uint64_t line_hash(const char *incident);
struct line *line_get(struct dest *, const char *incident);
/* After a change of its first, or of busy: when it may go. */
void line_schedule(struct dest *, struct line *);
void line_free(struct dest *, struct line *);
struct item *item_new(const struct deliver_item *);
void item_free(struct item *);
/* Out of the list of what is not committed, wherever it is in it. */
void item_unwait(struct deliver *, struct item *);
/* Out of its line; the line goes when it is empty. */
void item_unlink(struct dest *, struct item *);
struct dest *item_dest(const struct deliver *, const struct item *);
struct item *deliver_find(const struct deliver *, int64_t id, struct dest **);
/* Makes room for one more. */
void dest_room(struct dest *, int64_t now);

/* deliver_batch.c */
bool dest_backlog(const struct dest *);
/* All that could go now, oldest first; out of their lines. */
struct item *dest_collect(struct dest *, int64_t now);
/* now: of the system's clock. */
void batch_notice(const struct dest *, const struct item *batch,
    struct alert_notice *, int64_t now);

/* deliver_live.c */
void live_drop(struct dest *, struct live **);
void live_keep(struct dest *, uint64_t incident, const char *notice, bool over,
    int64_t now);
/* It was delivered: its notice is the latest word on its incident. */
void item_live(struct dest *, const struct item *, int64_t now);

/* deliver_request.c */
/* Sends item, or the summary of batch, or (both NULL) all that is live: 0, -1
 * without memory, or the item's notice cannot be read. */
enum { TRANSFER_UNREADABLE = 1 };
int transfer_start(
    struct dest *, struct item *, struct item *batch, int64_t now);
void transfer_free(struct transfer *);

/* deliver_answer.c */
void transfer_done(struct transfer *, CURLcode);
void dest_tell(struct dest *, const struct item *, enum deliver_end, int status,
    const char *error, int64_t now);
/* Never again: told to the outbox, and as an alert of our own that begins
 * with the destination's name and what. */
void item_dead(struct dest *, struct item *, int status, const char *error,
    const char *what, int64_t now);
/* All that waits for it is dead. */
void dest_gone(struct dest *, int64_t now);
/* Says that it fails, once it has for long: from dest_trouble_at() on. */
void dest_look(struct dest *, int64_t now);
int64_t dest_trouble_at(const struct dest *); /* INT64_MAX: no time */

/* deliver_pace.c */
void dest_pump(struct dest *, int64_t now);
int64_t dest_due(const struct dest *, int64_t now); /* INT64_MAX: nothing */

#endif
