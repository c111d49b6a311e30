/* SPDX-License-Identifier: Apache-2.0 */
/* The two arms that come as they are, with numbers of a usual calibration. */
#include <string.h>

#include "sim/bus.h"

/* Weights pull the shoulder and the elbow down, to the ends where the arm lies folded. */
static const struct sim_motor_cfg so101[] = {
	{1, 777, -1470, 743, 3350, 2047, 0, 7.4},   {2, 777, 1023, 839, 3150, 845, -0.08, 7.4},
	{3, 777, 1204, 880, 3090, 3084, 0.07, 7.4}, {4, 777, -1213, 900, 3180, 2800, 0.02, 7.4},
	{5, 777, 1501, 0, 4095, 2047, 0, 7.4},	    {6, 777, -1001, 2013, 3400, 2040, 0, 7.4},
};

static const struct sim_motor_cfg koch[] = {
	{1, 1060, -27, 800, 3300, 2048, 0, 12},	   {2, 1060, 2048, 850, 3250, 856, -0.08, 12},
	{3, 1200, 1024, 900, 3200, 3194, 0.07, 5}, {4, 1200, 0, 920, 3160, 2700, 0.02, 5},
	{5, 1200, 1536, 0, 4095, 2048, 0, 5},	   {6, 1200, -512, 1900, 3300, 1950, 0, 5},
};

void sim_bus_arm(struct sim_bus_cfg *cfg, enum sim_bus_kind kind)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->kind = kind;
	cfg->motors = sizeof(so101) / sizeof(so101[0]);
	memcpy(cfg->motor, kind == SIM_BUS_DXL ? koch : so101, sizeof(so101));
}
