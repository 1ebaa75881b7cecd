/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon has said, as tables; see status.h. */
#include "refstack/daemon/status.h"

#include <errno.h>

enum { ADDR_WIDTH = 39, NAME_WIDTH = 15 };

#define INT JSON_INTEGER_FORMAT

static const char *up_or_down(int up)
{
	return up ? "up" : "down";
}

static int print_head(json_t *status, FILE *out)
{
	const char *version, *kind;
	json_int_t echoed;
	double uptime;

	if (json_unpack(status, "{s:s, s:F, s:s, s:I}", "version", &version, "uptime", &uptime,
			"kind", &kind, "echoed", &echoed))
		return -EINVAL;
	fprintf(out, "refstackd %s, up for %.0f s, addresses of kind %s, %" INT
		" datagrams echoed\n", version, uptime, kind, echoed);
	return 0;
}

static int print_link(json_t *link, FILE *out)
{
	json_int_t number, mtu, received, sent, lost;
	const char *kind, *name;
	int up;

	if (json_unpack(link, "{s:I, s:s, s:s, s:b, s:I, s:I, s:I, s:I}", "link", &number, "kind",
			&kind, "name", &name, "up", &up, "mtu", &mtu, "received", &received,
			"sent", &sent, "lost", &lost))
		return -EINVAL;
	fprintf(out, "%4" INT "  %-*s  %-8s  %-5s  %5" INT "  %10" INT "  %10" INT "  %10" INT "\n",
		number, NAME_WIDTH, name, kind, up_or_down(up), mtu, received, sent, lost);
	return 0;
}

static int print_address(json_t *address, FILE *out)
{
	const char *text;
	json_int_t link;
	int up;

	if (json_unpack(address, "{s:s, s:I, s:b}", "address", &text, "link", &link, "up", &up))
		return -EINVAL;
	fprintf(out, "%4" INT "  %-*s  %s\n", link, ADDR_WIDTH, text, up_or_down(up));
	return 0;
}

static int print_context(json_t *context, FILE *out)
{
	const char *state, *reap, *ulid_local, *ulid_peer, *local, *peer;
	json_int_t tag;
	double idle;

	if (json_unpack(context, "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:F}", "ct_local", &tag,
			"state", &state, "reap", &reap, "ulid_local", &ulid_local, "ulid_peer",
			&ulid_peer, "local", &local, "peer", &peer, "idle", &idle))
		return -EINVAL;
	fprintf(out, "%012llx  %-13s  %-11s  %8.1f s  %s - %s\n", (unsigned long long)tag, state,
		reap, idle, ulid_local, ulid_peer);
	fprintf(out, "%42s by  %s - %s\n", "", local, peer);
	return 0;
}

/* Where it is no object there is no such device. */
static int print_apps(json_t *apps, FILE *out)
{
	const char *name, *ulid;
	json_int_t sent, received, failed;

	if (!json_is_object(apps))
		return 0;
	if (json_unpack(apps, "{s:s, s:s, s:I, s:I, s:I}", "name", &name, "ulid", &ulid, "sent",
			&sent, "received", &received, "failed", &failed))
		return -EINVAL;
	fprintf(out, "\nAPPS             ULID%*s        SENT    RECEIVED      FAILED\n",
		ADDR_WIDTH - 4, "");
	fprintf(out, "%-*s  %-*s  %10" INT "  %10" INT "  %10" INT "\n", NAME_WIDTH, name,
		ADDR_WIDTH, ulid, sent, received, failed);
	return 0;
}

static int print_rows(json_t *rows, const char *header, int (*print)(json_t *, FILE *), FILE *out)
{
	json_t *row;
	size_t i;

	if (!json_is_array(rows))
		return -EINVAL;
	if (json_array_size(rows))
		fprintf(out, "\n%s\n", header);
	json_array_foreach(rows, i, row) {
		int err = print(row, out);

		if (err)
			return err;
	}
	return 0;
}

int status_print(json_t *status, FILE *out)
{
	int err = print_head(status, out);

	if (!err)
		err = print_rows(json_object_get(status, "links"),
				 "LINK  NAME             KIND      STATE    MTU    RECEIVED"
				 "        SENT        LOST", print_link, out);
	if (!err)
		err = print_rows(json_object_get(status, "addresses"),
				 "LINK  ADDRESS                                  STATE",
				 print_address, out);
	if (!err)
		err = print_apps(json_object_get(status, "apps"), out);
	if (!err)
		err = print_rows(json_object_get(status, "contexts"),
				 "CONTEXT       STATE          REAP             IDLE    ULIDS AND"
				 " LOCATORS", print_context, out);
	return err;
}
