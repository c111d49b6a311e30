/* SPDX-License-Identifier: Apache-2.0 */
/* The calibration file of a rig's arm: now, and when its training profile was learned. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_RIG_CALIBRATION_H
#define POLICYTOP_PREFLIGHT_RIG_CALIBRATION_H

#include "preflight/inspect.h"
#include "wire/calibration.h"

/* The file that the rig names, or LeRobot keeps under its id. 0, or -errno with e; -ENOENT: none. */
int rig_calibration_load(struct calibration *c, const struct rig *r, struct err *e);

/* Keeps it in a profile, in the place of what was there. */
void rig_calibration_keep(struct profile *p, const struct calibration *c);

/* Items "calibration" of what the file itself shows, and of how it differs from the profile's. */
void rig_calibration_look(struct inspect *l);

#endif
