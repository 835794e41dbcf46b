/*
 * HP / H3C Comware 5 and 7: "*Aug 20 19:10:37:509 2012 Sysname IKE/7/EVENT:
 * -MDC=1; text" on the console, "%%10IKE/6/IKE_P1_SA_ESTABLISH_FAIL: text" to
 * a log host. The text may begin on the next line, and a terminal breaks
 * lines anywhere. Rows with the id "c" are believed only behind such a tag.
 */
#include <string.h>

#include "parsers/cause.h"
#include "parsers/fold.h"
#include "parsers/ike_notify.h"
#include "parsers/parser.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NEAR IKE_F_NEAR
#define HERE IKE_F_REFUSED_HERE
#define BY_PEER IKE_F_REFUSED_BY_PEER
#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* ---- fail-over of a cluster */
	/* IKE_SYNCH: Enter transmission state. */
	{ NULL, "IKE_SYNCH:$?", IKE_HA_SYNC },
	{ "c", "Received smooth SA ACK$?", IKE_HA_SYNC },
	{ "c", "$*smoothly process$?", IKE_HA_SYNC },

	/* ---- how a negotiation goes (Comware 7) */
	/* Initiator create a SA for peer 192.168.222.5, local port 500, remote port 500. */
	{ NULL, "Initiator create a$*SA for peer $peer, local port $n, remote port $n.", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Initiator created a$*SA for peer $peer, local port $n, remote port $n.", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "Responder create a$*SA for peer $peer, local port $n, remote port $n.", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Responder created a$*SA for peer $peer, local port $n, remote port $n.", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Begin Main mode exchange.", IKE_STARTED, IKE_MAIN_MODE, 0, NEAR, 0, 1 },
	{ NULL, "Begin Aggressive mode exchange.", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, NEAR, 0, 1 },
	{ NULL, "Begin Quick mode exchange.", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "Begin a new phase 1 negotiation as responder.", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Phase 1 Exchange chooses role: Local is initiator.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "Phase 1 Exchange chooses role: Local is responder.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, IKE_RESPONDER, 1 },
	{ NULL, "Phase 2 Exchange chooses role: Local is initiator.", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "Phase 2 Exchange chooses role: Local is responder.", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, IKE_RESPONDER, 1 },
	{ "c", "No IKE SA found, initiate IKE SA negotiation.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, IKE_INITIATOR, 1 },
	{ "c", "IKE SA not found. Initiate IKE SA negotiation.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_ESTABLISHED.", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	/* IKE SA state changed from IKE_P1_STATE_INIT to IKE_P1_STATE_SEND1. */
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_SEND1.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_SEND2.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_SEND3.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_SEND4.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKE SA state changed from $* to IKE_P1_STATE_SEND5.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKE SA state changed from $* to $word", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ NULL, "IPsec SA state changed from $* to IKE_P2_STATE_ESTABLISHED.", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, NEAR | HEARD, 0, 1 },
	{ NULL, "IPsec SA state changed from $* to $word", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ "c", "Set IKE SA state to $word", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "c", "Set IPsec SA state to $word", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "Install IPsec SAs.", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, 0, 1 },
	/* protocol: 51 inbound SPI: 54e4913 outbound SPI: 44213487 */
	{ "c", "protocol: $word inbound SPI: $in outbound SPI: $out", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ "c", "inbound flow: $peer_ts_remote->$*", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "IKEv2 SA state changed from $* to $*ESTABLISHED.", IKE_ESTABLISHED, IKE_AUTH, 0, NEAR | HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "IKEv2 SA state changed from $* to $word", IKE_PROGRESS, 0, 0, NEAR, 0, 2 },
	{ "c", "IKE SA is prepared for renegotiation.", IKE_INFO, IKE_PHASE1, 0, NEAR | IKE_F_REKEY, 0, 1 },
	{ "c", "Renegotiation has already started for this IKE SA.", IKE_INFO, IKE_PHASE1, 0, NEAR | IKE_F_REKEY, 0, 1 },
	/* Retransmit phase 1 packet. */
	{ "c", "Retransmit phase 1 packet.", IKE_RETRANSMIT, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "c", "Retransmit phase 2 packet.", IKE_RETRANSMIT, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ "c", "Retransmit in response to duplicate packet.", IKE_RETRANSMIT, 0, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Discard duplicate packet$?", IKE_RETRANSMIT, 0, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Retransmit DPD packet.", IKE_RETRANSMIT, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1, IKE_KIND_IKE },

	/* ---- packets */
	/* Sending packet to 192.168.222.5 local port 500, remote port 500. I-Cookie: 3519bdda65bfeaaa .. */
	{ "c", "Sending packet to $peer, $*port $*", IKE_PROGRESS },
	{ "c", "Sending packet to $peer $*port $*", IKE_PROGRESS },
	{ "c", "Received packet from $peer, source port $*", IKE_PROGRESS, 0, 0, HEARD },
	{ "c", "Received packet from $peer source port $*", IKE_PROGRESS, 0, 0, HEARD },
	/* send message: ICOOKIE: 0xb70352495a875c60 RCOOKIE: 0x0000000000000000 */
	{ NULL, "send message:$*ICOOKIE: $ispi $*RCOOKIE: $rspi", IKE_PROGRESS, 0, 0, 0, 0, 1 },
	{ NULL, "received message:$*ICOOKIE: $ispi $*RCOOKIE: $rspi", IKE_PROGRESS, 0, 0, HEARD, 0, 1 },
	{ NULL, "ICOOKIE: $ispi $*RCOOKIE: $rspi", IKE_PROGRESS, 0, 0, 0, 0, 1 },
	{ NULL, "send message:$*ICOOKIE: $ispi", IKE_PROGRESS, 0, 0, 0, 0, 1 },
	{ NULL, "received message:$*ICOOKIE: $ispi", IKE_PROGRESS, 0, 0, HEARD, 0, 1 },
	{ NULL, "ICOOKIE: $ispi", IKE_PROGRESS, 0, 0, 0, 0, 1 },
	{ NULL, "RCOOKIE: $rspi", IKE_PROGRESS, 0, 0, NEAR, 0, 1 },
	{ "c", "send message:", IKE_PROGRESS, 0, 0, NEAR, 0, 1 },
	{ "c", "received message:", IKE_PROGRESS, 0, 0, NEAR | HEARD, 0, 1 },
	/* exchange state machine(I): finished step 0, advancing... */
	{ NULL, "exchange state machine(I): $*", IKE_PROGRESS, 0, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "exchange state machine(R): $*", IKE_PROGRESS, 0, 0, NEAR, IKE_RESPONDER, 1 },
	{ "c", "finalize exchange: $*", IKE_PROGRESS, 0, 0, NEAR, 0, 1 },
	/* Local ID value: 192.168.222.71. */
	{ "c", "Local ID value: $own_id_local.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "c", "Peer ID value: address $peer_id_peer.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Peer ID value: FQDN $peer_id_peer.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Peer ID value: User FQDN $peer_id_peer.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Peer ID value: DN $peer_id_peer", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Oakley transform $n is acceptable.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "HASH verification succeeded.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Signature verification succeeded.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "c", "Verify HASH successfully.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },

	/* ---- proposals */
	{ "c", "No acceptable transform.", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Failed to parse the IKE SA payload.", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	/* Failed to find proposal 10 in profile branch. */
	{ NULL, "Failed to find proposal $n in profile $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR, 0, 1 },
	{ "c", "Failed to find matching proposal$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported encryption algorithm: $peer_encryption. Attribute $*.", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported encryption algorithm: $peer_encryption", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported HASH algorithm: $peer_integrity. Attribute $*.", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported HASH algorithm: $peer_integrity", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported authentication method: $peer_auth. Attribute $*.", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported authentication method: $peer_auth", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported DH group: $peer_dh. Attribute $*.", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported DH group: $peer_dh", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Failed to match the proposal.", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "No available proposal.", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported ESP transform.", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported ESP authentication algorithm.", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Invalid transform ID: $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported OAKLEY attribute $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported lifetime type$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported IPsec attribute $*", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Transform ID ($*) in transform $* match authentication algorithm $*", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported attribute $*", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "The proposal is unacceptable.", IKE_PROGRESS, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | IKE_F_HINT, 0, 1 },
	{ NULL, "No valid DH group description in SA payload.", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "The length of the KE payload $* match the DH group description.", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "The length of the KE payload $* match the DH group$?", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "KE payload length does not match $*DH group$?", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },

	/* ---- authentication */
	{ "c", "Failed to verify the peer HASH$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Failed to verify the peer signature$?", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, NEAR | HERE, 0, 1 },
	/* Failed to verify the peer certificate. Reason: Certificate has expired. */
	{ "c", "Failed to verify the peer certificate. Reason: $detail", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR | HERE, 0, 1 },
	{ "c", "Failed to verify the peer certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR | HERE, 0, 1 },
	{ NULL, "HASH payload is missing$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ NULL, "Signature payload is missing$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Failed to find keychain $* in profile $*", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to find keychain$?", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, NEAR, 0, 1 },
	/* Pre-shared key matching address 198.51.100.7 not found. */
	{ NULL, "Pre-shared key matching address $peer not found.", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, 0, 0, 1 },
	{ NULL, "Found pre-shared key that matches address $peer in keychain $*", IKE_PROGRESS, IKE_PHASE1, 0, 0, 0, 1 },
	{ NULL, "Found pre-shared key in keychain $* matching address $peer.", IKE_PROGRESS, IKE_PHASE1, 0, 0, 0, 1 },
	{ "c", "Failed to get local certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to get certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to get private key$?", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to get the certificate and key by certificate request$?", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to get DN because the certificate $*", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "c", "Failed to get subject name from certificate$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR, 0, 1 },
	{ "c", "unavailable certificate", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, 0, 0, 1 },
	{ "c", "Invalid ID type ($*).", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "Invalid ID payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid ID information$?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1, 0, IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) },
	{ "c", "Failed to find matching IKE profile$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, 0, 1 },
	{ "c", "Invalid ID of $* type: $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "c", "No profile is matched$?", IKE_PROGRESS, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | IKE_F_HINT, 0, 1 },
	{ "c", "No matched profile$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, 0, 1 },
	{ "c", "Failed to get ID data for constructing ID payload$?", IKE_FAILED, IKE_PHASE1, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },

	/* ---- time */
	/* Retransmittion of phase 1 packet timed out. */
	{ NULL, "Retransmittion of phase 1 packet timed out$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, NEAR, 0, 1 },
	{ NULL, "Retransmission of phase 1 packet timed out$?", IKE_FAILED, IKE_PHASE1, IKE_R_NO_RESPONSE, NEAR, 0, 1 },
	{ NULL, "Retransmittion of phase 2 packet timed out$?", IKE_FAILED, IKE_PHASE2, IKE_R_NO_RESPONSE, NEAR, 0, 1 },
	{ NULL, "Retransmission of phase 2 packet timed out$?", IKE_FAILED, IKE_PHASE2, IKE_R_NO_RESPONSE, NEAR, 0, 1 },
	{ "c", "Getting IPsec message timed out. Delete IPsec SA.", IKE_FAILED, IKE_PHASE2, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ NULL, "DPD packet retransmission timed out$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, NEAR, 0, 1, IKE_KIND_IKE },
	/* IKE keepalive timed out. Delete IKE SA with connection ID 41. */
	{ NULL, "IKE keepalive timed out. Delete IKE SA with connection ID $conn.", IKE_DELETED, 0, IKE_R_PEER_DEAD, IKE_F_WHOLE, 0, 1, IKE_KIND_IKE },
	{ NULL, "IKE keepalive timed out$?", IKE_DELETED, 0, IKE_R_PEER_DEAD, NEAR | IKE_F_WHOLE, 0, 1, IKE_KIND_IKE },
	{ NULL, "IKE SA with connection ID $conn has expired, and it will be deleted.", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKE_KIND_IKE },
	{ "c", "IKE SA is expired.", IKE_DELETED, IKE_PHASE1, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 1, IKE_KIND_IKE },
	{ NULL, "IPsec SA has expired and will be deleted$?", IKE_DELETED, IKE_PHASE2, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 1, IKE_KIND_CHILD },
	{ NULL, "IPsec SA has expired, and $*will be deleted$?", IKE_DELETED, IKE_PHASE2, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 1, IKE_KIND_CHILD },
	{ NULL, "Delete IKE SA with connection ID $conn.", IKE_DELETED, 0, 0, 0, 0, 1, IKE_KIND_IKE },
	{ "c", "Delete IPsec SAs.", IKE_DELETED, IKE_PHASE2, 0, NEAR, 0, 1, IKE_KIND_CHILD },
	{ "c", "Delete IPsec SA.", IKE_DELETED, IKE_PHASE2, 0, NEAR, 0, 1, IKE_KIND_CHILD },
	{ "c", "Delete redundant SA.", IKE_DELETED, 0, IKE_R_SUPERSEDED, NEAR, 0, 1 },
	{ NULL, "Delete IKE SA by received notification.", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR | BY_PEER, 0, 1 },
	{ NULL, "The phase 1 delete packet is received.", IKE_DELETED, IKE_INFORMATIONAL_V1, IKE_R_DELETED_BY_PEER, NEAR, 0, 1, IKE_KIND_IKE },
	{ NULL, "The phase 2 delete packet is received.", IKE_DELETED, IKE_INFORMATIONAL_V1, IKE_R_DELETED_BY_PEER, NEAR, 0, 1, IKE_KIND_CHILD },
	{ "c", "Received IPsec SA delete packet.", IKE_DELETED, IKE_INFORMATIONAL_V1, IKE_R_DELETED_BY_PEER, NEAR, 0, 1, IKE_KIND_CHILD },

	/* ---- messages that are wrong */
	/* Invalid major version(3). */
	{ "c", "Invalid major version$?", IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH, NEAR | HERE },
	/* Unsupported exchange type (Mode cfg) in packet. */
	{ "c", "Unsupported exchange type ($*) in packet.", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported exchange type$?", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, NEAR | HERE, 0, 1 },
	{ "c", "Failed to decrypt the packet.", IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 1 },
	{ "c", "Failed to verify HASH for informational exchange$?", IKE_FAILED, IKE_INFORMATIONAL_V1, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 1 },
	{ "c", "Failed to validate HASH($n)$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 1 },
	{ "c", "Failed to validate $*", IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 1 },
	{ "c", "Non-zero message ID ($*) in phase 1.", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_MESSAGE_ID, NEAR | HERE, 0, 1 },
	{ "c", "I-Cookie must not be zero.", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_SPI, NEAR | HERE, 0, 1 },
	{ "c", "The first packet of phase 1 is invalid: Non-zero R-Cookie.", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_SPI, NEAR | HERE, 0, 1 },
	{ "c", "The first packet of phase 1 is invalid: $*", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "The packet is dropped because of not being encrypted$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "The received packet is too short$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE },
	{ "c", "Invalid I-Cookie in DPD packet$?", IKE_INFO, IKE_INFORMATIONAL_V1, IKE_R_INVALID_SPI, NEAR, 0, 1 },
	{ "c", "Invalid R-Cookie in DPD packet$?", IKE_INFO, IKE_INFORMATIONAL_V1, IKE_R_INVALID_SPI, NEAR, 0, 1 },
	{ "c", "Invalid SPI length$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid KE payload length$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid next payload ($*)$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid FQDN ID length$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid user FQDN ID length$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid IPv$* address length$?", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "KE payload $* exist.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "KE payload is missing$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "The KE payload $* exist.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "The nonce payload $* exist.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "There are too many KE payloads.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Length ($*) of $* is invalid.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "No HASH in notification payload.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Phase 1 packet is malformed: $*", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Phase2 packet is malformed: $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Proposal payload $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Attribute $* is repeated.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported DOI $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Unsupported IPsec DOI situation $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Unexpected protocol ID ($*) found in proposal payload.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "No transform payload in proposal payload.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Transform number is not monotonically increasing.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Unexpected $word payload in proposal.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Only one transform is permitted in one proposal$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "SA_LIFE_TYPE $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Encapsulation mode must be specified in IPsec transform.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "AUTH_ALGORITHM attribute is missing in AH transform.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Neither encryption algorithm nor authentication algorithm is specified $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "IPsec proposal with improper SPI size $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "IPsec proposal contains invalid SPI $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "No transform in IPsec proposal.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "SA payload contains more than one $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Invalid IPsec proposal $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "OAKLEY_$*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Failed to parse the certificate request payload.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Failed to get SPI from IPsec proposal.", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Attribute $* is repeated in $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "c", "Quick mode packet is received, but IKE SA $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, IKE_RESPONDER, 1 },
	{ "c", "Received informational exchange packet, but IKE SA $*", IKE_INFO, IKE_INFORMATIONAL_V1, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY, 0, 1 },
	{ "c", "Received keepalive packet, but $*", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1 },
	{ "c", "Received invalid SPI message from IPsec, but no IKE SA exists.", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR, 0, 1 },

	/* ---- the device */
	/* Number of negotiating IKE SAs exceeded the limit. */
	{ NULL, "Number of negotiating IKE SAs exceeded the limit$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, NEAR | HERE, 0, 1 },
	{ NULL, "Number of established IKE SAs exceeded the limit$?", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, NEAR | HERE, 0, 1 },
	{ "c", "Number of SAs exceeded the limit.", IKE_FAILED, IKE_PHASE2, IKE_R_LIMIT_REACHED, NEAR | HERE },
	/* Failed to get IPsec policy for phase 2 responder. Delete IPsec SA. */
	{ NULL, "Failed to get IPsec policy for phase 2 responder$?", IKE_FAILED, IKE_PHASE2, IKE_R_POLICY_MISSING, NEAR | HERE, IKE_RESPONDER, 1 },
	{ NULL, "Failed to get IPsec policy when renegotiating IPsec SA$?", IKE_FAILED, IKE_PHASE2, IKE_R_REKEY_FAILED, NEAR | IKE_F_REKEY, 0, 1 },
	{ "c", "Failed to switch SA when renegotiating IPsec SA$?", IKE_FAILED, IKE_PHASE2, IKE_R_REKEY_FAILED, NEAR | IKE_F_REKEY, 0, 1 },
	/* Failed to send data. Reason: Network is unreachable. */
	{ "c", "Failed to send data$?", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "c", "Failed to bind UDP port $*", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "c", "Failed to initiate UDP port $*", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "c", "Failed to float port.", IKE_FAILED, IKE_PHASE1, IKE_R_NAT_DETECTION_FAILED, NEAR, 0, 1 },
	{ "c", "Failed to install IPsec SA$?", IKE_FAILED, IKE_PHASE2, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to compute key material$?", IKE_FAILED, IKE_PHASE2, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to calculate $*", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to construct $*", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to create IKE SA $*", IKE_FAILED, IKE_PHASE1, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to create IPsec SA $*", IKE_FAILED, IKE_PHASE2, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to send message to IPsec when $*", IKE_FAILED, IKE_PHASE2, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to get encryption algorithm$?", IKE_FAILED, IKE_PHASE1, IKE_R_INTERNAL_ERROR, NEAR, 0, 1 },
	{ "c", "Failed to add SA $*", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, 0, 0, IKE_KIND_CHILD },
	{ "c", "Failed to add IPsec tunnel $*", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, 0, 0, IKE_KIND_CHILD },
	{ "c", "Failed to allocate memory.", IKE_INFO },
	/* Only says again what stood before. */
	{ "c", "Failed to negotiate IKE SA$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ "c", "Failed to negotiate IPsec SA$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, NEAR, 0, 1 },

	/* ---- words of a "Reason:" that are no message of their own */
	{ "c", "no matching proposal$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ "c", "unavailable proposal$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ "c", "$*proposal mismatch$?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE },
	{ "c", "invalid proposal syntax$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ "c", "invalid message header$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ "c", "malformed payload$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ "c", "unsupported situation$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ "c", "authentication failure$?", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED },
	{ "c", "incorrect configuration$?", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ "c", "retransmission timeout$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ "c", "retransmission timed out$?", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ "c", "SA expiration$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ "c", "$*SA expired$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ "c", "$*idle time$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ "c", "DPD timeout$?", IKE_DELETED, 0, IKE_R_PEER_DEAD },
	{ "c", "$*deletion message was received from peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER },
	{ "c", "$*deleted by peer$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER },
	{ "c", "$*old one was deleted$?", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ "c", "$*was redundant$?", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ "c", "$*reset ike sa$?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
	{ "c", "$*reset ipsec sa$?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
	{ "c", "All IKE SAs were deleted$?", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
	{ "c", "$*interface was $*", IKE_DELETED, 0, IKE_R_PATH_CHANGED },

	/* ---- IPSEC */
	{ "c", "$*packet discarded$?", IKE_INFO },
	{ "c", "IPsec tunnel succ$*", IKE_INFO },
	{ "c", "SA succ$*", IKE_INFO },
	{ "c", "Added $*", IKE_INFO },
	{ "c", "Received SA acquire message from IPsec.", IKE_INFO },
	{ "c", "Sent SA-Acquire message: $*", IKE_INFO },
	/* Printed inside exchanges that succeed. */
	{ "c", "The attributes are unacceptable.", IKE_INFO },
	{ "c", "Attribu$* acceptable.", IKE_INFO },
	{ "c", "IKE thread $n processes a$*", IKE_INFO },
	{ "c", "message free: $*", IKE_INFO },
	{ "c", "release transport: $*", IKE_INFO },
	{ "c", "exchange release: $*", IKE_INFO },
	{ "c", "Read message: $*", IKE_INFO },
	{ "c", "Construct $*", IKE_INFO },
	{ "c", "Process $*", IKE_INFO },
	{ "c", "Received ISAKMP $*", IKE_INFO },
	{ "c", "Received IKE $*", IKE_INFO },
	{ "c", "Sending an IPv$*", IKE_INFO },
	{ "c", "Signature $* successfully.", IKE_INFO },
	{ "c", "Update DPD configuration in IKE SA.", IKE_INFO },
	{ "c", "Notify IPsec to $*", IKE_INFO },
	{ "c", "Protocol/port in phase 1 ID payload is $*", IKE_INFO },
	{ "c", "Begin to construct IPsec SA delete packet.", IKE_INFO },
	{ "c", "Received IPsec capability.", IKE_INFO },
	{ "c", "Reset IKE keepalive timeout timer$?", IKE_INFO },
	{ "c", "I am behind NAT.", IKE_INFO },
	{ "c", "Peer is behind NAT.", IKE_INFO },
	{ "c", "No need to float port.", IKE_INFO },
	{ "c", "Float port to $*", IKE_INFO },
	{ "c", "Sending DPD packet $*", IKE_INFO },
	{ "c", "DPD packet with sequence number $*", IKE_INFO },
	{ "c", "Send keepalive packet $*", IKE_INFO },
	{ "c", "INITIAL-CONTACT message is dropped $*", IKE_INFO },
	{ "c", "Outbound flow: $*", IKE_INFO },
	{ "c", "Validated $*", IKE_INFO },
	{ "c", "Validate HASH($n) successfully.", IKE_INFO },
	{ "c", "Lifetime $*", IKE_INFO },
	{ "c", "Found keychain $*", IKE_INFO },
	{ "c", "Get profile $*", IKE_INFO },
	{ "c", "The profile $* is matched$?", IKE_INFO },
	{ "c", "IPsec SA is being negotiated.", IKE_INFO },
	{ "c", "Vendor ID $* is matched.", IKE_INFO },
	{ "c", "Match the vendor ID $*", IKE_INFO },
	{ "c", "No vendor ID is matched.", IKE_INFO },
	{ "c", "Verify $*", IKE_INFO },
	{ "c", "Parse $*", IKE_INFO },
	{ "c", "Ignore$*", IKE_INFO },
	{ "c", "SKEYID$*", IKE_INFO },
	{ "c", "HASH:$?", IKE_INFO },
	{ "c", "The reason of dropping packet is $*", IKE_INFO },
	{ "c", "Received replayed packet.", IKE_INFO },
	{ "c", "Collision of phase $n negotiation is found.", IKE_INFO },
	{ "c", "Peer ID type: $*", IKE_INFO },
	{ "c", "Local ID type: $*", IKE_INFO },
	{ "c", "Received $n NAT-$*", IKE_INFO },
	{ "c", "Skipping $*", IKE_INFO },
	{ "c", "Encrypt $*", IKE_INFO },
	{ "c", "Decrypt $*", IKE_INFO },
	{ 0 }
};

/* Notifies: the name says what they mean. */
static const struct rule notify_rows[] = {
	/* got NOTIFY of type INVALID_ID_INFORMATION */
	{ NULL, "got NOTIFY of type $detail", IKE_FAILED, 0, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	/* drop message from 198.51.100.3 due to notification type NO_PROPOSAL_CHOSEN */
	{ NULL, "drop message from $peer due to notification type $detail", IKE_FAILED, 0, 0, HERE, 0, 1 },
	{ "c", "dropped message from $peer due to notification type $detail", IKE_FAILED, 0, 0, HERE, 0, 1 },
	/* Notification INVALID_ID_INFORMATION is received. */
	{ NULL, "Notification $detail is received.", IKE_FAILED, 0, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	{ "c", "Received notification $detail.", IKE_FAILED, 0, 0, NEAR | BY_PEER | HEARD },
	/* Failed to parse phase 1 packet. Reason INVALID_COOKIE. */
	{ NULL, "Failed to parse phase 1 packet. Reason $detail.", IKE_FAILED, IKE_PHASE1, 0, NEAR | HERE, 0, 1 },
	{ NULL, "Failed to parse phase 2 packet. Reason $detail.", IKE_FAILED, IKE_PHASE2, 0, NEAR | HERE, 0, 1 },
	{ NULL, "Failed to parse informational exchange packet. Reason $detail.", IKE_FAILED, IKE_INFORMATIONAL_V1, 0, NEAR | HERE, 0, 1 },
	{ NULL, "Failed to parse keepalive packet because of $detail.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR | HERE, 0, 1 },
	{ NULL, "Construct notification packet: $detail.", IKE_PROGRESS, 0, 0, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ 0 }
};

/*
 * System logs, by mnemonic: what they say of the SA. $detail is a reason that
 * a row above knows.
 */
static const struct rule log_rows[] = {
	/* Failed to establish phase 1 SA for the reason of no matching proposal. The SA's source address is 192.0.2.1, and its destination address is 198.51.100.20. */
	{ "IKE_P1_SA_ESTABLISH_FAIL", "Failed to establish phase 1 SA for the reason of $detail. The SA's source address is $local, and its destination address is $peer.", IKE_FAILED, IKE_PHASE1, 0, 0, 0, 1 },
	{ "IKE_P2_SA_ESTABLISH_FAIL", "Failed to establish phase 2 SA for the reason of $detail. The SA's source address is $local, and its destination address is $peer.", IKE_FAILED, IKE_PHASE2, 0, 0, 0, 1 },
	{ "IKE_P2_SA_TERMINATE", "The IKE phase 2 SA was deleted for the reason of $detail. The SA's source address is $local, and its destination address is $peer.", IKE_DELETED, IKE_PHASE2, 0, 0, 0, 1, IKE_KIND_CHILD },
	{ "IKE_P1_SA_TERMINATE", "The IKE phase 1 SA was deleted for the reason of $detail. The SA's source address is $local, and its destination address is $peer.", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	/* Failed to establish phase 1 IKE SA. Reason: Failed to verify the peer HASH. .. SA information: Role: Initiator. .. */
	{ "IKE_P1_SA_ESTABLISH_FAIL", "Failed to establish phase 1 $*Reason: $detail SA information:$?", IKE_FAILED, IKE_PHASE1, 0, 0, 0, 1 },
	{ "IKE_P1_SA_ESTABLISH_FAIL", "Failed to establish phase 1 $*Reason: $detail", IKE_FAILED, IKE_PHASE1, 0, 0, 0, 1 },
	{ "IKE_P2_SA_ESTABLISH_FAIL", "Failed to establish phase 2 $*Reason: $detail SA information:$?", IKE_FAILED, IKE_PHASE2, 0, 0, 0, 1 },
	{ "IKE_P2_SA_ESTABLISH_FAIL", "Failed to establish phase 2 $*Reason: $detail", IKE_FAILED, IKE_PHASE2, 0, 0, 0, 1 },
	{ "IKE_P1_SA_TERMINATE", "Deleted phase 1 $*Reason: $detail SA information:$?", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	{ "IKE_P1_SA_TERMINATE", "Deleted phase 1 $*Reason: $detail", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	{ "IKE_P2_SA_TERMINATE", "Deleted phase 2 $*Reason: $detail SA information:$?", IKE_DELETED, IKE_PHASE2, 0, 0, 0, 1, IKE_KIND_CHILD },
	{ "IKE_P2_SA_TERMINATE", "Deleted phase 2 $*Reason: $detail", IKE_DELETED, IKE_PHASE2, 0, 0, 0, 1, IKE_KIND_CHILD },
	{ "IKE_XAUTH_FAILURE", "Failed to pass extended authentication$*Reason: $detail SA information:$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, 0, 0, 1 },
	{ "IKE_XAUTH_FAILURE", "$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, NEAR, 0, 1 },
	/* Failed to verify the peer certificate. Reason: Certificate is revoked. */
	{ "IKE_VERIFY_CERT_FAIL", "$*Reason: $detail", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, NEAR | HERE },
	/* Established IPsec SA. The SA's source address is 192.0.2.1, destination address is 198.51.100.20, protocol is ESP, and SPI is 2736194121. */
	{ "IPSEC_SA_ESTABLISH", "$*The SA's source address is $local, destination address is $peer, protocol is $word, and SPI is $din.", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ "IPSEC_SA_ESTABLISH_FAIL", "Failed to establish IPsec SA for the reason of $detail. The SA's source address is $local, and its destination address is $peer.", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, 0, 0, 0, IKE_KIND_CHILD },
	/* Began to establish IPsec SA. The SA's source address is 192.0.2.1, and its destination address is 198.51.100.20. */
	{ "IPSEC_SA_INITINATION", "$*The SA's source address is $local, and its destination address is $peer.", IKE_STARTED, 0, 0, 0, IKE_INITIATOR, 0, IKE_KIND_CHILD },
	{ "IPSEC_SA_INITIATION", "$*The SA's source address is $local, and its destination address is $peer.", IKE_STARTED, 0, 0, 0, IKE_INITIATOR, 0, IKE_KIND_CHILD },
	{ "IPSEC_SA_TERMINATE", "The IPsec SA was deleted for the reason of $detail. The SA's source address is $local, destination address is $peer, protocol is $word, and SPI is $din.", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	/* Established IPsec SA. SA information: .. Role: Initiator. .. Local address: 192.0.2.1. .. */
	{ "IPSEC_SA_ESTABLISH", "Established IPsec SA$*SA information:$?", IKE_CHILD_ESTABLISHED, 0, 0, HEARD },
	{ "IPSEC_SA_ESTABLISH_FAIL", "Failed to establish IPsec SA$*Reason: $detail SA information:$?", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, 0, 0, 0, IKE_KIND_CHILD },
	{ "IPSEC_SA_ESTABLISH_FAIL", "Failed to establish IPsec SA$*Reason: $detail", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, 0, 0, IKE_KIND_CHILD },
	{ "IPSEC_SA_TERMINATE", "$*Reason: $detail SA information:$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ "IPSEC_SA_TERMINATE", "$*Reason: $detail", IKE_DELETED, 0, 0, NEAR, 0, 0, IKE_KIND_CHILD },
	{ "IPSEC_PACKET_DISCARDED", "$?", IKE_INFO },
	{ "IPSEC_ANTI-REPLAY_WINDOWS_ERROR", "$?", IKE_INFO },
	{ "IPSEC_FAILED_ADD_FLOW_TABLE", "$?", IKE_CONFIG_PROBLEM, 0, IKE_R_INTERNAL_ERROR, NEAR },
	{ 0 }
};

/* What a certificate's verification said. */
static const struct rule cert_rows[] = {
	/* CRL has expired. */
	{ NULL, "$*CRL$?", IKE_FAILED, 0, IKE_R_REVOCATION_UNAVAILABLE },
	{ NULL, "$*expired$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_EXPIRED },
	{ NULL, "$*not yet valid$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_EXPIRED },
	{ NULL, "$*revoked$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_REVOKED },
	{ NULL, "$*issuer$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED },
	{ NULL, "$*self signed$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED },
	{ NULL, "$*self-signed$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED },
	{ NULL, "Unable to verify the first certificate$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED },
	{ NULL, "Certificate not trusted$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED },
	{ 0 }
};
/* clang-format on */

static struct ruleset comware_rules = RULESET(rows);
static struct ruleset comware_notifies = RULESET(notify_rows);
static struct ruleset comware_logs = RULESET(log_rows);
static struct ruleset comware_certs = RULESET(cert_rows);
static struct ruleset *const comware_sets[] = { &comware_rules,
	&comware_notifies, &comware_logs, &comware_certs, NULL };

/* ---- header ---------------------------------------------------------- */

struct comware_tag {
	struct span mnemonic; /* DEBUG, EVENT, IKE_P1_SA_ESTABLISH_FAIL */
	struct span text;
	bool ike; /* IKE, IKEV2 or IPSEC; else another module's */
	int version;
};

/* "IKE/7/EVENT" at the front of s, up to and with the colon behind it. */
static bool
comware_tag_here(struct span s, struct comware_tag *tag)
{
	static const struct {
		const char *name;
		int version;
	} modules[] = { { "IKEV2", 2 }, { "IKE", 0 }, { "IPSEC", 0 } };
	struct span module;
	int severity;

	if (!scan_set(&s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", &module) ||
	    module.len > 24 || !scan_char(&s, '/') ||
	    !scan_digits(&s, 1, &severity) || !scan_char(&s, '/') ||
	    !scan_set(&s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_-",
		&tag->mnemonic))
		return false;
	/* Of another board or process: "(t)", "(l)" */
	if (scan_char(&s, '(') && !scan_until(&s, ")", NULL))
		return false;
	if (!scan_char(&s, ':'))
		return false;
	tag->text = s;
	tag->ike = false;
	tag->version = 0;
	for (size_t i = 0; i < COUNT(modules); i++)
		if (span_is(module, modules[i].name)) {
			tag->ike = true;
			tag->version = modules[i].version;
			break;
		}
	return true;
}

static bool
comware_module_byte(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	    c == '-';
}

/*
 * Where the tag whose first slash stands at n begins: "%%10IKE/6/", or
 * "IKE/7/" in capitals, behind a blank. SIZE_MAX where none can.
 */
static size_t
comware_tag_start(struct span raw, size_t n)
{
	size_t i = n;

	while (i > 0 && comware_module_byte(raw.p[i - 1]))
		i--;
	if (i >= 2 && span_starts(span_from(raw, i - 2), "%%10"))
		i -= 2;
	else if (raw.p[i] < 'A' || raw.p[i] > 'Z')
		return SIZE_MAX;
	if (i > 0 && raw.p[i - 1] != ' ' && raw.p[i - 1] != '>' &&
	    raw.p[i - 1] != '\t')
		return SIZE_MAX;
	return i;
}

/* The tag of the record, wherever its header left it. */
static bool
comware_tag(struct span raw, struct comware_tag *tag)
{
	enum { START_MAX = 240, SLASH_MAX = START_MAX + 30 };
	struct span rest = raw, s;
	size_t start;

	if (rest.len > SLASH_MAX)
		rest.len = SLASH_MAX;
	while (scan_until(&rest, "/", NULL)) {
		if (rest.len < 2 || rest.p[1] != '/')
			continue;
		start = comware_tag_start(raw, (size_t)(rest.p - raw.p) - 1);
		if (start >= START_MAX)
			continue;
		s = span_from(raw, start);
		scan_lit(&s, "%%10");
		if (comware_tag_here(s, tag))
			return true;
	}
	return false;
}

/*
 * What stands between the tag and the text: "-MDC=1-Slot=1;", "-DevIP=..;",
 * "vrf = 0, src = 192.0.2.1, dst = 198.51.100.7/500".
 */
static void
comware_front(struct span *s, struct ike_event *ev)
{
	struct span t, local, peer, port;

	*s = span_trim(*s);
	for (int i = 0; i < 4 && s->len > 1 && s->p[0] == '-'; i++) {
		t = *s;
		if (!scan_until(&t, ";", &local) || span_has(local, " "))
			break;
		*s = span_trim(t);
	}
	t = *s;
	if (!scan_lit_nocase(&t, "vrf = ") || !scan_until(&t, " = ", NULL) ||
	    !scan_until(&t, ",", &local) || !scan_until(&t, " = ", NULL) ||
	    !scan_word(&t, &peer))
		return;
	*s = span_trim(t);
	if (ev == NULL || !rules_address(local, &ev->local, NULL) ||
	    !rules_address(peer, &local, &port))
		return;
	ev->peer = local;
	ev->peer_port = port;
}

/* The text behind tag and front; of a line without a tag the line. */
static struct span
comware_body(struct span s, bool *tagged)
{
	struct comware_tag tag;

	*tagged = comware_tag(s, &tag);
	if (*tagged)
		s = tag.text;
	comware_front(&s, NULL);
	return s;
}

/* ---- blocks ---------------------------------------------------------- */

/*
 * The next line; of a text in one line, as a log host may write it, what
 * stands between two dashes: "SA information: - Role: Initiator - Local IP: .."
 * or, without dashes, full stops.
 */
static bool
comware_piece(struct span *text, const char *between, struct span *piece)
{
	if (*between == '\n')
		return scan_line(text, piece);
	if (text->len == 0)
		return false;
	if (!scan_until(text, between, piece)) {
		*piece = *text;
		text->len = 0;
	}
	return true;
}

/*
 * What divides its lines; "#012" is a line feed as rsyslog writes it. Where
 * all is one sentence, commas stand between the facts, or else full stops.
 */
static const char *
comware_between(struct span text)
{
	static const char *const marks[] = { "\n", "#012", "\\n", " - " };
	struct span first;

	for (size_t i = 0; i < COUNT(marks); i++)
		if (span_has(text, marks[i]))
			return marks[i];
	return scan_until(&text, ", ", &first) && !span_has(first, ". ") ? ", "
									 : ". ";
}

/* The lines of a block that read "Label: value", without the full stop. */
struct comware_facts {
	struct {
		struct span label, value;
	} fact[64];
	size_t n;
};

static void
comware_facts(struct span text, struct comware_facts *f)
{
	const char *between, *from = span_find(text, "SA information");
	struct span line, label;

	if (from != NULL)
		text = span_from(text, (size_t)(from - text.p));
	between = comware_between(text);
	f->n = 0;
	while (f->n < COUNT(f->fact) && comware_piece(&text, between, &line)) {
		line = span_trim(line);
		(void)scan_lit_nocase(&line, "SA information:");
		scan_skip_blanks(&line);
		if (!scan_char(&line, '-'))
			(void)(scan_lit(&line, "·") || scan_lit(&line, "•"));
		scan_skip_blanks(&line);
		if (!scan_until(&line, ":", &label))
			continue;
		line = span_trim(line);
		if (line.len > 0 && line.p[line.len - 1] == '.')
			line.len--;
		f->fact[f->n].label = label;
		f->fact[f->n++].value = line;
	}
}

static struct span
comware_value(const struct comware_facts *f, const char *label)
{
	for (size_t i = 0; i < f->n; i++)
		if (span_is_nocase(f->fact[i].label, label))
			return f->fact[i].value;
	return SPAN_NONE;
}

static void
comware_spi(struct span value, struct ike_spi *spi)
{
	struct span word;

	if (!spi->known && scan_word(&value, &word) && word.len <= 18 &&
	    span_u64(word, 16, &spi->value))
		spi->known = true;
}

/* An IPsec SA's, which is told in decimal. */
static uint32_t
comware_sa_spi(struct span value)
{
	uint64_t n;

	return span_u64(value, 10, &n) && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* "SA information:" of a system log: one fact a line. */
static void
comware_information(struct span text, struct ike_event *ev)
{
	struct comware_facts f;
	struct span addr, role, v;

	comware_facts(text, &f);
	role = comware_value(&f, "Role");
	if (rules_address(comware_value(&f, "Local IP"), &addr, NULL) ||
	    rules_address(comware_value(&f, "Local address"), &addr, NULL))
		ev->local = addr;
	if (rules_address(comware_value(&f, "Remote IP"), &addr, NULL) ||
	    rules_address(comware_value(&f, "Remote address"), &addr, NULL))
		ev->peer = addr;
	if (ev->peer.len > 0)
		ev->peer_port = comware_value(&f, "Remote port");
	if (span_is_nocase(role, "initiator"))
		ev->role = IKE_INITIATOR;
	else if (span_is_nocase(role, "responder"))
		ev->role = IKE_RESPONDER;
	comware_spi(comware_value(&f, "Initiator COOKIE"), &ev->ispi);
	comware_spi(comware_value(&f, "Responder COOKIE"), &ev->rspi);
	ev->spi_in = comware_sa_spi(comware_value(&f, "Inbound ESP SPI"));
	ev->spi_out = comware_sa_spi(comware_value(&f, "Outbound ESP SPI"));
	ev->key[IKE_KEY_CONN] = comware_value(&f, "Connection ID");
	ev->tunnel = comware_value(&f, "IKE profile name");
	v = comware_value(&f, "Message ID");
	if (v.len > 0)
		ev->key[IKE_KEY_MSGID] = v;
	ike_event_say(ev, IKE_ATTR_IDENTITY_LOCAL, IKE_SIDE_HERE,
	    comware_value(&f, "Local ID"));
	ike_event_say(ev, IKE_ATTR_IDENTITY_PEER, IKE_SIDE_PEER,
	    comware_value(&f, "Remote ID"));
}

static const struct {
	const char *name;
	enum ike_stage stage;
} comware_modes[] = {
	{ "Main", IKE_MAIN_MODE },
	{ "Aggressive", IKE_AGGRESSIVE_MODE },
	{ "Quick", IKE_QUICK_MODE },
	{ "Info", IKE_INFORMATIONAL_V1 },
	{ "IKE_SA_INIT", IKE_SA_INIT },
	{ "IKE_AUTH", IKE_AUTH },
	{ "CREATE_CHILD", IKE_CREATE_CHILD_SA },
};

/*
 * A packet's header: "I-Cookie: ..", "exchange mode: Main". False where the
 * text holds none.
 */
static bool
comware_packet(struct span text, struct ike_event *ev)
{
	struct span cookie, mode, id, version;
	struct comware_facts f;

	if (!span_has_nocase(text, "I-Cookie") &&
	    !span_has_nocase(text, "I-SPI"))
		return false;
	comware_facts(text, &f);
	cookie = comware_value(&f, "I-Cookie");
	if (cookie.len == 0)
		cookie = comware_value(&f, "I-SPI");
	if (cookie.len == 0)
		return false;
	mode = comware_value(&f, "exchange mode");
	id = comware_value(&f, "message ID");
	version = comware_value(&f, "version");
	comware_spi(cookie, &ev->ispi);
	comware_spi(comware_value(&f, "R-Cookie"), &ev->rspi);
	comware_spi(comware_value(&f, "R-SPI"), &ev->rspi);
	ev->what = IKE_PROGRESS;
	if (span_has_nocase(version, "ISAKMP"))
		ev->ike_version = 1;
	for (size_t i = 0; i < COUNT(comware_modes); i++)
		if (span_starts_nocase(mode, comware_modes[i].name))
			ev->stage = comware_modes[i].stage;
	if (ev->stage == IKE_QUICK_MODE && id.len > 0)
		ev->key[IKE_KEY_MSGID] = id;
	return true;
}

/* ---- attributes ------------------------------------------------------ */

static const struct {
	const char *label;
	enum ike_attr attr;
	enum ike_stage stage;
} comware_attrs[] = {
	{ "Encryption algorithm is ", IKE_ATTR_ENCRYPTION, IKE_PHASE1 },
	{ "HASH algorithm is ", IKE_ATTR_INTEGRITY, IKE_PHASE1 },
	{ "DH group is ", IKE_ATTR_DH_GROUP, IKE_PHASE1 },
	{ "DH group ", IKE_ATTR_DH_GROUP, IKE_PHASE1 },
	{ "Authentication method is ", IKE_ATTR_AUTH_METHOD, IKE_PHASE1 },
	{ "Encapsulation mode is ", IKE_ATTR_MODE, IKE_PHASE2 },
	{ "Authentication algorithm is ", IKE_ATTR_INTEGRITY, IKE_PHASE2 },
	{ "Transform ID is ", IKE_ATTR_ENCRYPTION, IKE_PHASE2 },
	{ "Key length is ", IKE_ATTR_NONE, IKE_STAGE_NONE },
	{ "Lifetime type is ", IKE_ATTR_NONE, IKE_STAGE_NONE },
	{ "Life type in ", IKE_ATTR_NONE, IKE_STAGE_NONE },
	{ "Life duration is ", IKE_ATTR_NONE, IKE_STAGE_NONE },
};

/* The row of "Encryption algorithm is 3DES-CBC.", -1 for other texts. */
static int
comware_attribute(struct span *line)
{
	for (size_t i = 0; i < COUNT(comware_attrs); i++)
		if (scan_lit_nocase(line, comware_attrs[i].label))
			return (int)i;
	return -1;
}

/* What is checked came from the peer. */
static bool
comware_checks(struct span line)
{
	return span_starts_nocase(line, "Check ISAKMP transform") ||
	    span_starts_nocase(line, "Check IPsec proposal") ||
	    span_starts_nocase(line, "Parse transform");
}

/* The line that ends a list of attributes. */
static bool
comware_checked(struct span line)
{
	return span_starts_nocase(line, "Construct trans") ||
	    (span_starts_nocase(line, "Attribu") &&
		span_has_nocase(line, "acceptable")) ||
	    span_starts_nocase(line, "The attributes are");
}

/*
 * A list of attributes, a record each: the peer's behind "Check ISAKMP
 * transform 1.", ours in front of "Construct transform payload 1.".
 */
static bool
comware_attributes(struct span text, struct ike_event *ev)
{
	bool peer = comware_checks(text), here = false, ignored;
	struct span line, rest = text;
	int n = 0, row;

	/* A list has lines. */
	if (!span_has(text, "\n"))
		return false;
	for (; scan_line(&rest, &line); n++) {
		line = comware_body(line, &ignored);
		if ((row = comware_attribute(&line)) == -1) {
			here = here || span_starts_nocase(line, "Construct");
			continue;
		}
		if (comware_attrs[row].stage != IKE_STAGE_NONE)
			ev->stage = comware_attrs[row].stage;
		line = span_trim(line);
		if (line.len > 0 && line.p[line.len - 1] == '.')
			line.len--;
		if (comware_attrs[row].attr != IKE_ATTR_NONE)
			ike_event_say(
			    ev, comware_attrs[row].attr, IKE_SIDE_PEER, line);
	}
	if (ev->nsaid == 0 || n < 2)
		return false;
	for (int i = 0; i < ev->nsaid; i++)
		ev->said[i].side = peer ? IKE_SIDE_PEER : IKE_SIDE_HERE;
	if (!peer && !here)
		ev->nsaid = 0;
	ev->what = IKE_PROGRESS;
	ev->flags |= NEAR | (peer ? (unsigned)HEARD : 0);
	ev->ike_version = 1;
	return true;
}

/* ---- texts ----------------------------------------------------------- */

static bool
comware_notify(struct span text, bool known, struct ike_event *ev)
{
	const struct rule *row = rules_match(
	    &comware_notifies, known ? SPAN_LIT("c") : SPAN_NONE, text, ev);
	enum notify_phase phase = NOTIFY_ANY;

	if (row == NULL)
		return false;
	if (row->stage == IKE_PHASE1)
		phase = NOTIFY_PHASE1;
	else if (row->stage == IKE_PHASE2)
		phase = NOTIFY_PHASE2;
	if (!ike_notify_reason(ev->detail, phase, &ev->reason)) {
		ev->what = IKE_INFO;
		ev->flags &= ~(unsigned)(HERE | BY_PEER | IKE_F_HINT);
	}
	/* The guides explain it by the ACLs: phase 2. */
	if (ev->reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH &&
	    ev->stage == IKE_STAGE_NONE)
		ev->stage = IKE_PHASE2;
	ev->detail = SPAN_NONE;
	return true;
}

/* "No matching proposal" and the like are of the phase they are told of. */
static enum ike_reason
comware_in_phase(enum ike_reason reason, enum ike_stage stage)
{
	bool phase1 = stage == IKE_PHASE1, phase2 = stage == IKE_PHASE2;

	if (reason == IKE_R_PROPOSAL_MISMATCH && phase1)
		return IKE_R_IKE_PROPOSAL_MISMATCH;
	if (reason == IKE_R_PROPOSAL_MISMATCH && phase2)
		return IKE_R_IPSEC_PROPOSAL_MISMATCH;
	return reason;
}

/* What a log's "Reason:" means, in the words of the debugging rows. */
static enum ike_reason
comware_reason(struct span detail, enum ike_stage stage)
{
	struct ike_event ev = { 0 };
	enum ike_reason reason;

	/* "invalid ID information" is the notify's name in other dress. */
	if (detail.len > 0 && detail.p[detail.len - 1] == '.')
		detail.len--;
	if (ike_notify_reason(detail,
		stage == IKE_PHASE1 ? NOTIFY_PHASE1 : NOTIFY_PHASE2, &reason))
		return reason;
	if (rules_match(&comware_rules, SPAN_LIT("c"), detail, &ev) == NULL)
		return IKE_R_UNKNOWN;
	if (ev.detail.len > 0) {
		struct ike_event cert = { 0 };

		if (rules_match(&comware_certs, SPAN_NONE, ev.detail, &cert) !=
		    NULL)
			return cert.reason;
	}
	return comware_in_phase(ev.reason, stage);
}

static bool
comware_log(struct span mnemonic, struct span text, struct ike_event *ev)
{
	struct ike_event cert = { 0 };

	if (rules_match(&comware_logs, mnemonic, text, ev) == NULL)
		return false;
	if (span_has(text, "SA information"))
		comware_information(text, ev);
	if (ev->detail.len == 0)
		return true;
	if (rules_match(&comware_certs, SPAN_NONE, ev->detail, &cert) != NULL &&
	    ev->reason == IKE_R_CERTIFICATE_INVALID)
		ev->reason = cert.reason;
	else if (ev->reason == IKE_REASON_NONE)
		ev->reason = comware_reason(ev->detail, ev->stage);
	if (ev->what == IKE_DELETED && ev->reason == IKE_R_UNKNOWN)
		ev->reason = IKE_REASON_NONE;
	return true;
}

static bool
comware_text(struct span text, bool known, struct ike_event *ev)
{
	struct ike_event tried = *ev, cert = { 0 };

	if (comware_packet(text, &tried)) {
		/* The line before it may tell the peer. */
		rules_match(&comware_rules, SPAN_LIT("c"), text, &tried);
		if (tried.peer.len == 0)
			tried.flags |= NEAR;
		*ev = tried;
		return true;
	}
	tried = *ev;
	if (known && comware_attributes(text, &tried)) {
		*ev = tried;
		return true;
	}
	if (comware_notify(text, known, ev))
		return true;
	tried = *ev;
	if (rules_match(&comware_rules, known ? SPAN_LIT("c") : SPAN_NONE, text,
		&tried) == NULL)
		return false;
	if (tried.detail.len > 0 &&
	    rules_match(&comware_certs, SPAN_NONE, tried.detail, &cert) != NULL)
		tried.reason = cert.reason;
	if (tried.peer.len > 0)
		tried.flags &= ~(unsigned)NEAR;
	*ev = tried;
	return true;
}

/* An error that no row has, and that names its cause. */
static bool
comware_fault(struct span text, struct ike_event *ev)
{
	if (!cause_fails(text, NOTIFY_ANY, ev))
		return false;
	if (ev->peer.len == 0)
		ev->flags |= NEAR;
	return true;
}

/* What stands behind a tag. */
static bool
comware_tagged(const struct comware_tag *tag, struct ike_event *ev)
{
	struct span text = tag->text;

	comware_front(&text, ev);
	if (!comware_log(tag->mnemonic, text, ev) &&
	    !comware_text(text, true, ev) &&
	    !(span_is(tag->mnemonic, "ERROR") && comware_fault(text, ev)))
		return false;
	if (tag->version != 0)
		ev->ike_version = tag->version;
	return true;
}

/* ---- lines that hang together ---------------------------------------- */

static bool
comware_reads(struct span text)
{
	struct ike_event ev = { 0 };
	struct comware_tag tag;

	return comware_tag(text, &tag)
	    ? comware_tagged(&tag, &ev)
	    : comware_text(span_trim(text), true, &ev);
}

static enum join
comware_join(struct span held, const struct record *next)
{
	struct comware_tag tag;
	struct span was, is = next->message;
	bool tagged = comware_tag(next->raw, &tag), ignored;

	if (tagged) {
		is = tag.text;
		comware_front(&is, NULL);
	}
	if (tagged && held.len > 0) {
		was = comware_body(held, &ignored);
		/* The header of the packet that was just spoken of. */
		if (is.len == 0 &&
		    (span_starts(was, "Sending packet to ") ||
			span_starts(was, "Received packet from ")) &&
		    memchr(was.p, '\n', was.len) == NULL)
			return JOIN_LINE;
		if (span_starts_nocase(is, "ICOOKIE:") &&
		    (span_is_nocase(was, "send message:") ||
			span_is_nocase(was, "received message:")))
			return JOIN_LINE;
		if (comware_checks(was) || comware_attribute(&was) != -1) {
			struct span t = is;

			if (comware_attribute(&t) != -1)
				return JOIN_LINE;
			if (comware_checked(is))
				return JOIN_CLOSES;
		}
		if (span_starts_nocase(is, "RCOOKIE:") &&
		    span_has(was, "ICOOKIE:"))
			return JOIN_CLOSES;
	}
	if (tagged)
		return tag.ike ? JOIN_OPENS : JOIN_WHOLE;
	if (held.len == 0)
		return JOIN_WHOLE;
	if (next->message.len == 0)
		return JOIN_FOLD;
	return fold_join(held, fold_line(next), comware_reads, 0);
}

/* A line of a packet's header or of an SA's, with the value that fits. */
static bool
comware_block_line(struct span line)
{
	static const char *const labels[] = { "I-Cookie: ", "R-Cookie: ",
		"next payload: ", "exchange mode: ", "version: ISAKMP Version ",
		"Initiator COOKIE: ", "Responder COOKIE: ",
		"Inside VPN instance:", "Outside VPN instance:",
		"IKE profile name:", "IKE_SYNCH:" };

	line = span_trim(line);
	scan_char(&line, '-');
	scan_skip_blanks(&line);
	for (size_t i = 0; i < COUNT(labels); i++)
		if (span_starts_nocase(line, labels[i]))
			return true;
	return false;
}

static bool
comware_recognise(const struct record *rec)
{
	struct comware_tag tag;
	struct ike_event ev = { 0 };

	if (comware_tag(rec->raw, &tag)) {
		/* Huawei's tag is the same but for the version in front. */
		return tag.ike && !span_has(rec->raw, "%%01") &&
		    !span_starts(tag.mnemonic, "IPSECNEGO") &&
		    !span_starts(tag.mnemonic, "IPSECTUNNEL") &&
		    !span_starts(tag.mnemonic, "IKESAPHASE");
	}
	return comware_block_line(fold_line(rec)) ||
	    comware_text(fold_line(rec), false, &ev);
}

static enum parse_result
comware_parse(const struct record *rec, struct ike_event *ev)
{
	struct comware_tag tag;

	if (!comware_tag(rec->raw, &tag))
		return comware_text(span_trim(rec->message), false, ev)
		    ? PARSE_EVENT
		    : PARSE_NOT_IKE;
	if (!tag.ike)
		return PARSE_NOT_IKE;
	return comware_tagged(&tag, ev) ? PARSE_EVENT : PARSE_UNKNOWN;
}

const struct parser parser_comware = {
	.name = "comware",
	.recognise = comware_recognise,
	.parse = comware_parse,
	.join = comware_join,
	.rules = comware_sets,
};
