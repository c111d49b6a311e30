/* SPDX-License-Identifier: Apache-2.0 */
/* What `--ask --go` got. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_INSPECT_ASK_H
#define POLICYTOP_PREFLIGHT_INSPECT_ASK_H

struct inspect_asked;

void inspect_asked_free(struct inspect_asked *k); /* NULL is allowed */

#endif
