/*
 * Juniper SRX: what kmd and iked log, as text and as structured data
 * (RFC 5424, [junos@2636...]).
 *
 *	kmd[1234]: IKE negotiation failed with error: No proposal chosen. IKE
 *	    Version: 1, VPN: v Gateway: g, Local: 203.0.113.1/500, Remote: ...
 *
 * What a peer chooses (its IKE-ID) stands behind what the device says: of a
 * label that comes twice the first counts, of "Role" the last.
 */
#include "parsers/cause.h"
#include "parsers/parser.h"
#include "parsers/tag.h"
#include "parsers/words.h"

/* clang-format off */
static const struct rule rows[] = {
/* IKE negotiation successfully completed. IKE Version: 2, VPN: v ... */
{ NULL, "IKE negotiation successfully completed$?", IKE_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IKE SA negotiation successfully completed$?", IKE_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IPSec negotiation successfully completed$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IPSec SA negotiation successfully completed$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IKE SA rekey successful$?", IKE_REKEYED, 0, 0, IKE_F_HEARD, 0, 0, IKE_KIND_IKE },
{ NULL, "IPSec SA rekey successful$?", IKE_REKEYED, 0, 0, IKE_F_HEARD, 0, 0, IKE_KIND_CHILD },
/* IKE negotiation failed with error: No proposal chosen. IKE Version: 1, ... */
{ NULL, "IKE negotiation failed with error: No proposal chosen$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH },
{ NULL, "IKE negotiation failed with error: Peer proposed phase1 proposal conflicts with local configuration$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, "IKE negotiation failed with error: Authentication failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED },
{ NULL, "IKE negotiation failed with error: Authentication method mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH },
/* A message that does not decrypt to one: the keys differ. */
{ NULL, "IKE negotiation failed with error: Invalid syntax$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH },
{ NULL, "IKE negotiation failed with error: Invalid payload type$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH },
{ NULL, "IKE negotiation failed with error: Invalid hash information$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH },
{ NULL, "IKE negotiation failed with error: Timed out$?", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 0, IKE_KIND_IKE },
{ NULL, "IKE negotiation failed with error: No response from peer$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE, 0, 0, 0, IKE_KIND_IKE },
{ NULL, "IKE negotiation failed with error: Invalid ID information$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH },
{ NULL, "IKE negotiation failed with error: Peer's IKE-ID validation failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, "IKE negotiation failed with error: IKE gateway configuration lookup failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE },
{ NULL, "IKE negotiation failed with error: No public key found$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED },
{ NULL, "IKE negotiation failed with error: Invalid certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID },
{ NULL, "IKE negotiation failed with error: Invalid signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID },
{ NULL, "IKE negotiation failed with error: Invalid cookie$?", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_SPI },
{ NULL, "IKE negotiation failed with error: Invalid exchange type$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN_EXCHANGE_TYPE },
{ NULL, "IKE negotiation failed with error: Invalid major version$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_VERSION_MISMATCH },
{ NULL, "IKE negotiation failed with error: Invalid KE payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH },
{ NULL, "IKE negotiation failed with error: TS unacceptable$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
{ NULL, "IKE negotiation failed with error: Out of memory$?", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR },
{ NULL, "IKE negotiation failed with error: IKE SA delete payload received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 0, IKE_KIND_IKE },
{ NULL, "IKE negotiation failed with error: Peer's gateway is not configured$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE },
{ NULL, "IKE negotiation failed with error: Aborted$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 0, IKE_KIND_IKE },
{ NULL, "IKE negotiation failed with error: $?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 0, IKE_KIND_IKE },
/* IPSec negotiation failed with error: TS unacceptable. IKE Version: 2, ... */
{ NULL, "IPSec negotiation failed with error: No proposal chosen$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
{ NULL, "IPSec negotiation failed with error: TS unacceptable$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
{ NULL, "IPSec negotiation failed with error: Peer proposed traffic-selectors are not in configured range$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, "IPSec negotiation failed with error: Invalid ID information$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
{ NULL, "IPSec negotiation failed with error: Timed out$?", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT },
{ NULL, "IPSec negotiation failed with error: Invalid KE payload$?", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH },
{ NULL, "IPSec negotiation failed with error: SA unusable$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
{ NULL, "IPSec negotiation failed with error: $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
/* Peer proposed traffic-selectors are not in configured range ... */
{ NULL, "Peer proposed traffic-selectors are not in configured range$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
/* IKE Phase-1: (Responder) Policy lookup failed [local_ip=203.0.113.1, remote_ip=198.51.100.7] */
{ NULL, "IKE Phase-1: (Responder) Policy lookup failed $?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE, IKE_RESPONDER },
{ NULL, "IKE Phase-1: (Initiator) Policy lookup failed $?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE, IKE_INITIATOR },
{ NULL, "IKE Phase-1 Failure: (Initiator) Invalid payload type $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, IKE_INITIATOR },
{ NULL, "IKE Phase-1 Failure: (Responder) Invalid payload type $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, IKE_RESPONDER },
{ NULL, "IKE Phase-1 Failure: Invalid payload type $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH },
{ NULL, "IKE Phase-1 Failure: No proposal chosen $?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH },
{ NULL, "IKE Phase-1 Failure: Authentication failed $?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED },
{ NULL, "IKE Phase-1 Failure: $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN },
{ NULL, "IKE Phase-2 Failure: No proposal chosen $?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
{ NULL, "IKE Phase-2 Failure: $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
{ NULL, "IKE Phase-2: Failed to match the peer proxy IDs $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, "IKE Phase-2: Negotiations failed$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
{ NULL, "IKE Phase-1: Negotiations failed$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN },
/* Phase-1 [responder] done for local=ipv4(udp:500,[0..3]=203.0.113.1) remote=... */
{ NULL, "Phase-1 [responder] done for $?", IKE_ESTABLISHED, IKE_PHASE1, 0, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Phase-1 [initiator] done for $?", IKE_ESTABLISHED, IKE_PHASE1, 0, IKE_F_HEARD, IKE_INITIATOR, 1 },
{ NULL, "Phase-2 [responder] done for $?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "Phase-2 [initiator] done for $?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, IKE_F_HEARD, IKE_INITIATOR, 1 },
/* Phase-1 [responder] failed with error(No proposal chosen) for local=unknown(any:0,[0..0]=) remote=.. */
{ NULL, "Phase-1 [$*] failed with error(Invalid payload type) for $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, 0, 1 },
{ NULL, "Phase-1 [$*] failed with error(Invalid hash information) for $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, 0, 1 },
{ NULL, "Phase-1 [$*] failed with error(Invalid syntax) for $?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, 0, 1 },
{ NULL, "Phase-1 [$*] failed with error($*) for $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "Phase-2 [$*] failed with error($*) for $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "Phase-2 [responder] failed for $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, 0, IKE_RESPONDER, 1 },
{ NULL, "Phase-2 [initiator] failed for $?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, 0, IKE_INITIATOR, 1 },
{ NULL, "Policy lookup for Phase-1 [responder] failed for $?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "Policy lookup for Phase-2 [responder] failed for $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 1 },
{ NULL, "Phase-1 [responder] failed for $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, IKE_RESPONDER, 1 },
{ NULL, "Phase-1 [initiator] failed for $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, IKE_INITIATOR, 1 },
/* KMD_PM_SA_ESTABLISHED: Local gateway: a, Remote gateway: b, ... SPI: 0x19.. */
{ "KMD_PM_SA_ESTABLISHED", "$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ "KMD_VPN_UP_ALARM_USER", "$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ "IKE_VPN_UP_ALARM_USER", "$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ "KMD_VPN_PV_PHASE1", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH },
{ "KMD_VPN_PV_PHASE2", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
{ "KMD_VPN_TS_MISMATCH", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_VPN_DFBIT_STATUS_MSG", "$?", IKE_INFO },
{ "KMD_DPD_PEER_DOWN", "$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
{ "KMD_PM_SA_INDEX_GEN_FAILED", "$?", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR },
{ "KMD_PM_P1_POLICY_LOOKUP_FAILURE", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE },
{ "KMD_PM_P2_POLICY_LOOKUP_FAILURE", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_PM_SA_CFG_NOT_FOUND", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE },
{ "KMD_PM_SA_PEER_NOT_FOUND", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE },
{ "KMD_PM_PROPOSAL_PROTOCOL_INVALID", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_PM_PROTO_INVALID", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_PM_PROTO_IPCOMP_UNSUPPORTED", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_PM_PROTO_ISAKMP_RESV_UNSUPP", "$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ "KMD_PM_IKE_SERVER_LOOKUP_FAILED", "$?", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR },
{ "KMD_PM_ILLEGAL_REMOTE_GW_ID", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, NULL },
};

/* Why a tunnel went down: the words behind "Reason: ". */
static const struct rule downs[] = {
{ NULL, "DPD $?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
{ NULL, "Dead peer detection $?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
{ NULL, "$*delete payload received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER },
{ NULL, "$*deleted by peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER },
{ NULL, "Tunnel configuration $?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
{ NULL, "Configuration $?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
{ NULL, "User cleared $?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
{ NULL, "Cleared by $?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
{ NULL, "$*cleared from CLI$?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
{ NULL, "$*lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
{ NULL, "$*hard life$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
{ NULL, "$*idle time$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
{ NULL, "Initial contact $?", IKE_DELETED, 0, IKE_R_SUPERSEDED },
{ NULL, "External interface$?", IKE_DELETED, 0, IKE_R_PATH_CHANGED },
{ NULL, "$*interface $*down$?", IKE_DELETED, 0, IKE_R_PATH_CHANGED },
{ NULL, "No response from peer$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
{ NULL, "$?", IKE_DELETED },
{ NULL, NULL },
};

/*
 * kmd's trace file: "[Aug 22 20:40:14]", from 12.1 on with the addresses
 * behind it, "[203.0.113.1 <-> 198.51.100.7]", then the text.
 */
static const struct rule traces[] = {
{ NULL, "IKE negotiation done for local:$local, remote:$peer $* with status: Error ok$?", IKE_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IKE negotiation fail for local:$local, remote:$peer $* with status: $detail", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN },
{ NULL, "IPSec negotiation done successfully for SA-CFG $tunnel for local:$local, remote:$peer $*", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD },
{ NULL, "IPSec negotiation failed for SA-CFG $tunnel for local:$local, remote:$peer $* status: $detail", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
{ NULL, "iked_pm_ipsec_sa_install: local:$local, remote:$peer $* for SA-CFG $tunnel", IKE_PROGRESS, IKE_PHASE2, 0, IKE_F_HEARD },
/* 203.0.113.1:500 (Initiator) <-> 198.51.100.7:500 { e4d65d2e a7bf1c17 - .. [0] / 0x00000000 } Info; Received notify err = .. */
{ NULL, "$* <-> $peer { $* } Info; Received notify err = $detail", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, IKE_F_REFUSED_BY_PEER | IKE_F_HEARD, 0, 1 },
{ NULL, "Unable to find ike gateway as remote peer:$peer is not recognized$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER },
{ NULL, NULL },
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset downset = RULESET(downs);
static struct ruleset traceset = RULESET(traces);
static struct ruleset *const junos_sets[] = { &ruleset, &downset, &traceset,
	NULL };

/* A label's value, up to the next comma or bracket; of its first place. */
static bool
junos_label(struct span text, const char *label, struct span *value)
{
	size_t n = 0;

	if (!words_until(&text, label, NULL))
		return false;
	while (n < text.len && text.p[n] != ',' && text.p[n] != ';' &&
	    text.p[n] != ']')
		n++;
	*value = span_trim((struct span){ text.p, n });
	return value->len > 0;
}

/* One of several spellings of an address, the first that is there. */
static void
junos_address(struct span text, const char *const *labels, struct span *addr,
    struct span *port)
{
	struct span value, word;

	for (; *labels != NULL; labels++)
		if (junos_label(text, *labels, &value) &&
		    scan_word(&value, &word) && !span_is(word, "<none>") &&
		    rules_address(word, addr, port))
			return;
}

/* "VPN: branch-vpn Gateway: branch-gw": a name ends at the next label. */
static void
junos_name(struct span text, struct ike_event *ev)
{
	static const char *const labels[] = { "vpn name: ", "VPN: ", "VPN ",
		"for SA ", "Gateway: " };
	struct span value, rest, before;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		/* "Local gateway: 203.0.113.1" is no name. */
		rest = text;
		if (words_until(&rest, labels[i], &before) &&
		    (span_ends(before, "Local ") ||
			span_ends(before, "Remote ")))
			continue;
		if (junos_label(text, labels[i], &value) &&
		    scan_word(&value, &ev->tunnel)) {
			if (!span_is_nocase(ev->tunnel, "Not-Available"))
				return;
			ev->tunnel = SPAN_NONE;
		}
	}
}

/* The last "Role: " of the text: what stands before may be the peer's. */
static enum ike_role
junos_role(struct span text)
{
	enum ike_role role = span_has(text, " [responder] ") ? IKE_RESPONDER
	    : span_has(text, " [initiator] ")		     ? IKE_INITIATOR
							     : IKE_ROLE_NONE;

	while (words_until(&text, "Role: ", NULL)) {
		if (span_starts_nocase(text, "Initiator"))
			role = IKE_INITIATOR;
		else if (span_starts_nocase(text, "Responder"))
			role = IKE_RESPONDER;
		else
			role = IKE_ROLE_NONE;
	}
	return role;
}

static void
junos_spi(struct span text, struct ike_event *ev)
{
	struct span value, direction;
	uint64_t spi;

	if (!junos_label(text, "SPI: ", &value) ||
	    !span_u64(value, span_starts_nocase(value, "0x") ? 16 : 10, &spi) ||
	    spi > UINT32_MAX)
		return;
	if (junos_label(text, "Direction: ", &direction) &&
	    span_starts_nocase(direction, "out"))
		ev->spi_out = (uint32_t)spi;
	else
		ev->spi_in = (uint32_t)spi;
}

static void
junos_selectors(struct span text, struct ike_event *ev)
{
	static const struct {
		const char *label;
		enum ike_attr attr;
	} rows_of[] = {
		{ "p2_local_proxy_id=", IKE_ATTR_SELECTOR_LOCAL },
		{ "p2_remote_proxy_id=", IKE_ATTR_SELECTOR_REMOTE },
		{ "p2_local=", IKE_ATTR_SELECTOR_LOCAL },
		{ "p2_remote=", IKE_ATTR_SELECTOR_REMOTE },
		{ "Proposed traffic-selector local-ip: ",
		    IKE_ATTR_SELECTOR_LOCAL },
		{ "Proposed traffic-selector remote-ip: ",
		    IKE_ATTR_SELECTOR_REMOTE },
	};
	struct span rest, value;

	for (size_t i = 0; i < sizeof(rows_of) / sizeof(rows_of[0]); i++) {
		rest = text;
		if (!words_until(&rest, rows_of[i].label, NULL))
			continue;
		/* ipv4_subnet(any:0,[0..7]=10.10.20.0/24), ipv4(10.2.0.0-..) */
		if (scan_until(&rest, ")", &value)) {
			struct span eq = value;

			while (scan_until(&eq, "=", NULL))
				value = eq;
			scan_until(&value, "(", NULL);
			ike_event_say(
			    ev, rows_of[i].attr, IKE_SIDE_PEER, value);
		}
	}
}

static void
junos_facts(struct span text, struct ike_event *ev)
{
	static const char *const peers[] = { "Remote gateway: ", "Remote: ",
		"remote_ip=", "remote peer ip:", "src_ip=", "Remote-ip: ",
		"detected peer ", NULL };
	static const char *const locals[] = { "Local gateway: ", "Local: ",
		"local_ip=", "local ip:", "dst_ip=", "Local-ip: ", NULL };
	struct span value;

	junos_address(text, peers, &ev->peer, &ev->peer_port);
	junos_address(text, locals, &ev->local, NULL);
	junos_name(text, ev);
	if (junos_label(text, "IKE Version: ", &value))
		ev->ike_version = span_starts(value, "1") ? 1
		    : span_starts(value, "2")		  ? 2
							  : 0;
	if (ev->role == IKE_ROLE_NONE)
		ev->role = junos_role(text);
	junos_selectors(text, ev);
}

/* "VPN v from 203.0.113.10 is down." and its sister. */
static void
junos_alarm(struct span text, struct ike_event *ev)
{
	struct span word;

	if (words_until(&text, " from ", NULL) && scan_word(&text, &word))
		rules_address(word, &ev->peer, &ev->peer_port);
}

/* "remote=ipv4(udp:500,[0..3]=198.51.100.7)": the last "=" of the brackets. */
static bool
junos_side(
    struct span text, const char *label, struct span *kind, struct span *value)
{
	if (!words_until(&text, label, NULL) || !scan_until(&text, "(", kind) ||
	    !scan_until(&text, ")", value))
		return false;
	while (scan_until(value, "=", NULL))
		;
	return value->len > 0;
}

/* fqdn(..) is who it says it is, not where it is. */
static void
junos_done(struct span text, struct ike_event *ev)
{
	struct span kind, value;

	if (junos_side(text, "local=", &kind, &value) &&
	    span_starts(kind, "ipv"))
		rules_address(value, &ev->local, NULL);
	if (!junos_side(text, "remote=", &kind, &value))
		return;
	if (span_starts(kind, "ipv"))
		rules_address(value, &ev->peer, NULL);
	else if (span_has(kind, "fqdn"))
		ike_event_say(ev, IKE_ATTR_IDENTITY_PEER, IKE_SIDE_PEER, value);
}

/* Structured data: [junos@2636.1.1.1.2.x vpn-name="v" remote-address="a"]. */
static void
junos_structured(const struct record *rec, struct ike_event *ev)
{
	static const char *const peers[] = { "remote-address", "remote-gateway",
		"peer-address", "remote-ip" };
	static const char *const locals[] = { "local-address", "local-gateway",
		"local-ip" };
	struct span value;
	uint64_t spi;

	for (size_t i = 0; i < 4 && ev->peer.len == 0; i++)
		if (record_sd_get(rec, peers[i], &value))
			rules_address(value, &ev->peer, &ev->peer_port);
	for (size_t i = 0; i < 3 && ev->local.len == 0; i++)
		if (record_sd_get(rec, locals[i], &value))
			rules_address(value, &ev->local, NULL);
	if (ev->tunnel.len == 0 && !record_sd_get(rec, "vpn-name", &ev->tunnel))
		record_sd_get(rec, "gateway-name", &ev->tunnel);
	if (ev->spi_in == 0 && ev->spi_out == 0 &&
	    record_sd_get(rec, "index1", &value) && span_u64(value, 10, &spi) &&
	    spi <= UINT32_MAX)
		ev->spi_in = (uint32_t)spi;
}

static bool
junos_tag(struct span *s, void *arg)
{
	struct span rest = *s, word;

	(void)arg;
	if (!scan_word(&rest, &word) ||
	    (!tag_is(word, "kmd") && !tag_is(word, "iked")))
		return false;
	*s = span_trim(rest);
	return true;
}

/* A mnemonic of kmd's in front: "KMD_PM_SA_ESTABLISHED: ". */
static bool
junos_mnemonic(struct span *text, struct span *id)
{
	struct span rest = *text;

	if ((!span_starts(rest, "KMD_") && !span_starts(rest, "IKE_VPN_")) ||
	    !scan_set(&rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", id))
		return false;
	scan_skip_blanks(&rest);
	scan_char(&rest, ':');
	*text = span_trim(rest);
	return true;
}

/* What kmd said, wherever its tag stands; false where it is not kmd's. */
static bool
junos_text(const struct record *rec, struct span *text, struct span *id)
{
	*id = SPAN_NONE;
	if (span_is(rec->app, "kmd") || span_is(rec->app, "iked"))
		*text = rec->message;
	else if (!tag_find(rec, junos_tag, NULL, text)) {
		*text = rec->message;
		if (span_starts(rec->app, "KMD_") ||
		    span_starts(rec->app, "IKE_VPN_")) {
			*id = rec->app;
			return true;
		}
		return junos_mnemonic(text, id);
	}
	if (!junos_mnemonic(text, id) &&
	    (span_starts(rec->msgid, "KMD_") ||
		span_starts(rec->msgid, "IKE_VPN_")))
		*id = rec->msgid;
	return true;
}

/* A line of the trace file: its heads eaten, and a text that is kmd's. */
static bool
junos_trace(const struct record *rec, struct span *text)
{
	static const char *const sentences[] = { "IKE negotiation done for ",
		"IKE negotiation fail for ",
		"IPSec negotiation done successfully for ",
		"IPSec negotiation failed for SA-CFG ",
		"Unable to find ike gateway as remote " };
	static const char *const fronts[] = { "ike_", "iked_", "ssh_ike",
		"ikev2_" };
	struct span s = rec->raw, stamp;

	/* A relay's header may stand in front of it. */
	do {
		if (!scan_until(&s, "[", NULL) || s.p > rec->raw.p + 96 ||
		    !scan_until(&s, "]", &stamp))
			return false;
	} while (stamp.len < 15 || stamp.p[3] != ' ' || stamp.p[9] != ':');
	if (scan_char(&s, '[') && !scan_until(&s, "]", NULL))
		return false;
	*text = span_trim(s);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++)
		if (span_starts(*text, fronts[i]))
			return true;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		s = *text;
		if (words_eat(&s, sentences[i]))
			return true;
	}
	return span_has(*text, ") <-> ") && span_has(*text, " { ");
}

static bool
junos_recognise(const struct record *rec)
{
	static const char *const marks[] = { "IKE negotiation failed with ",
		"IPSec negotiation failed with ", "successfully completed",
		"rekey successful" };
	struct span text, id;

	if (junos_trace(rec, &text))
		return true;
	if (span_has(rec->sd, "[junos@2636") &&
	    (span_is(rec->app, "kmd") || span_is(rec->app, "iked")))
		return true;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (span_has_nocase(rec->message, marks[i]) &&
		    span_has_nocase(rec->message, "VR-ID: "))
			return true;
	/* OpenIKED's program has the same name: its mark is another. */
	return junos_text(rec, &text, &id) && !span_starts(text, "spi=0x") &&
	    (id.len > 0 || !span_is(rec->app, "iked"));
}

static enum parse_result
junos_down(struct span text, struct ike_event *ev)
{
	struct span reason = SPAN_NONE, rest = text;

	/* The last one: names before it are the peer's. */
	while (words_until(&rest, "Reason: ", NULL))
		reason = rest;
	rules_match(&downset, SPAN_NONE, reason, ev);
	ev->kind = IKE_KIND_CHILD;
	if (ev->what == IKE_PEER_DEAD)
		ev->kind = IKE_KIND_NONE;
	ev->detail = reason;
	return PARSE_EVENT;
}

/*
 * "failed with error: X. IKE Version: 2, .." and "Failure: X [spi=..": an X
 * that no row has.
 */
static void
junos_why(struct span text, struct ike_event *ev)
{
	struct span error, rest = text;
	bool found = words_until(&rest, "failed with error: ", NULL) &&
	    words_until(&rest, "IKE Version: ", &error);

	if (!found) {
		rest = text;
		found = words_until(&rest, " Failure: ", NULL) &&
		    scan_until(&rest, "[", &error);
	}
	if (!found) {
		rest = text;
		found = words_until(&rest, "failed with error(", NULL) &&
		    scan_until(&rest, ")", &error);
	}
	if (found && ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN)
		ev->reason = cause_of(error,
		    ev->kind == IKE_KIND_IKE || ev->stage == IKE_PHASE1
			? NOTIFY_PHASE1
			: NOTIFY_PHASE2);
}

static void
junos_traced(struct span text, struct ike_event *ev)
{
	if (rules_match(&traceset, SPAN_NONE, text, ev) == NULL) {
		ev->what = IKE_INFO;
		return;
	}
	if (ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN)
		ev->reason = cause_of(ev->detail,
		    ev->stage == IKE_PHASE2 ? NOTIFY_PHASE2 : NOTIFY_PHASE1);
	ev->ike_version = span_has(text, " IKEv1") ? 1
	    : span_has(text, " IKEv2")		   ? 2
						   : 0;
	ev->detail = text;
}

static enum parse_result
junos_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, id;

	if (junos_trace(rec, &text)) {
		junos_traced(text, ev);
		return PARSE_EVENT;
	}
	if (!junos_text(rec, &text, &id))
		text = rec->message;
	if (span_ends(id, "_VPN_DOWN_ALARM_USER")) {
		junos_down(text, ev);
		junos_facts(text, ev);
		junos_alarm(text, ev);
		junos_structured(rec, ev);
		return PARSE_EVENT;
	}
	if (rules_match(&ruleset, id, text, ev) == NULL) {
		if (span_starts(text, "Config download"))
			return PARSE_NOT_IKE;
		return id.len > 0 || span_has_nocase(text, "ike") ||
			span_has_nocase(text, "ipsec") ||
			span_has_nocase(text, "phase-")
		    ? PARSE_UNKNOWN
		    : PARSE_NOT_IKE;
	}
	ev->detail = text;
	junos_why(text, ev);
	junos_facts(text, ev);
	junos_done(text, ev);
	if (span_is(id, "KMD_PM_SA_ESTABLISHED"))
		junos_spi(text, ev);
	if (span_ends(id, "_VPN_UP_ALARM_USER"))
		junos_alarm(text, ev);
	junos_structured(rec, ev);
	return PARSE_EVENT;
}

const struct parser parser_junos = {
	.name = "junos",
	.recognise = junos_recognise,
	.parse = junos_parse,
	.rules = junos_sets,
};
