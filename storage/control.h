/*
 * The few things that ikewatch(1) changes: quiet periods, and wishes that
 * the running daemon carries out (table control). Each is one short
 * transaction beside the daemon's own.
 */
#ifndef IKEWATCH_STORAGE_CONTROL_H
#define IKEWATCH_STORAGE_CONTROL_H

#include <stddef.h>
#include <stdint.h>

enum { CONTROL_ERROR_SIZE = 400 };

/* NULL matches anything. Times in microseconds. */
struct control_silence {
	const char *device, *peer, *tunnel, *reason;
	const char *author, *comment;
	int64_t starts_at, ends_at;
};

struct control;

/*
 * Opens the database for changes. NULL with a sentence in err and a code of
 * sysexits.h in *code.
 */
struct control *control_open(
    const char *path, char err[CONTROL_ERROR_SIZE], int *code);
void control_close(struct control *); /* takes NULL */
/* Why the last call failed. */
const char *control_error(struct control *);

/* The new row's id, -1 on error. */
int64_t control_silence_add(
    struct control *, const struct control_silence *, int64_t now);
/* Ends it now; the row stays. 1, 0 where there is none in force, -1. */
int control_silence_end(struct control *, int64_t id, int64_t now);

/*
 * Asks the daemon: "retry" or "drop" with the number of a delivery, "test"
 * with the name of a destination. The wish's id, -1 on error.
 */
int64_t control_ask(
    struct control *, const char *command, const char *argument, int64_t now);
/* 1: the daemon's answer is in result ("" for done), 0: none yet, -1. */
int control_answer(struct control *, int64_t id, char *result, size_t size);

#endif
