/* Rows of words; the first that fits. Imperatives, no vendor's terms. */
#include "alerting/advice.h"

#include <stddef.h>

/* clang-format off */
static const char *const by_reason[IKE_REASON_COUNT] = {
	[IKE_R_IKE_PROPOSAL_MISMATCH] = "compare phase 1 proposals",
	[IKE_R_IPSEC_PROPOSAL_MISMATCH] = "compare phase 2 proposals",
	[IKE_R_PROPOSAL_MISMATCH] = "compare proposals",
	[IKE_R_DH_GROUP_MISMATCH] = "set the same DH group at both ends",
	[IKE_R_PFS_MISMATCH] = "set the same PFS group at both ends",
	[IKE_R_ENCAPSULATION_MODE_MISMATCH] = "set tunnel mode at both ends",
	[IKE_R_EXCHANGE_MODE_MISMATCH] = "set main or aggressive at both ends",
	[IKE_R_IKE_VERSION_MISMATCH] = "set the same IKE version at both ends",
	[IKE_R_TRAFFIC_SELECTOR_MISMATCH] = "compare the networks of both ends",
	[IKE_R_PEER_ID_MISMATCH] = "compare the identities of both ends",
	[IKE_R_PEER_NOT_CONFIGURED] = "add or correct this peer's address",
	[IKE_R_LOCAL_ADDRESS_MISMATCH] = "correct the local address",
	[IKE_R_POLICY_MISSING] = "add the policy for these networks",
	[IKE_R_FLOW_CONFLICT] = "find the tunnel with the same networks",
	[IKE_R_PSK_MISMATCH] = "set the same key at both ends",
	[IKE_R_PSK_MISSING] = "add the key for this peer",
	[IKE_R_AUTHENTICATION_FAILED] = "compare key and identities",
	[IKE_R_AUTH_METHOD_MISMATCH] = "set the same method: key or certificate",
	[IKE_R_CERTIFICATE_INVALID] = "check the certificate",
	[IKE_R_CERTIFICATE_EXPIRED] = "renew the certificate",
	[IKE_R_CERTIFICATE_REVOKED] = "replace the revoked certificate",
	[IKE_R_CERTIFICATE_UNTRUSTED] = "install the CA that signed it",
	[IKE_R_REVOCATION_UNAVAILABLE] = "make CRL or OCSP reachable",
	[IKE_R_PRIVATE_KEY_MISSING] = "install the private key",
	[IKE_R_SIGNATURE_INVALID] = "check key and certificate belong together",
	[IKE_R_EAP_FAILED] = "check user, password and RADIUS",
	[IKE_R_EAP_TIMEOUT] = "check the RADIUS server",
	[IKE_R_XAUTH_FAILED] = "check user, password and RADIUS",
	[IKE_R_XAUTH_TIMEOUT] = "check the RADIUS server",
	[IKE_R_NO_RESPONSE] = "check the peer's line, address, UDP 500/4500",
	[IKE_R_NEGOTIATION_TIMEOUT] = "check the line, then the peer's log",
	[IKE_R_PEER_DEAD] = "check the peer and its line",
	[IKE_R_NAT_DETECTION_FAILED] = "allow NAT-T and UDP 4500",
	[IKE_R_FRAGMENT_REASSEMBLY_FAILED] = "check MTU, turn on IKE fragmentation",
	[IKE_R_NETWORK_ERROR] = "check this device's route and line",
	[IKE_R_DECRYPTION_FAILED] = "compare the keys of both ends",
	[IKE_R_LIMIT_REACHED] = "raise the limit or end old tunnels",
	[IKE_R_RATE_LIMITED] = "find who floods the device",
	[IKE_R_ADDRESS_ASSIGNMENT_FAILED] = "enlarge the address pool",
	[IKE_R_INTERNAL_ERROR] = "look at this device's own log",
	[IKE_R_REKEY_FAILED] = "compare proposals and lifetimes",
	[IKE_R_LIFETIME_EXPIRED] = "see why the rekey did not come",
	[IKE_R_DELETED_BY_PEER] = "ask the peer's operator",
	[IKE_R_DELETED_BY_ADMIN] = "ask who cleared it",
};

/* A stall says where it happened only. */
static const char *const by_stage[] = {
	[IKE_SA_INIT] = "check the peer's line, address, UDP 500/4500",
	[IKE_MAIN_MODE] = "check the peer's line, then phase 1",
	[IKE_AGGRESSIVE_MODE] = "check the peer's line, then phase 1",
	[IKE_PHASE1] = "check the peer's line, then phase 1",
	[IKE_INTERMEDIATE] = "check MTU and UDP 4500",
	[IKE_AUTH] = "compare key and identities, check UDP 4500",
	[IKE_QUICK_MODE] = "compare networks and phase 2 proposals",
	[IKE_PHASE2] = "compare networks and phase 2 proposals",
	[IKE_CREATE_CHILD_SA] = "compare networks and phase 2 proposals",
	[IKE_XAUTH] = "check the RADIUS server",
};
/* clang-format on */

static const char *
advice_for_group(const struct alert_notice *n)
{
	if (n->device[0] != '\0' && n->peer[0] == '\0')
		return "look at this device and its line first";
	if (n->peer[0] != '\0')
		return "look at that side first";
	return "look for what they share";
}

static const char *
advice_for_tunnel(const struct alert_notice *n)
{
	if (n->kind == ALERT_NEGOTIATION_STALLED && n->words[0] != '\0')
		return "check that it still passes traffic";
	if (n->reason == IKE_R_STALLED || n->reason == IKE_R_UNKNOWN ||
	    n->reason == IKE_REASON_NONE)
		return (size_t)n->stage <
			    sizeof(by_stage) / sizeof(by_stage[0]) &&
			by_stage[n->stage] != NULL
		    ? by_stage[n->stage]
		    : "look at the logs of both ends";
	if (n->reason == IKE_R_AUTHENTICATION_FAILED &&
	    n->refused_by == IKE_REFUSED_PEER && n->other[0] == '\0')
		return "read the peer's log, compare key and identity";
	return by_reason[n->reason] != NULL ? by_reason[n->reason]
					    : "look at the logs of both ends";
}

const char *
advice_for(const struct alert_notice *n)
{
	if (n->edge == ALERT_EDGE_RESOLVES || n->edge == ALERT_EDGE_TEST ||
	    n->edge == ALERT_EDGE_SUMMARY)
		return "";
	switch (n->kind) {
	case ALERT_GROUP:
		return advice_for_group(n);
	case ALERT_DEVICE_SILENT:
		return "check its power, line and syslog setting";
	case ALERT_SELF:
		return ""; /* its words say it */
	default:
		return advice_for_tunnel(n);
	}
}
