/*
 * Text for people and services: bytes of devices made harmless, lengths cut
 * on a character, times and durations in words. Device bytes pass
 * prose_clean() before anything else sees them.
 */
#ifndef IKEWATCH_ALERTING_PROSE_H
#define IKEWATCH_ALERTING_PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/span.h"

/* A string being written into a buffer; what does not fit is cut. */
struct prose {
	char *p;
	size_t size, len; /* len < size; p[len] is NUL */
	bool cut;
};
struct prose prose_in(char *buffer, size_t size);
void prose_add(struct prose *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void prose_put(struct prose *, const char *, size_t);
/* Bytes of the character that a valid string begins with; 0 at its end. */
size_t prose_char(const char *);

/*
 * Copies as valid UTF-8 without anything that acts: C0, C1 and DEL become
 * \xHH, bidi and other format characters \uHHHH, bytes that are no UTF-8
 * U+FFFD; tabs become blanks. Cut on a character to fit size.
 */
void prose_clean(char *to, size_t size, struct span);
/* The first so many characters: where the string must end to have at most
 * max code points (bytes for prose_fit). Never inside a character. */
size_t prose_chars(const char *, size_t max);
size_t prose_fit(const char *, size_t max);
size_t prose_count(const char *); /* code points */
/* Cuts in place to at most max code points, the last being an ellipsis. */
void prose_cut(char *, size_t max);

/* RFC 3339 in UTC with microseconds, "2026-01-02T03:04:05.000006Z". */
enum { PROSE_TIME_SIZE = 32 };
const char *prose_time(char to[PROSE_TIME_SIZE], int64_t us);
/* The reverse, of exactly that form; false where it is none. */
bool prose_time_read(const char *, int64_t *us);
/* "4 min", "2 h 5 min", "3 d 2 h", "12 s". */
enum { PROSE_SPAN_SIZE = 32 };
const char *prose_duration(char to[PROSE_SPAN_SIZE], int64_t us);

/* "hq*", "fw-?": ASCII case folded, linear in time but for the stars. */
bool prose_glob(const char *pattern, const char *);

#endif
