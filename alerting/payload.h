/*
 * What is sent: one row for each type of destination, one file a type. A
 * notice goes in, a request comes out; nothing here knows the network.
 */
#ifndef IKEWATCH_ALERTING_PAYLOAD_H
#define IKEWATCH_ALERTING_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"
#include "alerting/notice.h"
#include "alerting/secret.h"

struct json_t;

enum { PAYLOAD_HEADERS_MAX = 8, PAYLOAD_HEADER_SIZE = 512 };

struct payload_request {
	char *body; /* payload_free() */
	size_t len;
	char path[64]; /* put after the url's own path and query */
	char header[PAYLOAD_HEADERS_MAX][PAYLOAD_HEADER_SIZE];
	size_t nheaders;
};

struct payload_job {
	const struct alert_notice *notice;
	const struct destination_conf *conf;
	const struct secrets *secrets;
	int64_t now;
};

struct payload_type {
	const char *name;
	double rate; /* messages a second that the service takes */
	int burst;
	int parallel;	 /* requests at the same time */
	bool people;	 /* a backlog becomes one summary */
	bool mail;	 /* smtp and smtps, not http and https */
	bool resend;	 /* a firing alert is sent again every minute */
	const char *url; /* where the configuration gives none; or NULL */
	/* 0, or -1 with what is wrong in err. May be NULL. */
	int (*check)(const struct destination_conf *, const struct secrets *,
	    char *err, size_t errsize);
	int (*render)(const struct payload_job *, struct payload_request *);
	/* All that still fires, or resolved lately, in one request: for
	 * services that forget what they do not hear again. May be NULL. */
	int (*refresh)(const struct payload_job *, const char *const *notices,
	    size_t n, struct payload_request *);
};

/* NULL where there is no such type. */
const struct payload_type *payload_type(const char *name);
/* The nth type, NULL after the last. */
const struct payload_type *payload_nth(size_t);

int payload_check(const struct destination_conf *, const struct secrets *,
    char *err, size_t errsize) __attribute__((warn_unused_result));
/* 0, or -1 without memory. payload_free() either way. */
int payload_render(const struct payload_type *, const struct payload_job *,
    struct payload_request *) __attribute__((warn_unused_result));
void payload_free(struct payload_request *);

/* For the files of the types. */
void payload_header(struct payload_request *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Takes the object; -1 where it cannot be written. */
int payload_json(struct payload_request *, struct json_t *)
    __attribute__((warn_unused_result));

extern const struct payload_type payload_webhook, payload_slack, payload_teams,
    payload_discord, payload_pagerduty, payload_alertmanager, payload_ntfy,
    payload_email;

#endif
