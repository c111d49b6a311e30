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
	{"inputs", "policy", "the policy's inputs are what the rig gives"},
	{"outputs", "policy", "the policy's actions are what the robot takes"},
	{"trained-on", "policy", "the checkpoint's training set is the profile's"},
	{"plan", "policy", "actions planned and executed at a time fit the latency"},
	{"epochs", "policy", "how often training saw its data"},
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
