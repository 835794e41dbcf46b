/*
 * The sections that say what is listened on: udp, tcp, tls, http. The one
 * rule: an address has its port, and TLS what it needs to prove itself.
 */
#include <string.h>
#include <sysexits.h>

#include "daemon/conf_parts.h"

const char *
conf_transport_name(enum conf_transport transport)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[transport];
}

void
conf_nets(struct conf_memory *m, cfg_t *section, const char *option,
    const struct alert_list *list, struct conf_nets *nets)
{
	size_t i;

	nets->net = conf_alloc(m, list->n, sizeof(*nets->net));
	for (i = 0; nets->net != NULL && i < list->n; i++) {
		if (!source_net_parse(list->item[i], &nets->net[i]))
			conf_complain(m, section, option,
			    "\"%s\" is no address or network; write 192.0.2.1 "
			    "or 192.0.2.0/24",
			    list->item[i]);
		nets->n++;
	}
}

/* "AB:CD:..." or "abcd...", 32 octets. */
static bool
conf_is_fingerprint(const char *text)
{
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		if (strchr("0123456789abcdefABCDEF", *text) == NULL)
			return false;
		digits++;
	}
	return digits == 64;
}

void
conf_fingerprints(struct conf_memory *m, cfg_t *section, const char *option,
    const struct alert_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!conf_is_fingerprint(list->item[i]))
			conf_complain(m, section, option,
			    "\"%s\" is no SHA-256 fingerprint; openssl x509 "
			    "-noout -fingerprint -sha256 prints it",
			    list->item[i]);
}

static void
conf_listener_check(
    struct conf_memory *m, cfg_t *section, struct conf_listener *l)
{
	l->title = cfg_title(section);
	if (!conf_address(l->title, &l->addr, &l->addrlen))
		conf_complain(m, section, NULL,
		    "\"%s\" is no address with a port; write "
		    "\"[::]:514\" or \"192.0.2.1:514\"",
		    l->title);
	conf_nets(m, section, "allow", &l->allow, &l->allow_nets);
	conf_nets(m, section, "proxy", &l->proxy, &l->proxy_nets);
	if (l->transport != CONF_TLS)
		return;
	conf_fingerprints(m, section, "fingerprint", &l->fingerprint);
	if (l->cert_file == NULL || l->key_file == NULL)
		conf_complain(m, section,
		    l->cert_file == NULL ? "cert-file" : "key-file",
		    "is missing; TLS needs a certificate and its key");
	if (l->client_cert == CONF_CERT_REQUIRE && l->client_ca_file == NULL &&
	    l->fingerprint.n == 0)
		conf_complain(m, section, "client-cert",
		    "require needs client-ca-file or fingerprint");
}

void
conf_listeners(struct conf *c)
{
	struct conf_memory *m = c->memory;
	struct conf_listener *all, *one;
	size_t i, n, total = 0;
	int t;

	for (t = 0; t < CONF_TRANSPORTS; t++)
		total += cfg_size(m->cfg, conf_transport_name(t));
	all = conf_alloc(m, total, sizeof(*all));
	if (all == NULL)
		return;
	for (t = 0; t < CONF_TRANSPORTS; t++) {
		one =
		    conf_sections(m, conf_transport_name(t), sizeof(*one), &n);
		for (i = 0; one != NULL && i < n; i++) {
			one[i].transport = (enum conf_transport)t;
			conf_listener_check(m,
			    cfg_getnsec(
				m->cfg, conf_transport_name(t), (unsigned)i),
			    &one[i]);
			all[c->nlisteners++] = one[i];
		}
	}
	c->listener = all;
	if (c->nlisteners == 0)
		conf_fail(m, EX_CONFIG,
		    "%s: no udp, tcp or tls section, so nothing would be "
		    "heard; write: udp \"[::]:514\" { }",
		    m->file[0]);
}

void
conf_http(struct conf *c)
{
	cfg_t *section;

	if (cfg_size(c->memory->cfg, "http") == 0)
		return;
	section = conf_single(c->memory, "http", &c->http);
	if (!conf_address(c->http.address, &c->http.addr, &c->http.addrlen))
		conf_complain(c->memory, section, "address",
		    "\"%s\" is no address with a port; write "
		    "\"127.0.0.1:9514\"",
		    c->http.address);
}
