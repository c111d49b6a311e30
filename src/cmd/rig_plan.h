/* SPDX-License-Identifier: Apache-2.0 */
/* A rig from a command line that run's planner has read. Main thread. */
#ifndef POLICYTOP_CMD_RIG_PLAN_H
#define POLICYTOP_CMD_RIG_PLAN_H

#include "plan/plan.h"
#include "rig/rig.h"

/*
 * Fills r with what the plan says; paths that exist are made absolute, cameras are named by their
 * /dev/v4l/by-id link where they have one (dev: the folder of devices, "/dev"). What the plan does
 * not say stays as it is. db: where a profile of the policy's training is looked for, NULL nowhere.
 */
void rig_from_plan(struct rig *r, const struct plan *p, const char *dev, const char *db);

/* The link below dev/KIND/by-id that leads to this device, else the device; the caller frees it. */
char *rig_device_dup(const char *dev, const char *kind, const char *device);

#endif
