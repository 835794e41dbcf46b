/* The lines of a file, however long, in a buffer of a fixed size. */
#ifndef IKEWATCH_DAEMON_LINES_H
#define IKEWATCH_DAEMON_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/span.h"

enum { LINES_MAX = 65536, LINES_BUFFER = 2 * LINES_MAX };

struct lines {
	int fd;
	size_t from, to;
	bool skip;  /* in the rest of a line that was too long */
	bool begun; /* a byte order mark was looked for */
	bool end;
	int error; /* errno of a read that failed, 0: none */
	char buf[LINES_BUFFER];
};

void lines_init(struct lines *, int fd);
/* The next line without its LF and CR, cut at LINES_MAX; false at the end
 * or on an error. Lives until the next call. */
bool lines_next(struct lines *, struct span *line);
/* What is in the buffer and not yet handed out, read if it is empty. */
struct span lines_ahead(struct lines *);

#endif
