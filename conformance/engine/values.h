/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of a scenario, now that there is a target: numbers, and octets laid
 * out as a type or a field wants them.
 */
#ifndef ENGINE_VALUES_H
#define ENGINE_VALUES_H

#include "conformance/engine/trial.h"

struct octets {
	uint8_t *data; /* borrowed until the event ends; may be a pointer_of() */
	size_t len;
};

/* NUMBER, SYMBOLS, or a VARIABLE that holds a number. */
int value_number(struct trial *t, const struct value *v, int64_t *out);

/* An object in memory. type: of a bare number; NULL means int. */
int value_object(struct trial *t, const struct value *v, const struct type *type,
		 struct octets *out);

/* A socket address; a lone family is as long as a sockaddr_in6. */
int value_sockaddr(struct trial *t, const struct value *v, struct octets *out);

/* VALUE_NULL or VALUE_UNMAPPED: then it stands for a pointer. v may be NULL. */
bool is_pointer_value(const struct value *v);
void *pointer_of(struct trial *t, const struct value *v);

/* What a field of a packet is to be. */
int value_field(struct trial *t, const struct value *v, const struct wire_field *field,
		struct wire_value *out);

/* A number in host order in 1, 2, 4 or 8 octets, and back. */
void host_put(uint8_t *at, size_t size, uint64_t number);
uint64_t host_get(const uint8_t *at, size_t size);

/* A member of an object that is `struct type`, as a number. */
int64_t member_get(const struct type_member *m, const uint8_t *object);
void member_put(const struct type_member *m, uint8_t *object, uint64_t number);

#endif
