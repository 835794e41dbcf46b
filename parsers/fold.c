/* Where a broken line was broken: the rows decide, then its length. */
#include "parsers/fold.h"

#include <string.h>

#include "parsers/stamp.h"

enum {
	FOLD_MAX = 1024, /* longer text is not tried */
	FOLD_SLACK = 8,	 /* names in the line may have been replaced since */
};

/* A program's name, as logger(1) puts it there: "ipsec:", "root:". */
static bool
fold_program(struct span app)
{
	for (size_t i = 0; i < app.len; i++)
		if (app.p[i] >= 'A' && app.p[i] <= 'Z')
			return false;
	return true;
}

struct span
fold_inner(struct span s)
{
	struct span text = span_trim(s), t = text, host;
	struct stamp st;

	return stamp_scan(&t, &st) && scan_blanks(&t) && scan_word(&t, &host) &&
		scan_blanks(&t)
	    ? span_trim(t)
	    : text;
}

struct span
fold_line(const struct record *rec)
{
	const char *app = rec->app.p;

	if (rec->format != RECORD_3164 || rec->app.len == 0 ||
	    rec->procid.len > 0 || rec->message.p < app ||
	    fold_program(rec->app))
		return fold_inner(rec->message);
	return fold_inner((struct span){
	    app, (size_t)(rec->message.p + rec->message.len - app) });
}

static bool
fold_tries(
    struct span held, const char *between, struct span next, fold_reads *reads)
{
	char text[FOLD_MAX];
	size_t gap = strlen(between), n = held.len + gap + next.len;

	if (n > sizeof(text) || next.len == 0)
		return false;
	if (held.len > 0)
		memcpy(text, held.p, held.len);
	memcpy(text + held.len, between, gap);
	memcpy(text + held.len + gap, next.p, next.len);
	return reads((struct span){ text, n });
}

enum join
fold_join(struct span held, struct span next, fold_reads *reads, size_t width)
{
	const char *lf = held.len > 0 ? memrchr(held.p, '\n', held.len) : NULL;
	size_t last =
	    lf == NULL ? held.len : (size_t)(held.p + held.len - lf - 1);
	bool line, fold;

	held = span_trim(held);
	next = span_trim(next);
	line = fold_tries(held, "\n", next, reads);
	fold = fold_tries(held, "", next, reads);

	if (line != fold)
		return line ? JOIN_LINE : JOIN_FOLD;
	if (width == 0)
		return JOIN_LINE;
	return last + FOLD_SLACK >= width && last <= width + FOLD_SLACK
	    ? JOIN_FOLD
	    : JOIN_LINE;
}
