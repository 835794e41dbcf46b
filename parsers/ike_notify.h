/*
 * The names of notify messages, as devices print them: RFC 2408 section
 * 3.14.1 and RFC 7296 section 3.10.1, with '-', '_' or blanks between the
 * words, and a few abbreviations.
 */
#ifndef IKEWATCH_PARSERS_IKE_NOTIFY_H
#define IKEWATCH_PARSERS_IKE_NOTIFY_H

#include <stdbool.h>

#include "parsers/ike.h"

/* Where the notify was heard: it decides what some of them mean. */
enum notify_phase { NOTIFY_ANY, NOTIFY_PHASE1, NOTIFY_PHASE2 };

/*
 * What an error notify means; false where the name is no error (or no name
 * of a notify at all), and then *reason is as it was.
 */
bool ike_notify_reason(
    struct span name, enum notify_phase, enum ike_reason *reason);

#endif
