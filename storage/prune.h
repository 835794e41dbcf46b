/*
 * Retention: what is too old, or too much for the disk, goes in small slices
 * between the batches of the writer. A clock that jumps deletes nothing: a
 * jump of more than a day must be seen again an hour later.
 */
#ifndef IKEWATCH_STORAGE_PRUNE_H
#define IKEWATCH_STORAGE_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct prune;

struct prune_conf {
	/* microseconds, 0 for ever */
	int64_t messages, events, negotiations;
	int64_t max_size; /* bytes, 0: no limit */
};

struct prune *prune_new(void); /* NULL without memory */
void prune_free(struct prune *);

/*
 * One slice: at most a thousand rows, with what hangs on them, and 1024 pages
 * given back, in a transaction of its own. wall is the time of receipt of the
 * newest record, mono a clock that never jumps. *rows counts what was deleted.
 * Returns an SQLite code.
 */
int prune_slice(struct prune *, struct sqlite3 *, const struct prune_conf *,
    int64_t wall, int64_t mono, uint64_t *rows);
/* When the next slice is due, on the clock mono: at once while there is more to
 * delete. */
int64_t prune_due(const struct prune *);
/* The file is near its limit: look at once. */
void prune_wake(struct prune *);
/* True while a jump of the clock is being doubted. */
bool prune_doubts(const struct prune *);
/* Ids that the last slice deleted and other records may still name. */
const int64_t *prune_gone(const struct prune *, size_t *n);

#endif
