/*
 * Whom an edge concerns: the matchers of routes, severities, silences and
 * maintenance windows. Pure: time is an argument.
 */
#ifndef IKEWATCH_ALERTING_ROUTE_H
#define IKEWATCH_ALERTING_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerting/alert.h"

/* What is matched. Strings are never NULL. */
struct route_subject {
	const char *device, *tunnel, *peer;
	enum alert_kind kind;
	enum ike_reason reason;
	enum alert_severity severity;
	int64_t now;
};

bool route_match(const struct alert_match *, const struct route_subject *);
/* "mon-fri 08:00-18:00", "sat,sun", "22:00-06:00"; local time. -1: not one. */
int route_window_check(const char *) __attribute__((warn_unused_result));
bool route_window_open(const char *, int64_t now);
/* "203.0.113.0/24" has an address; also an address alone, or a pattern. */
bool route_peer(const char *pattern, const char *peer);
/* Where the network begins: "203.0.113.0/24", "2001:db8:1::/48"; false where
 * it is no address. */
bool route_network(const char *peer, char to[IKE_ADDR_SIZE]);

/* 0, or -1 with what is wrong with this match in err. */
int route_match_check(const struct alert_match *, char *err, size_t errsize)
    __attribute__((warn_unused_result));

enum { ROUTE_DESTINATIONS_MAX = 64 };
/* The destinations an edge goes to; how many. */
size_t route_destinations(const struct alert_conf *,
    const struct route_subject *,
    const struct destination_conf *to[ROUTE_DESTINATIONS_MAX]);
/* As tunnel section, severity rules and kind say. */
enum alert_severity route_severity(
    const struct alert_conf *, const struct route_subject *);
const struct alert_maintenance *route_maintenance(
    const struct alert_conf *, const struct route_subject *);
/* The tunnel section for it; NULL where there is none. */
const struct alert_tunnel *route_tunnel(const struct alert_conf *,
    const char *device, const char *tunnel, const char *peer);

#endif
