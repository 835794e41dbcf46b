/*
 * A file system in front of SQLite's own that fails when it is told to, or
 * writes down what is done to the files. Calls that change files are counted
 * from 1; "kill:17" ends the process right before the seventeenth.
 *
 *	kill:N		SIGKILL
 *	eio:N		an I/O error, once
 *	full:N		no space, once
 *	short:N		half of it is written, then an I/O error
 *	eio+:N		I/O errors from there on, for a hundred calls
 *	count		says at the end how many calls there were
 *	log:FILE	every call with its bytes, and nothing waits for the disk
 *
 * The log and one of the others may be given together.
 */
#ifndef IKEWATCH_TESTS_TOOLS_FAULTS_H
#define IKEWATCH_TESTS_TOOLS_FAULTS_H

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fault_mode {
	FAULT_NONE,
	FAULT_KILL,
	FAULT_EIO,
	FAULT_FULL,
	FAULT_SHORT,
	FAULT_LASTING,
};

/* What is done, in the log. */
enum fault_call {
	CALL_WRITE = 'w',
	CALL_SYNC = 's',
	CALL_TRUNCATE = 't',
	CALL_DELETE = 'd',
	CALL_NOTE = 'n',
	CALL_FAILED_SYNC = 'f'
};

static struct faults {
	sqlite3_vfs vfs, *real;
	enum fault_mode mode;
	long at;
	_Atomic long calls;
	FILE *log;
} faults;

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
	char which;	    /* 'd' the database, 'w' its log, 'o' other */
};

/* One call: call, file, number, length, bytes. */
static void
faults_log(char call, char which, int64_t n, const void *p, int32_t len)
{
	if (faults.log == NULL)
		return;
	flockfile(faults.log);
	putc(call, faults.log);
	putc(which, faults.log);
	fwrite(&n, sizeof(n), 1, faults.log);
	fwrite(&len, sizeof(len), 1, faults.log);
	if (len > 0)
		fwrite(p, 1, len, faults.log);
	funlockfile(faults.log);
}

/* Says where the program is: what it believes from here on. */
static void
faults_note(int64_t number)
{
	faults_log(CALL_NOTE, 'o', number, NULL, 0);
}

/* The mode where this call is the one to fail. */
static enum fault_mode
faults_step(void)
{
	long n = ++faults.calls;

	if (faults.mode == FAULT_LASTING)
		return n >= faults.at && n < faults.at + 100 ? FAULT_EIO
							     : FAULT_NONE;
	if (faults.mode == FAULT_NONE || n != faults.at)
		return FAULT_NONE;
	if (faults.mode == FAULT_KILL)
		raise(SIGKILL);
	return faults.mode;
}

#define REAL(f) (((struct fault_file *)(f))->real)
#define WHICH(f) (((struct fault_file *)(f))->which)

static int
fault_close(sqlite3_file *f)
{
	return REAL(f)->pMethods->xClose(REAL(f));
}

static int
fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

static int
fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc;

	switch (faults_step()) {
	case FAULT_EIO:
		return SQLITE_IOERR_WRITE;
	case FAULT_FULL:
		return SQLITE_FULL;
	case FAULT_SHORT:
		rc = REAL(f)->pMethods->xWrite(REAL(f), p, n / 2, at);
		faults_log(CALL_WRITE, WHICH(f), at, p, n / 2);
		return rc == SQLITE_OK ? SQLITE_IOERR_WRITE : rc;
	default:
		faults_log(CALL_WRITE, WHICH(f), at, p, n);
		return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
	}
}

static int
fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (faults_step() != FAULT_NONE)
		return SQLITE_IOERR_TRUNCATE;
	faults_log(CALL_TRUNCATE, WHICH(f), size, NULL, 0);
	return REAL(f)->pMethods->xTruncate(REAL(f), size);
}

static int
fault_sync(sqlite3_file *f, int flags)
{
	int rc;

	if (faults_step() != FAULT_NONE) {
		faults_log(CALL_FAILED_SYNC, WHICH(f), 0, NULL, 0);
		return SQLITE_IOERR_FSYNC;
	}
	/* a test that pulls the plug itself need not wait for the disk */
	rc = faults.log != NULL ? SQLITE_OK
				: REAL(f)->pMethods->xSync(REAL(f), flags);
	faults_log(CALL_SYNC, WHICH(f), 0, NULL, 0);
	return rc;
}

static int
fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), size);
}

static int
fault_lock(sqlite3_file *f, int how)
{
	return REAL(f)->pMethods->xLock(REAL(f), how);
}

static int
fault_unlock(sqlite3_file *f, int how)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), how);
}

static int
fault_reserved(sqlite3_file *f, int *out)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int
fault_control(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int
fault_sector(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int
fault_device(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int
fault_shm_map(
    sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, p);
}

static int
fault_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}

static void
fault_shm_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int
fault_shm_unmap(sqlite3_file *f, int gone)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), gone);
}

static const sqlite3_io_methods fault_methods = { 2, fault_close, fault_read,
	fault_write, fault_truncate, fault_sync, fault_size, fault_lock,
	fault_unlock, fault_reserved, fault_control, fault_sector, fault_device,
	fault_shm_map, fault_shm_lock, fault_shm_barrier, fault_shm_unmap, NULL,
	NULL };

static int
fault_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct fault_file *file = (struct fault_file *)f;
	int rc;

	(void)vfs;
	memset(file, 0, sizeof(*file));
	file->real = (sqlite3_file *)(file + 1);
	file->which = flags & SQLITE_OPEN_MAIN_DB ? 'd'
	    : flags & SQLITE_OPEN_WAL		  ? 'w'
						  : 'o';
	rc = faults.real->xOpen(faults.real, name, file->real, flags, out);
	if (file->real->pMethods != NULL)
		file->base.pMethods = &fault_methods;
	return rc;
}

static int
fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	if (faults_step() != FAULT_NONE)
		return SQLITE_IOERR_DELETE;
	faults_log(CALL_DELETE, 'o', 0, name, strlen(name));
	return faults.real->xDelete(faults.real, name, sync);
}

/* False where the text is none of those above. */
static int
faults_install(const char *text)
{
	static const struct {
		const char *name;
		enum fault_mode mode;
	} modes[] = { { "kill:", FAULT_KILL }, { "eio:", FAULT_EIO },
		{ "full:", FAULT_FULL }, { "short:", FAULT_SHORT },
		{ "eio+:", FAULT_LASTING } };

	if (faults.real == NULL)
		faults.real = sqlite3_vfs_find(NULL);
	faults.vfs = *faults.real;
	faults.vfs.zName = "faults";
	faults.vfs.szOsFile += sizeof(struct fault_file);
	faults.vfs.xOpen = fault_open;
	faults.vfs.xDelete = fault_delete;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strncmp(text, modes[i].name, strlen(modes[i].name)) == 0) {
			faults.mode = modes[i].mode;
			faults.at = atol(text + strlen(modes[i].name));
		}
	if (strncmp(text, "log:", 4) == 0)
		faults.log = fopen(text + 4, "wb");
	if (faults.mode == FAULT_NONE && faults.log == NULL &&
	    strcmp(text, "count") != 0)
		return 0;
	return sqlite3_vfs_register(&faults.vfs, 1) == SQLITE_OK;
}

static void
faults_end(void)
{
	if (faults.real != NULL)
		printf("calls %ld\n", (long)faults.calls);
	if (faults.log != NULL)
		fclose(faults.log);
}

#endif
