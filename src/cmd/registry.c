/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/registry.h"

#include <stdio.h>
#include <string.h>

#include "audit/finding.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "db/reader.h"
#include "rig/rig.h"
#include "robot/robot.h"
#include "sim/sim.h"
#include "source/source.h"
#include "ui/keys.h"
#include "ui/panel.h"

static bool commands_row(size_t i, struct registry_row *r)
{
	const struct command *c = command_table[i];

	if (!c)
		return false;
	*r = (struct registry_row){
		.of = "", .name = c->name, .arg = c->operands, .text = c->summary};
	return true;
}

static bool options_row(size_t i, struct registry_row *r)
{
	for (size_t c = 0; command_table[c]; c++) {
		for (const struct opt *o = command_table[c]->options; o->name; o++) {
			if (i--)
				continue;
			*r = (struct registry_row){
				.of = command_table[c]->name,
				.name = o->name,
				.arg = o->arg ? o->arg : "",
				.text = o->help,
			};
			return true;
		}
	}
	return false;
}

static bool sources_row(size_t i, struct registry_row *r)
{
	const struct source_class *s = source_table[i];

	if (!s)
		return false;
	*r = (struct registry_row){
		.of = "", .name = s->kind, .arg = s->rest, .text = s->summary, .facts = s->facts};
	return true;
}

static bool parameters_row(size_t i, struct registry_row *r)
{
	for (size_t s = 0; source_table[s]; s++) {
		for (const struct source_param *p = source_table[s]->params; p && p->key; p++) {
			if (i--)
				continue;
			*r = (struct registry_row){
				.of = source_table[s]->kind,
				.name = p->key,
				.arg = r->value,
				.text = p->help,
			};
			snprintf(r->value, sizeof(r->value), "%s%s%s", p->fallback,
				 p->unit[0] ? " " : "", p->unit);
			return true;
		}
	}
	return false;
}

static bool checks_row(size_t i, struct registry_row *r)
{
	const struct check_class *c = check_table[i];

	if (!c)
		return false;
	*r = (struct registry_row){.of = "", .name = c->name, .arg = "", .text = c->summary};
	return true;
}

static bool limits_row(size_t i, struct registry_row *r)
{
	for (size_t c = 0; check_table[c]; c++) {
		for (const struct check_param *p = check_table[c]->params; p && p->key; p++) {
			if (i--)
				continue;
			*r = (struct registry_row){
				.of = check_table[c]->name,
				.name = p->key,
				.arg = r->value,
				.text = p->help,
			};
			snprintf(r->value, sizeof(r->value), "%g%s%s", p->fallback,
				 p->unit[0] ? " " : "", p->unit);
			return true;
		}
	}
	return false;
}

static bool codes_row(size_t i, struct registry_row *r)
{
	const struct audit_code *c = &audit_codes[i];

	if (!c->code)
		return false;
	*r = (struct registry_row){.of = c->group, .name = c->code, .arg = "", .text = c->summary};
	return true;
}

static bool rig_row(size_t i, struct registry_row *r)
{
	const struct rig_option *o = &rig_options[i];

	if (!o->key)
		return false;
	*r = (struct registry_row){.of = "", .name = o->key, .arg = r->value, .text = o->help};
	snprintf(r->value, sizeof(r->value), "%s%s%s", o->fallback,
		 o->fallback[0] && o->unit[0] ? " " : "", o->unit);
	return true;
}

static bool queries_row(size_t i, struct registry_row *r)
{
	const struct canned *q = &canned_queries[i];

	if (!q->name)
		return false;
	*r = (struct registry_row){.of = "", .name = q->name, .arg = "", .text = q->summary};
	return true;
}

static bool faults_row(size_t i, struct registry_row *r)
{
	const struct sim_fault *f = &sim_fault_table[i];

	if (!f->name)
		return false;
	*r = (struct registry_row){.of = "", .name = f->name, .arg = r->value, .text = f->summary};
	snprintf(r->value, sizeof(r->value), "%g %s", f->strength, f->unit);
	return true;
}

static bool robots_row(size_t i, struct registry_row *r)
{
	const struct robot_class *c = robot_table[i];

	if (!c)
		return false;
	*r = (struct registry_row){.of = "", .name = c->name, .arg = "", .text = c->summary};
	return true;
}

static void put_joint(struct registry_row *r, const struct robot_class *c, const char *joint,
		      unsigned motor, const char *model, enum unit unit)
{
	double low, high;

	*r = (struct registry_row){.of = c->name, .name = joint, .arg = r->value, .text = model};
	if (robot_limits(c, joint, unit, &low, &high))
		snprintf(r->value, sizeof(r->value), "%u %g..%g %s", motor, low, high,
			 unit_word(unit));
	else
		snprintf(r->value, sizeof(r->value), "%u unknown", motor);
}

/* Servos and motors of all robots: id, limits and unit of the joint, model. */
static bool joints_row(size_t i, struct registry_row *r)
{
	for (size_t n = 0; robot_table[n]; n++) {
		const struct robot_class *c = robot_table[n];

		for (const struct robot_motor *m = c->motors; m && m->joint; m++) {
			if (i--)
				continue;
			put_joint(r, c, m->joint, m->id, m->model, m->unit);
			return true;
		}
		for (const struct robot_can_motor *m = c->can ? c->can->motors : NULL;
		     m && m->joint; m++) {
			if (i--)
				continue;
			put_joint(r, c, m->joint, m->id, m->model, c->can->unit);
			return true;
		}
	}
	return false;
}

static bool panels_row(size_t i, struct registry_row *r)
{
	const struct panel_class *p = panel_table[i];

	if (!p)
		return false;
	*r = (struct registry_row){.of = "", .name = p->name, .arg = "", .text = p->summary};
	return true;
}

static bool keys_row(size_t i, struct registry_row *r)
{
	if (i >= ACTION_N)
		return false;
	*r = (struct registry_row){
		.of = "", .name = key_table[i].label, .arg = "", .text = key_table[i].help};
	return true;
}

/* The order of `list all`. */
const struct registry registry_table[] = {
	{"commands", commands_row},	{"options", options_row}, {"sources", sources_row},
	{"parameters", parameters_row}, {"checks", checks_row},	  {"limits", limits_row},
	{"codes", codes_row},		{"rig", rig_row},	  {"queries", queries_row},
	{"faults", faults_row},		{"robots", robots_row},	  {"joints", joints_row},
	{"panels", panels_row},		{"keys", keys_row},	  {NULL, NULL},
};

const struct registry *registry_find(const char *name)
{
	for (const struct registry *g = registry_table; g->name; g++) {
		if (strcmp(g->name, name) == 0)
			return g;
	}
	return NULL;
}
