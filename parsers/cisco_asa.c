/*
 * Cisco ASA and FTD, PIX before them: "%ASA-5-713119: Group = g, IP =
 * 198.51.100.7, PHASE 1 COMPLETED", the same texts as debugging behind
 * "[IKEv1]: ", and IKEv2 debugging. There is no number of an SA in them:
 * records belong together by peer. Group and user names are the peer's
 * choice and may hold anything, so the number decides what a text may be.
 */
#include "parsers/cause.h"
#include "parsers/cisco.h"
#include "parsers/words.h"

#include <string.h>

#define V1 .version = 1
#define V2 .version = 2
#define INITIATOR .role = IKE_INITIATOR
#define RESPONDER .role = IKE_RESPONDER
#define AS_CHILD .kind = IKE_KIND_CHILD
#define HERE .flags = IKE_F_REFUSED_HERE
#define THERE .flags = (IKE_F_REFUSED_BY_PEER | IKE_F_HEARD)
#define HINT .flags = IKE_F_HINT
#define STRAY .flags = IKE_F_STRAY

/*
 * What stands behind the labels. Most texts are found without the message
 * number too: 713902 to 713906 and debugging print any of them.
 */
/* clang-format off */
static const struct rule rows[] = {
	/* IKE Initiator: New Phase 1, Intf inside, IKE Peer 203.0.113.233  local Proxy Address 192.168.245.120, remote Proxy Address 10.3.10.122,  Crypto map (MAP-VPN) */
	{ NULL, "IKE Initiator: New Phase 1, Intf $*, IKE Peer $peer local Proxy Address $own_ts_local, remote Proxy Address $own_ts_remote, Crypto map ($*)", IKE_STARTED, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "IKE Initiator: New Phase 2, Intf $*, IKE Peer $peer local Proxy Address $own_ts_local, remote Proxy Address $own_ts_remote, Crypto map ($*)", IKE_STARTED, IKE_QUICK_MODE, INITIATOR, V1 },
	{ NULL, "IKE Initiator: Rekeying Phase 1, Intf $*, IKE Peer $peer local Proxy Address $own_ts_local, remote Proxy Address $own_ts_remote, Crypto map ($*)", IKE_STARTED, IKE_PHASE1, .flags = IKE_F_REKEY, INITIATOR, V1 },
	{ NULL, "IKE Initiator: Rekeying Phase 2, Intf $*, IKE Peer $peer local Proxy Address $own_ts_local, remote Proxy Address $own_ts_remote, Crypto map ($*)", IKE_STARTED, IKE_QUICK_MODE, .flags = IKE_F_REKEY, INITIATOR, V1 },
	{ NULL, "IKE Initiator unable to find policy: $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_POLICY_MISSING, INITIATOR, V1 },
	{ "713119", "PHASE 1 COMPLETED", IKE_ESTABLISHED, IKE_PHASE1, V1 },
	{ "debug", "PHASE 1 COMPLETED", IKE_ESTABLISHED, IKE_PHASE1, V1 },
	/* Security negotiation complete for LAN-to-LAN Group (198.51.100.7)  Initiator, Inbound SPI = 0x6fdb0644, Outbound SPI = 0x14dde27d */
	{ "713049", "Security negotiation complete for $*Initiator, Inbound SPI = $in, Outbound SPI = $out", IKE_CHILD_ESTABLISHED, IKE_PHASE2, INITIATOR, V1 },
	{ "debug", "Security negotiation complete for $*Initiator, Inbound SPI = $in, Outbound SPI = $out", IKE_CHILD_ESTABLISHED, IKE_PHASE2, INITIATOR, V1 },
	{ "713049", "Security negotiation complete for $*Responder, Inbound SPI = $in, Outbound SPI = $out", IKE_CHILD_ESTABLISHED, IKE_PHASE2, RESPONDER, V1 },
	{ "debug", "Security negotiation complete for $*Responder, Inbound SPI = $in, Outbound SPI = $out", IKE_CHILD_ESTABLISHED, IKE_PHASE2, RESPONDER, V1 },
	{ "713120", "PHASE 2 COMPLETED (msgid=$hex)", IKE_CHILD_ESTABLISHED, IKE_PHASE2, V1 },
	{ "debug", "PHASE 2 COMPLETED (msgid=$hex)", IKE_CHILD_ESTABLISHED, IKE_PHASE2, V1 },
	{ "713120", "PHASE 2 COMPLETED", IKE_CHILD_ESTABLISHED, IKE_PHASE2, V1 },
	{ "debug", "PHASE 2 COMPLETED", IKE_CHILD_ESTABLISHED, IKE_PHASE2, V1 },
	/* Proposals. */
	/* Phase 1 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group 2  Cfg'd: Group 5 */
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Group Description: Rcv'd: Group $peer_dh Cfg'd: Group $own_dh", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Group Description: Rcv'd: $peer_dh Cfg'd: $own_dh", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Auth Method: Rcv'd: $peer_auth Cfg'd: $own_auth", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Encryption Alg: Rcv'd: $peer_encryption Cfg'd: $own_encryption", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Hash Alg: Rcv'd: $peer_integrity Cfg'd: $own_integrity", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class Life Type: Rcv'd: $peer_lifetime Cfg'd: $own_lifetime", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 failure: Mismatched attribute types for class $*: Rcv'd: $*Cfg'd: $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Phase 2 failure: Mismatched attribute types for class Encapsulation Mode: Rcv'd: $peer_mode Cfg'd: $own_mode", IKE_FAILED, IKE_QUICK_MODE, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE, V1 },
	{ NULL, "Phase 2 failure: Mismatched attribute types for class Group Description: Rcv'd: Group $peer_pfs Cfg'd: Group $own_pfs", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, HERE, V1 },
	{ NULL, "Phase 2 failure: Mismatched attribute types for class Group Description: Rcv'd: $peer_pfs Cfg'd: $own_pfs", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, HERE, V1 },
	{ NULL, "Phase 2 failure: Mismatched attribute types for class $*: Rcv'd: $*Cfg'd: $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, V1 },
	/* One of several configured proposals; the last word is "All SA proposals". */
	{ NULL, "Phase 1 failure against global IKE proposal # $n: Mismatched attribute types for class Group Description: Rcv'd: Group $peer_dh Cfg'd: Group $own_dh", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "Phase 1 failure against global IKE proposal # $n: Mismatched attribute types for class Group Description: Rcv'd: $peer_dh Cfg'd: $own_dh", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "Phase 1 failure against global IKE proposal # $n: Mismatched attribute types for class Auth Method: Rcv'd: $peer_auth Cfg'd: $own_auth", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "Phase 1 failure against global IKE proposal # $n: Mismatched attribute types for class Encryption Alg: Rcv'd: $peer_encryption Cfg'd: $own_encryption", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "Phase 1 failure against global IKE proposal # $n: Mismatched attribute types for class Hash Alg: Rcv'd: $peer_integrity Cfg'd: $own_integrity", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "Phase 1 failure against global IKE proposal $*", IKE_INFO, IKE_PHASE1, V1 },
	{ NULL, "All SA proposals found unacceptable$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, V1 },
	{ NULL, "All IPSec SA proposals found unacceptable!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Error processing payload: Payload ID: 1", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER, V1 },
	{ NULL, "Error processing payload: Payload ID: 14", IKE_FAILED, IKE_INFORMATIONAL_V1, IKE_R_UNKNOWN, V1 },
	{ NULL, "Error processing payload: Payload ID: $n", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ "713065", "IKE Remote Peer did not negotiate the following: $detail", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Oakley proposal is acceptable", IKE_PROGRESS, IKE_PHASE1, V1 },
	{ NULL, "IKE SA Proposal # $n, Transform # $n acceptable $*", IKE_PROGRESS, IKE_PHASE1, V1 },
	{ NULL, "IPSec SA Proposal # $n, Transform # $n acceptable $*", IKE_PROGRESS, IKE_QUICK_MODE, V1 },
	{ NULL, "Detected invalid Diffie-Helmann group_descriptor $*", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, V1 },
	{ NULL, "Received DH key with bad length: $*", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, V1 },
	{ NULL, "Mismatch: P1 Authentication algorithm in the crypto map entry different from negotiated algorithm for the L2L connection", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Mismatch: Configured LAN-to-LAN proposal differs from negotiated proposal. $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Mismatch: Overriding phase 2 DH Group$?", IKE_INFO },
	/* Received non-routine Notify message: No proposal chosen (14) */
	{ NULL, "Received non-routine Notify message: No proposal chosen ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid ID info ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, THERE, V1, AS_CHILD },
	{ NULL, "Received non-routine Notify message: Authentication failed ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_AUTHENTICATION_FAILED, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Payload malformed ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, THERE, V1, .suspects = IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ NULL, "Received non-routine Notify message: Invalid hash info ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PSK_MISMATCH, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid cookie ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_INVALID_SPI, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid signature ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_SIGNATURE_INVALID, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid cert ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid exchange type ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN_EXCHANGE_TYPE, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Invalid major version ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_IKE_VERSION_MISMATCH, THERE, V1 },
	{ NULL, "Received non-routine Notify message: Attributes not supported ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PROPOSAL_MISMATCH, THERE, V1 },
	{ NULL, "Received non-routine Notify message: $*", IKE_INFO, V1 },
	/* Received an un-encrypted INVALID_COOKIE notify message, dropping */
	{ NULL, "Received an un-encrypted INVALID_COOKIE notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_SPI, THERE, V1 },
	{ NULL, "Received an un-encrypted NO_PROPOSAL_CHOSEN notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, THERE, V1 },
	{ NULL, "Received an un-encrypted PAYLOAD_MALFORMED notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, THERE, V1 },
	{ NULL, "Received an un-encrypted PAYLOAD-MALFORMED notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, THERE, V1 },
	{ NULL, "Received an un-encrypted AUTHENTICATION_FAILED notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, THERE, V1 },
	{ NULL, "Received an un-encrypted INVALID_ID_INFO notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, THERE, V1 },
	{ NULL, "Received an un-encrypted INVALID_EXCHANGE_TYPE notify message, dropping", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN_EXCHANGE_TYPE, THERE, V1 },
	{ NULL, "Received an un-encrypted $* notify message, dropping", IKE_INFO, V1 },
	/* Policy: selectors, groups, maps. */
	/* Rejecting IPSec tunnel: no matching crypto map entry for remote proxy 0.0.0.0/0.0.0.0/0/0 local proxy 0.0.0.0/0.0.0.0/0/0 on interface OUTSIDE */
	{ NULL, "Rejecting IPSec tunnel: no matching crypto map entry for remote proxy $peer_ts_remote local proxy $peer_ts_local on interface $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Tunnel rejected: Crypto Map Policy not found for Src:$peer_ts_remote, Dst:$peer_ts_local!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Tunnel rejected: Crypto Map Policy not found for remote traffic selector $peer_ts_remote local traffic selector $peer_ts_local!", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V2, AS_CHILD },
	{ NULL, "Tunnel rejected: Crypto Map Policy not found for $*", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "Static Crypto Map check, map = $*, seq = $*, ACL does not match proxy IDs src:$peer_ts_remote dst:$peer_ts_local", IKE_INFO, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HINT, V1 },
	{ NULL, "Static Crypto Map check$?", IKE_INFO, IKE_QUICK_MODE, V1 },
	{ NULL, "Received remote IP Proxy Subnet data in ID Payload: $*", IKE_INFO, IKE_QUICK_MODE, V1 },
	{ NULL, "Received local IP Proxy Subnet data in ID Payload: $*", IKE_INFO, IKE_QUICK_MODE, V1 },
	{ NULL, "Received remote Proxy Host data in ID Payload: $*", IKE_INFO, IKE_QUICK_MODE, V1 },
	{ NULL, "Received local Proxy Host data in ID Payload: $*", IKE_INFO, IKE_QUICK_MODE, V1 },
	{ NULL, "Tunnel rejected: SA ($*) not found for group ($*)!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_POLICY_MISSING, HERE, V1 },
	{ NULL, "Tunnel Rejected: IKE peer does not match remote peer as defined in L2L policy $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "Tunnel rejected: Originate-Only: Cannot accept incoming tunnel yet!", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "Remote L2L Peer $peer initiated a tunnel with same outer and inner addresses. $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "No Group found matching $* for Pre-shared key peer $peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "No Group found by matching OU(s) from ID payload: $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "Can't find a valid tunnel group, aborting...!", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ "713255", "Received ISAKMP Aggressive Mode message 1 with unknown tunnel group name $*", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "Sending spoofed ISAKMP Aggressive Mode message 2 due to receipt of unknown tunnel group. Aborting connection.", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_PEER_NOT_CONFIGURED, HERE, V1 },
	{ NULL, "IKE Peer address not configured for destination $peer", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, V1 },
	{ NULL, "IKE Peer address same as our interface address $local", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_LOCAL_ADDRESS_MISMATCH, V1 },
	{ NULL, "No crypto map bound to interface... dropping pkt", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_POLICY_MISSING, V1 },
	{ NULL, "Group $* not found and BASE GROUP default preshared key not configured", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, V1 },
	{ NULL, "No preshared key configured for group$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, V1 },
	{ NULL, "Attempting to establish a phase2 tunnel on $* interface but phase1 tunnel is on $* interface. $*", IKE_DELETED, IKE_STAGE_NONE, IKE_R_PATH_CHANGED, V1 },
	/* Authentication. */
	/* Error, had problems decrypting packet, probably due to mismatched pre-shared key.  Aborting */
	{ NULL, "Error, had problems decrypting packet, probably due to mismatched pre-shared key$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE, V1 },
	{ NULL, "Failed to retrieve identity certificate", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, V1 },
	{ NULL, "Aborting: No identity cert specified in IPsec SA ($*)!", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, V1 },
	{ NULL, "Connection failed with peer $peer, no trust-point defined in tunnel-group $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, V1 },
	{ NULL, "Received unexpected Certificate payload Possible invalid Auth Method ($*", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, V1 },
	{ NULL, "Client IKE Auth mode differs from the group's configured Auth mode", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, V1 },
	{ NULL, "Xauth required but selected Proposal does not support xauth, $*", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, V1 },
	{ NULL, "Unsupported certificate encoding type $*", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE, V1 },
	{ NULL, "Unable to process the received peer certificate", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE, V1 },
	{ NULL, "Cert validation failure: $*", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE, V1 },
	{ NULL, "Key ID in ID payload too big for pre-shared IKE tunnel", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE, V1 },
	{ "713052", "User ($*) authenticated$?", IKE_PROGRESS, IKE_XAUTH, V1 },
	{ NULL, "Remote peer has failed user authentication - check configured username and password", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE, V1 },
	{ NULL, "Headend security gateway has failed our user authentication attempt - check configured username and password", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, THERE, V1 },
	{ NULL, "User Authorization failed: $*", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE, V1 },
	{ NULL, "Tunnel Rejected: User ($*) $*group-lock check failed.", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE, V1 },
	{ NULL, "Re-auth enabled, but tunnel must be authenticated interactively!", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE, V1 },
	/* Time, network, resources. */
	/* IKE session establishment timed out [MM_WAIT_MSG2], aborting! */
	{ NULL, "IKE session establishment timed out [MM_WAIT_MSG2], aborting!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NO_RESPONSE, INITIATOR, V1 },
	{ NULL, "IKE session establishment timed out [AM_WAIT_MSG2], aborting!", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_NO_RESPONSE, INITIATOR, V1 },
	{ NULL, "IKE session establishment timed out [MM_WAIT_MSG4], aborting!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, INITIATOR, V1 },
	{ NULL, "IKE session establishment timed out [MM_WAIT_MSG5], aborting!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, RESPONDER, V1, .suspects = IKE_BIT(IKE_R_PSK_MISMATCH) | IKE_BIT(IKE_R_NAT_DETECTION_FAILED) },
	{ NULL, "IKE session establishment timed out [MM_WAIT_MSG6], aborting!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, INITIATOR, V1, .suspects = IKE_BIT(IKE_R_PSK_MISMATCH) | IKE_BIT(IKE_R_PEER_ID_MISMATCH) },
	{ NULL, "IKE session establishment timed out [MM_$*], aborting!", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NEGOTIATION_TIMEOUT, V1 },
	{ NULL, "IKE session establishment timed out [AM_$*], aborting!", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_NEGOTIATION_TIMEOUT, V1 },
	{ NULL, "IKE session establishment timed out [$*], aborting!", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, V1 },
	{ NULL, "Timed out on initial contact to server [$peer] Tunnel could not be established.", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, INITIATOR, V1 },
	{ NULL, "IKE MM Initiator FSM error history (struct &$hex) <state>, <event>: MM_DONE, EV_ERROR-->MM_WAIT_MSG2, EV_RETRY$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_NO_RESPONSE, INITIATOR, V1 },
	{ NULL, "IKE MM Initiator FSM error history $*", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, INITIATOR, V1 },
	{ NULL, "IKE MM Responder FSM error history $*", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, RESPONDER, V1 },
	{ NULL, "IKE AM Initiator FSM error history $*", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, INITIATOR, V1 },
	{ NULL, "IKE AM Responder FSM error history $*", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, RESPONDER, V1 },
	{ NULL, "IKE QM Initiator FSM error history $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, INITIATOR, V1 },
	{ NULL, "IKE QM Responder FSM error history $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, RESPONDER, V1 },
	{ NULL, "IKE lost contact with remote peer, deleting connection (keepalive type: $*)", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD, V1 },
	{ NULL, "Send failure: Bytes ($n), Peer: $peer", IKE_FAILED, IKE_STAGE_NONE, IKE_R_NETWORK_ERROR, V1 },
	{ NULL, "Output interface $* to peer was not found", IKE_FAILED, IKE_STAGE_NONE, IKE_R_NETWORK_ERROR, V1 },
	{ NULL, "DNS lookup for $* failed!", IKE_FAILED, IKE_PHASE1, IKE_R_NETWORK_ERROR, V1 },
	{ NULL, "Dropping new negotiation - IKEv1 in-negotiation context limit of $n reached", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE, V1 },
	{ NULL, "Maximum concurrent IKE negotiations exceeded!", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE, V1 },
	{ NULL, "$*Tunnel Rejected: The maximum tunnel count allowed has been reached", IKE_FAILED, IKE_STAGE_NONE, IKE_R_LIMIT_REACHED, HERE, V1 },
	{ "713176", "$*memory resources are critical, IKE key acquire message on interface $*, for Peer $peer ignored", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE, V1 },
	{ NULL, "Denied new tunnel to $peer. VPN peer limit ($n) exceeded", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE },
	{ NULL, "Cannot obtain an IP address for remote peer", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V1 },
	{ NULL, "Failure during phase $n rekeying attempt due to collision", IKE_FAILED, IKE_PHASE1, IKE_R_REKEY_FAILED, V1 },
	{ NULL, "Rejecting new IPSec SA negotiation for peer $peer. A negotiation was already in progress for local Proxy $*, remote Proxy $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_DUPLICATE_REQUEST, HERE, V1 },
	{ NULL, "Received packet with missing payload, Expected payload: $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "Header invalid, missing SA payload! (next payload = $n)", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, HERE, IKE_RESPONDER, V1 },
	{ NULL, "IKE Initiator received a packet from its peer without a Responder cookie", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, INITIATOR, V1 },
	{ NULL, "Received encrypted packet with no matching SA, dropping", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, STRAY, V1 },
	{ NULL, "Received Invalid SPI notify (SPI $*)!", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, STRAY, V1 },
	{ NULL, "Unsupported Oakley group: Group $*", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, V1 },
	{ NULL, "Cookie/peer address $peer session already in progress", IKE_FAILED, IKE_PHASE1, IKE_R_DUPLICATE_REQUEST, HERE, V1 },
	{ NULL, "Received invalid local Proxy Range $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Received invalid remote Proxy Range $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Invalid source proxy address: $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Phase 1 ID Data length $n too long - reject tunnel!", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "Zero length data in ID payload received during $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "OU in DN in ID payload too big for Certs IKE tunnel", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE, V1 },
	{ NULL, "IKEv1 Unsupported certificate keytype $* found at trustpoint $*", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, HERE, V1 },
	{ NULL, "IP address request attempt failed!", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V1 },
	{ NULL, "IP_Address request attempt failed!", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V1 },
	{ NULL, "Cannot obtain an IP_address for remote peer", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V1 },
	{ NULL, "Hardware Client connection rejected! $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, HERE, V1 },
	/* Unknown identification type, Phase 1, Type 17 */
	{ NULL, "Unknown identification type, Phase 1, Type $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE, V1 },
	{ NULL, "Unknown identification type, Phase 2, Type $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Identification type not supported, Phase 1, Type $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE, V1 },
	{ NULL, "Identification type not supported, Phase 2, Type $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V1 },
	{ NULL, "Unknown ID type during find of group name for certs, Type $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE, V1 },
	{ NULL, "Unknown protocol ($*). Not adding SA w/spi=$*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, V1 },
	{ NULL, "Unknown Domain of Interpretation (DOI): $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "Received invalid phase 1 $* in ID payload", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "Received unexpected Transaction Exchange payload type: $*", IKE_FAILED, IKE_MODE_CONFIG, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "Error: Username too long - connection aborted", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, HERE, V1 },
	{ NULL, "Set Cert filehandle failure: no IPsec SA in group $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_POLICY_MISSING, V1 },
	{ NULL, "Tunnel Rejected: Conflicting protocols specified by tunnel-group and group-policy", IKE_FAILED, IKE_STAGE_NONE, IKE_R_IKE_VERSION_MISMATCH, HERE },
	{ "713004", "$*IKE key acquire message on interface $*, for peer $peer ignored", IKE_INFO, V1 },
	{ NULL, "IKE Receiver: Error reading from socket.", IKE_INFO, V1 },
	{ NULL, "Keep-alives configured $*", IKE_INFO, V1 },
	{ NULL, "sending delete/delete with reason message", IKE_INFO, V1 },
	{ NULL, "Starting P$* rekey timer: $*", IKE_INFO, V1 },
	{ NULL, "De-queuing KEY-ACQUIRE messages that were left pending.", IKE_INFO, V1 },
	{ NULL, "Sending IKE Delete With Reason message: $detail", IKE_DELETED, V1, .flags = IKE_F_WHOLE },
	{ NULL, "Sending IPSec Delete With Reason message: $detail", IKE_DELETED, V1, AS_CHILD },
	{ NULL, "Overriding Initiator's IPSec rekeying duration from $*", IKE_INFO, V1 },
	{ NULL, "Client rejected NAT enabled IPSec $*", IKE_INFO, V1 },
	{ "713119", "Group $* IP $* PHASE 1 COMPLETED", IKE_ESTABLISHED, IKE_PHASE1, V1 },
	/* Echoes of the failure before them. */
	{ NULL, "QM FSM error (P2 struct $*)!", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, V1 },
	{ NULL, "construct_ipsec_delete(): No SPI to identify Phase 2 SA!", IKE_INFO, V1 },
	{ NULL, "P$n Retransmit msg dispatched to $* FSM", IKE_INFO, V1 },
	{ NULL, "Removing peer from $* table failed, no match!", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, V1 },
	{ NULL, "Error: Unable to remove PeerTblEntry", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, V1 },
	{ NULL, "Information Exchange processing failed", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, V1 },
	{ NULL, "Duplicate Phase $n packet detected. Retransmitting last packet.", IKE_RETRANSMIT, V1 },
	{ NULL, "Duplicate Phase $n packet detected. $*", IKE_INFO, V1 },
	{ NULL, "Duplicate first packet detected. Ignoring packet.", IKE_INFO, V1 },
	{ NULL, "Queuing KEY-ACQUIRE messages to be processed when P1 SA is complete.", IKE_INFO, V1 },
	{ NULL, "Pitcher: received a key acquire message, spi $hex", IKE_INFO, V1 },
	{ NULL, "Automatic NAT Detection Status: $*", IKE_PROGRESS, IKE_PHASE1, V1 },
	{ NULL, "processing SA payload", IKE_PROGRESS, .flags = IKE_F_HEARD, V1 },
	{ NULL, "processing $* payload", IKE_INFO, V1 },
	{ NULL, "constructing $* payload", IKE_INFO, V1 },
	{ NULL, "IKE SA $* terminating: $*", IKE_INFO, V1 },
	{ NULL, "Responder forcing change of $*", IKE_INFO, V1 },
	{ NULL, "IKE Received delete for rekeyed $*", IKE_INFO, V1 },
	{ NULL, "Assigned private IP address $* to remote user", IKE_PROGRESS, IKE_MODE_CONFIG, V1 },
	/* IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + SA (1) + NONE (0) total length : 108 */
	{ NULL, "IKE_DECODE SENDING Message (msgid=0) with payloads : $*", IKE_PROGRESS, IKE_PHASE1, V1 },
	{ NULL, "IKE_DECODE RECEIVED Message (msgid=0) with payloads : $*", IKE_PROGRESS, IKE_PHASE1, .flags = IKE_F_HEARD, V1 },
	{ NULL, "IKE_DECODE RESENDING Message (msgid=0) with payloads : $*", IKE_RETRANSMIT, IKE_PHASE1, V1 },
	{ NULL, "IKE_DECODE SENDING Message (msgid=$msgid) with payloads : HDR + HASH (8) + SA (1)$?", IKE_PROGRESS, IKE_QUICK_MODE, V1 },
	{ NULL, "IKE_DECODE RECEIVED Message (msgid=$msgid) with payloads : HDR + HASH (8) + SA (1)$?", IKE_PROGRESS, IKE_QUICK_MODE, .flags = IKE_F_HEARD, V1 },
	{ NULL, "IKE_DECODE RESENDING Message (msgid=$msgid) with payloads : HDR + HASH (8) + SA (1)$?", IKE_RETRANSMIT, IKE_QUICK_MODE, V1 },
	{ NULL, "IKE_DECODE $* Message (msgid=$*) with payloads : $*", IKE_INFO, V1 },
	/* IKEv2, behind "Local:a:500 Remote:b:500 Username:u IKEv2 ". */
	{ NULL, "Received request to establish an IPsec tunnel; local traffic selector = $own_ts_local; remote traffic selector = $own_ts_remote", IKE_STARTED, INITIATOR, V2 },
	{ NULL, "Received request to rekey an IPsec tunnel; local traffic selector = $own_ts_local; remote traffic selector = $own_ts_remote", IKE_PROGRESS, IKE_CREATE_CHILD_SA, .flags = IKE_F_REKEY, V2 },
	{ NULL, "Received a IKE_INIT_SA request", IKE_STARTED, IKE_SA_INIT, .flags = IKE_F_HEARD, RESPONDER, V2 },
	/* Negotiation aborted due to ERROR: Auth exchange failed: see asa_aborted() */
	{ NULL, "Negotiation aborted due to ERROR: $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, V2 },
	{ NULL, "Sending COOKIE challenge to throttle possible DoS", IKE_PROGRESS, IKE_SA_INIT, V2 },
	{ NULL, "Detected an IKE rekey collision$?", IKE_INFO, V2 },
	{ NULL, "IKE rekey collision detected$?", IKE_INFO, V2 },
	{ "750006", "SA UP. Reason: $*", IKE_ESTABLISHED, V2 },
	{ "750006", "SA UP", IKE_ESTABLISHED, V2 },
	{ NULL, "SA DOWN. Reason: $detail", IKE_DELETED, .flags = IKE_F_WHOLE, V2 },
	{ NULL, "SA DOWN", IKE_DELETED, .flags = IKE_F_WHOLE, V2 },
	{ NULL, "SA rejected due to system resource low", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE, V2 },
	{ NULL, "SA request rejected due to CAC limit reached: $*", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE, V2 },
	{ NULL, "SA request rejected by CAC. Reason: $*", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE, V2 },
	{ NULL, "local throttle-request queue depth threshold of $n reached$?", IKE_INFO, V2 },
	{ NULL, "Tunnel Rejected: Selected IKEv2 encryption algorithm ($*) is not strong enough to secure proposed IPsec encryption algorithm ($*)$?", IKE_FAILED, IKE_AUTH, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE, V2, AS_CHILD },
	{ NULL, "Selected IKEv2 encryption algorithm ($*) is not strong enough to secure proposed IPsec encryption algorithm ($*)$?", IKE_INFO, V2 },
	{ NULL, "Session aborted. Reason: Initial Contact received for Local ID: $*, Remote ID: $* from remote peer: $*", IKE_DELETED, IKE_STAGE_NONE, IKE_R_SUPERSEDED, .flags = IKE_F_WHOLE, V2 },
	{ NULL, "deleting IPSec SA. Reason: invalid SPI notification received for SPI $*", IKE_DELETED, IKE_STAGE_NONE, IKE_R_INVALID_SPI, V2, AS_CHILD },
	{ NULL, "Need to send a DPD message to peer", IKE_INFO, V2 },
	{ NULL, "Failed to complete Diffie-Hellman operation. Error: $*", IKE_FAILED, IKE_SA_INIT, IKE_R_INTERNAL_ERROR, V2 },
	{ NULL, "No preshared key or trustpoint configured for self in tunnel group $tunnel", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PSK_MISSING, V2 },
	{ NULL, "No remote authentication method configured for peer in tunnel group $tunnel", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, V2 },
	{ NULL, "Certificate authentication failed. Error: $detail", IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, HERE, V2 },
	{ NULL, "Failed user authentication. Error: $*", IKE_FAILED, IKE_AUTH, IKE_R_EAP_FAILED, HERE, V2 },
	{ NULL, "AnyConnect client reconnect authentication failed. $*", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE, V2 },
	{ NULL, "Group=$tunnel, Tunnel rejected: IKEv2 not enabled in group policy", IKE_FAILED, IKE_AUTH, IKE_R_IKE_VERSION_MISMATCH, HERE, V2 },
	{ NULL, "Unable to find tunnel group for peer.", IKE_FAILED, IKE_AUTH, IKE_R_PEER_NOT_CONFIGURED, HERE, V2 },
	{ NULL, "Unable to determine self-authentication method. No crypto map setting or tunnel group found.", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PEER_NOT_CONFIGURED, V2 },
	{ NULL, "Failure occurred during Configuration Mode processing. Error: $*", IKE_FAILED, IKE_AUTH, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V2 },
	{ NULL, "L2L peer initiated a tunnel with the same outer and inner addresses. $*", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, V2, AS_CHILD },
	{ NULL, "Configuration Error: No trustpoint $*", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PRIVATE_KEY_MISSING, V2 },
	{ "751017", "Configuration Error: $*", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PRIVATE_KEY_MISSING, V2 },
	{ NULL, "Terminating the VPN connection attempt from $*. Reason: This connection is group locked to $*.", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE, V2 },
	{ NULL, "Failed to obtain an $* license. Maximum license limit $n exceeded", IKE_FAILED, IKE_AUTH, IKE_R_LIMIT_REACHED, HERE, V2 },
	{ NULL, "Received INVALID_SELECTORS Notification from peer. $*", IKE_INFO, V2 },
	{ NULL, "No pre-shared key or trustpoint configured for self in tunnel group $tunnel", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PSK_MISSING, V2 },
	{ NULL, "An $* remote access connection failed. Attempting to use an NSA Suite B crypto algorithm $*", IKE_FAILED, IKE_AUTH, IKE_R_LIMIT_REACHED, HERE, V2 },
	{ NULL, "Failed to process Configuration Payload request for attribute $*", IKE_FAILED, IKE_AUTH, IKE_R_ADDRESS_ASSIGNMENT_FAILED, HERE, V2 },
	{ NULL, "Terminating the VPN connection attempt from $*", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE, V2 },
	{ NULL, "Tunnel Rejected: $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, HERE },
	/* Tunnel manager: only the map is named. */
	{ NULL, "Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv1. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_STARTED, INITIATOR, V1 },
	{ NULL, "Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv1 after a failed attempt. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_STARTED, INITIATOR, V1 },
	{ NULL, "IKEv1 was unsuccessful at setting up a tunnel. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, INITIATOR, V1 },
	{ NULL, "IKEv1 was successful at setting up a tunnel. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_INFO, INITIATOR, V1 },
	{ NULL, "Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_STARTED, INITIATOR, V2 },
	{ NULL, "Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2 after a failed attempt. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_STARTED, INITIATOR, V2 },
	{ NULL, "IKEv2 was unsuccessful at setting up a tunnel. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, INITIATOR, V2 },
	{ NULL, "IKEv2 was successful at setting up a tunnel. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_INFO, INITIATOR, V2 },
	{ NULL, "Tunnel Manager has failed to establish an L2L SA. All configured IKE versions failed to establish the tunnel. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, INITIATOR },
	{ NULL, "Tunnel Manager failed to dispatch a KEY_ACQUIRE message. Probable mis-configuration of the crypto map or tunnel-group. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_CONFIG_PROBLEM, IKE_STAGE_NONE, IKE_R_POLICY_MISSING, INITIATOR },
	{ NULL, "Tunnel Manager failed to dispatch a KEY_ACQUIRE message. Memory may be low. Map Tag$*= $tunnel. Map Sequence Number$*= $n.", IKE_FAILED, IKE_STAGE_NONE, IKE_R_INTERNAL_ERROR, INITIATOR },
	/* The map names no proposal for the version tried: the other one follows. */
	{ "752010", "IKEv2 Doesn't have a proposal specified$?", IKE_INFO, V2 },
	{ "752011", "IKEv1 Doesn't have a transform set specified$?", IKE_INFO, V1 },
	{ NULL, "Tunnel Manager failed to dispatch a KEY_ACQUIRE message. Probable mis-configuration of the crypto map or tunnel-group. Map Tag$*= $tunnel. Map Sequence Number$*= $n, SRC Addr: $local port: $n Dst Addr: $peer port: $n.", IKE_CONFIG_PROBLEM, IKE_STAGE_NONE, IKE_R_POLICY_MISSING, INITIATOR },
	{ NULL, "Tunnel Manager $*", IKE_INFO },
	/* SAs as the data plane sees them, once a direction. */
	/* IPSEC: An inbound LAN-to-LAN SA (SPI= 0x6FDB0644) between 203.0.113.1 and 198.51.100.7 (user= 198.51.100.7) has been created. */
	{ NULL, "IPSEC: An inbound $* SA (SPI= $in) between $local and $peer (user= $*) has been created.", IKE_CHILD_ESTABLISHED, AS_CHILD },
	{ NULL, "IPSEC: An inbound $* SA (SPI=$in) between $local and $peer ($*) has been created.", IKE_CHILD_ESTABLISHED, AS_CHILD },
	{ NULL, "IPSEC: An outbound $* SA (SPI= $out) between $local and $peer (user= $*) has been created.", IKE_CHILD_ESTABLISHED, AS_CHILD },
	{ NULL, "IPSEC: An outbound $* SA (SPI=$out) between $local and $peer ($*) has been created.", IKE_CHILD_ESTABLISHED, AS_CHILD },
	{ NULL, "IPSEC: An inbound $* SA (SPI= $in) between $local and $peer (user= $*) has been deleted.", IKE_DELETED, AS_CHILD },
	{ NULL, "IPSEC: An inbound $* SA (SPI=$in) between $local and $peer ($*) has been deleted.", IKE_DELETED, AS_CHILD },
	{ NULL, "IPSEC: An outbound $* SA (SPI= $out) between $local and $peer (user= $*) has been deleted.", IKE_DELETED, AS_CHILD },
	{ NULL, "IPSEC: An outbound $* SA (SPI=$out) between $local and $peer ($*) has been deleted.", IKE_DELETED, AS_CHILD },
	{ NULL, "IPSEC: An $* SA (SPI$*) between $local and $peer ($*) is rekeying due to $*", IKE_INFO, .flags = IKE_F_REKEY, AS_CHILD },
	{ NULL, "IPSEC: Received an $* packet (SPI$*= $in, sequence number$*= $hex) from $peer (user= $*) to $local $*", IKE_INFO, STRAY },
	{ NULL, "IPSEC: Received an $* packet (SPI=$in, sequence number=$hex) from $peer (user=$*) to $local $*", IKE_INFO, STRAY },
	{ NULL, "IPSEC: Received an $* packet (SPI=$in, sequence number=$hex) from $peer to $local with an invalid SPI.", IKE_INFO, STRAY },
	{ NULL, "IPSEC: Received an $* packet (SPI= $in, sequence number= $hex) from $peer to $local $*", IKE_INFO, STRAY },
	{ NULL, "IPSEC: Received $*", IKE_INFO, STRAY },
	/* Ends of sessions; the reason is read by asa_ended(). */
	/* Connection terminated for peer 198.51.100.7.  Reason: Peer Terminate  Remote Proxy 10.2.2.0, Local Proxy 10.1.1.0 */
	{ NULL, "Connection terminated for peer $peer. Reason: $detail Remote Proxy $*, Local Proxy $*", IKE_DELETED, V1 },
	{ NULL, "Connection terminated for peer $peer. Reason: $detail", IKE_DELETED, V1 },
	{ NULL, "Session is being torn down. Reason: $detail", IKE_DELETED, V1, .flags = IKE_F_WHOLE },
	{ "113019", "Session disconnected. Session Type: $*, Duration: $*, Bytes xmt: $n, Bytes rcv: $n, Reason: $detail", IKE_DELETED, .flags = IKE_F_WHOLE },
	{ NULL, "Deleting IKE SA with associated IPSec connection entries. IKE peer: $peer, $*", IKE_INFO, V1 },
	/* Certificates; the tail is read by asa_certificate(). */
	/* Certificate validation failed. Peer certificate key usage is invalid, serial number: 0A1B2C, subject name: cn=branch7. */
	{ NULL, "Certificate validation failed. $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "Certificate chain failed validation. $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE },
	{ "717037", "Tunnel group search using certificate maps failed for peer certificate: $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_PEER_NOT_CONFIGURED, HERE },
	{ NULL, "Certificate data could not be verified. Reason: $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "OCSP status check failed. Reason: $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_REVOCATION_UNAVAILABLE, HERE },
	{ NULL, "IPSEC: SA creation error, source $local, destination $peer, reason $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_INTERNAL_ERROR, HERE, AS_CHILD },
	/* PIX. */
	{ NULL, "ISAKMP Phase 1 exchange started (local $local (initiator), remote $peer)", IKE_STARTED, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 1 exchange started (local $local (responder), remote $peer)", IKE_STARTED, IKE_PHASE1, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 2 exchange started (local $local (initiator), remote $peer)", IKE_STARTED, IKE_QUICK_MODE, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 2 exchange started (local $local (responder), remote $peer)", IKE_STARTED, IKE_QUICK_MODE, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 1 exchange completed (local $local (initiator), remote $peer)", IKE_PROGRESS, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 1 exchange completed (local $local (responder), remote $peer)", IKE_PROGRESS, IKE_PHASE1, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 2 exchange completed (local $local (initiator), remote $peer)", IKE_PROGRESS, IKE_QUICK_MODE, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 2 exchange completed (local $local (responder), remote $peer)", IKE_PROGRESS, IKE_QUICK_MODE, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 1 retransmission (local $local (initiator), remote $peer)", IKE_RETRANSMIT, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 1 retransmission (local $local (responder), remote $peer)", IKE_RETRANSMIT, IKE_PHASE1, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 2 retransmission (local $local (initiator), remote $peer)", IKE_RETRANSMIT, IKE_QUICK_MODE, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 2 retransmission (local $local (responder), remote $peer)", IKE_RETRANSMIT, IKE_QUICK_MODE, RESPONDER, V1 },
	{ NULL, "ISAKMP Phase 1 SA created (local $local (initiator), remote $peer, $*)", IKE_ESTABLISHED, IKE_PHASE1, INITIATOR, V1 },
	{ NULL, "ISAKMP Phase 1 SA created (local $local (responder), remote $peer, $*)", IKE_ESTABLISHED, IKE_PHASE1, RESPONDER, V1 },
	{ NULL, "ISAKMP DPD timed out (local $local ($*), remote $peer)", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD, V1 },
	{ NULL, "ISAKMP Phase 1 delete received (local $local ($*), remote $peer)", IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, .flags = IKE_F_WHOLE, V1 },
	{ NULL, "ISAKMP Phase 1 delete sent (local $local ($*), remote $peer)", IKE_DELETED, .flags = IKE_F_WHOLE, V1 },
	{ NULL, "sa_request, (key eng. msg.) src= $local, dest= $peer, src_proxy= $own_ts_local (type=$n), dest_proxy= $own_ts_remote (type=$n), $?", IKE_STARTED, INITIATOR },
	{ NULL, "sa created, (sa) sa_dest= $?", IKE_INFO },
	{ NULL, "deleting SA, (sa) sa_dest= $?", IKE_INFO },
	{ NULL, "ISAKMP malformed payload received (local $local, remote $peer)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ NULL, "ISAKMP malformed payload received (local $local ($*), remote $peer)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, V1 },
	{ 0 }
};

/* What these numbers mean in whatever words, where no row above has them. */
static const struct rule numbers[] = {
	{ "713061", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, V1 },
	{ "751022", "$?", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, V2 },
	{ "713022", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, V1 },
	{ "713063", "$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, V1 },
	{ "713256", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, V1 },
	{ "751009", "$?", IKE_FAILED, IKE_AUTH, IKE_R_PEER_NOT_CONFIGURED, V2 },
	{ "751014", "$?", IKE_INFO, V2 },
	{ "751026", "$?", IKE_INFO, V2 },
	{ "713136", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, V1 },
	{ "713123", "$?", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD, V1 },
	{ "713018", "$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, V1 },
	{ "751002", "$?", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PSK_MISSING, V2 },
	{ "751004", "$?", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, V2 },
	{ "713082", "$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, V1 },
	{ "713098", "$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, V1 },
	{ "751017", "$?", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PRIVATE_KEY_MISSING, V2 },
	{ "751006", "$?", IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_INVALID, V2 },
	{ "713167", "$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, V1 },
	{ "713198", "$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, V1 },
	{ "713276", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, V1 },
	{ "750008", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, V2 },
	{ "750009", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, V2 },
	{ "751019", "$?", IKE_FAILED, IKE_AUTH, IKE_R_LIMIT_REACHED, V2 },
	{ "713092", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_REKEY_FAILED, V1 },
	{ "751008", "$?", IKE_FAILED, IKE_AUTH, IKE_R_IKE_VERSION_MISMATCH, V2 },
	{ "713257", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, V1 },
	{ "750003", "$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, V2 },
	{ "713227", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_DUPLICATE_REQUEST, V1 },
	{ "751001", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_INTERNAL_ERROR, V2 },
	{ 0 }
};

/* Why a session ended; the first whose words the reason contains. */
static const struct ending {
	const char *words;
	enum ike_what what;
	enum ike_reason reason;
} endings[] = {
	{ "crypto map policy not found", IKE_FAILED, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "Phase 2 Mismatch", IKE_FAILED, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "Phase 2 Error", IKE_FAILED, IKE_R_UNKNOWN },
	{ "Peer Terminate", IKE_DELETED, IKE_R_DELETED_BY_PEER },
	{ "User Requested", IKE_DELETED, IKE_R_DELETED_BY_PEER },
	{ "peer request", IKE_DELETED, IKE_R_DELETED_BY_PEER },
	{ "IKE Delete", IKE_DELETED, IKE_R_DELETED_BY_PEER },
	{ "received delete", IKE_DELETED, IKE_R_DELETED_BY_PEER },
	{ "Administrator", IKE_DELETED, IKE_R_DELETED_BY_ADMIN },
	{ "application initiated", IKE_DELETED, IKE_R_DELETED_BY_ADMIN },
	{ "Configuration", IKE_DELETED, IKE_R_DELETED_BY_ADMIN },
	{ "peer lost", IKE_PEER_DEAD, IKE_R_PEER_DEAD },
	{ "Lost Service", IKE_DELETED, IKE_R_PEER_DEAD },
	{ "Peer Reconnected", IKE_DELETED, IKE_R_SUPERSEDED },
	{ "Preempted", IKE_DELETED, IKE_R_SUPERSEDED },
	{ "Initial Contact", IKE_DELETED, IKE_R_SUPERSEDED },
	{ "Idle Timeout", IKE_DELETED, IKE_R_LIFETIME_EXPIRED },
	{ "Max Time Exceeded", IKE_DELETED, IKE_R_LIFETIME_EXPIRED },
	{ "Peer Address Changed", IKE_DELETED, IKE_R_PATH_CHANGED },
	{ "Certificate Expired", IKE_DELETED, IKE_R_CERTIFICATE_EXPIRED },
};

/* Why a certificate was refused. */
static const struct {
	const char *words;
	enum ike_reason reason;
} certificates[] = {
	{ "expired", IKE_R_CERTIFICATE_EXPIRED },
	{ "not yet valid", IKE_R_CERTIFICATE_EXPIRED },
	{ "not valid yet", IKE_R_CERTIFICATE_EXPIRED },
	{ "revoked", IKE_R_CERTIFICATE_REVOKED },
	{ "suitable trustpoint", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "issuer", IKE_R_CERTIFICATE_UNTRUSTED },
	{ "unable to check revocation", IKE_R_REVOCATION_UNAVAILABLE },
	{ "revocation status", IKE_R_REVOCATION_UNAVAILABLE },
	{ "CRL", IKE_R_REVOCATION_UNAVAILABLE },
	{ "OCSP", IKE_R_REVOCATION_UNAVAILABLE },
	{ "signature", IKE_R_SIGNATURE_INVALID },
};

/* Sessions of 113019 that are no IPsec. */
static const char *const other_sessions[] = {
	"SSL", "AnyConnect-Parent", "SVC", "WebVPN", "Clientless", "DTLS",
};

/* How the texts of messages begin that hold names of the peer's choice. */
static const struct {
	const char *id, *text;
} begins[] = {
	{ "713119", "PHASE 1" },
	{ "713119", "Group " },
	{ "713120", "PHASE 2" },
	{ "713049", "Security negotiation" },
	{ "713198", "User Authorization" },
	{ "713052", "User (" },
	{ "713255", "Received ISAKMP" },
	{ "113019", "Session disconnected" },
	{ "713259", "Session is being" },
	{ "713050", "Connection terminated" },
	{ "750001", "Received request" },
	{ "750002", "Received a" },
	{ "750003", "Negotiation aborted" },
	{ "750006", "SA UP" },
	{ "750007", "SA DOWN" },
};

/* Message numbers worth a look, by their first digits. */
static const char *const families[] = {
	"713", "714", "715", "750", "751", "752", "717009", "717027",
	"717021", "717032", "717037", "113019", "602201", "602303", "602304", "602301", "602302",
	"602305", "40211", "7022", "7023", "316001", "720", "711001",
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ruleset rules = RULESET(rows);
static struct ruleset number_rules = RULESET(numbers);
/* The rows of IKEv2 debugging are held against the corpus by cisco_ios.c. */
static struct ruleset *const rulesets[] = { &rules, &number_rules, NULL };

/* "%ASA-5-713119:", "%FTD-4-..", "%ASA-auth-4-113004:", "%PIX-.." */
static bool
asa_number(struct span *s, struct span *id)
{
	struct span t = *s;
	int severity;

	if (!scan_lit(&t, "%ASA-") && !scan_lit(&t, "%FTD-") &&
	    !scan_lit(&t, "%PIX-"))
		return false;
	if (scan_set(&t, "abcdefghijklmnopqrstuvwxyz_", NULL) &&
	    !scan_char(&t, '-'))
		return false;
	(void)scan_char(&t, '-');
	if (!scan_digits(&t, 1, &severity) || !scan_char(&t, '-') ||
	    !scan_set(&t, "0123456789", id) || id->len != 6)
		return false;
	scan_skip_blanks(&t);
	(void)scan_char(&t, ':');
	scan_skip_blanks(&t);
	*s = t;
	return true;
}

static bool
asa_marked(struct span s)
{
	struct span id;

	return asa_number(&s, &id) || span_starts(s, "[IKEv1") ||
	    span_starts(s, "IKEv2-PROTO-") || span_starts(s, "IKEv2-PLAT-");
}

static bool
asa_text(const struct record *rec, struct span *text)
{
	return cisco_find(rec, "%[I", asa_marked, text);
}

static bool
cisco_asa_recognise(const struct record *rec)
{
	struct span text;

	return asa_text(rec, &text);
}

static bool
asa_family(struct span id)
{
	for (size_t i = 0; i < COUNT(families); i++)
		if (span_starts(id, families[i]))
			return true;
	return false;
}

/* Whether a text can be that message's; others print anything. */
static bool
asa_expected(struct span id, struct span text)
{
	bool known = false;

	for (size_t i = 0; i < COUNT(begins); i++) {
		if (!span_is(id, begins[i].id))
			continue;
		if (words_eat(&text, begins[i].text))
			return true;
		known = true;
	}
	return !known;
}

/* "Group = g, Username = u, " in front of the address. */
static void
asa_group(struct span head, struct ike_event *ev)
{
	struct span group;

	if (!words_eat(&head, "Group = "))
		return;
	if (!words_until(&head, ", Username = ", &group))
		group = span_trim(head);
	if (span_ends(group, ","))
		group.len--;
	ev->tunnel = group;
}

/* The text behind one "IP = a, "; a blank alone may stand for the comma. */
static const struct rule *
asa_behind(
    struct span id, struct span head, struct span s, struct ike_event *ev)
{
	struct ike_event full = *ev;
	const struct rule *rule;
	struct span word;

	scan_skip_blanks(&s);
	if (!scan_word(&s, &word))
		return NULL;
	if (span_ends(word, ","))
		word.len--;
	(void)rules_address(word, &full.peer, NULL);
	asa_group(head, &full);
	scan_skip_blanks(&s);
	if (!asa_expected(id, s) ||
	    (rule = rules_match(&rules, id, s, &full)) == NULL)
		return NULL;
	*ev = full;
	return rule;
}

static bool
asa_is_labelled(struct span s)
{
	return words_eat(&s, "Group = ") || words_eat(&s, "Username = ") ||
	    words_eat(&s, "IP = ");
}

/*
 * "Group = g, Username = u, IP = a, text", each label of which may be
 * missing. The names may hold forged labels and texts, so the text is looked
 * for behind each of the first few addresses, and must be the message's.
 */
static const struct rule *
asa_labelled(struct span id, struct span s, struct ike_event *ev)
{
	enum { LABELS = 6 };
	struct span rest = s, before;
	const struct rule *rule;

	if (!asa_is_labelled(s))
		return rules_match(&rules, id, s, ev);
	for (int i = 0; i < LABELS && words_until(&rest, "IP =", &before);
	     i++) {
		struct span head = span_to(s, before.p + before.len);

		if (head.len > 0 && head.p[head.len - 1] != ' ')
			continue;
		if ((rule = asa_behind(id, head, rest, ev)) != NULL)
			return rule;
	}
	if (words_eat(&s, "Group = ") && scan_until(&s, ", ", &ev->tunnel))
		return rules_match(&rules, id, s, ev);
	return NULL;
}

/* "203.0.113.1:500", "2001:db8::1:500": a port always follows in these. */
static void
asa_endpoint(struct span s, struct span *addr)
{
	size_t n = s.len;

	while (n > 0 && s.p[n - 1] >= '0' && s.p[n - 1] <= '9')
		n--;
	if (n > 1 && s.p[n - 1] == ':' &&
	    (s.len - n > 4 || span_ends(s, ":500") || span_ends(s, ":4500")))
		s.len = n - 1;
	(void)rules_address(s, addr, NULL);
}

/*
 * "Local:a:500 Remote:b:500 Username:u IKEv2 text". A user name may have
 * blanks in it, so the text is looked for behind each of the first few.
 */
static const struct rule *
asa_ikev2(struct span id, struct span s, struct ike_event *ev)
{
	enum { USER_WORDS = 16 };
	struct span word;

	scan_skip_blanks(&s);
	if (!scan_word(&s, &word))
		return NULL;
	asa_endpoint(word, &ev->local);
	if (!scan_until(&s, "Remote:", NULL))
		return NULL;
	scan_skip_blanks(&s);
	if (!scan_word(&s, &word))
		return NULL;
	asa_endpoint(word, &ev->peer);
	ev->ike_version = 2;
	scan_skip_blanks(&s);
	if (scan_lit(&s, "Username:"))
		scan_skip_blanks(&s);
	for (int i = 0; i < USER_WORDS; i++) {
		struct span text = s;
		const struct rule *rule;

		if (scan_lit(&text, "IKEv2 "))
			scan_skip_blanks(&text);
		if (asa_expected(id, text) &&
		    (rule = rules_match(&rules, id, text, ev)) != NULL)
			return rule;
		if (!scan_word(&s, &word) || !scan_skip_blanks(&s))
			return NULL;
	}
	return NULL;
}

static void
asa_ended(struct ike_event *ev)
{
	for (size_t i = 0; i < COUNT(endings); i++) {
		if (!words_in(ev->detail, endings[i].words))
			continue;
		ev->what = endings[i].what;
		ev->reason = endings[i].reason;
		if (ev->what == IKE_FAILED) {
			ev->stage = IKE_PHASE2;
			ev->flags &= ~(unsigned)IKE_F_WHOLE;
		}
		return;
	}
}

/* The names in the certificate are the peer's choice and do not count. */
static void
asa_certificate(struct ike_event *ev)
{
	static const char *const names[] = { "serial number", "subject name",
		"issuer name" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *at = span_find_nocase(ev->detail, names[i]);

		if (at != NULL)
			ev->detail = span_to(ev->detail, at);
	}
	for (size_t i = 0; i < COUNT(certificates); i++)
		if (words_in(ev->detail, certificates[i].words)) {
			ev->reason = certificates[i].reason;
			return;
		}
}

/* What rows leave to their detail. */
static void
asa_details(struct ike_event *ev)
{
	if (ev->detail.len == 0)
		return;
	if (ev->what == IKE_DELETED)
		asa_ended(ev);
	else if (ev->reason == IKE_R_CERTIFICATE_INVALID)
		asa_certificate(ev);
	else if (ev->reason == IKE_R_UNKNOWN &&
	    !cisco_ikev2_error(ev->detail, "asa", ev))
		ev->reason = cause_of(ev->detail, NOTIFY_PHASE1);
}

/*
 * "between 198.51.100.7 and 203.0.113.1 (user= 198.51.100.7)": of an inbound
 * SA the peer may stand first; a user with an address is the peer.
 */
static void
asa_ends(struct span s, struct ike_event *ev)
{
	struct span user, addr = SPAN_NONE, local = ev->local;

	if (!words_until(&s, "(user=", NULL) || !scan_until(&s, ")", &user) ||
	    !rules_address(span_trim(user), &addr, NULL) ||
	    !span_eq(addr, local))
		return;
	ev->local = ev->peer;
	ev->peer = local;
}

static bool
asa_other_session(struct span s)
{
	struct span type;

	if (!words_until(&s, "Session Type: ", NULL) ||
	    !scan_until(&s, ",", &type))
		return false;
	for (size_t i = 0; i < COUNT(other_sessions); i++)
		if (span_starts(type, other_sessions[i]))
			return true;
	return false;
}

/* A text that no row has: the number alone, and the last of the addresses. */
static const struct rule *
asa_numbered(struct span id, struct span s, struct ike_event *ev)
{
	struct span rest = s, word;

	while (words_until(&rest, "IP =", NULL)) {
		struct span t = rest;

		scan_skip_blanks(&t);
		if (!scan_word(&t, &word))
			break;
		if (span_ends(word, ","))
			word.len--;
		(void)rules_address(word, &ev->peer, NULL);
	}
	return rules_match(&number_rules, id, s, ev);
}

/* Words of IKE's own families that say both that it failed and why. */
static bool
asa_failure(struct span id, struct span s, struct ike_event *ev)
{
	bool second = span_starts(id, "751");

	if (!second && !span_starts(id, "713"))
		return false;
	/* The labels in front hold names, which are the peer's. */
	while (words_until(&s, second ? "Username:" : "IP = ", NULL))
		if (!scan_word(&s, NULL))
			return false;
	if (!cause_fails(s, NOTIFY_ANY, ev))
		return false;
	ev->ike_version = second ? 2 : 1;
	return true;
}

static enum parse_result
asa_message(struct span id, struct span s, struct ike_event *ev)
{
	const struct rule *rule;

	if (span_starts(id, "720")) {
		ev->what = IKE_HA_SYNC;
		return span_starts(s, "(VPN") ? PARSE_EVENT : PARSE_NOT_IKE;
	}
	if (span_is(id, "113019") && asa_other_session(s))
		return PARSE_NOT_IKE;
	if (scan_lit(&s, "Local:"))
		rule = asa_ikev2(id, s, ev);
	else {
		rule = asa_labelled(id, s, ev);
		if (rule == NULL && scan_lit(&s, "IKEv2 "))
			rule = rules_match(&rules, id, s, ev);
	}
	if (rule == NULL && asa_numbered(id, s, ev) == NULL &&
	    !asa_failure(id, s, ev))
		return PARSE_UNKNOWN;
	asa_details(ev);
	if (span_starts(id, "60230"))
		asa_ends(s, ev);
	if (ev->peer.len == 0 && ev->tunnel.len == 0)
		ev->flags |= IKE_F_NEAR;
	return PARSE_EVENT;
}

static enum parse_result
cisco_asa_parse(const struct record *rec, struct ike_event *ev)
{
	struct span s, id = SPAN_NONE;

	if (!asa_text(rec, &s))
		return PARSE_NOT_IKE;
	if (asa_number(&s, &id) && !asa_family(id))
		return PARSE_NOT_IKE;
	if (span_starts(s, "IKEv2-"))
		return cisco_ikev2_debug(s, "asa", ev);
	/* [IKEv1 DEBUG]: Group = .., behind 711001 or without a number */
	if (scan_lit(&s, "[IKEv1")) {
		if (!scan_until(&s, "]", NULL))
			return PARSE_UNKNOWN;
		while (
		    scan_blanks(&s) || scan_char(&s, ':') || scan_char(&s, ','))
			;
		id = SPAN_LIT("debug");
	} else if (span_is(id, "711001"))
		return PARSE_NOT_IKE;
	return asa_message(id, s, ev);
}

const struct parser parser_cisco_asa = {
	.name = "cisco-asa",
	.recognise = cisco_asa_recognise,
	.parse = cisco_asa_parse,
	.rules = rulesets,
};
