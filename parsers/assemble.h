/*
 * Puts records together that a device spread over several lines or
 * datagrams, and takes apart datagrams that hold several lines, by the
 * vendor's join rule. One assembler for each device; bounded.
 */
#ifndef IKEWATCH_PARSERS_ASSEMBLE_H
#define IKEWATCH_PARSERS_ASSEMBLE_H

#include <stdint.h>

#include "parsers/parser.h"

enum {
	ASSEMBLE_MAX = 8192, /* bytes held; more is passed on as it is */
	/* Microseconds held at the most: a stamp that counts seconds may turn
	 * between two lines. */
	ASSEMBLE_WAIT = 1100000,
};

struct assembler;

/* One whole record; tag is what the caller gave with its first line. */
typedef void assemble_cb(void *arg, const struct record *, int64_t tag);

struct assembler *assembler_new(void);
void assembler_free(struct assembler *);

/*
 * Takes a record of this device and calls cb for each whole one, none, or
 * several. The records given to cb live as long as the call.
 */
void assembler_feed(struct assembler *, const struct parser *,
    const struct record *, int64_t tag, int64_t now, assemble_cb *, void *arg);
/* Passes on what is held since before now - ASSEMBLE_WAIT; all, if now is
 * INT64_MAX. */
void assembler_flush(struct assembler *, int64_t now, assemble_cb *, void *arg);
/* When what is held is due; INT64_MAX where nothing is held. */
int64_t assembler_due(const struct assembler *);

#endif
