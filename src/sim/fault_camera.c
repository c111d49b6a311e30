/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the cameras. Each says whether it changes what this camera does at t_ns. */
#include "sim/fault.h"

static bool lasts(const struct fault *f, int64_t t_ns)
{
	return (double)(t_ns - f->begun_ns) < f->strength * (double)NS_PER_S;
}

/* Somebody plugged them in the other way round. */
static bool swap(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye)
{
	if (!lasts(f, t_ns))
		return false;
	eye->shows = which == SIM_FRONT ? SIM_WRIST : SIM_FRONT;
	return true;
}

/* The program that reads it hands out the last picture again and again. */
static bool freeze(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye)
{
	eye->frozen = which == SIM_FRONT && lasts(f, t_ns);
	return eye->frozen;
}

static bool darken(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye)
{
	(void)t_ns;
	if (which == SIM_FRONT)
		eye->light = 1 - f->strength / 100;
	return which == SIM_FRONT;
}

/* The cable of the one that moves. */
static bool unplug(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye)
{
	eye->gone = which == SIM_WRIST && lasts(f, t_ns);
	return eye->gone;
}

static bool slow(struct fault *f, int64_t t_ns, enum sim_camera which, struct sim_eye *eye)
{
	(void)t_ns;
	if (which == SIM_FRONT)
		eye->fps *= 1 - f->strength / 100;
	return which == SIM_FRONT;
}

const struct sim_fault_acts fault_camera_swap_acts = {.camera = swap};
const struct sim_fault_acts fault_camera_frozen_acts = {.camera = freeze};
const struct sim_fault_acts fault_camera_dark_acts = {.camera = darken};
const struct sim_fault_acts fault_camera_gone_acts = {.camera = unplug};
const struct sim_fault_acts fault_camera_slow_acts = {.camera = slow};
