/*
 * The running daemon: every part put together, from the start to the stop.
 * main.c reads the arguments; everything else begins here.
 */
#ifndef IKEWATCH_DAEMON_DAEMON_H
#define IKEWATCH_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct daemon;

/*
 * Starts: sockets, privileges, database, state from before. Takes conf over.
 * NULL with a sentence in err and a sysexits code; conf is freed then too.
 */
struct daemon *daemon_start(const char *conf_path, struct conf *,
    bool foreground, char *err, size_t errsize, int *code);
/* Runs until it is told to stop; then drains and stops. 0, or a sysexits
 * code. Frees the daemon. */
int daemon_run(struct daemon *);

#endif
