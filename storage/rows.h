/*
 * Packed records into rows: the prepared statements of the writer, and what
 * it remembers to save itself a look into the database. One thread.
 */
#ifndef IKEWATCH_STORAGE_ROWS_H
#define IKEWATCH_STORAGE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/pack.h"

struct sqlite3;
struct rows;

/* NULL without memory. Statements are prepared for db; SQLite's code in rc. */
struct rows *rows_new(struct sqlite3 *db, int *rc);
void rows_free(struct rows *);
/* After a rollback: what was remembered may not be in the database. */
void rows_forget(struct rows *);
/* A negotiation or a tunnel that is no longer in the database. */
void rows_gone(struct rows *, int64_t id);

/* One record of kind PACK_*; each gives an SQLite code. */
int rows_apply(struct rows *, int kind, const void *bytes);
/* A tunnel's outages, also for a record that a later one replaces. */
int rows_outage(struct rows *, const struct packed_tunnel *);

/* True for what passes by itself or when the disk is tended to, and says
 * nothing about the record that was tried. */
bool rows_environment(int rc);

#endif
