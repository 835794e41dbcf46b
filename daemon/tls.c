/*
 * The server's TLS context. The one rule: a client certificate counts when an
 * authority of client-ca-file signed it, or when its SHA-256 is listed, and
 * is compared whole; one that is revoked never counts.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/tls.h"

enum { FINGERPRINT = 32 };

struct tls {
	SSL_CTX *ctx;
	const struct conf_listener *conf;
};

void
tls_error(char *why, size_t size)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);

	(void)snprintf(why, size, "%s",
	    reason != NULL   ? reason
		: errno != 0 ? strerror(errno)
			     : "closed by the other side");
	ERR_clear_error();
}

/* Judged in tls_verify(): a listed fingerprint may have no authority. */
static int
tls_any_cert(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 1;
}

static int
tls_load_crl(SSL_CTX *ctx, const char *file)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	return lookup != NULL &&
		X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) > 0 &&
		X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) == 1
	    ? 0
	    : -1;
}

static int
tls_load(SSL_CTX *ctx, const struct conf_listener *c, char *err, size_t size)
{
	const char *file = c->cert_file, *option = "cert-file";
	char why[200];

	ERR_clear_error();
	errno = 0;
	if (SSL_CTX_use_certificate_chain_file(ctx, file) != 1)
		goto fail;
	option = "key-file";
	file = c->key_file;
	if (SSL_CTX_use_PrivateKey_file(ctx, file, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		goto fail;
	option = "client-ca-file";
	file = c->client_ca_file;
	if (file != NULL && SSL_CTX_load_verify_file(ctx, file) != 1)
		goto fail;
	if (file != NULL)
		SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(file));
	option = "client-crl-file";
	file = c->client_crl_file;
	if (file != NULL && tls_load_crl(ctx, file) == -1)
		goto fail;
	return 0;
fail:
	tls_error(why, sizeof(why));
	(void)snprintf(err, size,
	    "tls \"%s\" %s: %s: %s; check that the file "
	    "is PEM, readable, and fits the others",
	    c->title, option, file, why);
	return -1;
}

struct tls *
tls_new(const struct conf_listener *c, char *err, size_t size)
{
	struct tls *t = calloc(1, sizeof(*t));

	(void)snprintf(err, size, "tls \"%s\": out of memory", c->title);
	if (t == NULL)
		return NULL;
	t->conf = c;
	t->ctx = SSL_CTX_new(TLS_server_method());
	if (t->ctx == NULL || tls_load(t->ctx, c, err, size) == -1) {
		tls_free(t);
		return NULL;
	}
	(void)SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION);
	(void)SSL_CTX_set_options(t->ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
		SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_max_early_data(t->ctx, 0);
	/* No resumption: every certificate is judged anew. And no tickets: a
	 * sender who closes with one unread resets what he has sent. */
	(void)SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_num_tickets(t->ctx, 0);
	(void)SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS);
	if (c->client_cert != CONF_CERT_NONE)
		SSL_CTX_set_verify(t->ctx,
		    SSL_VERIFY_PEER |
			(c->client_cert == CONF_CERT_REQUIRE
				? SSL_VERIFY_FAIL_IF_NO_PEER_CERT
				: 0),
		    tls_any_cert);
	return t;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

SSL *
tls_accept(struct tls *t)
{
	return SSL_new(t->ctx);
}

/* The configuration writes it with or without colons, in either case. */
static bool
tls_is_fingerprint(const char *text, const unsigned char *digest)
{
	char hex[3];
	int i;

	for (i = 0; i < FINGERPRINT; i++) {
		if (*text == ':')
			text++;
		(void)snprintf(hex, sizeof(hex), "%02x", digest[i]);
		if (strncasecmp(text, hex, 2) != 0)
			return false;
		text += 2;
	}
	return true;
}

static bool
tls_listed(const struct alert_list *list, const unsigned char *digest)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (tls_is_fingerprint(list->item[i], digest))
			return true;
	return false;
}

bool
tls_verify(struct tls *t, SSL *ssl, const struct conf *conf,
    const char **device, char *why, size_t size)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	X509 *cert;
	long result;
	unsigned len;
	size_t i;
	bool trusted;

	*device = NULL;
	if (t->conf->client_cert == CONF_CERT_NONE)
		return true;
	cert = SSL_get1_peer_certificate(ssl);
	if (cert == NULL) {
		(void)snprintf(why, size, "it shows no certificate");
		return t->conf->client_cert != CONF_CERT_REQUIRE;
	}
	if (X509_digest(cert, EVP_sha256(), digest, &len) != 1 ||
	    len != FINGERPRINT)
		memset(digest, 0, sizeof(digest));
	X509_free(cert);
	result = SSL_get_verify_result(ssl);
	trusted = tls_listed(&t->conf->fingerprint, digest) ||
	    (t->conf->client_ca_file != NULL && result == X509_V_OK);
	for (i = 0; i < conf->ndevices; i++) {
		if (tls_listed(&conf->device[i].certificate, digest)) {
			*device = conf->device[i].name;
			trusted = true;
		}
	}
	trusted = trusted && result != X509_V_ERR_CERT_REVOKED;
	if (!trusted)
		(void)snprintf(why, size, "its certificate is refused: %s",
		    result == X509_V_OK
			? "fingerprint not listed"
			: X509_verify_cert_error_string(result));
	return trusted;
}
