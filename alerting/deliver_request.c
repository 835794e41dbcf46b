/*
 * One request: what libcurl is told, and what it gives back. The one rule:
 * an answer is read, never obeyed: no redirect is followed, no more than
 * 64 KiB of it is taken.
 */
#include "alerting/deliver_parts.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "alerting/retry.h"
#include "alerting/prose.h"

enum { BODY_MAX = 65536 }; /* of an answer, and of its headers */

static size_t
transfer_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n, room = sizeof(x->answer) - 1 - x->answer_len;

	if (len < room)
		room = len;
	memcpy(x->answer + x->answer_len, p, room);
	x->answer_len += room;
	x->body_len += len;
	if (x->body_len > BODY_MAX) {
		x->too_long = true;
		return 0;
	}
	return len;
}

static size_t
transfer_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n;
	int64_t wait;

	x->header_len += len;
	if (x->header_len > BODY_MAX) {
		x->too_long = true;
		return 0;
	}
	wait = retry_header((struct span){ p, len },
	    deliver_stamp(x->dest->deliver, deliver_now(x->dest->deliver)));
	if (wait != -1)
		x->wait = wait;
	return len;
}

static size_t
transfer_mail(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *x = arg;
	size_t len = size * n, left = x->request.len - x->sent;

	if (left < len)
		len = left;
	memcpy(p, x->request.body + x->sent, len);
	x->sent += len;
	return len;
}

/* Addresses that only mean something here or in this site. */
static bool
address_private(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *six = (const void *)sa;
	const struct in6_addr *a = &six->sin6_addr;
	uint32_t v4;

	if (sa->sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(a))
		return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_LINKLOCAL(a) ||
		    IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_SITELOCAL(a) ||
		    IN6_IS_ADDR_MULTICAST(a) || IN6_IS_ADDR_V4COMPAT(a) ||
		    (a->s6_addr[0] & 0xfe) == 0xfc;
	if (sa->sa_family == AF_INET6)
		memcpy(&v4, a->s6_addr + 12, 4);
	else if (sa->sa_family == AF_INET)
		memcpy(&v4,
		    &((const struct sockaddr_in *)(const void *)sa)->sin_addr,
		    4);
	else
		return true;
	v4 = ntohl(v4);
	return v4 >> 24 == 0 || v4 >> 24 == 10 || v4 >> 24 == 127 ||
	    v4 >> 22 == (100u << 2 | 1) /* 100.64/10 */ ||
	    v4 >> 16 == (169u << 8 | 254) || v4 >> 20 == (172u << 4 | 1) ||
	    v4 >> 16 == (192u << 8 | 168) || v4 >> 28 >= 14;
}

static curl_socket_t
transfer_socket(void *arg, curlsocktype what, struct curl_sockaddr *addr)
{
	struct transfer *x = arg;

	(void)what;
	if (x->dest->conf->deny_private && address_private(&addr->addr)) {
		x->private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(
	    addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

static const char *
nothing_or(const char *s)
{
	return s != NULL ? s : "";
}

static void
transfer_tls(CURL *e, const struct destination_conf *c)
{
	curl_easy_setopt(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, c->insecure ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, c->insecure ? 0L : 2L);
	if (c->ca_file != NULL && c->ca_file[0] != '\0')
		curl_easy_setopt(e, CURLOPT_CAINFO, c->ca_file);
	if (c->client_cert != NULL && c->client_cert[0] != '\0')
		curl_easy_setopt(e, CURLOPT_SSLCERT, c->client_cert);
	if (c->client_key != NULL && c->client_key[0] != '\0')
		curl_easy_setopt(e, CURLOPT_SSLKEY, c->client_key);
}

static void
transfer_protocols(CURL *e, bool mail)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	const char *both = mail ? "smtp,smtps" : "http,https";

	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, both);
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, both);
#else
	long both = mail ? CURLPROTO_SMTP | CURLPROTO_SMTPS
			 : CURLPROTO_HTTP | CURLPROTO_HTTPS;

	curl_easy_setopt(e, CURLOPT_PROTOCOLS, both);
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS, both);
#endif
}

static void
transfer_http(struct transfer *x)
{
	CURL *e = x->easy;

	/* no wait for a "100 Continue" that never comes */
	x->headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < x->request.nheaders; i++)
		x->headers =
		    curl_slist_append(x->headers, x->request.header[i]);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(e, CURLOPT_POST, 1L);
	curl_easy_setopt(
	    e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->request.len);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, x->request.body);
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "ikewatch/" IKEWATCH_VERSION);
}

static void
transfer_smtp(struct transfer *x)
{
	const struct destination_conf *c = x->dest->conf;
	CURL *e = x->easy;

	for (size_t i = 0; i < c->mail_to.n; i++)
		x->rcpt = curl_slist_append(x->rcpt, c->mail_to.item[i]);
	curl_easy_setopt(e, CURLOPT_MAIL_FROM, c->from);
	curl_easy_setopt(e, CURLOPT_MAIL_RCPT, x->rcpt);
	curl_easy_setopt(e, CURLOPT_USE_SSL,
	    c->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(e, CURLOPT_READFUNCTION, transfer_mail);
	curl_easy_setopt(e, CURLOPT_READDATA, x);
	curl_easy_setopt(
	    e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)x->request.len);
	if (c->user != NULL && c->user[0] != '\0')
		curl_easy_setopt(e, CURLOPT_USERNAME, c->user);
	if (c->user != NULL && c->user[0] != '\0' && x->dest->secrets.nkeys > 0)
		curl_easy_setopt(e, CURLOPT_PASSWORD, x->dest->secrets.key[0]);
}

static int
transfer_set(struct transfer *x)
{
	const struct destination_conf *c = x->dest->conf;
	char url[4096];
	CURL *e = x->easy;

	if ((size_t)snprintf(url, sizeof(url), "%s%s", x->dest->url,
		x->request.path) >= sizeof(url))
		return -1;
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PRIVATE, x);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    e, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->connect_timeout / 1000));
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(c->timeout / 1000));
	/* "" is no proxy, whatever the environment says */
	curl_easy_setopt(e, CURLOPT_PROXY, nothing_or(c->proxy));
	curl_easy_setopt(e, CURLOPT_NOPROXY, nothing_or(c->no_proxy));
	curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, transfer_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, transfer_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, transfer_socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, x);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* else the end of a request waits for its resolver's thread, and the
	 * loop with it, as long as a silent name server takes */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
	transfer_protocols(e, x->dest->type->mail);
	transfer_tls(e, c);
	if (x->dest->type->mail)
		transfer_smtp(x);
	else
		transfer_http(x);
	return 0;
}

void
transfer_free(struct transfer *x)
{
	*x->prev = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	if (x->easy != NULL) {
		curl_multi_remove_handle(x->dest->deliver->multi, x->easy);
		curl_easy_cleanup(x->easy);
	}
	curl_slist_free_all(x->headers);
	curl_slist_free_all(x->rcpt);
	payload_free(&x->request);
	free(x);
}

static void
deliver_measure(struct deliver *d, int64_t decided_at, int64_t now)
{
	double seconds = (double)(now - decided_at) / 1e6;
	int k = 0;

	if (decided_at == 0 || seconds < 0)
		return;
	while (k < DELIVER_LATENCY_BUCKETS - 1 &&
	    seconds > deliver_latency_bound[k])
		k++;
	d->latency.count[k]++;
	d->latency.total++;
	d->latency.sum += seconds;
}

static int
transfer_render(struct transfer *x, const struct payload_job *job)
{
	struct dest *t = x->dest;
	const char **notices;
	size_t n = 0;
	int rc;

	if (x->item != NULL)
		return payload_render(t->type, job, &x->request);
	notices = calloc(t->nlive + 1, sizeof(*notices));
	if (notices == NULL)
		return -1;
	for (const struct live *l = t->live; l != NULL; l = l->next)
		notices[n++] = l->notice;
	memset(&x->request, 0, sizeof(x->request));
	rc = t->type->refresh(job, notices, n, &x->request);
	free(notices);
	return rc;
}

static struct transfer *
transfer_new(struct dest *t, struct item *i, struct item *batch)
{
	struct transfer *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->dest = t;
	x->item = i;
	x->batch = batch;
	x->wait = -1;
	x->next = t->deliver->transfers;
	x->prev = &t->deliver->transfers;
	if (x->next != NULL)
		x->next->prev = &x->next;
	t->deliver->transfers = x;
	x->easy = curl_easy_init();
	return x;
}

int
transfer_start(struct dest *t, struct item *i, struct item *batch, int64_t now)
{
	int64_t clock = deliver_stamp(t->deliver, now);
	struct alert_notice n;
	struct payload_job job = { &n, t->conf, &t->secrets, clock };
	struct transfer *x;

	if (batch != NULL)
		batch_notice(t, batch, &n, clock);
	else if (i != NULL && notice_load(&n, i->notice) == -1)
		return TRANSFER_UNREADABLE;
	x = transfer_new(t, i, batch);
	if (x == NULL)
		return -1;
	if (x->easy == NULL || transfer_render(x, &job) == -1 ||
	    transfer_set(x) == -1 ||
	    curl_multi_add_handle(t->deliver->multi, x->easy) != CURLM_OK) {
		transfer_free(x);
		return -1;
	}
	t->active++;
	if (i != NULL && i->attempts == 0)
		deliver_measure(t->deliver, i->decided_at, clock);
	return 0;
}
