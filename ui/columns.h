/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of numbers of the joint table, as rows of a table. Const data, pure. */
#ifndef POLICYTOP_UI_COLUMNS_H
#define POLICYTOP_UI_COLUMNS_H

#include "ui/number.h"
#include "ui/theme.h"

struct cell_text {
	char text[48];
	enum role role;
};

struct column {
	const char *title;
	int w;		  /* with the gap before it */
	int from_w, to_w; /* widths of the table that have it */
	unsigned facts;	  /* FACT_*: none of these is seen, no column; 0 always */
	bool tick;	  /* of the control tick: none where steps are replies of the policy */
	void (*fill)(struct cell_text *t, const struct view_joint *j, enum units u, int w);
};

extern const struct column column_table[]; /* title NULL ends */

bool column_shown(const struct column *c, const struct snapshot *s, int table_w);

#endif
