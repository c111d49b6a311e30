/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which camera it is. By picture: what the run's own naming costs against every other naming of
 * the same cameras, in standard deviations of what it cost in training. By motion where pictures
 * of cameras on alike arms leave it open.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vision/lineup_impl.h"

static const double sigma_floor = 0.05, sigma_guess = 0.15;
enum { SIGMAS = 3, TRY_ALL = 5 /* cameras of which every order is tried */ };

/* The live cameras that claim a training camera, and are seen. */
struct claims {
	unsigned n;
	unsigned camera[LINEUP_CAMERAS];
	int role[LINEUP_CAMERAS];
};

/* An order of the claims: camera i has the role of claim order[i]. */
struct order {
	unsigned of[LINEUP_CAMERAS];
};

/* The best of all orders, and the best of those in which one camera is another. */
struct search {
	const struct lineup *l;
	const struct claims *c;
	unsigned at; /* the camera that is asked for */
	struct order best;
	double cost;   /* of the best */
	int role;      /* of the camera in the next best answer about it, -1 none */
	double margin; /* of the best against that, in sigma */
	bool first;    /* only the best is looked for */
};

static double spread(const struct reference *r)
{
	double s = r->figures.distance_std;

	return isnan(s) ? sigma_guess : fmax(s, sigma_floor);
}

static double distance(const struct lineup *l, unsigned camera, int role)
{
	return (double)l->live[camera].now.distance[role];
}

static void list_claims(const struct lineup *l, struct claims *c)
{
	c->n = 0;
	for (unsigned i = 0; i < l->cameras; i++) {
		int own = l->live[i].own;

		if (own < 0 || !l->eye[own] || !l->live[i].window.n)
			continue;
		c->camera[c->n] = i;
		c->role[c->n++] = own;
	}
}

static bool claimed(const struct claims *c, int role)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (c->role[i] == role)
			return true;
	}
	return false;
}

static double cost(const struct search *s, const unsigned *of)
{
	double sum = 0;

	for (unsigned i = 0; i < s->c->n; i++)
		sum += distance(s->l, s->c->camera[i], s->c->role[of[i]]);
	return sum;
}

/* How far apart two orders are, beside how much their difference varied in training. */
static double margin(const struct search *s, const unsigned *of)
{
	double variance = 0;

	for (unsigned i = 0; i < s->c->n; i++) {
		double one = spread(s->l->ref[s->c->role[s->best.of[i]]]);

		variance += of[i] != s->best.of[i] ? one * one : 0;
	}
	return (cost(s, of) - s->cost) / sqrt(variance);
}

static void weigh(struct search *s, const unsigned *of)
{
	if (s->first) {
		double sum = cost(s, of);

		if (sum < s->cost) {
			s->cost = sum;
			memcpy(s->best.of, of, sizeof(s->best.of));
		}
	} else if (of[s->at] != s->best.of[s->at] && margin(s, of) < s->margin) {
		s->margin = margin(s, of);
		s->role = s->c->role[of[s->at]];
	}
}

static void swap(unsigned *a, unsigned *b)
{
	unsigned keep = *a;

	*a = *b;
	*b = keep;
}

static void try_all(struct search *s, unsigned *of, unsigned k)
{
	if (k == s->c->n) {
		weigh(s, of);
		return;
	}
	for (unsigned i = k; i < s->c->n; i++) {
		swap(&of[k], &of[i]);
		try_all(s, of, k + 1);
		swap(&of[k], &of[i]);
	}
}

/* With many cameras only exchanges of two are tried, of the best order so far. */
static void try_pairs(struct search *s, unsigned *of)
{
	weigh(s, of);
	for (unsigned i = 0; i < s->c->n; i++) {
		for (unsigned k = i + 1; k < s->c->n; k++) {
			swap(&of[i], &of[k]);
			weigh(s, of);
			swap(&of[i], &of[k]);
		}
	}
}

static void try_orders(struct search *s, bool first)
{
	struct order o = s->best;

	s->first = first;
	if (s->c->n <= TRY_ALL)
		try_all(s, o.of, 0);
	else
		try_pairs(s, o.of);
}

/* Training cameras that nobody claims may be it, too. */
static void try_absent(struct search *s)
{
	unsigned camera = s->c->camera[s->at];
	int own = s->c->role[s->best.of[s->at]];

	for (unsigned r = 0; r < s->l->roles; r++) {
		double d, m;

		if (!s->l->eye[r] || claimed(s->c, (int)r))
			continue;
		d = distance(s->l, camera, (int)r);
		m = (d - distance(s->l, camera, own)) / spread(s->l->ref[own]);
		if (m < s->margin) {
			s->margin = m;
			s->role = (int)r;
		}
	}
}

/* By picture: the role of a camera, and how sure that is. The margin is negative when the camera
 * would rather be one that is not there. */
static int weigh_all(const struct lineup *l, unsigned camera, double *sure)
{
	struct claims c;
	struct search s = {.l = l, .c = &c, .cost = INFINITY, .margin = INFINITY, .role = -1};
	int role;

	list_claims(l, &c);
	for (unsigned i = 0; i < c.n; i++) {
		s.best.of[i] = i;
		s.at = c.camera[i] == camera ? i : s.at;
	}
	try_orders(&s, true);
	try_orders(&s, false);
	try_absent(&s);
	role = c.role[s.best.of[s.at]];
	*sure = s.role < 0 ? (double)NAN : fabs(s.margin);
	return s.margin < 0 ? s.role : role;
}

/* The answer of motion about this camera; false: it has none. */
static bool by_motion(const struct lineup *l, unsigned camera, struct lineup_answer *a)
{
	int arm = l->live[camera].on_arm;
	struct motion_answer m;
	const char *name;

	if (!l->moves || arm < 0)
		return false;
	motion_answer(&l->motion, &m);
	if (!m.decided)
		return false;
	/* The table's camera of the arm that this one moves with. */
	name = l->profile->motion->camera[m.arm[arm]];
	for (unsigned r = 0; r < l->roles; r++) {
		if (strcmp(lineup_role(l, (int)r), name) == 0)
			a->role = (int)r;
	}
	a->is = IS_ROLE;
	a->method = BY_MOTION;
	a->margin = m.log10_odds;
	return true;
}

/* None of training's; but: one that is not asked for. */
static bool stranger(const struct lineup *l, unsigned camera, int but)
{
	const struct live_camera *c = &l->live[camera];

	for (unsigned r = 0; r < l->roles; r++) {
		double d = (double)c->now.distance[r];
		double seen = l->ref[r] ? 1.1 * l->ref[r]->figures.distance_max : 0;

		if (!l->ref[r] || (int)r == but)
			continue;
		if (!(d > (double)lineup_limit(l->ref[r])) && !(but >= 0 && d > seen))
			return false;
	}
	return true;
}

/*
 * Not the camera that it claims to be. A picture that lies on the scene of its role is of that
 * camera, whatever its colours are; where too little stands still looks alone must tell, and then
 * exchanged colours must not count as another look.
 */
static bool odd(const struct reference *r, const struct sight *now, int own)
{
	float alike = lineup_alike_limit(r);

	if (isnan(alike))
		return now->distance[own] > lineup_limit(r) &&
		       !(now->like < fminf(LINEUP_SWAPPED, -(float)r->figures.like_min));
	return now->alike < alike &&
	       (double)now->distance[own] > fmax(0.2, 1.1 * r->figures.distance_max);
}

/* An exchange is only named when the camera really looks like the other one. */
static bool near(const struct lineup *l, unsigned camera, int role)
{
	return distance(l, camera, role) <= (double)lineup_limit(l->ref[role]);
}

/* It has no name of training: nothing is claimed, so nothing can be wrong but all. */
static void name_stranger(const struct lineup *l, unsigned camera, struct lineup_answer *a)
{
	double least = INFINITY, second = INFINITY;
	int role = -1;

	for (unsigned r = 0; r < l->roles; r++) {
		double d = distance(l, camera, (int)r);

		if (isnan(d))
			continue;
		if (d < least) {
			second = least;
			least = d;
			role = (int)r;
		} else {
			second = fmin(second, d);
		}
	}
	a->like = role;
	a->method = BY_PICTURE;
	a->margin = isinf(second) ? (double)NAN : (second - least) / spread(l->ref[role]);
	snprintf(a->says, sizeof(a->says),
		 "looks like training's %s; a camera mounted like it elsewhere would, too",
		 lineup_role(l, role));
}

static void say(const struct lineup *l, struct lineup_answer *a)
{
	if (a->is == IS_STRANGER)
		snprintf(a->says, sizeof(a->says), "is no camera of training's");
	else if (a->is == IS_OPEN)
		snprintf(a->says, sizeof(a->says),
			 "cannot tell yet: training's cameras look too much alike");
	else if (a->role == a->own)
		snprintf(a->says, sizeof(a->says), "is %s", a->camera);
	else
		snprintf(a->says, sizeof(a->says), "is training's %s", lineup_role(l, a->role));
}

void lineup_who(const struct lineup *l, unsigned camera, struct lineup_answer *a)
{
	double sure;
	int role;

	a->method = BY_PICTURE;
	if (a->own < 0) {
		if (stranger(l, camera, -1))
			a->is = IS_STRANGER;
		else
			name_stranger(l, camera, a);
	} else if (!l->eye[a->own]) {
		a->method = BY_NOTHING;
		snprintf(a->says, sizeof(a->says), "training has no picture of it");
	} else {
		role = weigh_all(l, camera, &sure);
		a->margin = sure;
		if (role != a->own && sure >= SIGMAS && near(l, camera, role)) {
			a->is = IS_ROLE;
			a->role = role;
		} else if (odd(l->ref[a->own], &l->live[camera].now, a->own) &&
			   stranger(l, camera, a->own)) {
			a->is = IS_STRANGER;
		} else if (role == a->own && !(sure < SIGMAS)) {
			a->is = IS_ROLE;
			a->role = a->own;
		} else {
			by_motion(l, camera, a);
		}
	}
	if (!a->says[0])
		say(l, a);
}
