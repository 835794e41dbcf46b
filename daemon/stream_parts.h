/*
 * What the files of connections share: conn.c (one of them), conn_tls.c and
 * conn_proxy.c (what may come before its frames), stream.c (listening
 * sockets), streams.c (all together: limits and clocks), stream_hand.c (their
 * end). Nobody else includes it.
 */
#ifndef IKEWATCH_DAEMON_STREAM_PARTS_H
#define IKEWATCH_DAEMON_STREAM_PARTS_H

#include <sys/types.h>

#include "daemon/stream.h"
#include "parsers/frame.h"
#include "parsers/hash.h"

struct bufferevent;
struct event;

enum {
	CONN_BUCKETS = 1024,
	CONN_READ = 262144,
	CONN_KEPT = FRAME_MAX + 64, /* what frame_next() leaves at the most */
};

struct conn {
	struct streams *all;
	struct stream *port; /* NULL once its listener is gone */
	int fd;
	struct event *readable;	 /* TCP */
	struct bufferevent *bev; /* TLS */
	struct in6_addr via;
	struct frame frame;
	char *kept; /* the beginning of a frame */
	size_t nkept;
	int64_t begun; /* when that frame began; TLS: when it connected */
	int64_t heard;
	bool spoke;		    /* has sent anything */
	bool proxied;		    /* the PROXY header is still to come */
	bool secure;		    /* TLS: the handshake is done */
	bool ending;		    /* its peer is done: nothing is put off */
	bool listed;		    /* a device of the configuration */
	char device[IKE_NAME_SIZE]; /* by its certificate */
	struct conn *next, **prev;
	struct conn *bucket_next, **bucket_prev;
};

struct stream {
	struct streams *all;
	int fd;
	struct event *readable;
	const struct conf_listener *conf;
	struct tls *tls;
	struct stream *next, **prev;
};

struct streams {
	struct event_base *base;
	struct stats *stats;
	const struct listen_sink *sink;
	const struct conf *conf;
	struct hash_key key;
	struct conn *conns, *bucket[CONN_BUCKETS];
	struct stream *ports;
	size_t nconns, nstrangers, most;
	size_t kept;   /* bytes of unfinished frames */
	int64_t heard; /* anything, from anybody */
	struct event *sweep, *again;
	bool waiting; /* the store is full: nobody is read */
	bool behind;  /* somebody's whole frames are kept for later */
	bool no_fds;  /* accepting pauses */
	char buf[CONN_KEPT + CONN_READ];
};

/* conn.c */

/* Takes fd over, once it is there; nothing is read yet. NULL without memory:
 * fd is the caller's then. */
struct conn *conn_new(struct streams *, struct stream *, int fd,
    const struct in6_addr *via, bool listed);
/* Reads it: by TLS where its port does, else plain. -1: to be closed. */
int conn_start(struct conn *) __attribute__((warn_unused_result));
int conn_start_plain(struct conn *) __attribute__((warn_unused_result));
/* At once, and what it had begun is lost. */
void conn_close(struct conn *);
/* The stream is over: what is left is messages too. */
void conn_last(struct conn *, bool cut);
/* Both. */
void conn_end(struct conn *);
/* Its sender is another one than thought. */
void conn_move(struct conn *, const struct in6_addr *via, bool listed);
/* How many there are from this address. */
size_t conn_count(struct streams *, const struct in6_addr *via);
void conn_name(const struct conn *, char text[IKE_ADDR_SIZE]);
/* The times of one connection; true if it was closed. */
bool conn_overdue(struct conn *, int64_t now);
/* Is it read from? */
void conn_wait(struct conn *, bool wait);
/* One read of a TCP connection: bytes read, 0 at its end (it is gone then),
 * -1 where there is nothing now. */
ssize_t conn_read(struct conn *);
/*
 * The frames of kept bytes and n new ones, which stand in all->buf. When the
 * store is full the rest is kept for later, whole frames too. False: the
 * connection has to be closed.
 */
bool conn_feed(struct conn *, size_t n) __attribute__((warn_unused_result));
/* Once more what was kept; false where the connection is gone. */
bool conn_feed_kept(struct conn *);
/* Keeps what is left of the last read; false without memory. */
bool conn_keep(struct conn *, struct span rest);

/* conn_tls.c */

/* The handshake, and then frames. -1: to be closed. */
int conn_tls_start(struct conn *) __attribute__((warn_unused_result));
/* What libevent has decrypted; false where the connection is gone. */
bool conn_tls_read(struct conn *);

/* conn_proxy.c */

/* Waits for the header, and then conn_start(). -1: to be closed. */
int conn_proxy_start(struct conn *) __attribute__((warn_unused_result));
/* There is none: says so, and closes it. */
void conn_proxy_bad(struct conn *);

/* stream.c */

struct in6_addr stream_address(const struct sockaddr_storage *);
/* May this one come in? If not, which counter says why (else -1). An eighth
 * of the house is kept for the devices of the configuration. */
int stream_refuses(struct stream *, const struct in6_addr *via, bool listed);
void stream_say_refused(
    struct streams *, const struct in6_addr *via, int refused);
/* Everybody who waits at the door, or some of them when they are many. */
void stream_accept(struct stream *);

/* streams.c */

/* After reads: timers, and whether the store can follow. */
void streams_after(struct streams *);
/* Nobody is read until the store has room again; or everybody. */
void streams_wait(struct streams *, bool wait);

#endif
