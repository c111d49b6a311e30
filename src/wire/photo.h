/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compressed camera picture as facts. Of JPEG and PNG the size is read from the header. The pixels
 * of a PNG are looked at where wire/pngfile.h reads them; those of a JPEG where policytop was built with
 * libjpeg-turbo and the picture is of the simple kind that cameras make: sequential, in few scans,
 * not over PHOTO_PIXELS. Else what they would tell stays unknown. Pure; any thread.
 */
#ifndef POLICYTOP_WIRE_PHOTO_H
#define POLICYTOP_WIRE_PHOTO_H

#include "model/event.h"
#include "wire/picture.h"

enum { PHOTO_PIXELS = 1 << 23 /* 4K has fewer */ };

/*
 * Fills everything of f but the camera; thumb holds PICTURE_THUMB_BYTES. What is not known of the
 * pixels must be NaN in f before. False: neither JPEG nor PNG, or its header makes no sense.
 */
bool photo_facts(struct frame *f, uint8_t *thumb, const void *bytes, size_t n);

/* Pixels of JPEGs are looked at. */
bool photo_decodes(void);

#endif
