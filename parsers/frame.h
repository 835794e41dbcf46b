/*
 * Messages out of a TCP or TLS stream: octet counting and line feeds
 * (RFC 6587), told apart for each frame.
 */
#ifndef IKEWATCH_PARSERS_FRAME_H
#define IKEWATCH_PARSERS_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/span.h"

enum { FRAME_MAX = 65536 }; /* octets of one message that are kept */

enum frame_result {
	FRAME_MORE,  /* nothing whole yet: read more */
	FRAME_WHOLE, /* *msg is one message */
	FRAME_CUT,   /* *msg is one message, longer than FRAME_MAX and cut */
};

/* What is known between two reads of one stream. All zero to begin with. */
struct frame {
	size_t skip;   /* octets of an oversize counted frame still to drop */
	bool to_lf;    /* drop everything up to the next LF */
	size_t looked; /* octets of the rest that hold no LF or NUL */
};

/*
 * The next message of *in. What was used of *in is eaten, msg points into
 * it. With FRAME_MORE what is left of *in must be kept and given again with
 * more bytes behind it (at most FRAME_MAX + 16 octets are ever left).
 */
enum frame_result frame_next(struct frame *, struct span *in, struct span *msg);
/* The stream has ended: what is left in *in is messages, or nothing. To be
 * called until it gives FRAME_MORE. */
enum frame_result frame_last(struct frame *, struct span *in, struct span *msg);

/* What a sender on the wrong port is speaking, by its first bytes. */
enum frame_stranger { FRAME_SYSLOG, FRAME_TLS, FRAME_HTTP };
enum frame_stranger frame_stranger(struct span first);

#endif
