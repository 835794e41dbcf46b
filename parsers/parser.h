/*
 * What a vendor file provides: one struct parser, named in registry.c.
 */
#ifndef IKEWATCH_PARSERS_PARSER_H
#define IKEWATCH_PARSERS_PARSER_H

#include "parsers/ike.h"
#include "parsers/record.h"
#include "parsers/rules.h"
#include "parsers/span.h"

enum parse_result {
	PARSE_NOT_IKE, /* not about IKE or IPsec: nothing is kept */
	PARSE_UNKNOWN, /* about IKE, and no row says what: kept and counted */
	PARSE_EVENT,   /* *ev is filled in */
};

/* How one line hangs together with the lines before it, see assemble.h. */
enum join {
	JOIN_WHOLE,  /* a record of its own, complete: parse it now */
	JOIN_OPENS,  /* a record of its own, more of it may follow: hold it */
	JOIN_LINE,   /* goes on with the held one, after a line feed */
	JOIN_FOLD,   /* goes on with the held one, in the middle of a word */
	JOIN_CLOSES, /* as JOIN_LINE, and the held one is complete with it */
};

struct parser {
	/* In the configuration, the database and tests/corpus. */
	const char *name;
	/*
	 * Looks for the vendor's mark in a record; does not parse. Must be
	 * sure: no says nothing, but yes claims the record from the others.
	 */
	bool (*recognise)(const struct record *);
	/*
	 * Says what one record means. ev comes in cleared and is read only
	 * after PARSE_EVENT; its spans point into the record. Pure: no clock,
	 * no allocation, no I/O, and no memory between calls.
	 */
	enum parse_result (*parse)(const struct record *, struct ike_event *);
	/*
	 * NULL where a line is always a whole record. held is the text held
	 * so far (empty where nothing is), next the record that has arrived.
	 */
	enum join (*join)(struct span held, const struct record *next);
	/* Its lines may stand alone without a word of IKE: no noise filter. */
	bool plain;
	/* Its rows, for the tests that hold every row against the corpus. */
	struct ruleset *const *rules; /* NULL-terminated, or NULL */
};

/* The parser of that name; NULL where there is none. */
const struct parser *parser_named(const char *name);
/* The first parser whose recognise says yes; NULL where none does. */
const struct parser *parser_for(const struct record *);
/* Every parser in the order they are asked, NULL-terminated. */
const struct parser *const *parser_all(void);

#endif
