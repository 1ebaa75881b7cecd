/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon says of itself, and how that looks as tables. */
#include "refstack/daemon/status.h"
#include "refstack/socket/two_hosts.h"

#include <arpa/inet.h>
#include <errno.h>

static const struct settings settings = {
	.kind = SHIM_HBA_CGA,
	.link_count = 2,
	.link = { { .name = "eth0", .type = LINK_ETHERNET }, { .name = "shim0" } },
	.apps = "apps0",
};

static const struct link links[2] = {
	{ .settings = &settings.link[0], .kind = &link_ethernet, .number = 1, .mtu = 1500,
	  .up = true, .received = 3, .sent = 2, .lost = 1 },
	{ .settings = &settings.link[1], .kind = &link_tun, .number = 2, .mtu = 9000 },
};

static const struct apps no_apps = { .fd = -1 };

static json_t *status_of(const struct two_hosts *w, unsigned side, usec_t now,
			 const struct apps *apps)
{
	const struct status_subject subject = {
		.now = now,
		.settings = &settings,
		.host = w->host[side],
		.links = links,
		.link_count = 2,
		.apps = apps,
		.echoed = 11,
	};
	json_t *status = status_make(&subject);

	assert_non_null(status);
	return status;
}

/* One datagram of A's, which begins a context; and then link 1 is down. */
static void speak(struct two_hosts *w)
{
	const struct shim_send send = {
		.local = locator(w, A, 1), .peer = locator(w, B, 1), .protocol = IPPROTO_UDP,
	};

	shim_host_advance(w->host[A], 2 * USEC_PER_SEC);
	assert_int_equal(shim_send(w->host[A], &send, "datagram", 8), 0);
	settle(w);
	shim_host_link_event(w->host[A], 1, false);
	settle(w);
}

static const char *text_of(struct in6_addr addr)
{
	static char text[4][INET6_ADDRSTRLEN];
	static unsigned next;

	next = (next + 1) % 4;
	return inet_ntop(AF_INET6, &addr, text[next], INET6_ADDRSTRLEN);
}

static const char *string_at(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_int_t integer_at(json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

/* --- as JSON -------------------------------------------------------------------------- */

static void links_and_addresses_are_told(void **state)
{
	struct two_hosts *w = *state;
	json_t *status = status_of(w, A, 12345678, &no_apps);
	json_t *link = json_array_get(json_object_get(status, "links"), 0);
	json_t *address = json_array_get(json_object_get(status, "addresses"), 1);

	assert_string_equal(string_at(status, "version"), SHIMPROOF_VERSION);
	assert_string_equal(string_at(status, "kind"), "hba+cga");
	assert_true(json_real_value(json_object_get(status, "uptime")) == 12.345678);
	assert_int_equal(integer_at(status, "echoed"), 11);
	assert_int_equal(json_array_size(json_object_get(status, "links")), 2);
	assert_string_equal(string_at(link, "kind"), "ethernet");
	assert_string_equal(string_at(link, "name"), "eth0");
	assert_true(json_is_true(json_object_get(link, "up")));
	assert_int_equal(integer_at(link, "mtu"), 1500);
	assert_int_equal(integer_at(link, "received"), 3);
	assert_int_equal(integer_at(link, "sent"), 2);
	assert_int_equal(integer_at(link, "lost"), 1);
	assert_int_equal(json_array_size(json_object_get(status, "addresses")), 2);
	assert_string_equal(string_at(address, "address"), text_of(locator(w, A, 2)));
	assert_int_equal(integer_at(address, "link"), 2);
	assert_true(json_is_null(json_object_get(status, "apps")));
	assert_int_equal(integer_at(status, "context_count"), 0);
	json_decref(status);
}

static void contexts_are_told(void **state)
{
	struct two_hosts *w = *state;
	json_t *status, *context;

	speak(w);
	status = status_of(w, A, 5 * USEC_PER_SEC, &no_apps);
	assert_int_equal(integer_at(status, "context_count"), 1);
	context = json_array_get(json_object_get(status, "contexts"), 0);
	assert_string_equal(string_at(context, "state"), "ESTABLISHED");
	assert_string_equal(string_at(context, "reap"), "Exploring");
	assert_string_equal(string_at(context, "ulid_local"), text_of(locator(w, A, 1)));
	assert_string_equal(string_at(context, "ulid_peer"), text_of(locator(w, B, 1)));
	assert_string_equal(string_at(context, "local"), text_of(locator(w, A, 2)));
	assert_int_equal(integer_at(context, "fii"), 0);
	assert_int_equal(integer_at(context, "peer_locators"), 2);
	assert_true(integer_at(context, "ct_local") > 0);
	assert_true(json_real_value(json_object_get(context, "idle")) == 3.0);
	json_decref(status);
}

static void the_kernels_device_is_told(void **state)
{
	struct two_hosts *w = *state;
	const struct apps apps = { .fd = 0, .ulid = locator(w, A, 1), .sent = 4, .received = 3,
				   .ignored = 2, .failed = 1 };
	json_t *status = status_of(w, A, 1, &apps), *told = json_object_get(status, "apps");

	assert_string_equal(string_at(told, "name"), "apps0");
	assert_string_equal(string_at(told, "ulid"), text_of(apps.ulid));
	assert_int_equal(integer_at(told, "sent"), 4);
	assert_int_equal(integer_at(told, "received"), 3);
	assert_int_equal(integer_at(told, "ignored"), 2);
	assert_int_equal(integer_at(told, "failed"), 1);
	json_decref(status);
}

/* --- as tables ------------------------------------------------------------------------ */

static const char printable[] =
	"{ \"version\": \"0.1.0\", \"uptime\": 75.4, \"kind\": \"hba\", \"echoed\": 8,"
	"  \"links\": [ { \"link\": 1, \"kind\": \"ethernet\", \"name\": \"eth0\", \"up\": true,"
	"                 \"mtu\": 1500, \"received\": 10, \"sent\": 20, \"lost\": 0 } ],"
	"  \"addresses\": [ { \"address\": \"2001:db8::1\", \"link\": 1, \"up\": false } ],"
	"  \"apps\": { \"name\": \"apps0\", \"ulid\": \"2001:db8::1\", \"sent\": 5, \"received\": 6,"
	"              \"ignored\": 7, \"failed\": 0 },"
	"  \"context_count\": 1,"
	"  \"contexts\": [ { \"ct_local\": 20015998343868, \"ct_peer\": 7, \"state\": \"ESTABLISHED\","
	"    \"reap\": \"Operational\", \"ulid_local\": \"2001:db8::1\", \"ulid_peer\": \"2001:db8:b::1\","
	"    \"fii\": 0, \"local\": \"2001:db8:1::1\", \"peer\": \"2001:db8:b:1::1\","
	"    \"peer_locators\": 2, \"idle\": 0.25 } ] }";

static const char printed[] =
	"refstackd 0.1.0, up for 75 s, addresses of kind hba, 8 datagrams echoed\n"
	"\n"
	"LINK  NAME             KIND      STATE    MTU    RECEIVED        SENT        LOST\n"
	"   1  eth0             ethernet  up      1500          10          20           0\n"
	"\n"
	"LINK  ADDRESS                                  STATE\n"
	"   1  2001:db8::1                              down\n"
	"\n"
	"APPS             ULID                                           SENT    RECEIVED      FAILED\n"
	"apps0            2001:db8::1                                       5           6           0\n"
	"\n"
	"CONTEXT       STATE          REAP             IDLE    ULIDS AND LOCATORS\n"
	"123456789abc  ESTABLISHED    Operational       0.2 s  2001:db8::1 - 2001:db8:b::1\n"
	"                                           by  2001:db8:1::1 - 2001:db8:b:1::1\n";

static int print(json_t *status, char *out, size_t size)
{
	FILE *file = fmemopen(out, size, "w");
	int err = status_print(status, file);

	fclose(file);
	return err;
}

static void tables_have_a_row_for_each(void **state)
{
	json_t *status = json_loads(printable, 0, NULL);
	char out[4096] = "";

	(void)state;
	assert_non_null(status);
	assert_int_equal(print(status, out, sizeof(out)), 0);
	assert_string_equal(out, printed);
	json_decref(status);
}

static void what_is_made_can_be_printed(void **state)
{
	struct two_hosts *w = *state;
	char out[4096] = "";
	json_t *status;

	speak(w);
	status = status_of(w, A, 5 * USEC_PER_SEC, &no_apps);
	assert_int_equal(print(status, out, sizeof(out)), 0);
	assert_null(strstr(out, "APPS"));
	assert_non_null(strstr(out, "ESTABLISHED    Exploring"));
	json_decref(status);
}

/* Whatever is missing, or of another type. */
static void what_is_no_status_is_refused(void **state)
{
	static const char *const rows[] = { "links", "addresses", "contexts" };
	json_t *status = json_loads(printable, 0, NULL);
	char out[4096];

	(void)state;
	assert_int_equal(print(NULL, out, sizeof(out)), -EINVAL);
	for (size_t i = 0; i < 3; i++) {
		json_t *copy = json_deep_copy(status), *row;
		const char *name;

		json_array_append_new(json_object_get(copy, rows[i]), json_integer(7));
		assert_int_equal(print(copy, out, sizeof(out)), -EINVAL);
		json_object_set_new(copy, rows[i], json_null());
		assert_int_equal(print(copy, out, sizeof(out)), -EINVAL);
		row = json_array_get(json_object_get(status, rows[i]), 0);
		name = json_object_iter_key(json_object_iter(row));
		json_object_set_new(copy, rows[i], json_pack("[{s:n}]", name));
		assert_int_equal(print(copy, out, sizeof(out)), -EINVAL);
		json_decref(copy);
	}
	json_object_set_new(status, "apps", json_object());
	assert_int_equal(print(status, out, sizeof(out)), -EINVAL);
	json_decref(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(links_and_addresses_are_told),
		two_hosts_test(contexts_are_told),
		two_hosts_test(the_kernels_device_is_told),
		cmocka_unit_test(tables_have_a_row_for_each),
		two_hosts_test(what_is_made_can_be_printed),
		cmocka_unit_test(what_is_no_status_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
