/* Characters out of bytes that may be anything. */
#ifndef IKEWATCH_DAEMON_TERM_UTF8_H
#define IKEWATCH_DAEMON_TERM_UTF8_H

#include <stdint.h>

#include "parsers/span.h"

enum utf8 {
	UTF8_SAFE,   /* a character to be shown */
	UTF8_UNSAFE, /* control, C1, bidi, invisible, a line separator */
	UTF8_BAD,    /* one byte that is no UTF-8 */
};

/* Eats one character of a span that is not empty; a bad byte is eaten alone
 * and stands in *cp as it is. */
enum utf8 utf8_next(struct span *, uint32_t *cp);
/* Columns of a character on a terminal: 0, 1 or 2. */
int utf8_width(uint32_t cp);
/* The longest beginning of at most that many bytes that does not cut a
 * character. At least 1 where there is anything. */
size_t utf8_cut(struct span, size_t most);

#endif
