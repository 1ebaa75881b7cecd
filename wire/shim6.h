/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shim6 messages and options (RFC 5533 5) between octets and host-order
 * structs. The fixed parts are tables (wire/layer.h); this header has the
 * meaning of a whole message for those who speak the protocol.
 */
#ifndef WIRE_SHIM6_H
#define WIRE_SHIM6_H

#include "wire/cursor.h"
#include "wire/layer.h"
#include "wire/reap.h"

#include <netinet/in.h>
#include <sys/types.h>

#define SHIM6_TAG_MASK UINT64_C(0x7fffffffffff) /* 47 bits, RFC 5533 5.2 */

enum {
	SHIM6_PAYLOAD_LEN = 8,   /* payload extension header, RFC 5533 5.2 */
	SHIM6_PACKET_MAX = 1280, /* a control packet with its IPv6 header, RFC 5533 5.1 */
	SHIM6_HEADER_MAX = 2048, /* what Hdr Ext Len can say */
	SHIM6_LOCATORS_MAX = 128,
	SHIM6_UNKNOWN_MAX = 16,
};

enum shim6_type { /* RFC 5533 5.3 and 17, RFC 5534 5 */
	SHIM6_I1 = 1, SHIM6_R1 = 2, SHIM6_I2 = 3, SHIM6_R2 = 4,
	SHIM6_R1BIS = 5, SHIM6_I2BIS = 6,
	SHIM6_UPDATE_REQUEST = 64, SHIM6_UPDATE_ACK = 65,
	SHIM6_KEEPALIVE = 66, SHIM6_PROBE = 67, SHIM6_ERROR = 68,
};

enum shim6_option_type { /* RFC 5533 5.15, RFC 5534 5.3 */
	SHIM6_OPT_VALIDATOR = 1, SHIM6_OPT_LOCATOR_LIST = 2,
	SHIM6_OPT_PREFERENCES = 3, SHIM6_OPT_CGA_PDS = 4,
	SHIM6_OPT_CGA_SIGNATURE = 5, SHIM6_OPT_ULID_PAIR = 6,
	SHIM6_OPT_FII = 7, SHIM6_OPT_KEEPALIVE_TIMEOUT = 10,
};

enum shim6_method { /* RFC 5533 5.15.2; section 17 has them the other way round */
	SHIM6_METHOD_HBA = 1, SHIM6_METHOD_CGA = 2,
};

/* The payload extension header, RFC 5533 5.2. */
struct shim6_payload {
	uint8_t next_header;
	uint64_t tag; /* the receiver's context tag */
};

/* 0; -EMSGSIZE; -EBADMSG if P is 0 or Hdr Ext Len isn't 0. The cursor moves on
 * success only. */
int shim6_payload_parse(struct shim6_payload *out, struct rbuf *r);
/* 0 or -ENOSPC. Of the tag, the low 47 bits are sent. */
int shim6_payload_emit(const struct shim6_payload *p, struct wbuf *w);

/* One option as it stands in a message, RFC 5533 5.15. */
struct shim6_option {
	uint16_t type;       /* 15 bits */
	bool critical;
	uint16_t len;        /* octets of content */
	const uint8_t *data; /* borrowed content, without padding */
	size_t off;          /* of the option in the cursor's buffer; from its first
	                      * octet in a message's */
};

/* Octets that an option with len octets of content takes, padding included. */
static inline size_t shim6_option_total(size_t len)
{
	return (4 + len + 7) / 8 * 8;
}

/* Next option; its padding is skipped, has to be there, and isn't checked.
 * true; false at the end or when the rest is no option (then r->bad is set). */
bool shim6_option_next(struct rbuf *r, struct shim6_option *out);

/* An option with its padding. 0; -ENOSPC, and nothing is written; -EINVAL for
 * a type of more than 15 bits or a len of more than 16. */
int shim6_option_emit(uint16_t type, bool critical, const void *data, size_t len, struct wbuf *w);

/* Locator List content, RFC 5533 5.15.2; inner padding is the codec's affair. */
struct shim6_locator_list {
	uint32_t generation;
	uint8_t count; /* <= SHIM6_LOCATORS_MAX */
	uint8_t method[SHIM6_LOCATORS_MAX];
	struct in6_addr locator[SHIM6_LOCATORS_MAX];
};

/* From and to an option's content, without its first four octets. A count
 * beyond SHIM6_LOCATORS_MAX, or at odds with Length: -EBADMSG when parsed,
 * -EINVAL when emitted. -ENOSPC. */
int shim6_locator_list_parse(struct shim6_locator_list *out, const struct shim6_option *o);
int shim6_locator_list_emit(const struct shim6_locator_list *list, struct wbuf *w);

/* ULID Pair, RFC 5533 5.15.6. */
struct shim6_ulid_pair {
	struct in6_addr sender, receiver;
};

/* The same; -EBADMSG if the content isn't 36 octets. */
int shim6_ulid_pair_parse(struct shim6_ulid_pair *out, const struct shim6_option *o);
int shim6_ulid_pair_emit(const struct shim6_ulid_pair *pair, struct wbuf *w);

/* Locator Preferences, RFC 5533 5.15.3: the i-th element is about the i-th
 * locator of the list of that generation. */
enum { SHIM6_BROKEN = 0x01, SHIM6_TRANSIENT = 0x02 };

struct shim6_preference {
	uint8_t flags;
	uint8_t priority, weight; /* as in DNS SRV records, RFC 2782 */
};

struct shim6_preferences {
	uint32_t generation;
	uint8_t element_len; /* 1: flags alone; 2: and priority; 3: and weight */
	uint8_t count;       /* <= SHIM6_LOCATORS_MAX */
	struct shim6_preference element[SHIM6_LOCATORS_MAX];
};

/*
 * From and to an option's content. What an element has no octet for is zero
 * when parsed and not sent; of elements longer than three octets, which are
 * the future's, the first three are taken. Whether there are as many as
 * locators is the caller's to check (Error code 4).
 * -EBADMSG for elements of 0 octets, or that do not come out even; -E2BIG for
 * more than SHIM6_LOCATORS_MAX. When emitted, -EINVAL for an element_len other
 * than 1, 2 or 3, or such a count; -ENOSPC.
 */
int shim6_preferences_parse(struct shim6_preferences *out, const struct shim6_option *o);
int shim6_preferences_emit(const struct shim6_preferences *p, struct wbuf *w);

struct span {
	const uint8_t *data; /* borrowed; NULL: not there */
	size_t len;
};

enum shim6_error_code { /* RFC 5533 5.14, and where Pointer points to */
	SHIM6_ERROR_TYPE = 0,        /* unknown message; its type */
	SHIM6_ERROR_OPTION = 1,      /* unknown critical option; its first octet */
	SHIM6_ERROR_METHOD = 2,      /* locator not verified; its method */
	SHIM6_ERROR_GENERATION = 3,  /* of Locator Preferences, out of sync */
	SHIM6_ERROR_PREFERENCES = 4, /* not one for each locator */
	SHIM6_ERROR_DEBUG = 120,     /* to 127: instead of silence */
};

/* What an Error says, RFC 5533 5.14. */
struct shim6_error {
	uint8_t code;     /* 7 bits */
	uint16_t pointer; /* octets into the packet quoted; from its IPv6 header, we read */
	struct span quote; /* the packet in error or its start: 8 octets or 16, 24, ... */
};

/*
 * How much of a packet of len octets an Error quotes: what fits, with the
 * `around` octets of headers in front of the Error, in SHIM6_PACKET_MAX, and
 * what Hdr Ext Len, in units of 8 octets, can say. 0: there is no such Error.
 */
size_t shim6_quote_len(size_t len, size_t around);

/*
 * A control message with its options. Which of the fixed fields a type has
 * stands in its layer table; the others are zero when parsed and not sent.
 * Parsing borrows spans from the packet. Of the arrays it writes as much as their
 * counts say, for together they are larger than any message.
 */
struct shim6_message {
	uint8_t type; /* enum shim6_type */
	uint64_t init_tag, resp_tag, receiver_tag, packet_tag; /* 47 bits each */
	uint32_t init_nonce, resp_nonce, request_nonce;
	struct shim6_error error; /* of an Error, which has no options: it ends with its quote */

	struct span validator;
	struct span pds;       /* CGA Parameter Data Structure, RFC 3972 3 */
	struct span signature;
	bool has_locators, has_ulids, has_fii;
	struct shim6_ulid_pair ulids;
	uint32_t fii;

	struct reap_probe probe; /* of a Probe */
	struct shim6_locator_list locators;

	/*
	 * The other options, in order: those that have no place above, Locator
	 * Preferences and Keepalive Timeout among them, those that RFC 5533 5.4 to
	 * 5.11 do not list for the type, and the second and later ones of a kind.
	 * One of these with `critical` set forbids to process the message, RFC 5533
	 * 5.15, unless the caller knows it; those without can be passed over. On
	 * emission they follow the ones above.
	 */
	unsigned other_count;
	struct shim6_option other[SHIM6_UNKNOWN_MAX];
};

/* Octets of the fixed part of a message, where its options begin, or its body if
 * it is a Probe or an Error; 0 for a type that is not known. */
size_t shim6_fixed_len(uint8_t type);

/*
 * A control message of which all octets are in the cursor: checks, after
 * RFC 5533 12.3, length and checksum, then unpacks. The cursor ends behind
 * the message; on an error it stays. Addresses are the caller's to check.
 * Next Header, reserved fields and padding are not looked at.
 * -EMSGSIZE  Hdr Ext Len leaves the packet
 * -EBADMSG   checksum, P = 1, S = 1, an option or count that contradicts its length,
 *            or a Probe with a Psent or Sta that is none
 * -ENOTSUP   type not known
 * -EPROTO    shorter than its type's minimum (silent discard by section 7)
 * -E2BIG     more than SHIM6_UNKNOWN_MAX other options
 */
int shim6_message_parse(struct shim6_message *out, struct rbuf *r);

/*
 * The same of a message whose end the capture doesn't have: its type and fixed fields, of
 * an Error what is here of the quote; no reports, and no options. The checksum can't be
 * told. The cursor stays. -EMSGSIZE if even the fixed part isn't here; -EBADMSG for P = 1
 * or S = 1; -ENOTSUP.
 */
int shim6_message_parse_cut(struct shim6_message *out, const struct rbuf *r);

/* Octets that a message has by its Hdr Ext Len, which is here. */
static inline size_t shim6_message_len(const uint8_t *message)
{
	return 8 * ((size_t)message[1] + 1);
}

/*
 * Whole message, padded, Hdr Ext Len and checksum filled in; C = 0 in options
 * but the others. 0; -ENOSPC; -EINVAL for a type as under -ENOTSUP above, an
 * unpacked option that the type does not list, a Probe or Error that can't be,
 * or more than SHIM6_HEADER_MAX octets. SHIM6_PACKET_MAX is the sender's to keep.
 */
int shim6_message_emit(const struct shim6_message *m, struct wbuf *w);

#endif
