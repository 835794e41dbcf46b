/*
 * Names that many things bear, each kept once and at its own length. A name
 * lives as long as somebody holds it.
 */
#ifndef IKEWATCH_PARSERS_NAMES_H
#define IKEWATCH_PARSERS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/span.h"

struct names;

struct names *names_new(void); /* NULL without memory */
/* Frees the names too, whoever holds them. */
void names_free(struct names *);
/* The name of those bytes, cut to size - 1 as span_copy() does, to be let go
 * by names_put(); "" where the bytes are none or memory is short. */
const char *names_get(struct names *, size_t size, struct span);
void names_put(struct names *, const char *);
/* Another name in the place of the one that is held there. */
void names_set(
    struct names *, const char **held, size_t size, struct span name);
size_t names_count(const struct names *);

#endif
