/*
 * Who logged it: the address that sent the bytes (via) and the firewall they
 * speak for (device). Never mixed up: a header names another device only
 * where via is a listed relay.
 */
#ifndef IKEWATCH_DAEMON_SOURCE_H
#define IKEWATCH_DAEMON_SOURCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/assemble.h"
#include "parsers/ike.h"
#include "parsers/parser.h"
#include "parsers/record.h"
#include "parsers/zone.h"

enum {
	SOURCE_MAX_DEVICES = 20000, /* more push out the longest silent one */
	SOURCE_RECENT = 16, /* records a device's twins are looked for in */
	SOURCE_STAMPS = 5,  /* records its clock is judged by */
};

/* A network: an address and how many of its 128 bits count. IPv4 stands as
 * ::ffff:a.b.c.d. */
struct source_net {
	struct in6_addr addr;
	unsigned bits;
};
/* "192.0.2.1", "2001:db8::1", "10.0.0.0/8". False where it is neither. */
bool source_net_parse(const char *, struct source_net *);
bool source_net_has(const struct source_net *, const struct in6_addr *);
/* As people write it: mapped IPv4 without the ::ffff:. */
void source_text(const struct in6_addr *, char text[IKE_ADDR_SIZE]);

/* A device section of the configuration. */
struct source_device_conf {
	const char *name;
	const struct source_net *address; /* what it sends from */
	size_t naddress;
	const char *const *hostname; /* what relays call it, beside its name */
	size_t nhostname;
	const struct parser *vendor; /* NULL: from the text */
	const struct zone *zone;     /* NULL: UTC */
};

struct source_conf {
	const struct source_device_conf *device;
	size_t ndevice;
	const struct source_net *relay;
	size_t nrelay;
	bool all_relays; /* believe every header: logs read from a file */
	const struct parser *vendor; /* of every device; NULL: from the text */
};

/* Where a record came from, kept until it is whole. */
struct source_origin {
	struct in6_addr via;
	const char *transport; /* lives as long as the program */
	int64_t received_at;
	int64_t tag;
	int64_t message; /* row of the frame it began with, 0: none */
	uint64_t seq;	 /* number of the frame */
};

/* A record seen lately, to know its twin by. */
struct source_twin {
	uint64_t hash;	 /* of the text; 0: none */
	uint64_t origin; /* PRI, transport and via, hashed */
	int64_t at;
};

/* One device. The table owns it; it may go when another is looked up. */
struct source {
	char name[IKE_NAME_SIZE];
	char address[IKE_ADDR_SIZE]; /* what it sends from, "" behind relays */
	const struct source_device_conf *conf; /* NULL: not configured */
	const struct parser *parser;	       /* NULL: not known yet */
	bool parser_told;		       /* by the configuration */
	const struct zone *zone;
	struct assembler *assembler; /* made when first needed */
	struct source_origin held;   /* of what the assembler holds */
	const struct parser *held_parser;
	struct source *next_held; /* the pipeline's list of those that hold */
	bool holds;		  /* is in that list */
	unsigned unfinished;	  /* records the assembler holds: 0 or 1 */
	bool plain;		  /* its lines pass the noise filter unlooked */
	bool shared; /* a relay that names no device: nothing is remembered */
	int64_t last_seen;
	int64_t saved_seen;	      /* last_seen as the store has it */
	const char *saved_vendor;     /* the same of the vendor */
	int64_t ahead[SOURCE_STAMPS]; /* its stamps against receipt */
	unsigned nahead;	      /* how many there ever were */
	bool clock_told;	      /* that it is wrong */
	struct source_twin recent[SOURCE_RECENT];
	unsigned nrecent;
};

struct sources;

/* NULL without memory. The configuration is used in place and must live
 * until source_configure() gave another. */
struct sources *source_new(const struct source_conf *);
void source_free(struct sources *);
/* After a reload: devices keep what was learnt, take what is configured. */
void source_configure(struct sources *, const struct source_conf *);

/* The device already known at this address; NULL where there is none or
 * where the address is a relay. Costs one look into a hash table. */
struct source *source_known(struct sources *, const struct in6_addr *via);
bool source_is_relay(const struct sources *, const struct in6_addr *via);
/*
 * The device that a record speaks for: of the address, or behind a relay of
 * the header's host name or of the name in the text; made when it is new.
 * NULL without memory.
 */
struct source *source_of(struct sources *, const struct in6_addr *via,
    const struct record *, int64_t now);
/* The device of that name, which a certificate proves. */
struct source *source_proven(struct sources *, const char *name, int64_t now);
/* A device remembered from before a restart; its vendor may be NULL. */
int source_restore(struct sources *, const char *name, const char *address,
    const struct parser *, int64_t last_seen)
    __attribute__((warn_unused_result));

/* A stamp of the device's, and when it was received. Orders nothing: it only
 * shows how wrong the clock is. */
void source_stamp(struct source *, int64_t stamp, int64_t now);
/* How far its clock is ahead, in microseconds: the middle one of its last
 * stamps, so that a late record says nothing. False while too few are known. */
bool source_ahead(const struct source *, int64_t *ahead);

/* Each device, in no order. */
void source_each(
    struct sources *, void (*cb)(void *arg, struct source *), void *arg);
size_t source_count(const struct sources *);

#endif
