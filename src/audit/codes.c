/* SPDX-License-Identifier: Apache-2.0 */
/* One row per code, by group in the order of the screen. */
#include <string.h>

#include "audit/finding.h"

const struct audit_code audit_codes[] = {
	{"checkpoint", "policy", "the checkpoint's files can be read and are complete"},
	{"norm-steps", "policy", "one step normalises, one un-normalises"},
	{"norm-sides", "policy", "both sides have the same modes and statistics"},
	{"norm-tensors", "policy", "each feature that is normalised has its statistics"},
	{"norm-map", "policy", "each feature's type has a mode"},
	{"norm-values", "policy", "statistics are finite and in order"},
	{"norm", "policy", "the statistics are those of the training data"},
	{"live-norm", "policy", "the arm's state, normalised, is as in training"},
	{"inputs", "policy", "the policy's inputs are what the rig gives"},
	{"outputs", "policy", "the policy's actions are what the robot takes"},
	{"trained-on", "policy", "the checkpoint's training set is the profile's"},
	{"plan", "policy", "actions planned and executed at a time fit the latency"},
	{"epochs", "policy", "how often training saw its data"},
	{"prompt", "policy", "the task is one of training, word for word"},
	{"server", "policy", "the policy server answers and speaks its protocol"},
	{"ask", "policy", "the policy server answers one request as it should"},
	{"cameras", "cameras", "each camera is there, of its size and rate, not dark"},
	{"camera-swap", "cameras", "each camera shows what it showed in training"},
	{"camera-covered", "cameras", "there is something to be seen"},
	{"camera-mirrored", "cameras", "no picture is mirrored or upside down"},
	{"camera-unknown", "cameras", "no picture is of another camera than training's"},
	{"camera-moved", "cameras", "each camera is where it was in training"},
	{"camera-light", "cameras", "pictures are as bright as in training"},
	{"camera-colour", "cameras", "pictures have the colours of training"},
	{"pose", "pose", "the arm is where training starts"},
	{"motors", "arm", "each motor answers and reports no fault"},
	{"calibration", "arm", "registers of the motors are as the calibration file says"},
	{"bus", "arm", "the bus answers, and nobody else has it"},
	{"set-files", "data", "the data set has all files that its readers need"},
	{"set-counts", "data", "its episodes and frames are as many as it says"},
	{"set-stats", "data", "its own statistics are those of its data"},
	{"set-images", "data", "its cameras have statistics that can be divided by"},
	{"set-still", "data", "its joints move enough to be normalised"},
	{"set-units", "data", "its joints are in units that go together"},
	{"set-idle", "data", "its episodes begin to move at once"},
	{"set-start", "data", "its episodes begin at like poses"},
	{"set-gripper", "data", "its episodes have the gripper's usual cycle"},
	{"set-times", "data", "its time stamps are evenly spaced"},
	{"disk", "host", "room and speed where runs and recordings are written"},
	{"ram", "host", "free memory"},
	{"gpu", "host", "free memory and heat of the graphics card"},
	{"heat", "host", "the processor does not slow itself down"},
	{"host", "host", "settings of the machine that surprise"},
	{"paths", "host", "what the rig names is there"},
	{0},
};

const struct audit_code *audit_code_find(const char *code)
{
	for (const struct audit_code *c = audit_codes; c->code; c++) {
		if (strcmp(c->code, code) == 0)
			return c;
	}
	return NULL;
}
