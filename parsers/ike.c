/* The words of the vocabulary, made of the rows in ike.h. */
#include "parsers/ike.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const whats[] = { "",
#define X(id, name, help) name,
	IKE_WHATS(X)
#undef X
};

static const struct stage_row {
	const char *name;
	int version;
	enum ike_kind kind;
} stages[] = { { "", 0, IKE_KIND_NONE },
#define X(id, name, version, kind) { name, version, kind },
	IKE_STAGES(X)
#undef X
};

static const struct reason_row {
	const char *name;
	enum ike_category category;
	int rank;
	const char *title;
} reasons[] = { { "", IKE_CAT_NONE, -1, "" },
#define X(id, name, cat, rank, title) { name, IKE_CAT_##cat, rank, title },
	IKE_REASONS(X)
#undef X
};
_Static_assert(IKE_REASON_COUNT <= 64, "ike_reasons is a set in 64 bits");

static const char *const categories[] = { "", "proposal", "policy", "auth",
	"connectivity", "protocol", "resource", "lifecycle", "stall",
	"unknown" };
static const char *const outcomes[] = { "open", "established", "failed",
	"stalled", "deleted", "superseded" };
static const char *const kinds[] = { "", "ike", "child" };
static const char *const roles[] = { "", "initiator", "responder" };
static const char *const tunnel_states[] = {
#define X(id, name) name,
	IKE_TUNNEL_STATES(X)
#undef X
};
static const char *const attrs[IKE_ATTR_COUNT] = {
	[IKE_ATTR_NONE] = "",
	[IKE_ATTR_PROPOSAL] = "proposal",
	[IKE_ATTR_ENCRYPTION] = "encryption",
	[IKE_ATTR_INTEGRITY] = "integrity",
	[IKE_ATTR_PRF] = "PRF",
	[IKE_ATTR_DH_GROUP] = "DH group",
	[IKE_ATTR_PFS_GROUP] = "PFS group",
	[IKE_ATTR_AUTH_METHOD] = "authentication method",
	[IKE_ATTR_LIFETIME] = "lifetime",
	[IKE_ATTR_MODE] = "mode",
	[IKE_ATTR_IDENTITY_PEER] = "identity of the peer",
	[IKE_ATTR_IDENTITY_LOCAL] = "own identity",
	[IKE_ATTR_SELECTOR_LOCAL] = "local network",
	[IKE_ATTR_SELECTOR_REMOTE] = "remote network",
};

#define NAME(table, i) \
	((size_t)(i) < COUNT(table) && (table)[i] != NULL ? (table)[i] : "")

const char *
ike_what_name(enum ike_what what)
{
	return NAME(whats, what);
}

const char *
ike_stage_name(enum ike_stage stage)
{
	return (size_t)stage < COUNT(stages) ? stages[stage].name : "";
}

const char *
ike_reason_name(enum ike_reason reason)
{
	return (size_t)reason < COUNT(reasons) ? reasons[reason].name : "";
}

const char *
ike_reason_title(enum ike_reason reason)
{
	return (size_t)reason < COUNT(reasons) ? reasons[reason].title : "";
}

const char *
ike_category_name(enum ike_category category)
{
	return NAME(categories, category);
}

const char *
ike_outcome_name(enum ike_outcome outcome)
{
	return NAME(outcomes, outcome);
}

const char *
ike_kind_name(enum ike_kind kind)
{
	return NAME(kinds, kind);
}

const char *
ike_role_name(enum ike_role role)
{
	return NAME(roles, role);
}

const char *
ike_tunnel_state_name(enum ike_tunnel_state state)
{
	return NAME(tunnel_states, state);
}

const char *
ike_attr_name(enum ike_attr attr)
{
	return NAME(attrs, attr);
}

enum ike_category
ike_reason_category(enum ike_reason reason)
{
	return (size_t)reason < COUNT(reasons) ? reasons[reason].category
					       : IKE_CAT_NONE;
}

int
ike_reason_rank(enum ike_reason reason)
{
	return (size_t)reason < COUNT(reasons) ? reasons[reason].rank : -1;
}

enum ike_kind
ike_stage_kind(enum ike_stage stage)
{
	return (size_t)stage < COUNT(stages) ? stages[stage].kind
					     : IKE_KIND_NONE;
}

int
ike_stage_version(enum ike_stage stage)
{
	return (size_t)stage < COUNT(stages) ? stages[stage].version : 0;
}

enum ike_reason
ike_reason_named(const char *name)
{
	for (size_t i = 1; i < COUNT(reasons); i++)
		if (strcmp(name, reasons[i].name) == 0)
			return (enum ike_reason)i;
	return IKE_REASON_NONE;
}

enum ike_stage
ike_stage_named(const char *name)
{
	for (size_t i = 1; i < COUNT(stages); i++)
		if (strcmp(name, stages[i].name) == 0)
			return (enum ike_stage)i;
	return IKE_STAGE_NONE;
}

static int
ike_place(const char *const *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, table[i]) == 0)
			return (int)i;
	return -1;
}

enum ike_what
ike_what_named(const char *name)
{
	int i = ike_place(whats, COUNT(whats), name);

	return i < 0 ? IKE_NOTHING : (enum ike_what)i;
}

enum ike_outcome
ike_outcome_named(const char *name, enum ike_outcome otherwise)
{
	int i = ike_place(outcomes, COUNT(outcomes), name);

	return i < 0 ? otherwise : (enum ike_outcome)i;
}

enum ike_tunnel_state
ike_tunnel_state_named(const char *name)
{
	int i = ike_place(tunnel_states, COUNT(tunnel_states), name);

	return i < 0 ? IKE_TUNNEL_UNKNOWN : (enum ike_tunnel_state)i;
}

bool
ike_event_say(struct ike_event *ev, enum ike_attr attr, enum ike_side side,
    struct span value)
{
	if (ev->nsaid == IKE_SAID_MAX || value.len == 0)
		return false;
	ev->said[ev->nsaid++] = (struct ike_said){ attr, side, value };
	return true;
}
