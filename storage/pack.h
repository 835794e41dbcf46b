/*
 * What the caller says, packed for the queue: a head of fixed size, then its
 * texts one after the other, without terminators.
 */
#ifndef IKEWATCH_STORAGE_PACK_H
#define IKEWATCH_STORAGE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"
#include "parsers/span.h"
#include "storage/queue.h"
#include "storage/store.h"

/* Kinds of records; those of other appliers follow. */
enum pack_kind {
	PACK_DEVICE = 1,
	PACK_TUNNEL,
	PACK_NEGOTIATION,
	PACK_MESSAGE,
	PACK_EVENT,
	PACK_JOIN,
	PACK_KINDS,
};

#define PACK_TEXTS_MAX 9
#define PACK_SOLID 7 /* of a negotiation's texts: all but detail, differs */

struct packed_device {
	int64_t last_seen;
	uint32_t len[3]; /* name, address, vendor */
};

struct packed_tunnel {
	int64_t id, since, last_established, last_failure;
	int32_t state, ike_version, last_reason, down_reason;
	int32_t configured;
	uint32_t attempts;
	uint32_t len[5]; /* device, vendor, peer, local, name */
};

struct packed_negotiation {
	/* what changes all the time, and no index knows */
	int64_t id, updated_at, ended_at;
	int32_t stage, heard;
	uint32_t retransmits, events;
	/* the rest, with the first PACK_SOLID texts: see pack_solid() */
	int64_t established_at, tunnel, parent, other_end, started_at;
	uint64_t suspects, ispi, rspi;
	uint32_t spi_in, spi_out;
	uint8_t kind, role, ike_version, outcome;
	uint8_t reason, refused_by, rekey, known_peer;
	uint8_t has_ispi, has_rspi, unused[6];
	/* device, vendor, peer, local, tunnel, child, keys, detail, differs */
	uint32_t len[9];
};

struct packed_message {
	int64_t id, received_at, timestamp;
	int32_t facility, severity;
	/* source, transport, hostname, app, procid, msgid, vendor, message */
	uint32_t len[8];
};

struct packed_event {
	int64_t id, received_at, device_time, negotiation, message;
	int32_t what, stage, reason;
	uint32_t len[2]; /* device, detail */
};

struct packed_join {
	int64_t gone, into;
};

/* Each returns the record's number, 0 when it was refused. */
uint64_t pack_device(struct queue *, const char *name, const char *address,
    const char *vendor, int64_t last_seen);
uint64_t pack_tunnel(struct queue *, const struct ike_tunnel *);
uint64_t pack_negotiation(struct queue *, const struct ike_negotiation *);
uint64_t pack_message(struct queue *, int64_t id, const struct store_message *);
uint64_t pack_event(struct queue *, int64_t id, const struct store_event *);
uint64_t pack_join(struct queue *, int64_t gone, int64_t into);

/* The texts behind a head; out has room for all of them. */
void pack_texts(const void *head, size_t size, const uint32_t *len, int n,
    struct span *out);
#define PACK_TEXTS(head, out)                            \
	pack_texts((head), sizeof(*(head)), (head)->len, \
	    sizeof((head)->len) / sizeof((head)->len[0]), out)

/* A digest of all of a negotiation that changes seldom. Never 0. */
uint64_t pack_solid(const struct packed_negotiation *);

#endif
