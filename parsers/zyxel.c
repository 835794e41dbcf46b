/*
 * ZyXEL Prestige, ZyWALL (ZyNOS), USG (ZLD), and Nortel Business Secure
 * Router: a text, with "!!" in front where it is an error, in
 * src=".." dst=".." msg="TEXT" cat="IKE", in a table line "001 01 Jan 13:08:07
 * TEXT", in a row of the log's page with "IKE_LOG" at its end, or alone. Rows
 * with the id "z" are believed only in a form that names IKE, or behind "!!".
 */
#include <string.h>

#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/fold.h"
#include "parsers/ike_notify.h"
#include "parsers/parser.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NEAR IKE_F_NEAR
#define HERE IKE_F_REFUSED_HERE
#define HEARD IKE_F_HEARD
#define CHILD IKE_KIND_CHILD

/* clang-format off */
static const struct rule rows[] = {
	/* ---- how it goes */
	/* Send Main Mode request to <198.51.100.1> */
	{ NULL, "Send Main Mode request to $peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Send Aggressive Mode request to $peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Send $word Mode request to $peer", IKE_STARTED, 0, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Recv Main Mode request from $peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Recv Aggressive Mode request from $peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Recv $word Mode request from $peer", IKE_STARTED, 0, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Rule [$tunnel] Sending IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Rule[$tunnel] Sending IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Rule [$tunnel] Receiving IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Rule[$tunnel] Receiving IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Tunnel [$tunnel] Sending IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Tunnel [$tunnel] Recving IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Tunnel [$tunnel] Receiving IKE request$?", IKE_STARTED, 0, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Phase 1 IKE SA process done", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ NULL, "Start Phase 2: Quick Mode", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "Rule [$tunnel] Tunnel built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ NULL, "Rule[$tunnel] Tunnel built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	/* Tunnel [HQ:gw1:0x1234:0x5678:ESP] built successfully */
	{ NULL, "Tunnel [$tunnel:$*:0x$hex:0x$hex:$*] built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ NULL, "Tunnel [$tunnel:$hex:$hex:$*] built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ NULL, "Dynamic Tunnel [$tunnel:$*] built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	/* Tunnel [HQ_to_BR] built successfully */
	{ NULL, "Tunnel [$tunnel] built successfully", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ NULL, "Tunnel [$tunnel:$*:0x$hex:0x$hex:$*] rekeyed successfully", IKE_REKEYED, 0, 0, IKE_F_REKEY | HEARD, 0, 0, CHILD },
	{ NULL, "Tunnel [$tunnel:$hex:$hex:$*] rekeyed successfully", IKE_REKEYED, 0, 0, IKE_F_REKEY | HEARD, 0, 0, CHILD },
	{ NULL, "Dynamic Tunnel [$tunnel:$*] rekeyed successfully", IKE_REKEYED, 0, 0, IKE_F_REKEY | HEARD, 0, 0, CHILD },
	{ NULL, "Tunnel [$tunnel] rekeyed successfully", IKE_REKEYED, 0, 0, IKE_F_REKEY | HEARD, 0, 0, CHILD },
	{ NULL, "The IPSec tunnel \"$tunnel\" is already established", IKE_INFO },
	/* The cookie pair is : 0x9ab14c0f2233d5e1 / 0x0000000000000000 */
	{ NULL, "The cookie pair is: $ispi / $rspi", IKE_PROGRESS, 0, 0, 0, 0 },
	{ NULL, "The cookie pair is: $ispi/$rspi", IKE_PROGRESS, 0, 0, 0, 0 },
	{ NULL, "XAUTH succeed! $*", IKE_PROGRESS, IKE_XAUTH, 0, NEAR | HEARD, 0, 1 },
	{ NULL, "IKE Packet Retransmit", IKE_RETRANSMIT, 0, 0, NEAR, 0, 1 },
	{ NULL, "IKE Negotiation is in process", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ NULL, "Tunnel [$tunnel] IKE Negotiation is in process", IKE_INFO, 0, 0, 0, 0, 1 },
	{ NULL, "Duplicate requests with the same cookie", IKE_FAILED, 0, IKE_R_DUPLICATE_REQUEST, NEAR | HEARD, 0, 1 },
	{ NULL, "Cannot find outbound SA for rule $word", IKE_INFO, 0, 0, NEAR },
	{ "z", "Swap rule to rule $word", IKE_PROGRESS, 0, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ "z", "Build Phase 1 ID", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "z", "Adjust TCP MSS to $n", IKE_INFO },

	/* ---- proposals */
	{ "z", "No proposal chosen", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, NEAR, 0, 1 },
	/* Tunnel [HQ_to_BR] Phase 1 encryption algorithm mismatch */
	{ NULL, "$*[$tunnel] Phase 1 encryption algorithm mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 authentication algorithm mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 key length mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 key group mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 negotiation mode mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 authentication method mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 proposal mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 invalid transform", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 invalid protocol", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 2 encryption algorithm mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 authentication algorithm mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 protocol mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 SA protocol mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] SA sequence size mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 key length mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 proposal mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 encapsulation mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 encapsulation mode mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 SA encapsulation mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_ENCAPSULATION_MODE_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 pfs mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 pfs unsupported: $*", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, HERE },
	{ "z", "Malformed IPSec SA proposal", IKE_FAILED, IKE_PHASE2, IKE_R_MALFORMED_MESSAGE, NEAR | HERE },
	{ "z", "Malformed IKE SA proposal", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE },

	/* ---- identities and keys */
	{ NULL, "$*[$tunnel] Phase 1 pre-shared key mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 preshared key mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 hash mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 2 hash mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_DECRYPTION_FAILED, HERE, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 1 Local ID mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 1 Remote ID mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 1 Peer ID mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 1 ID mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 1 ID type mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 1 ID content mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "Phase 1 ID type mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Phase 1 ID content mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "No known phase 1 ID type found", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "z", "ID type mismatch. Local / Peer: $own_id_peer/$peer_id_peer", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "z", "ID type mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "z", "ID content mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	/* The manual: the ID content of phase 1, or the networks of phase 2. */
	{ "z", "Error ID Info", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, NEAR, 0, 1, 0, IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) },
	{ "z", "Peer ID: $*", IKE_INFO, 0, 0, NEAR },
	/* Configured Peer ID Content: branch.example.com */
	{ NULL, "Configured Peer ID Content: $own_id_peer", IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | IKE_F_HINT, 0, 1 },
	{ NULL, "Incoming ID Content: $peer_id_peer", IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | IKE_F_HINT, 0, 1 },
	{ NULL, "Unsupported local ID Type: $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR, 0, 1 },
	{ NULL, "Rule [$tunnel] Verify peer's signature failed", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE, 0, 1 },
	{ NULL, "Rule[$tunnel] Verify peer's signature failed", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE, 0, 1 },
	{ NULL, "Tunnel [$tunnel] Verify peer's signature failed", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, HERE, 0, 1 },
	{ NULL, "Rule [$tunnel] Peer's public key not found", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, HERE, 0, 1 },
	{ NULL, "Tunnel [$tunnel] Peer's public key not found", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, HERE, 0, 1 },
	/* XAUTH fail! Remote user: alice */
	{ NULL, "XAUTH fail! $*", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, NEAR, 0, 1 },

	/* ---- the protected networks */
	{ NULL, "Verifying Local ID failed$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Verifying Remote ID failed$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	/* vs. My Remote 10.1.1.0 - 10.1.1.255 */
	{ NULL, "vs. My Local $own_ts_local", IKE_PROGRESS, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | IKE_F_HINT, 0, 1 },
	{ NULL, "vs. My Remote $own_ts_remote", IKE_PROGRESS, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | IKE_F_HINT, 0, 1 },
	{ NULL, "$*[$tunnel] Phase 2 Local policy mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 Remote policy mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 policy mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 Local ID mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Phase 2 Remote ID mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Local IP mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	{ NULL, "$*[$tunnel] Remote IP mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE },
	/* Local / remote IPs of incoming request conflict with rule <3> */
	{ NULL, "Local / remote IPs of incoming request conflict with rule $word", IKE_FAILED, IKE_PHASE2, IKE_R_FLOW_CONFLICT, NEAR | HERE, IKE_RESPONDER, 1 },
	{ NULL, "Local/remote IPs of incoming request conflict with rule $word", IKE_FAILED, IKE_PHASE2, IKE_R_FLOW_CONFLICT, NEAR | HERE, IKE_RESPONDER, 1 },
	/* Remote IP <10.1.1.0> / <10.1.1.255> conflicts */
	{ NULL, "Remote IP <$peer_ts_remote> / <$*> conflicts", IKE_FAILED, IKE_PHASE2, IKE_R_FLOW_CONFLICT, NEAR | HERE, IKE_RESPONDER, 1 },
	{ NULL, "Remote IP $peer_ts_remote conflicts", IKE_FAILED, IKE_PHASE2, IKE_R_FLOW_CONFLICT, NEAR | HERE, IKE_RESPONDER, 1 },
	/* Invalid IP <10.1.1.200>/<10.1.1.33> */
	{ NULL, "Invalid IP <$peer_ts_remote>/<$*>", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Invalid IP <$peer_ts_remote> / <$*>", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Invalid IP <$peer_ts_remote>", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	{ "z", "Invalid IP $peer_ts_remote", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },

	/* ---- limits, the network, the end */
	{ NULL, "Active connection allowed exceeded", IKE_FAILED, IKE_PHASE2, IKE_R_LIMIT_REACHED, NEAR | HERE, 0, 1 },
	/* Due to active connection allowed exceeded, BR7_conn was deleted. */
	{ NULL, "Due to active connection allowed exceeded, $tunnel was deleted.", IKE_DELETED, 0, IKE_R_LIMIT_REACHED, 0, 0, 0, CHILD },
	{ NULL, "Failed to send IKE Packet", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR, 0, 1 },
	/* Cannot resolve Secure Gateway Addr for rule <5> */
	{ NULL, "Cannot resolve Secure Gateway Addr for rule $word", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ NULL, "Cannot resolve Secure Gateway Addr $* for Tunnel [$tunnel]", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR },
	{ NULL, "Cannot resolve My IP Addr $* for Tunnel [$tunnel]", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR },
	{ NULL, "Cannot resolve My IP Addr for rule $word", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "z", "Could not dial $* tunnel \"$tunnel\"", IKE_CONFIG_PROBLEM, 0, IKE_R_UNKNOWN },
	{ NULL, "Too many errors! Deleting SA", IKE_DELETED, 0, 0, NEAR, 0, 1 },
	/* Rule <2> idle time out, disconnect */
	{ NULL, "Rule $word idle time out, disconnect", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 0, CHILD },
	{ NULL, "Rule $word input idle time out, disconnect", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 0, CHILD },
	{ NULL, "Tunnel [$tunnel] idle time out$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, CHILD },
	/* Tunnel [gw:HQ_to_BR:0x7f4ea2b1] is disconnected */
	{ "z", "Tunnel [$tunnel:$*] is disconnected", IKE_DELETED, 0, 0, 0, 0, 0, CHILD },
	{ "z", "Tunnel [$tunnel] is disconnected", IKE_DELETED, 0, 0, 0, 0, 0, CHILD },
	{ "z", "ISAKMP SA [$tunnel] is disconnected", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	{ "z", "IKE SA [$tunnel] is disconnected", IKE_DELETED, 0, 0, IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	/* WAN IP changed to <203.0.113.9> */
	{ NULL, "WAN IP changed to $local", IKE_INFO },
	{ NULL, "Cannot find Phase 2 SA$?", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR },
	{ NULL, "Cannot find IPSec SA$?", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR },
	{ NULL, "Receive IPSec packet, but no corresponding tunnel exists", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR },
	{ NULL, "Discard REPLAY packet", IKE_INFO, 0, 0, NEAR },
	{ NULL, "Inbound packet authentication failed", IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, NEAR },
	{ NULL, "Inbound packet decryption failed", IKE_INFO, 0, IKE_R_DECRYPTION_FAILED, NEAR },
	/* [COOKIE] Invalid cookie, no sa found */
	{ NULL, "Invalid cookie, no sa found", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR },
	{ NULL, "VPN connection $tunnel was disabled.", IKE_INFO },
	{ NULL, "VPN connection $tunnel was enabled.", IKE_INFO },
	{ NULL, "VPN gateway $tunnel was disabled", IKE_INFO },
	{ NULL, "VPN gateway $tunnel was enabled", IKE_INFO },
	{ NULL, "exchange type is not IP, AGGR, or INFO", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, NEAR | HERE, 0, 1 },
	/* [DPD] No response from peer. Using existing Phase-1 SA */
	{ "z", "No response from peer$?", IKE_INFO, 0, 0, NEAR },
	{ "z", "Peer has not announced DPD capability", IKE_INFO },
	{ "z", "DPD response with $*", IKE_INFO },
	/* Recv IKE sa: SA([0] protocol = IKE (1), AES CBC key len = 256, .. ). */
	{ "z", "Recv IKE sa: $*", IKE_INFO, 0, 0, NEAR | HEARD },
	{ "z", "Recv IPSec sa: $*", IKE_INFO, 0, 0, NEAR | HEARD },
	{ "z", "Recv TSi: $*", IKE_INFO, 0, 0, NEAR | HEARD },
	{ "z", "Recv TSr: $*", IKE_INFO, 0, 0, NEAR | HEARD },
	{ "z", "Recv DPD $*", IKE_INFO, 0, 0, NEAR | HEARD },
	{ "z", "Send DPD $*", IKE_INFO, 0, 0, NEAR },
	/* ---- packets of the tunnel, not of IKE */
	{ "z", "SPI:$*", IKE_INFO },
	{ "z", "$*transform operation fail$?", IKE_INFO },
	{ "z", "Get $word transform fail", IKE_INFO },
	{ "z", "Encapsulated packet too big $*", IKE_INFO },
	{ "z", "Packet too big with Fragment Off", IKE_INFO },
	{ 0 }
};
/* clang-format on */

static struct ruleset zyxel_rules = RULESET(rows);
static struct ruleset *const zyxel_sets[] = { &zyxel_rules, NULL };

/* ---- payloads -------------------------------------------------------- */

/* The next payload symbol of "<SA><VID>" or "[HASH][NOTFY:TYPE]". */
static bool
zyxel_symbol(struct span *s, struct span *symbol)
{
	const char *close = scan_char(s, '<') ? ">"
	    : scan_char(s, '[')		      ? "]"
					      : NULL;

	return close != NULL && scan_until(s, close, symbol) &&
	    scan_skip_blanks(s);
}

/* A notification in a packet that went or came. */
static void
zyxel_notify(struct span type, bool received, struct ike_event *ev)
{
	enum ike_reason reason;

	if (!ike_notify_reason(type, NOTIFY_ANY, &reason))
		return;
	/* The manual: usually different pre-shared keys. */
	if (reason == IKE_R_MALFORMED_MESSAGE)
		reason = IKE_R_PSK_MISMATCH;
	ev->what = IKE_FAILED;
	ev->reason = reason;
	ev->flags |= received ? IKE_F_REFUSED_BY_PEER : IKE_F_REFUSED_HERE;
}

/*
 * Recv:<HASH><SA><NONCE><ID><ID>. The Business Secure Router 252 writes
 * "-> <HASH><SA>" for what it sent.
 */
static bool
zyxel_payloads(struct span s, bool known, struct ike_event *ev)
{
	bool received =
	    scan_lit_nocase(&s, "Recv:") || (known && scan_lit(&s, "<-"));
	bool hash = false, nonce = false, gone = false;
	struct span symbol;
	int n = 0;

	if (!received && !scan_lit_nocase(&s, "Send:") &&
	    !(known && scan_lit(&s, "->")))
		return false;
	scan_skip_blanks(&s);
	ev->what = IKE_PROGRESS;
	ev->flags |= NEAR | (received ? (unsigned)HEARD : 0);
	ev->ike_version = 1;
	while (s.len > 0) {
		if (!zyxel_symbol(&s, &symbol))
			return false;
		n++;
		if (span_is_nocase(symbol, "HASH"))
			hash = true;
		else if (span_is_nocase(symbol, "NONCE"))
			nonce = true;
		else if (span_is_nocase(symbol, "DEL"))
			gone = true;
		else if (scan_lit_nocase(&symbol, "NOTFY:") ||
		    scan_lit_nocase(&symbol, "NOTIFY:"))
			zyxel_notify(symbol, received, ev);
		else if (span_starts_nocase(symbol, "SAi") ||
		    span_starts_nocase(symbol, "SAr") ||
		    span_is_nocase(symbol, "TSi") ||
		    span_is_nocase(symbol, "AUTH"))
			ev->ike_version = 2;
	}
	if (hash && nonce && ev->ike_version == 1)
		ev->stage = IKE_QUICK_MODE;
	if (gone && received && ev->what == IKE_PROGRESS) {
		ev->what = IKE_DELETED;
		ev->reason = IKE_R_DELETED_BY_PEER;
	}
	return n > 0;
}

/* ---- texts ----------------------------------------------------------- */

/* "[SA] : ", "[COOKIE] " in front of ZLD's texts. */
static void
zyxel_topic(struct span *s)
{
	struct span t = *s, topic;

	if (!scan_char(&t, '[') || !scan_until(&t, "]", &topic) ||
	    topic.len == 0 || topic.len > 12)
		return;
	for (size_t i = 0; i < topic.len; i++)
		if (!((topic.p[i] >= 'A' && topic.p[i] <= 'Z') ||
			topic.p[i] == '_'))
			return;
	scan_skip_blanks(&t);
	if (scan_char(&t, ':'))
		scan_skip_blanks(&t);
	*s = t;
}

/* "001 01 Jan 13:08:07 text" */
static bool
zyxel_table(struct span *s)
{
	struct span t = *s, month;
	int n;

	if (!scan_digits(&t, 4, &n) || !scan_blanks(&t) ||
	    !scan_digits(&t, 2, &n) || !scan_blanks(&t) ||
	    !scan_word(&t, &month) || month.len != 3 || !scan_blanks(&t) ||
	    !scan_digits(&t, 2, &n) || !scan_char(&t, ':') ||
	    !scan_digits(&t, 2, &n) || !scan_char(&t, ':') ||
	    !scan_digits(&t, 2, &n) || !scan_blanks(&t))
		return false;
	*s = t;
	return true;
}

/* " [count=3]" behind a text that was to be told three times. */
static void
zyxel_count(struct span *s)
{
	static const char label[] = "[count=";
	size_t n = s->len;

	if (n == 0 || s->p[n - 1] != ']')
		return;
	for (n--; n > 0 && s->p[n - 1] >= '0' && s->p[n - 1] <= '9'; n--)
		;
	if (span_ends((struct span){ s->p, n }, label))
		*s = span_trim((struct span){ s->p, n - (sizeof(label) - 1) });
}

static bool
zyxel_text(struct span s, bool known, struct ike_event *ev)
{
	struct ike_event tried = *ev;

	s = span_trim(s);
	zyxel_count(&s);
	if (zyxel_table(&s))
		known = true;
	if (scan_lit(&s, "!!")) {
		known = true;
		s = span_trim(s);
	}
	zyxel_topic(&s);
	if (zyxel_payloads(s, known, &tried)) {
		*ev = tried;
		return true;
	}
	return rules_match(&zyxel_rules, known ? SPAN_LIT("z") : SPAN_NONE, s,
		   ev) != NULL;
}

/* ---- syslog ---------------------------------------------------------- */

/* A quote with another key behind it. */
static bool
zyxel_closes(struct span s)
{
	static const char *const keys[] = { "note=\"", "devID=\"", "user=\"",
		"cat=\"" };

	if (!scan_char(&s, '"') || !scan_blanks(&s))
		return false;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (span_starts_nocase(s, keys[i]))
			return true;
	return false;
}

/*
 * msg="TEXT" of a record about IKE or IPsec. The text may hold quotes of its
 * own: it ends where the next key begins.
 */
static bool
zyxel_message(struct span raw, struct span *text)
{
	const char *at = span_find_nocase(raw, "msg=\"");
	struct span s, rest, cat;
	size_t n = 0;

	if (at == NULL)
		return false;
	s = span_from(raw, (size_t)(at - raw.p) + 5);
	while (n < s.len && !zyxel_closes(span_from(s, n)))
		n++;
	if (n == s.len)
		return false;
	*text = (struct span){ s.p, n };
	rest = span_from(s, n + 1);
	if (!kv_get(rest, "cat", &cat))
		return kv_get(rest, "note", &cat) &&
		    (span_is_nocase(cat, "IKE") ||
			span_is_nocase(cat, "IKE_LOG"));
	return span_is_nocase(cat, "IKE") || span_is_nocase(cat, "IPSec") ||
	    span_is_nocase(cat, "IPSec VPN") || span_is_nocase(cat, "VPN");
}

/*
 * ZLD's CEF: CEF:0|ZyXEL|USG60|4.13(AAKY.1)|0|IKE|5|src=A dst=B msg=TEXT
 * The text has no quotes around it and comes last.
 */
static bool
zyxel_cef(struct span raw, struct span *text)
{
	const char *at = span_find_nocase(raw, "CEF:0|ZyXEL|");
	struct span s, name;

	if (at == NULL)
		return false;
	s = span_from(raw, (size_t)(at - raw.p) + sizeof("CEF:0|ZyXEL|") - 1);
	for (int i = 0; i < 3; i++)
		if (!scan_until(&s, "|", NULL))
			return false;
	if (!scan_until(&s, "|", &name) ||
	    !(span_is_nocase(name, "IKE") || span_is_nocase(name, "IPSec") ||
		span_is_nocase(name, "IPSec VPN")) ||
	    !scan_until(&s, " msg=", NULL))
		return false;
	*text = s;
	return true;
}

/* ---- the log's page ----------------------------------------------------- */

#define CELLS " \t|\","

/* "2014-07-03 10:12:01" or "01/31/2014 10:12:01", with what divides cells. */
static bool
zyxel_date(struct span *s)
{
	struct span day, hour, end;

	return scan_set(s, "0123456789-/", &day) && day.len == 10 &&
	    scan_set(s, CELLS, &end) && scan_set(s, "0123456789:", &hour) &&
	    hour.len == 8 && hour.p[2] == ':' && scan_set(s, CELLS, &end);
}

/* Without what divides cells, at the end. */
static void
zyxel_trim(struct span *s)
{
	while (s->len > 0 && strchr(CELLS, s->p[s->len - 1]) != NULL)
		s->len--;
}

/* Takes the last cell off. */
static struct span
zyxel_last(struct span *s)
{
	struct span cell;
	size_t n;

	zyxel_trim(s);
	n = s->len;
	while (n > 0 && strchr(CELLS, s->p[n - 1]) == NULL)
		n--;
	cell = span_from(*s, n);
	s->len = n;
	return cell;
}

/* info, and then IKE where there is a cell for the category. */
static bool
zyxel_category(struct span *s)
{
	static const char *const grades[] = { "info", "notice", "warn",
		"warning", "error", "crit", "alert", "emerg", "debug" };
	struct span t, gap;

	for (size_t i = 0; i < COUNT(grades); i++) {
		struct span front = *s;

		if (!scan_lit_nocase(&front, grades[i]) ||
		    !scan_set(&front, CELLS, &gap))
			continue;
		*s = front;
		break;
	}
	t = *s;
	if (!scan_lit_nocase(&t, "ike") || !scan_set(&t, CELLS, &gap))
		return false;
	*s = t;
	return true;
}

static bool
zyxel_address(struct span s)
{
	struct span addr, port;

	return s.len > 0 && s.p[0] >= '0' && s.p[0] <= '9' &&
	    (span_has(s, ".") || span_has(s, ":")) &&
	    rules_address(s, &addr, &port);
}

struct zyxel_row {
	struct span text, src, dst;
};

/*
 * 4 2014-07-03 10:12:02 info IKE TEXT 198.51.100.7:500 192.0.2.1:500 IKE_LOG
 * The number, the priority, the category or the note, and the addresses may
 * lack.
 */
static bool
zyxel_grid(struct span raw, struct zyxel_row *row)
{
	struct span s = span_trim(raw), t = s, word;
	bool ours;

	*row = (struct zyxel_row){ 0 };
	scan_char(&s, '"');
	if (!zyxel_date(&s)) {
		s = t;
		if (!scan_set(&s, "0123456789", &word) ||
		    !scan_set(&s, CELLS, &word) || !zyxel_date(&s))
			return false;
	}
	ours = zyxel_category(&s);
	t = s;
	word = zyxel_last(&t);
	if (span_is_nocase(word, "IKE_LOG") || span_is(word, "IKE")) {
		ours = true;
		s = t;
	}
	t = s;
	row->dst = zyxel_last(&t);
	row->src = zyxel_last(&t);
	if (zyxel_address(row->src) && zyxel_address(row->dst))
		s = t;
	else
		row->src = row->dst = SPAN_NONE;
	zyxel_trim(&s);
	row->text = s;
	return ours && s.len > 0;
}

/* The text alone: behind "host " it may begin with a word and a colon, which
 * reads as a tag; behind "host: " and "IKE: " it does not. */
static bool
zyxel_plain(const struct record *rec, bool known, struct ike_event *ev)
{
	return zyxel_text(fold_line(rec), known, ev) ||
	    (rec->procid.len == 0 && zyxel_text(rec->message, known, ev));
}

/* src is who sent the packet that the text speaks of. */
static void
zyxel_ends(const struct zyxel_row *row, struct ike_event *ev)
{
	struct span text = row->text, addr, port;
	bool sent;

	zyxel_topic(&text);
	sent = span_starts_nocase(text, "Send");
	if (!sent && !span_starts_nocase(text, "Recv"))
		return;
	if (ev->local.len == 0 &&
	    rules_address(sent ? row->src : row->dst, &addr, &port))
		ev->local = addr;
	if (ev->peer.len == 0 &&
	    rules_address(sent ? row->dst : row->src, &addr, &port)) {
		ev->peer = addr;
		ev->peer_port = port;
	}
	if (ev->peer.len > 0)
		ev->flags &= ~(unsigned)NEAR;
}

/* A record that says itself that it is one of IKE. */
static bool
zyxel_told(const struct record *rec, struct zyxel_row *row)
{
	struct span raw = rec->raw, front;
	const char *at;

	*row = (struct zyxel_row){ 0 };
	if (!zyxel_message(raw, &row->text) && !zyxel_cef(raw, &row->text))
		return zyxel_grid(raw, row) || zyxel_grid(rec->message, row);
	at = span_find_nocase(raw, "msg=");
	front = at != NULL ? span_to(raw, at) : raw;
	if (!kv_get(front, "src", &row->src) ||
	    !kv_get(front, "dst", &row->dst))
		row->src = row->dst = SPAN_NONE;
	return true;
}

static bool
zyxel_layout(struct span s)
{
	return span_starts_nocase(s, "Index: Date/Time: Log:") ||
	    span_starts_nocase(s, "Clear IPSec Log");
}

static bool
zyxel_recognise(const struct record *rec)
{
	struct ike_event ev = { 0 };
	struct zyxel_row row;

	if (zyxel_told(rec, &row))
		return true;
	return zyxel_layout(fold_line(rec)) || zyxel_plain(rec, false, &ev) ||
	    (rec->format == RECORD_RAW && zyxel_text(rec->raw, false, &ev));
}

/* A text of the category IKE that no row has, and that names its cause. */
static bool
zyxel_fault(struct span text, struct ike_event *ev)
{
	enum notify_phase phase = span_has_nocase(text, "phase 1")
	    ? NOTIFY_PHASE1
	    : span_has_nocase(text, "phase 2") ? NOTIFY_PHASE2
					       : NOTIFY_ANY;

	if (!cause_fails(text, phase, ev))
		return false;
	ev->flags |= NEAR;
	return true;
}

static enum parse_result
zyxel_parse(const struct record *rec, struct ike_event *ev)
{
	struct zyxel_row row;

	if (zyxel_told(rec, &row)) {
		if (!zyxel_text(row.text, true, ev) &&
		    !zyxel_fault(row.text, ev))
			return PARSE_UNKNOWN;
		zyxel_ends(&row, ev);
		return PARSE_EVENT;
	}
	if (zyxel_plain(rec, true, ev) || zyxel_text(rec->raw, true, ev))
		return PARSE_EVENT;
	return PARSE_NOT_IKE;
}

const struct parser parser_zyxel = {
	.name = "zyxel",
	.recognise = zyxel_recognise,
	.parse = zyxel_parse,
	.plain = true,
	.rules = zyxel_sets,
};
