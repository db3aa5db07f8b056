/* SPDX-License-Identifier: Apache-2.0
 * Finding a secret again: wherever it stands, at its bounds, and none that was not given. */
#include "base/str.h"
#include "base/sys.h"
#include "gate/mask.h"
#include "unit/cases.h"

#include <stdio.h>

static const struct sg_str secret = {"s3cret-0", 8};

static void
found_wherever_it_stands(void)
{
	struct sg_mask mask = {.next = 0};
	char text[64];
	CU_ASSERT_FALSE(sg_mask_finds(&mask, secret));
	sg_mask_note(&mask, &sg_sys_real, secret);
	for (int before = 0; before < 20; before++)
		for (int after = 0; after < 20; after++) {
			int len = snprintf(text, sizeof(text), "%.*ss3cret-0%.*s", before, "aaaaaaaaaaaaaaaaaaaaaa", after, "ssssssssssssssssssssssss");
			CU_ASSERT(sg_mask_finds(&mask, (struct sg_str){text, (size_t)len}));
		}
}

static void
nothing_else_is(void)
{
	struct sg_mask mask = {.next = 0};
	sg_mask_note(&mask, &sg_sys_real, secret);
	static const char *const others[] = {"", "s3cret-", "s3cret-1", "3cret-0", "s3cret_0", "s3cret-s3cret-", "0-terc3s"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_FALSE(sg_mask_finds(&mask, sg_str(others[i])));
}

static void
short_ones_are_not_kept(void)
{
	struct sg_mask mask = {.next = 0};
	sg_mask_note(&mask, &sg_sys_real, SG_STR("s3cret-"));
	CU_ASSERT_FALSE(sg_mask_finds(&mask, SG_STR("s3cret-")));
	sg_mask_note(&mask, &sg_sys_real, SG_STR(""));
	CU_ASSERT_FALSE(sg_mask_finds(&mask, SG_STR("")));
}

static void
the_newest_stay(void)
{
	struct sg_mask mask = {.next = 0};
	char text[16];
	for (int i = 0; i <= SG_MASK_SECRETS; i++) {
		snprintf(text, sizeof(text), "secret-%04d", i);
		sg_mask_note(&mask, &sg_sys_real, sg_str(text));
	}
	CU_ASSERT_FALSE(sg_mask_finds(&mask, SG_STR("secret-0000")));
	CU_ASSERT(sg_mask_finds(&mask, SG_STR("secret-0001")) && sg_mask_finds(&mask, sg_str(text)));
}

SG_CASES("gate.mask", {"found wherever it stands", found_wherever_it_stands}, {"nothing else is", nothing_else_is},
	 {"short ones are not kept", short_ones_are_not_kept}, {"the newest stay", the_newest_stay})
