/* SPDX-License-Identifier: Apache-2.0 */
/* What can be judged of a rig from files alone: its policy, and how that fits. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_RIG_AUDIT_H
#define POLICYTOP_PREFLIGHT_RIG_AUDIT_H

#include <stdio.h>

#include "audit/finding.h"
#include "plan/plan.h"
#include "rig/rig.h"

/*
 * Appends findings. plan (NULL: none) is the command that the rig is to run. db: where its profile
 * and the runs of this name are, NULL nowhere. A policy that cannot be read is a finding, too.
 */
void rig_audit(struct audit *a, const char *name, const struct rig *r, const struct plan *plan,
	       const char *db);

/* Policy, ports, devices, calibration: those that must be there and are not. */
void rig_audit_paths(struct audit *a, const struct rig *r);

/* A finding for people: " XX  inputs  front  sentence: what to do". */
void rig_audit_print(FILE *out, const struct audit *a);

#endif
