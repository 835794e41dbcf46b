/*
 * What the parsers of Cisco's systems share: IOS, IOS XE and ASA print the
 * same IKEv2 debugging, IOS and IOS XE the same IKEv1 debugging.
 */
#ifndef IKEWATCH_PARSERS_CISCO_H
#define IKEWATCH_PARSERS_CISCO_H

#include "parsers/parser.h"

/*
 * The text of a record from its mark on, behind whatever header is left:
 *	2328304: Jun  8 19:14:38.051 GMT: IKEv2:..
 *	rtr-dsl-01 3972364: 5w5d: %CRYPTO-..
 *	*11月11日19:30:34.811:IKEv2:..	(glued, in translated pages)
 * first holds the bytes a mark can begin with. False where there is none, or
 * where what stands in front of it is no header.
 */
bool cisco_find(const struct record *, const char *first,
    bool (*marked)(struct span), struct span *text);

/*
 * One line of IKEv2 debugging, text begins at "IKEv2". os is "ios" or "asa":
 * few texts mean something else on the other.
 */
enum parse_result cisco_ikev2_debug(
    struct span text, const char *os, struct ike_event *);
/*
 * What went wrong, as debugging, %IKEV2-3-NEG_ABORT and %ASA-4-750003 all
 * word it: "Auth exchange failed". False where no row knows it.
 */
bool cisco_ikev2_error(struct span text, const char *os, struct ike_event *);
extern struct ruleset cisco_ikev2_rules, cisco_ikev2_errors;

/* One line of IKEv1 debugging, text begins at "ISAKMP". */
enum parse_result cisco_isakmp_debug(struct span text, struct ike_event *);
extern struct ruleset cisco_isakmp_rules;

/*
 * A notify type's name as Cisco prints it, "NO_PROPOSAL_CHOSEN" or IKEv1's
 * "PROPOSAL_NOT_CHOSEN", in the exchange ev->stage: sets reason and kind.
 * False where the notify reports no error.
 */
bool cisco_notify(struct span name, struct ike_event *);

#endif
