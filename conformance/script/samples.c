/* SPDX-License-Identifier: BSD-2-Clause */
/* The sample programs of RFC 6316. */
#include "conformance/script/samples.h"

#include <string.h>

const struct sample samples[] = {

	{ "6.1-get",  0, &type_int },
	{ "6.2-set",  0, NULL },
	{ "6.2-get",  0, &type_int },
	{ "6.3-set",  0, NULL },
	{ "6.3-get",  0, &type_int },
	{ "6.4-set",  1, NULL },
	{ "6.4-get",  0, &type_shim_locator },
	{ "6.6-set",  0, NULL },
	{ "6.6-get",  0, &type_int },
	{ "6.8-set",  1, NULL },
	{ "6.8-get",  0, &type_shim_locator },
	{ "6.10-set", 2, NULL },
	{ "6.10-get", 0, &type_shim_locators },
	{ "6.12-set", 0, NULL },
	{ "6.12-get", 0, &type_int },
	{ "6.13-set", 0, NULL },
	{ "6.13-get", 0, &type_shim_pathexplore },
	{ "6.14-get", 0, &type_int },

	/* not the RFC's own: that its names and structures are declared as it says */
	{ "3-names",    0, NULL },
	{ "8.1-layout", 0, NULL },
	{ "8.2-layout", 0, NULL },
	{ "8.3-layout", 0, NULL },
	{ 0 },
};

_Static_assert(sizeof(samples) / sizeof(samples[0]) <= SAMPLES_MAX + 1, "SAMPLES_MAX rows");

const struct sample *sample_named(const char *name)
{
	for (const struct sample *s = samples; s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}
