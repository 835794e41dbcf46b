/*
 * Finds a program's own text in a record whose header nobody knows: a relay
 * put a second one in front, a console wrote its own, a log file has none.
 */
#ifndef IKEWATCH_PARSERS_TAG_H
#define IKEWATCH_PARSERS_TAG_H

#include <stdbool.h>

#include "parsers/record.h"
#include "parsers/span.h"

/*
 * Tries the program's mark at the front of *s, eats it and says true; else
 * leaves *s alone.
 */
typedef bool tag_at(struct span *s, void *arg);

/*
 * Tries the mark at each word that a header may be made of, and gives the
 * text behind the first. Behind the start of rec->message only words that
 * can be header are passed over (PRI, time stamps, names of days and months,
 * "daemon.info", tags, one host after each time), so that a mark inside a
 * peer's identity is none.
 */
bool tag_find(
    const struct record *rec, tag_at *at, void *arg, struct span *text);

/* Whether word is name, with or without "[pid]" and a colon behind it. */
bool tag_is(struct span word, const char *name);

#endif
