/*
 * Fortinet FortiGate: key=value records of subtype vpn (ipsec in 4.x), the
 * same in CEF or LEEF dress, and "ike 0:NAME:SERIAL: text" debugging. The
 * number of a record says what it is about, its result and reason how it
 * went. Names that peers choose stand in the middle of a record: of what comes
 * before them the first pair counts, of what comes behind them the last.
 */
#include "parsers/parser.h"
#include "parsers/words.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define V1 .version = 1
#define V2 .version = 2
#define INITIATOR .role = IKE_INITIATOR
#define RESPONDER .role = IKE_RESPONDER
#define HERE .flags = IKE_F_REFUSED_HERE
#define THERE .flags = (IKE_F_REFUSED_BY_PEER | IKE_F_HEARD)
#define HEARD .flags = IKE_F_HEARD

/* The pairs that are read, by the names 4.x, later ones and CEF give them. */
enum fgt_field {
	FGT_ID,
	FGT_TYPE,
	FGT_SUBTYPE,
	FGT_ACTION,
	FGT_STATUS,
	FGT_RESULT,
	FGT_REASON,
	FGT_NOTIFY,
	FGT_ABOUT,
	FGT_TEXT,
	FGT_PEER,
	FGT_PEER_PORT,
	FGT_LOCAL,
	FGT_COOKIES,
	FGT_TUNNEL,
	FGT_CHILD,
	FGT_ROLE,
	FGT_MODE,
	FGT_EXCHANGE,
	FGT_STEP,
	FGT_VERSION,
	FGT_IN,
	FGT_OUT,
	FGT_SPI,
	FGT_TUNNEL_TYPE,
	FGT_FIELDS
};

/* What a record is about. */
enum fgt_class {
	FGT_NONE,
	FGT_OTHER,     /* about IPsec, and nothing to follow */
	FGT_NEGOTIATE, /* went well so far, or DONE */
	FGT_ERROR,
	FGT_INSTALLED,
	FGT_DELETED,
	FGT_DPD,
	FGT_UPDOWN,
	FGT_ESP,
};

/* clang-format off */
static const struct {
	const char *name;
	enum fgt_field field;
	bool late; /* stands behind the names a peer chooses */
} fields[] = {
	{ "logid", FGT_ID }, { "log_id", FGT_ID },
	{ "type", FGT_TYPE }, { "subtype", FGT_SUBTYPE },
	{ "action", FGT_ACTION }, { "act", FGT_ACTION },
	{ "status", FGT_STATUS, true }, { "outcome", FGT_STATUS, true },
	{ "result", FGT_RESULT, true },
	{ "reason", FGT_REASON, true }, { "error_reason", FGT_REASON, true },
	{ "peer_notif", FGT_NOTIFY, true },
	{ "logdesc", FGT_ABOUT }, { "msg", FGT_TEXT },
	{ "remip", FGT_PEER }, { "rem_ip", FGT_PEER }, { "dst", FGT_PEER },
	{ "remport", FGT_PEER_PORT }, { "rem_port", FGT_PEER_PORT }, { "dpt", FGT_PEER_PORT },
	{ "locip", FGT_LOCAL }, { "loc_ip", FGT_LOCAL }, { "src", FGT_LOCAL },
	{ "cookies", FGT_COOKIES },
	{ "vpntunnel", FGT_TUNNEL }, { "vpn_tunnel", FGT_TUNNEL },
	{ "phase2_name", FGT_CHILD },
	{ "role", FGT_ROLE, true }, { "mode", FGT_MODE, true }, { "exch", FGT_EXCHANGE, true },
	{ "stage", FGT_STEP, true }, { "version", FGT_VERSION, true },
	{ "in_spi", FGT_IN, true }, { "out_spi", FGT_OUT, true }, { "spi", FGT_SPI },
	{ "tunneltype", FGT_TUNNEL_TYPE },
};

/* Message numbers, the last five digits of logid. */
static const struct message {
	const char *id;
	enum fgt_class class;
	int phase; /* 0: either */
} messages[] = {
	{ "37120", FGT_NEGOTIATE, 1 }, { "37121", FGT_ERROR, 1 },
	{ "37122", FGT_NEGOTIATE, 2 }, { "37123", FGT_ERROR, 2 },
	{ "37124", FGT_ERROR, 1 },     { "37125", FGT_ERROR, 2 },
	{ "37126", FGT_OTHER, 0 },
	{ "37127", FGT_NEGOTIATE, 1 }, { "37128", FGT_ERROR, 1 },
	{ "37129", FGT_NEGOTIATE, 2 }, { "37130", FGT_ERROR, 2 },
	{ "37131", FGT_ESP, 0 },       { "37132", FGT_ESP, 0 },
	{ "37133", FGT_INSTALLED, 2 },
	{ "37134", FGT_DELETED, 1 },   { "37135", FGT_DELETED, 2 },
	{ "37136", FGT_DPD, 0 },       { "37137", FGT_ERROR, 0 },
	{ "37138", FGT_UPDOWN, 0 },    { "37139", FGT_UPDOWN, 2 },
	{ "37141", FGT_OTHER, 0 },
};

/* The same where the number is another version's: logdesc or msg says it. */
static const struct {
	const char *words;
	struct message message;
} abouts[] = {
	{ "progress IPsec phase 1", { NULL, FGT_NEGOTIATE, 1 } },
	{ "progress IPsec phase 2", { NULL, FGT_NEGOTIATE, 2 } },
	{ "negotiate IPsec phase 1", { NULL, FGT_NEGOTIATE, 1 } },
	{ "negotiate IPsec phase 2", { NULL, FGT_NEGOTIATE, 2 } },
	{ "IPsec phase 1 error", { NULL, FGT_ERROR, 1 } },
	{ "IPsec phase 2 error", { NULL, FGT_ERROR, 2 } },
	{ "Negotiate SA Error", { NULL, FGT_ERROR, 0 } },
	{ "install IPsec SA", { NULL, FGT_INSTALLED, 2 } },
	{ "IPsec SA installed", { NULL, FGT_INSTALLED, 2 } },
	{ "delete IPsec phase 1 SA", { NULL, FGT_DELETED, 1 } },
	{ "delete IPsec phase 2 SA", { NULL, FGT_DELETED, 2 } },
	{ "phase 1 SA deleted", { NULL, FGT_DELETED, 1 } },
	{ "phase 2 SA deleted", { NULL, FGT_DELETED, 2 } },
	{ "IPsec DPD fail", { NULL, FGT_DPD, 0 } },
	{ "IPsec connection fail", { NULL, FGT_ERROR, 0 } },
	{ "IPsec connection status change", { NULL, FGT_UPDOWN, 0 } },
	{ "IPsec phase 2 status change", { NULL, FGT_UPDOWN, 2 } },
	{ "IPsec ESP", { NULL, FGT_ESP, 0 } },
	{ "main mode message", { NULL, FGT_NEGOTIATE, 1 } },
	{ "aggressive mode message", { NULL, FGT_NEGOTIATE, 1 } },
	{ "quick mode message", { NULL, FGT_NEGOTIATE, 2 } },
};

/* reason=, or 4.x's msg; the first whose words the text contains. */
static const struct cause {
	const char *words;
	enum ike_reason reason;
	enum ike_reason child; /* in phase 2, where it is another */
} causes[] = {
	{ "proposal not match", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "no SA proposal chosen", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "no proposal chosen", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "pre-shared key mismatch", IKE_R_PSK_MISMATCH },
	{ "preshared key mismatch", IKE_R_PSK_MISMATCH },
	{ "pre-shared secret mismatch", IKE_R_PSK_MISMATCH },
	{ "preshared secret mismatch", IKE_R_PSK_MISMATCH },
	{ "no matching gateway", IKE_R_PEER_NOT_CONFIGURED },
	{ "encapsulation mode mismatch", IKE_R_ENCAPSULATION_MODE_MISMATCH },
	{ "main mode mismatch", IKE_R_EXCHANGE_MODE_MISMATCH },
	{ "not enough key material", IKE_R_INTERNAL_ERROR },
	{ "invalid SA payload", IKE_R_MALFORMED_MESSAGE },
	{ "invalid certificate", IKE_R_CERTIFICATE_INVALID },
	{ "certificate has expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "certificate expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "certificate revoked", IKE_R_CERTIFICATE_REVOKED },
	{ "certificate", IKE_R_CERTIFICATE_INVALID },
	{ "no matching phase 2", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "no matching phase2", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "selector", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "gateway validation failed", IKE_R_PEER_ID_MISMATCH },
	{ "gw validation failed", IKE_R_PEER_ID_MISMATCH },
	{ "peer ID", IKE_R_PEER_ID_MISMATCH },
	{ "peer identifier", IKE_R_PEER_ID_MISMATCH },
	{ "no policy configured", IKE_R_POLICY_MISSING },
	{ "DH group", IKE_R_DH_GROUP_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "XAUTH", IKE_R_XAUTH_FAILED },
	{ "EAP", IKE_R_EAP_FAILED },
	{ "authentication fail", IKE_R_AUTHENTICATION_FAILED },
	{ "timeout", IKE_R_NEGOTIATION_TIMEOUT },
	{ "timed out", IKE_R_NEGOTIATION_TIMEOUT },
	{ "not responding", IKE_R_NO_RESPONSE },
};

/* peer_notif= and "received notify type", with - or _ in them. */
static const struct {
	const char *name;
	enum ike_reason reason;
	enum ike_reason child; /* in phase 2, where it is another */
} notifies[] = {
	{ "NO-PROPOSAL-CHOSEN", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "AUTHENTICATION-FAILED", IKE_R_AUTHENTICATION_FAILED },
	{ "INVALID-ID-INFORMATION", IKE_R_PEER_ID_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "TS-UNACCEPTABLE", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID-COOKIE", IKE_R_INVALID_SPI },
	{ "INVALID-SPI", IKE_R_INVALID_SPI },
	{ "INVALID-MAJOR-VERSION", IKE_R_IKE_VERSION_MISMATCH },
	{ "INVALID-MINOR-VERSION", IKE_R_IKE_VERSION_MISMATCH },
	{ "INVALID-EXCHANGE-TYPE", IKE_R_UNKNOWN_EXCHANGE_TYPE },
	{ "UNSUPPORTED-EXCHANGE-TYPE", IKE_R_UNKNOWN_EXCHANGE_TYPE },
	{ "INVALID-MESSAGE-ID", IKE_R_INVALID_MESSAGE_ID },
	{ "INVALID-KEY-INFORMATION", IKE_R_DH_GROUP_MISMATCH, IKE_R_PFS_MISMATCH },
	{ "BAD-PROPOSAL-SYNTAX", IKE_R_MALFORMED_MESSAGE },
	{ "PAYLOAD-MALFORMED", IKE_R_MALFORMED_MESSAGE },
	{ "UNEQUAL-PAYLOAD-LENGTHS", IKE_R_MALFORMED_MESSAGE },
	{ "INVALID-PAYLOAD-TYPE", IKE_R_MALFORMED_MESSAGE },
	{ "INVALID-SYNTAX", IKE_R_MALFORMED_MESSAGE },
	{ "INVALID-HASH-INFORMATION", IKE_R_PSK_MISMATCH },
	{ "INVALID-SIGNATURE", IKE_R_SIGNATURE_INVALID },
	{ "INVALID-CERTIFICATE", IKE_R_CERTIFICATE_INVALID },
	{ "INVALID-CERT-ENCODING", IKE_R_CERTIFICATE_INVALID },
	{ "INVALID-CERT-AUTHORITY", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "CERTIFICATE-UNAVAILABLE", IKE_R_PRIVATE_KEY_MISSING },
	{ "INTERNAL-ADDRESS-FAILURE", IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "FAILED-CP-REQUIRED", IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "NO-ADDITIONAL-SAS", IKE_R_LIMIT_REACHED },
	{ "UNSUPPORTED-CRITICAL-PAYLOAD", IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD },
	{ "RETRY-LIMIT-REACHED", IKE_R_NO_RESPONSE },
};

/* exch= and mode=. */
static const struct exchange {
	const char *name;
	enum ike_stage stage;
	int version;
} exchanges[] = {
	{ "SA_INIT", IKE_SA_INIT, 2 },
	{ "INTERMEDIATE", IKE_INTERMEDIATE, 2 },
	{ "AUTH", IKE_AUTH, 2 },
	{ "CREATE_CHILD", IKE_CREATE_CHILD_SA, 2 },
	{ "INFORMATIONAL", IKE_INFORMATIONAL, 2 },
	{ "main", IKE_MAIN_MODE, 1 },
	{ "aggressive", IKE_AGGRESSIVE_MODE, 1 },
	{ "quick", IKE_QUICK_MODE, 1 },
	{ "xauth", IKE_XAUTH, 1 },
	{ "modecfg", IKE_MODE_CONFIG, 1 },
};

/* Debugging: what stands behind "ike 0:NAME:SERIAL: ". */
static const struct rule debugging[] = {
	/* ike 0:branch:611341: negotiation timeout, deleting */
	{ NULL, "negotiation timeout, deleting", IKE_FAILED, IKE_STAGE_NONE, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "negotiation timeout$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_NEGOTIATION_TIMEOUT },
	{ NULL, "negotiation failure$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN },
	{ NULL, "negotiation of IKE SA failed due to retry timeout", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE },
	{ NULL, "$*no SA proposal chosen", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*no proposal chosen", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ NULL, "peer SA proposal not match local policy$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*pre-shared key mismatch", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "$*preshared key mismatch", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "$*pre-shared secret mismatch", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "PSK authentication failed", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "AUTH verification failed", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE, V2 },
	/* The peer's identity, or what came with it, is not the gateway's. */
	{ NULL, "gw validation failed", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "peer ID mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "peer ID verification failed", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "no matching proposal found", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ NULL, "proposal did not match", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ NULL, "failed to get a proposal chosen", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH },
	{ NULL, "failed to get responder proposal", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
	{ NULL, "error processing quick-mode message from $peer as responder", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, RESPONDER, V1 },
	{ NULL, "error processing quick-mode message from $peer as initiator", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, INITIATOR, V1 },
	/* received SA_INIT error notify response, abort */
	{ NULL, "received $* error notify response, abort", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, HEARD, INITIATOR, V2 },
	{ NULL, "ignoring $*, no policy configured", IKE_CONFIG_PROBLEM, IKE_STAGE_NONE, IKE_R_POLICY_MISSING },
	{ NULL, "no matching phase2 found", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "specified selectors mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "failed to match peer selectors", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "no matching gateway for new request$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE },
	{ NULL, "certificate validation failed", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "signature verification failed", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE },
	{ NULL, "authentication failed", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "XAUTH authentication failed$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED },
	{ NULL, "XAUTH failed for user $?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, V1 },
	{ NULL, "XAUTH $n result FNBAM_DENIED", IKE_INFO, IKE_XAUTH, IKE_R_XAUTH_FAILED, IKE_F_HINT, V1 },
	{ NULL, "XAUTH succeeded for user $?", IKE_PROGRESS, IKE_XAUTH, V1 },
	{ NULL, "EAP failed for user $?", IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, V2 },
	{ NULL, "EAP $n result FNBAM_DENIED", IKE_INFO, IKE_AUTH, IKE_R_EAP_FAILED, IKE_F_HINT, V2 },
	{ NULL, "peer has not completed XAUTH exchange", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_TIMEOUT },
	/* link fail 5 203.0.113.1->198.51.100.7:500 dpd=1 */
	{ NULL, "link fail $n $local->$peer dpd=$n", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	/* could not send IKE Packet(P1_RETRANSMIT):203.0.113.1:500->198.51.100.7:500, len=540: error 101:Network is unreachable */
	{ NULL, "could not send IKE Packet($*):$local->$peer, len=$n: error $?", IKE_INFO, IKE_STAGE_NONE, IKE_R_NETWORK_ERROR, IKE_F_HINT },
	/* An error notify fails it: see fgt_debug(). */
	{ NULL, "received notify type $detail", IKE_INFO, .flags = IKE_F_HEARD },
	{ NULL, "processing notify type $detail", IKE_INFO, .flags = IKE_F_HEARD },
	{ NULL, "processing child notify type $detail", IKE_INFO, .flags = IKE_F_HEARD },
	{ NULL, "notify msg received: $detail", IKE_INFO, .flags = IKE_F_HEARD, V1 },
	/* A first message with no responder cookie begins one: see fgt_begins(). */
	{ NULL, "IKEv2 exchange=SA_INIT id=$spis len=$?", IKE_PROGRESS, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, V2 },
	{ NULL, "IKEv2 exchange=SA_INIT_RESPONSE id=$spis len=$?", IKE_PROGRESS, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V2 },
	{ NULL, "IKEv2 exchange=SA_INIT_RESPONSE", IKE_PROGRESS, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V2 },
	{ NULL, "IKEv2 exchange=AUTH id=$spis:$* len=$?", IKE_PROGRESS, IKE_AUTH, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V2 },
	{ NULL, "IKEv2 exchange=AUTH_RESPONSE id=$spis:$* len=$?", IKE_PROGRESS, IKE_AUTH, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V2 },
	{ NULL, "IKEv2 exchange=$* id=$spis:$* len=$?", IKE_INFO, .flags = IKE_F_HEARD, V2 },
	{ NULL, "IKEv1 exchange=Identity Protection id=$spis len=$?", IKE_PROGRESS, IKE_MAIN_MODE, IKE_REASON_NONE, IKE_F_HEARD, V1 },
	{ NULL, "IKEv1 exchange=Aggressive id=$spis len=$?", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, IKE_REASON_NONE, IKE_F_HEARD, V1 },
	{ NULL, "IKEv1 exchange=$* id=$spis:$* len=$?", IKE_INFO, .flags = IKE_F_HEARD, V1 },
	{ NULL, "initiator: main mode is sending 1st message...", IKE_STARTED, IKE_MAIN_MODE, INITIATOR, V1 },
	{ NULL, "initiator: aggressive mode is sending 1st message...", IKE_STARTED, IKE_AGGRESSIVE_MODE, INITIATOR, V1 },
	{ NULL, "initiator: main mode get $*", IKE_PROGRESS, IKE_MAIN_MODE, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V1 },
	{ NULL, "initiator: aggressive mode get $*", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V1 },
	{ NULL, "initiator: main mode $*", IKE_PROGRESS, IKE_MAIN_MODE, INITIATOR, V1 },
	{ NULL, "initiator: aggressive mode $*", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, INITIATOR, V1 },
	{ NULL, "initiator received AUTH msg", IKE_PROGRESS, IKE_AUTH, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V2 },
	{ NULL, "initiator received SA_INIT response", IKE_PROGRESS, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, INITIATOR, V2 },
	{ NULL, "responder: main mode get 1st message...", IKE_STARTED, IKE_MAIN_MODE, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V1 },
	{ NULL, "responder: aggressive mode get 1st message...", IKE_STARTED, IKE_AGGRESSIVE_MODE, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V1 },
	{ NULL, "responder: main mode $*", IKE_PROGRESS, IKE_MAIN_MODE, RESPONDER, V1 },
	{ NULL, "responder: aggressive mode $*", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, RESPONDER, V1 },
	{ NULL, "responder:main mode $*", IKE_PROGRESS, IKE_MAIN_MODE, RESPONDER, V1 },
	{ NULL, "responder:aggressive mode $*", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, RESPONDER, V1 },
	{ NULL, "responder received first quick-mode message", IKE_STARTED, IKE_QUICK_MODE, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V1 },
	{ NULL, "SA proposal chosen, matched gateway $tunnel", IKE_PROGRESS, IKE_PHASE1, HEARD },
	{ NULL, "PSK authentication succeeded", IKE_PROGRESS, IKE_PHASE1, HEARD },
	{ NULL, "responder received SA_INIT msg", IKE_STARTED, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V2 },
	{ NULL, "responder received AUTH msg", IKE_PROGRESS, IKE_AUTH, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, V2 },
	{ NULL, "IPsec SA connect $n $local->$peer negotiating", IKE_INFO },
	{ NULL, "IPsec SA connect $n $local->$peer", IKE_INFO },
	{ NULL, "created connection: $* $n $local->$peer.", IKE_PROGRESS, INITIATOR },
	{ NULL, "comes $peer->$local,$?", IKE_PROGRESS, HEARD },
	{ NULL, "comes $peer->$local...$?", IKE_PROGRESS, HEARD },
	{ NULL, "sent IKE msg (ident_$*): $local->$peer, len=$n, $*id=$spis", IKE_PROGRESS, IKE_MAIN_MODE, V1 },
	{ NULL, "sent IKE msg (agg_$*): $local->$peer, len=$n, $*id=$spis", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, V1 },
	{ NULL, "sent IKE msg (quick_$*): $local->$peer, len=$n, $*id=$spis:$*", IKE_PROGRESS, IKE_QUICK_MODE, V1 },
	{ NULL, "sent IKE msg (P1_RETRANSMIT): $local->$peer, len=$n, $*id=$spis", IKE_RETRANSMIT, IKE_PHASE1, V1 },
	{ NULL, "sent IKE msg (SA_INIT): $local->$peer, len=$n, $*id=$spis", IKE_PROGRESS, IKE_SA_INIT, V2 },
	{ NULL, "sent IKE msg (SA_INIT_RESPONSE): $local->$peer, len=$n, $*id=$spis", IKE_PROGRESS, IKE_SA_INIT, V2 },
	{ NULL, "sent IKE msg (RETRANSMIT_SA_INIT): $local->$peer, len=$n, $*id=$spis", IKE_RETRANSMIT, IKE_SA_INIT, V2 },
	{ NULL, "sent IKE msg (AUTH): $local->$peer, len=$n, $*id=$spis:$*", IKE_PROGRESS, IKE_AUTH, V2 },
	{ NULL, "sent IKE msg (AUTH_RESPONSE): $local->$peer, len=$n, $*id=$spis:$*", IKE_PROGRESS, IKE_AUTH, V2 },
	{ NULL, "sent IKE msg (RETRANSMIT_AUTH): $local->$peer, len=$n, $*id=$spis:$*", IKE_RETRANSMIT, IKE_AUTH, V2 },
	{ NULL, "sent IKE msg (P2_RETRANSMIT): $local->$peer, len=$n, $*id=$spis:$*", IKE_RETRANSMIT, IKE_QUICK_MODE, V1 },
	{ NULL, "sent IKE msg (CREATE_CHILD): $local->$peer, len=$n, $*id=$spis:$*", IKE_PROGRESS, IKE_CREATE_CHILD_SA, V2 },
	{ NULL, "sent IKE msg (RETRANSMIT_CREATE_CHILD): $local->$peer, len=$n, $*id=$spis:$*", IKE_RETRANSMIT, IKE_CREATE_CHILD_SA, V2 },
	{ NULL, "sent IKE msg $*", IKE_INFO },
	{ NULL, "established IKE SA $spis", IKE_ESTABLISHED },
	{ NULL, "added IPsec SA: SPIs=$in/$out", IKE_CHILD_ESTABLISHED },
	{ NULL, "recv ISAKMP SA delete $*", IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, .kind = IKE_KIND_IKE, V1 },
	{ NULL, "recv IPsec SA delete, $*", IKE_INFO, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, IKE_F_HINT },
	{ NULL, "no suitable IKE_SA, queuing CHILD_SA request and initiating IKE_SA negotiation", IKE_STARTED, IKE_SA_INIT, INITIATOR, V2 },
	{ NULL, "no suitable ISAKMP SA, queuing quick-mode request and initiating ISAKMP SA negotiation", IKE_STARTED, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "dpd failed$?", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	{ NULL, "dpd fail", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	{ NULL, "dpd fail, $?", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	{ NULL, "DPD timeout", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD },
	{ NULL, "send IKE SA delete $spis", IKE_DELETED, .kind = IKE_KIND_IKE },
	{ NULL, "unknown SPI $?", IKE_INFO, .flags = IKE_F_STRAY },
	{ NULL, "invalid ESP $?", IKE_INFO, .flags = IKE_F_STRAY },
	{ NULL, "ignoring request to establish IPsec SA, gateway is in passive mode", IKE_INFO },
	/* The lists of proposals, and other steps between those above. */
	{ NULL, "incoming proposal$?", IKE_INFO },
	{ NULL, "my proposal$?", IKE_INFO },
	{ NULL, "negotiation result", IKE_INFO },
	{ NULL, "proposal id = $?", IKE_INFO },
	{ NULL, "protocol$*= $?", IKE_INFO },
	{ NULL, "trans_id = $?", IKE_INFO },
	{ NULL, "encapsulation = $?", IKE_INFO },
	{ NULL, "type=$?", IKE_INFO },
	{ NULL, "VID $?", IKE_INFO },
	{ NULL, "matched proposal id $n", IKE_INFO },
	{ NULL, "lifetime=$n", IKE_INFO },
	{ NULL, "responder preparing SA_INIT msg", IKE_INFO },
	{ NULL, "responder preparing AUTH msg", IKE_INFO },
	{ NULL, "initiator preparing $?", IKE_INFO },
	{ NULL, "peer identifier $?", IKE_INFO },
	{ NULL, "re-validate gw ID", IKE_INFO },
	{ NULL, "gw validation OK", IKE_INFO },
	{ NULL, "schedule delete of IKE SA $?", IKE_INFO },
	{ NULL, "scheduled delete of IKE SA $?", IKE_INFO },
	{ NULL, "authentication succeeded", IKE_INFO },
	{ NULL, "signature verification succeeded", IKE_INFO },
	{ NULL, "replay protection enabled", IKE_INFO },
	{ NULL, "set sa life soft seconds=$?", IKE_INFO },
	{ NULL, "set sa life hard seconds=$?", IKE_INFO },
	{ NULL, "IPsec SA selectors #src=$?", IKE_INFO },
	{ NULL, "add route $?", IKE_INFO },
	{ NULL, "sending SNMP tunnel UP trap", IKE_INFO },
	{ NULL, "sending SNMP tunnel DOWN trap", IKE_INFO },
	{ NULL, "carrier up", IKE_INFO },
	{ NULL, "carrier down", IKE_INFO },
	{ NULL, "send IKEv$n DPD probe, seqno $?", IKE_INFO },
	{ NULL, "recv IKEv$n DPD probe$?", IKE_INFO },
	{ NULL, "peer proposal:", IKE_INFO },
	{ NULL, "TSi_$?", IKE_INFO },
	{ NULL, "TSr_$?", IKE_INFO },
	{ NULL, "TSi $?", IKE_INFO },
	{ NULL, "TSr $?", IKE_INFO },
	{ NULL, "comparing selectors", IKE_INFO },
	{ NULL, "matched phase2", IKE_INFO },
	{ NULL, "dynamic client", IKE_INFO },
	{ NULL, "tunnel $n of VDOM limit $?", IKE_INFO },
	{ NULL, "connection expiring due to phase1 down", IKE_INFO },
	{ NULL, "deleting", IKE_INFO },
	{ NULL, "deleted", IKE_INFO },
	{ NULL, "flushing", IKE_INFO },
	{ NULL, "flushed", IKE_INFO },
	{ NULL, "schedule auto-negotiate", IKE_INFO },
	{ NULL, "auto-negotiate connection", IKE_INFO },
	{ NULL, "chosen to populate IKE_SA traffic-selectors", IKE_INFO },
	{ 0 }
};
/* clang-format on */

static struct ruleset debug_rules = RULESET(debugging);
static struct ruleset *const rulesets[] = { &debug_rules, NULL };

/* ---- pairs -------------------------------------------------------------- */

static bool
fgt_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Whether a name and a "=" stand at the front; the name is eaten with it. */
static bool
fgt_key(struct span *s, struct span *key)
{
	size_t n = 0;

	while (n < s->len && n < 48 && fgt_key_byte(s->p[n]))
		n++;
	if (n == 0 || n == s->len || s->p[n] != '=')
		return false;
	*key = (struct span){ s->p, n };
	*s = span_from(*s, n + 1);
	return true;
}

/*
 * A value in quotes, or up to the next name: 5.x and CEF do not quote values
 * with blanks, "phase2_name=to office status=success".
 */
static void
fgt_value(struct span *s, struct span *value)
{
	size_t n = 0;

	if (scan_char(s, '"')) {
		while (n < s->len && s->p[n] != '"')
			n += s->p[n] == '\\' && n + 1 < s->len ? 2 : 1;
		*value = span_trim((struct span){ s->p, n });
		*s = span_from(*s, n + 1);
		return;
	}
	for (; n < s->len; n++) {
		struct span rest = span_from(*s, n), key;

		if ((s->p[n] == ' ' || s->p[n] == '\t') &&
		    scan_skip_blanks(&rest) && fgt_key(&rest, &key))
			break;
	}
	*value = span_trim((struct span){ s->p, n });
	*s = span_from(*s, n);
}

static void
fgt_take(struct span key, struct span value, struct span found[FGT_FIELDS])
{
	if (span_starts_nocase(key, "FTNTFGT"))
		key = span_from(key, 7);
	for (size_t i = 0; i < COUNT(fields); i++)
		if (span_is_nocase(key, fields[i].name)) {
			if (fields[i].late || found[fields[i].field].p == NULL)
				found[fields[i].field] = value;
			return;
		}
}

static void
fgt_fields(struct span s, struct span found[FGT_FIELDS])
{
	struct span key, value;

	for (;;) {
		while (
		    scan_blanks(&s) || scan_char(&s, ',') || scan_char(&s, ';'))
			;
		if (s.len == 0)
			return;
		if (fgt_key(&s, &key)) {
			fgt_value(&s, &value);
			fgt_take(key, value, found);
		} else if (!scan_word(&s, NULL))
			return;
	}
}

/* "N/A" and the like stand for nothing. */
static bool
fgt_empty(struct span s)
{
	return s.len == 0 || span_is_nocase(s, "N/A") ||
	    span_is_nocase(s, "(null)") || span_is(s, "0.0.0.0");
}

/* ---- the event ---------------------------------------------------------- */

static void
fgt_spi32(struct span s, uint32_t *out)
{
	uint64_t value;

	if (s.len <= 10 && span_u64(s, 16, &value) && value <= UINT32_MAX)
		*out = (uint32_t)value;
}

/* cookies="75da2b97aacbbfef/0000000000000000" */
static void
fgt_cookies(struct span s, struct ike_event *ev)
{
	struct span ispi;

	if (!scan_until(&s, "/", &ispi) || ispi.len != 16 || s.len != 16 ||
	    !span_u64(ispi, 16, &ev->ispi.value) ||
	    !span_u64(s, 16, &ev->rspi.value))
		return;
	ev->ispi.known = ev->rspi.known = true;
	if (ev->rspi.value != 0)
		ev->flags |= IKE_F_HEARD;
}

static void
fgt_exchange(struct span name, struct ike_event *ev)
{
	for (size_t i = 0; i < COUNT(exchanges); i++)
		if (span_starts_nocase(name, exchanges[i].name)) {
			ev->stage = exchanges[i].stage;
			ev->ike_version = exchanges[i].version;
			return;
		}
}

/* What every record of the family says in the same pairs. */
static void
fgt_common(struct span f[FGT_FIELDS], struct ike_event *ev)
{
	if (!fgt_empty(f[FGT_PEER]) &&
	    rules_address(f[FGT_PEER], &ev->peer, NULL))
		ev->peer_port = f[FGT_PEER_PORT];
	if (!fgt_empty(f[FGT_LOCAL]))
		(void)rules_address(f[FGT_LOCAL], &ev->local, NULL);
	if (!fgt_empty(f[FGT_TUNNEL]))
		ev->tunnel = f[FGT_TUNNEL];
	if (!fgt_empty(f[FGT_CHILD]))
		ev->child = f[FGT_CHILD];
	fgt_cookies(f[FGT_COOKIES], ev);
	fgt_spi32(f[FGT_IN], &ev->spi_in);
	fgt_spi32(f[FGT_OUT], &ev->spi_out);
	if (ev->spi_in == 0)
		fgt_spi32(f[FGT_SPI], &ev->spi_in);
	if (span_is_nocase(f[FGT_ROLE], "initiator"))
		ev->role = IKE_INITIATOR;
	else if (span_is_nocase(f[FGT_ROLE], "responder"))
		ev->role = IKE_RESPONDER;
	fgt_exchange(f[FGT_MODE], ev);
	fgt_exchange(f[FGT_EXCHANGE], ev);
	if (span_is_nocase(f[FGT_VERSION], "IKEv1"))
		ev->ike_version = 1;
	else if (span_is_nocase(f[FGT_VERSION], "IKEv2"))
		ev->ike_version = 2;
}

static bool
fgt_same_notify(struct span name, const char *with_dashes)
{
	size_t n = strlen(with_dashes);

	if (name.len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = name.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - ('a' - 'A'));
		if (c != with_dashes[i] &&
		    !((c == '_' || c == ' ') && with_dashes[i] == '-'))
			return false;
	}
	return name.len == n || name.p[n] == ' ';
}

/* What a notify from the peer means; false where it reports no error. */
static bool
fgt_notify(struct span name, bool child, struct ike_event *ev)
{
	for (size_t i = 0; i < COUNT(notifies); i++) {
		if (!fgt_same_notify(name, notifies[i].name))
			continue;
		ev->reason = child && notifies[i].child != IKE_REASON_NONE
		    ? notifies[i].child
		    : notifies[i].reason;
		ev->flags |= IKE_F_REFUSED_BY_PEER | IKE_F_HEARD;
		return true;
	}
	return false;
}

static void
fgt_error(struct span f[FGT_FIELDS], int phase, struct ike_event *ev)
{
	struct span words = f[FGT_REASON].len > 0 ? f[FGT_REASON] : f[FGT_TEXT];

	ev->what = IKE_FAILED;
	ev->reason = IKE_R_UNKNOWN;
	/* No gateway matched: somebody knocked, and nothing that is up or
	 * under way is meant. */
	if (fgt_empty(f[FGT_TUNNEL])) {
		ev->flags |= phase == 1 ? IKE_F_NEW : IKE_F_STRAY;
		if (phase == 1 && ev->role == IKE_ROLE_NONE)
			ev->role = IKE_RESPONDER;
	}
	if (fgt_notify(f[FGT_NOTIFY], phase == 2, ev)) {
		ev->detail = f[FGT_NOTIFY];
		return;
	}
	for (size_t i = 0; i < COUNT(causes); i++)
		if (words_in(words, causes[i].words)) {
			ev->reason =
			    phase == 2 && causes[i].child != IKE_REASON_NONE
			    ? causes[i].child
			    : causes[i].reason;
			ev->detail = words;
			ev->flags |= IKE_F_REFUSED_HERE;
			return;
		}
	/* An error in IKE_AUTH with no reason given: it was refused there. */
	if (ev->stage == IKE_AUTH && phase == 1)
		ev->reason = IKE_R_AUTHENTICATION_FAILED;
	else if (ev->stage == IKE_XAUTH)
		ev->reason = IKE_R_XAUTH_FAILED;
}

/* result= OK, PENDING or DONE, and ERROR; without one, status=. */
static void
fgt_negotiate(struct span f[FGT_FIELDS], int phase, struct ike_event *ev)
{
	bool done = span_is_nocase(f[FGT_RESULT], "DONE") ||
	    span_has(f[FGT_TEXT], "(DONE)");

	if (span_is_nocase(f[FGT_RESULT], "ERROR") ||
	    span_is_nocase(f[FGT_STATUS], "failure") ||
	    span_has_nocase(f[FGT_STATUS], "error")) {
		fgt_error(f, phase, ev);
		return;
	}
	if (done)
		ev->what = phase == 2 ? IKE_CHILD_ESTABLISHED : IKE_ESTABLISHED;
	else if (ev->ispi.known && ev->rspi.value == 0)
		ev->what = IKE_STARTED;
	else
		ev->what = IKE_PROGRESS;
}

/* action= tunnel-up, phase2-down, .. */
static void
fgt_updown(struct span f[FGT_FIELDS], struct ike_event *ev)
{
	if (span_ends(f[FGT_ACTION], "-up"))
		ev->what = IKE_CHILD_ESTABLISHED;
	else if (span_ends(f[FGT_ACTION], "-down"))
		ev->what = IKE_DELETED;
	else
		ev->what = IKE_INFO;
	ev->kind = IKE_KIND_CHILD;
}

static bool
fgt_make(struct message m, struct span f[FGT_FIELDS], struct ike_event *ev)
{
	fgt_common(f, ev);
	if (ev->stage == IKE_STAGE_NONE && m.phase != 0)
		ev->stage = m.phase == 1 ? IKE_PHASE1 : IKE_PHASE2;
	if (m.phase != 0)
		ev->kind = m.phase == 1 ? IKE_KIND_IKE : IKE_KIND_CHILD;
	switch (m.class) {
	case FGT_NEGOTIATE:
		fgt_negotiate(f, m.phase, ev);
		break;
	case FGT_ERROR:
		fgt_error(f, m.phase, ev);
		break;
	case FGT_INSTALLED:
		ev->what = IKE_CHILD_ESTABLISHED;
		break;
	case FGT_DELETED:
		ev->what = IKE_DELETED;
		break;
	case FGT_DPD:
		ev->what = IKE_PEER_DEAD;
		ev->reason = IKE_R_PEER_DEAD;
		break;
	case FGT_UPDOWN:
		fgt_updown(f, ev);
		break;
	case FGT_ESP:
		ev->what = IKE_INFO;
		ev->flags |= IKE_F_STRAY;
		break;
	default:
		ev->what = IKE_INFO;
		break;
	}
	return true;
}

static struct message
fgt_message(struct span f[FGT_FIELDS])
{
	struct span id = f[FGT_ID];
	struct message none = { NULL, FGT_NONE, 0 };

	if (id.len > 5)
		id = span_from(id, id.len - 5);
	for (size_t i = 0; i < COUNT(messages); i++)
		if (span_is(id, messages[i].id))
			return messages[i];
	for (size_t i = 0; i < COUNT(abouts); i++)
		if (words_in(f[FGT_ABOUT], abouts[i].words) ||
		    words_in(f[FGT_TEXT], abouts[i].words))
			return abouts[i].message;
	return none;
}

/* SSL-VPN shares subtype, actions and names with IPsec. */
static bool
fgt_is_ssl(struct span f[FGT_FIELDS])
{
	struct span id = f[FGT_ID];

	if (id.len > 5)
		id = span_from(id, id.len - 5);
	return span_starts(id, "394") || span_starts(id, "399") ||
	    span_starts_nocase(f[FGT_TUNNEL_TYPE], "ssl") ||
	    span_has_nocase(f[FGT_ABOUT], "SSL VPN") ||
	    span_has_nocase(f[FGT_TEXT], "SSL tunnel");
}

static enum parse_result
fgt_record(struct span s, struct ike_event *ev)
{
	struct span f[FGT_FIELDS] = { { NULL, 0 } };
	struct message m;

	/* Traffic logs are most of what comes: they are let go at once. */
	if (!span_has(s, "vpn") && !span_has(s, "ipsec"))
		return PARSE_NOT_IKE;
	fgt_fields(s, f);
	if ((f[FGT_SUBTYPE].len > 0 && !span_is(f[FGT_SUBTYPE], "vpn") &&
		!span_is(f[FGT_SUBTYPE], "ipsec")) ||
	    (f[FGT_TYPE].len > 0 && !span_is(f[FGT_TYPE], "event") &&
		!span_starts(f[FGT_TYPE], "event")) ||
	    fgt_is_ssl(f))
		return PARSE_NOT_IKE;
	m = fgt_message(f);
	if (m.class == FGT_NONE)
		return span_has_nocase(f[FGT_ABOUT], "IPsec") ||
			span_has_nocase(f[FGT_TEXT], "IPsec") ||
			span_is(f[FGT_SUBTYPE], "ipsec")
		    ? PARSE_UNKNOWN
		    : PARSE_NOT_IKE;
	return fgt_make(m, f, ev) ? PARSE_EVENT : PARSE_UNKNOWN;
}

/* ---- debugging ---------------------------------------------------------- */

/* "Negotiate SA Error:" and its sisters, eaten. */
static bool
fgt_debug_error(struct span *s)
{
	struct span t = *s;

	if (!scan_lit(&t, "Negotiate "))
		return false;
	if (!scan_lit(&t, "ISAKMP "))
		(void)scan_lit(&t, "IPsec ");
	if (!scan_lit(&t, "SA Error:"))
		return false;
	scan_skip_blanks(&t);
	*s = t;
	return true;
}

/* "V=root:0:", "V=root:" and "0:": which virtual domain it is. */
static bool
fgt_debug_domain(struct span *s)
{
	struct span t = *s;
	bool named = scan_lit(&t, "V=");

	if (named && !scan_until(&t, ":", NULL))
		return false;
	*s = t;
	if (scan_set(&t, "0123456789", NULL) && scan_char(&t, ':')) {
		*s = t;
		return true;
	}
	/* V=root:NAME Negotiate SA Error: text */
	return named && span_has(t, "Negotiate SA Error:");
}

/* "2024-01-01 10:00:00.123456 ike V=root:0:" or "ike 0:" in front. */
static bool
fgt_debug_head(struct span *s)
{
	struct span t = *s;
	bool error;

	while (scan_set(&t, "0123456789-:.", NULL) && scan_blanks(&t))
		;
	if (!scan_lit(&t, "ike "))
		return false;
	error = fgt_debug_error(&t);
	scan_skip_blanks(&t);
	if (error && scan_lit(&t, "ike "))
		scan_skip_blanks(&t);
	if (!fgt_debug_domain(&t))
		return false;
	*s = t;
	return true;
}

static bool
fgt_is_number(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

/*
 * "NAME:SERIAL:CHILD:SERIAL: text"; each may be missing, and names hold no
 * colon. The cookies stand for the name of a gateway that is not known yet. A
 * serial is unique on the box. True where it is said of a CHILD SA.
 */
static bool
fgt_debug_names(struct span *s, struct ike_event *ev)
{
	struct span word, rest;
	bool child = false;

	for (int i = 0; i < 4 && s->len > 0 && s->p[0] != ' '; i++) {
		rest = *s;
		if (!scan_until(&rest, ":", &word) || word.len > 64 ||
		    span_has(word, " "))
			break;
		*s = rest;
		if (i == 0) {
			fgt_cookies(word, ev);
			if (!ev->ispi.known)
				ev->tunnel = word;
		} else if (i == 1 && fgt_is_number(word))
			ev->key[IKE_KEY_CONN] = word;
		else {
			child = true;
			if (fgt_is_number(word))
				ev->key[IKE_KEY_CHILD] = word;
			else if (ev->child.len == 0)
				ev->child = word;
		}
	}
	return child;
}

/* What a failure means where it is said of a CHILD SA. */
static void
fgt_debug_child(struct ike_event *ev)
{
	if (ev->what != IKE_FAILED)
		return;
	ev->kind = IKE_KIND_CHILD;
	if (ev->stage == IKE_STAGE_NONE || ev->stage == IKE_PHASE1)
		ev->stage = IKE_PHASE2;
	if (ev->reason == IKE_R_PROPOSAL_MISMATCH ||
	    ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH)
		ev->reason = IKE_R_IPSEC_PROPOSAL_MISMATCH;
}

/* NAME Negotiate SA Error: peer SA proposal not match local policy */
static enum parse_result
fgt_debug_why(struct span s, bool child, struct ike_event *ev)
{
	ev->what = IKE_FAILED;
	ev->reason = IKE_R_UNKNOWN;
	ev->detail = s;
	for (size_t i = 0; i < COUNT(causes); i++)
		if (words_in(s, causes[i].words)) {
			ev->reason = causes[i].reason;
			ev->flags |= IKE_F_REFUSED_HERE;
			break;
		}
	/* Of which phase it is said stands in the negotiation alone. */
	if (ev->reason == IKE_R_IKE_PROPOSAL_MISMATCH)
		ev->reason = IKE_R_PROPOSAL_MISMATCH;
	if (child)
		fgt_debug_child(ev);
	if (ev->tunnel.len == 0 && !ev->ispi.known)
		ev->flags |= IKE_F_NEAR;
	return PARSE_EVENT;
}

/* A message with no responder cookie in it is the first of its exchange. */
static void
fgt_begins(struct ike_event *ev)
{
	if (ev->what != IKE_PROGRESS || (ev->flags & IKE_F_HEARD) == 0 ||
	    !ev->rspi.known || ev->rspi.value != 0 ||
	    ev->role == IKE_INITIATOR ||
	    (ev->stage != IKE_SA_INIT && ev->stage != IKE_MAIN_MODE &&
		ev->stage != IKE_AGGRESSIVE_MODE))
		return;
	ev->what = IKE_STARTED;
	ev->role = IKE_RESPONDER;
}

static enum parse_result
fgt_debug(struct span s, struct ike_event *ev)
{
	struct span name;
	bool child = fgt_debug_names(&s, ev);

	scan_skip_blanks(&s);
	if (fgt_debug_error(&s))
		return fgt_debug_why(s, child, ev);
	if (scan_until(&s, " Negotiate SA Error:", &name)) {
		ev->tunnel = span_trim(name);
		return fgt_debug_why(span_trim(s), child, ev);
	}
	if (rules_match(&debug_rules, SPAN_NONE, s, ev) == NULL)
		return PARSE_UNKNOWN;
	if (ev->what == IKE_INFO && ev->detail.len > 0 &&
	    fgt_notify(ev->detail, child, ev))
		ev->what = IKE_FAILED;
	if (child)
		fgt_debug_child(ev);
	fgt_begins(ev);
	return PARSE_EVENT;
}

/* ---- the parser --------------------------------------------------------- */

/* A record of pairs, "date= time= .. logid=", CEF or LEEF. */
static bool
fgt_pairs(struct span s)
{
	struct span t = s, key;

	if (span_starts(s, "CEF:") || span_starts(s, "LEEF:")) {
		s.len = s.len < 48 ? s.len : 48;
		return span_has_nocase(s, "|Fortinet|");
	}
	while (scan_set(&t, "0123456789-:.", NULL) && scan_blanks(&t))
		;
	return fgt_key(&t, &key) &&
	    (span_has(s, "logid=") || span_has(s, "log_id=")) &&
	    span_has(s, "type=") &&
	    (span_has(s, "devid=") || span_has(s, "devname=") ||
		span_has(s, "device_id=") || span_has(s, "vd=") ||
		span_has(s, "logdesc="));
}

/* The header's parser may have taken "ike" of "ike 0:" for a host or tag. */
static struct span
fgt_text(const struct record *rec)
{
	struct span s = span_trim(rec->message);
	const struct span *const words[] = { &rec->hostname, &rec->app };

	for (size_t i = 0; i < COUNT(words); i++) {
		const char *p = words[i]->p;

		if (span_is(*words[i], "ike") && p < s.p && s.p - p <= 5)
			return (struct span){ p, (size_t)(s.p + s.len - p) };
	}
	return s;
}

static bool
fortigate_recognise(const struct record *rec)
{
	struct span s = fgt_text(rec);

	return fgt_pairs(s) || fgt_debug_head(&s);
}

static enum parse_result
fortigate_parse(const struct record *rec, struct ike_event *ev)
{
	struct span s = fgt_text(rec);

	if (fgt_pairs(s))
		return fgt_record(s, ev);
	if (fgt_debug_head(&s))
		return fgt_debug(s, ev);
	return PARSE_NOT_IKE;
}

const struct parser parser_fortigate = {
	.name = "fortigate",
	.recognise = fortigate_recognise,
	.parse = fortigate_parse,
	.rules = rulesets,
};
