/*
 * Cisco IOS and IOS XE: "%CRYPTO-4-IKMP_NO_SA: text" behind a header of which
 * every part may be missing or doubled by a relay, IPSEC(...) and CRYPTO_PKI
 * debugging, and what cisco_isakmp.c and cisco_ikev2.c read. The mark must
 * stand where the header ends: text a peer chose may hold one too.
 */
#include "parsers/cause.h"
#include "parsers/cisco.h"
#include "parsers/words.h"

#include <string.h>

#define INITIATOR .role = IKE_INITIATOR
#define RESPONDER .role = IKE_RESPONDER
#define AS_CHILD .kind = IKE_KIND_CHILD
#define HERE .flags = IKE_F_REFUSED_HERE
#define HINT .flags = IKE_F_HINT

/* clang-format off */
static const struct rule messages[] = {
	/* %CRYPTO-4-IKMP_NO_SA: IKE message from 203.0.113.10 has no SA and is not an initialization offer. */
	{ "IKMP_NO_SA", "IKE message from $peer has no SA and is not an initialization offer$?", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, IKE_F_STRAY, .version = 1 },
	{ "IKMP_BAD_MESSAGE", "IKE message from $peer failed its sanity check or is malformed$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, .version = 1, .suspects = IKE_BIT(IKE_R_PSK_MISMATCH) },
	{ "IKMP_UNK_EXCHANGE", "IKE peer at $peer sent a message with unknown exchange $n", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN_EXCHANGE_TYPE, HERE, .version = 1 },
	{ "IKMP_UNK_EXCHANGE", "IKE peer at $peer sent a message with an unknown exchange $n", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN_EXCHANGE_TYPE, HERE, .version = 1 },
	{ "IKMP_QUERY_KEY", "Querying key pair failed$?", IKE_CONFIG_PROBLEM, IKE_STAGE_NONE, IKE_R_PRIVATE_KEY_MISSING, .version = 1 },
	{ "IKMP_AUTH_FAIL", "Authentication method $*failed with host $peer", IKE_FAILED, IKE_STAGE_NONE, IKE_R_AUTHENTICATION_FAILED, HERE, .version = 1 },
	{ "IKMP_SA_NOT_AUTH", "Cannot accept Quick Mode exchange from $peer if SA is not authenticated$?", IKE_FAILED, IKE_QUICK_MODE, IKE_R_AUTHENTICATION_FAILED, HERE, .version = 1 },
	{ "IKMP_SA_NOT_OFFERED", "Remote peer $peer responded with attribute $* not offered or changed$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of Main Mode failed with peer at $peer", IKE_FAILED, IKE_MAIN_MODE, IKE_R_UNKNOWN, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of Aggressive Mode failed with peer at $peer", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_UNKNOWN, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of Quick Mode failed with peer at $peer", IKE_FAILED, IKE_QUICK_MODE, IKE_R_UNKNOWN, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of Informational Mode failed with peer at $peer", IKE_INFO, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of $* failed with peer at $peer", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, .version = 1 },
	{ "IKMP_MODE_FAILURE", "Processing of $* failed with peer $peer", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, .version = 1 },
	{ "IKMP_NOT_ENCRYPTED", "IKE packet from $peer was not encrypted and it should$*ve been$?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, .version = 1 },
	{ "IKMP_CRYPT_FAILURE", "IKE (connection id $conn) unable to $* packet", IKE_FAILED, IKE_STAGE_NONE, IKE_R_DECRYPTION_FAILED, HERE, .version = 1 },
	{ "IKMP_AG_MODE_DISABLED", "Unable to initiate or respond to Aggressive Mode while disabled", IKE_FAILED, IKE_AGGRESSIVE_MODE, IKE_R_EXCHANGE_MODE_MISMATCH, HERE, .version = 1 },
	{ "IKMP_NO_PRESHARED_KEY", "Pre-shared key for remote peer at $peer is missing", IKE_CONFIG_PROBLEM, IKE_PHASE1, IKE_R_PSK_MISSING, .version = 1 },
	{ "IKMP_INVAL_CERT", "Certificate received from $peer is bad: $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE, .version = 1 },
	{ "IKMP_BAD_CERT_USE", "Certificate for peer at $peer prohibits attempted use.", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE, .version = 1 },
	{ "IKMP_BAD_DOI_SA", "DOI value $n from SA offer from $peer is invalid", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, .version = 1 },
	{ "IKMP_BAD_DOI_NOTIFY", "DOI of $n in notify message from $peer", IKE_INFO, .version = 1 },
	{ "IKMP_PKT_OVERFLOW", "ISAKMP message from $peer larger ($n) than the UDP packet length ($n)", IKE_FAILED, IKE_STAGE_NONE, IKE_R_MALFORMED_MESSAGE, HERE, .version = 1 },
	{ "IKMP_PEER_INIT_FAILURE", "IKE failed to $*", IKE_FAILED, IKE_STAGE_NONE, IKE_R_INTERNAL_ERROR },
	/* The certificate names another address; it is accepted all the same. */
	{ "IKMP_NO_ID_CERT_ADDR_MATCH", "$?", IKE_INFO },
	{ "IKMP_NO_ID_CERT_DN_MATCH", "$?", IKE_INFO },
	{ "IKMP_NO_ID_CERT_FQDN_MATCH", "$?", IKE_INFO },
	{ "IKMP_NO_ID_CERT_USER_FQDN_MATCH", "$?", IKE_INFO },
	{ "IKMP_POLICY_DEFAULT", "$?", IKE_INFO },
	{ "ISAKMP_ON_OFF", "$?", IKE_INFO },
	{ "GDOI_ON_OFF", "$?", IKE_INFO },
	{ "IKEV2_SESSION_STATUS", "Crypto tunnel v2 is UP. Peer $peer $*vrf: $* Id: $*", IKE_CHILD_ESTABLISHED, .version = 2 },
	{ "IKEV2_SESSION_STATUS", "Crypto tunnel v2 is DOWN. Peer $peer $*vrf: $* Id: $*", IKE_DELETED, .flags = IKE_F_WHOLE, .version = 2 },
	{ "IKEV2_SESSION_STATUS", "Crypto tunnel v2 is UP. Peer $peer Id: $*", IKE_CHILD_ESTABLISHED, .version = 2 },
	{ "IKEV2_SESSION_STATUS", "Crypto tunnel v2 is DOWN. Peer $peer Id: $*", IKE_DELETED, .flags = IKE_F_WHOLE, .version = 2 },
	{ "ISAKMP_MANUAL_DELETE", "IKE SA manually deleted. Do 'clear crypto sa peer $peer' $*", IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_ADMIN, IKE_F_WHOLE },
	/* %CRYPTO-4-IKE_DENY_SA_REQ: IKE denied an INCOMING SA request from 203.0.113.9 to 192.0.2.1 due to IKE SA LIMIT REACHED */
	{ "IKE_DENY_SA_REQ", "IKE denied an INCOMING SA request from $peer to $local due to $detail", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE },
	{ "IKE_DENY_SA_REQ", "IKE denied an OUTGOING SA request from $local to $peer due to $detail", IKE_FAILED, IKE_PHASE1, IKE_R_LIMIT_REACHED, HERE },
	{ "IKEV2_DENY_SA_REQ", "IKEV2 denied an INCOMING SA request from $peer to $local due to $detail", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE },
	{ "IKE_PAK_IN_Q_TIME_LIMIT_EXCEED", "Pak spent too much time in the IKE input queues", IKE_INFO },
	/* %CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP  .  Peer 198.51.100.7:500       Id: 198.51.100.7 */
	{ "SESSION_STATUS", "Crypto tunnel is UP. Peer $peer $*vrf: $* Id: $*", IKE_CHILD_ESTABLISHED },
	{ "SESSION_STATUS", "Crypto tunnel is UP. Peer $peer Id: $*", IKE_CHILD_ESTABLISHED },
	{ "SESSION_STATUS", "Crypto tunnel is UP. Peer $peer", IKE_CHILD_ESTABLISHED },
	{ "SESSION_STATUS", "Crypto tunnel is DOWN. Peer $peer $*vrf: $* Id: $*", IKE_DELETED, .flags = IKE_F_WHOLE },
	{ "SESSION_STATUS", "Crypto tunnel is DOWN. Peer $peer Id: $*", IKE_DELETED, .flags = IKE_F_WHOLE },
	{ "SESSION_STATUS", "Crypto tunnel is DOWN. Peer $peer", IKE_DELETED, .flags = IKE_F_WHOLE },
	/* %CRYPTO-6-EZVPN_CONNECTION_UP: (Client)  User=vpn, Group=branch, Client_public_addr=192.0.2.9,
	 * Server_public_addr=198.51.100.7, Assigned_client_addr=10.9.0.2: see ios_ezvpn() */
	{ "EZVPN_CONNECTION_UP", "($*) $?", IKE_CHILD_ESTABLISHED },
	{ "EZVPN_CONNECTION_DOWN", "($*) $?", IKE_DELETED, .flags = IKE_F_WHOLE },
	{ "VPN_TUNNEL_STATUS", "$*tunnel is UP", IKE_CHILD_ESTABLISHED },
	{ "VPN_TUNNEL_STATUS", "$*tunnel is DOWN", IKE_DELETED },
	/* %CRYPTO-5-IPSEC_SETUP_FAILURE: IPSEC SETUP FAILED for local:192.0.2.1 local_id:192.0.2.1
	 * remote:198.51.100.7 remote_id:198.51.100.7 IKE profile:p fvrf:None fail_reason:IPSec Proposal failure fail_class_cnt:14 */
	{ "IPSEC_SETUP_FAILURE", "IPSEC SETUP FAILED for local:$local local_id:$own_id_local remote:$peer remote_id:$peer_id_peer IKE profile:$tunnel fvrf:$* fail_reason:IPSec Proposal failure fail_class_cnt:$n", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "IPSEC_SETUP_FAILURE", "IPSEC SETUP FAILED for local:$local local_id:$own_id_local remote:$peer remote_id:$peer_id_peer IKE profile:$tunnel fvrf:$* fail_reason:$detail fail_class_cnt:$n", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN },
	{ "IKMP_SETUP_FAILURE", "IKE SETUP FAILED for local:$local local_id:$own_id_local remote:$peer remote_id:$peer_id_peer IKE profile:$tunnel fvrf:$* fail_reason:$detail fail_class_cnt:$n", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN },
	{ "IKEV2_SETUP_FAILURE", "IKEV2 SETUP FAILED for local:$local local_id:$own_id_local remote:$peer remote_id:$peer_id_peer IKE profile:$tunnel fvrf:$* fail_reason:$detail fail_class_cnt:$n", IKE_FAILED, IKE_PHASE1, IKE_R_UNKNOWN },
	/* The data plane. */
	{ "RECVD_PKT_INV_SPI", "decaps: rec'd IPSEC packet has invalid spi for destaddr=$local, prot=$n, spi=$in($n), srcaddr=$peer, $?", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, IKE_F_STRAY },
	{ "RECVD_PKT_INV_SPI", "decaps: rec'd IPSEC packet has invalid spi for destaddr=$local, prot=$n, spi=$in($n), srcaddr=$peer", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, IKE_F_STRAY },
	{ "RECVD_PKT_INV_SPI", "$?", IKE_INFO, IKE_STAGE_NONE, IKE_R_INVALID_SPI, IKE_F_STRAY },
	{ "RECVD_PKT_NOT_IPSEC", "$?", IKE_INFO },
	{ "RECVD_PKT_INV_IDENTITY", "$?", IKE_INFO },
	{ "RECVD_PKT_INV_IDENTITY_ACL", "$?", IKE_INFO },
	{ "RECVD_PKT_INV_PROT", "$?", IKE_INFO },
	{ "RECVD_PKT_MAC_ERR", "$?", IKE_INFO },
	{ "PKT_REPLAY_ERR", "$?", IKE_INFO },
	{ "REPLAY_ERROR", "$?", IKE_INFO },
	{ "HMAC_ERROR", "$?", IKE_INFO },
	{ "ANTI_REPLAY", "$?", IKE_INFO },
	/* %IKEV2-5-OSAL_INITIATE_TUNNEL: Received request to establish an IPsec tunnel; local traffic selector = .. */
	{ NULL, "Received request to establish an IPsec tunnel; local traffic selector = $own_ts_local; remote traffic selector = $own_ts_remote", IKE_STARTED, INITIATOR, .version = 2 },
	{ NULL, "Received request to rekey an IPsec tunnel; local traffic selector = $own_ts_local; remote traffic selector = $own_ts_remote", IKE_PROGRESS, IKE_CREATE_CHILD_SA, IKE_REASON_NONE, IKE_F_REKEY, .version = 2 },
	{ NULL, "Received a IKE_INIT_SA request", IKE_STARTED, IKE_SA_INIT, IKE_REASON_NONE, IKE_F_HEARD, RESPONDER, .version = 2 },
	{ NULL, "SA UP. Reason: $*", IKE_ESTABLISHED, .version = 2 },
	{ NULL, "SA UP", IKE_ESTABLISHED, .version = 2 },
	{ NULL, "SA DOWN. Reason: peer lost", IKE_PEER_DEAD, IKE_STAGE_NONE, IKE_R_PEER_DEAD, .version = 2 },
	{ NULL, "SA DOWN. Reason: $*peer$?", IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_PEER, IKE_F_WHOLE, .version = 2 },
	{ NULL, "SA DOWN. Reason: application initiated", IKE_DELETED, IKE_STAGE_NONE, IKE_R_DELETED_BY_ADMIN, IKE_F_WHOLE, .version = 2 },
	{ NULL, "SA DOWN. Reason: local failure", IKE_DELETED, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_WHOLE, .version = 2 },
	{ NULL, "SA DOWN$?", IKE_DELETED, IKE_STAGE_NONE, IKE_REASON_NONE, IKE_F_WHOLE, .version = 2 },
	{ NULL, "Sending COOKIE challenge to throttle possible DoS", IKE_PROGRESS, IKE_SA_INIT, .version = 2 },
	{ NULL, "SA rejected due to system resource low", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE, .version = 2 },
	{ NULL, "SA request rejected due to CAC limit reached$?", IKE_FAILED, IKE_SA_INIT, IKE_R_LIMIT_REACHED, HERE, .version = 2 },
	{ NULL, "Detected an IKE rekey collision$?", IKE_INFO, .version = 2 },
	{ "NEG_ABORT", "Negotiation aborted due to ERROR: $detail", IKE_FAILED, IKE_STAGE_NONE, IKE_R_UNKNOWN, .version = 2 },
	/* %PKI-3-CERTIFICATE_INVALID_EXPIRED: Certificate chain validation has failed.  The certificate (SN: 01) has expired. */
	{ "CERTIFICATE_INVALID_EXPIRED", "Certificate chain validation has failed. $?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_EXPIRED, HERE },
	{ "CERTIFICATE_INVALID_NOT_YET_VALID", "Certificate chain validation has failed. $?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_EXPIRED, HERE },
	{ "CERTIFICATE_REVOKED", "Certificate chain validation has failed. $?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_REVOKED, HERE },
	{ "CERTIFICATE_INVALID_UNAUTHORIZED", "Certificate chain validation has failed. $?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE },
	{ "CERTIFICATE_INVALID", "Certificate chain validation has failed. $?", IKE_FAILED, IKE_STAGE_NONE, IKE_R_CERTIFICATE_INVALID, HERE },
	{ 0 }
};

static const struct rule debugging[] = {
	/* IPSEC(sa_request): ,
	 *   (key eng. msg.) src= 10.79.58.10, dest= 10.79.58.38, src_proxy= .. */
	{ NULL, "IPSEC(sa_request): , (key eng. msg.) src= $local, dest= $peer, src_proxy= $own_ts_local (type=$n), dest_proxy= $own_ts_remote (type=$n), $?", IKE_STARTED, INITIATOR },
	{ NULL, "IPSEC(sa_request): , (key eng. msg.) OUTBOUND local= $local, remote= $peer, local_proxy= $own_ts_local (type=$n), remote_proxy= $own_ts_remote (type=$n), $?", IKE_STARTED, INITIATOR },
	{ NULL, "IPSEC(sa_request): , (key eng. msg.) OUTBOUND local= $local, remote= $peer, local_proxy= $own_ts_local, remote_proxy= $own_ts_remote, $?", IKE_STARTED, INITIATOR },
	{ NULL, "IPSEC(sa_request): , (key eng. msg.) OUTBOUND local=$local, remote=$peer, $?", IKE_STARTED, INITIATOR },
	{ NULL, "IPSEC(sa_request): $?", IKE_INFO },
	{ NULL, "IPSEC(validate_proposal_request): proposal part #$n, (key eng. msg.) INBOUND local= $local, remote= $peer, local_proxy= $peer_ts_local (type=$n), remote_proxy= $peer_ts_remote (type=$n), $?", IKE_PROGRESS, IKE_QUICK_MODE, .version = 1 },
	{ NULL, "IPSEC(validate_proposal_request): $?", IKE_INFO },
	/* IPSEC(ipsec_process_proposal): proxy identities not supported */
	{ NULL, "IPSEC($*): proxy identities not supported", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, .version = 1 },
	{ NULL, "IPSEC($*): invalid local address $local", IKE_FAILED, IKE_QUICK_MODE, IKE_R_LOCAL_ADDRESS_MISMATCH, HERE, .version = 1 },
	{ NULL, "IPSEC($*): no IPSEC cryptomap exists for local address $local", IKE_FAILED, IKE_QUICK_MODE, IKE_R_POLICY_MISSING, HERE, .version = 1 },
	{ NULL, "IPSEC($*): peer address $peer not found", IKE_FAILED, IKE_QUICK_MODE, IKE_R_PEER_NOT_CONFIGURED, HERE, .version = 1 },
	/* Of several proposals one may be refused and the next be taken. */
	{ NULL, "IPSEC($*): transform proposal not supported for identity: {$peer_proposal}", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HINT, .version = 1 },
	{ NULL, "IPSEC($*): transform proposal not supported for identity$?", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HINT, .version = 1 },
	{ NULL, "IPSEC($*): transform proposal ($*) not supported", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HINT, .version = 1 },
	{ NULL, "IPSEC ($*): transform proposal ($*) not supported", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_IPSEC_PROPOSAL_MISMATCH, HINT, .version = 1 },
	{ NULL, "IPSEC($*): invalid transform proposal flags $?", IKE_PROGRESS, IKE_QUICK_MODE, IKE_R_ENCAPSULATION_MODE_MISMATCH, HINT, .version = 1 },
	{ NULL, "IPSEC(create_sa): sa created, (sa) sa_dest= $*, sa_proto= $n, sa_spi= $*($*), $* (identity) local= $local, remote= $peer, $?", IKE_CHILD_ESTABLISHED },
	{ NULL, "IPSEC(create_sa): sa created, $?", IKE_CHILD_ESTABLISHED },
	{ NULL, "IPSEC($*): Map found $*", IKE_INFO },
	{ NULL, "IPSEC($*): No outbound SA found for peer $*", IKE_INFO },
	{ NULL, "IPSEC(initialize_sas): invalid proxy IDs", IKE_FAILED, IKE_QUICK_MODE, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HERE, .version = 1 },
	{ NULL, "IPSEC(initialize_sas): $?", IKE_INFO },
	{ NULL, "IPSEC(update_current_outbound_sa): $?", IKE_INFO },
	{ NULL, "IPSEC(key_engine): $?", IKE_INFO },
	{ NULL, "IPSEC(key_engine_delete_sas): $?", IKE_INFO },
	{ NULL, "IPSEC(crypto_map_check_encrypt_core): CRYPTO: Packet dropped because cryptomap policy not found.", IKE_INFO },
	/* CRYPTO_PKI: (A16A8) No suitable trustpoints found */
	{ NULL, "CRYPTO_PKI: $*No suitable trustpoints found", IKE_INFO, IKE_STAGE_NONE, IKE_R_CERTIFICATE_UNTRUSTED, HINT },
	{ NULL, "CRYPTO_PKI: $*No trust point for cert issuer, looking up cert chain", IKE_INFO, IKE_STAGE_NONE, IKE_R_CERTIFICATE_UNTRUSTED, HINT },
	{ NULL, "CRYPTO_PKI: $*Certificate is expired$?", IKE_INFO, IKE_STAGE_NONE, IKE_R_CERTIFICATE_EXPIRED, HINT },
	{ NULL, "CRYPTO_PKI: $*Certificate revoked$?", IKE_INFO, IKE_STAGE_NONE, IKE_R_CERTIFICATE_REVOKED, HINT },
	{ NULL, "CRYPTO_PKI: $?", IKE_INFO },
	{ 0 }
};

/* A % message's facilities that speak of IKE and IPsec. */
static const char *const facilities[] = {
	"CRYPTO", "IKEV2", "IPSEC", "PKI", "CRYPTO_HA", "CRYPTO_HA_IKE",
	"CRYPTO_HA_IPSEC", "CRYPTO_IKMP", "CRYPTO_IPSEC",
};

/* Debugging's marks. */
static const char *const marks[] = {
	"ISAKMP:", "ISAKMP：", "ISAKMP（", "ISAKMP ", "ISAKMP-", "ISAKMP(", "ISAKMP/", "IPSEC(",
	"IPSec(", "IPSEC (validate", "IPSec (validate",
	"IKEv2:", "IKEv2-", "IKEv2 :", "IKEv2：", "CRYPTO_PKI:",
};

/* A line of a record that several datagrams may carry. */
static const char *const continued[] = {
	"Initiator SPI", "IKEv2 IKE_", "IKEv2 CREATE_CHILD", "IKEv2 INFORMATIONAL",
	"Payload contents", "(key eng. msg.)", "Num. transforms",
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ruleset message_rules = RULESET(messages);
static struct ruleset debugging_rules = RULESET(debugging);
static struct ruleset *const rulesets[] = { &message_rules, &debugging_rules,
	&cisco_isakmp_rules, &cisco_ikev2_rules, &cisco_ikev2_errors, NULL };

/* "%CRYPTO-4-IKMP_NO_SA: ", with the slot some boxes put in between. */
static bool
ios_mnemonic(struct span *s, struct span *facility, struct span *mnemonic)
{
	struct span t = *s;
	int severity;

	if (!scan_char(&t, '%') ||
	    !scan_set(&t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", facility) ||
	    !scan_char(&t, '-') || !scan_digits(&t, 1, &severity) ||
	    !scan_char(&t, '-') ||
	    !scan_set(&t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", mnemonic) ||
	    !scan_skip_blanks(&t) ||
	    !(scan_char(&t, ':') || scan_lit(&t, "：")))
		return false;
	*s = t;
	return true;
}

static bool
ios_facility(struct span name)
{
	for (size_t i = 0; i < COUNT(facilities); i++)
		if (span_is(name, facilities[i]))
			return true;
	return false;
}

static bool
ios_marked(struct span s)
{
	struct span facility, mnemonic;

	if (s.len == 0)
		return false;
	if (s.p[0] == '%')
		return ios_mnemonic(&s, &facility, &mnemonic) &&
		    ios_facility(facility);
	if (s.p[0] != 'I' && s.p[0] != 'C')
		return false;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (span_starts(s, marks[i]))
			return true;
	return false;
}

static bool
ios_text(const struct record *rec, struct span *text)
{
	/* No debugging comes from a process with a number: pluto dumps
	 * "| ISAKMP Notification Payload", too. */
	return cisco_find(rec, "%IC", ios_marked, text) &&
	    (rec->procid.len == 0 || text->p[0] == '%');
}

static bool
cisco_ios_recognise(const struct record *rec)
{
	struct span text;

	return ios_text(rec, &text);
}

/* A reason in the tail of a text, for what rows cannot say. */
static void
ios_certificate(struct ike_event *ev)
{
	static const struct {
		const char *words;
		enum ike_reason reason;
	} tails[] = {
		{ "expired", IKE_R_CERTIFICATE_EXPIRED },
		{ "not yet valid", IKE_R_CERTIFICATE_EXPIRED },
		{ "revoked", IKE_R_CERTIFICATE_REVOKED },
		{ "issuer", IKE_R_CERTIFICATE_UNTRUSTED },
		{ "CRL", IKE_R_REVOCATION_UNAVAILABLE },
	};

	if (ev->reason != IKE_R_CERTIFICATE_INVALID || ev->detail.len == 0)
		return;
	for (size_t i = 0; i < COUNT(tails); i++)
		if (span_has_nocase(ev->detail, tails[i].words)) {
			ev->reason = tails[i].reason;
			return;
		}
}

/* %IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: Auth exchange failed */
static void
ios_aborted(struct ike_event *ev)
{
	struct span why = ev->detail;

	(void)cisco_ikev2_error(why, "ios", ev);
}

/* %CRYPTO-5-IKMP_SETUP_FAILURE: .. fail_reason:Peer lost fail_class_cnt:14 */
static void
ios_setup(struct span mnemonic, struct ike_event *ev)
{
	if (ev->reason == IKE_R_UNKNOWN && ev->detail.len > 0)
		ev->reason = cause_of(ev->detail,
		    span_starts(mnemonic, "IPSEC") ? NOTIFY_PHASE2
						   : NOTIFY_PHASE1);
}

/*
 * The other end's address, behind the last of its labels: the user's and the
 * group's name stand before it and may hold a forged one.
 */
static void
ios_ezvpn(struct span s, struct ike_event *ev)
{
	const char *label = span_starts(s, "(Server)") ? "Client_public_addr="
						       : "Server_public_addr=";
	struct span word = SPAN_NONE;

	while (words_until(&s, label, NULL))
		word = s;
	if (word.p == NULL || !scan_word(&word, &s))
		return;
	if (span_ends(s, ","))
		s.len--;
	(void)rules_address(s, &ev->peer, NULL);
}

static enum parse_result
ios_message(struct span text, struct ike_event *ev)
{
	struct span facility, mnemonic;

	if (!ios_mnemonic(&text, &facility, &mnemonic) ||
	    !ios_facility(facility))
		return PARSE_NOT_IKE;
	if (span_starts(facility, "CRYPTO_HA")) {
		ev->what = IKE_HA_SYNC;
		return PARSE_EVENT;
	}
	if (rules_match(&message_rules, mnemonic, text, ev) == NULL)
		return span_is(facility, "PKI") ? PARSE_NOT_IKE : PARSE_UNKNOWN;
	if (span_is(mnemonic, "NEG_ABORT"))
		ios_aborted(ev);
	else if (span_ends(mnemonic, "SETUP_FAILURE"))
		ios_setup(mnemonic, ev);
	else if (span_starts(mnemonic, "EZVPN_"))
		ios_ezvpn(span_trim(text), ev);
	ios_certificate(ev);
	if (ev->peer.len == 0)
		ev->flags |= IKE_F_NEAR;
	return PARSE_EVENT;
}

/*
 * IPSEC(create_sa): sa created,
 *   (sa) sa_dest= 192.0.2.1, sa_proto= 50, sa_spi= 0xB53C8B19(3040643865), ..
 * One record each way: the SA is inbound where it ends at this device.
 */
static void
ios_created(struct span s, struct ike_event *ev)
{
	struct span dest, hex;
	uint64_t spi;

	if (!scan_until(&s, "sa_dest= ", NULL) || !scan_until(&s, ",", &dest) ||
	    !scan_until(&s, "sa_spi= 0x", NULL) ||
	    !scan_set(&s, "0123456789abcdefABCDEF", &hex) || hex.len > 8 ||
	    !span_u64(hex, 16, &spi))
		return;
	if (ev->local.len == 0)
		return; /* neither end is named: which way it goes is not said */
	if (span_eq(dest, ev->local))
		ev->spi_in = (uint32_t)spi;
	else
		ev->spi_out = (uint32_t)spi;
}

static enum parse_result
ios_debugging(struct span text, struct ike_event *ev)
{
	if (span_starts_nocase(text, "ISAKMP"))
		return cisco_isakmp_debug(text, ev);
	if (span_starts_nocase(text, "IKEv2"))
		return cisco_ikev2_debug(text, "ios", ev);
	if (rules_match(&debugging_rules, SPAN_NONE, text, ev) == NULL)
		return PARSE_UNKNOWN;
	if (ev->what == IKE_CHILD_ESTABLISHED)
		ios_created(text, ev);
	if (ev->peer.len == 0)
		ev->flags |= IKE_F_NEAR;
	return PARSE_EVENT;
}

static enum parse_result
cisco_ios_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, line;
	enum parse_result result;

	if (!ios_text(rec, &text))
		return PARSE_NOT_IKE;
	if (text.p[0] == '%')
		return ios_message(text, ev);
	result = ios_debugging(text, ev);
	/* What followed may not have been a part of it after all. */
	if (result == PARSE_UNKNOWN && memchr(text.p, '\n', text.len) != NULL &&
	    scan_line(&text, &line)) {
		*ev = (struct ike_event){ 0 };
		result = ios_debugging(line, ev);
	}
	return result;
}

/* Whether a text was broken off where a sentence goes on. */
static bool
ios_broken(struct span text)
{
	text = span_trim(text);
	return span_ends(text, ":") || span_ends(text, ",") ||
	    span_ends(text, "：");
}

/* Whether a line tells that its record goes on in the next. */
static bool
ios_open(struct span text)
{
	return ios_broken(text) || span_has(text, "Packet [") ||
	    span_has(text, "NOTIFY PROPOSAL") ||
	    span_ends(span_trim(text), "ID payload");
}

/* A line as the router sent it: its number may have been read as a tag. */
static struct span
ios_line(const struct record *rec)
{
	struct span number = rec->app, line = rec->message;
	const char *from;

	if (scan_set(&number, "0123456789", NULL) && number.len == 0 &&
	    rec->procid.len == 0) {
		from = rec->app.p + rec->app.len + 1;
		if (from <= line.p)
			return (struct span){ from,
				(size_t)(line.p + line.len - from) };
	}
	if (scan_set(&line, "0123456789", NULL) && !scan_char(&line, ':'))
		return rec->message;
	return line;
}

/*
 * Debugging spreads records over lines, each of which may come as a datagram
 * with a header of its own; a console log and a web page break them anywhere.
 */
static enum join
cisco_ios_join(struct span held, const struct record *next)
{
	struct span text, rest = ios_line(next);

	if (ios_text(next, &text)) {
		if (text.p[0] == '%')
			return JOIN_WHOLE;
		return !next->has_pri || ios_open(text) ? JOIN_OPENS
							: JOIN_WHOLE;
	}
	if (held.len == 0 || next->message.len == 0)
		return JOIN_WHOLE;
	if (!next->has_pri && next->format == RECORD_RAW)
		return next->message.p[0] == '%' ? JOIN_WHOLE : JOIN_LINE;
	if (span_starts(rest, "  ") || (rest.p[0] != '%' && ios_broken(held)))
		return JOIN_LINE;
	scan_skip_blanks(&rest);
	for (size_t i = 0; i < COUNT(continued); i++)
		if (span_starts(rest, continued[i]))
			return JOIN_LINE;
	return JOIN_WHOLE;
}

const struct parser parser_cisco_ios = {
	.name = "cisco-ios",
	.recognise = cisco_ios_recognise,
	.parse = cisco_ios_parse,
	.join = cisco_ios_join,
	.rules = rulesets,
};
