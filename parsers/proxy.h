/*
 * The PROXY protocol, versions 1 (text) and 2 (binary): what a balancer
 * writes before the first octet of a connection to say who its sender is.
 * The caller reads it only from balancers it trusts.
 */
#ifndef IKEWATCH_PARSERS_PROXY_H
#define IKEWATCH_PARSERS_PROXY_H

#include <stdint.h>

#include "parsers/span.h"

enum {
	PROXY_MAX_V1 = 107,  /* octets of the longest line, CR LF and all */
	PROXY_MAX_V2 = 2048, /* octets of a binary header that are read */
};

enum proxy_result {
	PROXY_MORE, /* not whole yet: read more */
	PROXY_DONE, /* eaten; *proxy says who */
	PROXY_BAD,  /* no PROXY header, or a broken one: close */
};

struct proxy {
	int family; /* 4, 6, or 0: the balancer speaks for itself */
	unsigned char source[16]; /* 4 or 16 octets, network order */
	unsigned char dest[16];
	uint16_t source_port;
	uint16_t dest_port;
};

/*
 * The header at the front of *in, of either version. *in is eaten only with
 * PROXY_DONE. Extensions (TLV) of version 2 are passed over.
 */
enum proxy_result proxy_read(struct span *in, struct proxy *);

#endif
