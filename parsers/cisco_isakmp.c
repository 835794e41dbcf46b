/*
 * IKEv1 debugging of Cisco IOS and IOS XE: "ISAKMP:(1001): text", in all the
 * spellings of its head. The connection number is 0 until keys are made, and
 * then another one; lines of connection 0 without a peer are bound by
 * nearness.
 */
#include "parsers/cisco.h"
#include "parsers/words.h"

#define INITIATOR .role = IKE_INITIATOR
#define RESPONDER .role = IKE_RESPONDER
#define AS_CHILD .kind = IKE_KIND_CHILD
#define AS_IKE .kind = IKE_KIND_IKE
#define HERE .flags = IKE_F_REFUSED_HERE
#define HINT .flags = IKE_F_HINT

/* clang-format off */
static const struct rule rows[] = {
	/* ISAKMP: (0):beginning Main Mode exchange */
	{ NULL, "beginning Main Mode exchange", IKE_STARTED, IKE_MAIN_MODE, INITIATOR },
	{ NULL, "beginning Aggressive Mode exchange", IKE_STARTED, IKE_AGGRESSIVE_MODE, INITIATOR },
	{ NULL, "beginning Quick Mode exchange, M-ID of $msgid", IKE_STARTED, IKE_QUICK_MODE },
	{ NULL, "Can not start Aggressive mode, trying Main mode.", IKE_INFO },
	{ NULL, "DPD/R_U_THERE received from peer $peer, $*", IKE_INFO },
	{ NULL, "DPD incrementing error counter $*", IKE_INFO },
	{ NULL, "peer wants a $* cert", IKE_INFO },
	{ NULL, "cert approved with warning", IKE_INFO },
	/* .. or routerdoes not have a cert: needed to find DN! */
	{ NULL, "Unable to get router cert or router$*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING },
	{ NULL, "Created a peer struct for $peer, peer port $n", IKE_INFO },
	{ NULL, "New peer created peer $*", IKE_INFO },
	{ NULL, "Locking peer struct $*", IKE_INFO },
	{ NULL, "Unlocking peer struct $*", IKE_INFO },
	{ NULL, "local port $n, remote port $n", IKE_INFO },
	{ NULL, "found peer pre-shared key matching $peer", IKE_PROGRESS },
	{ NULL, "found peer pre-shared key match $peer", IKE_PROGRESS },
	{ NULL, "local preshared key found", IKE_INFO },
	{ NULL, "Looking for a matching key for $*", IKE_INFO },
	{ NULL, "no pre-shared key based on $*!", IKE_INFO },
	{ NULL, "SA is still budding. Attached new ipsec request to it. (local $local, remote $peer)", IKE_PROGRESS },
	{ NULL, "Old State = $* New State = $*", IKE_PROGRESS }, /* see isakmp_state() */
	/* One transform refused is no failure, the next may be taken. */
	{ NULL, "$* offered does not match policy!", IKE_INFO },
	{ NULL, "$* offered but does not match policy!", IKE_INFO },
	{ NULL, "Proposed key length does not match policy", IKE_INFO },
	/* What the peer offers, an attribute a line. */
	{ NULL, "encryption $peer_encryption", IKE_INFO },
	{ NULL, "keylength of $n", IKE_INFO },
	{ NULL, "hash $peer_integrity", IKE_INFO },
	{ NULL, "default group $peer_dh", IKE_INFO },
	{ NULL, "auth $peer_auth", IKE_INFO },
	{ NULL, "life type in $*", IKE_INFO },
	{ NULL, "life duration $*", IKE_INFO },
	{ NULL, "encaps is $n ($peer_mode)", IKE_INFO },
	{ NULL, "authenticator is $*", IKE_INFO },
	{ NULL, "key length is $n", IKE_INFO },
	{ NULL, "Checking ISAKMP transform $n against priority $n policy", IKE_INFO },
	{ NULL, "Checking IPSec proposal $n", IKE_INFO, IKE_QUICK_MODE },
	{ NULL, "atts are not acceptable. Next payload is $n", IKE_INFO },
	{ NULL, "atts not acceptable. Next payload is $n", IKE_INFO },
	{ NULL, "attrs are not acceptable. Next payload is $n", IKE_INFO },
	{ NULL, "atts are acceptable. Next payload is $?", IKE_PROGRESS, .flags = IKE_F_HEARD },
	{ NULL, "atts are acceptable.", IKE_PROGRESS, IKE_QUICK_MODE, .flags = IKE_F_HEARD },
	/* ISAKMP-ERROR: (0): no offers accepted! */
	{ NULL, "no offers accepted!", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "phase 1 SA policy not acceptable! (local $local remote $peer)", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "phase 1 SA policy not acceptable!", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	/* Before 12.3: ISAKMP (0:2): phase 1 SA not acceptable! */
	{ NULL, "phase 1 SA not acceptable!", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "SA negotiation failed - NO_PROPOSAL_CHOSEN", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	/* ISAKMP:(1015): IPSec policy invalidated proposal with error 256 */
	{ NULL, "IPSec policy invalidated proposal with error 256", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HINT },
	{ NULL, "IPSec policy invalidated proposal with error 32", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HINT },
	{ NULL, "IPSec policy invalidated proposal with error 8", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_LOCAL_ADDRESS_MISMATCH, HINT },
	{ NULL, "IPSec policy invalidated proposal with error 64", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_PEER_NOT_CONFIGURED, HINT },
	{ NULL, "IPSec policy invalidated proposal with error 1024", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_ENCAPSULATION_MODE_MISMATCH, HINT },
	{ NULL, "IPSec policy invalidated proposal$?", IKE_INFO, IKE_QUICK_MODE },
	{ NULL, "policy invalidated proposal", IKE_INFO, IKE_QUICK_MODE },
	/* Alone it is the proposal; error 32 before it says it was not. */
	{ NULL, "phase 2 SA policy not acceptable! (local $local remote $peer)", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PROPOSAL_MISMATCH, HERE, AS_CHILD },
	{ NULL, "phase 2 SA policy not acceptable!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PROPOSAL_MISMATCH, HERE, AS_CHILD },
	{ NULL, "phase 2 SA not acceptable!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PROPOSAL_MISMATCH, HERE, AS_CHILD },
	/* ISAKMP (0:2): SA not acceptable! and its phase is not said */
	{ NULL, "SA not acceptable$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	/* ISAKMP-ERROR: (0):No pre-shared key with 203.0.113.1! */
	{ NULL, "No pre-shared key with $peer!", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING },
	{ NULL, "No Cert or pre-shared address key.", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING },
	/* ISAKMP: No cert, and no keys (public or pre-shared) with remote peer 192.0.2.2 */
	{ NULL, "No cert, and no keys (public or pre-shared) with remote peer $peer", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING },
	{ NULL, "$*Can not start Main mode", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING },
	{ NULL, "Error while processing SA request: $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN },
	{ NULL, "Error while processing KMI message $*", IKE_INFO },
	/* The first encrypted message made no sense: the keys differ. */
	{ NULL, "reserved not zero on $* payload!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "reserved not zero on payload $n!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_PSK_MISMATCH, HERE },
	/* ISAKMP:(1001):SA has been authenticated with 203.0.113.1 */
	{ NULL, "SA has been authenticated with $peer", IKE_ESTABLISHED },
	{ NULL, "SA authentication status: authenticated", IKE_INFO },
	{ NULL, "Successfully installed IPSEC SA (SPI:$in) on $*", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE },
	{ NULL, "Creating IPSec SAs", IKE_PROGRESS, IKE_QUICK_MODE },
	{ NULL, "Received IPSec Install callback$?", IKE_PROGRESS, IKE_QUICK_MODE },
	{ NULL, "retransmitting phase 1 MM_$*", IKE_RETRANSMIT, IKE_MAIN_MODE },
	{ NULL, "retransmitting phase 1 AG_$*", IKE_RETRANSMIT, IKE_AGGRESSIVE_MODE },
	{ NULL, "retransmitting phase 1 $*", IKE_RETRANSMIT, IKE_PHASE1 },
	{ NULL, "retransmitting phase 2 $* $msgid ...", IKE_RETRANSMIT, IKE_QUICK_MODE },
	{ NULL, "retransmitting phase 2 $*", IKE_RETRANSMIT, IKE_QUICK_MODE },
	{ NULL, "retransmitting due to $*", IKE_INFO },
	{ NULL, "incrementing error counter on $*", IKE_INFO },
	{ NULL, "phase $n packet is a duplicate of a previous packet.", IKE_INFO },
	{ NULL, "peer $peer not responding!", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	{ NULL, "Remote peer not responding!", IKE_FAILED, IKE_STAGE_NONE, IKE_R_NO_RESPONSE },
	/* Both ends' addresses, behind a NAT the one it has. */
	{ NULL, "Trying to insert a peer $local/$peer/$n/$?", IKE_INFO },
	{ NULL, "Trying to find existing peer $local/$peer/$n/$?", IKE_INFO },
	/* It may be one IPsec SA's: what follows says what goes. */
	{ NULL, "processing DELETE payload. message ID = $*", IKE_INFO, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, HINT },
	{ NULL, "processing DELETE_WITH_REASON payload, message ID = $*", IKE_INFO, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, HINT },
	{ NULL, "received payload type $*", IKE_INFO },
	{ NULL, "processing SA payload. message ID = 0", IKE_PROGRESS, IKE_PHASE1, .flags = IKE_F_HEARD },
	{ NULL, "processing SA payload. message ID = $msgid", IKE_PROGRESS, IKE_QUICK_MODE, .flags = IKE_F_HEARD },
	{ NULL, "processing $* payload. message ID = $*", IKE_INFO },
	{ NULL, "processing $* payload", IKE_INFO },
	{ NULL, "vendor ID $*", IKE_INFO },
	{ NULL, "Sending NOTIFY $*", IKE_INFO },
	{ NULL, "set new node $*", IKE_INFO },
	{ NULL, "Node $*, Input = $*", IKE_INFO },
	{ NULL, "insert sa successfully sa = $*", IKE_INFO },
	{ NULL, "transform $n, $*", IKE_INFO },
	{ NULL, "attributes in transform:", IKE_INFO },
	{ NULL, "purging node $*", IKE_INFO },
	{ NULL, "purging SA$?", IKE_INFO },
	{ NULL, "Input = $*", IKE_INFO },
	{ NULL, "No NAT Found for self or peer", IKE_INFO },
	{ NULL, "ID payload$?", IKE_INFO },
	{ NULL, "Scanning profiles for xauth$?", IKE_INFO },
	{ NULL, "Acceptable atts:$*", IKE_INFO },
	{ NULL, "Fill atts in sa $*", IKE_INFO },
	{ NULL, "Basic life_in_seconds:$n", IKE_INFO },
	{ NULL, "Returning Actual lifetime: $n", IKE_INFO },
	{ NULL, "Started lifetime timer: $n.", IKE_INFO },
	{ NULL, "SA life type in $*", IKE_INFO },
	{ NULL, "SA life duration $*", IKE_INFO },
	{ NULL, "encaps is $n", IKE_INFO },
	{ NULL, "group is $n", IKE_INFO },
	{ NULL, "constructed NAT-T $* ID", IKE_INFO },
	{ NULL, "Sending an IKE IPv$n Packet.", IKE_INFO },
	{ NULL, "speaking to another IOS box!", IKE_INFO },
	{ NULL, "$* hash no match - this node $*side NAT", IKE_INFO },
	{ NULL, "NAT found, $*", IKE_INFO },
	{ NULL, "Detected port floating to port = $n", IKE_INFO },
	{ NULL, "SKEYID state generated", IKE_INFO },
	{ NULL, "SA request profile is $*", IKE_INFO },
	{ NULL, "SA is doing $?", IKE_INFO },
	{ NULL, "Send initial contact", IKE_INFO },
	{ NULL, "Total payload length: $n", IKE_INFO },
	{ NULL, "QM Initiator gets spi", IKE_INFO },
	{ NULL, "QM Responder gets spi", IKE_INFO },
	{ NULL, "Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:$*)", IKE_INFO },
	/* Harmless. */
	{ NULL, "peer does not do paranoid keepalives.", IKE_INFO },
	{ NULL, "peer matches $* profile$?", IKE_INFO },
	{ NULL, "received ke message ($*)", IKE_INFO },
	{ NULL, "deleting spi $* message ID = $*", IKE_INFO },
	{ NULL, "Found $word key in keyring $*", IKE_INFO },
	{ NULL, "and inserted successfully $hex.", IKE_INFO },
	{ NULL, "address : $*", IKE_INFO },
	{ NULL, "protocol : $n", IKE_INFO },
	{ NULL, "pre-shared key authentication using id type $*", IKE_INFO },
	{ NULL, "Failed to find peer index node to update peer_info_list", IKE_INFO },
	{ NULL, "Notify has no hash. Rejected.", IKE_INFO },
	{ NULL, "Unknown Input $*", IKE_INFO },
	{ NULL, "Support for IKE Fragmentation not enabled", IKE_INFO },
	{ NULL, "Deleting peer node by peer_reap for $peer: $hex", IKE_INFO },
	{ NULL, "ignoring request to send delete notify (no ISAKMP sa) src $local dst $peer for SPI $out", IKE_INFO },
	{ NULL, "ignoring request to send delete notify $*", IKE_INFO },
	{ NULL, "Process initial contact, bring down existing phase 1 and 2 SA's with local $local remote $peer remote port $n", IKE_INFO },
	{ 0 }
};

/* Why an SA or a node goes; the first whose words the reason contains. */
static const struct cause {
	const char *words;
	enum ike_reason reason;
} causes[] = {
	{ "retransmission", IKE_R_NO_RESPONSE },
	{ "NO_RETRANS", IKE_R_NO_RESPONSE },
	{ "err count exceeded", IKE_R_NO_RESPONSE },
	{ "PEERS_ALIVE", IKE_R_PEER_DEAD },
	{ "errcounter exceeded", IKE_R_PEER_DEAD },
	{ "not responding", IKE_R_PEER_DEAD },
	{ "dead peer", IKE_R_PEER_DEAD },
	{ "DPD", IKE_R_PEER_DEAD },
	{ "initial contact", IKE_R_SUPERSEDED },
	{ "delete notify (in)", IKE_R_DELETED_BY_PEER },
	{ "fatal informational", IKE_R_DELETED_BY_PEER },
	{ "proposal not accepted", IKE_R_IKE_PROPOSAL_MISMATCH },
	{ "user command", IKE_R_DELETED_BY_ADMIN },
	{ "cleared", IKE_R_DELETED_BY_ADMIN },
	{ "manual", IKE_R_DELETED_BY_ADMIN },
	{ "config", IKE_R_DELETED_BY_ADMIN },
	{ "lifetime", IKE_R_LIFETIME_EXPIRED },
	{ "expired", IKE_R_LIFETIME_EXPIRED },
	{ "idle", IKE_R_LIFETIME_EXPIRED },
	{ "XAUTH", IKE_R_XAUTH_FAILED },
};

/* The exchange of a state's name; the first that it begins with. */
static const struct state {
	const char *name;
	enum ike_stage stage;
	enum ike_role role;
} states[] = {
	{ "MM_", IKE_MAIN_MODE },
	{ "AG_", IKE_AGGRESSIVE_MODE },
	{ "QM_", IKE_STAGE_NONE },
	{ "CONF_XAUTH", IKE_XAUTH },
	{ "CONF_", IKE_MODE_CONFIG },
	{ "NEW SA", IKE_PHASE1 },
	{ "IKE_I_MM", IKE_MAIN_MODE, IKE_INITIATOR },
	{ "IKE_R_MM", IKE_MAIN_MODE, IKE_RESPONDER },
	{ "IKE_I_AM", IKE_AGGRESSIVE_MODE, IKE_INITIATOR },
	{ "IKE_R_AM", IKE_AGGRESSIVE_MODE, IKE_RESPONDER },
	{ "IKE_QM_", IKE_QUICK_MODE },
	{ "IKE_XAUTH", IKE_XAUTH },
	{ "IKE_CONFIG", IKE_MODE_CONFIG },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct ruleset cisco_isakmp_rules = RULESET(rows);

/*
 * The connection number: (1001), (0:2) slot and connection, (0:1:SW:1) the
 * same with the engine. None yet is 0.
 */
static void
isakmp_connection(struct span in, struct ike_event *ev)
{
	struct span first, second, *conn = &first;

	if (!scan_set(&in, "0123456789", &first))
		return;
	if (scan_char(&in, ':') && scan_set(&in, "0123456789", &second))
		conn = &second;
	if (conn->len <= 10 && !span_is(*conn, "0"))
		ev->key[IKE_KEY_CONN] = *conn;
}

/* Blanks and colons, those of translated pages too. */
static void
isakmp_colons(struct span *s)
{
	while (scan_blanks(s) || scan_char(s, ':') || scan_char(s, ';') ||
	    scan_lit(s, "：") || scan_char(s, '\n') || scan_char(s, '\r'))
		;
}

/* "ISAKMP-ERROR: (0):", "ISAKMP (0:2): ", "ISAKMP : ", "ISAKMP:(0):: ". */
static bool
isakmp_head(struct span *s, struct ike_event *ev)
{
	struct span in;

	if (!scan_lit_nocase(s, "ISAKMP"))
		return false;
	if (scan_char(s, '-') || scan_char(s, '/'))
		scan_set(s,
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		    NULL);
	isakmp_colons(s);
	if (s->len > 1 && s->p[0] == '(' && s->p[1] >= '0' && s->p[1] <= '9') {
		if (!scan_char(s, '(') || !scan_until(s, ")", &in))
			return false;
		isakmp_connection(in, ev);
	} else if (scan_lit(s, "（")) {
		if (!scan_until(s, "）", &in))
			return false;
		isakmp_connection(in, ev);
	}
	isakmp_colons(s);
	return true;
}

static const struct state *
isakmp_state_named(struct span name)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (span_starts(name, states[i].name))
			return &states[i];
	return NULL;
}

/* "(I) MM_NO_STATE": the role, and what the state's name says. */
static struct span
isakmp_role(struct span *s, struct ike_event *ev)
{
	const struct state *state;
	struct span name = SPAN_NONE;

	if (scan_lit(s, "(I)"))
		ev->role = IKE_INITIATOR;
	else if (scan_lit(s, "(R)") || scan_lit(s, "(N)"))
		ev->role = IKE_RESPONDER;
	else
		return name;
	scan_skip_blanks(s);
	if ((state = isakmp_state_named(*s)) != NULL)
		ev->stage = state->stage;
	scan_word(s, &name);
	return name;
}

/*
 * received packet from 192.0.2.1 dport 500 sport 500 Global (I) MM_NO_STATE
 * sending packet to 192.0.2.1 my_port 500 peer_port 500 (R) QM_IDLE
 * received packet from 192.0.2.1 (N) NEW SA
 */
static bool
isakmp_packet(struct span s, struct ike_event *ev)
{
	bool sent = words_eat(&s, "sending packet to ");
	struct span peer;
	const char *at;

	if (!sent && !words_eat(&s, "received packet from "))
		return false;
	if (!scan_word(&s, &peer) ||
	    !rules_address(peer, &ev->peer, &ev->peer_port))
		return false;
	ev->what = IKE_PROGRESS;
	if (!sent)
		ev->flags |= IKE_F_HEARD;
	if ((at = span_find(s, "(")) == NULL)
		return true;
	s = span_from(s, (size_t)(at - s.p));
	if (span_starts(s, "(N)") && !sent) {
		ev->what = IKE_STARTED;
		ev->flags |= IKE_F_NEW;
	}
	isakmp_role(&s, ev);
	return true;
}

/*
 * Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
 * From a state to itself is no step: every keepalive prints one.
 */
static void
isakmp_step(struct span s, struct ike_event *ev)
{
	struct span from, to;
	const struct state *state;

	if (!scan_until(&s, "=", NULL) || !scan_skip_blanks(&s) ||
	    !scan_word(&s, &from) || !scan_until(&s, "=", NULL) ||
	    !scan_skip_blanks(&s) || !scan_word(&s, &to))
		return;
	if ((state = isakmp_state_named(to)) != NULL) {
		ev->stage = state->stage;
		ev->role = state->role;
	}
	if (span_eq(from, to) || span_is(to, "IKE_DEST_SA") ||
	    (span_is(from, "IKE_QM_IPSEC_INSTALL_AWAIT") &&
		span_is(to, "IKE_QM_R_QM2")))
		ev->what = IKE_INFO; /* installed, and said so */
	else if (span_is(to, "IKE_P1_COMPLETE"))
		ev->what = IKE_ESTABLISHED;
	else if (span_is(to, "IKE_QM_PHASE2_COMPLETE"))
		ev->what = IKE_CHILD_ESTABLISHED;
	else if (span_is(from, "IKE_READY"))
		ev->what = IKE_STARTED;
}

static enum ike_reason
isakmp_cause(struct span words)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		if (words_in(words, causes[i].words))
			return causes[i].reason;
	return IKE_REASON_NONE;
}

/*
 * deleting SA reason "Death by retransmission P1" state (I) MM_NO_STATE
 * (peer 192.0.2.2). In state QM_IDLE the SA was up.
 */
static bool
isakmp_deleting_sa(struct span s, struct ike_event *ev)
{
	struct span reason, state, peer;
	bool up;

	if (!words_eat(&s, "deleting SA reason \"") ||
	    !scan_until(&s, "\"", &reason))
		return false;
	if (words_until(&s, "state ", NULL)) {
		scan_skip_blanks(&s);
		state = isakmp_role(&s, ev);
	} else
		state = SPAN_NONE;
	if (words_until(&s, "(peer ", NULL) && scan_until(&s, ")", &peer) &&
	    !rules_address(peer, &ev->peer, &ev->peer_port))
		return false;
	up = span_starts(state, "QM_") || span_starts(state, "CONF_ADDR");
	ev->kind = IKE_KIND_IKE;
	ev->reason = isakmp_cause(reason);
	ev->what = up || ev->reason == IKE_R_SUPERSEDED ||
		ev->reason == IKE_R_DELETED_BY_ADMIN
	    ? IKE_DELETED
	    : IKE_FAILED;
	if (ev->what == IKE_DELETED) {
		ev->flags |= IKE_F_WHOLE;
		if (ev->reason == IKE_R_NO_RESPONSE)
			ev->reason = IKE_R_PEER_DEAD;
	} else if (ev->reason == IKE_REASON_NONE ||
	    ev->reason == IKE_R_DELETED_BY_PEER)
		ev->reason = IKE_R_UNKNOWN;
	if (!span_is(reason, "No reason"))
		ev->detail = reason;
	return true;
}

/*
 * deleting node 570535495 error TRUE reason "QM rejected"
 * A node is an exchange; most of them end well.
 */
static bool
isakmp_deleting_node(struct span s, struct ike_event *ev)
{
	struct span node, error, reason;

	if (!words_eat(&s, "deleting node ") || !scan_word(&s, &node) ||
	    !words_until(&s, "error ", NULL) || !scan_word(&s, &error) ||
	    !words_until(&s, "reason \"", NULL) ||
	    !scan_until(&s, "\"", &reason))
		return false;
	ev->what = IKE_INFO;
	if (words_in(reason, "retransmission P2")) {
		ev->what = IKE_FAILED;
		ev->reason = IKE_R_NO_RESPONSE;
	} else if (span_is_nocase(error, "TRUE") &&
	    span_starts_nocase(reason, "QM rejected")) {
		ev->what = IKE_FAILED;
		ev->reason = IKE_R_UNKNOWN;
	} else
		return true;
	ev->stage = IKE_QUICK_MODE;
	ev->key[IKE_KEY_MSGID] = node;
	return true;
}

/*
 * processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3
 * Protocol 1 is ISAKMP, 2 and 3 are AH and ESP.
 */
static bool
isakmp_notify(struct span s, struct ike_event *ev)
{
	struct span name, protocol = SPAN_NONE;

	if (!words_eat(&s, "processing NOTIFY ") || !scan_word(&s, &name))
		return false;
	if (words_until(&s, "protocol ", NULL))
		scan_set(&s, "0123456789", &protocol);
	ev->what = IKE_INFO;
	ev->flags |= IKE_F_HEARD;
	if (span_is(protocol, "1"))
		ev->kind = IKE_KIND_IKE;
	if (!cisco_notify(name, ev))
		return true;
	ev->what = IKE_FAILED;
	ev->flags |= IKE_F_REFUSED_BY_PEER;
	if (ev->kind == IKE_KIND_CHILD)
		ev->stage = IKE_QUICK_MODE;
	ev->detail = name;
	return true;
}

enum parse_result
cisco_isakmp_debug(struct span text, struct ike_event *ev)
{
	ev->ike_version = 1;
	if (!isakmp_head(&text, ev))
		return PARSE_NOT_IKE;
	if (isakmp_packet(text, ev) || isakmp_deleting_sa(text, ev) ||
	    isakmp_deleting_node(text, ev) || isakmp_notify(text, ev))
		return PARSE_EVENT;
	if (rules_match(&cisco_isakmp_rules, SPAN_NONE, text, ev) == NULL)
		return PARSE_UNKNOWN;
	if (span_starts_nocase(text, "Old State"))
		isakmp_step(text, ev);
	if (ev->peer.len == 0 && ev->key[IKE_KEY_CONN].len == 0)
		ev->flags |= IKE_F_NEAR;
	return PARSE_EVENT;
}
