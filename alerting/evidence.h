/*
 * The records seen lately, so that an alert can show those that led to it.
 * A ring of bounded size: old records go, whatever they belong to.
 */
#ifndef IKEWATCH_ALERTING_EVIDENCE_H
#define IKEWATCH_ALERTING_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "alerting/notice.h"
#include "parsers/span.h"

struct evidence;

struct evidence *evidence_new(void); /* NULL without memory */
void evidence_free(struct evidence *);
/* A record of that negotiation; its first NOTICE_LINE_SIZE bytes are kept. */
void evidence_add(struct evidence *, int64_t negotiation, int64_t received_at,
    struct span line);
/* gone turned out to be a part of into. */
void evidence_join(struct evidence *, int64_t gone, int64_t into);
/* The last ones in their order; how many. */
size_t evidence_find(const struct evidence *, int64_t negotiation,
    struct notice_line to[NOTICE_EVIDENCE_MAX]);

#endif
