/*
 * The database file: found or made, judged, opened the way the writer needs
 * it. A damaged file is set aside under another name, never deleted; one that
 * is not ours, or newer than the program, is left alone.
 */
#ifndef IKEWATCH_STORAGE_DB_H
#define IKEWATCH_STORAGE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sqlite3;

struct db {
	struct sqlite3 *sql;
	char *path;
	int fd; /* holds the lock against a second daemon */
	dev_t dev;
	ino_t ino;
};

/* What came of opening. */
struct db_report {
	int code;	  /* of sysexits.h */
	bool fresh;	  /* a new file was begun */
	char error[400];  /* what to do about it; on failure */
	char notice[400]; /* what a person should know; "" for nothing */
};

/* 0, or -1 with the report filled in. */
int db_open(struct db *, const char *path, struct db_report *)
    __attribute__((warn_unused_result));
void db_close(struct db *);
/* The coming db_close() writes nothing into the file any more. */
void db_keep_log(struct db *);
/* False when the path no longer leads to the file that is open. */
bool db_present(const struct db *);
/* Moves the (closed) file and its log out of the way; says where to. */
int db_set_aside(const char *path, const char *why, char *notice, size_t size)
    __attribute__((warn_unused_result));
/* Bytes of the write-ahead log, 0 where there is none. */
int64_t db_wal_bytes(const char *path);
/*
 * Lets the disk begin with what the log holds, without waiting for it: the
 * sync of a checkpoint then has little left to wait for.
 */
void db_begin_sync(const char *path);

/* A network file system by its number in statfs(2): its name, else NULL. */
const char *db_network(uint64_t type);

#endif
