/*
 * Huawei VRP and USG: "%%01IPSEC/4/IPSECNEGOFAIL(l)[1]:.. (Key=Value, ..)",
 * and what "display ike error-info" and "display ike offline-info" print: a
 * block of "Key : value" lines, or a table with a line for each failure. The
 * reason is one text in all of them.
 */
#include <string.h>

#include "parsers/cause.h"
#include "parsers/fold.h"
#include "parsers/parser.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HERE IKE_F_REFUSED_HERE
#define BY_PEER IKE_F_REFUSED_BY_PEER
#define CHILD IKE_KIND_CHILD

/* clang-format off */

/* Reason and Detail of a failure. */
static const struct rule fail_rows[] = {
	{ NULL, "phase1 proposal mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH },
	{ NULL, "receive phase1 proposal mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, BY_PEER },
	/* The next five are printed by a responder only. */
	{ NULL, "phase1 proposal encryption algorithm mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase1 proposal authentication algorithm mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase1 proposal integrity algorithm mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase1 proposal authentication method mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_AUTH_METHOD_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase1 proposal dh mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_DH_GROUP_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase1 proposal prf$*mismatch", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE, IKE_RESPONDER },
	{ NULL, "phase2 proposal or pfs mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, 0, 0, 0, 0, IKE_BIT(IKE_R_IPSEC_PROPOSAL_MISMATCH) | IKE_BIT(IKE_R_PFS_MISMATCH) | IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) },
	/* A table's column is too narrow for it, the next line has the rest. */
	{ NULL, "phase2 proposal or pfs", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ NULL, "phase2 proposal mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ NULL, "receive phase2 proposal mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_IPSEC_PROPOSAL_MISMATCH, BY_PEER },
	{ NULL, "proposal mismatch or use sm in ikev2", IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, 0, 0, 0, CHILD },
	{ NULL, "receive proposal mismatch or use sm in ikev2", IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, BY_PEER, 0, 0, CHILD },
	{ NULL, "ikev2 not support sm in ipsec proposal$?", IKE_FAILED, 0, IKE_R_IPSEC_PROPOSAL_MISMATCH, 0, 0, 2, CHILD },
	{ NULL, "responder dh mismatch", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH },
	{ NULL, "initiator dh mismatch", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH },
	{ NULL, "dh mismatch", IKE_FAILED, 0, IKE_R_DH_GROUP_MISMATCH },
	{ NULL, "pfs mismatch", IKE_FAILED, IKE_PHASE2, IKE_R_PFS_MISMATCH },
	{ NULL, "encapsulation mode mismatch", IKE_FAILED, 0, IKE_R_ENCAPSULATION_MODE_MISMATCH, 0, 0, 0, CHILD },
	{ NULL, "exchange mode mismatch", IKE_FAILED, 0, IKE_R_EXCHANGE_MODE_MISMATCH },
	{ NULL, "version mismatch", IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH },
	{ NULL, "unsupported version", IKE_FAILED, 0, IKE_R_IKE_VERSION_MISMATCH },
	{ NULL, "flow or peer mismatch", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, 0, 0, 0, CHILD, IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) | IKE_BIT(IKE_R_PEER_NOT_CONFIGURED) },
	{ NULL, "receive flow or peer mismatch", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, BY_PEER, 0, 0, CHILD, IKE_BIT(IKE_R_TRAFFIC_SELECTOR_MISMATCH) | IKE_BIT(IKE_R_PEER_NOT_CONFIGURED) },
	{ NULL, "flow mismatch", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, 0, 0, 0, CHILD },
	{ NULL, "netmask mismatch", IKE_FAILED, 0, IKE_R_TRAFFIC_SELECTOR_MISMATCH, 0, 0, 0, CHILD },
	/* The fault list prints "flow confict". */
	{ NULL, "flow conflict", IKE_FAILED, 0, IKE_R_FLOW_CONFLICT, HERE, 0, 0, CHILD },
	{ NULL, "flow confict", IKE_FAILED, 0, IKE_R_FLOW_CONFLICT, HERE, 0, 0, CHILD },
	{ NULL, "conflict", IKE_FAILED, 0, IKE_R_FLOW_CONFLICT, HERE, 0, 0, CHILD },
	{ NULL, "peer address mismatch", IKE_FAILED, 0, IKE_R_PEER_NOT_CONFIGURED, HERE },
	{ NULL, "config ID mismatch", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "local address mismatch", IKE_FAILED, 0, IKE_R_LOCAL_ADDRESS_MISMATCH, HERE },
	{ NULL, "(peer local or tunnel local or interface) address mismatch", IKE_FAILED, 0, IKE_R_LOCAL_ADDRESS_MISMATCH, HERE },
	{ NULL, "no policy applied on interface", IKE_CONFIG_PROBLEM, 0, IKE_R_POLICY_MISSING, HERE },
	{ NULL, "authentication fail", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "authentication failed", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED },
	{ NULL, "rcv peer auth fail notification", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, BY_PEER },
	{ NULL, "rcv peer auth fail notification(rsa-signature)", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, BY_PEER },
	{ NULL, "rcv peer auth fail notification(digital-envelope)", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, BY_PEER },
	{ NULL, "rcv peer auth fail notification(pre-share$*key)", IKE_FAILED, 0, IKE_R_PSK_MISMATCH, BY_PEER },
	{ NULL, "rcv peer auth fail notification(eap)", IKE_FAILED, 0, IKE_R_EAP_FAILED, BY_PEER },
	{ NULL, "hash value not equal(digital-envelope)", IKE_FAILED, 0, IKE_R_AUTHENTICATION_FAILED, HERE },
	{ NULL, "hash value not equal(pre-share$*key)", IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "proc auth payload fail(pre-share$*key)", IKE_FAILED, 0, IKE_R_PSK_MISMATCH, HERE },
	{ NULL, "proc auth payload fail(rsa-signature)", IKE_FAILED, 0, IKE_R_SIGNATURE_INVALID, HERE },
	{ NULL, "proc auth payload fail(eap)", IKE_FAILED, 0, IKE_R_EAP_FAILED, HERE },
	{ NULL, "verify sig data fail$?", IKE_FAILED, 0, IKE_R_SIGNATURE_INVALID, HERE },
	{ NULL, "proc and auth ID payload fail$?", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "cert filter check mismatch", IKE_FAILED, 0, IKE_R_PEER_ID_MISMATCH, HERE },
	{ NULL, "remote auth method mismatch", IKE_FAILED, 0, IKE_R_AUTH_METHOD_MISMATCH, HERE },
	{ NULL, "proc cert fail or inband cert validate fail$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "inband cert validate fail$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "outband cert validate fail$?", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "the cert is not valid", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "ocsp valid fail", IKE_FAILED, 0, IKE_R_CERTIFICATE_INVALID, HERE },
	{ NULL, "cert revoked by CRL", IKE_FAILED, 0, IKE_R_CERTIFICATE_REVOKED, HERE },
	{ NULL, "unable to get issuer cert", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED, HERE },
	{ NULL, "cert PKI whitelist valid fail", IKE_FAILED, 0, IKE_R_CERTIFICATE_UNTRUSTED, HERE },
	{ NULL, "no corresponding CRL", IKE_FAILED, 0, IKE_R_REVOCATION_UNAVAILABLE, HERE },
	{ NULL, "can not find key by cert", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING },
	{ NULL, "no valid local cert", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING },
	{ NULL, "form cert payload fail", IKE_FAILED, 0, IKE_R_PRIVATE_KEY_MISSING },
	{ NULL, "eap authentication fail", IKE_FAILED, 0, IKE_R_EAP_FAILED },
	{ NULL, "eap authentication timeout", IKE_FAILED, 0, IKE_R_EAP_TIMEOUT },
	{ NULL, "xauth authentication fail", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_FAILED, 0, 0, 1 },
	{ NULL, "xauth authentication timeout", IKE_FAILED, IKE_XAUTH, IKE_R_XAUTH_TIMEOUT, 0, 0, 1 },
	{ NULL, "construct local ID fail", IKE_FAILED, 0, IKE_R_INTERNAL_ERROR },
	{ NULL, "rekey no find old sa", IKE_FAILED, 0, IKE_R_REKEY_FAILED, IKE_F_REKEY },
	{ NULL, "rekey fail", IKE_FAILED, 0, IKE_R_REKEY_FAILED, IKE_F_REKEY },
	{ NULL, "first packet limited", IKE_FAILED, 0, IKE_R_RATE_LIMITED, HERE },
	{ NULL, "ip assigned fail", IKE_FAILED, 0, IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ NULL, "nat detection fail", IKE_FAILED, 0, IKE_R_NAT_DETECTION_FAILED },
	{ NULL, "malformed message", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ NULL, "malformed payload", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ NULL, "invalid length", IKE_FAILED, 0, IKE_R_MALFORMED_MESSAGE, HERE },
	{ NULL, "critical drop", IKE_FAILED, 0, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, HERE },
	{ NULL, "cookie mismatch", IKE_FAILED, 0, IKE_R_INVALID_SPI, HERE },
	{ NULL, "invalid cookie", IKE_FAILED, 0, IKE_R_INVALID_SPI, HERE },
	{ NULL, "unknown exchange type", IKE_FAILED, 0, IKE_R_UNKNOWN_EXCHANGE_TYPE, HERE },
	{ NULL, "fragment packet limit", IKE_FAILED, 0, IKE_R_FRAGMENT_REASSEMBLY_FAILED, HERE },
	{ NULL, "fragment packet reassemble timeout", IKE_FAILED, 0, IKE_R_FRAGMENT_REASSEMBLY_FAILED, HERE },
	{ NULL, "route limit", IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE },
	{ NULL, "license or specification limited", IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE },
	{ NULL, "dynamic peers number reaches limitation", IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE },
	{ NULL, "ipsec tunnel number reaches limitation", IKE_FAILED, 0, IKE_R_LIMIT_REACHED, HERE },
	{ NULL, "max transmit reached", IKE_FAILED, 0, IKE_R_NO_RESPONSE },
	{ NULL, "uncritical drop", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "role mismatch", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "in disconnect state", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ NULL, "none of user's interface is selected", IKE_FAILED, 0, IKE_R_UNKNOWN },
	{ 0 }
};

/* OfflineReason: why an SA that was up went down. */
static const struct rule gone_rows[] = {
	{ NULL, "dpd timeout", IKE_DELETED, 0, IKE_R_PEER_DEAD },
	{ NULL, "dpd-timeout", IKE_DELETED, 0, IKE_R_PEER_DEAD },
	{ NULL, "heartbeat timeout", IKE_DELETED, 0, IKE_R_PEER_DEAD },
	{ NULL, "peer request", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER },
	{ NULL, "config modify or manual offline", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
	{ NULL, "aaa cut user", IKE_DELETED, 0, IKE_R_DELETED_BY_ADMIN },
	{ NULL, "phase1 hard expiry", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "phase2 hard expiry", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "phase1-hard-expiry", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "phase2-hard-expiry", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "hardware-timeout", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "modecfg address soft expiry", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "kick old sa with same flow", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ NULL, "phase1 sa replace", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ NULL, "phase2 sa replace", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ NULL, "eap delete old sa", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ NULL, "flow overlap", IKE_DELETED, 0, IKE_R_SUPERSEDED },
	{ NULL, "receive invalid spi notify", IKE_DELETED, 0, IKE_R_INVALID_SPI },
	{ NULL, "hard expiry triggered by port mismatch", IKE_DELETED, 0, IKE_R_NAT_DETECTION_FAILED },
	{ NULL, "exchange timeout", IKE_DELETED, 0, IKE_R_NEGOTIATION_TIMEOUT },
	/* A path or an address under it: tracked, resolved or switched. */
	{ NULL, "disconnect track $*", IKE_DELETED, 0, IKE_R_PATH_CHANGED },
	{ NULL, "dns resolution status change", IKE_DELETED, 0, IKE_R_PATH_CHANGED },
	{ NULL, "peer address switch", IKE_DELETED, 0, IKE_R_PATH_CHANGED },
	{ NULL, "ikev1 phase1-phase2 sa dependent offline", IKE_DELETED, 0, IKE_R_PARENT_DELETED },
	{ NULL, "re-auth timeout", IKE_DELETED },
	{ NULL, "spi conflict", IKE_DELETED },
	{ NULL, "cpu table updated", IKE_DELETED },
	{ NULL, "hash gene adjusted", IKE_DELETED },
	{ NULL, "nhrp notify", IKE_DELETED },
	{ NULL, "ip address syn failed", IKE_DELETED },
	{ NULL, "receive backup delete info", IKE_DELETED },
	{ 0 }
};

/* ReasonCode of IPSECNEGOFAIL, where the text says nothing. */
static const struct {
	int code;
	const char *reason;
} codes[] = {
	{ 1, "phase1 proposal mismatch" },
	{ 2, "phase2 proposal or pfs mismatch" },
	{ 3, "encapsulation mode mismatch" },
	{ 4, "flow or peer mismatch" },
	{ 5, "version mismatch" },
	{ 6, "responder dh mismatch" },
	{ 7, "initiator dh mismatch" },
	{ 10, "ip assigned fail" },
	{ 12, "peer address mismatch" },
	{ 13, "config ID mismatch" },
	{ 14, "construct local ID fail" },
	{ 15, "authentication fail" },
	{ 16, "rekey no find old sa" },
	{ 17, "rekey fail" },
	{ 18, "first packet limited" },
	{ 21, "invalid cookie" },
	{ 24, "invalid length" },
	{ 26, "unsupported version" },
	{ 28, "malformed payload" },
	{ 30, "malformed message" },
	{ 31, "cookie mismatch" },
	{ 32, "exchange mode mismatch" },
	{ 33, "unknown exchange type" },
	{ 34, "critical drop" },
	{ 35, "uncritical drop" },
	{ 36, "route limit" },
	{ 39, "local address mismatch" },
	{ 40, "nat detection fail" },
	{ 41, "ipsec tunnel number reaches limitation" },
	{ 42, "dynamic peers number reaches limitation" },
	{ 43, "none of user's interface is selected" },
	{ 44, "in disconnect state" },
	{ 45, "proposal mismatch or use sm in ikev2" },
	{ 46, "flow conflict" },
	{ 47, "ikev2 not support sm in ipsec proposal" },
	{ 48, "netmask mismatch" },
	{ 49, "no policy applied on interface" },
	{ 50, "fragment packet limit" },
	{ 51, "fragment packet reassemble timeout" },
	{ 52, "form cert payload fail" },
	{ 53, "max transmit reached" },
	{ 54, "no valid local cert" },
};

/* The mnemonics of logs and alarms, and what each is about. */
static const struct {
	const char *name;
	enum ike_what what;
	enum ike_stage stage;
	enum ike_kind kind;
	enum ike_reason reason;
} logs[] = {
	{ "IPSECNEGOFAIL", IKE_FAILED },
	{ "IPSEC_NEGO_FAIL", IKE_FAILED },
	{ "IKENEGOFAIL", IKE_FAILED },
	{ "IPSECTUNNELSTART", IKE_CHILD_ESTABLISHED, 0, CHILD },
	{ "IPSEC_TUNNEL_ESTABLISHED", IKE_CHILD_ESTABLISHED, 0, CHILD },
	{ "IPSECTUNNELSTOP", IKE_DELETED, 0, CHILD },
	{ "IPSEC_TUNNEL_TEARED_DOWN", IKE_DELETED, 0, CHILD },
	{ "IKESAPHASE1ESTABLISH", IKE_ESTABLISHED, IKE_PHASE1, IKE_KIND_IKE },
	{ "IKESAPHASE1ESTABLISHED", IKE_ESTABLISHED, IKE_PHASE1, IKE_KIND_IKE },
	/* Limits, and what an operator did: about the device, not a peer. */
	{ "IPSECTUNNELREACHMAX", IKE_INFO, 0, 0, IKE_R_LIMIT_REACHED },
	{ "IPSECTUNNELREACHMAXATONCE", IKE_INFO, 0, 0, IKE_R_LIMIT_REACHED },
	{ "IPSECTUNNELHAVEREACHMAX", IKE_INFO, 0, 0, IKE_R_LIMIT_REACHED },
	{ "IPSECPOLICYADD", IKE_INFO },
	{ "IPSECPOLICYDEL", IKE_INFO },
	{ "IPSECPOLICYATTACH", IKE_INFO },
	{ "IPSECPOLICYDETACH", IKE_INFO },
	{ "IPSECIKERESET", IKE_INFO, 0, 0, IKE_R_DELETED_BY_ADMIN },
	{ "IPSECIPSECRESET", IKE_INFO, 0, 0, IKE_R_DELETED_BY_ADMIN },
};
/* clang-format on */

static struct ruleset huawei_fails = RULESET(fail_rows);
static struct ruleset huawei_gone = RULESET(gone_rows);
static struct ruleset *const huawei_sets[] = { &huawei_fails, &huawei_gone,
	NULL };

/* ---- reasons --------------------------------------------------------- */

/* A reason that is in no manual, by its words. */
static enum ike_reason
huawei_cause(struct span words)
{
	return cause_of(words,
	    span_has_nocase(words, "phase1")	   ? NOTIFY_PHASE1
		: span_has_nocase(words, "phase2") ? NOTIFY_PHASE2
						   : NOTIFY_ANY);
}

/*
 * Fills in what a failure's text means; the detail is better than the reason
 * where it is known, and UNKNOWN where neither is.
 */
static void
huawei_failed(struct span reason, struct span detail, struct span code,
    struct ike_event *ev)
{
	int number;

	ev->what = IKE_FAILED;
	if (detail.len > 0 &&
	    rules_match(&huawei_fails, SPAN_NONE, detail, ev) != NULL)
		return;
	if (reason.len > 0 &&
	    rules_match(&huawei_fails, SPAN_NONE, reason, ev) != NULL)
		return;
	ev->reason = huawei_cause(detail.len > 0 ? detail : reason);
	if (!scan_digits(&code, 4, &number))
		return;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (codes[i].code == number)
			rules_match(&huawei_fails, SPAN_NONE,
			    span_of(codes[i].reason), ev);
}

static void
huawei_offline(struct span reason, struct ike_event *ev)
{
	ev->what = IKE_DELETED;
	rules_match(&huawei_gone, SPAN_NONE, reason, ev);
}

static void
huawei_version(struct span value, struct ike_event *ev)
{
	if (span_is_nocase(value, "v1") || span_is_nocase(value, "1"))
		ev->ike_version = 1;
	else if (span_is_nocase(value, "v2") || span_is_nocase(value, "2"))
		ev->ike_version = 2;
}

/* ---- logs and alarms ------------------------------------------------- */

static bool
huawei_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* The next run of letters, wherever it begins. */
static bool
huawei_word(struct span *s, struct span *word)
{
	size_t i = 0, n;

	while (i < s->len && !huawei_letter(s->p[i]))
		i++;
	for (n = i; n < s->len && huawei_letter(s->p[n]); n++)
		;
	*word = (struct span){ s->p + i, n - i };
	*s = span_from(*s, n);
	return word->len > 0;
}

/* "IPSEC/4/IPSECNEGOFAIL(l)[1]:" or the alarm's name; the text behind it. */
static bool
huawei_mnemonic(struct span raw, size_t *which, struct span *text)
{
	enum { NAME_LEAST = 11 }; /* IKENEGOFAIL */
	struct span s = raw.len > 320 ? (struct span){ raw.p, 320 } : raw;
	struct span word;

	/* All the names have one of these. */
	if (!span_has_nocase(s, "IPSEC") && !span_has_nocase(s, "IKE"))
		return false;
	while (huawei_word(&s, &word)) {
		if (span_starts_nocase(word, "hw"))
			word = span_from(word, 2);
		if (word.len < NAME_LEAST)
			continue;
		for (size_t i = 0; i < COUNT(logs); i++)
			if (span_is_nocase(word, logs[i].name)) {
				*which = i;
				*text = (struct span){ s.p,
					(size_t)(raw.p + raw.len - s.p) };
				return true;
			}
	}
	return false;
}

/* Where the next "Key=" begins behind a comma, or the end. */
static size_t
huawei_value_end(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		struct span t;

		if (s.p[i] != ',')
			continue;
		t = span_from(s, i + 1);
		scan_skip_blanks(&t);
		if (scan_set(&t,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"abcdefghijklmnopqrstuvwxyz0123456789-_ ",
			NULL) &&
		    span_starts(t, "="))
			return i;
	}
	while (s.len > 0 && strchr(" \r\n).", s.p[s.len - 1]) != NULL)
		s.len--;
	return s.len;
}

/* "Key=value" all over a text, in order. */
struct huawei_pairs {
	struct span name[64], value[64];
	size_t n;
};

static void
huawei_pairs(struct span s, struct huawei_pairs *all)
{
	struct span name;

	for (all->n = 0; all->n < 64 && scan_until(&s, "=", &name); all->n++) {
		size_t end = huawei_value_end(s);

		all->value[all->n] = span_trim((struct span){ s.p, end });
		s = span_from(s, end);
		while (scan_until(&name, "(", NULL) ||
		    scan_set(&name, " ,\r\n\t", NULL))
			;
		all->name[all->n] = span_trim(name);
	}
}

/*
 * The value of a key, the first one of that name: what stands later may
 * have been written by the peer.
 */
static struct span
huawei_key(const struct huawei_pairs *all, const char *key)
{
	for (size_t i = 0; i < all->n; i++)
		if (span_is_nocase(all->name[i], key))
			return all->value[i];
	return SPAN_NONE;
}

static void
huawei_address(struct span value, struct span *to)
{
	struct span addr;

	if (value.len > 0 && rules_address(value, &addr, NULL))
		*to = addr;
}

/* FlowInfo=Source:10.1.1.0-10.1.1.255 Destination:10.2.1.0-10.2.1.255 .. */
static void
huawei_flow(struct span flow, struct ike_event *ev)
{
	struct span word;

	while (scan_skip_blanks(&flow) && scan_word(&flow, &word)) {
		if (scan_lit_nocase(&word, "Source:"))
			ike_event_say(
			    ev, IKE_ATTR_SELECTOR_LOCAL, IKE_SIDE_AGREED, word);
		else if (scan_lit_nocase(&word, "Destination:"))
			ike_event_say(ev, IKE_ATTR_SELECTOR_REMOTE,
			    IKE_SIDE_AGREED, word);
	}
}

static void
huawei_keys(const struct huawei_pairs *s, struct ike_event *ev)
{
	struct span role = huawei_key(s, "Role"), v;
	uint64_t spi;

	huawei_address(huawei_key(s, "DstIP"), &ev->peer);
	huawei_address(huawei_key(s, "PeerAddress"), &ev->peer);
	huawei_address(huawei_key(s, "SrcIP"), &ev->local);
	huawei_address(huawei_key(s, "LocalAddress"), &ev->local);
	v = huawei_key(s, "PeerPort");
	ev->peer_port = v.len > 0 ? v : huawei_key(s, "RemotePort");
	ev->tunnel = huawei_key(s, "PolicyName");
	if (span_u64(huawei_key(s, "InboundSPI"), 10, &spi) &&
	    spi <= UINT32_MAX)
		ev->spi_in = (uint32_t)spi;
	ev->key[IKE_KEY_CONN] = huawei_key(s, "ConnID");
	ev->key[IKE_KEY_CHILD] = huawei_key(s, "TunnelIndex");
	huawei_version(huawei_key(s, "IKEVersion"), ev);
	if (span_is_nocase(role, "initiator"))
		ev->role = IKE_INITIATOR;
	else if (span_is_nocase(role, "responder"))
		ev->role = IKE_RESPONDER;
	huawei_flow(huawei_key(s, "FlowInfo"), ev);
}

static void
huawei_log(size_t which, struct span text, struct ike_event *ev)
{
	struct huawei_pairs all;

	huawei_pairs(text, &all);
	huawei_keys(&all, ev);
	if (logs[which].what == IKE_FAILED)
		huawei_failed(huawei_key(&all, "Reason"),
		    huawei_key(&all, "Detail"), huawei_key(&all, "ReasonCode"),
		    ev);
	else if (logs[which].what == IKE_DELETED)
		huawei_offline(huawei_key(&all, "OfflineReason"), ev);
	else {
		ev->what = logs[which].what;
		ev->reason = logs[which].reason;
	}
	if (logs[which].stage != IKE_STAGE_NONE)
		ev->stage = logs[which].stage;
	if (logs[which].kind != IKE_KIND_NONE)
		ev->kind = logs[which].kind;
}

/* ---- tables ---------------------------------------------------------- */

/* "2020-11-02 10:00:01" or "2020/11/02 10:00:01" */
static bool
huawei_date(struct span s)
{
	char dash = s.len > 4 && s.p[4] == '/' ? '/' : '-';
	int n;

	return scan_digits(&s, 4, &n) && scan_char(&s, dash) &&
	    scan_digits(&s, 2, &n) && scan_char(&s, dash) &&
	    scan_digits(&s, 2, &n) && scan_blanks(&s) &&
	    scan_digits(&s, 2, &n) && scan_char(&s, ':');
}

/* An address rather than one word of a text. */
static bool
huawei_dotted(struct span s)
{
	return span_has(s, ".") || span_has(s, ":");
}

/* A row of the offline table: USG's has a column for the port too. */
static bool
huawei_gone_row(struct span reason)
{
	struct ike_event ev = { 0 };

	return rules_match(&huawei_fails, SPAN_NONE, reason, &ev) == NULL &&
	    rules_match(&huawei_gone, SPAN_NONE, reason, &ev) != NULL;
}

/* 198.51.100.8  4500  config ID mismatch  v2  2020-11-02 10:00:09 */
static bool
huawei_row(struct span s, struct ike_event *ev)
{
	struct span peer, port = SPAN_NONE, version, addr, t;

	s = span_trim(s);
	if (!scan_word(&s, &peer) || !scan_blanks(&s) || !huawei_dotted(peer) ||
	    !rules_address(peer, &addr, NULL) || !huawei_dotted(addr))
		return false;
	t = s;
	if (scan_set(&t, "0123456789", &port) && port.len <= 5 &&
	    scan_blanks(&t))
		s = t;
	else
		port = SPAN_NONE;
	/* From the end: the date, the version before it, the reason. */
	for (size_t i = s.len; i-- > 3;) {
		if (s.p[i] != ' ' && s.p[i] != '\t')
			continue;
		if (!huawei_date(span_from(s, i + 1)))
			continue;
		t = span_trim((struct span){ s.p, i });
		if (t.len < 3 ||
		    (t.p[t.len - 3] != ' ' && t.p[t.len - 3] != '\t'))
			return false;
		version = span_from(t, t.len - 2);
		t = span_trim((struct span){ t.p, t.len - 2 });
		if (!span_is_nocase(version, "v1") &&
		    !span_is_nocase(version, "v2"))
			return false;
		ev->peer = addr;
		ev->peer_port = port;
		huawei_version(version, ev);
		if (port.len > 0 && !huawei_gone_row(t))
			huawei_failed(t, SPAN_NONE, SPAN_NONE, ev);
		else
			huawei_offline(t, ev);
		return true;
	}
	return false;
}

/* ---- blocks ---------------------------------------------------------- */

/* "Peer        : 198.51.100.11" */
static bool
huawei_label(struct span line, const char *label, struct span *value)
{
	line = span_trim(line);
	if (!scan_lit_nocase(&line, label))
		return false;
	scan_skip_blanks(&line);
	if (!scan_char(&line, ':') && !scan_lit(&line, "："))
		return false;
	*value = span_trim(line);
	return true;
}

/* Any line of a block, with a value that fits its label. */
static bool
huawei_block_line(struct span line)
{
	struct ike_event ev = { 0 };
	struct span v, addr;

	if (huawei_label(line, "Peer", &v))
		return rules_address(v, &addr, NULL) && huawei_dotted(addr);
	if (huawei_label(line, "Port", &v))
		return scan_set(&v, "0123456789", NULL) && v.len == 0;
	if (huawei_label(line, "version", &v))
		return span_is_nocase(v, "v1") || span_is_nocase(v, "v2");
	if (huawei_label(line, "Reason", &v) ||
	    huawei_label(line, "Detail", &v) ||
	    huawei_label(line, "Error-reason", &v) ||
	    huawei_label(line, "Offline-reason", &v))
		return rules_match(&huawei_fails, SPAN_NONE, v, &ev) != NULL ||
		    rules_match(&huawei_gone, SPAN_NONE, v, &ev) != NULL;
	if (huawei_label(line, "Error-time", &v) ||
	    huawei_label(line, "Offline-time", &v))
		return huawei_date(v);
	return false;
}

static struct span
huawei_line(struct span text, const char *label)
{
	struct span line, value;

	while (scan_line(&text, &line))
		if (huawei_label(line, label, &value))
			return value;
	return SPAN_NONE;
}

static bool
huawei_block(struct span text, struct ike_event *ev)
{
	struct span addr, reason, offline;

	/* Most of what is asked is one line, and no block. */
	if (!span_has(text, "\n") ||
	    !rules_address(huawei_line(text, "Peer"), &addr, NULL))
		return false;
	reason = huawei_line(text, "Reason");
	offline = huawei_line(text, "Offline-reason");
	if (reason.len == 0)
		reason = huawei_line(text, "Error-reason");
	if (reason.len == 0 && offline.len == 0)
		return false;
	ev->peer = addr;
	ev->peer_port = huawei_line(text, "Port");
	huawei_version(huawei_line(text, "version"), ev);
	if (offline.len > 0)
		huawei_offline(offline, ev);
	else
		huawei_failed(
		    reason, huawei_line(text, "Detail"), SPAN_NONE, ev);
	return true;
}

/* ---- the parser ------------------------------------------------------ */

/* "version: v1" is a line of a block, not a program's. */
static struct span
huawei_whole(const struct record *rec)
{
	static const char *const labels[] = { "peer", "port", "version",
		"reason", "detail", "error-reason", "error-time",
		"offline-reason", "offline-time" };

	if (rec->app.len == 0 || rec->procid.len > 0)
		return fold_line(rec);
	for (size_t i = 0; i < COUNT(labels); i++)
		if (span_is(rec->app, labels[i]))
			return span_trim((struct span){ rec->app.p,
			    (size_t)(rec->message.p + rec->message.len -
				rec->app.p) });
	return fold_line(rec);
}

/* The lines around blocks and tables. */
static bool
huawei_layout(struct span line)
{
	line = span_trim(line);
	return span_starts_nocase(line, "current info num") ||
	    span_starts_nocase(line, "current ike error-info number") ||
	    span_starts_nocase(line, "ike error information") ||
	    span_starts_nocase(line, "ike offline information") ||
	    (span_starts_nocase(line, "peer") &&
		(span_has_nocase(line, "error-reason") ||
		    span_has_nocase(line, "offline-reason")));
}

static bool
huawei_rule(struct span line)
{
	line = span_trim(line);
	return line.len >= 3 && scan_set(&line, "-=", NULL) && line.len == 0;
}

static enum join
huawei_join(struct span held, const struct record *next)
{
	struct span line = huawei_whole(next), value;

	if (huawei_label(line, "Peer", &value))
		return huawei_block_line(line) ? JOIN_OPENS : JOIN_WHOLE;
	if (held.len == 0)
		return JOIN_WHOLE;
	if (line.len == 0)
		return JOIN_FOLD;
	if (huawei_rule(line))
		return JOIN_CLOSES;
	if (huawei_layout(line) || span_has(line, "%%"))
		return JOIN_WHOLE;
	return span_has(line, ":") || span_has(line, "：") ? JOIN_LINE
							   : JOIN_WHOLE;
}

/* A log of IPSEC, or of what begins as ike does. */
static bool
huawei_tagged(struct span raw, const char *ike)
{
	return span_has(raw, "%") &&
	    (span_has(raw, "%%01IPSEC") || span_has(raw, ike));
}

/* A line of a table, with a header before it or none. */
static bool
huawei_table(const struct record *rec, struct ike_event *ev)
{
	struct span message = span_trim(rec->message);
	struct span raw = span_trim(rec->raw);

	return huawei_row(message, ev) ||
	    (raw.len != message.len && huawei_row(raw, ev));
}

static bool
huawei_recognise(const struct record *rec)
{
	struct ike_event ev = { 0 };
	struct span line = huawei_whole(rec), text;
	size_t which;

	return huawei_mnemonic(rec->raw, &which, &text) ||
	    huawei_tagged(rec->raw, "%%01IKE") || huawei_layout(line) ||
	    huawei_block_line(line) || huawei_table(rec, &ev);
}

static enum parse_result
huawei_parse(const struct record *rec, struct ike_event *ev)
{
	struct span line, text;
	size_t which;

	if (huawei_mnemonic(rec->raw, &which, &text)) {
		huawei_log(which, text, ev);
		return PARSE_EVENT;
	}
	line = huawei_whole(rec);
	if (huawei_table(rec, ev) || huawei_block(line, ev))
		return PARSE_EVENT;
	if (huawei_tagged(rec->raw, "%%01IKE/") || huawei_block_line(line))
		return PARSE_UNKNOWN;
	return PARSE_NOT_IKE;
}

const struct parser parser_huawei = {
	.name = "huawei",
	.recognise = huawei_recognise,
	.parse = huawei_parse,
	.join = huawei_join,
	.rules = huawei_sets,
};
