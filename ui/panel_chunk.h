/* SPDX-License-Identifier: Apache-2.0 */
/* What the chunk panel needs of the past. Pure. */
#ifndef POLICYTOP_UI_PANEL_CHUNK_H
#define POLICYTOP_UI_PANEL_CHUNK_H

#include "ui/panel.h"

/* Columns of history for a chunk panel of that size, and the seconds that they should show. */
unsigned panel_chunk_columns(const struct scene *v, int w, int h, enum symbols symbols,
			     double *span_s);

#endif
