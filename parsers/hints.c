/* Hints: what a person checks first, in an imperative sentence or two. */
#include "parsers/hints.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const char *const hints[IKE_REASON_COUNT] = {
	[IKE_R_IKE_PROPOSAL_MISMATCH] =
	    "Compare the phase 1 (IKE) proposals of both ends: encryption, "
	    "integrity, PRF, DH group, authentication method and IKE version "
	    "must have at least one combination in common.",
	[IKE_R_IPSEC_PROPOSAL_MISMATCH] =
	    "Compare the phase 2 (IPsec) proposals of both ends: protocol, "
	    "encryption, integrity, PFS group and encapsulation mode.",
	[IKE_R_PROPOSAL_MISMATCH] =
	    "Compare the proposals of both ends, phase 1 and phase 2: "
	    "encryption, integrity, DH and PFS group.",
	[IKE_R_DH_GROUP_MISMATCH] =
	    "Set the same Diffie-Hellman group in the phase 1 proposals of "
	    "both ends.",
	[IKE_R_PFS_MISMATCH] =
	    "Turn perfect forward secrecy on or off at both ends alike, with "
	    "the same group. It often shows only at the first rekey.",
	[IKE_R_ENCAPSULATION_MODE_MISMATCH] =
	    "Set tunnel mode (or transport mode) at both ends alike; behind "
	    "NAT both need NAT traversal.",
	[IKE_R_EXCHANGE_MODE_MISMATCH] =
	    "Set main mode (or aggressive mode) at both ends alike.",
	[IKE_R_IKE_VERSION_MISMATCH] =
	    "Set the same IKE version, 1 or 2, at both ends.",
	[IKE_R_TRAFFIC_SELECTOR_MISMATCH] =
	    "Compare the protected networks (proxy IDs, traffic selectors, "
	    "crypto access lists): each end's local must be the other's "
	    "remote, masks included.",
	[IKE_R_PEER_ID_MISMATCH] =
	    "Compare the identity the peer sends (type and value) with the "
	    "one expected here; behind NAT an address is often the wrong "
	    "one.",
	[IKE_R_PEER_NOT_CONFIGURED] =
	    "Look for a connection with this peer's address and identity on "
	    "the end that refused; if nobody knows the address it is a "
	    "stranger's scan.",
	[IKE_R_LOCAL_ADDRESS_MISMATCH] =
	    "Check the local address and the interface the tunnel is bound "
	    "to, and that the peer points at that address.",
	[IKE_R_POLICY_MISSING] =
	    "Check that an IPsec policy (crypto map, security policy) exists "
	    "and is applied to the outgoing interface.",
	[IKE_R_FLOW_CONFLICT] =
	    "Another tunnel protects the same or an overlapping network: make "
	    "the protected networks distinct.",
	[IKE_R_PSK_MISMATCH] =
	    "Enter the pre-shared key again at both ends, mind blanks and "
	    "special characters, and check that it is bound to the right "
	    "peer identity.",
	[IKE_R_PSK_MISSING] =
	    "Configure a pre-shared key for this peer's address or identity.",
	[IKE_R_AUTHENTICATION_FAILED] =
	    "Read the log of the end that refused: it knows whether key, "
	    "certificate or identity was wrong. Compare pre-shared key, "
	    "identities and authentication method.",
	[IKE_R_AUTH_METHOD_MISMATCH] =
	    "Set the same authentication method (pre-shared key, RSA, ECDSA, "
	    "EAP) at both ends.",
	[IKE_R_CERTIFICATE_INVALID] =
	    "Check the certificate's subject, key usage and chain on the end "
	    "that presented it.",
	[IKE_R_CERTIFICATE_EXPIRED] =
	    "Renew the certificate, and check the clocks of both ends.",
	[IKE_R_CERTIFICATE_REVOKED] =
	    "Issue a new certificate to this end; the old one was revoked.",
	[IKE_R_CERTIFICATE_UNTRUSTED] =
	    "Install the issuing CA and all intermediate certificates on the "
	    "end that refused.",
	[IKE_R_REVOCATION_UNAVAILABLE] =
	    "Check that the CRL or OCSP server can be reached and its answer "
	    "is fresh, or relax the revocation check.",
	[IKE_R_PRIVATE_KEY_MISSING] =
	    "Install the certificate together with its private key and select "
	    "it in the connection.",
	[IKE_R_SIGNATURE_INVALID] =
	    "Check that certificate and private key belong together and that "
	    "both ends allow the same signature hash.",
	[IKE_R_EAP_FAILED] =
	    "Check user name, password and the authentication server's log.",
	[IKE_R_EAP_TIMEOUT] =
	    "Check that the authentication server answers, and that the "
	    "client prompted its user.",
	[IKE_R_XAUTH_FAILED] =
	    "Check user name, password and group, and the authentication "
	    "server's log.",
	[IKE_R_XAUTH_TIMEOUT] =
	    "Check that the peer is set for XAUTH too, and that the "
	    "authentication server answers.",
	[IKE_R_NO_RESPONSE] =
	    "Check the peer's address, that it is up, and that UDP 500 and "
	    "4500 pass both ways; a peer that does not know us may also stay "
	    "silent.",
	[IKE_R_NEGOTIATION_TIMEOUT] =
	    "See at which stage it stopped: before any answer look at address "
	    "and filters, at authentication look at keys, identities and "
	    "fragments.",
	[IKE_R_PEER_DEAD] =
	    "Check the path and the peer: line, router, a restarted firewall. "
	    "Keepalive (DPD) settings should fit the line.",
	[IKE_R_NAT_DETECTION_FAILED] =
	    "Turn NAT traversal on at both ends and let UDP 4500 pass.",
	[IKE_R_FRAGMENT_REASSEMBLY_FAILED] =
	    "Let IP fragments pass or turn IKE fragmentation on at both ends; "
	    "large certificates need it.",
	[IKE_R_NETWORK_ERROR] =
	    "Check route, interface and source address on the device that "
	    "logged it.",
	[IKE_R_MALFORMED_MESSAGE] =
	    "With a pre-shared key in IKEv1 this is mostly a wrong key; "
	    "otherwise compare versions and look for a known bug of either "
	    "end.",
	[IKE_R_INVALID_SPI] =
	    "One end still uses an SA the other has forgotten, often after a "
	    "restart: clear the SAs, and turn dead peer detection on.",
	[IKE_R_INVALID_MESSAGE_ID] =
	    "The ends lost step, often after a failover: clear the IKE SA, "
	    "and check the cluster's synchronisation.",
	[IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD] =
	    "The peer demands an extension this end does not have: turn it "
	    "off there or update here.",
	[IKE_R_UNKNOWN_EXCHANGE_TYPE] =
	    "Compare IKE version and exchange mode; an unknown exchange from "
	    "a stranger is a scan.",
	[IKE_R_DUPLICATE_REQUEST] =
	    "Answers are slow or lost on the way: check load of the device "
	    "and loss on the line.",
	[IKE_R_DECRYPTION_FAILED] =
	    "The ends hold different keys: compare pre-shared keys, then "
	    "clear the SA at both ends.",
	[IKE_R_LIMIT_REACHED] =
	    "The device is at its limit of licences, peers or SAs: remove "
	    "stale SAs or raise the limit.",
	[IKE_R_RATE_LIMITED] =
	    "Too many requests at once: look for a peer that tries in a loop, "
	    "or raise the limit.",
	[IKE_R_ADDRESS_ASSIGNMENT_FAILED] =
	    "Check the pool of inner addresses: it is empty, missing, or the "
	    "client asks for an address outside it.",
	[IKE_R_INTERNAL_ERROR] =
	    "Look at memory, load and the system log of the device that "
	    "logged it.",
	[IKE_R_REKEY_FAILED] =
	    "Compare lifetimes and the phase 2 proposal including PFS: a "
	    "rekey proposes what the first negotiation need not.",
	[IKE_R_DELETED_BY_PEER] =
	    "Look at the peer's log for why it deleted the SA.",
	[IKE_R_DELETED_BY_ADMIN] =
	    "Nothing to repair: somebody cleared it or changed the "
	    "configuration.",
	[IKE_R_SUPERSEDED] =
	    "Nothing to repair: a newer SA with the same peer took its "
	    "place.",
	[IKE_R_LIFETIME_EXPIRED] =
	    "If it should have stayed up: check rekeying, idle timeout and "
	    "whether lifetimes agree.",
	[IKE_R_PATH_CHANGED] =
	    "An address or interface changed: check the line and, for "
	    "addresses that change, MOBIKE or dynamic peers.",
	[IKE_R_PARENT_DELETED] =
	    "Look at the IKE SA it belonged to: the cause is there.",
	[IKE_R_STALLED] =
	    "See the stage: unanswered from the start means address, filter "
	    "or a silent refusal; after authentication was sent it means key, "
	    "identity or the first child SA.",
	[IKE_R_UNKNOWN] =
	    "Read the records of this negotiation, and the peer's log.",
};

/* In the order they are looked for. */
const struct ike_vendor_hint ike_vendor_hints[] = {
	{ NULL, IKE_REASON_NONE, NULL }
};
/* clang-format on */

const char *
ike_hint(enum ike_reason reason, const char *vendor)
{
	const struct ike_vendor_hint *h;

	if ((unsigned)reason >= IKE_REASON_COUNT || hints[reason] == NULL)
		return "";
	for (h = ike_vendor_hints; vendor != NULL && h->vendor != NULL; h++)
		if (h->reason == reason && strcmp(h->vendor, vendor) == 0)
			return h->hint;
	return hints[reason];
}
