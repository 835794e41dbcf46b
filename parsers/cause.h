/*
 * What a device's own words say of the cause, where a vendor writes it as
 * free text: "Reason: message retry timeout". One table of phrases for all
 * the vendors whose whole catalogue of such texts is not public.
 */
#ifndef IKEWATCH_PARSERS_CAUSE_H
#define IKEWATCH_PARSERS_CAUSE_H

#include "parsers/ike.h"
#include "parsers/ike_notify.h"
#include "parsers/span.h"

/*
 * The reason the words give, IKE_R_UNKNOWN where they give none. Text behind
 * a quotation mark is not read: it may be the peer's. phase decides what a
 * phrase means that can be said of either.
 */
enum ike_reason cause_of(struct span words, enum notify_phase phase);

/*
 * For a text that no row has: whether it says both that something failed and
 * why; then *ev is that failure (or the loss of the peer).
 */
bool cause_fails(
    struct span words, enum notify_phase phase, struct ike_event *ev);

#endif
