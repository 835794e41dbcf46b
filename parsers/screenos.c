/*
 * Juniper ScreenOS (NetScreen, SSG).
 *
 *	NetScreen device_id=X  [Root]system-information-00536: IKE 198.51.100.20
 *	    Phase 2 msg ID 580d34ad: Completed negotiations with SPI 6f7c9327,
 *	    tunnel ID 67, and lifetime 3600 seconds/0 KB. (2021-07-01 00:06:34)
 */
#include "parsers/cause.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE
#define THERE IKE_F_REFUSED_BY_PEER

/* clang-format off */
/* Behind "IKE 198.51.100.7 Phase 1: ", "IKE 198.51.100.7: "; the id is the phase. */
static const struct rule rows[] = {
{ "1", "Initiated negotiations in main mode$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ "1", "Initiated negotiations in aggressive mode$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ "1", "Initiated Main mode negotiations$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ "1", "Initiated Aggressive mode negotiations$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
{ "1", "Responder starts main mode negotiations$?", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
{ "1", "Responder starts aggressive mode negotiations$?", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
/* IKE 198.51.100.20 Phase 1: Completed Main mode negotiations with a 28800-second lifetime. */
{ "1", "Completed Main mode negotiations$?", IKE_ESTABLISHED, IKE_MAIN_MODE, 0, HEARD, 0, 1 },
{ "1", "Completed Aggressive mode negotiations$?", IKE_ESTABLISHED, IKE_AGGRESSIVE_MODE, 0, HEARD, 0, 1 },
{ "1", "Completed for user $?", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
{ "1", "Retransmission limit has been reached$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, 0, 0, 1 },
{ "1", "Rejected proposals from peer$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, 1 },
{ "1", "Negotiations have failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ "1", "Main mode negotiations have failed$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ "1", "Aggressive mode negotiations have failed$?", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ "1", "Aborted negotiations because the time limit has elapsed$?", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
{ "1", "Aborted negotiations$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ "1", "Cannot use a preshared key$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, 0, 0, 1 },
{ "1", "RSA private key is needed to sign packets$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, 0, 0, 1 },
{ "1", "No private key exists to sign packets$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, 0, 0, 1 },
{ "1", "Received an incorrect public key authentication method$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE | HEARD, 0, 1 },
{ "1", "Received an invalid RSA signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE | HEARD, 0, 1 },
{ "1", "Received an invalid DSA signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE | HEARD, 0, 1 },
{ "1", "Cannot verify RSA signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE | HEARD, 0, 1 },
{ "1", "Cannot verify DSA signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE | HEARD, 0, 1 },
/* The one that a peer of changing address has to be told by. */
{ "1", "Main mode packet has arrived with ID type IP address but no user configuration was found for that ID$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
{ "1", "Certificate received has a subject name that does not match the ID payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, 0, 1 },
{ "1", "Certificate received has a different $* than expected$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, 0, 1 },
{ "1", "Discarded a second initial packet$?", IKE_INFO, IKE_PHASE1, 0, HEARD, IKE_RESPONDER, 1 },
{ "1", "Vendor ID payload indicates$?", IKE_PROGRESS, IKE_PHASE1, 0, HEARD, 0, 1 },
{ "1", "IKE responder has detected NAT$?", IKE_PROGRESS, IKE_PHASE1, 0, HEARD, IKE_RESPONDER, 1 },
{ "1", "IKE initiator has detected NAT$?", IKE_PROGRESS, IKE_PHASE1, 0, HEARD, IKE_INITIATOR, 1 },
/* IKE 198.51.100.20 Phase 2: Initiated negotiations. */
{ "2", "Initiated negotiations$?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, IKE_INITIATOR, 1 },
{ "2", "Responded to the peer's first message$?", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
{ "2", "Responded to the first peer message$?", IKE_STARTED, IKE_QUICK_MODE, 0, HEARD, IKE_RESPONDER, 1 },
{ "2", "Completed negotiations with SPI $in, $?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
{ "2", "Rejected proposals from peer$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, 1 },
/* "Policy checking has been disabled but multiple VPN policies to the peer exist." */
{ "2", "Negotiations have failed. Policy checking$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_FLOW_CONFLICT, HERE, 0, 1 },
{ "2", "Negotiations have failed$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ "2", "No policy exists for the proxy ID received: local ID ($peer_ts_local, $*, $*) remote ID ($peer_ts_remote, $*, $*)$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, IKE_RESPONDER, 1 },
{ "2", "No policy exists for the proxy ID received$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, IKE_RESPONDER, 1 },
{ "2", "Received DH group $peer_pfs instead of expected group $own_pfs for PFS$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, HERE | HEARD, 0, 1 },
{ "2", "Received a message but did not check a policy$?", IKE_INFO, IKE_QUICK_MODE, 0, HEARD, 0, 1 },
{ "2", "Received responder lifetime notification$?", IKE_INFO, IKE_QUICK_MODE, 0, HEARD, IKE_INITIATOR, 1 },
{ "2", "Retransmission limit has been reached$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NO_RESPONSE, 0, 0, 1 },
/* IKE 198.51.100.7: Received a notification message for DOI 1 14 NO-PROPOSAL-CHOSEN. */
{ "0", "Received initial contact notification$?", IKE_INFO, 0, 0, HEARD, 0, 1 },
{ "0", "Received a notification message for DOI $n $n NO-PROPOSAL-CHOSEN$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HEARD | THERE, 0, 1 },
{ "0", "Received a notification message for DOI $n $n INVALID-ID-INFORMATION$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HEARD | THERE, 0, 1 },
{ "0", "Received a notification message for DOI $n $n AUTHENTICATION-FAILED$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, HEARD | THERE, 0, 1 },
{ "0", "Received a notification message$?", IKE_INFO, 0, 0, HEARD, 0, 1 },
{ "0", "Rejected an initial Phase 1 packet from an unrecognized peer gateway$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
{ "0", "Rejected first Phase 1 packet from an unrecognized source$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
{ "0", "Received incorrect ID payload: IP address $peer_id_peer instead of IP address $own_id_peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, 0, 1 },
{ "0", "Received incorrect ID payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, 0, 1 },
{ "0", "Dropped peer packet because no policy uses the peer configuration$?", IKE_FAILED, IKE_PHASE1, IKE_R_POLICY_MISSING, HERE | HEARD, IKE_RESPONDER, 1 },
{ "0", "Dropped packet because remote gateway $* is not used in any VPN tunnel configurations$?", IKE_FAILED, IKE_PHASE1, IKE_R_POLICY_MISSING, HERE | HEARD, IKE_RESPONDER, 1 },
{ "0", "Sent initial contact notification$?", IKE_INFO, 0, 0, 0, 0, 1 },
{ "0", "Responded to a packet with a bad SPI$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY, 0, 1 },
{ "0", "Received a bad SPI$?", IKE_INFO, 0, 0, HEARD | IKE_F_STRAY, 0, 1 },
{ "0", "Removed Phase 2 SAs after receiving a notification message$?", IKE_INFO, 0, 0, HEARD, 0, 1 },
{ "2", "negotiation request is already in the task list$?", IKE_INFO, 0, 0, 0, 0, 1 },
{ "0", "Added Phase 2 session tasks to the task list$?", IKE_INFO, 0, 0, 0, 0, 1 },
{ "0", "Added the initial contact task to the task list$?", IKE_INFO, 0, 0, 0, 0, 1 },
{ "0", "Heartbeats have been $?", IKE_INFO, 0, 0, 0, 0, 1 },
/* IKE 198.51.100.7: XAuth login was refused for gateway gw1, username bob, retry: 1. */
{ "0", "XAuth login was passed for $?", IKE_PROGRESS, IKE_XAUTH, 0, HEARD, 0, 1 },
{ "0", "XAuth login was refused for $?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE | HEARD, 0, 1 },
{ "0", "XAuth login was aborted for $?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, 0, 0, 1 },
{ "0", "XAuth login expired and was terminated for $?", IKE_DELETED, IKE_XAUTH, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKE_KIND_IKE },
{ NULL, NULL },
};

static const struct rule others[] = {
/* Rejected an IKE packet on ethernet0/0 from a:500 to b:500 with cookies x and y because ... */
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because an initial Phase 1 packet arrived from an unrecognized peer gateway$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE | HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*no acceptable Phase 1 proposals$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*no acceptable Phase 2 proposals$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $*peer ID$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE | HEARD, IKE_RESPONDER, 1 },
{ NULL, "Rejected an IKE packet on $* from $peer to $local with cookies $ispi and $rspi because $?", IKE_FAILED, 0, IKE_R_UNKNOWN, HEARD, IKE_RESPONDER, 1 },
{ NULL, "Received an IKE packet on $* from $peer to $local/$n. Cookies: $ispi, $rspi.$?", IKE_INFO, 0, 0, HEARD, 0, 1 },
/* VPN 'branch' from 198.51.100.7 is down. */
{ NULL, "VPN '$tunnel' from $peer is up.$?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
{ NULL, "VPN '$tunnel' from $peer is down.$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
/* Its pings through the tunnel are not answered any more. */
{ NULL, "VPN monitoring for VPN $tunnel has deactivated the SA with ID $?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
{ NULL, "VPN monitoring for VPN $tunnel has reactivated the SA with ID $?", IKE_INFO, 0, 0, HEARD },
{ NULL, NULL },
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset otherset = RULESET(others);
static struct ruleset *const screenos_sets[] = { &ruleset, &otherset, NULL };

/* "NetScreen device_id=X  [Root]system-information-00536: ", then the text. */
static bool
screenos_header(const struct record *rec, struct span *text)
{
	*text = rec->raw;
	return words_until(text, "NetScreen device_id=", NULL) &&
	    scan_until(text, "]system-", NULL) && scan_until(text, ": ", NULL);
}

/* What stands in front: the peer, the phase, the message of quick mode. */
struct screenos_head {
	struct span peer, msgid;
	const char *phase; /* of the rows */
};

/* "IKE 198.51.100.7 Phase 2 msg ID 580d34ad: ", "IKE<198.51.100.7> ". */
static bool
screenos_head(struct span *text, struct screenos_head *head)
{
	struct span s = *text;
	size_t n = 0;

	*head = (struct screenos_head){ .phase = "0" };
	if (!scan_lit(&s, "IKE") ||
	    (!scan_char(&s, ' ') && !scan_char(&s, '<')))
		return false;
	scan_skip_blanks(&s);
	while (n < s.len && s.p[n] != ' ' && s.p[n] != '>' && s.p[n] != ',')
		n++;
	head->peer = (struct span){ s.p, n };
	s = span_from(s, n);
	if (span_ends(head->peer, ":"))
		head->peer.len--;
	/* "IKE gateway "x" has been added" is the administrator's. */
	if (!span_has(head->peer, ".") && !span_has(head->peer, ":"))
		return false;
	scan_set(&s, " >,:", NULL);
	if (words_eat(&s, "Phase 1"))
		head->phase = "1";
	else if (words_eat(&s, "Phase 2"))
		head->phase = "2";
	scan_skip_blanks(&s);
	if (words_eat(&s, "msg ID ") || words_eat(&s, "msg-id "))
		scan_set(&s, "0123456789abcdefABCDEFx", &head->msgid);
	scan_set(&s, " >,:", NULL);
	*text = s;
	return true;
}

static bool
screenos_recognise(const struct record *rec)
{
	return span_has(rec->raw, "NetScreen device_id=");
}

/* Without the stamp behind the text, "(2021-07-01 00:06:34)", and its dot. */
static struct span
screenos_bare(struct span s)
{
	size_t n = s.len;

	if (span_ends(s, ")")) {
		while (n > 0 && s.p[n - 1] != '(')
			n--;
		if (n > 0 && s.len - n == 20)
			s.len = n - 1;
	}
	s = span_trim(s);
	if (span_ends(s, "."))
		s.len--;
	return s;
}

static enum parse_result
screenos_ike(struct span text, const struct screenos_head *head,
    struct span whole, struct ike_event *ev)
{
	bool second = head->phase[0] == '2';
	enum notify_phase phase = second ? NOTIFY_PHASE2 : NOTIFY_PHASE1;

	if (rules_match(&ruleset, span_of(head->phase), text, ev) != NULL) {
		if (ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN)
			ev->reason = cause_of(text, phase);
	} else if (cause_fails(text, phase, ev)) {
		ev->stage = second ? IKE_QUICK_MODE : IKE_PHASE1;
		ev->ike_version = 1;
	} else
		return PARSE_UNKNOWN;
	rules_address(head->peer, &ev->peer, NULL);
	ev->key[IKE_KEY_MSGID] = head->msgid;
	ev->detail = whole;
	return PARSE_EVENT;
}

static enum parse_result
screenos_parse(const struct record *rec, struct ike_event *ev)
{
	struct screenos_head head;
	struct span text, rest;

	if (!screenos_header(rec, &text))
		return PARSE_NOT_IKE;
	text = span_trim(text);
	rest = text;
	if (screenos_head(&rest, &head))
		return screenos_ike(screenos_bare(rest), &head, text, ev);
	if (rules_match(&otherset, SPAN_NONE, text, ev) == NULL)
		return span_has(text, "an IKE packet") ? PARSE_UNKNOWN
						       : PARSE_NOT_IKE;
	if (ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN)
		ev->reason = cause_of(text, NOTIFY_PHASE1);
	ev->detail = text;
	return PARSE_EVENT;
}

const struct parser parser_screenos = {
	.name = "screenos",
	.recognise = screenos_recognise,
	.parse = screenos_parse,
	.rules = screenos_sets,
};
