/*
 * Message rules: a row is the log line with holes.
 *
 *	"IKE_SA $tunnel[$conn] established between $local[$*]...$peer[$*]"
 *
 * A row must match the whole text. Letters match in either case, a blank
 * matches any run of blanks, and blanks before . , : ; ! ? ) ] are not looked at. A
 * hole takes everything up to the first place of the literal after it; the
 * last literal must end the text. "$*" skips; a name says where the text
 * goes and of what kind it must be (a hole whose text is of another kind
 * makes the row not match); see rules.c for the names. "$?" at the very end
 * allows any text or none after the last literal. "${n}s" is "$n" with a
 * letter behind it, "$$" a dollar sign.
 *
 * Rows are tried in the order they stand, special before general, but they
 * are found, not searched: by id and first literal, or by their last one, so
 * a line's cost does not grow with the number of rows.
 */
#ifndef IKEWATCH_PARSERS_RULES_H
#define IKEWATCH_PARSERS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/ike.h"
#include "parsers/span.h"

struct rule {
	const char *id;	  /* message number or mnemonic; NULL: any */
	const char *text; /* the line with holes; NULL ends the table */
	enum ike_what what;
	enum ike_stage stage;
	enum ike_reason reason;
	unsigned flags; /* enum ike_flag */
	enum ike_role role;
	int version;
	enum ike_kind kind;
	ike_reasons suspects;
};

/*
 * A vendor's rows and the index over them, which the first match builds.
 * Used by one thread. hits counts matches a row, for the tests.
 */
struct ruleset {
	const struct rule *rows;
	struct rule_index *index;
};
#define RULESET(table)          \
	{                       \
		.rows = (table) \
	}

/*
 * The first row that matches; its holes are filled into *ev and its columns
 * set there (a column of zero leaves the field as it is). NULL where no row
 * matches, and then *ev is as it was. id may be empty.
 */
const struct rule *rules_match(
    struct ruleset *, struct span id, struct span text, struct ike_event *ev);

/* How often row n has matched since the index was built. */
unsigned rules_hits(const struct ruleset *, size_t n);
size_t rules_count(const struct ruleset *);
/* The first row that cannot be compiled, NULL where all can; for tests. */
const struct rule *rules_check(struct ruleset *);
void rules_free(struct ruleset *);

/*
 * An address in any of the forms devices print: 192.0.2.1, 192.0.2.1:500,
 * 192.0.2.1[500], 192.0.2.1/500, <192.0.2.1>, [2001:db8::1]:500, with the
 * port left out of *addr and put into *port (which may be NULL). A host name
 * is taken too. False where it is none of these.
 */
bool rules_address(struct span, struct span *addr, struct span *port);

#endif
