/*
 * Text for people and services: bytes of devices made harmless, lengths cut
 * on a character, times and durations in words. Device bytes pass
 * words_clean() before anything else sees them.
 */
#ifndef IKEWATCH_ALERTING_WORDS_H
#define IKEWATCH_ALERTING_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/span.h"

/* A string being written into a buffer; what does not fit is cut. */
struct words {
	char *p;
	size_t size, len; /* len < size; p[len] is NUL */
	bool cut;
};
struct words words_in(char *buffer, size_t size);
void words_add(struct words *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void words_put(struct words *, const char *, size_t);

/*
 * Copies as valid UTF-8 without anything that acts: C0, C1 and DEL become
 * \xHH, bidi and other format characters \uHHHH, bytes that are no UTF-8
 * U+FFFD; tabs become blanks. Cut on a character to fit size.
 */
void words_clean(char *to, size_t size, struct span);
/* The first so many characters: where the string must end to have at most
 * max code points (bytes for words_fit). Never inside a character. */
size_t words_chars(const char *, size_t max);
size_t words_fit(const char *, size_t max);
size_t words_count(const char *); /* code points */
/* Cuts in place to at most max code points, the last being an ellipsis. */
void words_cut(char *, size_t max);

/* RFC 3339 in UTC with microseconds, "2026-01-02T03:04:05.000006Z". */
enum { WORDS_TIME_SIZE = 32 };
const char *words_time(char to[WORDS_TIME_SIZE], int64_t us);
/* The reverse, of exactly that form; false where it is none. */
bool words_time_read(const char *, int64_t *us);
/* "4 min", "2 h 5 min", "3 d 2 h", "12 s". */
enum { WORDS_SPAN_SIZE = 32 };
const char *words_duration(char to[WORDS_SPAN_SIZE], int64_t us);

/* "hq*", "fw-?": ASCII case folded, linear in time but for the stars. */
bool words_glob(const char *pattern, const char *);

#endif
