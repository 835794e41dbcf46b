/*
 * What to check when a negotiation failed: one or two sentences for each
 * reason, and a vendor's own words where it is known which vendor it is.
 */
#ifndef IKEWATCH_PARSERS_HINTS_H
#define IKEWATCH_PARSERS_HINTS_H

#include "parsers/ike.h"

/* The vendor's hint, else the general one; vendor is a parser's name or
 * NULL. Never NULL, "" where there is nothing to check. */
const char *ike_hint(enum ike_reason, const char *vendor);

/* The hints of vendors, for the database and "ikewatch reasons"; ends with
 * vendor NULL. */
struct ike_vendor_hint {
	const char *vendor;
	enum ike_reason reason;
	const char *hint;
};
extern const struct ike_vendor_hint ike_vendor_hints[];

#endif
