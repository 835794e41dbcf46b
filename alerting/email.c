/*
 * E-mail (RFC 5322, RFC 2045, RFC 2047, RFC 3834): plain text in base64, one
 * thread an incident. No byte of a device reaches a header unencoded.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alerting/payload.h"
#include "alerting/prose.h"

enum {
	EMAIL_TEXT_MAX = 12000,
	EMAIL_HEAD_MAX = 4096,
	EMAIL_WORD = 42, /* bytes of one encoded word: 75 characters */
	EMAIL_LINE = 57, /* bytes of one line of base64: 76 characters */
};

/* What may stand between < and > without more thought. */
static bool
email_address(const char *s)
{
	const char *at = strchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0' || strlen(s) > 254)
		return false;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("<>,;\"\\()", *s) != NULL)
			return false;
	return true;
}

static int
email_check(const struct destination_conf *d, const struct secrets *s,
    char *err, size_t errsize)
{
	(void)s;
	if (d->from == NULL || !email_address(d->from)) {
		snprintf(err, errsize, "from: \"%s\" is no mail address",
		    d->from != NULL ? d->from : "");
		return -1;
	}
	if (d->mail_to.n == 0) {
		snprintf(err, errsize, "mail-to is missing");
		return -1;
	}
	for (size_t i = 0; i < d->mail_to.n; i++)
		if (!email_address(d->mail_to.item[i])) {
			snprintf(err, errsize,
			    "mail-to: \"%s\" is no mail address",
			    d->mail_to.item[i]);
			return -1;
		}
	return 0;
}

/* Encoded words, each of whole characters. */
static void
email_subject(struct prose *t, const char *s)
{
	unsigned char out[EMAIL_WORD * 2];

	prose_add(t, "Subject:");
	while (*s != '\0') {
		size_t n = prose_fit(s, EMAIL_WORD);

		EVP_EncodeBlock(out, (const unsigned char *)s, (int)n);
		prose_add(t, " =?UTF-8?B?%s?=\r\n", (const char *)out);
		s += n;
	}
}

static void
email_head(const struct payload_job *job, struct prose *t)
{
	const struct alert_notice *n = job->notice;
	const char *host = strchr(job->conf->from, '@') + 1;
	time_t now = (time_t)(job->now / 1000000);
	char title[NOTICE_TITLE_SIZE], date[64];
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm) ==
		0)
		date[0] = '\0';
	prose_add(t, "Date: %s\r\nFrom: ikewatch <%s>\r\nTo: ", date,
	    job->conf->from);
	for (size_t i = 0; i < job->conf->mail_to.n; i++)
		prose_add(t, "%s<%s>", i != 0 ? ",\r\n " : "",
		    job->conf->mail_to.item[i]);
	prose_add(t, "\r\n");
	email_subject(t, notice_headline(n, title));
	prose_add(t, "Message-ID: <%s@%s>\r\n", n->webhook_id, host);
	prose_add(t,
	    "In-Reply-To: <incident-%s@%s>\r\n"
	    "References: <incident-%s@%s>\r\n",
	    n->incident, host, n->incident, host);
	prose_add(t,
	    "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
}

static int
email_render(const struct payload_job *job, struct payload_request *r)
{
	char text[EMAIL_TEXT_MAX];
	size_t size = EMAIL_HEAD_MAX + sizeof(text) * 2 +
	    job->conf->mail_to.n * 260,
	       len;
	struct prose t;

	r->body = malloc(size);
	if (r->body == NULL)
		return -1;
	t = prose_in(r->body, size);
	email_head(job, &t);
	notice_text(job->notice, text, sizeof(text));
	len = strlen(text);
	for (size_t i = 0; i < len; i += EMAIL_LINE) {
		size_t n = len - i < EMAIL_LINE ? len - i : EMAIL_LINE;
		unsigned char line[EMAIL_LINE * 2];

		EVP_EncodeBlock(line, (const unsigned char *)text + i, (int)n);
		prose_add(&t, "%s\r\n", (const char *)line);
	}
	r->len = t.len;
	return t.cut ? -1 : 0;
}

const struct payload_type payload_email = {
	.name = "email",
	.rate = 0.5,
	.burst = 10,
	.parallel = 1,
	.people = true,
	.mail = true,
	.check = email_check,
	.render = email_render,
};
