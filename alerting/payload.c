/* The table of destination types, and what they have in common. */
#include "alerting/payload.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct payload_type *const types[] = {
	&payload_webhook,
	&payload_slack,
	&payload_teams,
	&payload_discord,
	&payload_pagerduty,
	&payload_alertmanager,
	&payload_ntfy,
	&payload_email,
};

const struct payload_type *
payload_nth(size_t n)
{
	return n < sizeof(types) / sizeof(types[0]) ? types[n] : NULL;
}

const struct payload_type *
payload_type(const char *name)
{
	const struct payload_type *t;

	for (size_t n = 0; (t = payload_nth(n)) != NULL; n++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static int
payload_check_url(
    const struct payload_type *t, const char *url, char *err, size_t errsize)
{
	static const char *const schemes[2][2] = { { "http://", "https://" },
		{ "smtp://", "smtps://" } };
	char shown[SECRET_SHOWN_SIZE];

	for (size_t i = 0; i < 2; i++) {
		const char *scheme = schemes[t->mail][i];
		size_t n = strlen(scheme);

		if (strncasecmp(url, scheme, n) == 0 && url[n] != '\0' &&
		    strchr("/?#", url[n]) == NULL)
			return 0;
	}
	snprintf(err, errsize,
	    "url: %s does not begin with %s or %s and a "
	    "host",
	    secret_shown(url, shown), schemes[t->mail][0], schemes[t->mail][1]);
	return -1;
}

int
payload_check(const struct destination_conf *d, const struct secrets *s,
    char *err, size_t errsize)
{
	const struct payload_type *t;

	t = d->type != NULL ? payload_type(d->type) : NULL;
	if (t == NULL) {
		snprintf(err, errsize,
		    "type: \"%s\" is no type of "
		    "destination: webhook, slack, teams, discord, pagerduty, "
		    "alertmanager, ntfy or email",
		    d->type ? d->type : "");
		return -1;
	}
	if (s->nurls == 0 && t->url == NULL) {
		snprintf(err, errsize, "url or url-file is missing");
		return -1;
	}
	for (size_t i = 0; i < s->nurls; i++)
		if (payload_check_url(t, s->url[i], err, errsize) == -1)
			return -1;
	return t->check != NULL ? t->check(d, s, err, errsize) : 0;
}

int
payload_render(const struct payload_type *t, const struct payload_job *job,
    struct payload_request *r)
{
	memset(r, 0, sizeof(*r));
	return t->render(job, r);
}

void
payload_free(struct payload_request *r)
{
	free(r->body);
	r->body = NULL;
}

void
payload_header(struct payload_request *r, const char *fmt, ...)
{
	va_list ap;

	if (r->nheaders == PAYLOAD_HEADERS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(r->header[r->nheaders++], PAYLOAD_HEADER_SIZE, fmt, ap);
	va_end(ap);
}

int
payload_json(struct payload_request *r, struct json_t *j)
{
	free(r->body);
	r->body = j != NULL ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	r->len = r->body != NULL ? strlen(r->body) : 0;
	return r->body != NULL ? 0 : -1;
}
