/*
 * What systemd wants to know and what it hands over: readiness, status,
 * watchdog, sockets that outlive us. Without systemd everything here does
 * nothing. See sd_notify(3), sd_listen_fds(3).
 */
#ifndef IKEWATCH_DAEMON_NOTIFY_H
#define IKEWATCH_DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* "READY=1", several lines with LF between them. */
void notify_say(const char *state);
/* The same with a number filled in, for "STATUS=...". */
void notify_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* RELOADING=1 with the time stamp that newer managers want. */
void notify_reloading(void);
/* Half of the watchdog's time in microseconds; 0: no watchdog. */
int64_t notify_watchdog(void);

/* The manager keeps fd under the name until it is handed back or closed.
 * False where there is no manager to keep it. */
bool notify_keep(int fd, const char *name);

/* Descriptors handed to us at start, with their names. */
enum { NOTIFY_FDS_MAX = 2048 };
struct notify_fd {
	int fd;
	char name[64];
};
/* How many, at most max; close-on-exec is set on each. The variables are
 * removed, so it works once. */
int notify_fds(struct notify_fd *, int max);

#endif
