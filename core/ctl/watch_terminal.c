/* SPDX-License-Identifier: Apache-2.0
 * The terminal: taken, drawn on, and given back as it was. */
#include "ctl/watch.h"

#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 24, COLUMNS = 80, SCREEN = 1 << 20 };

static const char enter[] = "\033[?1049h\033[?25l", leave[] = "\033[?25h\033[?1049l";
static struct termios before;
static volatile sig_atomic_t taken, keys; /* keys: stdin is a terminal too, and gives each key at once */

void
sg_watch_terminal_give(void)
{
	if (taken)
		sg_write_whole(STDOUT_FILENO, SG_STR(leave));
	if (keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	taken = keys = 0;
}

static void
end(int number)
{
	(void)number;
	sg_watch_terminal_give();
	_exit(SG_CTL_OK);
}

void
sg_watch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = end};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
}

void
sg_watch_terminal_take(void)
{
	if (isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0) {
		struct termios raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* whoever stops it would keep a terminal that shows nothing of what is typed */
		keys = 1;
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	taken = 1;
	sg_write_whole(STDOUT_FILENO, SG_STR(enter));
}

static int64_t
now_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool
sg_watch_wait(int64_t ms)
{
	struct pollfd in = {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN};
	for (int64_t until = now_ms() + ms, left = ms; left > 0; left = until - now_ms()) {
		char key = 0;
		if (poll(&in, 1, (int)left) <= 0 || in.revents == 0)
			continue;
		if (read(STDIN_FILENO, &key, 1) <= 0)
			in.fd = -1;
		if (key == 'q' || key == 'Q')
			return true;
	}
	return false;
}

/* As many bytes of the line as take `columns`: what is not ASCII may take two. */
static size_t
fits(struct sg_str line, unsigned columns)
{
	size_t at = 0;
	for (unsigned used = 0; at < line.len;) {
		size_t len = 1;
		while (((unsigned char)line.ptr[at] & 0x80) != 0 && at + len < line.len && ((unsigned char)line.ptr[at + len] & 0xc0) == 0x80)
			len++;
		used += len > 1 ? 2 : 1;
		if (used > columns)
			return at;
		at += len;
	}
	return at;
}

static void
add_line(struct sg_buf *out, struct sg_str line, unsigned columns, bool color)
{
	char how = line.len > 0 ? line.ptr[0] : ' ';
	struct sg_str rest = line.len > 0 ? (struct sg_str){line.ptr + 1, line.len - 1} : line;
	bool shown = color && how != ' ';
	sg_buf_text(out, !shown ? "" : how == '!' ? "\033[31m" : "\033[1m");
	sg_buf_add(out, rest.ptr, fits(rest, columns));
	sg_buf_text(out, shown ? "\033[0m\033[K" : "\033[K");
}

void
sg_watch_draw(struct sg_str lines, bool color)
{
	struct winsize size = {0};
	struct sg_buf out;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
	unsigned rows = known ? size.ws_row : ROWS, columns = known ? size.ws_col : COLUMNS;
	sg_buf_init(&out, SCREEN);
	sg_buf_text(&out, "\033[H");
	for (unsigned row = 0; row < rows && lines.len > 0; row++) {
		sg_buf_text(&out, row > 0 ? "\r\n" : "");
		add_line(&out, sg_str_cut(&lines, '\n'), columns, color);
	}
	sg_buf_text(&out, "\033[J");
	sg_write_whole(STDOUT_FILENO, sg_buf_view(&out));
	sg_buf_done(&out);
}
