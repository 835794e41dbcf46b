/* key=value and key="value" pairs, as FortiOS, ZLD, SonicWall and CEF write. */
#ifndef IKEWATCH_PARSERS_KV_H
#define IKEWATCH_PARSERS_KV_H

#include <stdbool.h>

#include "parsers/span.h"

/*
 * The next pair: words, "=", a value that is quoted (\" inside stays as it
 * is) or ends at a blank. Text that is no pair is passed over. False at the
 * end.
 */
bool kv_next(struct span *cursor, struct span *key, struct span *value);
/* The value of the first pair with that key (ASCII case folded); *value stays
 * as it is where there is none. */
bool kv_get(struct span text, const char *key, struct span *value);

#endif
