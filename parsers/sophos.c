/*
 * Sophos Firewall (SFOS): the central syslog's IPsec events. The appliance's
 * strongswan.log is strongSwan's.
 *
 *	device="SFW" date=2026-11-21 time=10:00:00 .. log_type="Event"
 *	    log_component="IPSec" log_subtype="System" status="Failed"
 *	    con_name="branch-1" src_ip=203.0.113.1 dst_ip=198.51.100.7
 *	    message="branch-1 - IKE message retransmission timed out (Remote:
 *	    198.51.100.7)"
 *
 * status says what happened, message in the device's own words why. UTM's
 * pluto is strongSwan's, but for what it tells of site to site tunnels:
 *
 *	pluto[1234]: id="2203" severity="info" sys="SecureNet" sub="vpn"
 *	    event="Site-to-site VPN up" variant="ipsec" connection="branch" ..
 */
#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/mark.h"
#include "parsers/parser.h"
#include "parsers/words.h"

#define HEARD IKE_F_HEARD

/* clang-format off */
/* The id of a row is the status. */
static const struct rule rows[] = {
	{ "established", "$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ "successful", "$?", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ "terminated", "$?", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ "expire", "$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
	{ "expired", "$?", IKE_DELETED, 0, IKE_R_LIFETIME_EXPIRED, 0, 0, 0, IKE_KIND_CHILD },
	{ "failed", "$?", IKE_FAILED },
	{ "deny", "$?", IKE_FAILED },
	{ 0 }
};

static const struct rule utm_rows[] = {
	{ NULL, "Site-to-site VPN up", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "Site-to-site VPN down", IKE_DELETED, 0, 0, 0, 0, 0, IKE_KIND_CHILD },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset utm_set = RULESET(utm_rows);
static struct ruleset *const sets[] = { &ruleset, &utm_set, NULL };

/* Statuses in lower case; others are news. */
static struct span
sophos_status(struct span s)
{
	static const char *const names[] = { "established", "successful",
		"terminated", "expire", "expired", "failed", "deny" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(s, names[i]))
			return span_of(names[i]);
	return SPAN_LIT("-");
}

static bool
sophos_text(const struct record *rec, struct span *text)
{
	struct span value;

	return (mark_find(rec, "device=", text) ||
		   mark_find(rec, "device_name=", text)) &&
	    kv_get(*text, "log_component", &value) &&
	    (kv_get(*text, "log_id", &value) ||
		kv_get(*text, "device_id", &value) ||
		kv_get(*text, "device_serial_id", &value));
}

/* An event of UTM's about an IPsec tunnel. */
static bool
sophos_utm(const struct record *rec, struct span *text)
{
	struct span value;

	*text = rec->raw;
	if (!scan_until(text, "pluto[", NULL) ||
	    !scan_until(text, "]: ", NULL) || !span_starts(*text, "id=\"22"))
		return false;
	return span_has(*text, "sys=\"SecureNet\"") &&
	    kv_get(*text, "variant", &value) && span_is(value, "ipsec") &&
	    kv_get(*text, "connection", &value);
}

static bool
sophos_recognise(const struct record *rec)
{
	struct span text;

	return sophos_text(rec, &text) || sophos_utm(rec, &text);
}

static void
sophos_address(struct span text, const char *key, struct span *addr)
{
	struct span value;

	if (kv_get(text, key, &value) && value.len > 0)
		mark_address(value, addr, NULL);
}

static void
sophos_fields(struct span text, struct ike_event *ev)
{
	struct span value;

	sophos_address(text, "localinterfaceip", &ev->local);
	sophos_address(text, "src_ip", &ev->local);
	sophos_address(text, "remoteinterfaceip", &ev->peer);
	sophos_address(text, "dst_ip", &ev->peer);
	if ((kv_get(text, "connectionname", &value) ||
		kv_get(text, "con_name", &value)) &&
	    value.len > 0)
		ev->tunnel = value;
}

/* "branch-1 - text (Remote: 198.51.100.7)": the name and peer left out. */
static struct span
sophos_words(struct span message, struct ike_event *ev)
{
	struct span s = message, name, peer, words;

	if (ev->tunnel.len > 0 && s.len > ev->tunnel.len &&
	    scan_until(&s, " - ", &name) && span_eq(name, ev->tunnel))
		message = s;
	words = s = message;
	if (!words_until(&s, "(Remote: ", &words))
		return message;
	if (ev->peer.len == 0 && scan_until(&s, ")", &peer))
		mark_address(peer, &ev->peer, NULL);
	return span_trim(words);
}

/* Why it failed, in the appliance's own words or in everybody's. */
static void
sophos_why(struct span message, struct ike_event *ev)
{
	static const struct {
		const char *words;
		enum ike_reason reason;
		ike_reasons suspects;
	} rows_of[] = {
		{ "no connection is known", IKE_R_TRAFFIC_SELECTOR_MISMATCH },
		{ "Couldn't parse IKE message", IKE_R_MALFORMED_MESSAGE,
		    IKE_BIT(IKE_R_PSK_MISMATCH) },
	};
	enum notify_phase phase = words_in(message, "Phase 1") ? NOTIFY_PHASE1
	    : words_in(message, "Phase 2")		       ? NOTIFY_PHASE2
							       : NOTIFY_ANY;

	ev->reason = cause_of(message, phase);
	for (size_t i = 0; i < sizeof(rows_of) / sizeof(rows_of[0]); i++)
		if (words_in(message, rows_of[i].words)) {
			ev->reason = rows_of[i].reason;
			ev->suspects |= rows_of[i].suspects;
		}
}

static enum parse_result
sophos_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, value, status = SPAN_NONE, message = SPAN_NONE;

	if (sophos_utm(rec, &text)) {
		if (!kv_get(text, "event", &value) ||
		    rules_match(&utm_set, SPAN_NONE, value, ev) == NULL)
			return PARSE_UNKNOWN;
		(void)kv_get(text, "connection", &ev->tunnel);
		ev->detail = value;
		return PARSE_EVENT;
	}
	if (!sophos_text(rec, &text) ||
	    !kv_get(text, "log_component", &value) ||
	    !span_is_nocase(value, "IPSec"))
		return PARSE_NOT_IKE;
	sophos_fields(text, ev);
	(void)kv_get(text, "status", &status);
	if (kv_get(text, "message", &message))
		message = sophos_words(message, ev);
	if (rules_match(&ruleset, sophos_status(status), SPAN_LIT("-"), ev) ==
	    NULL) {
		/* Older ones give no status: a failure's words say it. */
		if (status.len > 0 || !cause_fails(message, NOTIFY_ANY, ev))
			ev->what = IKE_INFO;
		ev->detail = message;
		return PARSE_EVENT;
	}
	ev->detail = message;
	if (ev->what == IKE_FAILED)
		sophos_why(message, ev);
	return PARSE_EVENT;
}

const struct parser parser_sophos = {
	.name = "sophos",
	.recognise = sophos_recognise,
	.parse = sophos_parse,
	.rules = sets,
};
