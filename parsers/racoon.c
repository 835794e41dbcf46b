/*
 * racoon (KAME, ipsec-tools, pfSense up to 2.1, macOS) and racoon2:
 * "racoon: [name]: [address] ERROR: text" and "[PROTO_ERR]: file.c:1:f(): text".
 * Rows with the id "r" are too general to be believed without such a header.
 */
#include "parsers/racoon.h"

#include <string.h>

#include "parsers/ike_notify.h"
#include "parsers/parser.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SILENT                                                       \
	(IKE_BIT(IKE_R_NO_RESPONSE) | IKE_BIT(IKE_R_NETWORK_ERROR) | \
	    IKE_BIT(IKE_R_IKE_PROPOSAL_MISMATCH) |                   \
	    IKE_BIT(IKE_R_PEER_NOT_CONFIGURED))
#define AUTH_OR_CHILD                                                         \
	(IKE_BIT(IKE_R_AUTHENTICATION_FAILED) | IKE_BIT(IKE_R_PSK_MISMATCH) | \
	    IKE_BIT(IKE_R_PEER_ID_MISMATCH) |                                 \
	    IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) |                        \
	    IKE_BIT(IKE_R_IPSEC_PROPOSAL_MISMATCH))
#define NEAR IKE_F_NEAR
#define HERE IKE_F_REFUSED_HERE
#define BY_PEER IKE_F_REFUSED_BY_PEER
#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* ---- IKEv1, phase 1 */
	/* initiate new phase 1 negotiation: 192.0.2.1[500]<=>198.51.100.7[500] */
	{ NULL, "initiate new phase 1 negotiation: $local<=>$peer", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "initiate new phase 1 (Identity Protection): $local<=>$peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "initiate new phase 1 (Aggressive): $local<=>$peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "initiate new phase 1 ($*): $local<=>$peer", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	/* respond new phase 1 negotiation: 10.65.1.1/500<=>192.0.2.2/500 */
	{ NULL, "respond new phase 1 negotiation: $local<=>$peer", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "respond new phase 1 (Identity Protection): $local<=>$peer", IKE_STARTED, IKE_MAIN_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "respond new phase 1 (Aggressive): $local<=>$peer", IKE_STARTED, IKE_AGGRESSIVE_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "respond new phase 1 ($*): $local<=>$peer", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	/* begin Aggressive mode. */
	{ NULL, "begin Identity Protection mode.", IKE_PROGRESS, IKE_MAIN_MODE, 0, NEAR, 0, 1 },
	{ NULL, "begin Aggressive mode.", IKE_PROGRESS, IKE_AGGRESSIVE_MODE, 0, NEAR, 0, 1 },
	{ NULL, "begin Base mode.", IKE_PROGRESS, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ NULL, "begin QUICK mode.", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "begin QUICK mode", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	/* request for establishing IPsec-SA was queued due to no phase1 found. */
	{ NULL, "request for establishing IPsec-SA was queued due to no phase1 found.", IKE_STARTED, 0, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "request for establishing IPsec-SA was queued since no phase1 found$?", IKE_STARTED, 0, 0, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "request for establishing IPsec-SA was queued $*phase1 $*is not mature$?", IKE_PROGRESS, 0, 0, NEAR, IKE_INITIATOR, 1 },
	/* IPsec-SA request for 203.0.113.10 queued due to no phase1 found. */
	{ NULL, "IPsec-SA request for $peer queued due to no phase1 found.", IKE_STARTED, 0, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "IPsec-SA request for $peer queued since no phase1 found", IKE_STARTED, 0, 0, 0, IKE_INITIATOR, 1 },
	{ NULL, "ISAKMP-SA established $local-$peer spi:$spis", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD, 0, 1 },
	/* ISAKMP-SA established 192.0.2.1[500]-198.51.100.7[500] spi:84222f276c2fa2e9:3f1d5b7790a1c2d4 */
	{ NULL, "ISAKMP-SA expired $local-$peer spi:$spis", IKE_DELETED, IKE_PHASE1, IKE_R_LIFETIME_EXPIRED, 0, 0, 1 },
	/* ISAKMP-SA deleted 192.0.2.1[4500]-198.51.100.7[4500] spi:e40c3b6b5e0d5e0e:0c3a8e6d9ce3b0b0 rekey:1 */
	{ NULL, "ISAKMP-SA deleted $local-$peer spi:$spis rekey:$n", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	{ NULL, "ISAKMP-SA deleted $local-$peer spi:$spis", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	{ NULL, "ISAKMP-SA rekeying: $local-$peer spi:$spis", IKE_PROGRESS, IKE_PHASE1, 0, IKE_F_REKEY, 0, 1 },
	{ NULL, "purging ISAKMP-SA $local<=>$peer spi=$spis.", IKE_INFO, 0, 0, 0, 0, 1 },
	{ NULL, "purged ISAKMP-SA $local<=>$peer spi=$spis.", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	{ NULL, "purging ISAKMP-SA spi=$spis.", IKE_INFO, 0, 0, 0, 0, 1 },
	{ NULL, "purged ISAKMP-SA $*spi=$spis.", IKE_DELETED, IKE_PHASE1, 0, 0, 0, 1, IKE_KIND_IKE },
	/* phase1 negotiation failed due to time up. 84222f276c2fa2e9:0000000000000000 */
	{ NULL, "phase1 negotiation failed due to time up $local<=>$peer $spis", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
	{ NULL, "phase1 negotiation failed due to time up (index $spis).", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, SILENT },
	{ NULL, "phase1 negotiation failed due to time up. [{$*}{ph1: $local <=> $peer, $?", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, SILENT },
	{ NULL, "phase1 negotiation failed due to time up. $spis", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, SILENT },
	{ NULL, "phase1 negotiation failed due to time up [$*]. $spis", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1, 0, SILENT },
	{ NULL, "phase1 negotiation failed due to time up$?", IKE_FAILED, IKE_PHASE1, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1, 0, SILENT },
	/* phase1 negotiation failed due to send error. 84222f276c2fa2e9:0000000000000000 */
	{ NULL, "phase1 negotiation failed due to send error. $spis", IKE_FAILED, IKE_PHASE1, IKE_R_NETWORK_ERROR, 0, 0, 1 },
	{ NULL, "phase1 negotiation failed due to send error$?", IKE_FAILED, IKE_PHASE1, IKE_R_NETWORK_ERROR, NEAR, 0, 1 },
	/* Only says again what stood before. */
	{ NULL, "phase1 negotiation failed.", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "failed to pre-process ph1 packet$*(side: 1$*", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_RESPONDER, 1 },
	{ NULL, "failed to pre-process ph1 packet$*(side: 0$*", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "failed to pre-process ph1 packet$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "failed to process ph1 packet$*(side: 1$*", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_RESPONDER, 1 },
	{ NULL, "failed to process ph1 packet$*(side: 0$*", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "failed to process ph1 packet$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "failed to begin ipsec sa negotication$?", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "failed to begin ipsec sa negotiation$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "failed to initiate phase 1 negotiation for $peer", IKE_FAILED, IKE_PHASE1, IKE_R_INTERNAL_ERROR, 0, IKE_INITIATOR, 1 },
	{ NULL, "failed to initiate phase 2 negotiation for $peer", IKE_FAILED, IKE_QUICK_MODE, IKE_R_INTERNAL_ERROR, 0, IKE_INITIATOR, 1 },

	/* ---- proposals of phase 1 */
	/* rejected hashtype: DB(prop#1:trns#1):Peer(prop#1:trns#1) = MD5:SHA1 */
	{ NULL, "rejected enctype: DB($*):Peer($*) = $own_encryption:$peer_encryption", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected hashtype: DB($*):Peer($*) = $own_integrity:$peer_integrity", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected authmethod: DB($*):Peer($*) = $own_auth:$peer_auth", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected dh_group: DB($*):Peer($*) = $own_dh:$peer_dh", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected $word: DB($*):Peer($*) = $*", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected enctype", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected authmethod", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected hashtype", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "rejected dh_group", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "no suitable proposal found$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "failed to get valid proposal$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "no suitable transform found$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },

	/* ---- which peer, which mode */
	/* couldn't find configuration. */
	{ "r", "couldn't find configuration$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER, 1 },
	{ "r", "no configuration found for $peer.", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, 0, 0, 1 },
	{ "r", "no configuration is found for peer address $peer", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, 0, 0, 1 },
	{ "r", "no remote configuration found$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, 0, 1 },
	{ NULL, "received IKEv1 request but no IKEv1 configuration for peer $*", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER, 1 },
	/* not acceptable Aggressive mode */
	{ NULL, "not acceptable Identity Protection mode$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_EXCHANGE_MODE_MISMATCH, NEAR | HERE, IKE_RESPONDER, 1 },
	{ NULL, "not acceptable Aggressive mode$?", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_EXCHANGE_MODE_MISMATCH, NEAR | HERE, IKE_RESPONDER, 1 },
	{ NULL, "not acceptable $* mode", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, NEAR | HERE, IKE_RESPONDER, 1 },
	/* 198.51.100.7 exchange Identity Protection not allowed in any applicable rmconf. */
	{ NULL, "exchange $* not allowed in any applicable rmconf$?", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, NEAR | HERE, IKE_RESPONDER, 1 },
	/* exchange type is mismatched: db=Identity Protection packet=Aggressive, ignore it. */
	{ NULL, "exchange type is mismatched: db=$own_mode packet=$peer_mode, ignore it.", IKE_FAILED, IKE_PHASE1, IKE_R_EXCHANGE_MODE_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Invalid exchange type $n from $peer.", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, IKE_F_STRAY | HERE, 0, 1 },
	{ NULL, "unexpected exchange type $*", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, NEAR | HERE },
	{ NULL, "unsupported isakmp version $*", IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH, NEAR | HERE },

	/* ---- authentication */
	/* couldn't find the pskey for 203.0.113.10. */
	{ NULL, "couldn't find the pskey for $peer.", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, 0, 0, 1 },
	{ NULL, "couldn't find the pskey$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, NEAR, 0, 1 },
	{ NULL, "couldn't find pskey$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISSING, NEAR, 0, 1 },
	{ NULL, "couldn't find the proper pskey$?", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "r", "no shared key with peer", IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISSING, NEAR, 0, 2 },
	{ "r", "HASH mismatched", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, NEAR | HERE, 0, 1 },
	/* 198.51.100.7 parsing packet failed, possible cause: wrong password */
	{ NULL, "parsing packet failed, possible cause: wrong password$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "peer identifier does not match$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Expecting IP address type in main mode, but $*", IKE_FAILED, IKE_MAIN_MODE, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "r", "ID mismatched$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ "r", "ID value mismatched$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "the peer's certificate is not verified.", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR | HERE, 0, 1 },
	{ NULL, "no peer's CERT payload found.", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR | HERE, 0, 1 },
	{ NULL, "failed to get peer's CERT$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_INVALID, NEAR | HERE, 0, 1 },
	{ NULL, "no SIG was passed, but hybrid auth is enabled$?", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 1 },
	{ "r", "Invalid SIG.", IKE_FAILED, IKE_PHASE1, IKE_R_SIGNATURE_INVALID, NEAR | HERE, 0, 1 },
	{ NULL, "failed to get my CERT$?", IKE_FAILED, IKE_PHASE1, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 1 },
	{ "r", "failed to get private key$?", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING, NEAR },
	{ "r", "failed to get public key", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, NEAR, 0, 2 },
	{ "r", "certificate has expired($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_EXPIRED, NEAR | HERE, 0, 1 },
	{ "r", "certificate is not yet valid($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_EXPIRED, NEAR | HERE, 0, 1 },
	{ "r", "certificate revoked($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_REVOKED, NEAR | HERE, 0, 1 },
	{ "r", "unable to get local issuer certificate($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, NEAR | HERE, 0, 1 },
	{ "r", "unable to get issuer certificate($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, NEAR | HERE, 0, 1 },
	{ "r", "unable to verify the first certificate($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, NEAR | HERE, 0, 1 },
	{ "r", "self signed certificate$*($n) at depth:$?", IKE_FAILED, IKE_PHASE1, IKE_R_CERTIFICATE_UNTRUSTED, NEAR | HERE, 0, 1 },
	/* A warning: the certificate is taken all the same. */
	{ "r", "unable to get certificate CRL($n) at depth:$?", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	/* login failed for user "alice" */
	{ "r", "login failed for user \"$*\"", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, NEAR | HERE, IKE_RESPONDER, 1 },
	{ "r", "login succeeded for user \"$*\"", IKE_PROGRESS, IKE_XAUTH, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "Xauth authentication failed$?", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, NEAR, 0, 1 },

	/* ---- IKEv1, phase 2 */
	{ NULL, "initiate new phase 2 negotiation: $local<=>$peer", IKE_STARTED, IKE_QUICK_MODE, 0, IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "respond new phase 2 negotiation: $local<=>$peer", IKE_STARTED, IKE_QUICK_MODE, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	/* IPsec-SA established: ESP/Tunnel 198.51.100.7[0]->203.0.113.1[0] spi=123456789(0x75bcd15) */
	{ NULL, "IPsec-SA established: $word $addr->$addr spi=$n($in)", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, 0, 1 },
	{ NULL, "IPsec-SA expired: $word $addr->$addr spi=$n($in)", IKE_DELETED, IKE_QUICK_MODE, IKE_R_LIFETIME_EXPIRED, NEAR, 0, 1, IKE_KIND_CHILD },
	{ NULL, "phase2 sa expired $local-$peer", IKE_DELETED, IKE_QUICK_MODE, IKE_R_LIFETIME_EXPIRED, 0, 0, 1, IKE_KIND_CHILD },
	{ NULL, "phase2 sa deleted $local-$peer", IKE_DELETED, IKE_QUICK_MODE, 0, 0, 0, 1, IKE_KIND_CHILD },
	{ NULL, "purged IPsec-SA proto_id=$word spi=$din.", IKE_DELETED, IKE_QUICK_MODE, 0, NEAR, 0, 1, IKE_KIND_CHILD },
	{ NULL, "purged IPsec-SA spi=$din.", IKE_DELETED, IKE_QUICK_MODE, 0, NEAR, 0, 1, IKE_KIND_CHILD },
	/* phase2 negotiation failed due to time up waiting for phase1. ESP 198.51.100.7[0]->203.0.113.1[0] */
	{ NULL, "phase2 negotiation failed due to time up waiting for phase1$*. $word $peer->$local", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT, 0, IKE_INITIATOR, 1, 0, SILENT },
	{ NULL, "phase2 negotiation failed due to time up waiting for phase1$?", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT, NEAR, IKE_INITIATOR, 1, 0, SILENT },
	/* phase2 negotiation failed due to time up. 5b3c1f0092aa7c11:c7d20f3a11e40b6d:0000a1b2 */
	{ NULL, "phase2 negotiation failed due to time up. $ispi:$rspi:$msgid", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
	{ NULL, "phase2 negotiation failed due to time up [$*]. $ispi:$rspi:$msgid", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 1 },
	{ NULL, "phase2 negotiation failed due to time up$?", IKE_FAILED, IKE_PHASE2, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1 },
	/* 198.51.100.7 give up to get IPsec-SA due to time up to wait. */
	{ NULL, "give up to get IPsec-SA due to time up to wait$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_NEGOTIATION_TIMEOUT, NEAR, 0, 1 },
	{ NULL, "phase2 negotiation failed due to send error. $ispi:$rspi:$msgid", IKE_FAILED, IKE_PHASE2, IKE_R_NETWORK_ERROR, 0, 0, 1 },
	{ NULL, "phase2 negotiation failed due to send error$?", IKE_FAILED, IKE_PHASE2, IKE_R_NETWORK_ERROR, NEAR, 0, 1 },
	{ NULL, "phase2 negotiation failed due to phase1 expired$?", IKE_FAILED, IKE_PHASE2, IKE_R_PARENT_DELETED, NEAR, 0, 1 },
	{ NULL, "phase2 negotiation failed.", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "the negotiation is stopped, because there is no suitable ISAKMP-SA.", IKE_FAILED, IKE_PHASE2, IKE_R_PARENT_DELETED, NEAR, 0, 1 },
	/* can't start the quick mode, there is no ISAKMP-SA, 84222f276c2fa2e9:3f1d5b7790a1c2d4:0000a1b2 */
	{ NULL, "can't start the quick mode, there is no ISAKMP-SA, $ispi:$rspi:$*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_INVALID_SPI, IKE_F_STRAY | HERE, IKE_RESPONDER, 1 },
	{ NULL, "can't start the quick mode, there is no ISAKMP-SA$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, IKE_RESPONDER, 1 },
	{ NULL, "can't start the quick mode, there is no valid ISAKMP-SA$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, IKE_RESPONDER, 1 },
	/* failed to get sainfo. */
	{ NULL, "failed to get sainfo$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1, 0, IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) | IKE_BIT(IKE_R_PEER_ID_MISMATCH) },
	{ NULL, "no policy found: id:$n.", IKE_INFO, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ NULL, "no policy found: $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "mismatched ID was returned.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, IKE_INITIATOR, 1 },
	{ "r", "can't find matching selector", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 0, IKE_KIND_CHILD },
	{ "r", "no suitable policy found$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "failed to get proposal for responder.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, IKE_RESPONDER, 1 },
	/* pfs group mismatched: my:2 peer:0 */
	{ NULL, "pfs group mismatched: my:$own_pfs peer:$peer_pfs", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "no PFS is specified, but peer sends KE.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "PFS is specified, but peer $*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 1 },
	/* encmode mismatched: my:Tunnel peer:Transport */
	{ NULL, "encmode mismatched: my:$own_mode peer:$peer_mode", IKE_FAILED, IKE_QUICK_MODE, IKE_R_ENCAPSULATION_MODE_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "authtype mismatched: my:$own_integrity peer:$peer_integrity", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "trns_id mismatched: my:$own_encryption peer:$peer_encryption", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "proto_id mis$*d: my:$own_proposal peer:$peer_proposal", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "low key length proposed, mine:$own_encryption peer:$peer_encryption.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "key length mismatched, mine:$own_encryption peer:$peer_encryption.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "long lifetime proposed: my:$own_lifetime peer:$peer_lifetime", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ "r", "proposal mismat$*ed.", IKE_FAILED, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE, 0, 1 },
	{ "r", "mismatched hash ($*)$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 1 },
	{ "r", "peer sent packet for dead phase2$?", IKE_INFO, IKE_QUICK_MODE, IKE_R_INVALID_SPI, 0, 0, 1 },
	{ NULL, "failed to pre-process ph2 packet$*(side: 1$*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, IKE_RESPONDER, 1 },
	{ NULL, "failed to pre-process ph2 packet$*(side: 0$*", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "failed to pre-process ph2 packet$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ NULL, "failed to process ph2 packet$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ "r", "failed to pre-process packet.", IKE_FAILED, 0, IKE_R_UNKNOWN, NEAR, 0, 1 },
	{ "r", "failed to process packet$?", IKE_FAILED, 0, IKE_R_UNKNOWN, NEAR, 0, 0 },

	/* ---- messages, timers, liveness */
	/* the packet is retransmitted by 198.51.100.7[500] (1). */
	{ NULL, "the packet is retransmitted by $peer ($n).", IKE_RETRANSMIT, 0, 0, HEARD },
	{ NULL, "the packet is retransmitted by $peer.", IKE_RETRANSMIT, 0, 0, HEARD },
	{ NULL, "the packet retransmitted in a short time from $peer", IKE_RETRANSMIT, 0, 0, HEARD },
	/* resend phase1 packet 84222f276c2fa2e9:0000000000000000 */
	{ NULL, "resend phase1 packet $spis", IKE_RETRANSMIT, IKE_PHASE1, 0, 0, 0, 1 },
	{ NULL, "resend phase 1 packet $spis", IKE_RETRANSMIT, IKE_PHASE1, 0, 0, 0, 1 },
	{ NULL, "resend phase2 packet $ispi:$rspi:$msgid", IKE_RETRANSMIT, IKE_QUICK_MODE, 0, 0, 0, 1 },
	{ "r", "sendmsg ($?", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "r", "sendto ($?", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ NULL, "sendfromto failed", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR },
	{ "r", "failed to send packet", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, NEAR },
	/* DPD: remote (ISAKMP-SA spi=84222f276c2fa2e9:3f1d5b7790a1c2d4) seems to be dead. */
	{ NULL, "DPD: remote (ISAKMP-SA spi=$spis) seems to be dead.", IKE_PEER_DEAD, IKE_INFORMATIONAL_V1, IKE_R_PEER_DEAD, 0, 0, 1, IKE_KIND_IKE },
	{ NULL, "unknown Informational exchange received.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR | IKE_F_STRAY, 0, 1 },
	{ NULL, "delete phase1 handle.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1 },
	{ "r", "malformed cookie received$?", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, 0, 1 },
	{ "r", "remote address mismatched$?", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ NULL, "packet shorter than isakmp header size$?", IKE_INFO, 0, IKE_R_MALFORMED_MESSAGE, NEAR | IKE_F_STRAY },
	{ NULL, "ignore the packet, received unexpecting payload type $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ NULL, "reject the packet, received unexpect$* payload type $*", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ "r", "invalid length of payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1, 0, IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ NULL, "few isakmp message received.", IKE_FAILED, IKE_PHASE1, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 1 },
	{ NULL, "message id should be zero in phase1.", IKE_FAILED, IKE_PHASE1, IKE_R_INVALID_MESSAGE_ID, NEAR | IKE_F_STRAY | HERE, 0, 1 },
	{ "r", "NAT detected: $*", IKE_INFO, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	/* libipsec failed pfkey align (Invalid sadb message) */
	{ NULL, "libipsec failed $*", IKE_INFO },
	{ "r", "pfkey UPDATE failed: $*", IKE_INFO, IKE_QUICK_MODE, IKE_R_INTERNAL_ERROR, NEAR | IKE_F_HINT, 0, 1 },
	{ "r", "pfkey ADD failed: $*", IKE_INFO, IKE_QUICK_MODE, IKE_R_INTERNAL_ERROR, NEAR | IKE_F_HINT, 0, 1 },
	{ "r", "pfkey DELETE received$?", IKE_INFO },
	/* About IKE, and nothing to learn from it. */
	{ "r", "received INITIAL-CONTACT", IKE_INFO, 0, 0, NEAR | HEARD, 0, 1 },
	{ "r", "received Vendor ID: $*", IKE_INFO, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "received broken Microsoft ID: $*", IKE_INFO, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "Selected NAT-T version: $*", IKE_INFO, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "NAT not detected$?", IKE_INFO, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "NAT-T: ports changed to: $*", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "r", "KA list add: $*", IKE_INFO },
	{ "r", "Adding remote and local NAT-D payloads.", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "r", "Hashing $* with algo $*", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ "r", "Adjusting $* encmode $*", IKE_INFO, IKE_QUICK_MODE, 0, NEAR, 0, 1 },
	{ "r", "notify message must be encrypted.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR | HEARD, 0, 1 },
	/* A transform that is not known here; the others are still tried. */
	{ NULL, "invalied encryption algorithm=$n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid encryption algorithm=$n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalied hash algorithm=$n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid hash algorithm=$n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "auth method $* isn't supported.", IKE_INFO, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid auth method $n.", IKE_INFO, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid DH group $n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "unsupported DH group type $n.", IKE_INFO, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "not support transform-id=$n in $*", IKE_INFO, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid transform-id=$n in $*", IKE_INFO, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid encryption mode=$n.", IKE_INFO, IKE_QUICK_MODE, IKE_R_ENCAPSULATION_MODE_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "auth algorithm $n isn't supported.", IKE_INFO, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid auth algorithm=$n.", IKE_INFO, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "invalid group description=$n.", IKE_INFO, IKE_QUICK_MODE, IKE_R_PFS_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "attr AUTH must be present for $*", IKE_INFO, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 1 },
	{ NULL, "attr type=$n isn't supported.", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ NULL, "invalid attribute type $n.", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ NULL, "invalid life type $n.", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ "r", "failed to compute dh value.", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "ignore information because the message has no hash payload.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1 },
	{ NULL, "ignore the packet, expecting the packet encrypted.", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	{ NULL, "ignore the packet,expecting the packet encrypted$?", IKE_INFO, IKE_PHASE1, 0, NEAR, 0, 1 },
	/* What the gateways of two clouds add to it. */
	{ NULL, "Decryption failed! mismatch of preshared secrets$?", IKE_FAILED, IKE_PHASE1, IKE_R_PSK_MISMATCH, NEAR | HERE, 0, 1 },
	{ NULL, "Unknow peer id$?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, NEAR | HERE },
	{ NULL, "Parse PEERID failed$?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, NEAR | HERE },
	{ NULL, "couldn't find configuaration$?", IKE_FAILED, IKE_PHASE1, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER },
	{ "r", "ignore information because ISAKMP-SA has not been established yet.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "unknown notify message, no phase2 handle found.", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR | HEARD, 0, 1 },
	{ "r", "mode config $n from $peer, but we have no ISAKMP-SA.", IKE_INFO, IKE_MODE_CONFIG, IKE_R_INVALID_SPI, IKE_F_STRAY, 0, 1 },
	{ "r", "no in-bound policy found: $*", IKE_INFO },
	{ "r", "no policy found, try to generate the policy : $*", IKE_INFO },
	{ "r", "Update the generated policy : $*", IKE_INFO },
	{ "r", "deleting a generated policy.", IKE_INFO },
	{ "r", "such policy already exists. $*", IKE_INFO },
	{ "r", "such policy does not already exist: $*", IKE_INFO },
	{ "r", "delete phase 2 handler.", IKE_INFO },
	{ "r", "purging spi=$n.", IKE_INFO },
	{ "r", "purged IPsec-SA proto_id=$word sibling spi=$n.", IKE_INFO },
	{ "r", "$addr used as isakmp port (fd=$n)", IKE_INFO },
	{ "r", "$addr used for NAT-T", IKE_INFO },
	{ "r", "failed to bind to address $*", IKE_INFO },
	{ "r", "racoon $*shutdown", IKE_INFO },
	{ "r", "caught signal $n", IKE_INFO },
	{ "r", "Reading configuration from $*", IKE_INFO },
	{ "r", "unrecognized route message with rtm_type: $n", IKE_INFO },
	{ NULL, "unsupported PF_KEY message $*", IKE_INFO },
	{ "r", "configuration \"$*\" selected.", IKE_INFO },

	/* ---- macOS */
	/* IPSec Phase1 established (Initiated by me). */
	{ NULL, "IPSec Phase1 started (Initiated by me).", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase1 started (Initiated by peer).", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase1 established (Initiated by me).", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase1 established (Initiated by peer).", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase2 started (Initiated by me).", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR | IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase2 started (Initiated by peer).", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR | IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase2 established (Initiated by me).", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase2 established (Initiated by peer).", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase 1 started (Initiated by me).", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase 1 started (Initiated by peer).", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase 1 established (Initiated by me).", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase 1 established (Initiated by peer).", IKE_ESTABLISHED, IKE_PHASE1, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase 2 started (Initiated by me).", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR | IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase 2 started (Initiated by peer).", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR | IKE_F_NEW | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IPSec Phase 2 established (Initiated by me).", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec Phase 2 established (Initiated by peer).", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ "r", "IPSec connecting to server $peer", IKE_INFO, 0, 0, 0, IKE_INITIATOR, 1 },
	{ "r", "IPSec disconnecting from server $peer", IKE_INFO, 0, 0, 0, 0, 1 },
	{ "r", ">>>>> phase change status = $*", IKE_INFO, 0, 0, NEAR, 0, 1 },
	{ "r", "accepted connection on vpn control socket.", IKE_INFO },
	{ "r", "Connecting.", IKE_INFO },
	{ "r", "activating connection: $*", IKE_INFO },
	{ "r", "received $word command on vpn control socket.", IKE_INFO },
	{ NULL, "accept a request to establish IKE-SA: $peer", IKE_INFO, 0, 0, 0, IKE_INITIATOR, 1 },
	{ "r", "New Phase $n", IKE_INFO },
	{ "r", "state changed to: $*", IKE_INFO },
	{ "r", "Not supported.", IKE_INFO },
	{ "r", "Kernel does not support $*", IKE_INFO },
	/* What its pppd says of the same. */
	{ NULL, "IPSec phase 1 client started", IKE_STARTED, IKE_PHASE1, 0, NEAR | IKE_F_NEW, IKE_INITIATOR, 1 },
	{ NULL, "IPSec phase 1 server replied", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec phase 2 started", IKE_STARTED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IPSec phase 2 established", IKE_CHILD_ESTABLISHED, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKEv1 Phase1 Initiator: success. ($*).", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKEv1 Phase1 Responder: success. ($*).", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, IKE_RESPONDER, 1 },
	{ NULL, "IKEv1 Phase2 Initiator: success. ($*).", IKE_PROGRESS, IKE_QUICK_MODE, 0, NEAR | HEARD, IKE_INITIATOR, 1 },
	{ NULL, "IKEv1 Phase1 AUTH: success. ($*).", IKE_PROGRESS, IKE_PHASE1, 0, NEAR | HEARD, 0, 1 },
	{ NULL, "IKEv1 Phase1 AUTH: failed. ($*).", IKE_FAILED, IKE_PHASE1, IKE_R_AUTHENTICATION_FAILED, NEAR, 0, 1 },
	{ NULL, "IKEv1 Phase1 Initiator: failed. ($*).", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "IKEv1 Phase2 Initiator: failed. ($*).", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, NEAR, IKE_INITIATOR, 1 },
	{ NULL, "IKEv1 Information-Notice: $*", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1 },
	{ NULL, "IKEv1 Dead-Peer-Detection: $*", IKE_INFO, IKE_INFORMATIONAL_V1, 0, NEAR, 0, 1 },
	{ NULL, "IKE Packet: transmit success. ($*).", IKE_PROGRESS, 0, 0, NEAR, 0, 1 },
	{ NULL, "IKE Packet: receive success. ($*).", IKE_PROGRESS, 0, 0, NEAR | HEARD, 0, 1 },

	/* ---- racoon2: IKEv2 */
	/* ike_sa 40079580 state INI_IKE_SA_INIT_SENT -> DYING */
	{ NULL, "ike_sa $conn state IDLING -> INI_IKE_SA_INIT_SENT", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW, IKE_INITIATOR, 2 },
	{ NULL, "ike_sa $conn state INI_IKE_SA_INIT_SENT -> INI_IKE_SA_INIT_SENT", IKE_PROGRESS, IKE_SA_INIT, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "ike_sa $conn state IDLING -> RES_IKE_SA_INIT_SENT", IKE_STARTED, IKE_SA_INIT, 0, IKE_F_NEW | HEARD, IKE_RESPONDER, 2 },
	{ NULL, "ike_sa $conn state INI_IKE_SA_INIT_SENT -> INI_IKE_AUTH_SENT", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "ike_sa $conn state RES_IKE_SA_INIT_SENT -> RES_IKE_AUTH_RCVD", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "ike_sa $conn state INI_IKE_AUTH_SENT -> INI_IKE_AUTH_RCVD", IKE_PROGRESS, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "ike_sa $conn state INI_IKE_AUTH_RCVD -> ESTABLISHED", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "ike_sa $conn state RES_IKE_AUTH_RCVD -> ESTABLISHED", IKE_ESTABLISHED, IKE_AUTH, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "ike_sa $conn state $word -> ESTABLISHED", IKE_ESTABLISHED, 0, 0, HEARD, 0, 2 },
	{ NULL, "ike_sa $conn state INI_IKE_SA_INIT_SENT -> DYING", IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, 0, IKE_INITIATOR, 2, IKE_KIND_IKE, SILENT },
	{ NULL, "ike_sa $conn state INI_IKE_AUTH_SENT -> DYING", IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN, 0, IKE_INITIATOR, 2, IKE_KIND_IKE, AUTH_OR_CHILD },
	{ NULL, "ike_sa $conn state INI_IKE_AUTH_RCVD -> DYING", IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN, HEARD, IKE_INITIATOR, 2, IKE_KIND_IKE, AUTH_OR_CHILD },
	{ NULL, "ike_sa $conn state RES_IKE_SA_INIT_SENT -> DYING", IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, HEARD, IKE_RESPONDER, 2, IKE_KIND_IKE, IKE_BIT(IKE_R_NO_RESPONSE) | IKE_BIT(IKE_R_IKE_PROPOSAL_MISMATCH) | IKE_BIT(IKE_R_NETWORK_ERROR) },
	{ NULL, "ike_sa $conn state RES_IKE_AUTH_RCVD -> DYING", IKE_FAILED, IKE_AUTH, IKE_R_UNKNOWN, HEARD, IKE_RESPONDER, 2, IKE_KIND_IKE, AUTH_OR_CHILD },
	{ NULL, "ike_sa $conn state IDLING -> DYING", IKE_FAILED, IKE_SA_INIT, IKE_R_UNKNOWN, 0, 0, 2, IKE_KIND_IKE },
	{ NULL, "ike_sa $conn state ESTABLISHED -> DYING", IKE_DELETED, IKE_INFORMATIONAL, 0, IKE_F_WHOLE, 0, 2, IKE_KIND_IKE },
	{ NULL, "ike_sa $conn state ESTABLISHED -> DEAD", IKE_DELETED, IKE_INFORMATIONAL, 0, IKE_F_WHOLE, 0, 2, IKE_KIND_IKE },
	{ NULL, "ike_sa $conn state $word -> $word", IKE_INFO, 0, 0, 0, 0, 2 },
	{ NULL, "retransmission count exceeded the limit", IKE_FAILED, 0, IKE_R_NO_RESPONSE, NEAR, 0, 2, 0, SILENT },
	{ NULL, "aborting ike_sa$?", IKE_INFO, 0, 0, NEAR, 0, 2 },
	/* found ikev1 policy: default */
	{ NULL, "found ikev1 policy: $*", IKE_PROGRESS, 0, 0, NEAR, 0, 1 },
	{ NULL, "found ikev2 policy: $*", IKE_PROGRESS, 0, 0, NEAR, 0, 2 },
	/* found host selector: myHostPol */
	{ NULL, "found host selector: $tunnel", IKE_PROGRESS, 0, 0, NEAR },
	{ NULL, "found tunnel selector: $tunnel", IKE_PROGRESS, 0, 0, NEAR },
	{ NULL, "received KE type $n, expected $n", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "received KE type $n,expected $n", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "invalid KE payload (data length $n != $n)", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	/* One proposal of several: "no proposal chosen" says that none is left. */
	{ NULL, "proposal mismatch, transform type:4$?", IKE_INFO, 0, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 2 },
	{ NULL, "proposal mismatch$?", IKE_INFO, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 2 },
	{ NULL, "none of my proposal matched$?", IKE_INFO, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE | IKE_F_HINT, 0, 2 },
	{ NULL, "ipsec_mode mismatch", IKE_INFO, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, NEAR | IKE_F_HINT, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ "r", "failed creating proposal", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ NULL, "traffic selector mismatch$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 0, IKE_KIND_CHILD },
	{ NULL, "traffic selector unacceptable$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 0, IKE_KIND_CHILD },
	{ NULL, "ignoring unauthenticated notify payload ($*)", IKE_INFO, IKE_SA_INIT, 0, NEAR, IKE_RESPONDER, 2 },
	{ NULL, "ignoring extraneous packet with INVALID_KE_PAYLOAD", IKE_INFO, IKE_SA_INIT, 0, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "received COOKIE; retransmitting", IKE_INFO, IKE_SA_INIT, 0, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "discarding ike_sa", IKE_FAILED, IKE_SA_INIT, IKE_R_INTERNAL_ERROR, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "ikev2_frag_send: $*", IKE_INFO, 0, 0, NEAR, 0, 2 },
	{ NULL, "ikev2_frag_recv: $*", IKE_INFO, 0, 0, NEAR, 0, 2 },
	{ "r", "no proposal chosen", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, NEAR | HERE, 0, 2 },
	{ NULL, "ipsec mode does not match where exact match specified, returning NO_PROPOSAL_CHOSEN", IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ "r", "ts unacceptable", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ NULL, "TSi does not match my selector$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ NULL, "TSr does not match my selector$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ NULL, "TSi/TSr does not match my selector$?", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, NEAR | HERE, 0, 2, IKE_KIND_CHILD },
	{ "r", "address allocation failure", IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_CHILD },
	{ "r", "authentication failure", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, NEAR | HERE, 0, 2, IKE_KIND_IKE },
	/* received ID_I (type fqdn [branch.example.com]) does not match peers id */
	{ NULL, "received ID_I (type $* [$peer_id_peer]) does not match peers id", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "received ID_R (type $* [$peer_id_peer]) does not match peers id", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_INITIATOR, 2, IKE_KIND_IKE },
	{ NULL, "received ID_R (type $* [$peer_id_local]) does not match my id", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "received ID_I is unknown", IKE_FAILED, IKE_AUTH, IKE_R_PEER_ID_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "received IKEv2 request but no IKEv2 configuration for peer $*", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "received IKEv2 request but no IKEv2 configuration$?", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "unknown ikev2 peer", IKE_FAILED, IKE_SA_INIT, IKE_R_PEER_NOT_CONFIGURED, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "ikev2 not acceptable by configuration", IKE_FAILED, IKE_SA_INIT, IKE_R_IKE_VERSION_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2 },
	{ NULL, "peer's dh group choice does not match mine, dropping a packet with INVALID_KE_PAYLOAD", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, IKE_INITIATOR, 2 },
	{ NULL, "unknown dh group, dropping a packet with INVALID_KE_PAYLOAD", IKE_FAILED, IKE_SA_INIT, IKE_R_DH_GROUP_MISMATCH, NEAR | HERE, IKE_INITIATOR, 2 },
	/* unexpected critical payload (type 77) */
	{ NULL, "unexpected critical payload (type $n)", IKE_FAILED, 0, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, NEAR | HERE, 0, 2 },
	{ NULL, "unexpected noncritical payload (type $n) ignored", IKE_INFO, 0, 0, NEAR, 0, 2 },
	{ "r", "malformed payload$?", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ NULL, "malformed unauthenticated packet, dropping", IKE_INFO, IKE_SA_INIT, IKE_R_MALFORMED_MESSAGE, NEAR | IKE_F_HINT, 0, 2 },
	{ "r", "packet lacks expected payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "message lacks KEi payload", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_PFS_MISMATCH, NEAR | HERE, IKE_RESPONDER, 2 },
	{ "r", "message lacks KE$* payload", IKE_FAILED, IKE_CREATE_CHILD_SA, IKE_R_PFS_MISMATCH, NEAR | HERE, 0, 2 },
	{ "r", "received message lacks $word payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "message lacks $word payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ NULL, "peer message lacks required config payload", IKE_FAILED, IKE_AUTH, IKE_R_ADDRESS_ASSIGNMENT_FAILED, NEAR | HERE, IKE_RESPONDER, 2 },
	{ "r", "unexpected message format", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "unnecessary duplicated payload (type $n)", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "duplicated payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "invalid SA payload syntax", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, NEAR | HERE, 0, 2 },
	{ "r", "ICV check failure", IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 2 },
	{ "r", "failed to decrypt message", IKE_FAILED, 0, IKE_R_DECRYPTION_FAILED, NEAR | HERE, 0, 2 },
	{ NULL, "message to a nonexistent ike_sa", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY, 0, 2 },
	{ NULL, "received a message to a dead IKE SA", IKE_INFO, 0, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY, 0, 2 },
	{ NULL, "initiator SPI is zero", IKE_FAILED, 0, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, 0, 2 },
	{ NULL, "responder SPI is zero", IKE_FAILED, 0, IKE_R_INVALID_SPI, NEAR | IKE_F_STRAY | HERE, 0, 2 },
	{ NULL, "unexpected: exchange type $*", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, NEAR | HERE, 0, 2 },
	{ NULL, "dropping unordered message (id $n)", IKE_INFO, 0, IKE_R_INVALID_MESSAGE_ID, NEAR, 0, 2 },
	{ "r", "responding with cookie", IKE_INFO, IKE_SA_INIT, IKE_R_RATE_LIMITED, NEAR | IKE_F_STRAY, IKE_RESPONDER, 2 },
	{ "r", "half-open ike_sa num ($n) $*", IKE_INFO, 0, 0, NEAR, 0, 2 },
	{ "r", "unsupported auth method ($*)", IKE_FAILED, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR | HERE, 0, 2 },
	{ "r", "configuration does not specify kmp_auth_method", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_AUTH_METHOD_MISMATCH, NEAR, 0, 2 },
	{ "r", "configuration lacks my valid certificate", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_PRIVATE_KEY_MISSING, NEAR, 0, 2 },
	{ "r", "configuration lacks $word", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_UNKNOWN, NEAR, 0, 2 },
	{ NULL, "pre-shared key length ($n) does not match prf's fixed key length ($n)", IKE_CONFIG_PROBLEM, IKE_AUTH, IKE_R_UNKNOWN, NEAR, 0, 2 },
	{ "r", "certificate expired already", IKE_FAILED, IKE_AUTH, IKE_R_CERTIFICATE_EXPIRED, NEAR, 0, 2 },
	{ NULL, "failed to send IKE_SA_INIT", IKE_FAILED, IKE_SA_INIT, IKE_R_INTERNAL_ERROR, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "failed to create IKE_AUTH message", IKE_FAILED, IKE_AUTH, IKE_R_INTERNAL_ERROR, NEAR, IKE_INITIATOR, 2 },
	{ "r", "failed sending $* message", IKE_FAILED, IKE_AUTH, IKE_R_INTERNAL_ERROR, NEAR, 0, 2 },
	{ NULL, "aborting the exchange for an internal failure", IKE_FAILED, IKE_SA_INIT, IKE_R_INTERNAL_ERROR, NEAR, 0, 2 },
	{ "r", "failed allocating memory$?", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR },
	{ "r", "failed for internal error", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR, NEAR },
	{ "r", "remote peer address is not known", IKE_CONFIG_PROBLEM, 0, IKE_R_NETWORK_ERROR, NEAR, IKE_INITIATOR, 2 },
	{ NULL, "failed finding local sockaddr to connect with peer address $peer", IKE_FAILED, 0, IKE_R_NETWORK_ERROR, 0, IKE_INITIATOR, 2 },
	{ 0 }
};

/*
 * A notify the peer sent: what it means stands in its name, the row says
 * only where it was heard.
 */
static const struct rule notify_rows[] = {
	/* fatal NO-PROPOSAL-CHOSEN notify messsage, phase1 should be deleted. */
	{ "1", "fatal $detail notify mes$*", IKE_FAILED, IKE_PHASE1, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	{ "1", "notification $detail received in unencrypted informational exchange.", IKE_FAILED, IKE_PHASE1, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	{ "2", "notification $detail received in informational exchange.", IKE_FAILED, IKE_PHASE2, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	{ "1", "notification message $n:$detail, doi=$n proto_id=1 $*", IKE_FAILED, IKE_PHASE1, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	{ "2", "notification message $n:$detail, doi=$n proto_id=$*", IKE_FAILED, IKE_PHASE2, 0, NEAR | BY_PEER | HEARD, 0, 1 },
	/* received Notify type TS_UNACCEPTABLE, failed establishing child_sa */
	{ "2", "received Notify type $detail, failed establishing child_sa", IKE_FAILED, IKE_AUTH, 0, NEAR | BY_PEER | HEARD, IKE_INITIATOR, 2, IKE_KIND_CHILD },
	{ "2", "received Notify type $detail", IKE_PROGRESS, 0, 0, NEAR | BY_PEER | HEARD | IKE_F_HINT, 0, 2 },
	/* received Notify payload protocol 0 type AUTHENTICATION_FAILED */
	{ "0", "received Notify payload protocol $n type $detail", IKE_FAILED, 0, 0, NEAR | BY_PEER | HEARD, 0, 2 },
	/* Not authenticated, hence not believed; it explains the time-out. */
	{ "1", "ignoring notification payload (type $detail) inside unauthenticated response", IKE_PROGRESS, IKE_SA_INIT, 0, NEAR | BY_PEER | HEARD | IKE_F_HINT, IKE_INITIATOR, 2 },
	{ 0 }
};
/* clang-format on */

struct ruleset racoon_rules = RULESET(rows);
static struct ruleset racoon_notifies = RULESET(notify_rows);
static struct ruleset *const racoon_sets[] = { &racoon_rules, &racoon_notifies,
	NULL };

/* The notify's name decides; a name that is no error is only news. */
static bool
racoon_notify(struct span text, struct ike_event *ev)
{
	static const char *const ids[] = { "0", "1", "2" };

	for (int phase = NOTIFY_ANY; phase <= NOTIFY_PHASE2; phase++) {
		struct ike_event tried = *ev;

		if (rules_match(&racoon_notifies, span_of(ids[phase]), text,
			&tried) == NULL)
			continue;
		if (!ike_notify_reason(tried.detail, (enum notify_phase)phase,
			&tried.reason)) {
			tried.what = IKE_INFO;
			tried.flags &= ~(unsigned)(BY_PEER | IKE_F_HINT);
		}
		tried.detail = SPAN_NONE;
		*ev = tried;
		return true;
	}
	return false;
}

/*
 * "local 192.0.2.1/500 - remote 198.51.100.7/500:text" (HP-UX) and
 * "4:192.0.2.1[500] - 198.51.100.7[500]:0x80d2a00:text" (racoon2).
 */
static bool
racoon_ends(struct span *s, struct ike_event *ev)
{
	static const char digits[] = "0123456789abcdefABCDEF.:/[]%";
	struct span t = *s, local, peer, a, p, port;

	if (scan_lit_nocase(&t, "local") && scan_blanks(&t)) {
		if (!scan_set(&t, digits, &local) || !scan_blanks(&t) ||
		    !scan_char(&t, '-') || !scan_blanks(&t) ||
		    !scan_lit_nocase(&t, "remote") || !scan_blanks(&t) ||
		    !scan_set(&t, digits, &peer))
			return false;
		/* The last colon parts the address from the text. */
		while (peer.len > 0 && peer.p[peer.len - 1] != ':') {
			peer.len--;
			t.p--;
			t.len++;
		}
		if (peer.len-- == 0)
			return false;
	} else {
		t = *s;
		if (!scan_set(&t, "0123456789", NULL) || !scan_char(&t, ':') ||
		    !scan_set(&t, digits, &local) || !scan_lit(&t, " - ") ||
		    !scan_until(&t, ":0x", &peer) || !scan_until(&t, ":", NULL))
			return false;
	}
	if (!rules_address(local, &a, NULL) || !rules_address(peer, &p, &port))
		return false;
	ev->local = a;
	ev->peer = p;
	ev->peer_port = port;
	*s = span_trim(t);
	return true;
}

/* Is the first word an address, with digits and dots or colons? */
static bool
racoon_address(struct span text, struct span *addr)
{
	struct span rest = text, word;

	return scan_set(&rest, "0123456789abcdefABCDEF.:", &word) &&
	    word.len >= 7 && span_starts(rest, " ") &&
	    (memchr(word.p, '.', word.len) != NULL ||
		memchr(word.p, ':', word.len) != NULL) &&
	    rules_address(word, addr, NULL) && addr->len == word.len;
}

bool
racoon_text(struct span text, bool known, struct ike_event *ev)
{
	struct ike_event tried = *ev;
	struct span id, first;
	bool ends;

	text = span_trim(text);
	ends = racoon_ends(&text, &tried);
	id = known || ends ? SPAN_LIT("r") : SPAN_NONE;
	/* "198.51.100.7 failed to get valid proposal." */
	if (!ends && racoon_address(text, &first)) {
		tried.peer = first;
		text = span_trim(span_from(text, first.len));
	}
	if (rules_match(&racoon_rules, id, text, &tried) == NULL &&
	    !racoon_notify(text, &tried))
		return false;
	if (tried.peer.len > 0)
		tried.flags &= ~(unsigned)IKE_F_NEAR;
	/* No cookie of the peer: it never answered. */
	if (tried.reason == IKE_R_NEGOTIATION_TIMEOUT && tried.rspi.known &&
	    tried.rspi.value == 0)
		tried.reason = IKE_R_NO_RESPONSE;
	*ev = tried;
	return true;
}

/* ---- racoon's own header --------------------------------------------- */

static bool
racoon_level(struct span *s)
{
	static const char *const levels[] = { "ERROR:", "INFO:", "NOTIFY:",
		"WARNING:", "DEBUG2:", "DEBUG:", "<Error>:", "<Info>:",
		"<Notice>:", "<Debug>:", "<Warning>:" };

	for (size_t i = 0; i < COUNT(levels); i++)
		if (scan_lit_nocase(s, levels[i]))
			return scan_skip_blanks(s);
	return false;
}

/* "ikev1.c:1433:isakmp_ph1resend(): ", the place in the program. */
static bool
racoon_place(struct span *s)
{
	struct span t = *s, file, rest;

	if (!scan_until(&t, ":", &file) || !span_ends(file, ".c") ||
	    span_has(file, " ") || !scan_set(&t, "0123456789", NULL) ||
	    !scan_char(&t, ':'))
		return false;
	rest = t;
	*s = scan_until(&rest, "(): ", NULL) ? rest : t;
	return true;
}

/* "[PROTO_ERR]: ikev1.c:1433:isakmp_ph1resend(): " of racoon2. */
static bool
racoon_two(struct span *s)
{
	static const char *const levels[] = { "PROTO_ERR", "PROTO_WARN",
		"INTERNAL_ERR", "INTERNAL_WARN", "CRITICAL", "INFO", "DEBUG" };
	struct span t = *s, level;

	bool placed;

	if (!scan_char(&t, '[') || !scan_until(&t, "]: ", &level))
		return false;
	placed = racoon_place(&t);
	/* BIG-IP leaves the place out; the last two anybody may write. */
	for (size_t i = 0; i < COUNT(levels) - (placed ? 0 : 2); i++)
		if (span_is_nocase(level, levels[i])) {
			*s = t;
			return true;
		}
	return false;
}

/* "Thu Sep 26 13:49:36 2019 : " of macOS' pppd, behind another header. */
static void
racoon_pppd(struct span *s)
{
	struct span t = *s, stamp;

	if (scan_until(&t, " : ", &stamp) && stamp.len == 24 &&
	    stamp.p[13] == ':' && stamp.p[16] == ':')
		*s = t;
}

/* "2006-08-08 01:42:09: " of a foreground log, behind another header. */
static void
racoon_stamp(struct span *s)
{
	struct span t = *s;
	int n;

	if (scan_digits(&t, 4, &n) && scan_char(&t, '-') &&
	    scan_digits(&t, 2, &n) && scan_char(&t, '-') &&
	    scan_digits(&t, 2, &n) && scan_blanks(&t) &&
	    scan_digits(&t, 2, &n) && scan_char(&t, ':') &&
	    scan_digits(&t, 2, &n) && scan_char(&t, ':') &&
	    scan_digits(&t, 2, &n))
		*s = t;
	scan_set(s, " \t:", NULL);
}

/* The same behind words that are none of ours: "2023-01-13 11:39:21 name ". */
static bool
racoon_two_inside(struct span s, struct span *text)
{
	const char *at;

	for (int i = 0; i < 6; i++) {
		*text = s;
		if (racoon_two(text))
			return true;
		if ((at = span_find(s, " [")) == NULL)
			return false;
		s = span_from(s, (size_t)(at - s.p) + 1);
	}
	return false;
}

/* "[0xb9e04f9831b6d377-0x92f7016301791cc2]" */
static bool
racoon_spis(struct span *s, struct ike_event *ev)
{
	struct span ispi, rspi;

	return scan_lit(s, "[0x") && scan_until(s, "-0x", &ispi) &&
	    scan_until(s, "]", &rspi) &&
	    (ev->ispi.known = span_u64(ispi, 16, &ev->ispi.value)) &&
	    (ev->rspi.known = span_u64(rspi, 16, &ev->rspi.value));
}

/*
 * BIG-IP has racoon2 inside and says in front which SA it is:
 * "[IKE] v2 192.0.2.1%0-198.51.100.7%0 [0x..-0x..][R] [PROTO_ERR]: text".
 */
static void
racoon_bigip(struct span s, struct ike_event *ev)
{
	struct ike_event tried = *ev;
	struct span local, peer;

	if (!scan_until(&s, "[IKE] v", NULL) ||
	    !scan_digits(&s, 1, &tried.ike_version) || !scan_char(&s, ' ') ||
	    !scan_until(&s, "%", &local) || !scan_until(&s, "-", NULL) ||
	    !scan_until(&s, "%", &peer) || !scan_until(&s, " ", NULL) ||
	    !rules_address(local, &tried.local, NULL) ||
	    !rules_address(peer, &tried.peer, NULL) || !racoon_spis(&s, &tried))
		return;
	if (scan_lit(&s, "[I]"))
		tried.role = IKE_INITIATOR;
	else if (scan_lit(&s, "[R]"))
		tried.role = IKE_RESPONDER;
	*ev = tried;
}

/* Eats up to and with "racoon: " or "racoon[12]: " at a word's beginning. */
static bool
racoon_tag(struct span *s)
{
	const char *at = span_find_nocase(*s, "racoon");
	struct span t;

	if (at == NULL || (at > s->p && at[-1] != ' ' && at[-1] != '\t'))
		return false;
	t = span_from(*s, (size_t)(at - s->p) + strlen("racoon"));
	if (scan_char(&t, '[') && !scan_until(&t, "]", NULL))
		return false;
	/* The columns of macOS' Console have tabs between them. */
	if (at > s->p && at[-1] == '\t' && scan_char(&t, '\t')) {
		*s = t;
		return true;
	}
	scan_skip_blanks(&t);
	if (!scan_char(&t, ':') && !span_starts(t, "<"))
		return false;
	scan_skip_blanks(&t);
	*s = t;
	return true;
}

/* "[name]: " and "[address] " in front of the level or behind it. */
static bool
racoon_bracket(struct span *s, struct ike_event *ev)
{
	struct span t = *s, what, addr;

	if (!scan_char(&t, '['))
		return false;
	if (scan_until(&t, "] ", &what) && rules_address(what, &addr, NULL) &&
	    !span_has(what, " ")) {
		if (ev != NULL && memchr(what.p, '.', what.len) != NULL)
			ev->peer = addr;
		*s = t;
		return true;
	}
	t = span_from(*s, 1);
	/* macOS: "[com.apple.networkextension:] " */
	if (span_starts(t, "com.apple.") && scan_until(&t, ":] ", NULL)) {
		*s = t;
		return true;
	}
	if (!scan_until(&t, "]: ", &what))
		return false;
	if (ev != NULL)
		ev->tunnel = what;
	*s = t;
	return true;
}

/*
 * The text behind whatever headers there are; false where none was found.
 * ev takes the tunnel and the peer of the brackets and may be NULL.
 */
static bool
racoon_header(const struct record *rec, struct span *text, struct ike_event *ev)
{
	struct span s = rec->message;
	bool found = span_is_nocase(rec->app, "racoon");

	racoon_stamp(&s);
	racoon_pppd(&s);
	if (racoon_tag(&s))
		found = true;
	if (racoon_two_inside(s, text)) {
		if (ev != NULL)
			racoon_bigip(rec->raw, ev);
		return true;
	}
	for (int i = 0; i < 4; i++) {
		if (racoon_level(&s))
			found = true;
		else if (!found || !racoon_bracket(&s, ev))
			break;
		scan_skip_blanks(&s);
	}
	/* Before ipsec-tools the level was followed by the place. */
	if (found && racoon_place(&s))
		scan_skip_blanks(&s);
	*text = s;
	return found;
}

static bool
racoon_recognise(const struct record *rec)
{
	struct ike_event ev = { 0 };
	struct span text = rec->message;

	if (span_is_nocase(rec->app, "racoon") || racoon_tag(&text) ||
	    span_has_nocase(rec->message, "racoon: ") ||
	    span_has_nocase(rec->message, "racoon["))
		return true;
	if (racoon_two_inside(rec->message, &text))
		return true;
	racoon_header(rec, &text, NULL);
	return racoon_text(text, false, &ev);
}

static enum parse_result
racoon_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text;
	bool known = racoon_header(rec, &text, ev);

	if (racoon_text(text, known, ev))
		return PARSE_EVENT;
	return known ? PARSE_UNKNOWN : PARSE_NOT_IKE;
}

const struct parser parser_racoon = {
	.name = "racoon",
	.recognise = racoon_recognise,
	.parse = racoon_parse,
	.rules = racoon_sets,
};
