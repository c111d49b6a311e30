/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A USB camera without hardware: speaks USB/IP to the kernel's vhci-hcd over a socket pair, so that
 * the real uvcvideo drives it. High speed, bulk, 320 x 240 YUYV at 30 or 10 fps, with exposure mode,
 * dynamic frame rate, exposure time and brightness as controls.
 *
 *	uvcsim SERIAL PORT	PORT: of vhci_hcd.0, 0 to 7; as root
 *
 * Lines on stdin: "damage" (the next frame carries UVC's error bit), "rate FPS", "freeze", "thaw",
 * "still" (the same picture from now on), "live", "unplug". It also ends with its stdin.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	WIDTH = 320,
	HEIGHT = 240,
	FRAME = WIDTH * HEIGHT * 2,
	PAYLOAD = 16384,
	PENDING = 64,
	HEADER = 48,
	PERIOD = 333333, /* of 100 ns */
	SLOW = 1000000,
};

/* USB/IP's commands, and how it tells a stall and a cancelled request. */
enum { SUBMIT = 1, UNLINK = 2, SUBMITTED = 3, UNLINKED = 4 };

#define LE16(x) (x) & 255, ((x) >> 8) & 255
#define LE32(x) LE16(x), LE16((x) >> 16)

static const uint8_t device[] = {18,	       1,    0,	   2, 0xef, 2, 1, 64, LE16(0x1d6b),
				 LE16(0x0104), 0x00, 0x01, 1, 2,    3, 1};
static const uint8_t qualifier[] = {10, 6, 0, 2, 0xef, 2, 1, 64, 1, 0};

enum { VC_BYTES = 13 + 18 + 11 + 9, VS_BYTES = 14 + 27 + 34 + 6 };

/* clang-format off */
static const uint8_t configuration[] = {
	9, 2, LE16(9 + 8 + 9 + VC_BYTES + 9 + VS_BYTES + 7), 2, 1, 0, 0x80, 50,
	8, 0x0b, 0, 2, 0x0e, 3, 0, 2,			/* both interfaces are one camera */
	9, 4, 0, 0, 0, 0x0e, 1, 0, 2,			/* control */
	13, 0x24, 1, LE16(0x0100), LE16(VC_BYTES), LE32(48000000), 1, 1,
	18, 0x24, 2, 1, LE16(0x0201), 0, 0, LE16(0), LE16(0), LE16(0), 3, 0x0e, 0, 0,
	11, 0x24, 5, 2, 1, LE16(0), 2, 1, 0, 0,
	9, 0x24, 3, 3, LE16(0x0101), 0, 2, 0,
	9, 4, 1, 0, 1, 0x0e, 2, 0, 0,			/* streaming, one bulk endpoint */
	14, 0x24, 1, 1, LE16(VS_BYTES), 0x81, 0, 3, 0, 0, 0, 1, 0,
	27, 0x24, 4, 1, 1, 'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
	16, 1, 0, 0, 0, 0,
	34, 0x24, 5, 1, 0, LE16(WIDTH), LE16(HEIGHT), LE32(FRAME * 80), LE32(FRAME * 240),
	LE32(FRAME), LE32(PERIOD), 2, LE32(PERIOD), LE32(SLOW),
	6, 0x24, 0x0d, 1, 1, 4,
	7, 5, 0x81, 2, LE16(512), 0,
};
/* clang-format on */

/* One control: entity and selector as UVC numbers them, and what it answers. */
struct control {
	uint8_t unit, selector, bytes;
	int32_t min, max, step, fallback, value;
};

struct sim {
	const char *serial;
	int fd; /* to the kernel */
	struct control control[4];
	uint8_t probe[26]; /* what was negotiated */
	unsigned pending;
	struct {
		uint32_t sequence, bytes;
	} request[PENDING]; /* of the video endpoint */
	bool frozen, still, damage;
	double period_s, next_s;
	bool in_frame, damaged, odd;
	unsigned offset, number;
	uint8_t frame[FRAME];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool all(int fd, void *p, size_t n, bool out)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = out ? write(fd, (char *)p + done, n - done)
				: read(fd, (char *)p + done, n - done);

		if (k <= 0)
			return false;
		done += (size_t)k;
	}
	return true;
}

static void put_be(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get_be(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_le(uint8_t *p, int32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)((uint32_t)v >> (8 * i));
}

static int32_t get_le(const uint8_t *p, unsigned bytes)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint32_t)p[i] << (8 * i);
	return bytes == 2 ? (int16_t)v : (int32_t)v;
}

static bool answer(const struct sim *s, uint32_t command, uint32_t sequence, int status,
		   const void *data, size_t n, size_t moved)
{
	uint8_t head[HEADER] = {0};

	put_be(head, command);
	put_be(head + 4, sequence);
	put_be(head + 20, (uint32_t)status);
	if (command == SUBMITTED) {
		put_be(head + 24, (uint32_t)moved);
		put_be(head + 32, 0xffffffff);
	}
	return all(s->fd, head, sizeof(head), true) &&
	       (!n || all(s->fd, (void *)(uintptr_t)data, n, true));
}

/* A text descriptor; returns its bytes. */
static int text(uint8_t *out, const char *t)
{
	size_t n = strlen(t);

	out[0] = (uint8_t)(2 + 2 * n);
	out[1] = 3;
	for (size_t i = 0; i < n; i++) {
		out[2 + 2 * i] = (uint8_t)t[i];
		out[3 + 2 * i] = 0;
	}
	return out[0];
}

static int descriptor(const struct sim *s, unsigned value, uint8_t *out)
{
	static const uint8_t languages[] = {4, 3, 9, 4};

	switch (value >> 8) {
	case 1:
		memcpy(out, device, sizeof(device));
		return sizeof(device);
	case 2:
		memcpy(out, configuration, sizeof(configuration));
		return sizeof(configuration);
	case 3:
		if (!(value & 255)) {
			memcpy(out, languages, sizeof(languages));
			return sizeof(languages);
		}
		return text(out, (value & 255) == 1   ? "SimCo"
				 : (value & 255) == 2 ? "SimCam"
						      : s->serial);
	case 6:
		memcpy(out, qualifier, sizeof(qualifier));
		return sizeof(qualifier);
	default:
		return -1;
	}
}

static int standard(const struct sim *s, const uint8_t *setup, uint8_t *data)
{
	switch (setup[1]) {
	case 0: /* status */
		data[0] = data[1] = 0;
		return 2;
	case 6:
		return descriptor(s, (unsigned)setup[2] | (unsigned)setup[3] << 8, data);
	case 8:	 /* configuration */
	case 10: /* interface */
		data[0] = setup[1] == 8;
		return 1;
	case 1:
	case 3:
	case 9:
	case 11:
		return 0;
	default:
		return -1;
	}
}

enum { SET = 1, CURRENT = 0x81, MIN = 0x82, MAX = 0x83, STEP = 0x84, LENGTH = 0x85, INFO = 0x86 };

static int negotiate(struct sim *s, unsigned request, uint8_t *data)
{
	if (request == INFO) {
		data[0] = 3;
		return 1;
	}
	if (request == LENGTH) {
		put_le(data, sizeof(s->probe), 2);
		return 2;
	}
	if (request == SET) {
		int32_t wanted = get_le(data + 4, 4);

		put_le(s->probe + 4, wanted > (PERIOD + SLOW) / 2 ? SLOW : PERIOD, 4);
		s->period_s = get_le(s->probe + 4, 4) / 1e7;
		return 0;
	}
	memcpy(data, s->probe, sizeof(s->probe));
	if (request == MIN || request == MAX)
		put_le(data + 4, request == MIN ? PERIOD : SLOW, 4);
	return sizeof(s->probe);
}

static int use_control(struct control *k, unsigned request, uint8_t *data)
{
	int32_t v = request == MIN    ? k->min
		    : request == MAX  ? k->max
		    : request == STEP ? k->step
		    : request == 0x87 ? k->fallback
				      : k->value;

	if (request == SET) {
		k->value = k->bytes == 1 ? data[0] : get_le(data, k->bytes);
		return 0;
	}
	if (request == INFO || request == LENGTH) {
		put_le(data, request == INFO ? 3 : k->bytes, request == INFO ? 1 : 2);
		return request == INFO ? 1 : 2;
	}
	put_le(data, v, k->bytes);
	return k->bytes;
}

/* A control transfer; returns the bytes of its answer, -1 a stall. */
static int transfer(struct sim *s, const uint8_t *setup, uint8_t *data)
{
	unsigned length = (unsigned)setup[6] | (unsigned)setup[7] << 8;
	int n = -1;

	if ((setup[0] & 0x60) == 0) {
		n = standard(s, setup, data);
	} else if (setup[4] == 1 && (setup[3] == 1 || setup[3] == 2)) {
		n = negotiate(s, setup[1], data);
	} else {
		for (unsigned i = 0; i < 4; i++) {
			if (setup[5] == s->control[i].unit && setup[3] == s->control[i].selector)
				n = use_control(&s->control[i], setup[1], data);
		}
	}
	return n > (int)length ? (int)length : n;
}

static void forget(struct sim *s, unsigned i)
{
	memmove(s->request + i, s->request + i + 1, (--s->pending - i) * sizeof(s->request[0]));
}

static bool submit(struct sim *s, const uint8_t *head, uint32_t sequence)
{
	uint32_t in = get_be(head + 12), endpoint = get_be(head + 16), bytes = get_be(head + 24);
	uint8_t data[65536] = {0};
	int n;

	if (bytes > sizeof(data) || (!in && bytes && !all(s->fd, data, bytes, false)))
		return false;
	if (endpoint == 1 && in && s->pending < PENDING) {
		s->request[s->pending].sequence = sequence;
		s->request[s->pending++].bytes = bytes;
		return true;
	}
	n = endpoint ? -1 : transfer(s, head + 40, data);
	if (n < 0)
		return answer(s, SUBMITTED, sequence, -EPIPE, NULL, 0, 0);
	return in ? answer(s, SUBMITTED, sequence, 0, data, (size_t)n, (size_t)n)
		  : answer(s, SUBMITTED, sequence, 0, NULL, 0, bytes);
}

/* One request of the kernel; false: it has gone. */
static bool serve(struct sim *s)
{
	uint8_t head[HEADER];
	uint32_t sequence;

	if (!all(s->fd, head, sizeof(head), false))
		return false;
	sequence = get_be(head + 4);
	if (get_be(head) == SUBMIT)
		return submit(s, head, sequence);
	for (unsigned i = 0; i < s->pending; i++) {
		if (s->request[i].sequence != get_be(head + 20))
			continue;
		forget(s, i);
		if (!s->pending)
			s->in_frame = false;
		return answer(s, UNLINKED, sequence, -ECONNRESET, NULL, 0, 0);
	}
	return answer(s, UNLINKED, sequence, 0, NULL, 0, 0);
}

static void begin_frame(struct sim *s, double t)
{
	s->in_frame = true;
	s->odd = !s->odd;
	s->offset = 0;
	s->damaged = s->damage;
	s->damage = false;
	s->number += !s->still;
	s->next_s = s->next_s + s->period_s < t ? t + s->period_s : s->next_s + s->period_s;
	for (unsigned i = 0; i < FRAME; i += 2) {
		s->frame[i] = (uint8_t)(i / 2 % WIDTH + s->number * 4);
		s->frame[i + 1] = 128;
	}
}

/* One payload of the frame under way; false: the kernel has gone. */
static bool send_payload(struct sim *s)
{
	uint8_t out[PAYLOAD];
	unsigned room = s->request[0].bytes < PAYLOAD ? s->request[0].bytes : PAYLOAD;
	unsigned n = room < 3 ? 0 : room - 2;
	uint32_t sequence = s->request[0].sequence;
	bool last = s->offset + n >= FRAME;

	if (last)
		n = FRAME - s->offset;
	out[0] = 2;
	out[1] = (uint8_t)(0x80 | s->odd | (last ? 2 : 0) | (s->damaged ? 0x40 : 0));
	memcpy(out + 2, s->frame + s->offset, n);
	s->offset += n;
	s->in_frame = !last;
	forget(s, 0);
	return answer(s, SUBMITTED, sequence, 0, out, n + 2, n + 2);
}

/* False: unplug. */
static bool obey(struct sim *s, const char *line)
{
	double fps;

	if (strcmp(line, "damage") == 0)
		s->damage = true;
	else if (strcmp(line, "freeze") == 0 || strcmp(line, "thaw") == 0)
		s->frozen = line[0] == 'f';
	else if (strcmp(line, "still") == 0 || strcmp(line, "live") == 0)
		s->still = line[0] == 's';
	else if (sscanf(line, "rate %lf", &fps) == 1 && fps > 0)
		s->period_s = 1 / fps;
	return strcmp(line, "unplug") != 0;
}

static bool read_orders(struct sim *s)
{
	char bytes[256], *line = bytes, *end;
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes) - 1);

	if (n <= 0)
		return false;
	bytes[n] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		if (!obey(s, line))
			return false;
		line = end + 1;
	}
	return true;
}

static void run(struct sim *s)
{
	for (;;) {
		double t = now_s();
		bool due = s->pending && !s->frozen && (s->in_frame || t >= s->next_s);
		int wait_ms = due			 ? 0
			      : !s->pending || s->frozen ? -1
							 : (int)(1e3 * (s->next_s - t)) + 1;
		struct pollfd p[2] = {{s->fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

		if (poll(p, 2, wait_ms) < 0 && errno != EINTR)
			return;
		if (p[0].revents && !serve(s))
			return;
		if (p[1].revents && !read_orders(s))
			return;
		if (!due || !s->pending)
			continue;
		if (!s->in_frame)
			begin_frame(s, t);
		if (!send_payload(s))
			return;
	}
}

static int attach(const char *port)
{
	int pair[2], fd = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY | O_CLOEXEC), n;
	char line[64];

	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	n = snprintf(line, sizeof(line), "%s %d 65537 3", port, pair[1]);
	if (write(fd, line, (size_t)n) != n)
		return -1;
	close(fd);
	close(pair[1]);
	return pair[0];
}

int main(int argc, char **argv)
{
	struct sim *s = calloc(1, sizeof(*s));

	if (argc != 3 || !s) {
		fprintf(stderr, "usage: uvcsim SERIAL PORT\n");
		return 64;
	}
	s->serial = argv[1];
	s->control[0] = (struct control){1, 2, 1, 1, 9, 9, 8, 1};
	s->control[1] = (struct control){1, 3, 1, 0, 1, 1, 0, 0};
	s->control[2] = (struct control){1, 4, 4, 3, 2047, 1, 156, 156};
	s->control[3] = (struct control){2, 2, 2, -64, 64, 1, 0, 0};
	s->probe[0] = s->probe[2] = s->probe[3] = 1;
	put_le(s->probe + 4, PERIOD, 4);
	put_le(s->probe + 18, FRAME, 4);
	put_le(s->probe + 22, PAYLOAD, 4);
	s->period_s = PERIOD / 1e7;
	s->fd = attach(argv[2]);
	if (s->fd < 0) {
		perror("uvcsim: vhci_hcd.0/attach");
		return 69;
	}
	run(s);
	return 0;
}
