/* SPDX-License-Identifier: Apache-2.0 */
/* A live picture and that of training beside it, as a PNG file that did not exist. Main thread. */
#ifndef POLICYTOP_CMD_PICTURE_FILE_H
#define POLICYTOP_CMD_PICTURE_FILE_H

#include <stddef.h>

#include "base/err.h"
#include "ui/viewer.h"

/*
 * Writes dir/policytop-RIG-CAMERA-TIME.png, or with a number behind it where that exists; dir NULL:
 * the folder that policytop was started in. Its name goes to said as a sentence. 0, or a negative
 * errno with e: no picture at all, or it cannot be written.
 */
int picture_file_save(const char *dir, const struct viewer_image *image, char *said, size_t size,
		      struct err *e);

/* The same for struct viewer_cfg. */
int picture_file_keep(void *host, const struct viewer_image *image, char *said, size_t size,
		      struct err *e);

#endif
