/*
 * The early filter: may this line be about IKE or IPsec at all? One pass
 * over the bytes, before any header is parsed. A line it lets go is never
 * looked at again, so it must know a word of every line that matters; a line
 * too many only costs time.
 */
#ifndef IKEWATCH_DAEMON_NOISE_H
#define IKEWATCH_DAEMON_NOISE_H

#include <stdbool.h>

#include "parsers/span.h"

struct noise;

/* How the bytes are looked through; all find the same. */
enum noise_way { NOISE_BEST, NOISE_BYTES, NOISE_SSSE3, NOISE_AVX2 };

/* NULL without memory, or where the machine does not know that way. */
struct noise *noise_new(enum noise_way);
void noise_free(struct noise *);

/* True where the line holds one of the words, in either case. */
bool noise_passes(const struct noise *, struct span line);

/* The words, NULL-terminated; for the tests. */
const char *const *noise_words(void);

#endif
