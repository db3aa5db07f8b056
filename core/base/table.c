/* SPDX-License-Identifier: Apache-2.0
 * Open addressing with linear steps; grows at three quarters. */
#include "base/table.h"

#include "base/str.h"

#include <stdlib.h>

void
sg_table_init(struct sg_table *table, uint64_t seed)
{
	*table = (struct sg_table){.seed = seed};
}

void
sg_table_done(struct sg_table *table)
{
	free(table->slots);
	sg_table_init(table, table->seed);
}

static inline uint64_t
eight(const char *at)
{
	uint64_t part;
	memcpy(&part, at, 8);
	return part;
}

/* One to seven bytes, some of them twice: with the length they are told apart. */
static inline uint64_t
few(struct sg_str key)
{
	uint32_t low, high;
	if (key.len < 4)
		return (uint64_t)(unsigned char)key.ptr[0] | (uint64_t)(unsigned char)key.ptr[key.len / 2] << 8 | (uint64_t)(unsigned char)key.ptr[key.len - 1] << 16;
	memcpy(&low, key.ptr, 4);
	memcpy(&high, key.ptr + key.len - 4, 4);
	return low | (uint64_t)high << 32;
}

static inline uint64_t
mixed(uint64_t part)
{
	__uint128_t product = (__uint128_t)part * UINT64_C(0xd6e8feb86659fd93);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A keyed mix of eight bytes at a time; good enough where the seed is secret and the table bounded. */
static inline uint64_t
hash_of(const struct sg_table *table, struct sg_str key)
{
	uint64_t hash = table->seed ^ (key.len * UINT64_C(0x9e3779b97f4a7c15)), half = table->seed >> 1;
	size_t i = 0;
	for (; key.len - i > 8; i += 8)
		hash = mixed(hash ^ eight(key.ptr + i) ^ half);
	if (key.len >= 8)
		hash = mixed(hash ^ eight(key.ptr + key.len - 8) ^ half); /* some of them twice */
	else if (key.len > 0)
		hash = mixed(hash ^ few(key) ^ half);
	return hash ^ hash >> 29;
}

static struct sg_slot *
find(const struct sg_table *table, struct sg_str key, uint64_t hash)
{
	for (size_t i = 0, at = hash; i < table->size; i++, at++) {
		struct sg_slot *slot = &table->slots[at & (table->size - 1)];
		if (slot->value == NULL && !slot->deleted)
			return NULL;
		if (slot->value != NULL && slot->hash == hash && sg_str_eq(slot->key, key))
			return slot;
	}
	return NULL;
}

static void
place(struct sg_table *table, struct sg_str key, uint64_t hash, void *value)
{
	size_t at = hash & (table->size - 1);
	while (table->slots[at].value != NULL)
		at = (at + 1) & (table->size - 1);
	if (!table->slots[at].deleted)
		table->used++;
	table->slots[at] = (struct sg_slot){key, value, hash, false};
	table->count++;
}

static enum sg_status
grow(struct sg_table *table)
{
	struct sg_table bigger = {.seed = table->seed, .size = table->size == 0 ? 16 : table->size};
	while (bigger.size < table->count * 2 + 2)
		bigger.size *= 2;
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return SG_NOMEM;
	for (size_t i = 0; i < table->size; i++)
		if (table->slots[i].value != NULL)
			place(&bigger, table->slots[i].key, table->slots[i].hash, table->slots[i].value);
	free(table->slots);
	*table = bigger;
	return SG_OK;
}

void *
sg_table_get(const struct sg_table *table, struct sg_str key)
{
	struct sg_slot *slot = find(table, key, hash_of(table, key));
	return slot == NULL ? NULL : slot->value;
}

enum sg_status
sg_table_put(struct sg_table *table, struct sg_str key, void *value)
{
	uint64_t hash = hash_of(table, key);
	struct sg_slot *slot = find(table, key, hash);
	if (slot != NULL) {
		slot->key = key;
		slot->value = value;
		return SG_OK;
	}
	if ((table->used + 1) * 4 > table->size * 3) {
		enum sg_status status = grow(table);
		if (status != SG_OK)
			return status;
	}
	place(table, key, hash, value);
	return SG_OK;
}

void *
sg_table_take(struct sg_table *table, struct sg_str key)
{
	struct sg_slot *slot = find(table, key, hash_of(table, key));
	if (slot == NULL)
		return NULL;
	void *value = slot->value;
	*slot = (struct sg_slot){.deleted = true};
	table->count--;
	return value;
}

void *
sg_table_next(const struct sg_table *table, size_t *at)
{
	while (*at < table->size) {
		void *value = table->slots[(*at)++].value;
		if (value != NULL)
			return value;
	}
	return NULL;
}

void *
sg_table_slice(const struct sg_table *table, size_t *at, size_t *slots)
{
	if (*at == 0 && *slots == 0)
		*slots = 1; /* nothing looked at is not all looked at */
	for (; *at < table->size; (*slots)--) {
		if (*slots == 0)
			return NULL;
		void *value = table->slots[(*at)++].value;
		if (value != NULL) {
			(*slots)--;
			return value;
		}
	}
	*at = 0;
	return NULL;
}
