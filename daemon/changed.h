/* What is different between the last good negotiation and a failed one. */
#ifndef IKEWATCH_DAEMON_CHANGED_H
#define IKEWATCH_DAEMON_CHANGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ike.h"

enum { CHANGED_SIZE = 700 };

/*
 * "the peer's address was A and is B; IKEv2 became IKEv1", in plain words,
 * not escaped; empty where no fact that both have differs. A fact that one
 * of them lacks says nothing.
 */
void changed_facts(char to[CHANGED_SIZE], const struct ike_negotiation *good,
    const struct ike_negotiation *bad);

struct query;
struct query_negotiation;
/*
 * The last one of the same tunnel and kind that came up before a failed or
 * stalled one. Where its own tunnel never came up: that of the one other
 * tunnel with its name on the device, so that a new address of the peer is
 * seen. 1: found, 0: none, -1: error.
 */
int changed_good(struct query *, const struct ike_negotiation *bad,
    struct query_negotiation *good) __attribute__((warn_unused_result));

#endif
