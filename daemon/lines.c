/* Reads with read(2), so that a pipe's lines come as they arrive. */
#include "daemon/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
lines_init(struct lines *l, int fd)
{
	l->fd = fd;
	l->from = l->to = 0;
	l->skip = l->begun = l->end = false;
	l->error = 0;
}

static void
lines_fill(struct lines *l)
{
	ssize_t n;

	if (l->from > 0) {
		memmove(l->buf, l->buf + l->from, l->to - l->from);
		l->to -= l->from;
		l->from = 0;
	}
	do
		n = read(l->fd, l->buf + l->to, sizeof(l->buf) - l->to);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		l->to += (size_t)n;
	else {
		l->end = true;
		l->error = n == -1 ? errno : 0;
	}
	if (!l->begun && l->to >= 3 && memcmp(l->buf, "\xef\xbb\xbf", 3) == 0)
		l->from = 3;
	l->begun = true;
}

struct span
lines_ahead(struct lines *l)
{
	if (l->from == l->to && !l->end)
		lines_fill(l);
	return (struct span){ l->buf + l->from, l->to - l->from };
}

static void
lines_strip(struct span *line)
{
	while (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
}

/* A line in what is at hand, whole or too long; false: read more. */
static bool
lines_take(struct lines *l, struct span *line)
{
	struct span rest = { l->buf + l->from, l->to - l->from };
	const char *lf = rest.len == 0 ? NULL : memchr(rest.p, '\n', rest.len);

	if (lf != NULL) {
		*line = span_to(rest, lf);
		l->from += line->len + 1;
		return true;
	}
	if (rest.len < LINES_MAX && !l->end)
		return false;
	*line = rest;
	l->from = l->to;
	return rest.len > 0;
}

bool
lines_next(struct lines *l, struct span *line)
{
	for (;;) {
		bool skipped = l->skip, whole;

		if (!lines_take(l, line)) {
			if (l->end)
				return false;
			lines_fill(l);
			continue;
		}
		/* Its LF was eaten with it. */
		whole = line->p + line->len < l->buf + l->from;
		l->skip = !whole && !l->end;
		if (skipped)
			continue;
		if (line->len > LINES_MAX)
			line->len = LINES_MAX;
		lines_strip(line);
		return true;
	}
}
