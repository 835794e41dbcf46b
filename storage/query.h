/*
 * The read side: what ikewatch(1) asks of the database. Opens the file read
 * only, beside a running daemon or a copy of it; reads in short
 * transactions and never keeps the writer waiting.
 */
#ifndef IKEWATCH_STORAGE_QUERY_H
#define IKEWATCH_STORAGE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"
#include "parsers/span.h"

struct query;

enum { QUERY_ERROR_SIZE = 400 };

/*
 * NULL on failure, with a sentence that says what to do in err and a code of
 * sysexits.h in *code: EX_NOINPUT where there is nothing to read,
 * EX_DATAERR where it is not ours.
 */
struct query *query_open(
    const char *path, char err[QUERY_ERROR_SIZE], int *code);
void query_close(struct query *); /* takes NULL */

/* What may be asked; the columns of each are an enum below. */
enum query_what {
	QUERY_STATUS,
	QUERY_STRANGERS, /* one number: tunnels that QUERY_STATUS leaves out */
	QUERY_HISTORY,
	QUERY_EVENTS,
	QUERY_ALERTS,
	QUERY_DELIVERIES,
	QUERY_SILENCES,
	QUERY_TUNNELS, /* for the report, with what is needed there */
	QUERY_OUTAGES,
	QUERY_CAUSES,
	QUERY_HOURS,
	QUERY_REKEYS,
	QUERY_GOOD_AND_BAD,
	QUERY_LAST_GOOD, /* id of the good one before a bad one */
	QUERY_WHAT_COUNT
};

/* Which of them. NULL and 0: not asked for. A text filter compares whole. */
struct query_filter {
	const char *peer, *device, *tunnel, *reason;
	int64_t since, until; /* microseconds */
	int64_t id;
	int64_t limit;
	bool all;
};

/* Asks. -1 on error. Ends the question before. */
int query_ask(struct query *, enum query_what, const struct query_filter *)
    __attribute__((warn_unused_result));
/* The next row; false at the end and on an error. */
bool query_next(struct query *);
/* Of the row; text lives until the next call. NULL is empty and 0. */
struct span query_text(struct query *, int column);
int64_t query_int(struct query *, int column);
bool query_null(struct query *, int column);
/* Why it ended; NULL where it simply was the end. */
const char *query_error(struct query *);

/* clang-format off */
enum {
	STATUS_ID, STATUS_DEVICE, STATUS_VENDOR, STATUS_PEER, STATUS_LOCAL,
	STATUS_NAME, STATUS_STATE, STATUS_SINCE, STATUS_IKE_VERSION,
	STATUS_LAST_ESTABLISHED, STATUS_LAST_FAILURE, STATUS_LAST_REASON,
	STATUS_FAILURES, STATUS_DOWN_REASON, STATUS_ATTEMPTS,
};
enum {
	HISTORY_ID, HISTORY_STARTED, HISTORY_ENDED, HISTORY_DEVICE,
	HISTORY_VENDOR, HISTORY_TUNNEL, HISTORY_PEER, HISTORY_LOCAL,
	HISTORY_ROLE, HISTORY_IKE_VERSION, HISTORY_KIND, HISTORY_ISPI,
	HISTORY_RSPI, HISTORY_CHILD_SPI, HISTORY_STAGE, HISTORY_OUTCOME,
	HISTORY_REASON, HISTORY_SUSPECTS, HISTORY_REFUSED, HISTORY_DETAIL,
	HISTORY_DIFFERS, HISTORY_OTHER_END,
};
enum {
	EVENTS_AT, EVENTS_DEVICE, EVENTS_NEGOTIATION, EVENTS_EVENT,
	EVENTS_STAGE, EVENTS_REASON, EVENTS_DETAIL, EVENTS_MESSAGE,
};
enum {
	ALERTS_ID, ALERTS_OPENED, ALERTS_RESOLVED, ALERTS_STATE,
	ALERTS_SEVERITY, ALERTS_KIND, ALERTS_DEVICE, ALERTS_TUNNEL,
	ALERTS_PEER, ALERTS_REASON, ALERTS_SUMMARY, ALERTS_NOTIFICATIONS,
	ALERTS_DELIVERED, ALERTS_PENDING, ALERTS_LAST_ERROR,
};
enum {
	DELIVERIES_ID, DELIVERIES_ALERT, DELIVERIES_DESTINATION,
	DELIVERIES_EDGE, DELIVERIES_STATE, DELIVERIES_ATTEMPTS,
	DELIVERIES_CREATED, DELIVERIES_NEXT, DELIVERIES_FINISHED,
	DELIVERIES_STATUS, DELIVERIES_ERROR,
};
enum {
	SILENCES_ID, SILENCES_STARTS, SILENCES_ENDS, SILENCES_DEVICE,
	SILENCES_PEER, SILENCES_TUNNEL, SILENCES_REASON, SILENCES_AUTHOR,
	SILENCES_COMMENT,
};
enum {
	TUNNELS_ID, TUNNELS_DEVICE, TUNNELS_PEER, TUNNELS_NAME,
	TUNNELS_STATE, TUNNELS_SINCE, TUNNELS_FIRST_SEEN,
};
enum { OUTAGES_TUNNEL, OUTAGES_STARTED, OUTAGES_ENDED, OUTAGES_REASON };
enum { CAUSES_REASON, CAUSES_COUNT, CAUSES_TUNNELS };
enum { HOURS_AT, HOURS_REASON, HOURS_COUNT }; /* seconds */
enum {
	REKEYS_TUNNEL, REKEYS_CHILD, REKEYS_STARTED, REKEYS_REKEY,
	REKEYS_ROLE, REKEYS_OTHER,
};
enum { CHANGED_GOOD, CHANGED_BAD };
/* clang-format on */

/* One negotiation, with the room its words need. */
struct query_negotiation {
	struct ike_negotiation n;
	char device[IKE_NAME_SIZE], vendor[40];
	char detail[IKE_DETAIL_SIZE + 1], differs[IKE_DIFFERS_SIZE + 1];
};
/* 1: found, 0: there is none, -1: error. */
int query_negotiation(struct query *, int64_t id, struct query_negotiation *)
    __attribute__((warn_unused_result));

/* A consistent copy in a new file, which then appears under its name at
 * once. -1 with the reason in err. */
int query_export(struct query *, const char *to, char err[QUERY_ERROR_SIZE],
    int *code) __attribute__((warn_unused_result));

#endif
