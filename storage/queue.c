/*
 * A list of chunks under one mutex. Pushing copies into the last chunk and
 * allocates only when that is full; taking moves whole chunks to the writer.
 */
#include "storage/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	CHUNK_BYTES = 256 * 1024,
	CHUNKS_SPARE = 4, /* kept for use again */
};

struct chunk {
	struct chunk *next;
	size_t size, used, rows;
	bool urgent;
	_Alignas(8) unsigned char bytes[];
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct chunk *head, *tail;
	struct chunk *spare;
	int spares;
	size_t max_rows, max_bytes;
	/* waiting in the list; the batch counts in rows and bytes only */
	size_t waiting;
	bool urgent, sleeping;
	size_t enough; /* rows that end the writer's gathering */
	uint64_t pushed;
	int64_t first; /* when the oldest waiting record came */
	_Atomic size_t rows, bytes;
	_Atomic bool full, closed;
	struct chunk *batch; /* the writer's */
	struct chunk *at;    /* where queue_next() is */
	size_t batch_rows, batch_bytes;
	bool batch_urgent;
};

static int64_t
queue_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static size_t
queue_room(size_t len)
{
	return sizeof(struct queue_record) + ((len + 7) & ~(size_t)7);
}

struct queue *
queue_new(size_t max_rows, size_t max_bytes)
{
	struct queue *q = calloc(1, sizeof(*q));
	pthread_condattr_t attr;

	if (q == NULL)
		return NULL;
	q->max_rows = max_rows;
	q->max_bytes = max_bytes;
	q->enough = 1;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->wake, &attr);
	pthread_condattr_destroy(&attr);
	return q;
}

static void
queue_free_list(struct chunk *c)
{
	struct chunk *next;

	for (; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	queue_free_list(q->head);
	queue_free_list(q->batch);
	queue_free_list(q->spare);
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

/* A chunk with room at the end of the list; NULL without memory. */
static struct chunk *
queue_chunk(struct queue *q, size_t room)
{
	struct chunk *c = q->tail;
	size_t size = room > CHUNK_BYTES ? room : CHUNK_BYTES;

	if (c != NULL && c->size - c->used >= room)
		return c;
	if (size == CHUNK_BYTES && q->spare != NULL) {
		c = q->spare;
		q->spare = c->next;
		q->spares--;
	} else if ((c = malloc(sizeof(*c) + size)) == NULL) {
		return NULL;
	}
	*c = (struct chunk){ .size = size };
	if (q->tail != NULL)
		q->tail->next = c;
	else
		q->head = c;
	q->tail = c;
	return c;
}

/* The bounds; some records may go a quarter over them. */
static bool
queue_refuses(const struct queue *q, size_t room, unsigned flags)
{
	size_t rows = q->max_rows, bytes = q->max_bytes;
	size_t part = flags & QUEUE_URGENT ? 4 : 8;

	if (flags & (QUEUE_URGENT | QUEUE_RESERVE)) {
		rows += rows / part;
		bytes += bytes / part;
	}
	return q->rows >= rows || room > bytes || q->bytes > bytes - room;
}

static void
queue_copy(struct chunk *c, int kind, unsigned flags, size_t len,
    const struct queue_part *part, int nparts)
{
	struct queue_record *r = (void *)(c->bytes + c->used);
	unsigned char *to = queue_bytes(r);

	*r = (struct queue_record){ .len = len, .kind = kind, .flags = flags };
	for (int i = 0; i < nparts; i++) {
		if (part[i].len > 0)
			memcpy(to, part[i].p, part[i].len);
		to += part[i].len;
	}
	c->used += queue_room(len);
	c->rows++;
	c->urgent |= (flags & QUEUE_URGENT) != 0;
}

static void
queue_mark(struct queue *q)
{
	if (q->rows > q->max_rows / 4 * 3 || q->bytes > q->max_bytes / 4 * 3)
		q->full = true;
	else if (q->rows <= q->max_rows / 2 && q->bytes <= q->max_bytes / 2)
		q->full = false;
}

/* Counts the record and wakes the writer if that is what it waits for. */
static uint64_t
queue_added(struct queue *q, size_t room, unsigned flags)
{
	if (q->waiting++ == 0)
		q->first = queue_now();
	q->urgent |= (flags & QUEUE_URGENT) != 0;
	q->rows++;
	q->bytes += room;
	queue_mark(q);
	if (q->sleeping && (q->waiting >= q->enough || q->urgent)) {
		q->sleeping = false;
		pthread_cond_signal(&q->wake);
	}
	return ++q->pushed;
}

uint64_t
queue_push(struct queue *q, int kind, unsigned flags,
    const struct queue_part *part, int nparts)
{
	size_t len = 0, room;
	struct chunk *c = NULL;
	uint64_t number = 0;

	for (int i = 0; i < nparts; i++)
		len += part[i].len;
	room = queue_room(len);
	pthread_mutex_lock(&q->lock);
	if (len <= UINT32_MAX / 2 && !queue_refuses(q, room, flags))
		c = queue_chunk(q, room);
	if (c != NULL) {
		queue_copy(c, kind, flags, len, part, nparts);
		number = queue_added(q, room, flags);
	}
	pthread_mutex_unlock(&q->lock);
	return number;
}

uint64_t
queue_pushed(struct queue *q)
{
	uint64_t number;

	pthread_mutex_lock(&q->lock);
	number = q->pushed;
	pthread_mutex_unlock(&q->lock);
	return number;
}

/* Waits for a signal until the deadline; false when it has passed. */
static bool
queue_wait(struct queue *q, int64_t deadline)
{
	struct timespec t = { .tv_sec = deadline / 1000000,
		.tv_nsec = deadline % 1000000 * 1000 };

	q->sleeping = true;
	pthread_cond_timedwait(&q->wake, &q->lock, &t);
	q->sleeping = false;
	return queue_now() < deadline;
}

/* Moves chunks from the list to the batch. */
static void
queue_move(struct queue *q, size_t rows)
{
	struct chunk **end = &q->batch;

	q->batch_rows = q->batch_bytes = 0;
	q->batch_urgent = false;
	while (q->head != NULL && q->batch_rows < rows) {
		struct chunk *c = q->head;

		q->head = c->next;
		c->next = NULL;
		*end = c;
		end = &c->next;
		q->batch_rows += c->rows;
		q->batch_bytes += c->used;
		q->batch_urgent |= c->urgent;
	}
	if (q->head == NULL) {
		q->tail = NULL;
		q->urgent = false;
	}
	q->waiting -= q->batch_rows;
}

bool
queue_take(struct queue *q, size_t rows, int64_t gather, int64_t idle)
{
	int64_t deadline = queue_now() + idle;
	bool taken;

	pthread_mutex_lock(&q->lock);
	q->enough = 1;
	while (q->waiting == 0 && !q->closed && queue_wait(q, deadline))
		continue;
	q->enough = rows;
	deadline = q->first + gather;
	while (q->waiting > 0 && q->waiting < rows && !q->urgent &&
	    !q->closed && queue_wait(q, deadline))
		continue;
	taken = q->waiting > 0;
	if (taken)
		queue_move(q, rows);
	q->first = queue_now(); /* good enough for what was left */
	pthread_mutex_unlock(&q->lock);
	return taken;
}

bool
queue_due(struct queue *q, size_t rows, int64_t gather)
{
	bool due;

	pthread_mutex_lock(&q->lock);
	due = q->waiting > 0 &&
	    (q->waiting >= rows || q->urgent || q->closed ||
		queue_now() >= q->first + gather);
	pthread_mutex_unlock(&q->lock);
	return due;
}

struct queue_record *
queue_next(struct queue *q, struct queue_record *r)
{
	struct chunk *c = q->at;

	if (r == NULL) {
		q->at = q->batch;
		return q->at == NULL ? NULL : (void *)q->at->bytes;
	}
	r = (void *)((unsigned char *)r + queue_room(r->len));
	if ((unsigned char *)r < c->bytes + c->used)
		return r;
	q->at = c->next;
	return q->at == NULL ? NULL : (void *)q->at->bytes;
}

size_t
queue_batch_rows(const struct queue *q)
{
	return q->batch_rows;
}

bool
queue_batch_urgent(const struct queue *q)
{
	return q->batch_urgent;
}

void
queue_done(struct queue *q)
{
	struct chunk *c, *next;

	pthread_mutex_lock(&q->lock);
	for (c = q->batch; c != NULL; c = next) {
		next = c->next;
		if (c->size != CHUNK_BYTES || q->spares >= CHUNKS_SPARE) {
			free(c);
			continue;
		}
		c->next = q->spare;
		q->spare = c;
		q->spares++;
	}
	q->batch = q->at = NULL;
	q->rows -= q->batch_rows;
	q->bytes -= q->batch_bytes;
	q->batch_rows = q->batch_bytes = 0;
	queue_mark(q);
	pthread_mutex_unlock(&q->lock);
}

void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->wake);
	pthread_mutex_unlock(&q->lock);
}

bool
queue_closed(const struct queue *q)
{
	return q->closed;
}

void
queue_sleep(struct queue *q, int64_t microseconds)
{
	int64_t deadline = queue_now() + microseconds;
	struct timespec t = { .tv_sec = deadline / 1000000,
		.tv_nsec = deadline % 1000000 * 1000 };

	pthread_mutex_lock(&q->lock);
	while (!q->closed && queue_now() < deadline)
		pthread_cond_timedwait(&q->wake, &q->lock, &t);
	pthread_mutex_unlock(&q->lock);
}

bool
queue_full(const struct queue *q)
{
	return q->full;
}

void
queue_count(struct queue *q, size_t *rows, size_t *bytes)
{
	*rows = q->rows;
	*bytes = q->bytes;
}
