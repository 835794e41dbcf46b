/*
 * Lines that a report or a terminal broke in two: whether the break stood at
 * a blank or in the middle of a word.
 */
#ifndef IKEWATCH_PARSERS_FOLD_H
#define IKEWATCH_PARSERS_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/parser.h"
#include "parsers/span.h"

/*
 * The line as the device wrote it. A first word with a colon behind it, which
 * the rules of RFC 3164 take for a tag, is part of it ("Event: text"), unless
 * it is a program's name, all in small letters, as logger(1) puts it there. A
 * second header, behind a relay's, is not.
 */
struct span fold_line(const struct record *);

/* What stands behind a second header, "Mar  4 09:10:11 host ", that the device
 * wrote and a relay put its own in front of; all of it where there is none. */
struct span fold_inner(struct span text);

/* Says whether a vendor's rows know a text, header and all. */
typedef bool fold_reads(struct span text);

/*
 * How next goes on with held. The rows decide where they can: what reads as
 * a message with a blank at the break, or without. Where they know both or
 * neither, a line of about width bytes was cut (0: never).
 */
enum join fold_join(
    struct span held, struct span next, fold_reads *, size_t width);

#endif
