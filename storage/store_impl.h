/*
 * struct store, for store.c (the loop's side), writer.c (the thread) and
 * load.c (before the thread). What both threads touch is atomic or under
 * lock; everything else belongs to the side named beside it.
 */
#ifndef IKEWATCH_STORAGE_STORE_IMPL_H
#define IKEWATCH_STORAGE_STORE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "storage/db.h"
#include "storage/prune.h"
#include "storage/queue.h"
#include "storage/rows.h"
#include "storage/store_internal.h"

#define STORE_NOTICES 8
#define STORE_NOTICE_SIZE 400

struct store_own_applier {
	const struct store_applier *applier;
	struct sqlite3_stmt *stmt[STORE_STATEMENTS];
};

struct store {
	/* fixed after store_start() */
	char *path;
	void (*committed)(void *arg);
	void *committed_arg;
	struct store_own_applier applier[STORE_KINDS_MAX];
	int appliers;
	struct queue *queue;

	/* the loop's */
	int64_t next_message, next_event, next_negotiation, next_tunnel;
	struct sqlite3 *reader;
	unsigned reader_replaced;
	uint64_t let_go; /* records that count as committed, see there */
	bool running;
	pthread_t thread;

	/* the writer's; the loop's until store_start() */
	struct db db; /* db.sql is NULL while nothing is open */
	bool gone;    /* the file was, and no other is open yet */
	struct rows *rows;
	struct prune *prune;

	/* both */
	_Atomic uint64_t durable;
	_Atomic uint64_t written, refused, commits, commit_us, pruned;
	_Atomic uint64_t messages_written, messages_refused;
	_Atomic int64_t wal_bytes, db_bytes;
	_Atomic int64_t stop_at; /* monotonic; when to give up draining */
	_Atomic int64_t latest;	 /* newest time of receipt */
	_Atomic unsigned replaced;
	_Atomic bool failing;
	_Atomic int64_t hopeless_at; /* monotonic; 0: writing works */
	pthread_mutex_t lock;	     /* for what follows */
	char error[200];
	char notice[STORE_NOTICES][STORE_NOTICE_SIZE];
	int notices;
	struct prune_conf retain;
};

/*
 * Opens the file again, or a new one: after it was lost (damaged NULL), or
 * damaged, and is then set aside first. On failure nothing is open, and error
 * says why.
 */
int store_reopen(struct store *, const char *damaged)
    __attribute__((warn_unused_result));
void store_say(struct store *, const char *text);
void store_fail(struct store *, const char *error);

/* The thread. */
void *writer_run(void *store);
int64_t writer_clock(void); /* monotonic microseconds */

#endif
