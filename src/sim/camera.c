/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths are in metres, x to the front of the arm, y to its left, z up. */
#include "sim/camera.h"

#include <math.h>
#include <string.h>

const char *const sim_camera_name[SIM_CAMERAS] = {"front", "wrist"};

static const double degree = 3.14159265358979 / 180;
static const double base_z = 0.07, upper_m = 0.116, fore_m = 0.135, hand_m = 0.10;

static const struct colour wall = {176, 168, 152}, table = {150, 112, 74}, mat = {64, 92, 88};
static const struct colour shelf = {92, 70, 52}, poster = {190, 120, 60}, window = {196, 212, 226};
static const struct colour printed = {228, 196, 84}, motor = {44, 46, 52}, jaw = {216, 206, 186};
static const struct colour brick = {188, 52, 44}, box = {70, 104, 168}, dark = {34, 36, 40};

struct place {
	double x, y, z;
};

/* The joints of the arm in space: shoulder, elbow, wrist, finger tips. */
struct pose {
	struct place at[4];
	double yaw, reach; /* of the tips, radians and metres */
};

/* A point so far from the shoulder's axis, so high, in the direction of pan. */
static struct place swing(double yaw, double out, double z)
{
	return (struct place){out * cos(yaw), -out * sin(yaw), z};
}

static void stand(struct pose *p, const double joint[SO101_JOINTS])
{
	double yaw = joint[PAN] * so101_servo[PAN].deg_per_unit * degree;
	/* From straight up towards the front. */
	double upper = (joint[LIFT] + 50) * degree;
	double fore = upper + (42 + 1.17 * joint[ELBOW]) * degree;
	double hand = fore + (20 + 0.4 * joint[WFLEX]) * degree;
	double out = 0.03, z = base_z;

	p->yaw = yaw;
	p->at[0] = swing(yaw, out, z);
	out += upper_m * sin(upper);
	z += upper_m * cos(upper);
	p->at[1] = swing(yaw, out, z);
	out += fore_m * sin(fore);
	z += fore_m * cos(fore);
	p->at[2] = swing(yaw, out, z);
	out += hand_m * sin(hand);
	z += hand_m * cos(hand);
	p->at[3] = swing(yaw, out, fmax(z, 0));
	p->reach = out;
}

/* Where a point in space is in the picture of front, which looks down on the table from before it. */
static struct spot project(struct place w)
{
	double far = 0.62 - 0.9 * w.x - 0.35 * w.z, scale = 78 / fmax(0.1, far);

	return (struct spot){80 + scale * w.y, 66 - scale * (w.z + 0.30 * (0.12 - w.x)) + 22};
}

static void table_from_front(struct paint *p)
{
	enum { EDGE = 46 };

	for (int y = 0; y < PAINT_HEIGHT; y++) {
		for (int x = 0; x < PAINT_WIDTH; x++) {
			double depth = 40.0 / (y - EDGE + 12), across = (x - 80) * depth / 12;
			bool on_mat = y > EDGE + 8 && fabs(across) < 9;
			struct colour c = y < EDGE ? paint_weave(wall, x / 5, y / 5, 11, 6)
					  : on_mat ? paint_weave(mat, (int)(across + 50),
								 (int)(20 * depth), 12, 22)
						   : paint_weave(table, x / 20, (y * y) / 90, 13,
								 14);

			p->rgb[y][x][0] = c.r;
			p->rgb[y][x][1] = c.g;
			p->rgb[y][x][2] = c.b;
		}
	}
}

void sim_camera_room(struct paint *p)
{
	table_from_front(p);
	paint_box(p, (struct spot){8, 4}, (struct spot){48, 34}, window);
	paint_box(p, (struct spot){27, 4}, (struct spot){29, 34}, shelf);
	paint_box(p, (struct spot){112, 22}, (struct spot){156, 26}, shelf);
	paint_box(p, (struct spot){118, 8}, (struct spot){126, 22}, poster);
	paint_box(p, (struct spot){130, 12}, (struct spot){146, 22}, box);
	paint_box(p, (struct spot){62, 8}, (struct spot){92, 30}, poster);
	paint_box(p, (struct spot){66, 12}, (struct spot){80, 20}, dark);
}

/* A thing that lies on the table. */
static void lay(struct paint *p, struct place at, double half_m, struct colour c)
{
	struct spot mid = project(at), side = project((struct place){at.x, at.y + half_m, at.z});
	double half = fmax(2, fabs(side.x - mid.x));

	paint_box(p, (struct spot){mid.x - half, mid.y - half}, (struct spot){mid.x + half, mid.y},
		  c);
}

/* Where the object is: on the table, in the gripper, in the box. */
static struct place object_of(const struct sim_sight *s, const struct pose *now)
{
	double joint[SO101_JOINTS] = {0};
	struct pose p;

	if (s->held)
		return now->at[3];
	if (!s->placed)
		plan_grasp_pose(&s->scene, joint);
	else
		for (unsigned j = 0; j < SO101_JOINTS; j++)
			joint[j] = plan_box_pose[j];
	stand(&p, joint);
	p.at[3].z = 0;
	return p.at[3];
}

static void show_front(struct paint *p, const struct paint *room, const struct sim_sight *s)
{
	const struct place foot = {0.03, 0, 0};
	struct spot at[4];
	struct pose now, over_box;

	stand(&now, s->joint);
	stand(&over_box, plan_box_pose);
	over_box.at[3].z = 0;
	for (unsigned i = 0; i < 4; i++)
		at[i] = project(now.at[i]);
	*p = *room;
	lay(p, over_box.at[3], 0.04, box);
	lay(p, object_of(s, &now), 0.016, brick);
	paint_bar(p, project(foot), at[0], 11, motor);
	paint_bar(p, at[0], at[1], 7, printed);
	paint_bar(p, at[1], at[2], 6, printed);
	paint_bar(p, at[1], at[1], 7, motor);
	paint_bar(p, at[2], at[3], 4, jaw);
	paint_bar(p, at[2], at[2], 5, motor);
}

/* The table under the gripper: what passes by when the arm moves. */
static void table_from_wrist(struct paint *p, const struct pose *now, double roll)
{
	double turn = now->yaw + roll, c = cos(turn), s = sin(turn);
	double scale = 0.0009 * (1 + 6 * fmax(0, now->at[3].z));

	for (int y = 0; y < PAINT_HEIGHT; y += 2) {
		for (int x = 0; x < PAINT_WIDTH; x += 2) {
			double u = (x - 80) * scale, v = (100 - y) * scale;
			double wx = now->at[3].x + v * c - u * s, wy = now->at[3].y - v * s - u * c;
			struct colour k = paint_weave(mat, (int)floor(wx * 45), (int)floor(wy * 45),
						      12, 22);

			for (int i = 0; i < 4; i++)
				memcpy(p->rgb[y + i / 2][x + i % 2], &k, sizeof(k));
		}
	}
}

/* The object in the picture of wrist, where it is near enough to be seen. */
static void object_from_wrist(struct paint *p, const struct sim_sight *s, const struct pose *now,
			      double roll)
{
	struct place o = object_of(s, now);
	double turn = now->yaw + roll, scale = 0.0009 * (1 + 6 * fmax(0, now->at[3].z));
	double dx = o.x - now->at[3].x, dy = o.y - now->at[3].y;
	double v = dx * cos(turn) - dy * sin(turn), u = -dx * sin(turn) - dy * cos(turn);
	double half = fmin(14, 0.014 / scale);
	struct spot mid = {80 + u / scale, 100 - v / scale};

	if (s->held)
		mid = (struct spot){80, 62};
	paint_box(p, (struct spot){mid.x - half, mid.y - half},
		  (struct spot){mid.x + half, mid.y + half}, brick);
}

static void show_wrist(struct paint *p, const struct sim_sight *s)
{
	double roll = s->joint[ROLL] * so101_servo[ROLL].deg_per_unit * degree;
	double open = 0.35 * s->joint[GRIP];
	struct pose now;

	stand(&now, s->joint);
	table_from_wrist(p, &now, roll);
	object_from_wrist(p, s, &now, roll);
	/* The hand that it is on: what stands still in its picture. */
	paint_bar(p, (struct spot){60, 122}, (struct spot){68, 58}, 9, jaw);
	paint_bar(p, (struct spot){112 + open, 124}, (struct spot){90 + open, 58}, 8, printed);
	paint_box(p, (struct spot){0, 96}, (struct spot){52, 120}, motor);
	paint_box(p, (struct spot){6, 102}, (struct spot){22, 112}, printed);
	paint_box(p, (struct spot){134, 100}, (struct spot){160, 120}, dark);
	paint_box(p, (struct spot){0, 0}, (struct spot){160, 6}, dark);
	paint_bar(p, (struct spot){4, 30}, (struct spot){4, 92}, 7, jaw);
	paint_bar(p, (struct spot){156, 8}, (struct spot){148, 60}, 6, printed);
}

void sim_camera_draw(struct paint *p, const struct paint *room, enum sim_camera which,
		     const struct sim_sight *s)
{
	if (which == SIM_FRONT)
		show_front(p, room, s);
	else
		show_wrist(p, s);
	paint_expose(p, s->gain, s->noise);
}
