/*
 * The index that leads from what a record carries to what it belongs to: the
 * SPIs, the vendor's numbers, names and addresses of each device, each a key
 * that has one owner.
 */
#ifndef IKEWATCH_DAEMON_CORRELATE_H
#define IKEWATCH_DAEMON_CORRELATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/span.h"

enum correlate_kind {
	CORRELATE_ISPI, /* 8 bytes */
	CORRELATE_RSPI,
	CORRELATE_CHILD_SPI, /* 4 bytes, in either direction */
	CORRELATE_CONN,	     /* a number of the vendor's, as text */
	CORRELATE_SESSION,
	CORRELATE_CHILD,
	CORRELATE_MSGID,
	CORRELATE_NAME, /* of a connection: the last that bore it */
	CORRELATE_CHILD_NAME,
	/* Across devices (device 0): both SPIs; "local peer kind". */
	CORRELATE_SPIS,
	CORRELATE_ENDS,
	/* Not negotiations: what the tracker keeps beside them. */
	CORRELATE_DEVICE,
	CORRELATE_PEER,
	CORRELATE_TUNNEL,
};

struct correlate_key;

/* Sits at the front of whatever owns keys. */
struct correlate_owner {
	struct correlate_key *keys;
};

struct correlate;

struct correlate *correlate_new(void);
/* Frees the index and all keys, not their owners. */
void correlate_free(struct correlate *);

struct correlate_owner *correlate_find(const struct correlate *,
    uint32_t device, enum correlate_kind, struct span value);
/*
 * Gives the key to this owner, taking it from any other. An owner keeps one
 * key of each kind but CHILD_SPI: a new value replaces the old one. False
 * without memory.
 */
bool correlate_bind(struct correlate *, struct correlate_owner *,
    uint32_t device, enum correlate_kind, struct span value);
/* Lets all keys of the owner go. */
void correlate_release(struct correlate *, struct correlate_owner *);
/* All keys of one owner now belong to another. */
void correlate_inherit(struct correlate *, struct correlate_owner *from,
    struct correlate_owner *to);
/* The owner's key of that kind; false where it has none. */
bool correlate_key_of(
    const struct correlate_owner *, enum correlate_kind, struct span *value);

#endif
