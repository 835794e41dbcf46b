/*
 * The one queue between the event loop and the store's writer: records of
 * any length, packed into chunks, first in first out. Bounded by rows and by
 * bytes; what a batch holds counts until the batch is done.
 */
#ifndef IKEWATCH_STORAGE_QUEUE_H
#define IKEWATCH_STORAGE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

struct queue_part {
	const void *p;
	size_t len;
};

enum queue_flag {
	/* Wakes the writer at once, and may use the reserve of a full queue
	 * (a quarter more than its bounds). */
	QUEUE_URGENT = 1 << 0,
	/* Set by the writer: a later record of the batch takes its place. */
	QUEUE_SKIP = 1 << 1,
	/* May use the half of the reserve. */
	QUEUE_RESERVE = 1 << 2,
};

/* A record as the writer sees it; its bytes follow, aligned to 8. */
struct queue_record {
	uint32_t len;
	uint16_t kind;
	uint16_t flags;
	struct queue_record *next; /* the writer's own, for lists */
};

/* NULL without memory. */
struct queue *queue_new(size_t max_rows, size_t max_bytes);
void queue_free(struct queue *);

/*
 * Appends one record made of the parts. Returns its number, counted from 1;
 * 0 when the queue is full or memory is short.
 */
uint64_t queue_push(struct queue *, int kind, unsigned flags,
    const struct queue_part *, int nparts);
/* The number of the last record. */
uint64_t queue_pushed(struct queue *);

/*
 * The writer's side. Waits at most idle microseconds for a first record, then
 * until rows have gathered, gather microseconds have gone by, an urgent one
 * has come or the queue was closed. False when there is nothing. One batch at
 * a time.
 */
bool queue_take(struct queue *, size_t rows, int64_t gather, int64_t idle);
/* True where queue_take() with these would not wait. */
bool queue_due(struct queue *, size_t rows, int64_t gather);
/* The batch record by record: NULL starts, NULL ends. */
struct queue_record *queue_next(struct queue *, struct queue_record *);
static inline void *
queue_bytes(struct queue_record *r)
{
	return r + 1;
}
size_t queue_batch_rows(const struct queue *);
bool queue_batch_urgent(const struct queue *);
/* The batch is written (or given up): forgets it. */
void queue_done(struct queue *);

/* No more waiting for the writer: takes return what is left, then false. */
void queue_close(struct queue *);
bool queue_closed(const struct queue *);
/* Sleeps, but not past queue_close(). */
void queue_sleep(struct queue *, int64_t microseconds);

/* True from three quarters of a bound down to one half. Any thread. */
bool queue_full(const struct queue *);
void queue_count(struct queue *, size_t *rows, size_t *bytes);

#endif
