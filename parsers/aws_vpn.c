/*
 * AWS Site-to-Site VPN: tunnel activity logs, one JSON object a record.
 *
 *	{"event_timestamp":1795255200,"details":"AWS tunnel detected a
 *	    pre-shared key mismatch with cgw: 198.51.100.7","dpd_enabled":true,
 *	    "nat_t_detected":false,"ike_phase1_state":"down", ..}
 *
 * "CGW" is the customer's gateway, the peer. The details alone say what
 * happened.
 */
#include "parsers/cause.h"
#include "parsers/mark.h"
#include "parsers/parser.h"

#define HEARD IKE_F_HEARD
#define HERE IKE_F_REFUSED_HERE

/* clang-format off */
static const struct rule rows[] = {
	{ NULL, "Peer is not responsive - Declaring peer dead$?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 1 },
	{ NULL, "AWS tunnel DPD timed out after $?", IKE_PEER_DEAD, 0, IKE_R_PEER_DEAD, 0, 0, 2 },
	{ NULL, "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key$?", IKE_FAILED, IKE_MAIN_MODE, IKE_R_PSK_MISMATCH, HERE | HEARD, 0, 1 },
	{ NULL, "AWS tunnel detected a pre-shared key mismatch with cgw: $peer", IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE | HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "AWS tunnel detected a pre-shared key mismatch$?", IKE_FAILED, IKE_AUTH, IKE_R_PSK_MISMATCH, HERE | HEARD, 0, 2, IKE_KIND_IKE },
	{ NULL, "AWS tunnel is sending AUTHENTICATION_FAILED as the response$?", IKE_FAILED, IKE_AUTH, IKE_R_AUTHENTICATION_FAILED, HERE | HEARD, IKE_RESPONDER, 2, IKE_KIND_IKE },
	{ NULL, "No Proposal Match Found by AWS$?", IKE_FAILED, IKE_PHASE1, IKE_R_IKE_PROPOSAL_MISMATCH, HERE | HEARD },
	/* Of either phase in IKEv2, of the second in IKEv1. */
	{ NULL, "No Proposal Match Found. Notifying with $?", IKE_FAILED, 0, IKE_R_PROPOSAL_MISMATCH, HERE | HEARD },
	{ NULL, "AWS tunnel Phase 2 was unable to establish while keeping Phase 1$?", IKE_FAILED, IKE_PHASE2, IKE_R_UNKNOWN, HEARD, 0, 2 },
	{ NULL, "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder$?", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_F_REFUSED_BY_PEER | HEARD, IKE_INITIATOR, 2, IKE_KIND_CHILD },
	{ NULL, "AWS: Traffic Selector: TS_UNACCEPTABLE$?", IKE_FAILED, IKE_AUTH, IKE_R_TRAFFIC_SELECTOR_MISMATCH, HEARD, 0, 2, IKE_KIND_CHILD },
	{ NULL, "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: $peer", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 2, IKE_KIND_IKE },
	{ NULL, "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA$?", IKE_FAILED, 0, IKE_R_NEGOTIATION_TIMEOUT, 0, 0, 2, IKE_KIND_IKE },
	{ NULL, "AWS tunnel received DELETE for Phase 2 SA with SPI: $in", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_CHILD },
	{ NULL, "AWS tunnel received DELETE for Phase 2 SA$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD, 0, 0, IKE_KIND_CHILD },
	{ NULL, "AWS tunnel received DELETE for IKE_SA from CGW$?", IKE_DELETED, 0, IKE_R_DELETED_BY_PEER, HEARD | IKE_F_WHOLE, 0, 0, IKE_KIND_IKE },
	{ NULL, "AWS tunnel detected a (CHILD_REKEY) collision$?", IKE_INFO, IKE_CREATE_CHILD_SA, 0, HEARD, 0, 2 },
	{ NULL, "AWS tunnel (CHILD_SA) redundant SA is being deleted due to detected collision$?", IKE_DELETED, 0, IKE_R_SUPERSEDED, 0, 0, 2, IKE_KIND_CHILD },
	{ NULL, "AWS tunnel processed request (id=$n) for CREATE_CHILD_SA$?", IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "AWS tunnel is sending response (id=$n) for CREATE_CHILD_SA$?", IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "AWS tunnel is sending request (id=$n) for CREATE_CHILD_SA$?", IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "AWS tunnel processed response (id=$n) for CREATE_CHILD_SA$?", IKE_PROGRESS, IKE_CREATE_CHILD_SA, 0, HEARD, IKE_INITIATOR, 2 },
	{ NULL, "AWS tunnel processed request $?", IKE_PROGRESS, 0, 0, HEARD, IKE_RESPONDER, 2 },
	{ NULL, "AWS tunnel is sending request $?", IKE_PROGRESS, 0, 0, 0, IKE_INITIATOR, 2 },
	{ NULL, "AWS tunnel is sending response $?", IKE_PROGRESS, 0, 0, 0, IKE_RESPONDER, 2 },
	{ NULL, "AWS tunnel processed response $?", IKE_PROGRESS, 0, 0, HEARD, IKE_INITIATOR, 2 },
	{ 0 }
};
/* clang-format on */

static struct ruleset ruleset = RULESET(rows);
static struct ruleset *const sets[] = { &ruleset, NULL };

/* The string behind "name", ":"; escapes stay as they are. */
static bool
aws_vpn_string(struct span json, const char *name, struct span *value)
{
	size_t n = 0;

	while (scan_until(&json, "\"", NULL)) {
		if (!scan_lit_nocase(&json, name) || !scan_char(&json, '"'))
			continue;
		scan_set(&json, " \t:", NULL);
		if (!scan_char(&json, '"'))
			continue;
		while (n < json.len && json.p[n] != '"')
			n += json.p[n] == '\\' && n + 1 < json.len ? 2 : 1;
		*value = (struct span){ json.p, n < json.len ? n : json.len };
		return true;
	}
	return false;
}

static bool
aws_vpn_text(const struct record *rec, struct span *json, struct span *details)
{
	const char *brace = span_find(rec->raw, "{");

	if (brace == NULL)
		return false;
	*json = span_from(rec->raw, (size_t)(brace - rec->raw.p));
	return (aws_vpn_string(*json, "details", details) ||
		   aws_vpn_string(*json, "VpnLogDetail", details)) &&
	    (span_has_nocase(*json, "\"ike_phase1_state\"") ||
		span_has_nocase(*json, "\"dpd_enabled\"") ||
		span_has_nocase(*json, "\"TunnelIKEPhase1State\""));
}

static bool
aws_vpn_recognise(const struct record *rec)
{
	struct span json, details;

	return aws_vpn_text(rec, &json, &details);
}

static void
aws_vpn_fields(struct span json, struct ike_event *ev)
{
	static const char *const ids[] = { "vpn_connection_id",
		"VpnConnectionId" };
	static const char *const outside[] = { "tunnel_outside_ip_address",
		"TunnelOutsideIPAddress" };
	struct span value;

	for (int i = 0; i < 2; i++) {
		if (aws_vpn_string(json, ids[i], &value))
			ev->tunnel = value;
		if (aws_vpn_string(json, outside[i], &value))
			mark_address(value, &ev->local, NULL);
	}
}

static enum parse_result
aws_vpn_parse(const struct record *rec, struct ike_event *ev)
{
	struct span json, details;

	if (!aws_vpn_text(rec, &json, &details))
		return PARSE_NOT_IKE;
	if (rules_match(&ruleset, SPAN_NONE, details, ev) == NULL)
		return PARSE_UNKNOWN;
	aws_vpn_fields(json, ev);
	ev->detail = details;
	if (ev->reason == IKE_R_UNKNOWN)
		ev->reason = cause_of(details, NOTIFY_PHASE2);
	return PARSE_EVENT;
}

const struct parser parser_aws_vpn = {
	.name = "aws-vpn",
	.recognise = aws_vpn_recognise,
	.parse = aws_vpn_parse,
	.rules = sets,
};
