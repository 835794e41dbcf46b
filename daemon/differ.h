/*
 * What differs: keeps what each side of a negotiation was seen to want, and
 * says in a line where they do not agree.
 */
#ifndef IKEWATCH_DAEMON_DIFFER_H
#define IKEWATCH_DAEMON_DIFFER_H

#include <stddef.h>

#include "parsers/ike.h"

struct differ; /* NULL is an empty one */

/*
 * Takes what an event says into *d, which is made when needed; bounded, the
 * last word on an attribute counts. True where something was new.
 */
bool differ_take(struct differ **d, const struct ike_event *);
void differ_free(struct differ *);

/*
 * "encryption: peer 3DES, here AES-256; DH group: peer 2, here 20" into
 * text; empty where nothing is known to differ. here is also taken from
 * the other end's own view (NULL: none).
 */
void differ_text(const struct differ *d, const struct differ *other, char *text,
    size_t size);

/*
 * Whether the proposals of both sides agree but for the Diffie-Hellman group
 * of perfect forward secrecy: other groups, or none on one side.
 */
bool differ_pfs(const struct differ *);

#endif
