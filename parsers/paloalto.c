/*
 * Palo Alto PAN-OS: system log records of the subtype vpn, as CSV, LEEF or
 * CEF, or the description alone.
 *
 *	1,2026/11/21 10:00:00,0070..,SYSTEM,vpn,2561,2026/11/21 10:00:00,,
 *	    ike-nego-p1-fail-psk,GW-branch,0,0,general,informational,"IKE
 *	    phase-1 negotiation is failed as initiator, main mode. ...",...
 *
 * The event id says what happened, the description why and to whom; what
 * peers choose (identities) stands in the description only, behind the words
 * that decide. The daemon's own log (ikemgr.log) says the same in capitals:
 *
 *	2026-11-21 10:00:00.123 +0200  [PNTF]: {    4:     }: ====> IKEv2 IKE SA
 *	    NEGOTIATION SUCCEEDED AS INITIATOR, non-rekey; gateway GW <====
 *	    ====> Established SA: 203.0.113.1[500]-198.51.100.7[500] SPI:i:r ..
 */
#include <string.h>

#include "parsers/cause.h"
#include "parsers/ike_notify.h"
#include "parsers/kv.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */

/* By the description: what decides stands at its front. Tried first. */
static const struct rule texts[] = {
/* IKE phase-1 negotiation is failed. Couldn't find configuration for IKE phase-1 request for peer IP 198.51.100.7[500]. */
{ NULL, "IKE phase-1 negotiation is failed. Couldn't find configuration for IKE phase-1 request for peer IP $peer.", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE phase-1 negotiation is failed. Couldn\xe2\x80\x99t find configuration for IKE phase-1 request for peer IP $peer.", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, "IKE phase-1 negotiation is failed. Unable to process peer's SA payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. Unable to process peer\xe2\x80\x99s SA payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. When pre-shared key is used, peer-ID must be type IP address$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. Not acceptable exchange mode$?", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed likely due to pre-shared key mismatch$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. No suitable proposal found$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. no suitable certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, 0, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed. Peer's ID payload $* does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
/* pfs group mismatched:my: 2 peer: 0 */
{ NULL, "pfs group mismatched: my: $own_pfs peer: $peer_pfs", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "pfs group mismatched:my: $own_pfs peer: $peer_pfs", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation failed when processing SA payload. No suitable proposal found in peer's SA payload$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation failed when processing SA payload$?", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation failed when processing Proxy ID. Received local id $peer_ts_local type $*, received remote id $peer_ts_remote type $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation failed when processing Proxy ID. cannot find matching phase-2 tunnel for received proxy ID. received local id: $peer_ts_local type $*, received remote id: $peer_ts_remote type $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation failed when processing Proxy ID. $?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ NULL, "IKE phase-2 negotiation is failed. $*cannot find matching phase-2 tunnel for received proxy ID$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
/* Received unencrypted notify payload (no proposal chosen) from IP 198.51.100.7[500] to 203.0.113.1[500], ignored... */
{ NULL, "Received unencrypted notify payload (no proposal chosen) from IP $peer to $local, ignored$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, IKE_INITIATOR },
{ NULL, "Received unencrypted notify payload ($*) from IP $peer to $local, ignored$?", IKE_INFO, 0, 0, IKE_F_HEARD },
{ NULL, "ignoring unauthenticated notify payload (NO_PROPOSAL_CHOSEN)", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, IKE_INITIATOR, 2 },
{ NULL, "ignoring unauthenticated notify payload ($*)", IKE_INFO, 0, 0, IKE_F_HEARD, 0, 2 },
{ NULL, "unknown ikev2 peer", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD | IKE_F_NEAR, IKE_RESPONDER, 2 },
{ NULL, "no proposal chosen.", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH },
{ NULL, "received notify type $*", IKE_INFO, 0, 0, IKE_F_HEARD },
/* [IKE-GW]: Configured encryption algorithm 'AES256-CBC' was not presented in the IKE proposal. ... */
{ NULL, "[$tunnel]: Configured encryption algorithm '$own_encryption' was not presented in the IKE proposal$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
{ NULL, "[$tunnel]: Configured $*algorithm '$*' was not presented in the IKE proposal$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
{ NULL, "[$tunnel]: Configured $*group '$own_dh' was not presented in the IKE proposal$?", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
/* received ID_I (type ipaddr [10.222.191.127]) does not match peers id */
{ NULL, "received ID_I (type $* [$peer_id_peer]) does not match peers id", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_HERE, IKE_RESPONDER, 2 },
{ NULL, "received ID_R (type $* [$peer_id_peer]) does not match peers id", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_HERE, IKE_INITIATOR, 2 },
{ NULL, "message lacks KE payload$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_PFS_MISMATCH, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "IKEv2 SA negotiation is failed. message lacks KE payload$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_PFS_MISMATCH, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "IKEv2 SA negotiation is failed. received notify type $*", IKE_FAILED, 0, IKE_R_UNKNOWN, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, 0, 2, IKE_KIND_IKE },
{ NULL, "IKEv2 child SA negotiation failed when processing traffic selector$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "IKEv2 child SA negotiation failed when processing SA payload$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "failed to match traffic selector$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "authentication result: fail$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, IKE_F_REFUSED_HERE, 0, 2 },
{ NULL, "IKE protocol notification message sent: $*", IKE_INFO },
{ NULL, "IKE protocol notification message received: NO-PROPOSAL-CHOSEN$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER },
{ NULL, "IKE protocol notification message received: INVALID-ID-INFORMATION$?", IKE_FAILED, IKE_PHASE2, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, 0, 1 },
{ NULL, "IKE protocol notification message received: AUTHENTICATION-FAILED$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER },
{ NULL, "IKE protocol notification message received: $*", IKE_INFO, 0, 0, IKE_F_HEARD },
{ NULL, "IKE phase-1 negotiation is started as $?", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, 0, 1 },
{ NULL, "IKE phase-1 negotiation is succeeded as $?", IKE_ESTABLISHED, IKE_PHASE1, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE phase-1 negotiation is failed as $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKE phase-1 SA is down determined by DPD$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1, IKE_KIND_IKE },
{ NULL, "IKE phase-2 negotiation is started as $?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, 0, 1 },
{ NULL, "IKE phase-2 negotiation is succeeded as $?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "IKE phase-2 negotiation is failed as $?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKE phase-2 negotiation is failed$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "IKEv2 IKE SA negotiation is started as $?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, 0, 2 },
{ NULL, "IKEv2 IKE SA negotiation is succeeded as $?", IKE_ESTABLISHED, IKE_AUTH, 0, IKE_F_HEARD, 0, 2 },
{ NULL, "IKEv2 IKE SA negotiation is failed as $?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, IKE_KIND_IKE },
{ NULL, "IKEv2 IKE SA is down determined by DPD$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 2, IKE_KIND_IKE },
{ NULL, "IKEv2 child SA negotiation is started as $?", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, 0, 2 },
{ NULL, "IKEv2 child SA negotiation is succeeded as $?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD, 0, 2 },
{ NULL, "IKEv2 child SA negotiation is failed as $?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN, 0, 0, 2 },
{ NULL, "IPSec key installed$?", IKE_CHILD_ESTABLISHED },
{ NULL, "IPSec key lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "IPSec key deleted$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "IKE protocol phase-1 SA delete message received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 1, IKE_KIND_IKE },
{ NULL, "IKE protocol IPSec SA delete message received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 0, IKE_KIND_CHILD },
{ NULL, "IKE protocol IKE SA delete message received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 2, IKE_KIND_IKE },
{ NULL, "IKE protocol phase-1 SA delete message sent to peer$?", IKE_DELETED, 0, 0, 0, 0, 1, IKE_KIND_IKE },
{ NULL, "IKE protocol IPSec SA delete message sent to peer$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "IKE protocol IKE SA delete message sent to peer$?", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_IKE },
{ NULL, "Tunnel $tunnel(peer ip $peer) is down", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "Tunnel $tunnel(peer ip $peer) is up", IKE_CHILD_ESTABLISHED },
{ NULL, "Tunnel $tunnel is down", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "Tunnel $tunnel is up", IKE_CHILD_ESTABLISHED },
{ NULL, NULL },
};

/* By the event id, where the description is one nobody knows. */
static const struct rule ids[] = {
{ "ike-nego-p1-start", "$?", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, 0, 1 },
{ "ike-nego-p1-succ", "$?", IKE_ESTABLISHED, IKE_PHASE1, 0, IKE_F_HEARD, 0, 1 },
{ "ike-nego-p1-fail", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ "ike-nego-p1-fail-common", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ "ike-nego-p1-fail-psk", "$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, 0, 0, 1 },
{ "ike-nego-p1-cert-succ", "$?", IKE_PROGRESS, IKE_PHASE1, 0, 0, 0, 1 },
{ "ike-nego-p1-dpd-dn", "$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1, IKE_KIND_IKE },
{ "ike-nego-p1-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 1, IKE_KIND_IKE },
{ "ike-nego-p1-expire", "$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKE_KIND_IKE },
{ "ike-nego-p2-start", "$?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, 0, 1 },
{ "ike-nego-p2-succ", "$?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, IKE_F_HEARD, 0, 1 },
{ "ike-nego-p2-fail", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
{ "ike-nego-p2-proposal-bad", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ "ike-nego-p2-proxy-id-bad", "$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_HERE, 0, 1 },
{ "ike-recv-p1-delete", "$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 1, IKE_KIND_IKE },
{ "ike-recv-p2-delete", "$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 0, IKE_KIND_CHILD },
{ "ike-send-p1-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 1, IKE_KIND_IKE },
{ "ike-send-p2-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ "ikev2-nego-ike-start", "$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, 0, 2 },
{ "ikev2-nego-ike-succ", "$?", IKE_ESTABLISHED, IKE_AUTH, 0, IKE_F_HEARD, 0, 2 },
{ "ikev2-nego-ike-fail", "$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, IKE_KIND_IKE },
{ "ikev2-nego-ike-dpd-dn", "$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 2, IKE_KIND_IKE },
{ "ikev2-nego-child-start", "$?", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, 0, 2 },
{ "ikev2-nego-child-succ", "$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD, 0, 2 },
{ "ikev2-nego-child-fail", "$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN, 0, 0, 2 },
{ "ikev2-nego-enc-mismatch", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, 0, 0, 2 },
{ "ikev2-nego-hash-mismatch", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, 0, 0, 2 },
{ "ikev2-nego-auth-mismatch", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, 0, 0, 2 },
{ "ikev2-nego-prf-mismatch", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, 0, 0, 2 },
{ "ikev2-nego-dh-mismatch", "$?", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, 0, 0, 2 },
{ "ikev2-nego-use-v1", "$?", IKE_INFO },
{ "ikev2-nego-use-v2", "$?", IKE_INFO },
{ "ikev2-recv-p1-delete", "$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 2, IKE_KIND_IKE },
{ "ikev2-recv-p2-delete", "$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, IKE_F_HEARD, 0, 2, IKE_KIND_CHILD },
{ "ikev2-send-p1-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_IKE },
{ "ikev2-send-p2-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_CHILD },
{ "ipsec-key-install", "$?", IKE_CHILD_ESTABLISHED },
{ "ipsec-key-expire", "$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
{ "ipsec-key-delete", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ "tunnel-status-up", "$?", IKE_CHILD_ESTABLISHED },
{ "tunnel-status-down", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
{ "ike-generic-event", "$?", IKE_INFO },
{ "ike-config-p1-success", "$?", IKE_INFO },
{ "ike-config-p2-success", "$?", IKE_INFO },
{ "ike-daemon-start", "$?", IKE_INFO },
{ NULL, NULL },
};

/* The daemon's own log: what stands behind the tag, in capitals. */
static const struct rule logs[] = {
/* ====> PHASE-1 NEGOTIATION STARTED AS INITIATOR, MAIN MODE <==== */
{ NULL, "====> phase-1 negotiation started as $?", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, 0, 1 },
{ NULL, "====> phase-1 negotiation succeeded as $?", IKE_ESTABLISHED, IKE_PHASE1, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "====> phase-1 negotiation failed as $?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, 0, 0, 1 },
{ NULL, "====> phase-1 SA lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKE_KIND_IKE },
{ NULL, "====> phase-1 SA deleted$?", IKE_DELETED, 0, 0, 0, 0, 1, IKE_KIND_IKE },
{ NULL, "====> phase-2 negotiation started as $?", IKE_STARTED, IKE_QUICK_MODE, 0, 0, 0, 1 },
{ NULL, "====> phase-2 negotiation succeeded as $?", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, IKE_F_HEARD, 0, 1 },
{ NULL, "====> phase-2 negotiation failed as $?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, 0, 0, 1 },
/* ====> IKEv2 IKE SA NEGOTIATION STARTED AS RESPONDER, non-rekey; gateway GW <==== */
{ NULL, "====> IKEv2 IKE SA negotiation started as $*; gateway $tunnel <====$?", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, 0, 2 },
{ NULL, "====> IKEv2 IKE SA negotiation succeeded as $*; gateway $tunnel <====$?", IKE_ESTABLISHED, IKE_AUTH, 0, IKE_F_HEARD, 0, 2 },
{ NULL, "====> IKEv2 IKE SA negotiation failed as $*; gateway $tunnel <====$?", IKE_FAILED, 0, IKE_R_UNKNOWN, 0, 0, 2, IKE_KIND_IKE },
{ NULL, "====> IKEv2 child SA negotiation started as $*; gateway $tunnel <====$?", IKE_STARTED, IKE_CREATE_CHILD_SA, 0, 0, 0, 2 },
{ NULL, "====> IKEv2 child SA negotiation succeeded as $*; gateway $tunnel <====$?", IKE_CHILD_ESTABLISHED, 0, 0, IKE_F_HEARD, 0, 2 },
{ NULL, "====> IKEv2 child SA negotiation failed as $*; gateway $tunnel <====$?", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_UNKNOWN, 0, 0, 2 },
{ NULL, "====> IKEv2 IKE SA deleted$?", IKE_DELETED, 0, 0, 0, 0, 2, IKE_KIND_IKE },
{ NULL, "====> IPSec key installation succeeded$?", IKE_CHILD_ESTABLISHED },
{ NULL, "====> IPSec key lifetime expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
{ NULL, "====> IPSec key deleted$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
/* The second line, where it came alone. */
{ NULL, "====> Initiated SA: $?", IKE_PROGRESS },
{ NULL, "====> $* SA: $?", IKE_INFO },
{ NULL, "unauthenticated NO_PROPOSAL_CHOSEN received$?", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_PROPOSAL_MISMATCH, IKE_F_HEARD | IKE_F_REFUSED_BY_PEER, IKE_INITIATOR, 2 },
{ NULL, "no suitable proposal found$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, IKE_F_REFUSED_HERE },
{ NULL, "Couldn't find configuration for IKE phase-1 request for peer IP $peer.", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, IKE_F_REFUSED_HERE | IKE_F_HEARD, IKE_RESPONDER, 1 },
{ NULL, NULL },
};
/* clang-format on */

static struct ruleset textset = RULESET(texts);
static struct ruleset idset = RULESET(ids);
static struct ruleset logset = RULESET(logs);
static struct ruleset *const paloalto_sets[] = { &textset, &idset, &logset,
	NULL };

/* A record's parts that matter, whatever form it came in. */
struct paloalto {
	struct span id, object, text;
	struct span tag;   /* of the daemon's own log */
	struct span local; /* there in front of the text */
	struct span peer;
};

/* The next CSV field: quoted (quotes inside doubled) or plain. */
static bool
paloalto_field(struct span *s, struct span *field)
{
	size_t n = 0;

	if (s->len == 0)
		return false;
	if (s->p[0] == '"') {
		for (n = 1; n < s->len; n++)
			if (s->p[n] == '"') {
				if (n + 1 == s->len || s->p[n + 1] != '"')
					break;
				n++;
			}
		*field = (struct span){ s->p + 1, n - 1 };
		*s = span_from(*s, n + 1);
		scan_char(s, ',');
		return true;
	}
	while (n < s->len && s->p[n] != ',')
		n++;
	*field = (struct span){ s->p, n };
	*s = span_from(*s, n + 1);
	return true;
}

/* ...,SYSTEM,vpn,2561,time,vsys,EVENTID,OBJECT,0,0,module,severity,"text" */
static bool
paloalto_csv(struct span raw, struct paloalto *pan)
{
	struct span field;

	if (!scan_until(&raw, ",SYSTEM,vpn,", NULL))
		return false;
	for (int i = 0; i < 3; i++)
		if (!paloalto_field(&raw, &field))
			return false;
	if (!paloalto_field(&raw, &pan->id) ||
	    !paloalto_field(&raw, &pan->object))
		return false;
	for (int i = 0; i < 4; i++)
		if (!paloalto_field(&raw, &field))
			return false;
	return paloalto_field(&raw, &pan->text);
}

/* key=value| pairs of LEEF, a value up to the next bar or tab. */
static bool
paloalto_leef_value(struct span s, const char *key, struct span *value)
{
	size_t n = 0;

	if (!scan_until(&s, key, NULL))
		return false;
	while (n < s.len && s.p[n] != '|' && s.p[n] != '\t')
		n++;
	*value = span_unquote(span_trim((struct span){ s.p, n }));
	return true;
}

/* LEEF:1.0|Palo Alto Networks|PAN-OS..|10.1.9|EVENTID|..|Filename=..|msg=.. */
static bool
paloalto_leef(struct span raw, struct paloalto *pan)
{
	if (!scan_until(&raw, "LEEF:", NULL) ||
	    !scan_until(&raw, "|Palo Alto Networks|", NULL) ||
	    !scan_until(&raw, "|", NULL) || !scan_until(&raw, "|", NULL) ||
	    !scan_until(&raw, "|", &pan->id))
		return false;
	if (!span_has(raw, "Subtype=vpn"))
		return false;
	paloalto_leef_value(raw, "Filename=", &pan->object);
	return paloalto_leef_value(raw, "msg=", &pan->text);
}

/* A CEF value goes up to the blank before the next key. */
static bool
paloalto_cef_value(struct span s, const char *key, struct span *value)
{
	const char *eq;

	if (!scan_until(&s, key, NULL))
		return false;
	*value = s;
	eq = s.len > 0 ? memchr(s.p, '=', s.len) : NULL;
	if (eq != NULL) {
		const char *end = eq;

		while (end > s.p && end[-1] != ' ')
			end--;
		*value = span_to(s, end);
	}
	*value = span_unquote(span_trim(*value));
	return value->len > 0;
}

/* CEF:0|Palo Alto Networks|PAN-OS|10.1|EVENTID|SYSTEM|1|... fname= msg= */
static bool
paloalto_cef(struct span raw, struct paloalto *pan)
{
	struct span type;

	if (!scan_until(&raw, "CEF:", NULL) ||
	    !scan_until(&raw, "|Palo Alto Networks|", NULL) ||
	    !scan_until(&raw, "|", NULL) || !scan_until(&raw, "|", NULL) ||
	    !scan_until(&raw, "|", &pan->id) || !scan_until(&raw, "|", &type) ||
	    !scan_until(&raw, "|", NULL))
		return false;
	if (span_is_nocase(pan->id, "vpn") &&
	    !paloalto_cef_value(raw, "cat=", &pan->id))
		return false;
	if (!paloalto_cef_value(raw, "fname=", &pan->object))
		paloalto_cef_value(raw, "cs1=", &pan->object);
	return paloalto_cef_value(raw, "msg=", &pan->text);
}

/* "ikev2-nego-ike-start: text", as people paste it; or the text alone. */
static void
paloalto_plain(const struct record *rec, struct paloalto *pan)
{
	struct span text = rec->message, id;

	pan->text = text;
	if (rec->app.len > 0 &&
	    (span_starts(rec->app, "ike") || span_starts(rec->app, "ipsec-")))
		pan->id = rec->app;
	else if (scan_set(
		     &text, "abcdefghijklmnopqrstuvwxyz0123456789-", &id) &&
	    scan_lit(&text, ": ") &&
	    (span_starts(id, "ike") || span_starts(id, "ipsec-") ||
		span_starts(id, "tunnel-"))) {
		pan->id = id;
		pan->text = text;
	}
}

/* "203.0.113.1[500] - 198.51.100.7[500]:0x7f2d.. text": the ends, eaten. */
static void
paloalto_log_ends(struct paloalto *pan)
{
	struct span rest = pan->text, local, peer;

	if (!scan_until(&rest, "] - ", &local) ||
	    !scan_until(&rest, "]:0x", &peer) || local.len > 46 ||
	    peer.len > 46 || !scan_until(&rest, " ", NULL))
		return;
	local.len++; /* the bracket belongs to it */
	peer.len++;
	pan->local = local;
	pan->peer = peer;
	pan->text = span_trim(rest);
}

/*
 * ikemgr.log: "2026-11-21 10:00:00.123 +0200  [PERR]: {    4:     }: text",
 * before 8.1 "[PROTO_ERR]: text". head is what stands before "]: ".
 */
static bool
paloalto_tagged(struct span head, struct span text, struct paloalto *pan)
{
	static const char *const tags[] = { "PNTF", "PWRN", "PERR", "INFO",
		"DEBG", "PROTO_NOTIFY", "PROTO_WARN", "PROTO_ERR",
		"INTERNAL_WARN", "INTERNAL_ERR" };
	struct span tag = head, braces;

	while (scan_until(&tag, "[", NULL))
		continue;
	for (size_t i = 0; i < COUNT(tags); i++) {
		if (!span_is(tag, tags[i]))
			continue;
		scan_skip_blanks(&text);
		if (scan_char(&text, '{')) {
			if (!scan_until(&text, "}: ", &braces) ||
			    !span_has(braces, ":"))
				return false;
		} else if (tag.len == 4 && !span_starts(text, "====> "))
			return false;
		pan->tag = tag;
		pan->text = span_trim(text);
		paloalto_log_ends(pan);
		return true;
	}
	return false;
}

/* Such a line, or the second one of what it notes: "====> .. SA: ..". A relay's
 * header may stand in front of either. */
static bool
paloalto_log(const struct record *rec, struct paloalto *pan)
{
	enum { HEAD = 128 };
	struct span head, rest = rec->raw;

	while (scan_until(&rest, "]: ", &head) && rest.p < rec->raw.p + HEAD)
		if (paloalto_tagged(head, rest, pan))
			return true;
	rest = rec->raw;
	if (!scan_until(&rest, "====> ", &head) || head.len > HEAD ||
	    span_has(head, "}: ") || !span_has(rest, " SA: "))
		return false;
	pan->tag = SPAN_LIT("PNTF");
	pan->text = span_trim(span_from(rec->raw, head.len));
	return true;
}

static void
paloalto_split(const struct record *rec, struct paloalto *pan)
{
	memset(pan, 0, sizeof(*pan));
	if (!paloalto_csv(rec->raw, pan) && !paloalto_leef(rec->raw, pan) &&
	    !paloalto_cef(rec->raw, pan) && !paloalto_log(rec, pan))
		paloalto_plain(rec, pan);
	pan->text = span_trim(pan->text);
	pan->object = span_trim(pan->object);
}

/* "SA: 203.0.113.1[500]-198.51.100.7[500] cookie:i:r": the addresses. */
static void
paloalto_pair(struct span text, struct ike_event *ev)
{
	struct span pair, local;

	if (!words_until(&text, "SA: ", NULL) || !scan_word(&text, &pair) ||
	    !scan_until(&pair, "]-", &local))
		return;
	local.len++; /* the bracket belongs to it */
	rules_address(local, &ev->local, NULL);
	while (pair.len > 0 &&
	    (pair.p[pair.len - 1] == '.' || pair.p[pair.len - 1] == ','))
		pair.len--;
	rules_address(pair, &ev->peer, &ev->peer_port);
}

/* The IKE SPIs behind "cookie:" or "SPI:", the CHILD SA's as SPI:0x../0x.. */
static void
paloalto_spis(struct span text, struct ike_event *ev)
{
	struct span rest = text, first, second;
	uint64_t i, r;
	bool ike = words_until(&rest, "cookie:", NULL);

	if (!ike && !words_until(&rest, "SPI:", NULL))
		return;
	if (!scan_set(&rest, "0123456789abcdefABCDEFx", &first))
		return;
	second = SPAN_NONE;
	if (scan_char(&rest, ':') || (!ike && scan_char(&rest, '/')))
		scan_set(&rest, "0123456789abcdefABCDEFx", &second);
	if (!span_u64(first, 16, &i))
		return;
	if (span_starts_nocase(first, "0x") || first.len <= 8) {
		ev->spi_in = (uint32_t)i;
		if (span_u64(second, 16, &r))
			ev->spi_out = (uint32_t)r;
		return;
	}
	ev->ispi = (struct ike_spi){ i, true };
	if (span_u64(second, 16, &r))
		ev->rspi = (struct ike_spi){ r, true };
}

static enum notify_phase
paloalto_phase(const struct ike_event *ev)
{
	enum ike_kind kind =
	    ev->kind != IKE_KIND_NONE ? ev->kind : ike_stage_kind(ev->stage);

	return kind == IKE_KIND_CHILD ? NOTIFY_PHASE2
	    : kind == IKE_KIND_IKE    ? NOTIFY_PHASE1
				      : NOTIFY_ANY;
}

/* The words of a failure that the rows leave open. */
static void
paloalto_why(struct span text, struct ike_event *ev)
{
	struct span rest = text, name;

	if (ev->what != IKE_FAILED || ev->reason != IKE_R_UNKNOWN)
		return;
	if (words_until(&rest, "received notify type ", NULL) &&
	    scan_word(&rest, &name)) {
		while (name.len > 0 && name.p[name.len - 1] == '.')
			name.len--;
		ike_notify_reason(name, NOTIFY_ANY, &ev->reason);
		return;
	}
	if (words_in(text, "pre-shared key mismatch"))
		ev->reason = IKE_R_PSK_MISMATCH;
	else if (words_in(text, "due to timeout") ||
	    words_in(text, "due to negotiation timeout"))
		ev->reason = ev->rspi.known && ev->rspi.value == 0
		    ? IKE_R_NO_RESPONSE
		    : IKE_R_NEGOTIATION_TIMEOUT;
	else if (words_in(text, "failed to match traffic selector"))
		ev->reason = IKE_R_TRAFFIC_SELECTOR_MISMATCH;
	else if (words_in(text, "message lacks KE payload"))
		ev->reason = IKE_R_PFS_MISMATCH;
	else if (words_in(text, "does not match peers id"))
		ev->reason = IKE_R_PEER_ID_MISMATCH;
	else if (words_in(text, "no proposal chosen"))
		ev->reason = IKE_R_PROPOSAL_MISMATCH;
	else
		ev->reason = cause_of(text, paloalto_phase(ev));
	/* Nothing ever came back, not even the peer's SPI. */
	if (ev->reason == IKE_R_UNKNOWN && ev->role == IKE_INITIATOR &&
	    ev->rspi.known && ev->rspi.value == 0)
		ev->reason = IKE_R_NO_RESPONSE;
}

/*
 * An event id that no row has, "ikev2-nego-fail-psk": its words tell the
 * family, and what the description leaves open.
 */
static bool
paloalto_family(const struct paloalto *pan, struct ike_event *ev)
{
	static const struct {
		const char *word;
		enum ike_reason reason;
	} words[] = { { "psk", IKE_R_PSK_MISMATCH },
		{ "pfs", IKE_R_PFS_MISMATCH },
		{ "cert", IKE_R_CERTIFICATE_INVALID },
		{ "proxy-id", IKE_R_TRAFFIC_SELECTOR_MISMATCH } };
	bool v2 = span_starts(pan->id, "ikev2-");
	bool child = span_has(pan->id, "-p2-") || span_has(pan->id, "child") ||
	    span_has(pan->id, "pfs");

	if (!span_starts(pan->id, "ike") || span_ends(pan->id, "-succ") ||
	    (!span_has(pan->id, "-fail") && !span_has(pan->id, "-bad") &&
		!span_has(pan->id, "mismatch")))
		return false;
	ev->what = IKE_FAILED;
	ev->ike_version = v2 ? 2 : 1;
	ev->kind = child ? IKE_KIND_CHILD : IKE_KIND_IKE;
	if (child)
		ev->stage = v2 ? IKE_CREATE_CHILD_SA : IKE_QUICK_MODE;
	ev->reason = cause_of(pan->text, paloalto_phase(ev));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ev->reason == IKE_R_UNKNOWN &&
		    span_has(pan->id, words[i].word))
			ev->reason = words[i].reason;
	return true;
}

/*
 * A general event whose words say that it failed, and why; what the peer
 * notified only explains the failure that follows.
 */
static void
paloalto_general(const struct paloalto *pan, struct ike_event *ev)
{
	static const struct {
		const char *words;
		bool fails;
	} rows[] = { { "notify type", false },
		{ "notification message received", false }, { "fail", true },
		{ "mismatch", true }, { "not match", true },
		{ "no suitable", true }, { "expired", true } };
	enum ike_reason reason;

	if (ev->what != IKE_INFO || ev->reason != IKE_REASON_NONE)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!words_in(pan->text, rows[i].words))
			continue;
		reason = cause_of(pan->text, NOTIFY_ANY);
		if (reason == IKE_R_UNKNOWN)
			return;
		ev->reason = reason;
		if (rows[i].fails)
			ev->what = IKE_FAILED;
		else
			ev->flags |= IKE_F_HINT;
		return;
	}
}

static void
paloalto_facts(const struct paloalto *pan, struct ike_event *ev)
{
	struct span rest = pan->text, value;

	if (ev->tunnel.len == 0)
		ev->tunnel = pan->object;
	if (words_in(pan->text, " as initiator"))
		ev->role = IKE_INITIATOR;
	else if (words_in(pan->text, " as responder"))
		ev->role = IKE_RESPONDER;
	if (words_in(pan->text, ", main mode"))
		ev->stage = IKE_MAIN_MODE;
	else if (words_in(pan->text, ", aggressive mode"))
		ev->stage = IKE_AGGRESSIVE_MODE;
	if (words_in(pan->text, ", rekey"))
		ev->flags |= IKE_F_REKEY;
	paloalto_pair(pan->text, ev);
	paloalto_spis(pan->text, ev);
	if (words_until(&rest, "message id:", NULL) &&
	    scan_set(&rest, "0123456789abcdefABCDEFx", &value))
		ev->key[IKE_KEY_MSGID] = value;
	/* A rekeyed CHILD SA takes the old one's place. */
	if (ev->what == IKE_CHILD_ESTABLISHED && (ev->flags & IKE_F_REKEY) != 0)
		ev->stage = IKE_CREATE_CHILD_SA;
	/* A rekey that starts is a step in the life of what is up. */
	if (ev->what == IKE_STARTED && (ev->flags & IKE_F_REKEY) != 0)
		ev->what = IKE_PROGRESS;
}

static bool
paloalto_recognise(const struct record *rec)
{
	struct paloalto pan;
	struct ike_event ev = { 0 };

	if (span_has(rec->raw, ",SYSTEM,vpn,") ||
	    span_has(rec->raw, "|Palo Alto Networks|"))
		return true;
	paloalto_split(rec, &pan);
	if (pan.tag.len > 0)
		return true;
	if (pan.id.len > 0)
		return rules_match(&idset, pan.id, pan.text, &ev) != NULL;
	return rules_match(&textset, SPAN_NONE, pan.text, &ev) != NULL &&
	    !span_is_nocase(pan.text, "no proposal chosen") &&
	    !span_starts_nocase(pan.text, "received notify type") &&
	    !span_starts_nocase(pan.text, "Tunnel ");
}

/* A line of ikemgr.log: its own rows, the others, and an error's words. */
static enum parse_result
paloalto_log_line(const struct paloalto *pan, struct ike_event *ev)
{
	if (rules_match(&logset, SPAN_NONE, pan->text, ev) == NULL &&
	    rules_match(&textset, SPAN_NONE, pan->text, ev) == NULL &&
	    (!span_ends(pan->tag, "ERR") ||
		!cause_fails(pan->text, NOTIFY_ANY, ev)))
		return span_is(pan->tag, "DEBG") ? PARSE_NOT_IKE
						 : PARSE_UNKNOWN;
	ev->detail = pan->text;
	paloalto_facts(pan, ev);
	if (ev->peer.len == 0)
		(void)rules_address(pan->peer, &ev->peer, &ev->peer_port);
	if (ev->local.len == 0)
		(void)rules_address(pan->local, &ev->local, NULL);
	paloalto_why(pan->text, ev);
	paloalto_general(pan, ev);
	return PARSE_EVENT;
}

/*
 * What ikemgr.log notes comes with the SA on a line of its own:
 * "====> .. <====" and "====> Established SA: .. <====".
 */
static enum join
paloalto_join(struct span held, const struct record *next)
{
	struct span text = span_trim(next->raw), rest = text, head;

	/* The second: nothing of the daemon's own stands in front. */
	if (scan_until(&rest, "====> ", &head) && head.len < 128 &&
	    !span_has(head, "]: ") && span_has(rest, " SA: "))
		return span_has(held, "]: ") ? JOIN_CLOSES : JOIN_WHOLE;
	return span_ends(text, "<====") && span_has(text, "]: ") ? JOIN_OPENS
								 : JOIN_WHOLE;
}

static enum parse_result
paloalto_parse(const struct record *rec, struct ike_event *ev)
{
	struct paloalto pan;

	paloalto_split(rec, &pan);
	if (pan.tag.len > 0)
		return paloalto_log_line(&pan, ev);
	if (rules_match(&textset, SPAN_NONE, pan.text, ev) == NULL &&
	    rules_match(&idset, pan.id, pan.text, ev) == NULL &&
	    !paloalto_family(&pan, ev))
		return span_starts(pan.id, "ike") ||
			span_starts(pan.id, "ipsec")
		    ? PARSE_UNKNOWN
		    : PARSE_NOT_IKE;
	ev->detail = pan.text;
	/* What the id knows better than a general description. */
	if (ev->what == IKE_FAILED && ev->reason == IKE_R_UNKNOWN &&
	    span_is(pan.id, "ike-nego-p1-fail-psk"))
		ev->reason = IKE_R_PSK_MISMATCH;
	paloalto_facts(&pan, ev);
	paloalto_why(pan.text, ev);
	paloalto_general(&pan, ev);
	return PARSE_EVENT;
}

const struct parser parser_paloalto = {
	.name = "paloalto",
	.recognise = paloalto_recognise,
	.parse = paloalto_parse,
	.join = paloalto_join,
	.rules = paloalto_sets,
};
