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

/*
 * Where to look on that device, in its own words: the command, or the menu.
 * In the order they are looked for.
 */
const struct ike_vendor_hint ike_vendor_hints[] = {
	{ "cisco-ios", IKE_R_PSK_MISMATCH,
	    "Compare the key at both ends: \"crypto isakmp key\" or the "
	    "keyring's \"pre-shared-key\" for this peer (show crypto isakmp "
	    "key, show running-config | section keyring)." },
	{ "cisco-ios", IKE_R_PSK_MISSING,
	    "Add \"crypto isakmp key KEY address PEER\", or a peer with its "
	    "pre-shared-key to the keyring the profile names." },
	{ "cisco-ios", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"crypto isakmp policy\" or \"crypto ikev2 proposal\" with "
	    "the peer's (show crypto isakmp policy, show crypto ikev2 "
	    "proposal)." },
	{ "cisco-ios", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"crypto ipsec transform-set\" and the mode (tunnel or "
	    "transport) of the crypto map or profile with the peer's (show "
	    "crypto ipsec transform-set)." },
	{ "cisco-ios", IKE_R_DH_GROUP_MISMATCH,
	    "Set the same \"group\" in \"crypto isakmp policy\" or \"crypto "
	    "ikev2 proposal\" at both ends." },
	{ "cisco-ios", IKE_R_PFS_MISMATCH,
	    "Set \"set pfs groupN\" in the crypto map or ipsec profile as the "
	    "peer has it, or \"no set pfs\" at both." },
	{ "cisco-ios", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the crypto map's access list the mirror of the peer's (show "
	    "crypto map, show access-lists); with a tunnel interface the peer "
	    "must offer any to any." },
	{ "cisco-ios", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"match identity remote\" in the ISAKMP or IKEv2 profile "
	    "with what the peer sends, and \"identity local\" here." },
	{ "cisco-ios", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"set peer\" in the crypto map, \"match identity remote "
	    "address\" in the profile, and that the map is applied to the "
	    "interface the peer reaches." },
	{ "cisco-ios", IKE_R_NO_RESPONSE,
	    "Check \"set peer\" or \"tunnel destination\", the route to it, and "
	    "that access lists let UDP 500, UDP 4500 and ESP pass (show crypto "
	    "session detail)." },
	{ "cisco-ios", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"show crypto pki certificates\" and \"show clock\": enrol "
	    "again with \"crypto pki enroll\", and let the clock follow NTP." },
	{ "cisco-ios", IKE_R_CERTIFICATE_REVOKED,
	    "Enrol a new certificate with \"crypto pki enroll\", and look at "
	    "\"show crypto pki crls\"." },
	{ "cisco-ios", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Install the peer's CA as a trustpoint: \"crypto pki "
	    "authenticate\"; see \"show crypto pki trustpoints status\"." },
	{ "cisco-ios", IKE_R_CERTIFICATE_INVALID,
	    "Compare the trustpoint and its certificate map with the peer's "
	    "certificate (show crypto pki certificates verbose)." },
	{ "cisco-ios", IKE_R_REVOCATION_UNAVAILABLE,
	    "Check that the CRL's address can be reached, or set "
	    "\"revocation-check crl none\" in the trustpoint." },
	{ "cisco-ios", IKE_R_NAT_DETECTION_FAILED,
	    "Check that \"no crypto ipsec nat-transparency udp-encapsulation\" "
	    "is not set, and that UDP 4500 passes." },
	{ "cisco-ios", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authentication\" in \"crypto isakmp policy\", or "
	    "\"authentication local\" and \"remote\" in the IKEv2 profile, with "
	    "the peer's." },
	{ "cisco-asa", IKE_R_PSK_MISMATCH,
	    "Compare \"ikev1 pre-shared-key\", or \"ikev2 local-\" and "
	    "\"remote-authentication pre-shared-key\", under \"tunnel-group "
	    "PEER ipsec-attributes\" (more system:running-config shows it)." },
	{ "cisco-asa", IKE_R_PSK_MISSING,
	    "Set the pre-shared key under \"tunnel-group PEER "
	    "ipsec-attributes\"; the group's name must be the peer's address." },
	{ "cisco-asa", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"crypto ikev1 policy\" or \"crypto ikev2 policy\" with "
	    "the peer's (show running-config crypto ikev2)." },
	{ "cisco-asa", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the transform-set or \"crypto ipsec ikev2 ipsec-proposal\" "
	    "of the crypto map's entry with the peer's (show running-config "
	    "crypto map)." },
	{ "cisco-asa", IKE_R_DH_GROUP_MISMATCH,
	    "Set the same \"group\" in \"crypto ikev1 policy\" or \"crypto "
	    "ikev2 policy\" at both ends." },
	{ "cisco-asa", IKE_R_PFS_MISMATCH,
	    "Set \"crypto map NAME SEQ set pfs groupN\" as the peer has it, or "
	    "none at both ends." },
	{ "cisco-asa", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the access list of \"crypto map NAME SEQ match address\" the "
	    "mirror of the peer's, and check that no earlier entry catches the "
	    "traffic." },
	{ "cisco-asa", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"crypto isakmp identity\" and \"peer-id-validate\" in the "
	    "tunnel-group with the identity the peer sends." },
	{ "cisco-asa", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"set peer\" in the crypto map, a tunnel-group with the "
	    "peer's address, and \"crypto map NAME interface outside\"." },
	{ "cisco-asa", IKE_R_NO_RESPONSE,
	    "Check \"set peer\" and the route to it, and that \"crypto ikev1 "
	    "enable outside\" or \"ikev2 enable outside\" stands at both ends; "
	    "UDP 500 and 4500 must pass." },
	{ "cisco-asa", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"show crypto ca certificates\" and \"show clock\": enrol "
	    "again with \"crypto ca enroll\", and set \"ntp server\"." },
	{ "cisco-asa", IKE_R_CERTIFICATE_REVOKED,
	    "Enrol a new certificate with \"crypto ca enroll\", and look at "
	    "\"show crypto ca crls\"." },
	{ "cisco-asa", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Install the peer's CA as a trustpoint: \"crypto ca authenticate\"." },
	{ "cisco-asa", IKE_R_CERTIFICATE_INVALID,
	    "Compare the trustpoint of the tunnel-group, key usage and "
	    "certificate map with the peer's certificate (show crypto ca "
	    "certificates)." },
	{ "cisco-asa", IKE_R_REVOCATION_UNAVAILABLE,
	    "Check that the CRL's address can be reached, or set "
	    "\"revocation-check crl none\" in the trustpoint." },
	{ "cisco-asa", IKE_R_NAT_DETECTION_FAILED,
	    "Set \"crypto isakmp nat-traversal\" and let UDP 4500 pass." },
	{ "cisco-asa", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authentication\" in \"crypto ikev1 policy\", or the "
	    "local and remote authentication of the tunnel-group, with the "
	    "peer's." },
	{ "fortigate", IKE_R_PSK_MISMATCH,
	    "Under \"config vpn ipsec phase1-interface\" of this tunnel enter "
	    "\"set psksecret\" again, and at the peer; with several dialup "
	    "tunnels on one address check \"set peerid\" too." },
	{ "fortigate", IKE_R_PSK_MISSING,
	    "Under \"config vpn ipsec phase1-interface\" set \"authmethod psk\" "
	    "and \"psksecret\"." },
	{ "fortigate", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"set proposal\" and \"set dhgrp\" under \"config vpn "
	    "ipsec phase1-interface\" with the peer's; \"diagnose debug "
	    "application ike -1\" shows both sides." },
	{ "fortigate", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"set proposal\", \"set pfs\" and \"set dhgrp\" under "
	    "\"config vpn ipsec phase2-interface\" with the peer's." },
	{ "fortigate", IKE_R_PROPOSAL_MISMATCH,
	    "Compare \"set proposal\" and \"set dhgrp\" under phase1-interface "
	    "and phase2-interface with the peer's." },
	{ "fortigate", IKE_R_DH_GROUP_MISMATCH,
	    "Compare \"set dhgrp\" under \"config vpn ipsec phase1-interface\" "
	    "with the peer's." },
	{ "fortigate", IKE_R_PFS_MISMATCH,
	    "Compare \"set pfs\" and \"set dhgrp\" under \"config vpn ipsec "
	    "phase2-interface\" with the peer's." },
	{ "fortigate", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make \"set src-subnet\" and \"set dst-subnet\" under \"config vpn "
	    "ipsec phase2-interface\" the mirror of the peer's; each pair of "
	    "networks needs a phase 2 of its own with other vendors." },
	{ "fortigate", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"set peertype\" and \"set peerid\" here with the peer's "
	    "local ID (\"set localid\"), under \"config vpn ipsec "
	    "phase1-interface\"." },
	{ "fortigate", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"set remote-gw\" and \"set interface\" under \"config vpn "
	    "ipsec phase1-interface\", IKE version and mode, and that a "
	    "firewall policy uses the tunnel." },
	{ "fortigate", IKE_R_NO_RESPONSE,
	    "Check \"set remote-gw\", the route to it (get router info "
	    "routing-table details), and \"diagnose sniffer packet any 'udp "
	    "port 500 or udp port 4500'\"; without any policy the tunnel does "
	    "not start." },
	{ "fortigate", IKE_R_CERTIFICATE_EXPIRED,
	    "See System, Certificates: renew the certificate of \"set "
	    "certificate\", and check \"execute time\"." },
	{ "fortigate", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA under System, Certificates, and check \"set "
	    "peer\" (config user peer) of the phase 1." },
	{ "fortigate", IKE_R_CERTIFICATE_REVOKED,
	    "Install a new certificate and select it in \"set certificate\"; "
	    "see \"get vpn certificate crl\"." },
	{ "fortigate", IKE_R_CERTIFICATE_INVALID,
	    "Compare \"config user peer\" (set ca, set subject) with the peer's "
	    "certificate." },
	{ "fortigate", IKE_R_NAT_DETECTION_FAILED,
	    "Check \"set nattraversal enable\" under \"config vpn ipsec "
	    "phase1-interface\", and that UDP 4500 passes." },
	{ "fortigate", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"set authmethod\" (psk or signature) under \"config vpn "
	    "ipsec phase1-interface\" with the peer's." },
	{ "paloalto", IKE_R_PSK_MISMATCH,
	    "Network, Network Profiles, IKE Gateways, General: enter the "
	    "pre-shared key again, and at the peer." },
	{ "paloalto", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare Network, Network Profiles, IKE Crypto of the gateway "
	    "(Advanced Options) with the peer's; ikemgr.log shows \"my\" and "
	    "\"peer\"." },
	{ "paloalto", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare Network, Network Profiles, IPSec Crypto of the tunnel with "
	    "the peer's, DH group (PFS) included." },
	{ "paloalto", IKE_R_PROPOSAL_MISMATCH,
	    "Compare Network, Network Profiles, IKE Crypto and IPSec Crypto "
	    "with the peer's." },
	{ "paloalto", IKE_R_DH_GROUP_MISMATCH,
	    "Compare the DH group in Network, Network Profiles, IKE Crypto with "
	    "the peer's." },
	{ "paloalto", IKE_R_PFS_MISMATCH,
	    "Compare the DH group in Network, Network Profiles, IPSec Crypto "
	    "with the peer's; \"no-pfs\" is a group of its own." },
	{ "paloalto", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Network, IPSec Tunnels, Proxy IDs: enter the mirror of the peer's "
	    "networks; a policy-based peer needs one proxy ID for each pair." },
	{ "paloalto", IKE_R_PEER_ID_MISMATCH,
	    "Network, Network Profiles, IKE Gateways: compare Peer "
	    "Identification with what the peer sends, and Local Identification "
	    "with what it expects." },
	{ "paloalto", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that an IKE gateway has this peer's address, the right "
	    "interface, version and exchange mode (Network, Network Profiles, "
	    "IKE Gateways)." },
	{ "paloalto", IKE_R_NO_RESPONSE,
	    "Check the gateway's peer address and interface, that a security "
	    "policy lets ike and ipsec-esp-udp pass between the zones, and "
	    "\"test vpn ike-sa gateway NAME\"." },
	{ "paloalto", IKE_R_CERTIFICATE_EXPIRED,
	    "Device, Certificate Management, Certificates: renew it; check the "
	    "clock with \"show clock\"." },
	{ "paloalto", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA and put it into the gateway's Certificate "
	    "Profile (Device, Certificate Management)." },
	{ "paloalto", IKE_R_CERTIFICATE_REVOKED,
	    "Install a new certificate; the Certificate Profile's CRL or OCSP "
	    "says it is revoked." },
	{ "paloalto", IKE_R_CERTIFICATE_INVALID,
	    "Compare the gateway's Certificate Profile and Peer ID check with "
	    "the peer's certificate." },
	{ "paloalto", IKE_R_REVOCATION_UNAVAILABLE,
	    "See the Certificate Profile's CRL and OCSP time-outs, and whether "
	    "the management port reaches them." },
	{ "paloalto", IKE_R_NAT_DETECTION_FAILED,
	    "Network, Network Profiles, IKE Gateways, Advanced Options: tick "
	    "Enable NAT Traversal." },
	{ "paloalto", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare Authentication (Pre-Shared Key or Certificate) of the IKE "
	    "gateway with the peer's." },
	{ "junos", IKE_R_PSK_MISMATCH,
	    "Set \"security ike policy NAME pre-shared-key ascii-text\" again, "
	    "and at the peer." },
	{ "junos", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"security ike proposal\" of the policy with the peer's "
	    "(show configuration security ike)." },
	{ "junos", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"security ipsec proposal\" and the policy's "
	    "perfect-forward-secrecy with the peer's." },
	{ "junos", IKE_R_DH_GROUP_MISMATCH,
	    "Compare \"dh-group\" in \"security ike proposal\" with the peer's." },
	{ "junos", IKE_R_PFS_MISMATCH,
	    "Compare \"security ipsec policy NAME perfect-forward-secrecy "
	    "keys\" with the peer's." },
	{ "junos", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make \"security ipsec vpn NAME traffic-selector\" or \"ike "
	    "proxy-identity\" the mirror of the peer's." },
	{ "junos", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"security ike gateway NAME remote-identity\" with what "
	    "the peer sends, and local-identity with what it expects." },
	{ "junos", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"security ike gateway NAME address\", external-interface "
	    "and version for this peer." },
	{ "junos", IKE_R_NO_RESPONSE,
	    "Check the gateway's address, the route, and \"host-inbound-traffic "
	    "system-services ike\" on the external interface's zone." },
	{ "junos", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"show security pki local-certificate\" and \"show system "
	    "uptime\": enrol again." },
	{ "junos", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Load the peer's CA: \"request security pki ca-certificate load\", "
	    "and name its profile in the IKE policy." },
	{ "junos", IKE_R_CERTIFICATE_REVOKED,
	    "Enrol a new certificate; see \"show security pki crl\"." },
	{ "junos", IKE_R_CERTIFICATE_INVALID,
	    "Compare the IKE policy's certificate and \"remote-identity "
	    "distinguished-name\" with the peer's (show security pki "
	    "local-certificate detail)." },
	{ "junos", IKE_R_NAT_DETECTION_FAILED,
	    "Check that \"no-nat-traversal\" is not set in \"security ike "
	    "gateway\", and that UDP 4500 passes." },
	{ "junos", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authentication-method\" in \"security ike proposal\" "
	    "with the peer's." },
	{ "strongswan", IKE_R_PSK_MISMATCH,
	    "Compare the secret for these identities in swanctl.conf (secrets { "
	    "ike-NAME { secret, id } }) or ipsec.secrets at both ends, then "
	    "\"swanctl --load-creds\"." },
	{ "strongswan", IKE_R_PSK_MISSING,
	    "Add a secret for this peer's identity: secrets { ike-NAME { id = "
	    "PEER, secret = .. } } in swanctl.conf, or a line in ipsec.secrets." },
	{ "strongswan", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"proposals\" of the connection (ike= in ipsec.conf) with "
	    "the peer's; the lines \"received proposals\" and \"configured "
	    "proposals\" show both." },
	{ "strongswan", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"esp_proposals\" of the child (esp= in ipsec.conf) with "
	    "the peer's; a group at its end means PFS." },
	{ "strongswan", IKE_R_DH_GROUP_MISMATCH,
	    "Put the peer's group into \"proposals\" (ike= in ipsec.conf)." },
	{ "strongswan", IKE_R_PFS_MISMATCH,
	    "Compare the group at the end of \"esp_proposals\" (esp=) with the "
	    "peer's: with one there is PFS, without there is none." },
	{ "strongswan", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make local_ts and remote_ts of the child (leftsubnet, rightsubnet) "
	    "the mirror of the peer's." },
	{ "strongswan", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"remote { id }\" (rightid) with what the peer sends, and "
	    "\"local { id }\" (leftid) with what it expects; see \"swanctl "
	    "--list-conns\"." },
	{ "strongswan", IKE_R_PEER_NOT_CONFIGURED,
	    "Check local_addrs, remote_addrs, version and aggressive of the "
	    "connections (swanctl --list-conns), and that they are loaded." },
	{ "strongswan", IKE_R_NO_RESPONSE,
	    "Check remote_addrs, and with \"tcpdump udp port 500 or udp port "
	    "4500\" whether anything comes back." },
	{ "strongswan", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"swanctl --list-certs\" (ipsec listcerts), renew it, and "
	    "check the clock." },
	{ "strongswan", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Put the peer's CA and intermediates into x509ca (ipsec.d/cacerts) "
	    "and run \"swanctl --load-creds\"." },
	{ "strongswan", IKE_R_CERTIFICATE_REVOKED,
	    "Issue a new certificate; see \"swanctl --list-certs --type "
	    "x509_crl\"." },
	{ "strongswan", IKE_R_CERTIFICATE_INVALID,
	    "Compare the peer's certificate with \"remote { certs, cacerts, id "
	    "}\": the identity must be in its subject or alternative names." },
	{ "strongswan", IKE_R_REVOCATION_UNAVAILABLE,
	    "Check that the CRL or OCSP address can be reached, or set "
	    "\"revocation = relaxed\"." },
	{ "strongswan", IKE_R_PRIVATE_KEY_MISSING,
	    "Put the key into private or rsa (ipsec.d/private) and run "
	    "\"swanctl --load-creds\"; see \"swanctl --list-certs\" for \"has "
	    "private key\"." },
	{ "strongswan", IKE_R_NAT_DETECTION_FAILED,
	    "Let UDP 4500 pass; \"encap = yes\" (forceencaps) forces it." },
	{ "strongswan", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"local { auth }\" and \"remote { auth }\" (leftauth, "
	    "rightauth, authby) with the peer's." },
	{ "libreswan", IKE_R_PSK_MISMATCH,
	    "Compare the secret for these identities in ipsec.secrets at both "
	    "ends, then \"ipsec secrets\"." },
	{ "libreswan", IKE_R_PSK_MISSING,
	    "Add a line \"LEFTID RIGHTID : PSK ..\" to ipsec.secrets and run "
	    "\"ipsec secrets\"." },
	{ "libreswan", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"ike=\" of the connection with the peer's (ipsec auto "
	    "--status)." },
	{ "libreswan", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"esp=\" (phase2alg=) of the connection with the peer's." },
	{ "libreswan", IKE_R_DH_GROUP_MISMATCH,
	    "Put the peer's group into \"ike=\"." },
	{ "libreswan", IKE_R_PFS_MISMATCH,
	    "Compare \"pfs=\" and the group in \"esp=\" with the peer's." },
	{ "libreswan", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make leftsubnet= and rightsubnet= the mirror of the peer's." },
	{ "libreswan", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"rightid=\" with what the peer sends, and \"leftid=\" "
	    "with what it expects." },
	{ "libreswan", IKE_R_PEER_NOT_CONFIGURED,
	    "Check left=, right=, ikev2= and authby= of the connections, and "
	    "that one is loaded (ipsec auto --add NAME)." },
	{ "libreswan", IKE_R_NO_RESPONSE,
	    "Check \"right=\", and with \"tcpdump udp port 500 or udp port "
	    "4500\" whether anything comes back." },
	{ "libreswan", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"certutil -L -d sql:/var/lib/ipsec/nss\", renew it, and check "
	    "the clock." },
	{ "libreswan", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA: \"certutil -A -t CT,, -d "
	    "sql:/var/lib/ipsec/nss\"." },
	{ "libreswan", IKE_R_CERTIFICATE_REVOKED,
	    "Issue a new certificate; see \"ipsec listcrls\"." },
	{ "libreswan", IKE_R_CERTIFICATE_INVALID,
	    "Compare rightcert= and rightid= with the peer's certificate: the "
	    "identity must be in its alternative names "
	    "(require-id-on-certificate=)." },
	{ "libreswan", IKE_R_PRIVATE_KEY_MISSING,
	    "Import certificate and key together: \"ipsec import FILE.p12\"." },
	{ "libreswan", IKE_R_NAT_DETECTION_FAILED,
	    "Let UDP 4500 pass; \"encapsulation=yes\" forces it." },
	{ "libreswan", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authby=\" (leftauth=, rightauth=) with the peer's." },
	{ "mikrotik", IKE_R_PSK_MISMATCH,
	    "Compare \"secret\" in /ip ipsec identity with the peer's." },
	{ "mikrotik", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare /ip ipsec profile (hash-algorithm, enc-algorithm, "
	    "dh-group) of the peer's entry with the other end." },
	{ "mikrotik", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare /ip ipsec proposal (auth-algorithms, enc-algorithms, "
	    "pfs-group) with the other end." },
	{ "mikrotik", IKE_R_PROPOSAL_MISMATCH,
	    "Compare /ip ipsec profile and /ip ipsec proposal with the other "
	    "end." },
	{ "mikrotik", IKE_R_DH_GROUP_MISMATCH,
	    "Compare \"dh-group\" in /ip ipsec profile with the other end." },
	{ "mikrotik", IKE_R_PFS_MISMATCH,
	    "Compare \"pfs-group\" in /ip ipsec proposal with the other end." },
	{ "mikrotik", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make src-address and dst-address in /ip ipsec policy the mirror of "
	    "the other end's; with mode-config check the template "
	    "(generate-policy)." },
	{ "mikrotik", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"remote-id\" and \"my-id\" in /ip ipsec identity with the "
	    "other end." },
	{ "mikrotik", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"address\", \"exchange-mode\" and \"passive\" in /ip ipsec "
	    "peer, and that an identity names that peer." },
	{ "mikrotik", IKE_R_NO_RESPONSE,
	    "Check \"address\" in /ip ipsec peer, and that /ip firewall filter "
	    "accepts UDP 500, UDP 4500 and ipsec-esp on input." },
	{ "mikrotik", IKE_R_CERTIFICATE_EXPIRED,
	    "See /certificate print detail, renew it, and check /system clock." },
	{ "mikrotik", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the other end's CA: /certificate import, and trust it." },
	{ "mikrotik", IKE_R_CERTIFICATE_INVALID,
	    "Compare \"remote-certificate\" and \"match-by\" in /ip ipsec "
	    "identity with the other end's certificate." },
	{ "mikrotik", IKE_R_NAT_DETECTION_FAILED,
	    "Set \"nat-traversal=yes\" in /ip ipsec profile and let UDP 4500 "
	    "pass." },
	{ "mikrotik", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"auth-method\" in /ip ipsec identity with the other end." },
	{ "huawei", IKE_R_PSK_MISMATCH,
	    "Set \"pre-shared-key\" under \"ike peer\" again, and at the peer; "
	    "see \"display ike error-info\"." },
	{ "huawei", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"ike proposal\" of the ike peer with the peer's (display "
	    "ike proposal)." },
	{ "huawei", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"ipsec proposal\" of the policy with the peer's (display "
	    "ipsec proposal)." },
	{ "huawei", IKE_R_DH_GROUP_MISMATCH,
	    "Compare \"dh\" under \"ike proposal\" with the peer's." },
	{ "huawei", IKE_R_PFS_MISMATCH,
	    "Compare \"pfs\" under \"ipsec policy\" with the peer's." },
	{ "huawei", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the ACL of \"security acl\" under \"ipsec policy\" the mirror "
	    "of the peer's (display acl)." },
	{ "huawei", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"remote-id\" and \"local-id-type\" under \"ike peer\" "
	    "with what the peer sends." },
	{ "huawei", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"remote-address\" and version under \"ike peer\", and that "
	    "the ipsec policy is applied to the interface (display ipsec "
	    "policy)." },
	{ "huawei", IKE_R_NO_RESPONSE,
	    "Check \"remote-address\", the route, and that the security policy "
	    "lets UDP 500, UDP 4500 and ESP pass from local to the zone and "
	    "back." },
	{ "huawei", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"display pki certificate local\" and \"display clock\", and "
	    "enrol again." },
	{ "huawei", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA with \"pki import-certificate ca\"." },
	{ "huawei", IKE_R_CERTIFICATE_REVOKED,
	    "Enrol a new certificate; see \"display pki crl\"." },
	{ "huawei", IKE_R_CERTIFICATE_INVALID,
	    "Compare the pki realm of the ike peer with the peer's certificate "
	    "(display pki certificate)." },
	{ "huawei", IKE_R_NAT_DETECTION_FAILED,
	    "Set \"nat traversal\" under \"ike peer\" and let UDP 4500 pass." },
	{ "huawei", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authentication-method\" under \"ike proposal\" with the "
	    "peer's." },
	{ "comware", IKE_R_PSK_MISMATCH,
	    "Set \"pre-shared-key\" in the ike keychain (ike peer in Comware 5) "
	    "again, and at the peer." },
	{ "comware", IKE_R_PSK_MISSING,
	    "Add the peer to \"ike keychain\" with its pre-shared-key, and name "
	    "the keychain in the ike profile." },
	{ "comware", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"ike proposal\" of the ike profile with the peer's "
	    "(display ike proposal)." },
	{ "comware", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"ipsec transform-set\" of the policy with the peer's "
	    "(display ipsec transform-set)." },
	{ "comware", IKE_R_DH_GROUP_MISMATCH,
	    "Compare \"dh\" under \"ike proposal\" with the peer's." },
	{ "comware", IKE_R_PFS_MISMATCH,
	    "Compare \"pfs\" under \"ipsec transform-set\" with the peer's." },
	{ "comware", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the ACL of \"security acl\" under \"ipsec policy\" the mirror "
	    "of the peer's." },
	{ "comware", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"match remote identity\" and \"local-identity\" of the "
	    "ike profile with what the peer sends." },
	{ "comware", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"remote-address\" of the ipsec policy, \"match remote "
	    "identity\" of the ike profile, and that the policy is applied to "
	    "the interface." },
	{ "comware", IKE_R_NO_RESPONSE,
	    "Check \"remote-address\", the route, and that UDP 500, UDP 4500 "
	    "and ESP pass (display ike sa)." },
	{ "comware", IKE_R_CERTIFICATE_EXPIRED,
	    "See \"display pki certificate domain\" and \"display clock\", and "
	    "request a new one." },
	{ "comware", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA with \"pki import domain NAME .. ca\"." },
	{ "comware", IKE_R_CERTIFICATE_INVALID,
	    "Compare \"certificate domain\" of the ike profile with the peer's "
	    "certificate." },
	{ "comware", IKE_R_NAT_DETECTION_FAILED,
	    "Let UDP 4500 pass; Comware 5 needs \"nat traversal\" under \"ike "
	    "peer\"." },
	{ "comware", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare \"authentication-method\" under \"ike proposal\" with the "
	    "peer's." },
	{ "zyxel", IKE_R_PSK_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: enter the Pre-Shared Key again, and "
	    "at the peer; a PYLD_MALFORMED notify is its usual sign." },
	{ "zyxel", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: compare the Phase 1 Settings "
	    "(encryption, authentication, key group) with the peer's." },
	{ "zyxel", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "VPN, IPSec VPN, VPN Connection: compare the Phase 2 Settings with "
	    "the peer's." },
	{ "zyxel", IKE_R_PROPOSAL_MISMATCH,
	    "Compare the Phase 1 Settings of the VPN gateway and the Phase 2 "
	    "Settings of the VPN connection with the peer's." },
	{ "zyxel", IKE_R_DH_GROUP_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: compare the Key Group with the "
	    "peer's." },
	{ "zyxel", IKE_R_PFS_MISMATCH,
	    "VPN, IPSec VPN, VPN Connection: compare Perfect Forward Secrecy "
	    "(PFS) with the peer's." },
	{ "zyxel", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "VPN, IPSec VPN, VPN Connection, Policy: make Local Policy and "
	    "Remote Policy the mirror of the peer's." },
	{ "zyxel", IKE_R_PEER_ID_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: compare Peer ID Type and Content with "
	    "what the peer sends, and Local ID Type and Content with what it "
	    "expects." },
	{ "zyxel", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that a VPN gateway has this peer's address (Secure Gateway "
	    "Address), the right interface, IKE version and negotiation mode." },
	{ "zyxel", IKE_R_NO_RESPONSE,
	    "Check the Secure Gateway Address, and that the firewall lets IKE, "
	    "NATT and ESP pass from WAN to ZyWALL." },
	{ "zyxel", IKE_R_CERTIFICATE_EXPIRED,
	    "See Configuration, Object, Certificate, renew it, and check the "
	    "Date/Time." },
	{ "zyxel", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA under Configuration, Object, Certificate, "
	    "Trusted Certificates." },
	{ "zyxel", IKE_R_CERTIFICATE_INVALID,
	    "Compare the certificate and Peer ID of the VPN gateway with the "
	    "peer's certificate." },
	{ "zyxel", IKE_R_NAT_DETECTION_FAILED,
	    "VPN, IPSec VPN, VPN Gateway: tick NAT Traversal and let UDP 4500 "
	    "pass." },
	{ "zyxel", IKE_R_AUTH_METHOD_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: compare Authentication (Pre-Shared "
	    "Key or Certificate) with the peer's." },
	{ "zyxel", IKE_R_EXCHANGE_MODE_MISMATCH,
	    "VPN, IPSec VPN, VPN Gateway: set the same Negotiation Mode (Main "
	    "or Aggressive) as the peer." },
	{ "checkpoint", IKE_R_PSK_MISMATCH,
	    "SmartConsole: in the VPN community, Shared Secret, enter the "
	    "peer's secret again, and at the peer." },
	{ "checkpoint", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "SmartConsole: compare Encryption, IKE Security Association (Phase "
	    "1) of the VPN community with the peer's." },
	{ "checkpoint", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "SmartConsole: compare Encryption, IKE Security Association (Phase "
	    "2) of the VPN community with the peer's." },
	{ "checkpoint", IKE_R_DH_GROUP_MISMATCH,
	    "SmartConsole: compare the Diffie-Hellman group of Phase 1 in the "
	    "VPN community's Encryption page with the peer's." },
	{ "checkpoint", IKE_R_PFS_MISMATCH,
	    "SmartConsole: compare Use Perfect Forward Secrecy in the VPN "
	    "community (Encryption, Advanced) with the peer's." },
	{ "checkpoint", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Compare the VPN domains of both gateways, and VPN Tunnel Sharing: "
	    "the gateway joins subnets to supernets unless told otherwise "
	    "(subnet_for_range_and_peer in user.def)." },
	{ "checkpoint", IKE_R_PEER_ID_MISMATCH,
	    "Check the peer object's Link Selection and main address: they "
	    "decide which identity is sent and expected." },
	{ "checkpoint", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that the peer is an interoperable device with this address "
	    "and a member of the VPN community; then install the policy." },
	{ "checkpoint", IKE_R_NO_RESPONSE,
	    "Check the peer's address and Link Selection, and that UDP 500 and "
	    "4500 pass; \"vpn tu tlist\" shows what is up." },
	{ "checkpoint", IKE_R_CERTIFICATE_EXPIRED,
	    "Renew the certificate in the gateway object's IPSec VPN page, and "
	    "check the clocks." },
	{ "checkpoint", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Add the peer's CA as a trusted CA (OPSEC or Subordinate) and name "
	    "it in the peer's matching criteria." },
	{ "checkpoint", IKE_R_CERTIFICATE_REVOKED,
	    "Issue a new certificate in the gateway object's IPSec VPN page." },
	{ "checkpoint", IKE_R_CERTIFICATE_INVALID,
	    "Compare the peer's Matching Criteria (IPSec VPN, Traditional mode "
	    "or Matching Criteria) with its certificate." },
	{ "checkpoint", IKE_R_NAT_DETECTION_FAILED,
	    "Check Support NAT traversal in the gateway object's VPN Advanced "
	    "page, and that UDP 4500 passes." },
	{ "checkpoint", IKE_R_AUTH_METHOD_MISMATCH,
	    "Check Use only Shared Secret for all external members in the VPN "
	    "community against the peer's method." },
	{ "sonicwall", IKE_R_PSK_MISMATCH,
	    "Network, IPSec VPN, Rules and Settings: edit the policy and enter "
	    "the Shared Secret again, and at the peer." },
	{ "sonicwall", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the policy's Proposals tab, IKE (Phase 1) Proposal with "
	    "the peer's." },
	{ "sonicwall", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the policy's Proposals tab, IPsec (Phase 2) Proposal with "
	    "the peer's." },
	{ "sonicwall", IKE_R_PROPOSAL_MISMATCH,
	    "Compare both halves of the policy's Proposals tab with the peer's." },
	{ "sonicwall", IKE_R_DH_GROUP_MISMATCH,
	    "Compare the DH Group in the policy's Proposals tab, Phase 1, with "
	    "the peer's." },
	{ "sonicwall", IKE_R_PFS_MISMATCH,
	    "Compare Enable Perfect Forward Secrecy in the policy's Proposals "
	    "tab with the peer's." },
	{ "sonicwall", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the policy's Network tab, Local Networks and Remote Networks, "
	    "the mirror of the peer's." },
	{ "sonicwall", IKE_R_PEER_ID_MISMATCH,
	    "Compare Local IKE ID and Peer IKE ID of the policy's General tab "
	    "with the peer's." },
	{ "sonicwall", IKE_R_PEER_NOT_CONFIGURED,
	    "Check the policy's IPsec Primary Gateway Name or Address, the "
	    "exchange, and that the policy is enabled and bound to the right "
	    "zone or interface." },
	{ "sonicwall", IKE_R_LOCAL_ADDRESS_MISMATCH,
	    "Check VPN Policy bound to in the policy's Advanced tab: it must be "
	    "the interface the peer reaches." },
	{ "sonicwall", IKE_R_NO_RESPONSE,
	    "Check IPsec Primary Gateway Name or Address, and that UDP 500 and "
	    "4500 pass in both directions." },
	{ "sonicwall", IKE_R_CERTIFICATE_EXPIRED,
	    "See Device, Settings, Certificates, renew it, and check the clock." },
	{ "sonicwall", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Import the peer's CA under Device, Settings, Certificates." },
	{ "sonicwall", IKE_R_CERTIFICATE_INVALID,
	    "Compare the policy's Peer IKE ID Type and Peer ID with the peer's "
	    "certificate." },
	{ "sonicwall", IKE_R_NAT_DETECTION_FAILED,
	    "Network, IPSec VPN, Advanced: tick Enable NAT Traversal, and let "
	    "UDP 4500 pass." },
	{ "sonicwall", IKE_R_AUTH_METHOD_MISMATCH,
	    "Compare Authentication Method of the policy's General tab with the "
	    "peer's." },
	{ "screenos", IKE_R_PSK_MISMATCH,
	    "VPNs, AutoKey Advanced, Gateway (set ike gateway NAME .. "
	    "preshare): enter the key again, and at the peer." },
	{ "screenos", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the gateway's phase 1 proposals (\"get ike "
	    "gateway\", \"get ike p1-proposal\") with the peer's." },
	{ "screenos", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the VPN's phase 2 proposals, PFS included (\"get "
	    "vpn\", \"get ike p2-proposal\"), with the peer's." },
	{ "screenos", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make \"set vpn NAME proxy-id\", or the addresses of the "
	    "policy, the mirror of the peer's." },
	{ "screenos", IKE_R_PEER_ID_MISMATCH,
	    "Compare the peer ID of the gateway (\"get ike gateway\") "
	    "with what the peer sends, and local-id with what it "
	    "expects." },
	{ "screenos", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that a gateway has this peer's address, outgoing "
	    "interface and mode (\"get ike gateway\")." },
	{ "screenos", IKE_R_NO_RESPONSE,
	    "Check the gateway's address and outgoing interface, and "
	    "\"get ike cookies\"; UDP 500 and 4500 must pass." },
	{ "watchguard", IKE_R_PSK_MISMATCH,
	    "VPN, Branch Office VPN (or BOVPN Virtual Interfaces), the "
	    "gateway's General Settings: enter the pre-shared key "
	    "again, and at the peer." },
	{ "watchguard", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the gateway's Phase 1 Settings (version, mode, "
	    "transforms) with the peer's." },
	{ "watchguard", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the tunnel's Phase 2 Settings, PFS included, with "
	    "the peer's." },
	{ "watchguard", IKE_R_PFS_MISMATCH,
	    "Compare Perfect Forward Secrecy in the tunnel's Phase 2 "
	    "Settings with the peer's." },
	{ "watchguard", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make each tunnel route (the tunnel's Addresses) the mirror "
	    "of the peer's." },
	{ "watchguard", IKE_R_PEER_ID_MISMATCH,
	    "Compare both gateway IDs in the Gateway Endpoints with the "
	    "peer's." },
	{ "watchguard", IKE_R_PEER_NOT_CONFIGURED,
	    "Check the remote gateway's address and the interface in "
	    "the Gateway Endpoints." },
	{ "watchguard", IKE_R_NO_RESPONSE,
	    "Check the remote gateway's address in the Gateway "
	    "Endpoints, and read the VPN Diagnostic Report; UDP 500 and "
	    "4500 must pass." },
	{ "sophos", IKE_R_PSK_MISMATCH,
	    "Site-to-site VPN, IPsec, the connection's encryption: "
	    "enter the preshared key again, and at the peer." },
	{ "sophos", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Profiles, IPsec profiles: compare Phase 1 of the "
	    "connection's profile with the peer's." },
	{ "sophos", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Profiles, IPsec profiles: compare Phase 2 of the "
	    "connection's profile, PFS group included, with the peer's." },
	{ "sophos", IKE_R_PROPOSAL_MISMATCH,
	    "Profiles, IPsec profiles: compare Phase 1 and Phase 2 with "
	    "the peer's; /log/strongswan.log says which." },
	{ "sophos", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the connection's local and remote subnets the mirror "
	    "of the peer's." },
	{ "sophos", IKE_R_PEER_ID_MISMATCH,
	    "Compare the connection's local and remote ID with the "
	    "peer's." },
	{ "sophos", IKE_R_AUTHENTICATION_FAILED,
	    "Compare preshared key and IDs of the connection with the "
	    "peer's; /log/strongswan.log says which." },
	{ "sophos", IKE_R_NO_RESPONSE,
	    "Check the gateway address and listening interface of the "
	    "connection; UDP 500 and 4500 must pass." },
	{ "stormshield", IKE_R_PSK_MISMATCH,
	    "VPN, IPsec VPN, Peers: enter the pre-shared key again, and "
	    "at the peer." },
	{ "stormshield", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "VPN, IPsec VPN, Encryption profiles: compare the IKE "
	    "profile of the peer with its own." },
	{ "stormshield", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "VPN, IPsec VPN, Encryption profiles: compare the IPsec "
	    "profile of the tunnel, PFS included, with the peer's." },
	{ "stormshield", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "VPN, IPsec VPN, Encryption policy: make local and remote "
	    "network the mirror of the peer's." },
	{ "stormshield", IKE_R_PEER_ID_MISMATCH,
	    "VPN, IPsec VPN, Peers: compare Local ID and Peer ID with "
	    "the peer's." },
	{ "stormshield", IKE_R_PEER_NOT_CONFIGURED,
	    "VPN, IPsec VPN, Peers: check the remote gateway, and that "
	    "the policy with it is the active one." },
	{ "stormshield", IKE_R_NO_RESPONSE,
	    "VPN, IPsec VPN, Peers: check the remote gateway; UDP 500 "
	    "and 4500 must pass." },
	{ "draytek", IKE_R_PSK_MISMATCH,
	    "VPN and Remote Access, LAN to LAN, the profile: enter the "
	    "IKE Pre-Shared Key again, and at the peer." },
	{ "draytek", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "LAN to LAN, the profile, Advanced: compare the phase 1 "
	    "proposal and mode with the peer's." },
	{ "draytek", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "LAN to LAN, the profile: compare IPsec Security Method "
	    "and, under Advanced, the phase 2 proposal with the peer's." },
	{ "draytek", IKE_R_PROPOSAL_MISMATCH,
	    "LAN to LAN, the profile, Advanced: compare both phases "
	    "with the peer's." },
	{ "draytek", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "LAN to LAN, the profile, TCP/IP Network Settings: make "
	    "local and remote network the mirror of the peer's." },
	{ "draytek", IKE_R_PEER_ID_MISMATCH,
	    "LAN to LAN, the profile: compare Peer ID and, under "
	    "Advanced, Local ID with the peer's." },
	{ "draytek", IKE_R_NO_RESPONSE,
	    "LAN to LAN, the profile: check the server's address under "
	    "Dial-Out Settings; UDP 500 and 4500 must pass." },
	{ "clavister", IKE_R_PSK_MISMATCH,
	    "Objects, Authentication Objects: enter the pre-shared key "
	    "of the IPsec interface again, and at the peer." },
	{ "clavister", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the IKE Algorithms and DH group of the IPsec "
	    "interface with the peer's." },
	{ "clavister", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the IPsec Algorithms and PFS of the IPsec "
	    "interface with the peer's." },
	{ "clavister", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make Local Network and Remote Network of the IPsec "
	    "interface the mirror of the peer's." },
	{ "clavister", IKE_R_PEER_ID_MISMATCH,
	    "Compare the IDs under Authentication of the IPsec "
	    "interface with the peer's." },
	{ "clavister", IKE_R_PEER_NOT_CONFIGURED,
	    "Check Remote Endpoint of the IPsec interfaces, and their "
	    "order: the first that fits is taken." },
	{ "clavister", IKE_R_NO_RESPONSE,
	    "Check Remote Endpoint of the IPsec interface and the route "
	    "to it (\"ike -show\", \"ipsec -show\")." },
	{ "forcepoint", IKE_R_PSK_MISMATCH,
	    "Set the pre-shared key of the two gateways in the policy- "
	    "based VPN (or the route-based tunnel) again, and at the "
	    "peer; then install the policy." },
	{ "forcepoint", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the IKE SA tab of the VPN Profile with the peer's." },
	{ "forcepoint", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the IPsec SA tab of the VPN Profile, PFS included, "
	    "with the peer's." },
	{ "forcepoint", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Compare the Sites of both gateways with the networks the "
	    "peer has." },
	{ "forcepoint", IKE_R_PEER_ID_MISMATCH,
	    "Compare the phase 1 ID of the end-points of the External "
	    "VPN Gateway with what the peer sends." },
	{ "forcepoint", IKE_R_NO_RESPONSE,
	    "Check the end-points of both gateways, and that the policy "
	    "lets IKE and ESP pass." },
	{ "aws-vpn", IKE_R_PSK_MISMATCH,
	    "Modify VPN tunnel options: set the pre-shared key again, "
	    "and on the customer gateway." },
	{ "aws-vpn", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare the phase 1 options under Modify VPN tunnel "
	    "options with the customer gateway's; what is not ticked is "
	    "refused." },
	{ "aws-vpn", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the phase 2 options under Modify VPN tunnel "
	    "options, DH groups included, with the customer gateway's." },
	{ "aws-vpn", IKE_R_PROPOSAL_MISMATCH,
	    "Compare the phase 1 and phase 2 options under Modify VPN "
	    "tunnel options with the customer gateway's." },
	{ "aws-vpn", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Compare Local and Remote IPv4 network CIDR of the VPN "
	    "connection with the customer gateway's; one pair only is "
	    "accepted." },
	{ "aws-vpn", IKE_R_PEER_ID_MISMATCH,
	    "Check the customer gateway's address (behind NAT the "
	    "public one) or its certificate." },
	{ "aws-vpn", IKE_R_PEER_DEAD,
	    "Check that the customer gateway answers DPD, and the DPD "
	    "timeout action of the tunnel." },
	{ "aws-vpn", IKE_R_NO_RESPONSE,
	    "Check the customer gateway's address, and that it lets UDP "
	    "500 and 4500 pass; by default it has to begin (startup "
	    "action)." },
	{ "racoon", IKE_R_PSK_MISMATCH,
	    "Compare the key for this peer in the file of \"path "
	    "pre_shared_key\" (psk.txt) with the peer's; the file must "
	    "be mode 0600." },
	{ "racoon", IKE_R_PSK_MISSING,
	    "Add the peer's identifier and its key to the file of \"path "
	    "pre_shared_key\" (psk.txt)." },
	{ "racoon", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"proposal\" in the remote section of racoon.conf "
	    "with the peer's." },
	{ "racoon", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the algorithms and pfs_group of the sainfo section "
	    "of racoon.conf with the peer's." },
	{ "racoon", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the sainfo section of racoon.conf and the policy "
	    "(\"setkey -DP\") the mirror of the peer's." },
	{ "racoon", IKE_R_PEER_ID_MISMATCH,
	    "Compare peers_identifier and my_identifier in the remote "
	    "section of racoon.conf with the peer's." },
	{ "racoon", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that racoon.conf has a remote section for this peer, "
	    "or \"remote anonymous\"." },
	{ "racoon", IKE_R_NO_RESPONSE,
	    "Check the peer's address and the route to it (\"racoonctl "
	    "show-sa isakmp\"); UDP 500 and 4500 must pass." },
	{ "openiked", IKE_R_PSK_MISMATCH,
	    "Compare \"psk\" of the policy in iked.conf with the peer's." },
	{ "openiked", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"ikesa\" of the policy in iked.conf with the "
	    "peer's." },
	{ "openiked", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"childsa\" of the policy in iked.conf with the "
	    "peer's." },
	{ "openiked", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make \"from\" and \"to\" of the policy in iked.conf the mirror "
	    "of the peer's." },
	{ "openiked", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"srcid\" and \"dstid\" of the policy in iked.conf "
	    "with the peer's." },
	{ "openiked", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that a policy in iked.conf has this peer's address." },
	{ "openiked", IKE_R_CERTIFICATE_UNTRUSTED,
	    "Put the peer's CA into /etc/iked/ca, or its public key "
	    "into /etc/iked/pubkeys." },
	{ "openiked", IKE_R_NO_RESPONSE,
	    "Check \"peer\" of the policy in iked.conf, and that pf lets "
	    "UDP 500, UDP 4500 and ESP pass." },
	{ "isakmpd", IKE_R_PSK_MISMATCH,
	    "Compare \"psk\" of the ike rule in ipsec.conf "
	    "(Authentication in isakmpd.conf) with the peer's." },
	{ "isakmpd", IKE_R_PSK_MISSING,
	    "Add \"psk\" to the ike rule in ipsec.conf (Authentication to "
	    "the peer's section of isakmpd.conf)." },
	{ "isakmpd", IKE_R_PROPOSAL_MISMATCH,
	    "Compare \"main\" and \"quick\" of the ike rule in ipsec.conf "
	    "with the peer's." },
	{ "isakmpd", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make \"from\" and \"to\" of the ike rule in ipsec.conf the "
	    "mirror of the peer's." },
	{ "isakmpd", IKE_R_PEER_NOT_CONFIGURED,
	    "Check that an ike rule in ipsec.conf has this peer's "
	    "address." },
	{ "isakmpd", IKE_R_NO_RESPONSE,
	    "Check \"peer\" of the ike rule in ipsec.conf, and that pf "
	    "lets UDP 500, UDP 4500 and ESP pass." },
	{ "hpux-ipsec", IKE_R_PSK_MISMATCH,
	    "Compare the pre-shared key of \"ipsec_config show auth\" "
	    "with the peer's; change it with \"ipsec_config add auth\"." },
	{ "hpux-ipsec", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"ipsec_config show ikev1\" or \"ikev2\" with the "
	    "peer's." },
	{ "hpux-ipsec", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare the transforms of \"ipsec_config show host\" (or "
	    "tunnel) with the peer's." },
	{ "hpux-ipsec", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make source and destination of \"ipsec_config show host\" "
	    "(or tunnel) the mirror of the peer's." },
	{ "hpux-ipsec", IKE_R_PEER_ID_MISMATCH,
	    "Compare the IDs of \"ipsec_config show auth\" with what the "
	    "peer sends and expects." },
	{ "hpux-ipsec", IKE_R_PEER_NOT_CONFIGURED,
	    "Check \"ipsec_config show auth\" and \"show host\" for this "
	    "peer; \"ipsec_policy\" tells which rule fits." },
	{ "hpux-ipsec", IKE_R_NO_RESPONSE,
	    "Check the peer's address and the filters on the way; "
	    "\"ipsec_report -sa\" shows what is up." },
	{ "s-terra", IKE_R_PSK_MISMATCH,
	    "Compare \"crypto isakmp key\" for this peer with the peer's." },
	{ "s-terra", IKE_R_IKE_PROPOSAL_MISMATCH,
	    "Compare \"crypto isakmp policy\" with the peer's." },
	{ "s-terra", IKE_R_IPSEC_PROPOSAL_MISMATCH,
	    "Compare \"crypto ipsec transform-set\" and \"set pfs\" of the "
	    "crypto map with the peer's." },
	{ "s-terra", IKE_R_TRAFFIC_SELECTOR_MISMATCH,
	    "Make the access list of the crypto map the mirror of the "
	    "peer's." },
	{ "s-terra", IKE_R_PEER_ID_MISMATCH,
	    "Compare \"crypto isakmp identity\" and the identity list "
	    "with what the peer sends." },
	{ "s-terra", IKE_R_NO_RESPONSE,
	    "Check \"set peer\" in the crypto map and the route to it "
	    "(\"sa_mgr show\")." },
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
