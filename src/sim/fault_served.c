/* SPDX-License-Identifier: Apache-2.0 */
/* Faults between a policy client and its server. */
#include "sim/fault.h"

/* The words of a field report: two weeks were lost to them. */
static void prompt_serve(struct fault *f, struct sim_serving *s)
{
	if (f->strength > 0)
		s->prompt = "Grasp the brick and put it in the bin.";
}

/* The policy saw another scene than before: its plan lies beside the one under way. */
static bool seam_answer(struct fault *f, struct policy *p, bool first_of_episode)
{
	double shift;

	if (first_of_episode)
		f->hold = 0;
	if (f->hold++ % 2 == 0)
		return false;
	shift = p->action[0][PAN] > 0 ? -f->strength : f->strength;
	for (unsigned k = 0; k < CHUNK_HORIZON; k++)
		p->action[k][PAN] += shift;
	return true;
}

static void late_serve(struct fault *f, struct sim_serving *s)
{
	s->late_s = f->strength / 1000;
}

static bool no_reset_keep(struct fault *f, struct policy *p)
{
	unsigned left = (unsigned)f->strength;

	if (left == 0)
		return false;
	p->execute = p->used + left < CHUNK_HORIZON ? p->used + left : CHUNK_HORIZON;
	p->phase = -(double)p->execute; /* the answer after these begins where the plan does */
	return true;
}

/* As Python prints it where openpi's server catches everything. */
static void error_serve(struct fault *f, struct sim_serving *s)
{
	if (f->hold >= (unsigned)f->strength)
		return;
	f->hold++;
	s->error = "Traceback (most recent call last):\n"
		   "  File \"websocket_policy_server.py\", line 64, in _handler\n"
		   "    action = self._policy.infer(obs)\n"
		   "  File \"policy.py\", line 77, in infer\n"
		   "    inputs = self._input_transform(inputs)\n"
		   "KeyError: 'observation/image_right'\n";
}

const struct sim_fault_acts fault_prompt_acts = {.served = true, .serve = prompt_serve};
const struct sim_fault_acts fault_seam_acts = {.served = true, .answer = seam_answer};
const struct sim_fault_acts fault_late_inference_acts = {.served = true, .serve = late_serve};
const struct sim_fault_acts fault_no_reset_acts = {
	.served = true, .at_start = true, .keep = no_reset_keep};
const struct sim_fault_acts fault_server_error_acts = {.served = true, .serve = error_serve};
const struct sim_fault_acts fault_wrong_port_acts = {.served = true, .stranger = true};
