/* The two clocks and the difference between them. */
#include <time.h>

#include "daemon/clock.h"

enum { STEP = 100000 }; /* microseconds: less is drift, not a step */

static struct {
	int64_t base;	/* what clock_now() adds to the monotonic clock */
	int64_t offset; /* what the system's clock is ahead of clock_now() */
} state;

static int64_t
clock_read(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		return 0;
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
clock_start(void)
{
	state.base = clock_read(CLOCK_REALTIME) - clock_read(CLOCK_MONOTONIC);
	state.offset = 0;
}

int64_t
clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC) + state.base;
}

int
clock_look(int64_t *step)
{
	int64_t offset = clock_read(CLOCK_REALTIME) - clock_now();

	*step = offset - state.offset;
	if (*step > -STEP && *step < STEP)
		return 0;
	state.offset = offset;
	return 1;
}

int64_t
clock_stamp(int64_t at)
{
	return at == 0 ? 0 : at + state.offset;
}
