/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/shimdump/test_sight.h"

#include <string.h>

struct drawn {
	struct view view;
	char *text; /* owned */
	size_t len;
};

static void begin(struct drawn *d, const struct tape *tape)
{
	*d = (struct drawn){ .view.trace = tape->t };
	d->view.out = open_memstream(&d->text, &d->len);
	assert_non_null(d->view.out);
	assert_int_equal(ladder_begin(&d->view), 0);
}

static void end(struct drawn *d)
{
	ladder_end(&d->view);
	fclose(d->view.out);
}

static unsigned count(const struct drawn *d, const char *what)
{
	unsigned n = 0;

	for (const char *at = d->text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void payload(struct drawn *d, struct tape *tape, const struct in6_addr *src,
		    const struct in6_addr *dst, uint64_t tag)
{
	struct seen seen;

	ladder_packet(&d->view, see_payload(&seen, tape, src, dst, tag));
}

static void nothing_is_drawn_of_nothing(void **state)
{
	struct drawn d;

	begin(&d, *state);
	end(&d);
	assert_string_equal(d.text, "");
	free(d.text);
}

static void payload_that_goes_on_the_same_way_is_one_arrow(void **state)
{
	struct tape *tape = *state;
	struct drawn d;

	tape_handshake(tape);
	begin(&d, tape);
	payload(&d, tape, A1, B1, TAG_B);
	payload(&d, tape, A1, B1, TAG_B);
	payload(&d, tape, A1, B1, TAG_B);
	end(&d);
	assert_int_equal(count(&d, "=>|"), 1);
	assert_int_equal(count(&d, ", 3 packets"), 1);
	free(d.text);
}

static void another_way_and_a_switch_are_arrows_of_their_own(void **state)
{
	struct tape *tape = *state;
	struct drawn d;

	tape_handshake(tape);
	begin(&d, tape);
	payload(&d, tape, A1, B1, TAG_B);
	payload(&d, tape, B1, A1, TAG_A);
	payload(&d, tape, A2, B2, TAG_B);
	end(&d);
	assert_int_equal(count(&d, "=>|"), 2);
	assert_int_equal(count(&d, "|<="), 1);
	assert_int_equal(count(&d, "switch"), 1);
	free(d.text);
}

static void a_context_stands_in_one_piece(void **state)
{
	struct tape *tape = *state;
	struct shim6_message one = i1_of(TAG_A, NONCE_A), other = i1_of(TAG_B, NONCE_B);
	struct seen seen;
	struct drawn d;
	const char *first, *second;

	begin(&d, tape);
	ladder_packet(&d.view, see_control(&seen, tape, A1, B1, &one));
	ladder_packet(&d.view, see_control(&seen, tape, A2, B2, &other));
	ladder_packet(&d.view, see_control(&seen, tape, A1, B1, &one));
	end(&d);
	first = strstr(d.text, "context 1");
	second = strstr(d.text, "context 2");
	assert_true(first && second && first < second);
	assert_int_equal(count(&d, "->|  I1"), 3);
	assert_int_equal(count(&d, "context 1"), 1);
	free(d.text);
}

static void an_error_of_the_largest_code_has_it_told(void **state)
{
	struct tape *tape = *state;
	struct shim6_message m = i1_of(TAG_A, NONCE_A);
	struct seen seen, quoted;
	struct drawn d;

	begin(&d, tape);
	see_control(&quoted, tape, A1, B1, &m);
	m = (struct shim6_message){ .type = SHIM6_ERROR };
	m.error.code = 127; /* of 7 bits */
	m.error.quote.data = quoted.octets;
	m.error.quote.len = quoted.len;
	ladder_packet(&d.view, see_control(&seen, tape, B1, A1, &m));
	end(&d);
	assert_int_equal(count(&d, "code 127"), 1);
	assert_int_equal(count(&d, "refused"), 2); /* the state, the event */
	free(d.text);
}

/* What there is no room for is counted; what goes on as the last rung still joins it. */
static void rungs_are_bounded_and_the_rest_is_told(void **state)
{
	enum { PACKETS = 200000 + 7 };
	struct tape *tape = *state;
	struct drawn d;

	tape_handshake(tape);
	begin(&d, tape);
	for (unsigned i = 0; i < PACKETS; i++)
		payload(&d, tape, i % 2 ? A1 : B1, i % 2 ? B1 : A1, i % 2 ? TAG_B : TAG_A);
	end(&d);
	assert_int_equal(count(&d, "and 4 packets more than 200000 rungs can show"), 1);
	free(d.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAPE_TEST(nothing_is_drawn_of_nothing),
		TAPE_TEST(payload_that_goes_on_the_same_way_is_one_arrow),
		TAPE_TEST(another_way_and_a_switch_are_arrows_of_their_own),
		TAPE_TEST(a_context_stands_in_one_piece),
		TAPE_TEST(an_error_of_the_largest_code_has_it_told),
		TAPE_TEST(rungs_are_bounded_and_the_rest_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
