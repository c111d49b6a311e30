/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of `can:` become the set-up of its decoder: whose motors, which ranges, and how
 * positions become values of joints. Any thread.
 */
#ifndef POLICYTOP_SOURCE_CAN_SETUP_H
#define POLICYTOP_SOURCE_CAN_SETUP_H

#include "base/uri.h"
#include "source/source.h"
#include "wire/damiao_bus.h"

#define CAN_PARAMS                                                                                  \
	{"robot", "", "", "yam, big_yam or openarm"},                                               \
		{"gripper", "", "",                                                                 \
		 "what is mounted: linear_4310, crank_4310, flexible_4310, "                        \
		 "linear_3507, no_gripper"},                                                        \
		{"names", "", "",                                                                   \
		 "of its joints, in the order of their ids, separated by commas"},                  \
		{"map", "", "",                                                                     \
		 "JOINT:SIGN:OFFSET or JOINT:SIGN:OFFSET:CLOSED:OPEN in rad, separated by commas"}, \
	{                                                                                           \
		"ranges", "", "", "of motors: i2rt, openarm, lerobot, maker, MODEL:RAD/RAD_S/NM"    \
	}

/* 0, or -EINVAL with e. */
int can_setup(struct damiao_setup *out, struct uri *u, const char *prefix, struct err *e);

#endif
