/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that draw the checklist; nobody else includes it. */
#ifndef POLICYTOP_UI_CHECKLIST_IMPL_H
#define POLICYTOP_UI_CHECKLIST_IMPL_H

#include "ui/checklist.h"

/* The titles of a joint's columns, and a joint, from column x on; value, range and advice. */
void checklist_pose_head(struct area a, int x, int y);
void checklist_pose(struct area a, int x, int y, const struct preflight_item *i,
		    const struct checklist_range *r, enum role role);

#endif
