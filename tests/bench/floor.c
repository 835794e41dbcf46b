/*
 * floor: the least that a collector can do, as a mark to measure against. One
 * thread reads datagrams and streams on one port, looks for two dozen words
 * in each message in one pass, and puts those that have one into SQLite,
 * 1,000 rows a transaction. It parses nothing and follows nothing.
 *
 *	floor PORT DATABASE RECEIVE-BUFFER NAP-MICROSECONDS
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	STATES = 400,
	BATCH = 256,
	DATAGRAM = 8192,
	STREAM = 262144,
	STREAMS = 64,
	ROWS = 1000, /* a transaction */
	ROUNDS = 16,
};

static const char *const words[] = { "%CRYPTO-", "%IKEV2-", "%ASA-3-713",
	"%ASA-4-713", "%ASA-5-713", "%ASA-6-713", "%ASA-3-75", "%ASA-4-75",
	"%ASA-5-75", "ISAKMP", "IKEv1", "IKEv2", "IKE_SA", "CHILD_SA",
	"subtype=\"vpn\"", "charon", "pluto", "racoon", "iked", "%%01IPSEC/",
	"%%01IKE/", "%%10IKE/", "%%10IPSEC/", "KMD_", "phase1" };

/* Every word at once: a table of states by the byte that comes next. */
struct automaton {
	uint16_t next[STATES][256], fall[STATES];
	bool ends[STATES];
	unsigned n;
};

struct stream {
	size_t used;
	char bytes[STREAM];
};

struct floor {
	struct automaton a;
	sqlite3 *db;
	sqlite3_stmt *insert;
	unsigned open; /* rows of the transaction */
	int64_t number;
	struct pollfd fd[2 + STREAMS];
	struct stream *stream[STREAMS];
	nfds_t nfds;
};

static volatile sig_atomic_t stopping;

static void
floor_stop(int sig)
{
	(void)sig;
	stopping = 1;
}

static void
fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
automaton_word(struct automaton *a, const char *word)
{
	unsigned at = 0;
	uint16_t *next;

	for (; *word != '\0'; word++, at = *next) {
		next = &a->next[at][(unsigned char)*word];
		if (*next == 0)
			*next = (uint16_t)++a->n;
	}
	a->ends[at] = true;
}

/* Breadth first: where a state has no way on, its longest suffix's is taken. */
static void
automaton_join(struct automaton *a)
{
	unsigned queue[STATES], head = 0, tail = 0, at, c, to;

	for (c = 0; c < 256; c++)
		if (a->next[0][c] != 0)
			queue[tail++] = a->next[0][c];
	while (head < tail) {
		at = queue[head++];
		a->ends[at] |= a->ends[a->fall[at]];
		for (c = 0; c < 256; c++) {
			to = a->next[at][c];
			if (to == 0) {
				a->next[at][c] = a->next[a->fall[at]][c];
				continue;
			}
			a->fall[to] = a->next[a->fall[at]][c];
			queue[tail++] = to;
		}
	}
}

static bool
automaton_finds(const struct automaton *a, const char *p, size_t len)
{
	unsigned at = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		at = a->next[at][(unsigned char)p[i]];
		if (a->ends[at])
			return true;
	}
	return false;
}

static void
floor_exec(struct floor *f, const char *sql)
{
	if (sqlite3_exec(f->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "floor: %s\n", sqlite3_errmsg(f->db));
		exit(1);
	}
}

static void
floor_commit(struct floor *f)
{
	if (f->open > 0)
		floor_exec(f, "COMMIT");
	f->open = 0;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The first thing that looks like an address and the first like an SPI. */
static void
floor_extract(const char *p, size_t len, size_t at[2], size_t n[2])
{
	size_t i, from, dots;

	n[0] = n[1] = 0;
	for (i = 0; i < len; i++) {
		if (!is_hex(p[i]))
			continue;
		for (from = i, dots = 0;
		     i < len && (is_hex(p[i]) || p[i] == '.'); i++)
			dots += p[i] == '.';
		if (dots == 3 && n[0] == 0) {
			at[0] = from;
			n[0] = i - from;
		} else if (dots == 0 && i - from == 16 && n[1] == 0) {
			at[1] = from;
			n[1] = 16;
		}
	}
}

static void
floor_take(struct floor *f, const char *p, size_t len)
{
	size_t at[2] = { 0, 0 }, n[2];

	f->number++;
	if (!automaton_finds(&f->a, p, len))
		return;
	floor_extract(p, len, at, n);
	if (f->open++ == 0)
		floor_exec(f, "BEGIN");
	sqlite3_bind_int64(f->insert, 1, f->number);
	sqlite3_bind_text(f->insert, 2, p + at[0], (int)n[0], SQLITE_STATIC);
	sqlite3_bind_text(f->insert, 3, p + at[1], (int)n[1], SQLITE_STATIC);
	sqlite3_bind_text(f->insert, 4, p, (int)len, SQLITE_STATIC);
	if (sqlite3_step(f->insert) != SQLITE_DONE)
		fprintf(stderr, "floor: %s\n", sqlite3_errmsg(f->db));
	sqlite3_reset(f->insert);
	if (f->open == ROWS)
		floor_commit(f);
}

static void
floor_datagrams(struct floor *f)
{
	static char bytes[BATCH][DATAGRAM];
	static struct iovec iov[BATCH];
	static struct mmsghdr msg[BATCH];
	int i, n, rounds;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ bytes[i], DATAGRAM };
		msg[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	for (rounds = 0; rounds < ROUNDS; rounds++) {
		n = recvmmsg(f->fd[0].fd, msg, BATCH, MSG_DONTWAIT, NULL);
		for (i = 0; i < n; i++)
			floor_take(f, bytes[i], msg[i].msg_len);
		if (n < BATCH)
			break;
	}
}

static void
floor_accept(struct floor *f)
{
	int fd = accept(f->fd[1].fd, NULL, NULL);

	if (fd == -1 || f->nfds == 2 + STREAMS)
		fail("accept");
	f->stream[f->nfds - 2] = calloc(1, sizeof(struct stream));
	if (f->stream[f->nfds - 2] == NULL)
		fail("accept");
	f->fd[f->nfds++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static void
floor_read(struct floor *f, nfds_t i)
{
	struct stream *s = f->stream[i - 2];
	char *p = s->bytes, *end, *feed;
	ssize_t n = recv(
	    f->fd[i].fd, s->bytes + s->used, STREAM - s->used, MSG_DONTWAIT);

	if (n <= 0) {
		close(f->fd[i].fd);
		f->fd[i].fd = -1;
		return;
	}
	end = s->bytes + s->used + n;
	while ((feed = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		floor_take(f, p, (size_t)(feed - p));
		p = feed + 1;
	}
	s->used = (size_t)(end - p);
	memmove(s->bytes, p, s->used);
}

static int
floor_bind(int type, int port, int buffer)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int yes = 1, fd = socket(AF_INET, type, 0);

	if (fd == -1)
		fail("socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (type == SOCK_DGRAM && buffer > 0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    (type == SOCK_STREAM && listen(fd, STREAMS) == -1))
		fail("bind");
	return fd;
}

static void
floor_open(struct floor *f, const char *path)
{
	if (sqlite3_open(path, &f->db) != SQLITE_OK)
		fail(path);
	floor_exec(f,
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
	    "CREATE TABLE event (id INTEGER PRIMARY KEY, at INTEGER,"
	    " peer TEXT, spi TEXT, raw TEXT);"
	    "CREATE INDEX event_at ON event (at);"
	    "CREATE INDEX event_peer ON event (peer);"
	    "CREATE INDEX event_spi ON event (spi)");
	if (sqlite3_prepare_v2(f->db,
		"INSERT INTO event (at, peer, spi, raw) VALUES (?, ?, ?, ?)",
		-1, &f->insert, NULL) != SQLITE_OK)
		fail("prepare");
}

static void
floor_run(struct floor *f, long nap)
{
	const struct timespec sleep = { .tv_nsec = nap * 1000 };
	nfds_t i, n;

	while (!stopping) {
		if (nap > 0)
			nanosleep(&sleep, NULL);
		if (poll(f->fd, f->nfds, 200) <= 0) {
			floor_commit(f);
			continue;
		}
		n = f->nfds;
		if (f->fd[0].revents)
			floor_datagrams(f);
		if (f->fd[1].revents)
			floor_accept(f);
		for (i = 2; i < n; i++)
			if (f->fd[i].revents)
				floor_read(f, i);
	}
	floor_commit(f);
}

int
main(int argc, char **argv)
{
	static struct floor f;
	size_t i;
	int port;

	if (argc != 5) {
		fprintf(stderr, "floor PORT DATABASE RECEIVE-BUFFER NAP\n");
		return 2;
	}
	port = (int)strtol(argv[1], NULL, 10);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		automaton_word(&f.a, words[i]);
	automaton_join(&f.a);
	floor_open(&f, argv[2]);
	f.fd[0] = (struct pollfd){ floor_bind(SOCK_DGRAM, port,
				       (int)strtol(argv[3], NULL, 10)),
		POLLIN, 0 };
	f.fd[1] =
	    (struct pollfd){ floor_bind(SOCK_STREAM, port, 0), POLLIN, 0 };
	f.nfds = 2;
	signal(SIGTERM, floor_stop);
	floor_run(&f, strtol(argv[4], NULL, 10));
	sqlite3_finalize(f.insert);
	sqlite3_close(f.db);
	return 0;
}
