/*
 * The daemon's end of the pipeline: what was found goes to the store and to
 * the alerts, and is counted.
 */
#ifndef IKEWATCH_DAEMON_KEEP_H
#define IKEWATCH_DAEMON_KEEP_H

#include <stdint.h>

#include "daemon/conf.h"
#include "daemon/pipeline.h"
#include "daemon/stats.h"
#include "storage/store.h"

struct keep;

enum { KEEP_VENDORS = 32 };

/* By vendor (in the order of parser_all(), the last one is none) and result. */
struct keep_counts {
	uint64_t records[KEEP_VENDORS][PIPELINE_RESULT_COUNT];
	uint64_t negotiations[IKE_OUTCOME_COUNT][IKE_REASON_COUNT];
};

struct keep *keep_new(struct store *, struct stats *);
void keep_free(struct keep *);
void keep_configure(struct keep *, const struct conf *);
struct alerts;
/* Who is told of failures, from now on. */
void keep_alert(struct keep *, struct alerts *);
/* The pipeline's sink. */
struct pipeline_sink keep_sink(struct keep *);
/* Takes over what the pipeline has counted since the last call. */
void keep_sync(struct keep *, const struct pipeline *);
/* Saves when devices were last heard. */
void keep_devices(struct keep *, struct pipeline *);
/* Everything the tracker knows once more, after the store began a new file. */
void keep_again(struct keep *, struct pipeline *);
const struct keep_counts *keep_count(const struct keep *);

#endif
