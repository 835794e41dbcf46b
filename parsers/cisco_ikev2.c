/*
 * IKEv2 debugging of Cisco IOS, IOS XE and ASA: state machine traces, packet
 * headers, sentences. The traces are keyed on I_SPI=, R_SPI=, (I) or (R),
 * CurState and EV_*, which survive where the words around them do not:
 * pages of machine translated debugging come back as "SM跟踪 — >",
 * "事件 ：", "READYEvent:", with blanks and underscores lost.
 */
#include "parsers/cisco.h"
#include "parsers/words.h"

#define INITIATOR .role = IKE_INITIATOR
#define RESPONDER .role = IKE_RESPONDER
#define AS_CHILD .kind = IKE_KIND_CHILD
#define AS_IKE .kind = IKE_KIND_IKE
#define HERE .flags = IKE_F_REFUSED_HERE
#define THERE .flags = (IKE_F_REFUSED_BY_PEER | IKE_F_HEARD)
#define ECHO IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN

/* clang-format off */
static const struct rule errors[] = {
	/* IKEv2-ERROR:(SESSION ID = 89,SA ID = 1):Received Policies: : Failed
	 * to find a matching policyProposal 1:  ENCRYPTION: AES-CBC-128 .. */
	{ NULL, "Received Policies:$*Failed to find a matching policy Proposal 1: $peer_proposal",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "Received Policies:$*Failed to find a matching policyProposal 1: $peer_proposal",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "Expected Policies:$*Failed to find a matching policy Proposal 1: $own_proposal",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "Expected Policies:$*Failed to find a matching policyProposal 1: $own_proposal",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "Failed to find a matching policy$?",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	/* IKEv2-ERROR:(SESSION ID = 3,SA ID = 1):: Received no proposal chosen notify */
	{ NULL, "Received no proposal chosen notify",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_IKE_PROPOSAL_MISMATCH, THERE },
	{ NULL, "Received no proposal chosen notification",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_IKE_PROPOSAL_MISMATCH, THERE },
	{ NULL, "Sending no proposal chosen notify",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	/* IKEv2-ERROR:(SESSION ID = 71,SA ID = 1):: Auth exchange failed */
	{ NULL, "Auth exchange failed",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "Failed to authenticate the IKE SA",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "Sending authentication failure notify",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "Received authentication failure notify",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, THERE },
	{ NULL, "Verification of peer's authentication data FAILED",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "Verification of peer's authenctication data FAILED",
	  IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "EAP authentication failed",
	  IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED },
	/* IKEv2:(SESSION ID = 14607,SA ID = 68):Verify cert failed */
	{ NULL, "Verify cert failed",
	  IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "Certificate authentication failed",
	  IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "Failed to retrieve certificate",
	  IKE_FAILED, IKE_AUTH, IKE_R_PRIVATE_KEY_MISSING, HERE },
	{ NULL, "Unsupported cert encoding found or Peer requested HTTP URL $*",
	  IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, HERE },
	/* .. ERROR: There was no IPSEC policy found for received TS */
	{ NULL, "There was no IPSEC policy found for received TS",
	  IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, AS_CHILD },
	{ NULL, "Sending TS unacceptable notify",
	  IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, AS_CHILD },
	{ NULL, "Received TS unacceptable notify",
	  IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, THERE, AS_CHILD },
	{ NULL, "IKEv2 profile not found",
	  IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "Profile could not be found by peer certificate$?",
	  IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "Profile not found",
	  IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, HERE },
	/* On IOS no profile matches; ASA says it for a tunnel group, a key
	 * or a trustpoint alike. */
	{ "ios", "Failed to locate an item in the database",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_PEER_ID_MISMATCH, HERE },
	{ "asa", "Failed to locate an item in the database",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, .suspects =
	  IKE_BIT(IKE_R_PEER_NOT_CONFIGURED) | IKE_BIT(IKE_R_PSK_MISSING) },
	{ NULL, "Failed to receive the AUTH msg before the timer expired",
	  IKE_FAILED, IKE_AUTH, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "Maximum number of retransmissions reached",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_NO_RESPONSE },
	{ NULL, "Platform errors",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_INTERNAL_ERROR },
	{ NULL, "Failed to allocate memory",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_INTERNAL_ERROR },
	{ NULL, "Unsupported version",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_VERSION_MISMATCH },
	{ NULL, "Detected an invalid value",
	  IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE },
	{ NULL, "Malformed message", IKE_FAILED, IKE_STAGE_NONE,
	  IKE_R_MALFORMED_MESSAGE },
	{ NULL, "Unsupported critical payload", IKE_FAILED, IKE_STAGE_NONE,
	  IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD },
	{ NULL, "Failed to assign an IP address", IKE_FAILED, IKE_AUTH,
	  IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ NULL, "A supplied parameter is incorrect", ECHO },
	{ NULL, "Exchange failed", ECHO },
	{ NULL, "Initial exchange failed$?", ECHO },
	{ NULL, "SA init exchange failed",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN },
	{ NULL, "Failed SA init exchange",
	  IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN },
	{ NULL, "Create child exchange failed",
	  IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN },
	{ NULL, "Failed to initiate sa", ECHO },
	{ NULL, "Failed to verify the proposed policies", ECHO },
	{ 0 }
};

static const struct rule rows[] = {
	/* IKEv2:% Getting preshared key by address 10.0.0.2 */
	{ NULL, "Getting preshared key by address $peer", IKE_PROGRESS },
	{ NULL, "Getting preshared key from profile keyring $*", IKE_INFO },
	/* IKEv2:New ikev2 sa request admitted */
	{ NULL, "New ikev2 sa request admitted", IKE_INFO },
	{ NULL, "Incrementing outgoing negotiating sa count by one",
	  IKE_PROGRESS, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_NEAR, INITIATOR },
	{ NULL, "Incrementing incoming negotiating sa count by one",
	  IKE_PROGRESS, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_NEAR, RESPONDER },
	{ NULL, "Choosing IKE profile $*", IKE_INFO },
	{ NULL, "Adding Proposal $* to toolkit policy$?", IKE_INFO },
	{ NULL, "Got a packet from dispatcher", IKE_INFO },
	{ NULL, "Processing an item off the pak queue", IKE_INFO },
	{ NULL, "Generating IKE_SA_INIT message", IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "Processing IKE_SA_INIT message", IKE_PROGRESS, IKE_SA_INIT,
	  .flags = IKE_F_HEARD },
	{ NULL, "Completed SA init exchange", IKE_PROGRESS, IKE_SA_INIT,
	  .flags = IKE_F_HEARD },
	{ NULL, "Generating IKE_AUTH message", IKE_PROGRESS, IKE_AUTH },
	{ NULL, "Processing IKE_AUTH message", IKE_PROGRESS, IKE_AUTH,
	  .flags = IKE_F_HEARD },
	{ NULL, "Process auth response notify", IKE_PROGRESS, IKE_AUTH,
	  .flags = IKE_F_HEARD },
	{ NULL, "Generating CREATE_CHILD_SA exchange", IKE_PROGRESS,
	  IKE_CREATE_CHILD_SA },
	{ NULL, "Processing CREATE_CHILD_SA exchange", IKE_PROGRESS,
	  IKE_CREATE_CHILD_SA, .flags = IKE_F_HEARD },
	{ NULL, "Searching policy based on peer's identity '$peer_id_peer' of type $*", IKE_INFO },
	{ NULL, "Peer's authentication method is $*", IKE_INFO },
	{ NULL, "Peer's policy verified", IKE_INFO },
	{ NULL, "My authentication method is $*", IKE_INFO },
	{ NULL, "Verification of peer's authentication data PASSED",
	  IKE_PROGRESS, IKE_AUTH, .flags = IKE_F_HEARD },
	{ NULL, "Verification of peer's authenctication data PASSED",
	  IKE_PROGRESS, IKE_AUTH, .flags = IKE_F_HEARD },
	{ NULL, "IKEV2 SA created; inserting SA into database. $*",
	  IKE_PROGRESS },
	/* IKEv2:(SESSION ID = 31,SA ID = 1):Session with IKE ID PAIR (A, B) is UP */
	{ NULL, "Session with IKE ID PAIR ($*, $*) is UP", IKE_ESTABLISHED },
	{ NULL, "Adding ident handle $hex associated with SPI $in for session $n",
	  IKE_PROGRESS, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_NEAR, AS_CHILD },
	{ NULL, "Added ident handle $hex associated with SPI $in for session $n",
	  IKE_PROGRESS, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_NEAR, AS_CHILD },
	{ NULL, "Successfully installed IPSEC SA (SPI:$in) on $*",
	  IKE_CHILD_ESTABLISHED },
	{ NULL, "Retransmitting packet$?", IKE_RETRANSMIT },
	{ NULL, "Packet is a retransmission", IKE_INFO },
	/* The line after it says what the platform refused. */
	{ NULL, "Platform errors", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN,
	  .suspects = IKE_BIT(IKE_R_INTERNAL_ERROR) },
	/* The peer is asked to try again with another group. */
	{ NULL, "Sending invalid ke notification, peer sent group $peer_dh, local policy prefers group $own_dh",
	  IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "The peer's KE payload contained the wrong DH group",
	  IKE_PROGRESS, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, IKE_F_HINT },
	{ NULL, "Received invalid KE notification$?", IKE_PROGRESS,
	  IKE_SA_INIT, .flags = IKE_F_HEARD },
	{ NULL, "Sending COOKIE challenge$?", IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "Key not found", IKE_INFO, IKE_STAGE_NONE, IKE_R_PSK_MISSING,
	  IKE_F_HINT },
	{ NULL, "Queuing IKE SA delete request reason: $*", IKE_INFO },
	{ NULL, "Sending DELETE INFO message for IPsec SA [SPI: $in]",
	  IKE_DELETED, IKE_STAGE_NONE, AS_CHILD },
	/* .. Sending DELETE INFO message for IKEv2 SA [ISPI: 0x1D41 RSPI: 0xA645] */
	{ NULL, "Sending DELETE INFO message for IKEv2 SA [ISPI: $ispi RSPI: $rspi]",
	  IKE_DELETED, .flags = IKE_F_WHOLE, AS_IKE },
	{ NULL, "Process delete request from peer", IKE_INFO, IKE_STAGE_NONE,
	  IKE_R_DELETED_BY_PEER, IKE_F_HINT },
	{ NULL, "Processing DELETE INFO message for IPsec SA [SPI: $out]",
	  IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, AS_CHILD },
	{ NULL, "Processing DELETE INFO message for IKEv2 SA [ISPI: $ispi RSPI: $rspi]",
	  IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, IKE_F_WHOLE, AS_IKE },
	{ NULL, "Deleting SA", IKE_INFO },
	{ NULL, "Couldn't find matching SA$?", IKE_INFO },
	{ NULL, "Detected an invalid IKE SPI", IKE_INFO, IKE_STAGE_NONE,
	  IKE_R_INVALID_SPI },
	/* Harmless, seen in every good exchange. */
	{ NULL, "Error constructing config reply", IKE_INFO },
	{ NULL, "Failed to decrement count $*", IKE_INFO },
	{ NULL, "Failed to retrieve Certificate Issuer list", IKE_INFO },
	{ NULL, "Failed to remove peer correlation entry $*", IKE_INFO },
	/* What it would take, and what it asks for. */
	{ NULL, "IKE Proposal: $n, SPI size: $n (initial negotiation), Num. transforms: $n $own_proposal", IKE_INFO, IKE_SA_INIT },
	{ NULL, "ESP Proposal: $n, SPI size: $n (IPSec negotiation), Num. transforms: $n $own_proposal", IKE_INFO, .kind = IKE_KIND_CHILD },
	{ NULL, "Constructing IDi payload: '$own_id_local' of type $*", IKE_INFO, IKE_AUTH },
	{ NULL, "Constructing IDr payload: '$own_id_local' of type $*", IKE_INFO, IKE_AUTH },
	/* The steps between. */
	{ NULL, "Abort exchange", IKE_INFO },
	{ NULL, "SA is already in negotiation, hence not negotiating again", IKE_INFO },
	{ NULL, "Negotiation context locked currently in use", IKE_INFO },
	{ NULL, "found matching IKEv2 profile $*", IKE_INFO },
	{ NULL, "not a VPN-SIP session", IKE_INFO },
	{ NULL, "Matched peer block $*", IKE_INFO },
	{ NULL, "Searching Policy with fvrf $*", IKE_INFO },
	{ NULL, "Using the Default Policy for Proposal", IKE_INFO },
	{ NULL, "Found Policy $*", IKE_INFO },
	{ NULL, "[IKEv2 -> Crypto Engine] $*", IKE_INFO },
	{ NULL, "[Crypto Engine -> IKEv2] $*", IKE_INFO },
	{ NULL, "Request queued for computation of $*", IKE_INFO },
	{ NULL, "IKEv2 initiator - no config data to send in IKE_SA_INIT exch", IKE_INFO },
	{ NULL, "Insert SA", IKE_INFO },
	{ NULL, "Attrib type: $*", IKE_INFO },
	{ NULL, "Building packet for encryption. $?", IKE_INFO },
	{ NULL, "IKEv2 MIB tunnel $*", IKE_INFO },
	{ NULL, "Check for existing $*", IKE_INFO },
	{ NULL, "Check for EAP exchange", IKE_INFO },
	{ NULL, "Checking $*", IKE_INFO },
	{ NULL, "Delete all IKE SAs", IKE_INFO },
	{ NULL, "Processing ACK to informational exchange", IKE_INFO },
	{ NULL, "Get peer's $*", IKE_INFO },
	{ NULL, "Get my authentication method", IKE_INFO },
	{ NULL, "Generate my authentication data", IKE_INFO },
	{ NULL, "Use preshared key for id $*", IKE_INFO },
	{ NULL, "Verify peer's $*", IKE_INFO },
	{ NULL, "NAT not found", IKE_INFO },
	{ NULL, "NAT OUTSIDE found", IKE_INFO },
	{ NULL, "NAT INSIDE found", IKE_INFO },
	/* ASA: IKEv2-PLAT-4: RECV PKT [IKE_SA_INIT] [198.51.100.7]:500->[203.0.113.1]:500
	 * InitSPI=0x68de416b63c4d2e3 RespSPI=0x0 MID=00000000 */
	{ NULL, "RECV PKT [IKE_SA_INIT] [$peer]:$n->[$local]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_SA_INIT, .flags = IKE_F_HEARD },
	{ NULL, "SENT PKT [IKE_SA_INIT] [$local]:$n->[$peer]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_SA_INIT },
	{ NULL, "RECV PKT [IKE_AUTH] [$peer]:$n->[$local]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_AUTH, .flags = IKE_F_HEARD },
	{ NULL, "SENT PKT [IKE_AUTH] [$local]:$n->[$peer]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_AUTH },
	{ NULL, "RECV PKT [CREATE_CHILD_SA] [$peer]:$n->[$local]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_CREATE_CHILD_SA, .flags = IKE_F_HEARD },
	{ NULL, "SENT PKT [CREATE_CHILD_SA] [$local]:$n->[$peer]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_PROGRESS, IKE_CREATE_CHILD_SA },
	{ NULL, "RECV PKT [INFORMATIONAL] [$peer]:$n->[$local]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_INFO },
	{ NULL, "SENT PKT [INFORMATIONAL] [$local]:$n->[$peer]:$n InitSPI=$ispi RespSPI=$rspi MID=$hex",
	  IKE_INFO },
	/* The Chinese page's wording of the lines above. */
	{ NULL, "$*地址$peer获取预共享密钥", IKE_PROGRESS },
	{ NULL, "新的ikev2 sa请求已接受", IKE_INFO },
	{ NULL, "将传出协$*计数增加1", IKE_PROGRESS, IKE_STAGE_NONE,
	  IKE_REASON_NONE, IKE_F_NEAR, INITIATOR },
	{ NULL, "将传入协$*计数增加1", IKE_PROGRESS, IKE_STAGE_NONE,
	  IKE_REASON_NONE, IKE_F_NEAR, RESPONDER },
	{ NULL, "添加与会话$*的SPI 0x$in相关联$?", IKE_PROGRESS,
	  IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_NEAR, AS_CHILD },
	{ NULL, "无法减少$?", IKE_INFO },
	{ 0 }
};

/* The exchange of a state; the first that the state's name contains. */
static const struct {
	const char *part;
	enum ike_stage stage;
} states[] = {
	{ "CHILD_", IKE_CREATE_CHILD_SA },
	{ "INFO_", IKE_INFORMATIONAL },
	{ "DELETE", IKE_INFORMATIONAL },
	{ "AUTH", IKE_AUTH },
	{ "EAP", IKE_AUTH },
	{ "INIT", IKE_SA_INIT },
	{ "IDLE", IKE_SA_INIT },
};

/*
 * The events that say more than that the machine went on. Letters and digits
 * alone are compared: EV_OK_REC'D_LOAD IPSEC is EV_OK_RECD_LOAD_IPSEC.
 */
static const struct trace {
	const char *event;
	const char *state; /* part of the state's name, NULL: any */
	enum ike_role role; /* NONE: either */
	enum ike_what what;
	enum ike_reason reason;
	enum ike_kind kind;
	unsigned flags;
} traces[] = {
	{ "EV_INIT_SA", NULL, IKE_INITIATOR, IKE_STARTED, .flags = IKE_F_NEW },
	{ "EV_RECV_INIT", NULL, IKE_RESPONDER, IKE_STARTED, .flags = IKE_F_NEW | IKE_F_HEARD },
	{ "EV_RECV_INIT", NULL, IKE_INITIATOR, IKE_PROGRESS, .flags = IKE_F_HEARD },
	{ "EV_RECV_AUTH", NULL, IKE_ROLE_NONE, IKE_PROGRESS, .flags = IKE_F_HEARD },
	{ "EV_I_OK", NULL, IKE_ROLE_NONE, IKE_ESTABLISHED },
	{ "EV_R_OK", NULL, IKE_ROLE_NONE, IKE_ESTABLISHED },
	{ "EV_OK_RECD_LOAD_IPSEC", NULL, IKE_ROLE_NONE, IKE_CHILD_ESTABLISHED, .kind = IKE_KIND_CHILD },
	{ "EV_REKEY_IKESA", NULL, IKE_ROLE_NONE, IKE_PROGRESS, .kind = IKE_KIND_IKE, .flags = IKE_F_REKEY },
	{ "EV_ACTIVATE_NEW_SA", NULL, IKE_ROLE_NONE, IKE_REKEYED, .kind = IKE_KIND_IKE, .flags = IKE_F_REKEY },
	{ "EV_CERT_FAIL", NULL, IKE_ROLE_NONE, IKE_FAILED, IKE_R_CERTIFICATE_INVALID },
	{ "EV_AUTH_FAIL", NULL, IKE_ROLE_NONE, IKE_FAILED, IKE_R_AUTHENTICATION_FAILED },
	{ "EV_RE_XMT_EXCEED", "INFO_", IKE_ROLE_NONE, IKE_PEER_DEAD },
	{ "EV_RE_XMT_EXCEED", NULL, IKE_ROLE_NONE, IKE_FAILED, IKE_R_NO_RESPONSE },
	{ "EV_RE_XMT", NULL, IKE_ROLE_NONE, IKE_RETRANSMIT },
	{ "EV_FAIL", NULL, IKE_ROLE_NONE, IKE_FAILED, IKE_R_UNKNOWN },
	{ "EV_ABORT", NULL, IKE_ROLE_NONE, IKE_FAILED, IKE_R_UNKNOWN },
	{ "EV_FREE_SA", "DELETE", IKE_ROLE_NONE, IKE_DELETED, .kind = IKE_KIND_IKE, .flags = IKE_F_WHOLE },
};

static const struct {
	const char *name;
	enum ike_stage stage;
} exchanges[] = {
	{ "IKE_SA_INIT", IKE_SA_INIT },
	{ "IKE_AUTH", IKE_AUTH },
	{ "CREATE_CHILD_SA", IKE_CREATE_CHILD_SA },
	{ "INFORMATIONAL", IKE_INFORMATIONAL },
	{ "IKE_INTERMEDIATE", IKE_INTERMEDIATE },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct ruleset cisco_ikev2_rules = RULESET(rows);
struct ruleset cisco_ikev2_errors = RULESET(errors);

bool
cisco_ikev2_error(struct span text, const char *os, struct ike_event *ev)
{
	if (rules_match(&cisco_ikev2_errors, span_of(os), text, ev) == NULL)
		return false;
	ev->ike_version = 2;
	ev->detail = span_trim(text);
	return true;
}

/* Eats blanks and colons, the full-width colon of translated pages too. */
static void
ikev2_skip(struct span *s)
{
	while (scan_blanks(s) || scan_char(s, ':') || scan_lit(s, "：") ||
	    scan_char(s, '\n') || scan_char(s, '\r') || scan_char(s, '%'))
		;
}

/* "SA ID = 1", "SA ID 1": the number behind the label. */
static bool
ikev2_number(struct span s, const char *label, struct span *out)
{
	const char *at = span_find_nocase(s, label);

	if (at == NULL)
		return false;
	s = span_from(s, (size_t)(at - s.p));
	while (s.len > 0 && (s.p[0] < '0' || s.p[0] > '9'))
		s = span_from(s, 1);
	return scan_set(&s, "0123456789", out) && out->len <= 10;
}

/*
 * "IKEv2-ERROR:(SESSION ID = 31,SA ID = 1):: ", "IKEv2-PROTO-4: (16): ",
 * "IKEv2:(1): ": IOS's bare number is not the SA's.
 */
static bool
ikev2_head(struct span *s, struct ike_event *ev)
{
	bool proto = false;
	struct span in;

	if (!scan_lit_nocase(s, "IKEv2"))
		return false;
	if (scan_char(s, '-')) {
		proto = span_starts_nocase(*s, "PROTO");
		scan_set(s,
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789-",
		    NULL);
	}
	ikev2_skip(s);
	for (int i = 0; i < 2 && scan_char(s, '('); i++) {
		if (!scan_until(s, ")", &in) || in.len > 64)
			return false;
		ikev2_number(in, "SESSION ID", &ev->key[IKE_KEY_SESSION]);
		if (!ikev2_number(in, "SA ID", &ev->key[IKE_KEY_CONN]) && proto)
			scan_set(&in, "0123456789", &ev->key[IKE_KEY_CONN]);
		ikev2_skip(s);
	}
	return true;
}

/* "I_SPI=F074D8BBD5A59F0B": what stands behind the label, in hex. */
static bool
ikev2_spi(struct span *s, const char *label, struct ike_spi *spi)
{
	struct span hex;

	if (!words_until(s, label, NULL))
		return false;
	while (scan_blanks(s) || scan_char(s, '=') || scan_char(s, ':'))
		;
	(void)scan_lit_nocase(s, "0x");
	if (!scan_set(s, "0123456789abcdefABCDEF", &hex) || hex.len > 16)
		return false;
	spi->known = span_u64(hex, 16, &spi->value);
	return spi->known;
}

static bool
ikev2_upper(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether text begins with the event, letters and digits alone compared. */
static bool
ikev2_event_is(struct span text, const char *event)
{
	size_t n = 0;

	for (; *event != '\0'; event++) {
		if (!ikev2_upper(*event))
			continue;
		while (n < text.len &&
		    (text.p[n] == '_' || text.p[n] == '\'' || text.p[n] == ' '))
			n++;
		if (n == text.len || text.p[n] != *event)
			return false;
		n++;
	}
	return n == text.len || (!ikev2_upper(text.p[n]) && text.p[n] != '_');
}

static void
ikev2_trace_event(struct span state, struct span event, struct ike_event *ev)
{
	for (size_t i = 0; i < COUNT(states); i++)
		if (span_has(state, states[i].part)) {
			ev->stage = states[i].stage;
			break;
		}
	ev->what = IKE_PROGRESS;
	for (size_t i = 0; i < COUNT(traces); i++) {
		const struct trace *t = &traces[i];

		if (!ikev2_event_is(event, t->event) ||
		    (t->state != NULL && !span_has(state, t->state)) ||
		    (t->role != IKE_ROLE_NONE && t->role != ev->role))
			continue;
		ev->what = t->what;
		ev->reason = t->reason;
		ev->kind = t->kind;
		ev->flags |= t->flags;
		break;
	}
	if (ev->what == IKE_STARTED)
		ev->stage = IKE_SA_INIT;
	if (ev->what == IKE_PEER_DEAD)
		ev->reason = IKE_R_PEER_DEAD;
}

/*
 * SM Trace-> SA: I_SPI=F074D8BBD5A59F0B R_SPI=F94020DD8CB4B9C4 (I)
 * MsgID = 00000001 CurState: READY Event: EV_I_OK
 */
static bool
ikev2_trace(struct span s, struct ike_event *ev)
{
	struct span state = SPAN_NONE, event = SPAN_NONE;
	const char *at;

	if (!ikev2_spi(&s, "I_SPI", &ev->ispi) ||
	    !ikev2_spi(&s, "R_SPI", &ev->rspi))
		return false;
	scan_skip_blanks(&s);
	if (scan_lit(&s, "(I)"))
		ev->role = IKE_INITIATOR;
	else if (scan_lit(&s, "(R)"))
		ev->role = IKE_RESPONDER;
	if (words_until(&s, "CurState", NULL)) {
		ikev2_skip(&s);
		scan_set(&s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", &state);
	}
	if ((at = span_find(s, "EV_")) != NULL)
		event = span_from(s, (size_t)(at - s.p));
	ikev2_trace_event(state, event, ev);
	return true;
}

/* "FC00:123:123:123::1:500", "[2001:db8::1]:500", "192.0.2.1:500". */
static struct span
ikev2_address(struct span s)
{
	size_t n = s.len;

	while (n > 0 && s.p[n - 1] >= '0' && s.p[n - 1] <= '9')
		n--;
	if (n > 1 && n < s.len && s.p[n - 1] == ':')
		s.len = n - 1;
	if (s.len > 1 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = (struct span){ s.p + 1, s.len - 2 };
	return s.len < 64 ? s : SPAN_NONE;
}

static void
ikev2_exchange(struct span s, struct ike_event *ev)
{
	for (size_t i = 0; i < COUNT(exchanges); i++)
		if (span_has(s, exchanges[i].name)) {
			ev->stage = exchanges[i].stage;
			return;
		}
}

/* The notifies of a packet's payload list; the last one that is an error. */
static void
ikev2_notifies(struct span s, struct ike_event *ev)
{
	struct span name;

	while (scan_until(&s, "NOTIFY(", NULL) && scan_until(&s, ")", &name))
		if (cisco_notify(name, ev)) {
			ev->what = IKE_FAILED;
			ev->detail = name;
		}
}

/*
 * Received Packet [From 198.51.100.7:500/To 203.0.113.1:500/VRF i0:f0]
 * Initiator SPI : 1D418169B24BF95A - Responder SPI : A645046F734260C6 ..
 * IKEv2 IKE_AUTH Exchange RESPONSE
 * Payload contents: VID IDr AUTH NOTIFY(NO_PROPOSAL_CHOSEN)
 */
static bool
ikev2_packet(struct span s, struct ike_event *ev)
{
	bool sent = words_eat(&s, "Sending Packet [To ");
	struct span peer, local, kind;
	bool request;

	if (!sent && !words_eat(&s, "Received Packet [From "))
		return false;
	if (!words_until(&s, sent ? "/From " : "/To ", &peer) ||
	    !words_until(&s, "/VRF", &local))
		return false;
	ev->peer = ikev2_address(peer);
	ev->local = ikev2_address(local);
	ev->what = IKE_PROGRESS;
	if (!sent)
		ev->flags |= IKE_F_HEARD;
	ikev2_spi(&s, "Initiator SPI", &ev->ispi);
	ikev2_spi(&s, "Responder SPI", &ev->rspi);
	if (!words_until(&s, " Exchange ", &kind))
		return true;
	ikev2_exchange(kind, ev);
	request = words_eat(&s, "REQUEST");
	if (ev->stage == IKE_SA_INIT || ev->stage == IKE_AUTH)
		ev->role = request == sent ? IKE_INITIATOR : IKE_RESPONDER;
	if (ev->stage == IKE_SA_INIT && request && ev->rspi.value == 0) {
		ev->what = IKE_STARTED;
		ev->flags |= IKE_F_NEW;
	}
	ikev2_notifies(s, ev);
	if (ev->what == IKE_FAILED)
		ev->flags |= sent ? IKE_F_REFUSED_HERE : IKE_F_REFUSED_BY_PEER;
	return true;
}

/*
 * A dump without addresses: "Next payload: SA, version: 2.0 Exchange type:
 * IKE_SA_INIT, flags: INITIATOR Message id: 0", in any language. Both ends
 * print both packets, so the flag tells no role.
 */
static bool
ikev2_dump(struct span s, struct ike_event *ev)
{
	if (!span_has(s, "INITIATOR") && !span_has(s, "RESPONDER"))
		return false;
	ikev2_exchange(s, ev);
	if (ev->stage == IKE_STAGE_NONE)
		return false;
	ev->what = IKE_PROGRESS;
	ikev2_notifies(s, ev);
	return true;
}

enum parse_result
cisco_ikev2_debug(struct span text, const char *os, struct ike_event *ev)
{
	ev->ike_version = 2;
	if (!ikev2_head(&text, ev))
		return PARSE_NOT_IKE;
	if (ikev2_trace(text, ev) || ikev2_packet(text, ev) ||
	    rules_match(&cisco_ikev2_rules, SPAN_NONE, text, ev) != NULL ||
	    cisco_ikev2_error(text, os, ev) || ikev2_dump(text, ev))
		return PARSE_EVENT;
	return PARSE_UNKNOWN;
}
