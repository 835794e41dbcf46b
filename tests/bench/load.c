/*
 * load: sends syslog lines to a collector on the loopback, over UDP or TCP,
 * as fast as they are taken or at a rate. The one rule: every message bears a
 * number of its own in place of ten noughts, so that what a collector
 * stored can be held against what was sent.
 *
 *	load -p PORT [-t] [-n COUNT] [-r RATE] [-k EVERY] [-c CONNECTIONS]
 *	    [-s SENDERS] [-f FIRST] NOISE IKE
 *
 * Every EVERY-th message is a line of IKE; 1 sends only those. Line n of a
 * file comes from the address 127.2.0.1 + n % SENDERS (IKE: from as many
 * addresses further), over TCP by the connection n % CONNECTIONS.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum {
	BATCH = 64,	/* messages a call */
	LINE = 2048,	/* the longest line */
	STREAM = 65536, /* bytes gathered for a connection */
	TICK = 250000,	/* nanoseconds between two looks at the clock */
	LATE = 2000000, /* more than that behind is not made up for */
	DIGITS = 10,	/* of a number */
	DRAIN = 120000, /* milliseconds the receiver may take to close */
	FIRST_SENDER = 0x7f020001,
};

struct line {
	const char *text;
	uint32_t len, seq; /* where its number stands */
};

struct lines {
	struct line *line;
	size_t n, next;
};

struct stream {
	int fd;
	size_t used;
	char *bytes;
};

struct load {
	struct lines noise, ike;
	struct sockaddr_in to;
	bool tcp;
	uint64_t count, rate, every, first;
	unsigned senders, nstreams;
	struct stream *stream;
	int fd;
	uint64_t sent, ike_sent, bytes, errors;
	uint64_t late; /* nanoseconds held up and not made up for */
};

static void
fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- the lines ---------------------------------------------------------- */

static char *
file_read(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *text;
	ssize_t n;

	if (fd == -1 || fstat(fd, &st) == -1)
		fail(path);
	text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		fail(path);
	for (*len = 0; *len < (size_t)st.st_size; *len += (size_t)n)
		if ((n = read(fd, text + *len, (size_t)st.st_size - *len)) <= 0)
			fail(path);
	text[*len] = '\0';
	close(fd);
	return text;
}

static void
lines_add(struct lines *all, const char *text, size_t len)
{
	const char *seq = memmem(text, len, "0000000000", DIGITS);

	if (seq == NULL || len >= LINE)
		return;
	if ((all->n & (all->n - 1)) == 0)
		all->line = realloc(
		    all->line, (all->n ? all->n * 2 : 1) * sizeof(*all->line));
	if (all->line == NULL)
		fail("lines");
	all->line[all->n++] =
	    (struct line){ text, (uint32_t)len, (uint32_t)(seq - text) };
}

static void
lines_read(struct lines *all, const char *path)
{
	size_t len, n;
	const char *p = file_read(path, &len), *end = p + len, *feed;

	for (; p < end; p += n + 1) {
		feed = memchr(p, '\n', (size_t)(end - p));
		n = (size_t)((feed == NULL ? end : feed) - p);
		lines_add(all, p, n);
	}
	if (all->n == 0) {
		errno = EINVAL;
		fail(path);
	}
}

/* The next message into to; who sends it. */
static size_t
load_next(struct load *l, char *to, size_t *len)
{
	uint64_t number = l->sent++;
	bool ike = l->every != 0 && number % l->every == l->every - 1;
	struct lines *all = ike ? &l->ike : &l->noise;
	const struct line *line = &all->line[all->next];
	size_t sender = all->next % l->senders + (ike ? l->senders : 0);
	int i;

	all->next = all->next + 1 == all->n ? 0 : all->next + 1;
	memcpy(to, line->text, line->len);
	for (i = DIGITS, number += l->first; i > 0; i--, number /= 10)
		to[line->seq + (uint32_t)i - 1] = (char)('0' + number % 10);
	l->ike_sent += ike;
	l->bytes += line->len;
	*len = line->len;
	return sender;
}

/* ---- datagrams ---------------------------------------------------------- */

struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} from[BATCH];
	char text[BATCH][LINE];
};

/* The address that a datagram is sent from. */
static void
batch_from(struct msghdr *h, void *room, size_t size, size_t sender)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr =
				       htonl(FIRST_SENDER + (uint32_t)sender) };
	struct cmsghdr *c;

	h->msg_control = room;
	h->msg_controllen = size;
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

static void
load_datagrams(struct load *l, struct batch *b, unsigned n)
{
	struct msghdr *h;
	size_t sender;
	unsigned i, done = 0;
	int sent;

	for (i = 0; i < n; i++) {
		h = &b->msg[i].msg_hdr;
		sender = load_next(l, b->text[i], &b->iov[i].iov_len);
		b->iov[i].iov_base = b->text[i];
		*h = (struct msghdr){ .msg_name = &l->to,
			.msg_namelen = sizeof(l->to),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1 };
		batch_from(
		    h, b->from[i].bytes, sizeof(b->from[i].bytes), sender);
	}
	while (done < n) {
		sent = sendmmsg(l->fd, b->msg + done, n - done, 0);
		if (sent > 0) {
			done += (unsigned)sent;
		} else if (errno != EINTR) {
			l->errors++;
			done++;
		}
	}
}

/* ---- streams ------------------------------------------------------------ */

static void
stream_open(struct load *l, struct stream *s, size_t number)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int yes = 1;

	from.sin_addr.s_addr = htonl(FIRST_SENDER + (uint32_t)number);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	s->bytes = malloc(STREAM);
	if (s->fd == -1 || s->bytes == NULL)
		fail("socket");
	(void)setsockopt(
	    s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	if (bind(s->fd, (struct sockaddr *)&from, sizeof(from)) == -1 ||
	    connect(s->fd, (struct sockaddr *)&l->to, sizeof(l->to)) == -1)
		fail("connect");
}

static void
stream_flush(struct stream *s)
{
	size_t at = 0;
	ssize_t n;

	for (; at < s->used; at += (size_t)n) {
		n = send(s->fd, s->bytes + at, s->used - at, MSG_NOSIGNAL);
		if (n == -1)
			fail("send");
	}
	s->used = 0;
}

static void
load_streams(struct load *l, unsigned n)
{
	char text[LINE];
	struct stream *s;
	size_t len;
	unsigned i;

	for (; n > 0; n--) {
		s = &l->stream[load_next(l, text, &len) % l->nstreams];
		if (s->used + len + 1 > STREAM)
			stream_flush(s);
		memcpy(s->bytes + s->used, text, len);
		s->bytes[s->used + len] = '\n';
		s->used += len + 1;
	}
	for (i = 0; l->rate != 0 && i < l->nstreams; i++)
		stream_flush(&l->stream[i]);
}

/* Over when the receiver has read to the end and closed. */
static void
load_drain(struct load *l)
{
	struct pollfd p = { .events = POLLIN };
	char byte;
	unsigned i;

	for (i = 0; i < l->nstreams; i++) {
		stream_flush(&l->stream[i]);
		(void)shutdown(l->stream[i].fd, SHUT_WR);
	}
	for (i = 0; i < l->nstreams; i++) {
		p.fd = l->stream[i].fd;
		if (poll(&p, 1, DRAIN) == 1)
			(void)recv(p.fd, &byte, 1, 0);
		close(p.fd);
	}
}

/* ---- the pace ----------------------------------------------------------- */

/* How many are due; sleeps a tick where none is. */
static uint64_t
load_due(struct load *l, uint64_t *begun)
{
	const struct timespec tick = { .tv_nsec = TICK };
	uint64_t now, at, due;

	if (l->rate == 0)
		return l->count - l->sent;
	now = clock_ns();
	at = *begun + l->sent * 1000000000 / l->rate;
	if (now > at + LATE) {
		l->late += now - at;
		*begun += now - at;
	}
	due = (now - *begun) * l->rate / 1000000000;
	if (due > l->sent)
		return due - l->sent;
	nanosleep(&tick, NULL);
	return 0;
}

static void
load_run(struct load *l)
{
	static struct batch batch;
	uint64_t begun = clock_ns(), due;
	unsigned n;

	while (l->sent < l->count) {
		due = load_due(l, &begun);
		if (due > l->count - l->sent)
			due = l->count - l->sent;
		n = due > BATCH ? BATCH : (unsigned)due;
		if (n == 0)
			continue;
		if (l->tcp)
			load_streams(l, n);
		else
			load_datagrams(l, &batch, n);
	}
}

static void
load_options(struct load *l, int argc, char **argv)
{
	unsigned long long v;
	int c;

	while ((c = getopt(argc, argv, "p:tn:r:k:c:s:f:")) != -1) {
		v = optarg == NULL ? 0 : strtoull(optarg, NULL, 10);
		switch (c) {
		case 'p':
			l->to.sin_port = htons((uint16_t)v);
			break;
		case 't':
			l->tcp = true;
			break;
		case 'n':
			l->count = v;
			break;
		case 'r':
			l->rate = v;
			break;
		case 'k':
			l->every = v;
			break;
		case 'c':
			l->nstreams = v == 0 ? 1 : (unsigned)v;
			break;
		case 's':
			l->senders = v == 0 ? 1 : (unsigned)v;
			break;
		case 'f':
			l->first = v;
			break;
		default:
			exit(2);
		}
	}
	if (argc - optind != 2) {
		fprintf(stderr, "load: which lines? see the top of load.c\n");
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct load l = { .to.sin_family = AF_INET,
		.count = 100000,
		.every = 100,
		.senders = 500,
		.nstreams = 1 };
	uint64_t begun, ended;
	struct rusage ru;
	unsigned i;

	load_options(&l, argc, argv);
	l.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lines_read(&l.noise, argv[optind]);
	lines_read(&l.ike, argv[optind + 1]);
	l.fd = socket(AF_INET, SOCK_DGRAM, 0);
	l.stream = calloc(l.nstreams, sizeof(*l.stream));
	if (l.fd == -1 || l.stream == NULL)
		fail("socket");
	for (i = 0; l.tcp && i < l.nstreams; i++)
		stream_open(&l, &l.stream[i], i);
	begun = clock_ns();
	load_run(&l);
	ended = clock_ns();
	if (l.tcp)
		load_drain(&l);
	getrusage(RUSAGE_SELF, &ru);
	printf("{\"sent\": %ju, \"ike\": %ju, \"bytes\": %ju, \"errors\": %ju, "
	       "\"began\": %.4f, \"seconds\": %.4f, \"drained\": %.4f, "
	       "\"late\": %.4f, "
	       "\"cpu\": %.3f}\n",
	    (uintmax_t)l.sent, (uintmax_t)l.ike_sent, (uintmax_t)l.bytes,
	    (uintmax_t)l.errors, (double)begun / 1e9,
	    (double)(ended - begun) / 1e9, (double)(clock_ns() - begun) / 1e9,
	    (double)l.late / 1e9,
	    (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
		(double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6);
	return l.errors != 0;
}
