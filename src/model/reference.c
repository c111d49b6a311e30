/* SPDX-License-Identifier: Apache-2.0 */
#include "model/reference.h"

#include <stdlib.h>

void reference_free(struct reference *r)
{
	if (r)
		free(r->rgb);
	free(r);
}
