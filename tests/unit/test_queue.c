/* The queue: order, bounds, and what wakes the writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "storage/queue.h"

#define SECOND INT64_C(1000000)

static uint64_t
push(struct queue *q, unsigned flags, const void *p, size_t len)
{
	struct queue_part part = { p, len };

	return queue_push(q, 7, flags, &part, 1);
}

static void
test_order(void **state)
{
	struct queue *q = queue_new(100000, 64 << 20);
	char big[300 * 1024];
	uint32_t n = 0;

	(void)state;
	memset(big, 'x', sizeof(big));
	for (uint32_t i = 1; i <= 50000; i++)
		assert_int_equal(push(q, 0, &i, sizeof(i)), i);
	assert_int_equal(push(q, 0, big, sizeof(big)), 50001);
	assert_int_equal(push(q, 0, NULL, 0), 50002);
	while (queue_take(q, 10000, 0, 0)) {
		for (struct queue_record *r = queue_next(q, NULL); r != NULL;
		     r = queue_next(q, r)) {
			n++;
			assert_int_equal(r->kind, 7);
			if (n <= 50000)
				assert_memory_equal(queue_bytes(r), &n, 4);
			else
				assert_int_equal(
				    r->len, n == 50001 ? sizeof(big) : 0);
		}
		queue_done(q);
	}
	assert_int_equal(n, 50002);
	queue_free(q);
}

/* Parts are put together, with nothing between them. */
static void
test_parts(void **state)
{
	struct queue *q = queue_new(10, 10000);
	struct queue_part parts[] = { { "ab", 2 }, { NULL, 0 }, { "cde", 3 } };
	struct queue_record *r;

	(void)state;
	assert_int_equal(queue_push(q, 1, 0, parts, 3), 1);
	assert_true(queue_take(q, 1, 0, 0));
	r = queue_next(q, NULL);
	assert_int_equal(r->len, 5);
	assert_memory_equal(queue_bytes(r), "abcde", 5);
	assert_null(queue_next(q, r));
	queue_free(q);
}

/* Full by rows, with a reserve for what is urgent; a batch counts until it
 * is done. */
static void
test_rows(void **state)
{
	struct queue *q = queue_new(100, 1 << 20);
	size_t rows, bytes;

	(void)state;
	for (int i = 0; i < 75; i++)
		assert_true(push(q, 0, "x", 1) != 0);
	assert_false(queue_full(q));
	for (int i = 75; i < 100; i++)
		assert_true(push(q, 0, "x", 1) != 0);
	assert_true(queue_full(q));
	assert_int_equal(push(q, 0, "x", 1), 0);
	for (int i = 0; i < 25; i++)
		assert_true(push(q, QUEUE_URGENT, "x", 1) != 0);
	assert_int_equal(push(q, QUEUE_URGENT, "x", 1), 0);
	assert_true(queue_take(q, 1000, 0, 0));
	assert_true(queue_batch_urgent(q));
	assert_int_equal(queue_batch_rows(q), 125);
	assert_int_equal(push(q, 0, "x", 1), 0);
	queue_count(q, &rows, &bytes);
	assert_int_equal(rows, 125);
	queue_done(q);
	assert_false(queue_full(q));
	queue_count(q, &rows, &bytes);
	assert_int_equal(rows + bytes, 0);
	assert_true(push(q, 0, "x", 1) != 0);
	queue_free(q);
}

static void
test_bytes(void **state)
{
	struct queue *q = queue_new(1000, 10000);
	char text[4000] = { 0 };

	(void)state;
	assert_true(push(q, 0, text, sizeof(text)) != 0);
	assert_true(push(q, 0, text, sizeof(text)) != 0);
	assert_true(queue_full(q));
	assert_int_equal(push(q, 0, text, sizeof(text)), 0);
	assert_true(push(q, QUEUE_URGENT, text, sizeof(text)) != 0);
	assert_int_equal(push(q, QUEUE_URGENT, text, sizeof(text)), 0);
	queue_free(q);
}

static void *
pusher(void *arg)
{
	struct queue *q = arg;

	for (uint32_t i = 1; i <= 20000;)
		if (push(q, 0, &i, sizeof(i)) != 0)
			i++;
	push(q, QUEUE_URGENT, "", 0);
	return NULL;
}

/* Two threads; the bound makes the pusher wait again and again. */
static void
test_threads(void **state)
{
	struct queue *q = queue_new(500, 1 << 20);
	pthread_t thread;
	uint32_t n = 0;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, pusher, q), 0);
	while (n < 20001) {
		assert_true(queue_take(q, 100, 1000, 30 * SECOND));
		for (struct queue_record *r = queue_next(q, NULL); r != NULL;
		     r = queue_next(q, r)) {
			n++;
			if (n <= 20000)
				assert_memory_equal(queue_bytes(r), &n, 4);
		}
		queue_done(q);
	}
	pthread_join(thread, NULL);
	queue_free(q);
}

/* Closing ends every wait, and what is left is still given out. */
static void
test_close(void **state)
{
	struct queue *q = queue_new(10, 1000);

	(void)state;
	push(q, 0, "x", 1);
	queue_close(q);
	assert_true(queue_take(q, 10, 3600 * SECOND, 3600 * SECOND));
	queue_done(q);
	assert_false(queue_take(q, 10, 3600 * SECOND, 3600 * SECOND));
	queue_sleep(q, 3600 * SECOND);
	queue_free(q);
}

/* Urgent records end the gathering. */
static void
test_urgent(void **state)
{
	struct queue *q = queue_new(10, 1000);

	(void)state;
	push(q, 0, "x", 1);
	push(q, QUEUE_URGENT, "x", 1);
	assert_true(queue_take(q, 10, 3600 * SECOND, 3600 * SECOND));
	assert_int_equal(queue_batch_rows(q), 2);
	queue_done(q);
	queue_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_urgent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
