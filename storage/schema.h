/*
 * Tables, indices and views, and how an older file becomes one of today:
 * one row a version, each applied whole or not at all.
 * ikewatch-schema(5) describes every column.
 */
#ifndef IKEWATCH_STORAGE_SCHEMA_H
#define IKEWATCH_STORAGE_SCHEMA_H

#include <stddef.h>

struct sqlite3;

#define SCHEMA_APPLICATION_ID 0x494b4577 /* "IKEw" */

enum schema_state {
	SCHEMA_READY,	/* ours, of this version */
	SCHEMA_OLDER,	/* ours, to be migrated; also an empty file */
	SCHEMA_NEWER,	/* ours, written by a later program */
	SCHEMA_FOREIGN, /* a database of another program */
	SCHEMA_DAMAGED, /* no database, or one that cannot be read */
	SCHEMA_FAILED,	/* could not be looked at: sqlite3_errmsg() says why */
};

/* What the opened file is; changes nothing. */
enum schema_state schema_look(struct sqlite3 *);

/* One version: what leads from the one before to it. */
struct schema_step {
	int version;
	const char *sql;
};
/* The steps of this program, first to last; ends with version 0. */
extern const struct schema_step schema_steps[];
int schema_version(void); /* of the last step */

/*
 * Brings the file to the last version of steps. Every step is a transaction
 * that sets user_version: after a crash the file is of one version or the
 * next. Then puts the views and the tables of reasons and hints in order.
 * Returns an SQLite code.
 */
int schema_migrate(struct sqlite3 *, const struct schema_step *steps);

#endif
