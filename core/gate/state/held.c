/* SPDX-License-Identifier: Apache-2.0
 * What hangs on a task, in lists of its own: nobody looks through what others hold. */
#include "gate/state/state.h"

void
sg_approval_join(struct sg_approval *approval)
{
	approval->next = approval->task->its_approvals;
	approval->task->its_approvals = approval;
	approval->task->approvals_kept++;
}

void
sg_lease_join(struct sg_lease *lease)
{
	lease->before = NULL;
	lease->next = lease->task->its_leases;
	if (lease->next != NULL)
		lease->next->before = lease;
	lease->task->its_leases = lease;
	lease->task->leases_kept++;
}

void
sg_lease_leave(struct sg_lease *lease)
{
	if (lease->next != NULL)
		lease->next->before = lease->before;
	if (lease->before != NULL)
		lease->before->next = lease->next;
	else
		lease->task->its_leases = lease->next;
	lease->task->leases_kept--;
}
