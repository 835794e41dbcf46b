/*
 * The texts of racoon and of what descends from it: racoon2 (HP-UX IPSec)
 * and the IKEv1 of RouterOS. Their parsers share these rows.
 */
#ifndef IKEWATCH_PARSERS_RACOON_H
#define IKEWATCH_PARSERS_RACOON_H

#include <stdbool.h>

#include "parsers/ike.h"
#include "parsers/rules.h"
#include "parsers/span.h"

extern struct ruleset racoon_rules;

/*
 * What the text (without any header) says. known: the header has told that it
 * is of this family, so that short and general texts count too. False where
 * no row matches.
 */
bool racoon_text(struct span text, bool known, struct ike_event *);

#endif
