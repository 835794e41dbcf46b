/*
 * Stormshield Network Security: the VPN log (l_vpn), pairs in WELF's manner.
 *
 *	id=firewall time="2026-11-21 10:00:00" fw="sns1" tz=+0100
 *	    startime="2026-11-21 10:00:00" pri=5 src=203.0.113.1
 *	    srcname=Firewall_out dst=198.51.100.7 dstname=branch ikev=2 phase=1
 *	    side=initiator cookie_i=0x.. cookie_r=0x.. peername=branch
 *	    msg="Local NAT detected, switching to port 4500" logtype="vpn"
 *
 * msg alone says what happened; identities and names never do. A row with an
 * id is said of that phase only.
 */
#include "parsers/cause.h"
#include "parsers/kv.h"
#include "parsers/mark.h"
#include "parsers/parser.h"

#define HEARD IKE_F_HEARD

/* clang-format off */
static const struct rule rows[] = {
	/* msg="Phase established" phase=1 */
	{ "1", "Phase established", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ "2", "Phase established", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "Phase 1 established", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ NULL, "Phase 2 established", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "IKE SA established", IKE_ESTABLISHED, IKE_PHASE1, 0, HEARD },
	{ NULL, "IPSEC SA established", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "IPSEC SA (ESP) established", IKE_CHILD_ESTABLISHED, IKE_PHASE2, 0, HEARD },
	{ NULL, "IKE SA rekeyed", IKE_REKEYED, IKE_PHASE1, 0, HEARD },
	{ NULL, "IPSEC SA rekeyed", IKE_REKEYED, IKE_PHASE2, 0, HEARD },
	/* msg="Sending DELETE for IPSEC SA (ESP)" phase=2 */
	{ NULL, "Sending DELETE for IPSEC SA$?", IKE_DELETED, IKE_PHASE2 },
	{ NULL, "Sending DELETE for IKE SA$?", IKE_DELETED, IKE_PHASE1 },
	{ NULL, "Received DELETE for IPSEC SA$?", IKE_DELETED, IKE_PHASE2, IKE_R_DELETED_BY_PEER, HEARD },
	{ NULL, "Received DELETE for IKE SA$?", IKE_DELETED, IKE_PHASE1, IKE_R_DELETED_BY_PEER, HEARD },
	{ NULL, "IPSEC SA expired$?", IKE_DELETED, IKE_PHASE2, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "IKE SA expired$?", IKE_DELETED, IKE_PHASE1, IKE_R_LIFETIME_EXPIRED },
	{ NULL, "Initiating IKE SA$?", IKE_STARTED, IKE_PHASE1, 0, IKE_F_NEW },
	{ "1", "Negotiation started$?", IKE_STARTED, IKE_PHASE1 },
	{ "2", "Negotiation started$?", IKE_STARTED, IKE_PHASE2 },
	{ NULL, "Local NAT detected$?", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "Remote NAT detected$?", IKE_PROGRESS, 0, 0, HEARD },
	{ NULL, "Remote seems to be dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Peer seems to be dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ NULL, "Peer is dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const sets[] = { &ruleset, NULL };

/* Of the names for this firewall: "Firewall_out", "Firewall_bridge". */
static bool
stormshield_own(struct span text, const char *key)
{
	struct span name;

	return kv_get(text, key, &name) && span_starts(name, "Firewall_");
}

/* src is this end; where only dst has a name of its own, it is dst. */
static void
stormshield_ends(struct span text, struct ike_event *ev)
{
	bool swapped = stormshield_own(text, "dstname") &&
	    !stormshield_own(text, "srcname");
	struct span value;

	if (kv_get(text, swapped ? "dst" : "src", &value))
		mark_address(value, &ev->local, NULL);
	if (kv_get(text, swapped ? "src" : "dst", &value))
		mark_address(value, &ev->peer, NULL);
}

static void
stormshield_cookie(struct span text, const char *key, struct ike_spi *spi)
{
	struct span value;

	spi->known =
	    kv_get(text, key, &value) && span_u64(value, 16, &spi->value);
}

static uint32_t
stormshield_spi(struct span text, const char *key)
{
	struct span value;
	uint64_t spi;

	return kv_get(text, key, &value) && span_u64(value, 16, &spi) &&
		spi <= UINT32_MAX
	    ? (uint32_t)spi
	    : 0;
}

static void
stormshield_fields(struct span text, struct ike_event *ev)
{
	struct span value;

	stormshield_ends(text, ev);
	stormshield_cookie(text, "cookie_i", &ev->ispi);
	stormshield_cookie(text, "cookie_r", &ev->rspi);
	ev->spi_in = stormshield_spi(text, "spi_in");
	ev->spi_out = stormshield_spi(text, "spi_out");
	(void)kv_get(text, "peername", &ev->tunnel);
	(void)kv_get(text, "rulename", &ev->child);
	if (kv_get(text, "side", &value))
		ev->role = span_is(value, "initiator") ? IKE_INITIATOR
		    : span_is(value, "responder")      ? IKE_RESPONDER
						       : IKE_ROLE_NONE;
	if (kv_get(text, "ikev", &value) || kv_get(text, "ike", &value))
		ev->ike_version = span_is(value, "2") ? 2
		    : span_is(value, "1")	      ? 1
						      : 0;
}

/* What no row knows: an error says its cause in words, the rest is news. */
static void
stormshield_other(
    struct span phase, struct span msg, bool error, struct ike_event *ev)
{
	enum notify_phase p = span_is(phase, "1") ? NOTIFY_PHASE1
	    : span_is(phase, "2")		  ? NOTIFY_PHASE2
						  : NOTIFY_ANY;
	enum ike_reason reason = cause_of(msg, p);

	ev->stage = p == NOTIFY_PHASE1 ? IKE_PHASE1
	    : p == NOTIFY_PHASE2       ? IKE_PHASE2
				       : IKE_STAGE_NONE;
	ev->what = IKE_INFO;
	if (!error && reason == IKE_R_UNKNOWN)
		return;
	ev->what = IKE_FAILED;
	ev->reason = reason;
}

/* l_vpn, and not l_xvpn, which is the SSL VPN's. */
static bool
stormshield_text(const struct record *rec, struct span *text)
{
	struct span value;

	return mark_find(rec, "id=firewall ", text) &&
	    (kv_get(*text, "startime", &value) ||
		kv_get(*text, "tz", &value)) &&
	    !kv_get(*text, "sn", &value);
}

static bool
stormshield_recognise(const struct record *rec)
{
	struct span text;

	return stormshield_text(rec, &text);
}

static enum parse_result
stormshield_parse(const struct record *rec, struct ike_event *ev)
{
	struct span text, value, msg, phase = SPAN_NONE;

	if (!stormshield_text(rec, &text) || !kv_get(text, "logtype", &value) ||
	    !span_is(value, "vpn"))
		return PARSE_NOT_IKE;
	if (!kv_get(text, "msg", &msg))
		return PARSE_UNKNOWN;
	stormshield_fields(text, ev);
	(void)kv_get(text, "phase", &phase);
	if (rules_match(&ruleset, phase, msg, ev) == NULL)
		stormshield_other(phase, msg,
		    kv_get(text, "error", &value) && !span_is(value, "0") &&
			!span_is(value, "1"),
		    ev);
	ev->detail = msg;
	return PARSE_EVENT;
}

const struct parser parser_stormshield = {
	.name = "stormshield",
	.recognise = stormshield_recognise,
	.parse = stormshield_parse,
	.rules = sets,
};
