/*
 * The database: what happened, kept in one SQLite file. Rows go through one
 * bounded queue to one writer thread; the caller never waits for the disk.
 *
 * Row ids are given out here, on the caller's side, so that rows can point at
 * each other before they are written. All feeding functions copy what they
 * are given and are called from one thread (the event loop).
 */
#ifndef IKEWATCH_STORAGE_STORE_H
#define IKEWATCH_STORAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"
#include "parsers/span.h"

struct store;

struct store_conf {
	const char *path;
	/* Microseconds; 0 keeps for ever. */
	int64_t retain_messages, retain_events, retain_negotiations;
	int64_t max_size;  /* bytes of the database file, 0: no limit */
	size_t queue_rows; /* bound of the queue, 0: the default */
	size_t queue_bytes;
};

/*
 * Opens or creates the database, migrates it, checks that it is ours and
 * sound. NULL on failure, with a sentence that says what to do in err and a
 * code of sysexits.h in *code. No thread runs yet: the store_load_ functions
 * may be called now.
 */
struct store *store_open(
    const struct store_conf *, char *err, size_t errsize, int *code);

/*
 * Starts the writer. committed is called on the WRITER'S thread after each
 * commit, and when there is a notice; it must only wake the loop.
 */
int store_start(struct store *, void (*committed)(void *arg), void *arg)
    __attribute__((warn_unused_result));
/* Writes all that is queued (at most wait microseconds), stops the writer,
 * closes. Takes NULL. */
void store_close(struct store *, int64_t wait);

/* One received message. The id is given out here; 0 when it was refused
 * because the queue is full (counted). */
struct store_message {
	int64_t received_at;
	struct span source;	/* address of the sender, "192.0.2.1" */
	const char *transport;	/* "udp", "tcp", "tls" */
	int facility, severity; /* -1: none */
	int64_t timestamp;	/* the device's, INT64_MIN: none */
	struct span hostname, app, procid, msgid, message;
	const char *vendor; /* NULL where not recognised */
};
int64_t store_message(struct store *, const struct store_message *);

/* One event. negotiation and message are ids, 0 for none. */
struct store_event {
	int64_t received_at;
	int64_t device_time; /* INT64_MIN: none */
	const char *device;
	int64_t negotiation, message;
	enum ike_what what;
	enum ike_stage stage;
	enum ike_reason reason;
	struct span detail;
};
int64_t store_event(struct store *, const struct store_event *);

/* The whole row, new or changed. Copied; a later call replaces the earlier. */
int store_negotiation(struct store *, const struct ike_negotiation *);
int store_tunnel(struct store *, const struct ike_tunnel *);
/* Events of one negotiation now belong to another. */
int store_join(struct store *, int64_t gone, int64_t into);
/* A device was heard: name, its address, its vendor (NULL: not known). */
int store_device(struct store *, const char *name, const char *address,
    const char *vendor, int64_t last_seen);

/* True while the queue is over its high mark: stream readers should pause. */
bool store_full(const struct store *);

struct store_counts {
	size_t queue_rows, queue_bytes;
	uint64_t written, refused; /* rows */
	uint64_t messages_written, messages_refused;
	uint64_t commits;
	double commit_seconds; /* of all commits together */
	int64_t wal_bytes, db_bytes;
	uint64_t pruned; /* rows deleted by retention */
	/* Files begun in place of one that was lost or damaged. After it went
	 * up, give all tunnels and live negotiations to the store again. */
	unsigned replaced;
	bool failing; /* the last commit failed; error says why */
	char error[200];
};
void store_count(struct store *, struct store_counts *);
/* The next thing that a person should be told (a damaged file set aside,
 * writing failed, writing goes on ...); false when there is none. */
bool store_notice(struct store *, char *text, size_t size);
/* New limits of retention after a reload; path and queue stay. */
void store_configure(struct store *, const struct store_conf *);

/* Read back at start; each calls cb for each row. -1 on error. */
int store_load_tunnels(
    struct store *, void (*cb)(void *arg, const struct ike_tunnel *), void *arg)
    __attribute__((warn_unused_result));
/* Negotiations that are open, established, or ended after since. */
int store_load_negotiations(struct store *, int64_t since,
    void (*cb)(void *arg, const struct ike_negotiation *), void *arg)
    __attribute__((warn_unused_result));
/* One more than the highest id in use. */
int64_t store_next_negotiation(const struct store *);
int64_t store_next_tunnel(const struct store *);

#endif
