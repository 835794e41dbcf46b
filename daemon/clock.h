/*
 * Time for everything: microseconds since the epoch that never run
 * backwards. They follow the monotonic clock, so a step of the system's
 * clock disturbs no timer; stamps that are shown are put right by
 * clock_stamp().
 */
#ifndef IKEWATCH_DAEMON_CLOCK_H
#define IKEWATCH_DAEMON_CLOCK_H

#include <stdint.h>

/* Takes the system's clock as the beginning; call once, first. */
void clock_start(void);
int64_t clock_now(void);
/* Looks whether the system's clock was set; call now and then. True when it
 * was since the last call. */
int clock_look(int64_t *step);
/* A time of clock_now() as the system's clock would name it today. */
int64_t clock_stamp(int64_t);

#endif
