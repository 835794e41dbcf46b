/*
 * Message rules: compiles rows into literals and holes, finds the rows that
 * can match a text by an index, and fills in what the holes took.
 *
 * Both sides are compared in canonical form: lower case, each run of blanks
 * as one blank, none in front of closing punctuation.
 *
 * The holes:
 *	$peer $local		an address or host name; a port behind it goes to
 *				peer_port (of peer) and is never part of it
 *	$tunnel $child $detail	any text
 *	$ispi $rspi		up to 16 hex digits, 0x allowed
 *	$spis			both: "ispi:rspi", "ispi/rspi", "ispi rspi"
 *	$in $out		CHILD SA SPI, up to 8 hex digits, 0x allowed
 *	$din $dout		the same in decimal
 *	$conn $session		a word: the vendor's number of the IKE SA
 *	$childno $msgid $thread	a word: see enum ike_key
 *	$peer_X $own_X $agreed_X what a side says, X: proposal encryption
 *				integrity prf dh pfs auth lifetime mode
 *				id_peer id_local ts_local ts_remote
 *	$*			skipped, any text
 *	$n $hex $word $addr	skipped, but must be digits, hex digits, one
 *				word, an address
 */
#include "parsers/rules.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum hole_type {
	HOLE_SKIP,
	HOLE_ADDR,
	HOLE_TEXT,
	HOLE_HEX64,
	HOLE_HEX32,
	HOLE_DEC32,
	HOLE_SPIS,
	HOLE_WORD,
	HOLE_SAID,
	HOLE_NUMBER,
	HOLE_HEX,
	HOLE_REST, /* "$?": any text or none, ends the row */
};

struct hole {
	const char *name;
	enum hole_type type;
	size_t at; /* offset in struct ike_event; SIZE_MAX: only checked */
};

#define AT(member) offsetof(struct ike_event, member)
#define KEY(k) AT(key) + (k) * sizeof(struct span)
static const struct hole holes[] = {
	{ "*", HOLE_SKIP, SIZE_MAX },
	{ "?", HOLE_REST, SIZE_MAX },
	{ "peer", HOLE_ADDR, AT(peer) },
	{ "local", HOLE_ADDR, AT(local) },
	{ "addr", HOLE_ADDR, SIZE_MAX },
	{ "tunnel", HOLE_TEXT, AT(tunnel) },
	{ "child", HOLE_TEXT, AT(child) },
	{ "detail", HOLE_TEXT, AT(detail) },
	{ "ispi", HOLE_HEX64, AT(ispi) },
	{ "rspi", HOLE_HEX64, AT(rspi) },
	{ "spis", HOLE_SPIS, AT(ispi) },
	{ "in", HOLE_HEX32, AT(spi_in) },
	{ "out", HOLE_HEX32, AT(spi_out) },
	{ "din", HOLE_DEC32, AT(spi_in) },
	{ "dout", HOLE_DEC32, AT(spi_out) },
	{ "conn", HOLE_WORD, KEY(IKE_KEY_CONN) },
	{ "session", HOLE_WORD, KEY(IKE_KEY_SESSION) },
	{ "childno", HOLE_WORD, KEY(IKE_KEY_CHILD) },
	{ "msgid", HOLE_WORD, KEY(IKE_KEY_MSGID) },
	{ "thread", HOLE_WORD, KEY(IKE_KEY_THREAD) },
	{ "word", HOLE_WORD, SIZE_MAX },
	{ "n", HOLE_NUMBER, SIZE_MAX },
	{ "hex", HOLE_HEX, SIZE_MAX },
};
#undef KEY

static const struct {
	const char *name;
	enum ike_side side;
} sides[] = {
	{ "peer_", IKE_SIDE_PEER },
	{ "own_", IKE_SIDE_HERE },
	{ "agreed_", IKE_SIDE_AGREED },
};

static const struct {
	const char *name;
	enum ike_attr attr;
} said_attrs[] = {
	{ "proposal", IKE_ATTR_PROPOSAL },
	{ "encryption", IKE_ATTR_ENCRYPTION },
	{ "integrity", IKE_ATTR_INTEGRITY },
	{ "prf", IKE_ATTR_PRF },
	{ "dh", IKE_ATTR_DH_GROUP },
	{ "pfs", IKE_ATTR_PFS_GROUP },
	{ "auth", IKE_ATTR_AUTH_METHOD },
	{ "lifetime", IKE_ATTR_LIFETIME },
	{ "mode", IKE_ATTR_MODE },
	{ "id_peer", IKE_ATTR_IDENTITY_PEER },
	{ "id_local", IKE_ATTR_IDENTITY_LOCAL },
	{ "ts_local", IKE_ATTR_SELECTOR_LOCAL },
	{ "ts_remote", IKE_ATTR_SELECTOR_REMOTE },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	PIECES_MAX = 24,     /* literals in one row */
	CANDIDATES_MAX = 96, /* rows tried for one text */
	LITERAL_MAX = 255,
};

/*
 * A literal and the hole behind it; the last piece has no hole. Its first
 * word stands at lit[word], behind a blank at most, and is gap + 1 letters
 * long: no blank can be inside it, whatever the text's spacing.
 */
struct piece {
	const char *lit; /* canonical, in the index's pool */
	unsigned char len;
	unsigned char word, gap;
	unsigned char hole; /* place in holes[], or COUNT(holes) */
	unsigned char side, attr;
};

struct compiled {
	const struct piece *pieces;
	unsigned char n;
};

/* The index is a tree of bytes; rows hang where their key ends. */
struct node {
	unsigned char byte;
	int child, sibling; /* 0: none; node 0 is the root */
	int row;	    /* first row that ends here, -1: none */
};

struct rule_index {
	size_t nrows;
	struct compiled *rows;
	int *next_row; /* rows that end at the same node */
	unsigned *hits;
	struct piece *pieces;
	size_t npieces, apieces;
	char *pool;
	size_t npool, apool;
	struct node *head, *tail;
	int nhead, ntail, ahead, atail;
	int loose; /* first row that neither index can hold, -1 */
	int bad;   /* first row that cannot be compiled, -1 */
};

/* ---- canonical form -------------------------------------------------- */

static bool
rules_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

static bool
rules_is_closing(char c)
{
	return c == '.' || c == ',' || c == ':' || c == ';' || c == '!' ||
	    c == '?' || c == ')' || c == ']';
}

static char
rules_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* What a run of blanks, or the end, comes to. */
static int
rules_canon_blank(struct span *s)
{
	size_t n = 0;

	while (n < s->len && rules_is_blank(s->p[n]))
		n++;
	*s = span_from(*s, n);
	if (s->len == 0)
		return -1;
	if (!rules_is_closing(s->p[0]))
		return ' ';
	s->p++;
	s->len--;
	return (unsigned char)s->p[-1];
}

/* The next canonical byte of s, eaten; -1 at the end. */
static inline int
rules_canon(struct span *s)
{
	if (s->len == 0 || rules_is_blank(s->p[0]))
		return rules_canon_blank(s);
	s->p++;
	s->len--;
	return (unsigned char)rules_fold(s->p[-1]);
}

/* Eats a canonical literal; false and unchanged where it does not stand. */
static bool
rules_eat(struct span *s, const char *lit, size_t len)
{
	const char *p = s->p;
	size_t n = s->len;

	for (size_t i = 0; i < len; i++) {
		if (n > 0 && !rules_is_blank(*p)) {
			if (rules_fold(*p) != lit[i])
				return false;
			p++, n--;
			continue;
		}
		while (n > 0 && rules_is_blank(*p))
			p++, n--;
		if (n > 0 && rules_is_closing(*p)) {
			if (*p != lit[i])
				return false;
			p++, n--;
		} else if (lit[i] != ' ' || (n == 0 && i + 1 < len))
			/* A blank that ends a literal also matches the end. */
			return false;
	}
	*s = (struct span){ p, n };
	return true;
}

/*
 * Whether the literal stands at i of *s, *s is then behind it. With at_end
 * only where nothing is left behind it.
 */
static bool
rules_stands(struct span *s, size_t i, const struct piece *piece, bool at_end,
    struct span *before)
{
	struct span t = span_from(*s, i);

	if (!rules_eat(&t, piece->lit, piece->len) ||
	    (at_end && span_trim(t).len > 0))
		return false;
	*before = (struct span){ s->p, i };
	*s = t;
	return true;
}

/* The first place of a literal that is one blank; the end is one too. */
static bool
rules_find_blank(
    struct span *s, const struct piece *piece, bool at_end, struct span *before)
{
	for (size_t i = 0; i <= s->len; i++)
		if ((i == s->len || rules_is_blank(s->p[i])) &&
		    rules_stands(s, i, piece, at_end, before))
			return true;
	return false;
}

/* The first place in *s where the literal stands; looked for by its word. */
static bool
rules_find(
    struct span *s, const struct piece *piece, bool at_end, struct span *before)
{
	const unsigned char *word =
	    (const unsigned char *)piece->lit + piece->word;
	struct span_mark m;

	if (piece->word == piece->len)
		return rules_find_blank(s, piece, at_end, before);
	m = (struct span_mark){ word[0] | 0x20, word[piece->gap] | 0x20,
		piece->gap };
	for (size_t i = piece->word; (i = span_next(*s, i, &m)) < s->len; i++)
		if ((piece->word == 0 || rules_is_blank(s->p[i - 1])) &&
		    rules_stands(s, i - piece->word, piece, at_end, before))
			return true;
	return false;
}

/* ---- compiling ------------------------------------------------------- */

static void *
rules_grow(void *p, size_t used, void *capacity, size_t width, size_t more)
{
	size_t *cap = capacity;
	size_t want = *cap;

	if (used + more <= want)
		return p;
	while (want < used + more)
		want = want < 64 ? 64 : want * 2;
	if ((p = realloc(p, want * width)) == NULL)
		abort(); /* the tables are constants: a few hundred kB */
	*cap = want;
	return p;
}

static int
rules_node(
    struct node **nodes, int *n, int *cap, int parent, unsigned char byte)
{
	int i;

	for (i = (*nodes)[parent].child; i != 0; i = (*nodes)[i].sibling)
		if ((*nodes)[i].byte == byte)
			return i;
	if (*n == *cap) {
		size_t want = (size_t)*cap;

		*nodes =
		    rules_grow(*nodes, (size_t)*n, &want, sizeof(**nodes), 1);
		*cap = (int)want;
	}
	i = (*n)++;
	(*nodes)[i] = (struct node){ byte, 0, (*nodes)[parent].child, -1 };
	(*nodes)[parent].child = i;
	return i;
}

/* Canonical text of a literal of a row, into the pool. */
static size_t
rules_literal(struct rule_index *ix, const char *p, size_t len, bool first)
{
	struct span s = { p, len };
	bool blank_end = len > 0 && rules_is_blank(p[len - 1]);
	size_t start = ix->npool;
	int c;

	ix->pool = rules_grow(ix->pool, ix->npool, &ix->apool, 1, len + 2);
	while ((c = rules_canon(&s)) != -1)
		if (!(first && c == ' ' && ix->npool == start))
			ix->pool[ix->npool++] = (char)c;
	if (blank_end && ix->npool > start)
		ix->pool[ix->npool++] = ' ';
	else if (blank_end && !first)
		ix->pool[ix->npool++] = ' ';
	return ix->npool - start;
}

/* Where the first word of a literal stands, and how long it is. */
static void
rules_word(struct piece *piece, const char *lit)
{
	size_t n = lit[0] == ' ' ? 1 : 0, end = n + 1;

	while (
	    end < piece->len && lit[end] != ' ' && !rules_is_closing(lit[end]))
		end++;
	piece->word = (unsigned char)n;
	piece->gap = (unsigned char)(end - n - 1);
}

static bool
rules_hole_said(struct span name, struct piece *piece)
{
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct span s = name;

		if (!scan_lit(&s, sides[i].name))
			continue;
		for (size_t k = 0; k < COUNT(said_attrs); k++)
			if (span_is(s, said_attrs[k].name)) {
				piece->side = (unsigned char)sides[i].side;
				piece->attr = (unsigned char)said_attrs[k].attr;
				return true;
			}
	}
	return false;
}

/*
 * The hole named at p (behind the dollar): a name, or {name} where letters
 * follow it. Its length, 0 where the name is unknown.
 */
static size_t
rules_hole(const char *p, struct piece *piece)
{
	size_t skip = *p == '{' ? 1 : 0, n = 0;
	struct span name;

	p += skip;
	piece->hole = COUNT(holes);
	piece->attr = IKE_ATTR_NONE;
	if (*p == '*' || *p == '?')
		n = 1;
	else
		while ((p[n] >= 'a' && p[n] <= 'z') || p[n] == '_')
			n++;
	name = (struct span){ p, n };
	if (skip == 1 && p[n] != '}')
		return 0;
	for (size_t i = 0; i < COUNT(holes); i++)
		if (span_is(name, holes[i].name))
			piece->hole = (unsigned char)i;
	if (piece->hole == COUNT(holes) && !rules_hole_said(name, piece))
		return 0;
	return n + 2 * skip;
}

/* One row into pieces; false where the row is wrong. */
static bool
rules_compile(struct rule_index *ix, struct compiled *row, const char *text)
{
	size_t start = ix->npieces;
	char plain[LITERAL_MAX];

	for (;;) {
		struct piece piece = { .hole = COUNT(holes) };
		size_t n = 0, at, len;

		while (*text != '\0' && (*text != '$' || text[1] == '$')) {
			if (n == sizeof(plain))
				return false;
			plain[n++] = *text;
			text += *text == '$' ? 2 : 1;
		}
		at = ix->npool;
		len = rules_literal(ix, plain, n, ix->npieces == start);
		if (len > LITERAL_MAX || ix->npieces - start == PIECES_MAX)
			return false;
		/* Two holes side by side: nothing says where one ends. */
		if (len == 0 && ix->npieces > start && *text != '\0')
			return false;
		piece.lit = (const char *)at; /* a place; made a pointer last */
		piece.len = (unsigned char)len;
		if (len > 0)
			rules_word(&piece, ix->pool + at);
		if (*text == '$') {
			size_t used = rules_hole(text + 1, &piece);

			if (used == 0)
				return false;
			text += 1 + used;
		}
		ix->pieces = rules_grow(ix->pieces, ix->npieces, &ix->apieces,
		    sizeof(*ix->pieces), 1);
		ix->pieces[ix->npieces++] = piece;
		if (piece.hole == COUNT(holes) && piece.attr == IKE_ATTR_NONE)
			break;
		if (piece.hole != COUNT(holes) &&
		    holes[piece.hole].type == HOLE_REST) {
			if (*text != '\0')
				return false;
			break;
		}
	}
	row->pieces = (const struct piece *)start;
	row->n = (unsigned char)(ix->npieces - start);
	return true;
}

static void
rules_hang(struct rule_index *ix, int *list, int row)
{
	/* At the end, so that a list is in the order of the rows. */
	while (*list != -1)
		list = &ix->next_row[*list];
	*list = row;
	ix->next_row[row] = -1;
}

static const char *
rules_lit(const struct rule_index *ix, const struct piece *piece)
{
	return ix->pool + (size_t)piece->lit;
}

static void
rules_index_row(struct rule_index *ix, const struct rule *rule, int row)
{
	const struct compiled *c = &ix->rows[row];
	const struct piece *first = &ix->pieces[(size_t)c->pieces];
	const struct piece *last = first + c->n - 1;
	int at = 0;

	if (first->len > 0 || rule->id != NULL) {
		for (const char *p = rule->id; p != NULL && *p != '\0'; p++)
			at = rules_node(&ix->head, &ix->nhead, &ix->ahead, at,
			    (unsigned char)*p);
		at = rules_node(&ix->head, &ix->nhead, &ix->ahead, at, 1);
		for (size_t i = 0; i < first->len; i++)
			at = rules_node(&ix->head, &ix->nhead, &ix->ahead, at,
			    (unsigned char)rules_lit(ix, first)[i]);
		rules_hang(ix, &ix->head[at].row, row);
	} else if (last->len > 0 && last->hole == COUNT(holes)) {
		for (size_t i = last->len; i-- > 0;)
			at = rules_node(&ix->tail, &ix->ntail, &ix->atail, at,
			    (unsigned char)rules_lit(ix, last)[i]);
		rules_hang(ix, &ix->tail[at].row, row);
	} else
		rules_hang(ix, &ix->loose, row);
}

static void
rules_build(struct ruleset *set)
{
	struct rule_index *ix = calloc(1, sizeof(*ix));
	size_t n = 0;

	if (ix == NULL)
		abort();
	while (set->rows[n].text != NULL)
		n++;
	ix->nrows = n;
	ix->rows = calloc(n + 1, sizeof(*ix->rows));
	ix->next_row = calloc(n + 1, sizeof(*ix->next_row));
	ix->hits = calloc(n + 1, sizeof(*ix->hits));
	ix->head = calloc(64, sizeof(*ix->head));
	ix->tail = calloc(64, sizeof(*ix->tail));
	if (ix->rows == NULL || ix->next_row == NULL || ix->hits == NULL ||
	    ix->head == NULL || ix->tail == NULL)
		abort();
	ix->ahead = ix->atail = 64;
	ix->nhead = ix->ntail = 1;
	ix->head[0].row = ix->tail[0].row = -1;
	ix->loose = ix->bad = -1;
	for (size_t i = 0; i < n; i++) {
		if (rules_compile(ix, &ix->rows[i], set->rows[i].text))
			rules_index_row(ix, &set->rows[i], (int)i);
		else if (ix->bad == -1)
			ix->bad = (int)i;
	}
	for (size_t i = 0; i < ix->npieces; i++)
		ix->pieces[i].lit = ix->pool + (size_t)ix->pieces[i].lit;
	for (size_t i = 0; i < n; i++)
		if (ix->rows[i].n > 0)
			ix->rows[i].pieces =
			    &ix->pieces[(size_t)ix->rows[i].pieces];
	set->index = ix;
}

/* ---- finding --------------------------------------------------------- */

struct candidates {
	int row[CANDIDATES_MAX];
	int n;
};

static void
rules_take(const struct rule_index *ix, struct candidates *c, int row)
{
	for (; row != -1 && c->n < CANDIDATES_MAX; row = ix->next_row[row]) {
		int i = c->n++;

		while (i > 0 && c->row[i - 1] > row) {
			c->row[i] = c->row[i - 1];
			i--;
		}
		c->row[i] = row;
	}
}

static int
rules_step(const struct node *nodes, int at, int byte)
{
	int i = nodes[at].child;

	while (i != 0 && nodes[i].byte != byte)
		i = nodes[i].sibling;
	return i;
}

static void
rules_by_head(const struct rule_index *ix, struct candidates *c, struct span id,
    struct span text)
{
	int at = 0, byte;

	for (size_t i = 0; i < id.len; i++)
		if ((at = rules_step(ix->head, at, (unsigned char)id.p[i])) ==
		    0)
			return;
	if ((at = rules_step(ix->head, at, 1)) == 0)
		return;
	rules_take(ix, c, ix->head[at].row);
	while ((byte = rules_canon(&text)) != -1) {
		if ((at = rules_step(ix->head, at, byte)) == 0)
			return;
		rules_take(ix, c, ix->head[at].row);
	}
	/* A literal that ends in a blank, at the end of the text. */
	if ((at = rules_step(ix->head, at, ' ')) != 0)
		rules_take(ix, c, ix->head[at].row);
}

/* Backwards from the end, in canonical form. */
static void
rules_by_tail(
    const struct rule_index *ix, struct candidates *c, struct span text)
{
	size_t n = text.len;
	int at = 0;
	bool closing = false;

	while (n > 0) {
		char b = text.p[n - 1];
		int byte = (unsigned char)b;

		if (rules_is_blank(b)) {
			while (n > 0 && rules_is_blank(text.p[n - 1]))
				n--;
			if (closing || n == 0)
				continue;
			byte = ' ';
		} else {
			n--;
			if (b >= 'A' && b <= 'Z')
				byte = b + ('a' - 'A');
		}
		closing = rules_is_closing((char)byte);
		if ((at = rules_step(ix->tail, at, byte)) == 0)
			return;
		rules_take(ix, c, ix->tail[at].row);
	}
}

/* ---- filling --------------------------------------------------------- */

static bool
rules_v4(struct span s)
{
	int octets = 0, value = 0, digits = 0;

	for (size_t i = 0; i <= s.len; i++) {
		if (i == s.len || s.p[i] == '.') {
			if (digits == 0 || value > 255)
				return false;
			octets++;
			value = digits = 0;
		} else if (s.p[i] >= '0' && s.p[i] <= '9' && digits < 3) {
			value = value * 10 + (s.p[i] - '0');
			digits++;
		} else
			return false;
	}
	return octets == 4;
}

static bool
rules_v6(struct span s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	const char *zone;

	if (!span_has(s, ":"))
		return false;
	zone = span_find(s, "%");
	if (zone != NULL)
		s = span_to(s, zone);
	return span_copy(text, sizeof(text), s) &&
	    inet_pton(AF_INET6, text, &a) == 1;
}

static bool
rules_name(struct span s)
{
	bool letter = false;

	if (s.len == 0 || s.len > 63)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			letter = true;
		else if (!((c >= '0' && c <= '9') ||
			     (i > 0 && (c == '-' || c == '.' || c == '_'))))
			return false;
	}
	return letter;
}

/* Takes a port off the end: [500] /500 :500 or |500. */
static struct span
rules_port(struct span s, struct span *port)
{
	size_t n = s.len;
	bool bracket = n > 0 && s.p[n - 1] == ']';
	size_t end = bracket ? n - 1 : n, i = end;

	*port = SPAN_NONE;
	while (i > 0 && s.p[i - 1] >= '0' && s.p[i - 1] <= '9')
		i--;
	if (i == end || end - i > 5 || i == 0)
		return s;
	if (bracket
		? s.p[i - 1] != '['
		: s.p[i - 1] != '/' && s.p[i - 1] != ':' && s.p[i - 1] != '|')
		return s;
	*port = (struct span){ s.p + i, end - i };
	return (struct span){ s.p, i - 1 };
}

bool
rules_address(struct span s, struct span *addr, struct span *port)
{
	struct span bare, p = SPAN_NONE;

	s = span_trim(s);
	if (s.len >= 2 &&
	    ((s.p[0] == '<' && s.p[s.len - 1] == '>') ||
		(s.p[0] == '(' && s.p[s.len - 1] == ')')))
		s = span_trim((struct span){ s.p + 1, s.len - 2 });
	if (port != NULL)
		*port = SPAN_NONE;
	/* A whole address first: the end of one is no port. */
	if (!rules_v4(s) && !rules_v6(s)) {
		bare = rules_port(s, &p);
		if (bare.len >= 2 && bare.p[0] == '[' &&
		    bare.p[bare.len - 1] == ']')
			bare = (struct span){ bare.p + 1, bare.len - 2 };
		if (!rules_v4(bare) && !rules_v6(bare) && !rules_name(bare))
			return false;
		s = bare;
	}
	*addr = s;
	if (port != NULL)
		*port = p;
	return true;
}

static bool
rules_is_word(struct span s)
{
	if (s.len == 0 || s.len > 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (rules_is_blank(s.p[i]))
			return false;
	return true;
}

static bool
rules_is_set(struct span s, const char *set)
{
	struct span rest = s;

	return s.len <= 64 && scan_set(&rest, set, NULL) && rest.len == 0;
}

static bool
rules_spi(struct span s, struct ike_spi *spi)
{
	if (span_starts_nocase(s, "0x"))
		s = span_from(s, 2);
	if (s.len > 16 || !span_u64(s, 16, &spi->value))
		return false;
	spi->known = true;
	return true;
}

static bool
rules_spis(struct span s, struct ike_event *ev)
{
	struct span first, rest = s;

	if (!scan_set(&rest, "0123456789abcdefABCDEFx", &first) ||
	    !scan_set(&rest, ":/, -", NULL))
		return false;
	return rules_spi(first, &ev->ispi) && rules_spi(rest, &ev->rspi);
}

static bool
rules_u32(struct span s, int base, uint32_t *out)
{
	uint64_t value;

	if (!span_u64(s, base, &value) || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* Puts what a hole took into the event; false where it is no such thing. */
static bool
rules_fill(const struct piece *piece, struct span took, struct ike_event *ev)
{
	const struct hole *hole;
	struct span *to;

	took = span_trim(took);
	if (piece->hole == COUNT(holes)) {
		ike_event_say(ev, (enum ike_attr)piece->attr,
		    (enum ike_side)piece->side, took);
		return true;
	}
	hole = &holes[piece->hole];
	to = hole->at == SIZE_MAX
	    ? NULL
	    : (struct span *)(void *)((char *)ev + hole->at);
	switch (hole->type) {
	case HOLE_ADDR: {
		struct span addr, port;

		if (!rules_address(took, &addr, &port))
			return false;
		if (to != NULL)
			*to = addr;
		if (to == &ev->peer)
			ev->peer_port = port;
		return true;
	}
	case HOLE_TEXT:
		*to = took;
		return true;
	case HOLE_WORD:
		if (!rules_is_word(took))
			return false;
		if (to != NULL)
			*to = took;
		return true;
	case HOLE_HEX64:
		return rules_spi(took, (struct ike_spi *)(void *)to);
	case HOLE_SPIS:
		return rules_spis(took, ev);
	case HOLE_HEX32:
		return rules_u32(took, 16, (uint32_t *)(void *)to);
	case HOLE_DEC32:
		return rules_u32(took, 10, (uint32_t *)(void *)to);
	case HOLE_NUMBER:
		return rules_is_set(took, "0123456789");
	case HOLE_HEX:
		return rules_is_set(took, "0123456789abcdefABCDEFx");
	default:
		return true;
	}
}

/* Nothing behind the literal: it ends the row. */
static bool
rules_is_last(const struct piece *piece)
{
	return piece->hole == COUNT(holes) && piece->attr == IKE_ATTR_NONE;
}

static bool
rules_is_rest(const struct piece *piece)
{
	return piece->hole != COUNT(holes) &&
	    holes[piece->hole].type == HOLE_REST;
}

/* The last letter first: of rows that begin alike most end in another. */
static bool
rules_may_end(const struct piece *last, struct span text)
{
	char c = last->len > 0 ? last->lit[last->len - 1] : ' ';

	return c == ' ' || !rules_is_last(last) ||
	    (text.len > 0 && rules_fold(text.p[text.len - 1]) == c);
}

/*
 * Do all literals of the row stand in the text, one behind the other? took gets
 * what is between them; how many that are, -1 where one does not.
 */
static int
rules_locate(const struct compiled *row, struct span text, struct span *took)
{
	const struct piece *piece = row->pieces, *last = piece + row->n - 1;

	if (!rules_may_end(last, text) ||
	    !rules_eat(&text, piece->lit, piece->len))
		return -1;
	for (; !rules_is_rest(piece) && piece != last; piece++, took++) {
		const struct piece *next = piece + 1;

		*took = SPAN_NONE;
		if (next->len == 0) {
			/* A hole that ends the row takes all the rest. */
			*took = text;
			text = SPAN_NONE;
		} else if (!rules_find(&text, next, rules_is_last(next), took))
			return -1;
	}
	if (rules_is_last(piece) && span_trim(text).len > 0)
		return -1;
	return (int)(piece - row->pieces);
}

static bool
rules_try(const struct compiled *row, struct span text, struct ike_event *ev)
{
	struct span took[PIECES_MAX];
	struct ike_event filled;
	int n = rules_locate(row, text, took);

	if (n == -1)
		return false;
	filled = *ev;
	for (int i = 0; i < n; i++)
		if (!rules_fill(&row->pieces[i], took[i], &filled))
			return false;
	*ev = filled;
	return true;
}

static void
rules_apply(const struct rule *rule, struct ike_event *ev)
{
	if (rule->what != IKE_NOTHING)
		ev->what = rule->what;
	if (rule->stage != IKE_STAGE_NONE)
		ev->stage = rule->stage;
	if (rule->reason != IKE_REASON_NONE)
		ev->reason = rule->reason;
	if (rule->role != IKE_ROLE_NONE)
		ev->role = rule->role;
	if (rule->version != 0)
		ev->ike_version = rule->version;
	if (rule->kind != IKE_KIND_NONE)
		ev->kind = rule->kind;
	ev->flags |= rule->flags;
	ev->suspects |= rule->suspects;
}

const struct rule *
rules_match(
    struct ruleset *set, struct span id, struct span text, struct ike_event *ev)
{
	const struct rule_index *ix;
	struct candidates c;

	c.n = 0; /* and the rest as it comes */
	if (set->index == NULL)
		rules_build(set);
	ix = set->index;
	text = span_trim(text);
	if (id.len > 0)
		rules_by_head(ix, &c, id, text);
	rules_by_head(ix, &c, SPAN_NONE, text);
	rules_by_tail(ix, &c, text);
	rules_take(ix, &c, ix->loose);
	for (int i = 0; i < c.n; i++) {
		const struct rule *rule = &set->rows[c.row[i]];

		if (rules_try(&ix->rows[c.row[i]], text, ev)) {
			rules_apply(rule, ev);
			ix->hits[c.row[i]]++;
			return rule;
		}
	}
	return NULL;
}

unsigned
rules_hits(const struct ruleset *set, size_t n)
{
	return set->index != NULL && n < set->index->nrows ? set->index->hits[n]
							   : 0;
}

size_t
rules_count(const struct ruleset *set)
{
	size_t n = 0;

	while (set->rows[n].text != NULL)
		n++;
	return n;
}

const struct rule *
rules_check(struct ruleset *set)
{
	if (set->index == NULL)
		rules_build(set);
	return set->index->bad == -1 ? NULL : &set->rows[set->index->bad];
}

void
rules_free(struct ruleset *set)
{
	struct rule_index *ix = set->index;

	if (ix == NULL)
		return;
	free(ix->rows);
	free(ix->next_row);
	free(ix->hits);
	free(ix->pieces);
	free(ix->pool);
	free(ix->head);
	free(ix->tail);
	free(ix);
	set->index = NULL;
}
