/*
 * Words in prose: as the scanners of span.h, but ASCII case is folded and
 * a blank stands for any run of blanks and line ends. For what a vendor prints
 * with double blanks one year and single ones the next.
 */
#ifndef IKEWATCH_PARSERS_WORDS_H
#define IKEWATCH_PARSERS_WORDS_H

#include <stdbool.h>

#include "parsers/span.h"

/* The words at the front of s, eaten. */
bool words_eat(struct span *s, const char *words);
/* Up to the words, which are eaten too; before may be NULL. */
bool words_until(struct span *s, const char *words, struct span *before);
bool words_in(struct span s, const char *words);

#endif
