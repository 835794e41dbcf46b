/* Opening the file. Every failure says which file, what, and what to do. */
#include "storage/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "storage/schema.h"

enum {
	DB_MODE = 0640,
	DB_BUSY_MS = 2000,
	DB_ASIDE_MAX = 1000,
	DB_CHECK_BYTES = 32 << 20, /* small enough to be checked whole */
};

static const char db_magic[16] = "SQLite format 3";

static int db_fail(struct db_report *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
db_fail(struct db_report *report, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(report->error, sizeof(report->error), fmt, ap);
	va_end(ap);
	report->code = code;
	return -1;
}

/* Numbers of linux/magic.h and of the file systems' own headers. */
const char *
db_network(uint64_t type)
{
	static const struct network {
		uint64_t type;
		const char *name;
	} table[] = {
		{ 0x6969, "NFS" },
		{ 0x517b, "SMB" },
		{ 0xff534d42, "CIFS" },
		{ 0xfe534d42, "SMB2" },
		{ 0x564c, "NCP" },
		{ 0x5346414f, "AFS" },
		{ 0x6b414653, "AFS" },
		{ 0x73757245, "Coda" },
		{ 0x01021997, "9P" },
		{ 0x00c36400, "Ceph" },
		{ 0x0bd00bd0, "Lustre" },
		{ 0x013111a8, "IBRIX" },
	};

	type &= 0xffffffff;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].type == type)
			return table[i].name;
	return NULL;
}

/* The directory must be there, be ours to write and be on a local disk. */
static int
db_check_directory(const char *path, struct db_report *report)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	char dir[4096];
	struct statfs fs;
	const char *network;

	if (len >= sizeof(dir))
		return db_fail(
		    report, EX_CANTCREAT, "%.100s...: too long", path);
	snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL  ? 1
		: len == 0 ? 1
			   : (int)len,
	    slash == NULL  ? "."
		: len == 0 ? "/"
			   : path);
	if (statfs(dir, &fs) == -1)
		return db_fail(report, EX_CANTCREAT,
		    "directory %s: %s: create it for the user that runs "
		    "ikewatchd",
		    dir, strerror(errno));
	if ((network = db_network(fs.f_type)) != NULL)
		return db_fail(report, EX_CONFIG,
		    "%s is on a network file system, %s, where SQLite's log "
		    "is not safe: put the database on a local disk",
		    dir, network);
	if (access(dir, W_OK | X_OK) == -1)
		return db_fail(report, EX_CANTCREAT,
		    "directory %s: %s: it must be writable for the user that "
		    "runs ikewatchd",
		    dir, strerror(errno));
	return 0;
}

static int
db_code(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EIO
	    ? EX_IOERR
	    : EX_CANTCREAT;
}

/* Opens the file itself, or makes an empty one, readable for the group. */
static int
db_open_file(struct db *db, struct db_report *report)
{
	struct stat st;

	db->fd = open(db->path, O_RDWR | O_CLOEXEC);
	if (db->fd == -1 && errno == ENOENT) {
		db->fd = open(
		    db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, DB_MODE);
		report->fresh = db->fd != -1;
	}
	if (db->fd == -1 || fstat(db->fd, &st) == -1)
		return db_fail(report, db_code(errno), "%s: %s", db->path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return db_fail(
		    report, EX_CANTCREAT, "%s: not a file", db->path);
	if (report->fresh && fchmod(db->fd, DB_MODE) == -1)
		return db_fail(report, db_code(errno), "%s: %s", db->path,
		    strerror(errno));
	if (flock(db->fd, LOCK_EX | LOCK_NB) == -1)
		return db_fail(report, EX_TEMPFAIL,
		    "%s: another ikewatchd has it open", db->path);
	db->dev = st.st_dev;
	db->ino = st.st_ino;
	return 0;
}

enum mark { MARK_EMPTY, MARK_SQLITE, MARK_DAMAGED, MARK_OTHER };

/* Whose file it is, by its first octets. Half of the mark is enough to call
 * it damaged rather than somebody's letter. */
static enum mark
db_mark(int fd)
{
	unsigned char head[72];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	uint32_t id;
	int same = 0, zeros = 0;

	if (n <= 0)
		return n == 0 ? MARK_EMPTY : MARK_DAMAGED;
	for (ssize_t i = 0; i < n && i < 16; i++) {
		same += head[i] == (unsigned char)db_magic[i];
		zeros += head[i] == 0;
	}
	/* what a file system leaves of a page that was lost with the power */
	if (n >= 16 && zeros == 16)
		return MARK_DAMAGED;
	if (n < 16)
		return same == n ? MARK_DAMAGED : MARK_OTHER;
	if (n == sizeof(head)) {
		id = (uint32_t)head[68] << 24 | head[69] << 16 | head[70] << 8 |
		    head[71];
		if (same < 16 && id == SCHEMA_APPLICATION_ID)
			return MARK_DAMAGED;
	}
	return same == 16 ? MARK_SQLITE : same >= 8 ? MARK_DAMAGED : MARK_OTHER;
}

static int64_t
db_size(const char *path, const char *suffix)
{
	char name[4200];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &st) == 0 ? st.st_size : -1;
}

int64_t
db_wal_bytes(const char *path)
{
	int64_t size = db_size(path, "-wal");

	return size > 0 ? size : 0;
}

void
db_begin_sync(const char *path)
{
	char name[4200];
	int fd;

	/* SQLite holds no locks on the log, that closing it would end */
	snprintf(name, sizeof(name), "%s-wal", path);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return;
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	close(fd);
}

/* One of the three files; a missing one is fine. */
static int
db_move(const char *path, const char *suffix, int n)
{
	char from[4200], to[4300];

	snprintf(from, sizeof(from), "%s%s", path, suffix);
	snprintf(to, sizeof(to), "%s.damaged.%d%s", path, n, suffix);
	return rename(from, to) == -1 && errno != ENOENT ? -1 : 0;
}

int
db_set_aside(const char *path, const char *why, char *notice, size_t size)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[64];
	int n = 1;

	for (; n < DB_ASIDE_MAX; n++) {
		bool taken = false;

		for (int i = 0; i < 3; i++) {
			snprintf(name, sizeof(name), ".damaged.%d%s", n,
			    suffixes[i]);
			taken |= db_size(path, name) >= 0;
		}
		if (!taken)
			break;
	}
	if (n == DB_ASIDE_MAX)
		return -1;
	for (int i = 0; i < 3; i++)
		if (db_move(path, suffixes[i], n) == -1)
			return -1;
	snprintf(notice, size,
	    "%s was damaged (%s): set aside as %s.damaged.%d, and a new one "
	    "begun",
	    path, why, path, n);
	return 0;
}

/* An SQLite code as a code of sysexits.h and a sentence. */
static int
db_fail_sql(struct db *db, int rc, struct db_report *report)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return db_fail(
		    report, EX_IOERR, "%s: the disk is full", db->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return db_fail(report, EX_TEMPFAIL,
		    "%s: another program has it locked", db->path);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return db_fail(report, EX_CANTCREAT,
		    "%s: cannot be written: %s", db->path, sqlite3_errstr(rc));
	case SQLITE_NOMEM:
		return db_fail(report, EX_OSERR, "%s: no memory", db->path);
	default:
		return db_fail(report, EX_IOERR, "%s: %s (%d)", db->path,
		    db->sql != NULL ? sqlite3_errmsg(db->sql)
				    : sqlite3_errstr(rc),
		    rc);
	}
}

static bool
db_is_damage(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* Runs one PRAGMA and looks at the first column of its first row. */
static int
db_pragma(struct db *db, const char *sql, const char *want)
{
	sqlite3_stmt *stmt;
	const char *got;
	int rc;

	rc = sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && want != NULL) {
		got = (const char *)sqlite3_column_text(stmt, 0);
		rc = got != NULL && strcmp(got, want) == 0 ? SQLITE_ROW
							   : SQLITE_CORRUPT;
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* How the writer wants it: see PRAGMA in SQLite's manual for each. */
static int
db_settings(struct db *db)
{
	static const struct setting {
		const char *sql, *want;
	} table[] = {
		/* before the first page is written, so before WAL */
		{ "PRAGMA auto_vacuum=INCREMENTAL", NULL },
		{ "PRAGMA journal_mode=WAL", "wal" },
		{ "PRAGMA synchronous=NORMAL", NULL },
		{ "PRAGMA journal_size_limit=67108864", NULL },
		{ "PRAGMA wal_autocheckpoint=0", NULL },
		{ "PRAGMA cache_size=-5120", NULL },
		{ "PRAGMA temp_store=MEMORY", NULL },
		/*
		 * Two searches for each event; rows.c has just seen both rows,
		 * and prune.c looks after what hangs on a row that goes.
		 */
		{ "PRAGMA foreign_keys=OFF", NULL },
		{ "PRAGMA cell_size_check=ON", NULL },
	};
	int rc = SQLITE_OK, on = 1;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (rc == SQLITE_OK)
			rc = db_pragma(db, table[i].sql, table[i].want);
	sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	sqlite3_extended_result_codes(db->sql, 1);
	return rc;
}

/* A small file is looked through; a large one shows damage as it is used. */
static int
db_check(struct db *db)
{
	if (db_size(db->path, "") > DB_CHECK_BYTES)
		return SQLITE_OK;
	return db_pragma(db, "PRAGMA quick_check(1)", "ok");
}

enum judged { JUDGED_GOOD, JUDGED_BAD, JUDGED_DAMAGED };

/* Opens with SQLite, and says whether it can be worked with. */
static enum judged
db_judge(struct db *db, struct db_report *report)
{
	enum schema_state state;
	int rc;

	rc = sqlite3_open_v2(db->path, &db->sql,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		db_fail_sql(db, rc, report);
		return JUDGED_BAD;
	}
	sqlite3_busy_timeout(db->sql, DB_BUSY_MS);
	state = schema_look(db->sql);
	if (state == SCHEMA_DAMAGED)
		return JUDGED_DAMAGED;
	if (state == SCHEMA_NEWER)
		db_fail(report, EX_DATAERR,
		    "%s was written by a newer ikewatchd: install that one, or "
		    "name another file",
		    db->path);
	else if (state == SCHEMA_FOREIGN)
		db_fail(report, EX_DATAERR,
		    "%s is a database of another program: name another file",
		    db->path);
	else if (state == SCHEMA_FAILED)
		db_fail_sql(db, sqlite3_errcode(db->sql), report);
	if (state != SCHEMA_READY && state != SCHEMA_OLDER)
		return JUDGED_BAD;
	rc = db_settings(db);
	if (rc == SQLITE_OK)
		rc = schema_migrate(db->sql, schema_steps);
	if (rc == SQLITE_OK)
		rc = db_check(db);
	if (rc != SQLITE_OK && !db_is_damage(rc))
		db_fail_sql(db, rc, report);
	return rc == SQLITE_OK ? JUDGED_GOOD
	    : db_is_damage(rc) ? JUDGED_DAMAGED
			       : JUDGED_BAD;
}

/* Closes what is open, keeps the path. */
static void
db_release(struct db *db)
{
	sqlite3_close(db->sql);
	db->sql = NULL;
	if (db->fd != -1)
		close(db->fd);
	db->fd = -1;
}

/* The log of a damaged file stays as it is: it may hold what helps. */
void
db_keep_log(struct db *db)
{
	if (db->sql != NULL)
		sqlite3_db_config(
		    db->sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static enum judged
db_try(struct db *db, struct db_report *report)
{
	enum mark mark;

	if (db_open_file(db, report) == -1)
		return JUDGED_BAD;
	mark = db_mark(db->fd);
	if (mark == MARK_OTHER) {
		db_fail(report, EX_DATAERR,
		    "%s is not a database: name another file", db->path);
		return JUDGED_BAD;
	}
	/* an empty file beside a log: the log would be thrown away */
	if (mark == MARK_DAMAGED ||
	    (mark == MARK_EMPTY && db_wal_bytes(db->path) > 0))
		return JUDGED_DAMAGED;
	report->fresh |= mark == MARK_EMPTY;
	return db_judge(db, report);
}

int
db_open(struct db *db, const char *path, struct db_report *report)
{
	enum judged judged = JUDGED_BAD;
	char why[100] = "it cannot be read as a database";

	/* nobody asks how much SQLite has allocated; counting takes a lock
	 * (an error says only that SQLite is in use already) */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	*report = (struct db_report){ .code = EX_OK };
	*db = (struct db){ .fd = -1, .path = strdup(path) };
	if (db->path == NULL)
		return db_fail(report, EX_OSERR, "no memory");
	/* twice: the second time with a new file in the damaged one's place */
	for (int i = 0; i < 2; i++) {
		if (db_check_directory(path, report) == -1)
			break;
		judged = db_try(db, report);
		if (judged != JUDGED_DAMAGED)
			break;
		if (db->sql != NULL && sqlite3_errcode(db->sql) != SQLITE_OK)
			snprintf(
			    why, sizeof(why), "%s", sqlite3_errmsg(db->sql));
		db_keep_log(db);
		db_release(db);
		if (db_set_aside(path, why, report->notice,
			sizeof(report->notice)) == -1) {
			db_fail(report, db_code(errno),
			    "%s is damaged and cannot be set aside: %s", path,
			    strerror(errno));
			break;
		}
	}
	if (judged == JUDGED_GOOD)
		return 0;
	if (report->error[0] == '\0')
		db_fail(
		    report, EX_IOERR, "%s: a new file is damaged too", path);
	db_close(db);
	return -1;
}

void
db_close(struct db *db)
{
	db_release(db);
	free(db->path);
	db->path = NULL;
}

bool
db_present(const struct db *db)
{
	struct stat st;

	return stat(db->path, &st) == 0 && st.st_dev == db->dev &&
	    st.st_ino == db->ino;
}
