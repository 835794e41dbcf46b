/*
 * Every vendor, one row: its file's struct parser. They are asked in this
 * order which of them a record belongs to, the surest sign first.
 */
#include "parsers/parser.h"

#include <string.h>

#define PARSERS(X)     \
	X(huawei)      \
	X(comware)     \
	X(hpux_ipsec)  \
	X(mikrotik)    \
	X(clavister)   \
	X(sonicwall)   \
	X(stormshield) \
	X(checkpoint)  \
	X(watchguard)  \
	X(aws_vpn)     \
	X(sterra)      \
	X(isakmpd)     \
	X(sophos)      \
	X(draytek)     \
	X(forcepoint)  \
	X(racoon)      \
	X(cisco_asa)   \
	X(fortigate)   \
	X(paloalto)    \
	X(cisco_ios)   \
	X(junos)       \
	X(screenos)    \
	X(strongswan)  \
	X(libreswan)   \
	X(openiked)    \
	X(zyxel)

#define X(name) extern const struct parser parser_##name;
PARSERS(X)
#undef X

static const struct parser *const parsers[] = {
#define X(name) &parser_##name,
	PARSERS(X)
#undef X
	    NULL,
};

const struct parser *
parser_named(const char *name)
{
	for (size_t i = 0; parsers[i] != NULL; i++)
		if (strcmp(parsers[i]->name, name) == 0)
			return parsers[i];
	return NULL;
}

const struct parser *
parser_for(const struct record *rec)
{
	for (size_t i = 0; parsers[i] != NULL; i++)
		if (parsers[i]->recognise(rec))
			return parsers[i];
	return NULL;
}

const struct parser *const *
parser_all(void)
{
	return parsers;
}
