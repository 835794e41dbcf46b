/*
 * Alerts and what is still to be said of them: incidents, their edges and
 * their deliveries, saved together, and read back after a restart. Nothing
 * may be sent before outbox_committed() has reached its number.
 */
#ifndef IKEWATCH_STORAGE_OUTBOX_H
#define IKEWATCH_STORAGE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/store.h"

struct outbox;

/* Between store_open() and store_start(). NULL with store_error's words
 * missing: only for want of memory or when the store takes no more kinds. */
struct outbox *outbox_new(struct store *);
void outbox_free(struct outbox *);

/* The incident as it is after one edge. Strings may be NULL or "". */
struct outbox_edge {
	int64_t alert;
	const char *incident, *kind, *severity, *state, *edge;
	const char *device, *tunnel, *peer, *reason, *summary;
	int64_t tunnel_id, negotiation_id; /* 0: none */
	unsigned attempts;
	int64_t opened_at, at;
	bool fired, over; /* told from now on; resolved or cleared */
	const char *webhook_id;
	const char *notice; /* what is to be said, JSON */
};
struct outbox_delivery {
	int64_t id; /* set here */
	const char *destination;
};
/* Saves both in one transaction, durably. Returns its number, 0 when the
 * queue is full. */
uint64_t outbox_edge(struct outbox *, const struct outbox_edge *,
    struct outbox_delivery *, size_t n);
uint64_t outbox_committed(const struct outbox *);

/* How a try ended. state: "pending", "delivered", "dead", "dropped",
 * "merged" (told as part of another). */
struct outbox_result {
	int64_t id;
	const char *state;
	unsigned attempts;
	int64_t next_at, at;
	int status;	   /* HTTP or SMTP, 0: none */
	const char *error; /* NULL: none */
};
uint64_t outbox_result(struct outbox *, const struct outbox_result *);

/* Read back: between store_open() and store_start(). -1 on error. */
struct outbox_pending {
	int64_t id, alert;
	const char *destination, *edge, *incident, *webhook_id, *notice;
	unsigned attempts;
	int64_t created_at, next_at;
};
int outbox_load_pending(struct outbox *,
    void (*cb)(void *arg, const struct outbox_pending *), void *arg)
    __attribute__((warn_unused_result));
/* The last notice of each incident that is not over. */
int outbox_load_open(struct outbox *,
    void (*cb)(void *arg, int64_t alert, const char *notice), void *arg)
    __attribute__((warn_unused_result));
/* Who was told of that alert: the names of destinations. */
int outbox_load_told(struct outbox *, int64_t alert,
    void (*cb)(void *arg, const char *destination), void *arg)
    __attribute__((warn_unused_result));
/* When each tunnel came up since then, oldest first, of the latest 100,000:
 * its id, device, peer, name and that time as last_established. */
struct ike_tunnel;
int outbox_load_established(struct outbox *, int64_t since,
    void (*cb)(void *arg, const struct ike_tunnel *), void *arg)
    __attribute__((warn_unused_result));
int64_t outbox_next_alert(const struct outbox *);

/* Small questions while the writer runs, from the loop. -1 on error. */
struct outbox_silence {
	int64_t id, starts_at, ends_at;
	const char *device, *tunnel, *peer, *reason; /* never NULL */
};
int outbox_silences(struct outbox *, int64_t now,
    void (*cb)(void *arg, const struct outbox_silence *), void *arg)
    __attribute__((warn_unused_result));
/* Wishes of ikewatch(1) not answered yet, oldest first. */
int outbox_controls(struct outbox *, int64_t after,
    void (*cb)(
	void *arg, int64_t id, const char *command, const char *argument),
    void *arg) __attribute__((warn_unused_result));
uint64_t outbox_control_done(
    struct outbox *, int64_t id, int64_t at, const char *result);
/* One delivery, for retry and drop; false where there is none such. */
bool outbox_get(struct outbox *, int64_t id,
    void (*cb)(void *arg, const struct outbox_pending *), void *arg);

#endif
