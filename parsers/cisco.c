/*
 * Where the text of a Cisco record begins, and what notifies mean. A mark
 * counts only where a header could end: names that peers choose may hold
 * marks too, and other programs print what peers chose.
 */
#include "parsers/cisco.h"

#include <string.h>

enum {
	HEADER_MAX = 160, /* bytes in front of a mark */
	NAMES_MAX = 3,	  /* host, zone, the relay's host */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *name;
	enum ike_reason ike, child; /* before and after the IKE SA is up */
} notifies[] = {
	{ "NO_PROPOSAL_CHOSEN", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "PROPOSAL_NOT_CHOSEN", IKE_R_IKE_PROPOSAL_MISMATCH, IKE_R_IPSEC_PROPOSAL_MISMATCH },
	{ "AUTHENTICATION_FAILED", IKE_R_AUTHENTICATION_FAILED, IKE_R_AUTHENTICATION_FAILED },
	{ "AUTHENTICATION FAILED", IKE_R_AUTHENTICATION_FAILED, IKE_R_AUTHENTICATION_FAILED },
	{ "TS_UNACCEPTABLE", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "SINGLE_PAIR_REQUIRED", IKE_R_TRAFFIC_SELECTOR_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_ID_INFO", IKE_R_PEER_ID_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INVALID_ID_INFORMATION", IKE_R_PEER_ID_MISMATCH, IKE_R_TRAFFIC_SELECTOR_MISMATCH },
	{ "INTERNAL_ADDRESS_FAILURE", IKE_R_ADDRESS_ASSIGNMENT_FAILED, IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "FAILED_CP_REQUIRED", IKE_R_ADDRESS_ASSIGNMENT_FAILED, IKE_R_ADDRESS_ASSIGNMENT_FAILED },
	{ "NO_ADDITIONAL_SAS", IKE_R_LIMIT_REACHED, IKE_R_LIMIT_REACHED },
	{ "INVALID_SYNTAX", IKE_R_MALFORMED_MESSAGE, IKE_R_MALFORMED_MESSAGE },
	{ "PAYLOAD_MALFORMED", IKE_R_MALFORMED_MESSAGE, IKE_R_MALFORMED_MESSAGE },
	{ "INVALID_MAJOR_VERSION", IKE_R_IKE_VERSION_MISMATCH, IKE_R_IKE_VERSION_MISMATCH },
	{ "UNSUPPORTED_CRITICAL_PAYLOAD", IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD, IKE_R_UNSUPPORTED_CRITICAL_PAYLOAD },
	{ "INVALID_CERT", IKE_R_CERTIFICATE_INVALID, IKE_R_CERTIFICATE_INVALID },
	{ "CERT_AUTHORITY", IKE_R_CERTIFICATE_UNTRUSTED, IKE_R_CERTIFICATE_UNTRUSTED },
	{ "INVALID_SIGNATURE", IKE_R_SIGNATURE_INVALID, IKE_R_SIGNATURE_INVALID },
	{ "INVALID_HASH_INFO", IKE_R_PSK_MISMATCH, IKE_R_MALFORMED_MESSAGE },
	{ "UNSUPPORTED_EXCHANGE_TYPE", IKE_R_UNKNOWN_EXCHANGE_TYPE, IKE_R_UNKNOWN_EXCHANGE_TYPE },
};
/* clang-format on */

bool
cisco_notify(struct span name, struct ike_event *ev)
{
	/* Authentication done, its child refused: the IKE SA comes up. */
	bool child = ev->stage != IKE_SA_INIT && ev->kind != IKE_KIND_IKE;

	for (size_t i = 0; i < COUNT(notifies); i++) {
		if (!span_is_nocase(name, notifies[i].name))
			continue;
		ev->reason = child ? notifies[i].child : notifies[i].ike;
		if (ev->reason != notifies[i].ike ||
		    ev->reason == IKE_R_TRAFFIC_SELECTOR_MISMATCH)
			ev->kind = IKE_KIND_CHILD;
		return true;
	}
	return false;
}

static bool
cisco_digit(struct span s, size_t i)
{
	return i < s.len && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool
cisco_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where 19:30:34 or an uptime, 5w5d or 1d00h, begins; s.len where none. */
static size_t
cisco_time(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t k = i;

		if (!cisco_digit(s, i) || (i > 0 && cisco_digit(s, i - 1)))
			continue;
		if (cisco_digit(s, i + 1) && s.len > i + 5 &&
		    s.p[i + 2] == ':' && cisco_digit(s, i + 3) &&
		    cisco_digit(s, i + 4) && s.p[i + 5] == ':')
			return i;
		while (cisco_digit(s, k))
			k++;
		if (k + 1 < s.len && strchr("ywd", s.p[k]) != NULL &&
		    cisco_digit(s, k + 1))
			return i;
	}
	return s.len;
}

static bool
cisco_is_month(struct span word)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i + 3 < sizeof(names); i += 3)
		if (word.len == 3 && memcmp(word.p, names + i, 3) == 0)
			return true;
	return false;
}

/* "R1#" and "R1(config-if)#": on a console the prompt stands in front. */
static void
cisco_prompt(struct span *head)
{
	struct span t = *head;

	if (!scan_set(&t,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789.-_",
		NULL))
		return;
	if (scan_lit(&t, "(config") && !scan_until(&t, ")", NULL))
		return;
	if (scan_char(&t, '#'))
		*head = t;
}

/*
 * Whether all in front of a mark is a header: numbers, dates, few names.
 * Without a time one plain name, and no "name : " as the lines of a dump
 * begin with, where what follows is the peer's.
 */
static bool
cisco_is_header(struct span head)
{
	bool timed = cisco_time(head) < head.len, plain;
	struct span rest, word;
	int names = 0, plains = 0;

	if (timed)
		cisco_prompt(&head);
	rest = head;
	for (size_t i = 0; i < head.len; i++)
		if (!cisco_letter(head.p[i]) && !cisco_digit(head, i) &&
		    (unsigned char)head.p[i] < 0x80 &&
		    strchr(" \t.:-_*<>+/|", head.p[i]) == NULL)
			return false;
	while (scan_skip_blanks(&rest) && scan_word(&rest, &word)) {
		if (cisco_is_month(word) || !cisco_letter(word.p[0]))
			continue;
		plain = !span_has(word, ".") && !span_ends(word, ":");
		names++;
		plains += plain;
	}
	if (timed)
		return names <= NAMES_MAX;
	return names <= 2 && plains == 0;
}

/*
 * The header's parser may have taken the mark for a tag: "ISAKMP" of
 * "ISAKMP:(0):", "%CRYPTO-4-IKMP_NO_SA" of a message.
 */
static bool
cisco_from_tag(
    const struct record *rec, bool (*marked)(struct span), struct span *text)
{
	const char *app = rec->app.p;
	const char *end = app == NULL ? NULL : app + rec->app.len;
	struct span s = rec->message;

	if (rec->app.len == 0 || app == NULL || end > s.p || s.p - end > 16 ||
	    memchr(app, '\n', (size_t)(s.p - app)) != NULL)
		return false;
	*text = (struct span){ app, (size_t)(s.p + s.len - app) };
	return marked(*text);
}

bool
cisco_find(const struct record *rec, const char *first,
    bool (*marked)(struct span), struct span *text)
{
	struct span s = rec->message;

	if (s.p == NULL)
		return false;
	if (cisco_from_tag(rec, marked, text))
		return true;
	for (size_t i = 0; i < s.len && i < HEADER_MAX; i++) {
		unsigned char before = i == 0 ? ' ' : (unsigned char)s.p[i - 1];

		if (s.p[i] == '\0' || strchr(first, s.p[i]) == NULL ||
		    (before < 0x80 && strchr(" \t:*>", before) == NULL))
			continue;
		*text = span_from(s, i);
		if (marked(*text))
			return cisco_is_header(span_to(s, text->p));
	}
	return false;
}
