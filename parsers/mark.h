/*
 * Finds the beginning of a vendor's own text behind whatever headers stand
 * in front of it, by the words it always begins with.
 */
#ifndef IKEWATCH_PARSERS_MARK_H
#define IKEWATCH_PARSERS_MARK_H

#include <stdbool.h>

#include "parsers/record.h"
#include "parsers/span.h"

/*
 * The text from the mark on. Only headers may stand in front of it: no quote
 * and no brace, and not more than fits two of them, so that a mark inside
 * another vendor's values is none.
 */
bool mark_find(const struct record *, const char *mark, struct span *text);

/* "addr:port" and the like; nothing is set where it is no address. */
void mark_address(struct span text, struct span *addr, struct span *port);

#endif
