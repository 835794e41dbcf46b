/* One negotiation read back whole, and a copy of the file. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "storage/query.h"
#include "storage/query_sql.h"

/* clang-format off */
enum {
	N_ID, N_PARENT, N_TUNNEL_ID, N_OTHER, N_DEVICE, N_VENDOR, N_PEER,
	N_LOCAL, N_TUNNEL, N_CHILD, N_KIND, N_ROLE, N_VERSION, N_STAGE,
	N_OUTCOME, N_REASON, N_SUSPECTS, N_REFUSED, N_ISPI, N_RSPI, N_SPI_IN,
	N_SPI_OUT, N_REKEY, N_HEARD, N_KNOWN, N_RETRANSMITS, N_EVENTS,
	N_STARTED, N_UPDATED, N_ESTABLISHED, N_ENDED, N_DETAIL, N_DIFFERS,
};
static const char negotiation_sql[] =
	"SELECT n.id, n.parent_id, n.tunnel_id, n.other_end_id, d.name,"
	" n.vendor, n.peer, n.local, n.tunnel, n.child, n.kind, n.role,"
	" n.ike_version, n.stage, n.outcome, n.reason, n.suspects,"
	" n.refused_by, n.ispi, n.rspi, n.spi_in, n.spi_out, n.rekey, n.heard,"
	" n.known_peer, n.retransmits, n.events, n.started_at, n.updated_at,"
	" n.established_at, n.ended_at, n.detail, n.differs"
	" FROM negotiation AS n JOIN device AS d ON d.id = n.device_id"
	" WHERE n.id = ?1";
/* clang-format on */

static struct span
read_text(sqlite3_stmt *s, int column)
{
	return span_of((const char *)sqlite3_column_text(s, column));
}

static bool
read_is(sqlite3_stmt *s, int column, const char *word)
{
	return span_is(read_text(s, column), word);
}

static void
read_spi(sqlite3_stmt *s, int column, struct ike_spi *spi)
{
	spi->known = span_u64(read_text(s, column), 16, &spi->value);
}

static uint32_t
read_child_spi(sqlite3_stmt *s, int column)
{
	uint64_t value;

	return span_u64(read_text(s, column), 16, &value) ? (uint32_t)value : 0;
}

static const char *
read_word(sqlite3_stmt *s, int column)
{
	const char *word = (const char *)sqlite3_column_text(s, column);

	return word == NULL ? "" : word;
}

/* A JSON array of names. */
static ike_reasons
read_suspects(struct span s)
{
	ike_reasons set = 0;
	struct span word;
	char name[48];

	while (scan_until(&s, "\"", NULL) && scan_until(&s, "\"", &word)) {
		enum ike_reason r;

		if (!span_copy(name, sizeof(name), word))
			continue;
		r = ike_reason_named(name);
		if (r != IKE_REASON_NONE)
			set |= IKE_BIT(r);
	}
	return set;
}

static void
read_names(sqlite3_stmt *s, struct query_negotiation *to)
{
	struct ike_negotiation *n = &to->n;

	span_copy(to->device, sizeof(to->device), read_text(s, N_DEVICE));
	span_copy(to->vendor, sizeof(to->vendor), read_text(s, N_VENDOR));
	span_copy(to->detail, sizeof(to->detail), read_text(s, N_DETAIL));
	span_copy(to->differs, sizeof(to->differs), read_text(s, N_DIFFERS));
	span_copy(n->peer, sizeof(n->peer), read_text(s, N_PEER));
	span_copy(n->local, sizeof(n->local), read_text(s, N_LOCAL));
	span_copy(n->tunnel, sizeof(n->tunnel), read_text(s, N_TUNNEL));
	span_copy(n->child, sizeof(n->child), read_text(s, N_CHILD));
	n->device = to->device;
	n->vendor = to->vendor;
	n->detail = to->detail[0] == '\0' ? NULL : to->detail;
	n->differs = to->differs[0] == '\0' ? NULL : to->differs;
}

static void
read_words(sqlite3_stmt *s, struct ike_negotiation *n)
{
	n->kind = read_is(s, N_KIND, "ike") ? IKE_KIND_IKE
	    : read_is(s, N_KIND, "child")   ? IKE_KIND_CHILD
					    : IKE_KIND_NONE;
	n->role = read_is(s, N_ROLE, "initiator") ? IKE_INITIATOR
	    : read_is(s, N_ROLE, "responder")	  ? IKE_RESPONDER
						  : IKE_ROLE_NONE;
	n->refused_by = read_is(s, N_REFUSED, "here") ? IKE_REFUSED_HERE
	    : read_is(s, N_REFUSED, "peer")	      ? IKE_REFUSED_PEER
						      : IKE_REFUSED_NONE;
	n->stage = ike_stage_named(read_word(s, N_STAGE));
	n->outcome = ike_outcome_named(read_word(s, N_OUTCOME), IKE_OPEN);
	n->reason = ike_reason_named(read_word(s, N_REASON));
	n->suspects = read_suspects(read_text(s, N_SUSPECTS));
	read_spi(s, N_ISPI, &n->ispi);
	read_spi(s, N_RSPI, &n->rspi);
	n->spi_in = read_child_spi(s, N_SPI_IN);
	n->spi_out = read_child_spi(s, N_SPI_OUT);
}

static void
read_numbers(sqlite3_stmt *s, struct ike_negotiation *n)
{
	n->id = sqlite3_column_int64(s, N_ID);
	n->parent = sqlite3_column_int64(s, N_PARENT);
	n->tunnel_id = sqlite3_column_int64(s, N_TUNNEL_ID);
	n->other_end = sqlite3_column_int64(s, N_OTHER);
	n->ike_version = sqlite3_column_int(s, N_VERSION);
	n->rekey = sqlite3_column_int(s, N_REKEY) != 0;
	n->heard = sqlite3_column_int(s, N_HEARD) != 0;
	n->known_peer = sqlite3_column_int(s, N_KNOWN) != 0;
	n->retransmits = (unsigned)sqlite3_column_int(s, N_RETRANSMITS);
	n->events = (unsigned)sqlite3_column_int(s, N_EVENTS);
	n->started_at = sqlite3_column_int64(s, N_STARTED);
	n->updated_at = sqlite3_column_int64(s, N_UPDATED);
	n->established_at = sqlite3_column_int64(s, N_ESTABLISHED);
	n->ended_at = sqlite3_column_int64(s, N_ENDED);
}

int
query_negotiation(struct query *q, int64_t id, struct query_negotiation *to)
{
	sqlite3_stmt *s;
	int rc;

	memset(to, 0, sizeof(*to));
	if (sqlite3_prepare_v2(
		query_handle(q), negotiation_sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_int64(s, 1, id);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		read_names(s, to);
		read_words(s, &to->n);
		read_numbers(s, &to->n);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -1;
}

static int
export_failed(
    char err[QUERY_ERROR_SIZE], int *code, const char *to, const char *why)
{
	snprintf(err, QUERY_ERROR_SIZE, "cannot write %s: %s", to, why);
	*code = EX_CANTCREAT;
	return -1;
}

static int
export_into(
    struct query *q, const char *part, char err[QUERY_ERROR_SIZE], int *code)
{
	sqlite3_stmt *s = NULL;
	int rc;

	rc = sqlite3_exec(
	    query_handle(q), "PRAGMA query_only = 0", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(
		    query_handle(q), "VACUUM INTO ?1", -1, &s, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_text(s, 1, part, -1, SQLITE_STATIC);
		rc = sqlite3_step(s);
	}
	sqlite3_finalize(s);
	if (rc == SQLITE_DONE)
		return 0;
	return export_failed(err, code, part, sqlite3_errmsg(query_handle(q)));
}

/* The name appears only when what it leads to is on the disk. */
static int
export_sync(const char *part)
{
	int fd = open(part, O_RDONLY | O_CLOEXEC), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

/* Is there a file that a copy may take the place of? An older copy, or
 * nothing; never the database itself or some other file. */
static bool
export_may(struct query *q, const char *to)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof(magic)] = "";
	struct stat there, here;
	ssize_t n;
	int fd;

	if (stat(to, &there) == -1 || there.st_size == 0)
		return true;
	if (stat(query_path(q), &here) == 0 && here.st_dev == there.st_dev &&
	    here.st_ino == there.st_ino)
		return false;
	if ((fd = open(to, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = read(fd, head, sizeof(head));
	close(fd);
	return n == (ssize_t)sizeof(head) &&
	    memcmp(head, magic, sizeof(magic)) == 0;
}

int
query_export(
    struct query *q, const char *to, char err[QUERY_ERROR_SIZE], int *code)
{
	size_t size = strlen(to) + 24;
	char *part = malloc(size);
	mode_t before = umask(0027);
	int rc = -1;

	if (part == NULL) {
		umask(before);
		return export_failed(err, code, to, strerror(ENOMEM));
	}
	snprintf(part, size, "%s.part.%ld", to, (long)getpid());
	if (!export_may(q, to))
		export_failed(err, code, to,
		    "there is a file that is no copy of the database");
	else if (unlink(part) == -1 && errno != ENOENT)
		export_failed(err, code, part, strerror(errno));
	else if (export_into(q, part, err, code) == -1)
		unlink(part);
	else if (export_sync(part) == -1 || rename(part, to) == -1) {
		export_failed(err, code, to, strerror(errno));
		unlink(part);
	} else
		rc = 0;
	umask(before);
	free(part);
	return rc;
}
