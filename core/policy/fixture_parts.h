/* SPDX-License-Identifier: Apache-2.0
 * How a request is put together, in layers. For fixture*.c only. */
#ifndef SG_POLICY_FIXTURE_PARTS_H
#define SG_POLICY_FIXTURE_PARTS_H

#include "base/canon.h"
#include "policy/field.h"
#include "policy/fixture.h"

/* The first layer that has a member wins. */
enum sg_layer { SG_LAYER_GIVEN, SG_LAYER_DERIVED, SG_LAYER_CATALOGUE, SG_LAYER_DEFAULT, SG_LAYERS };

struct sg_layered {
	const struct sg_json *of[SG_LAYERS]; /* NULL: this layer says nothing here */
};

struct sg_fixture_run {
	const struct sg_fixture *fixture;
	struct sg_layered request;
	struct sg_arena *arena;
	struct sg_fixture_error *error;
	bool refused;
};

struct sg_layered sg_layered_member(const struct sg_layered *value, const char *name);
const struct sg_json *sg_layered_value(const struct sg_layered *value);
/* The text, "" if it is none. */
struct sg_str sg_layered_text(const struct sg_layered *value, const char *name);
int64_t sg_layered_int(const struct sg_layered *value, const char *name);

/* Notes what is wrong; the first time counts. Returns false. */
bool sg_fixture_refuse(struct sg_fixture_run *run, const char *hint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Refuses members of `given` that are not in `names` (ended by NULL), with the nearest of those. `what` is its path. */
bool sg_fixture_members(struct sg_fixture_run *run, const struct sg_json *given, const char *what, const char *const *names);

enum { SG_FIXTURE_PATH = 128 };

/* Refuses members of `given` that the shape does not have. */
bool sg_fixture_known(struct sg_fixture_run *run, const struct sg_json *given, enum sg_shape shape, const char *path);
/* Writes one field and everything below it (fixture_write.c). `path` is what a mistake calls it. */
bool sg_fixture_field(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_layered *place,
		      const struct sg_field *field, const char *path);

/* Writes the members that follow from others, as one canonical object: the derived layer (fixture_derived.c). */
bool sg_fixture_derive(struct sg_fixture_run *run, struct sg_buf *out);
/* The parts of it that look back. */
bool sg_fixture_history(struct sg_fixture_run *run, struct sg_json_writer *w);
bool sg_fixture_provenance(struct sg_fixture_run *run, struct sg_json_writer *w);

#endif
