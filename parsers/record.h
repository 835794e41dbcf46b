/*
 * One syslog message, its header taken apart: RFC 5424, RFC 3164 and what
 * devices send in their place.
 */
#ifndef IKEWATCH_PARSERS_RECORD_H
#define IKEWATCH_PARSERS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "parsers/span.h"
#include "parsers/zone.h"

enum record_format {
	RECORD_RAW,  /* neither a PRI nor a time stamp */
	RECORD_3164, /* a PRI or a time stamp was found */
	RECORD_5424, /* header and structured data of RFC 5424 */
};

/* Stands where the header has no time that can exist. */
#define RECORD_NO_TIME INT64_MIN

struct record {
	enum record_format format;
	int facility; /* 0..23; 1 (user) where there is no valid PRI */
	int severity; /* 0..7; 5 (notice) where there is no valid PRI */
	bool has_pri;
	int64_t timestamp;    /* microseconds since the epoch, UTC */
	bool year_assumed;    /* the stamp had no year */
	bool zone_assumed;    /* the stamp had no zone, or the name of one */
	struct span hostname; /* empty where the header has none */
	struct span app;      /* the tag, without [pid] and colon */
	struct span procid;
	struct span msgid;   /* RFC 5424 only */
	struct span sd;	     /* structured data as sent, brackets and all */
	struct span message; /* what follows the header, trimmed of CR LF NUL */
	struct span raw;     /* all of it, as it came */
};

/*
 * Takes raw apart; every span of *rec points into raw. Never fails: what
 * cannot be understood stays in message. now (microseconds) decides the year
 * of stamps without one; zone (NULL: UTC) is used where a stamp has none.
 */
void record_parse(
    struct record *rec, struct span raw, int64_t now, const struct zone *zone);

/*
 * A relay that puts its own header in front of the device's: the record as
 * the device sent it, with the relay's PRI and the whole raw text. False,
 * and *inner is not to be read, where the message begins with no header that
 * has both a time and a host.
 */
bool record_behind(struct record *inner, const struct record *outer,
    int64_t now, const struct zone *zone);

/*
 * The next element parameter of RFC 5424 structured data (6.3). *cursor
 * starts as rec->sd; id, name and value point into it, value with its
 * escapes (\" \\ \]) still in place. An element without parameters is given
 * once, with an empty name. The caller leaves *id alone between two calls.
 * False at the end.
 */
bool record_sd_next(struct span *cursor, struct span *id, struct span *name,
    struct span *value);
/* The value of a parameter by name, in any element; false where absent. */
bool record_sd_get(const struct record *, const char *name, struct span *value);
/*
 * A value as its sender meant it: \" \\ \] lose their backslash, any other
 * backslash stays. Copies at most size - 1 octets into buf, closes with NUL and
 * returns what was written; size must not be 0.
 */
struct span record_sd_unescape(struct span value, char *buf, size_t size);

#endif
