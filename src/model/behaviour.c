/* SPDX-License-Identifier: Apache-2.0 */
#include "model/behaviour.h"

void behaviour_fini(struct behaviour *b)
{
	*b = (struct behaviour){0};
}
