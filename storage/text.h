/*
 * Text for the database: always UTF-8 without NUL, so that every reader can
 * read it. Octets that are neither become \xHH.
 */
#ifndef IKEWATCH_STORAGE_TEXT_H
#define IKEWATCH_STORAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/span.h"

/* Well-formed UTF-8 (RFC 3629) without NUL? */
bool text_clean(struct span);
/* Writes s with the other octets escaped; to has room for 4 * s.len. Returns
 * the length. */
size_t text_escape(char *to, struct span s);

#endif
