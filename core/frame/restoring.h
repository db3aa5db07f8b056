/* SPDX-License-Identifier: Apache-2.0
 * A state that is being put back from a backup. */
#ifndef SG_FRAME_RESTORING_H
#define SG_FRAME_RESTORING_H

/* In the state folder while `stepgate restore` works: what is there is half of one state and half of another, and no daemon starts on it. */
#define SG_RESTORING "restoring"

#endif
