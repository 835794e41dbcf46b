/*
 * The ladder: the messages of one negotiation between its two ends, the
 * initiator on the left, in order of time, and the place where it stopped.
 */
#ifndef IKEWATCH_DAEMON_LADDER_H
#define IKEWATCH_DAEMON_LADDER_H

#include "daemon/story.h"

enum ladder_form {
	LADDER_RIGHT, /* a message from left to right */
	LADDER_LEFT,
	LADDER_MARK_LEFT, /* something happened at the left end */
	LADDER_MARK_RIGHT,
};

enum { LADDER_CAPTION = 120, LADDER_ROWS = 60 };

struct ladder_row {
	enum ladder_form form;
	enum term_style style;
	bool bad; /* a cross, not a dot */
	int64_t at, line;
	unsigned times;		      /* so many like it in a row */
	unsigned by[2];		      /* told by this end, and by the other */
	char caption[LADDER_CAPTION]; /* not yet escaped */
};

/* The rows of a story, at most LADDER_ROWS: what is left out in the middle
 * is counted in *left_out. Returns how many. */
size_t ladder_rows(
    const struct story *, struct ladder_row *rows, size_t *left_out);
/* Is the initiator the device that logged? Where it is not known, yes. */
bool ladder_here_left(const struct ike_negotiation *);

void ladder_print(struct term *, const struct story *);

/* A stage as the RFCs write it: IKE_SA_INIT, main mode. */
const char *ladder_stage(enum ike_stage);

#endif
