/* Connections over TCP and TLS, and their limits. Part of listen.c. */
#ifndef IKEWATCH_DAEMON_STREAM_H
#define IKEWATCH_DAEMON_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/listen.h"

struct streams; /* all connections together */
struct stream;	/* one listening socket */
struct tls;

struct streams *streams_new(
    struct event_base *, struct stats *, const struct listen_sink *);
void streams_free(struct streams *);
/* limits and devices, for as long as the next call. */
void streams_configure(struct streams *, const struct conf *);
/* Reads every connection until it has nothing or the time has come. */
void streams_drain(struct streams *, int64_t until);
/* The end, for those that nobody takes over: they are told that we read on
 * but answer no more, so that they stop; all have done so or are silent; what
 * they had begun is stored as cut, and they are closed. */
void streams_leave(struct streams *);
bool streams_quiet(const struct streams *, int64_t now);
void streams_end(struct streams *);
/* To the service manager, and back from it: fd is a connection, state what
 * streams_hand_over() stored with it (-1: nothing). */
void streams_hand_over(struct streams *);
void streams_take_back(struct streams *, struct stream *, int fd, int state);

/* Takes the listening socket over; tls is NULL for plain TCP. */
struct stream *stream_new(
    struct streams *, int fd, const struct conf_listener *, struct tls *tls);
/* Closes it; its connections go on where keep, else they are closed. */
void stream_free(struct stream *, bool keep);
/* New options after a reload; tls replaces the old one. */
void stream_configure(
    struct stream *, const struct conf_listener *, struct tls *tls);

#endif
