/*
 * Time zones by their IANA name, read from the system's tables.
 */
#ifndef IKEWATCH_DAEMON_ZONEFILE_H
#define IKEWATCH_DAEMON_ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/zone.h"

/*
 * May name be looked for below the folder of zones? Words of letters, digits,
 * '_', '-' and '+' joined by single slashes, none beginning with a sign: no
 * dots, so no way out of the folder.
 */
bool zonefile_name_ok(const char *name);

/*
 * Reads the zone, with the rule for years beyond its table written out up to
 * 2105. NULL: errno says why (EINVAL: not a name or not a zone file). "UTC"
 * needs no table. The caller frees it with zonefile_free().
 */
struct zone *zonefile_load(const char *name);
void zonefile_free(struct zone *); /* takes NULL */

/* The same from bytes of a TZif file (RFC 8536), for the tests. */
struct zone *zonefile_read(const char *name, const void *bytes, size_t len);

#endif
