/* SPDX-License-Identifier: Apache-2.0
 * A hash table from strings to pointers. Keys are borrowed: they live in what the pointer points at. */
#ifndef SG_BASE_TABLE_H
#define SG_BASE_TABLE_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Open addressing with a random seed, so that names chosen by an agent cannot be made to collide. Not thread-safe. */
struct sg_table {
	struct sg_slot {
		struct sg_str key;
		void *value; /* NULL: never used or deleted */
		uint64_t hash;
		bool deleted;
	} *slots;
	size_t size; /* power of two, or 0 */
	size_t count;
	size_t used; /* slots ever used, deleted ones included */
	uint64_t seed;
};

/* `seed` should be random. */
void sg_table_init(struct sg_table *table, uint64_t seed);
/* Frees the slots, not the values. */
void sg_table_done(struct sg_table *table);
/* A number as a key, where it stands: it must stay there as long as the table has it. */
static inline struct sg_str
sg_number_key(const uint64_t *number)
{
	return (struct sg_str){(const char *)number, sizeof(*number)};
}
/* The value, or NULL. */
void *sg_table_get(const struct sg_table *table, struct sg_str key);
/* Adds or replaces; SG_NOMEM leaves the table as it was. `value` is not NULL. */
enum sg_status sg_table_put(struct sg_table *table, struct sg_str key, void *value);
/* Removes and returns the value, or NULL. */
void *sg_table_take(struct sg_table *table, struct sg_str key);
/* Iteration in no order: start with *at = 0; NULL at the end. Removing the value just returned is allowed, adding is not. */
void *sg_table_next(const struct sg_table *table, size_t *at);
/* The same in slices, with anything done to the table in between: takes each slot that is looked at, empty ones too, from `*slots`, and gives NULL where none is
 * left; from the start it looks at one slot in any case. NULL with *at = 0: all were looked at. What was there all the while comes once, or, where the table grew meanwhile, not at all or twice. */
void *sg_table_slice(const struct sg_table *table, size_t *at, size_t *slots);

#endif
