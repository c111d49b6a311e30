/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles as short decimal text. Any thread. */
#ifndef POLICYTOP_BASE_DECIMAL_H
#define POLICYTOP_BASE_DECIMAL_H

enum { DECIMAL_BYTES = 32 };

/* The shortest of %.15g, %.16g and %.17g that reads back to the same double; v is finite. */
void decimal_text(char text[DECIMAL_BYTES], double v);

#endif
