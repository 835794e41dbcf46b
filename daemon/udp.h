/* A socket for datagrams, read in batches. Part of listen.c. */
#ifndef IKEWATCH_DAEMON_UDP_H
#define IKEWATCH_DAEMON_UDP_H

#include <stdint.h>

#include "daemon/listen.h"

struct udp;
struct udp_batch;

/* The memory that all sockets receive into, one batch at a time. */
struct udp_batch *udp_batch_new(void);
void udp_batch_free(struct udp_batch *);

/* Takes the bound socket over. NULL without memory. */
struct udp *udp_new(struct event_base *, struct udp_batch *, struct stats *,
    const struct listen_sink *, int fd);
void udp_free(struct udp *);
/* Asks for the receive buffer and sets the list of senders; conf must live
 * until the next call. */
void udp_configure(struct udp *, const struct conf_listener *);
/* Reads what is there; true if that was something. */
bool udp_read(struct udp *);
/* Takes over what the kernel has dropped. */
void udp_count(struct udp *);

#endif
