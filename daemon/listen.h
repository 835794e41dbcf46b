/*
 * The sockets: datagrams and connections in, frames out. What they may use
 * is bounded; whoever goes over it loses his own connection, nobody else's.
 */
#ifndef IKEWATCH_DAEMON_LISTEN_H
#define IKEWATCH_DAEMON_LISTEN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/conf.h"
#include "daemon/stats.h"
#include "parsers/span.h"

struct event_base;
struct listen;

struct listen_sink {
	void *arg;
	/* One frame, and when it was read (clock_now()). device: the name
	 * that a client certificate proves, NULL without one. */
	void (*frame)(void *arg, enum conf_transport,
	    const struct in6_addr *via, const char *device, struct span bytes,
	    int64_t now);
	/* A batch is over: timers may have to be set anew. */
	void (*batch)(void *arg);
	/* True: readers of streams should wait. */
	bool (*full)(void *arg);
	/* True for the address of a device in the configuration: it gets in
	 * where strangers have filled the house. */
	bool (*listed)(void *arg, const struct in6_addr *via);
};

/* NULL without memory. Nothing is open yet. */
struct listen *listen_new(
    struct event_base *, struct stats *, const struct listen_sink *);
/* Closes all, and reads nothing more. */
void listen_free(struct listen *);

/* Sockets inherited from the service manager; call before the first
 * listen_configure(). Complains of those it cannot use. */
void listen_inherit(struct listen *);

/*
 * Opens what the configuration says and is not open yet, and closes what it
 * says no more; -1 with a sentence in err and a sysexits code, and then all
 * is as before. conf must live until the next call.
 */
int listen_configure(struct listen *, const struct conf *, char *err,
    size_t errsize, int *code) __attribute__((warn_unused_result));
/* Can it be done at all? Opens nothing. For -t. */
int listen_check(const struct conf *, char *err, size_t errsize, int *code)
    __attribute__((warn_unused_result));

/* Reads what the kernel holds, at most until the time (clock_now()). */
void listen_drain(struct listen *, int64_t until);
/* Gives connections to the service manager to keep over a restart. */
void listen_hand_over(struct listen *);
/*
 * The end for what is not handed over: no new connections, and senders are
 * told that this one ends; datagrams and what they still send is read on in
 * the event loop. True once nothing more is to be expected. Then all is
 * closed, and what was begun is stored.
 */
void listen_leave(struct listen *);
bool listen_quiet(const struct listen *);
void listen_end(struct listen *);
/* The kernel's drop counters into the stats; NULL: nothing. */
void listen_count(struct listen *);
size_t listen_sockets(const struct listen *);

#endif
