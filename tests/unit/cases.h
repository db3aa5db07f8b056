/* SPDX-License-Identifier: Apache-2.0
 * A CUnit program in one line: SG_CASES("room.file", {"what it shows", function}, ...). Exits 1 if anything failed or nothing ran. */
#ifndef SG_TESTS_CASES_H
#define SG_TESTS_CASES_H

#include <CUnit/Basic.h>
#include <stdlib.h>

struct sg_case {
	const char *name;
	void (*run)(void);
};

static inline int
sg_run_cases(const char *suite_name, const struct sg_case *cases, size_t count)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		if (suite == NULL || CU_add_test(suite, cases[i].name, cases[i].run) == NULL)
			return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	int bad = CU_get_number_of_failures() > 0 || CU_get_number_of_tests_run() == 0;
	CU_cleanup_registry();
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define SG_CASES(suite, ...)                                                                                           \
	int main(void)                                                                                                 \
	{                                                                                                              \
		static const struct sg_case cases[] = {__VA_ARGS__};                                                   \
		return sg_run_cases(suite, cases, sizeof(cases) / sizeof(cases[0]));                                   \
	}

#endif
