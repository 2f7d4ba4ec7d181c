/* SPDX-License-Identifier: Apache-2.0 */
#include "base/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/parse_value.h"
#include "base/str.h"

#define CONSOLE_UNICODE 3 /* K_UNICODE */
#define N_ATTEMPTS 20     /* to open it during a hang-up */
#define TTY_MODE 0620     /* of a terminal that nobody is logged in at */
#define TTY_GID 5         /* "tty" in all distributions */

static int open_within(const char *path, int flags, unsigned n_attempts) {
        int fd, error;

        /* A terminal that is just being hung up answers EIO for a moment. */
        for (;;) {
                fd = open(path, flags | O_NOCTTY | O_CLOEXEC);
                if (fd >= 0 || errno != EIO || --n_attempts == 0)
                        break;
                (void)poll(NULL, 0, 50); /* only a pause */
        }
        if (fd < 0)
                return err_new(-errno);
        if (isatty(fd))
                return fd;
        error = errno;
        (void)close(fd); /* opened only to look */
        return err_new(error == EIO ? -EIO : -ENOTTY);
}

int terminal_open(const char *path, int flags) {
        return err_pass(open_within(path, flags, N_ATTEMPTS));
}

/* Makes the terminal ours. A hang-up that this causes is not for us. */
static int take_control(int fd, bool force) {
        struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
        int r = 0;

        if (sigaction(SIGHUP, &ignore, &before) < 0)
                return err_new(-errno);
        if (ioctl(fd, TIOCSCTTY, force ? 1 : 0) < 0)
                r = -errno;
        if (sigaction(SIGHUP, &before, NULL) < 0)
                return err_new(-errno);
        return r < 0 ? err_new(r) : 0;
}

/* Waits until somebody closes the watched terminal: its controller may be gone then. */
static int wait_for_close(int watch_fd) {
        char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

        while (read(watch_fd, events, sizeof(events)) < 0)
                if (errno != EINTR)
                        return err_new(-errno);
        return 0;
}

int terminal_acquire(const char *path, TerminalClaim claim) {
        AUTO_FD int watch_fd = -1;

        if (claim == TERMINAL_WAIT) {
                watch_fd = inotify_init1(IN_CLOEXEC);
                if (watch_fd < 0 || inotify_add_watch(watch_fd, path, IN_CLOSE) < 0)
                        return err_new(-errno);
        }
        for (;;) {
                AUTO_FD int fd = terminal_open(path, O_RDWR);
                int r;

                if (fd < 0)
                        return err_pass(fd);
                r = take_control(fd, claim == TERMINAL_FORCE);
                if (r == 0)
                        return steal_fd(&fd);
                if (r != -EPERM || claim != TERMINAL_WAIT)
                        return err_pass(r);
                fd = fd_close(fd);
                r = wait_for_close(watch_fd);
                if (r < 0)
                        return err_pass(r);
        }
}

static int reset_line(int fd) {
        struct termios mode;

        if (tcgetattr(fd, &mode) < 0)
                return err_new(-errno);
        mode.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | ISTRIP | INLCR | IGNCR | IUCLC);
        mode.c_iflag |= ICRNL | IMAXBEL | IUTF8;
        mode.c_oflag |= ONLCR | OPOST;
        mode.c_cflag |= CREAD;
        mode.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
        mode.c_cc[VINTR] = 03;
        mode.c_cc[VQUIT] = 034;
        mode.c_cc[VERASE] = 0177;
        mode.c_cc[VKILL] = 025;
        mode.c_cc[VEOF] = 04;
        mode.c_cc[VSTART] = 021;
        mode.c_cc[VSTOP] = 023;
        mode.c_cc[VSUSP] = 032;
        mode.c_cc[VLNEXT] = 026;
        mode.c_cc[VWERASE] = 027;
        mode.c_cc[VREPRINT] = 022;
        mode.c_cc[VEOL] = 0;
        mode.c_cc[VEOL2] = 0;
        mode.c_cc[VTIME] = 0;
        mode.c_cc[VMIN] = 1;
        return tcsetattr(fd, TCSANOW, &mode) < 0 ? err_new(-errno) : 0;
}

static int reset(int fd) {
        int r;

        (void)ioctl(fd, TIOCNXCL);                   /* fails on what cannot be exclusive */
        (void)ioctl(fd, KDSETMODE, KD_TEXT);         /* only virtual consoles have modes */
        (void)ioctl(fd, KDSKBMODE, CONSOLE_UNICODE); /* likewise */
        r = reset_line(fd);
        (void)tcflush(fd, TCIOFLUSH); /* what was typed before is not for the service */
        return err_pass(r);
}

/* The number in "/dev/tty7"; false for other terminals. */
static bool console_number(const char *path, uint32_t *ret_number) {
        Str name = str_of(path);

        (void)str_skip_prefix(&name, "/dev/"); /* both forms are in use */
        return str_skip_prefix(&name, "tty") && parse_u32(name, ret_number) == 0 &&
               *ret_number > 0 && *ret_number <= MAX_NR_CONSOLES;
}

/* Whether a virtual console was freed; false: it is another kind, or in use. -errno. */
static int disallocate(const char *path) {
        AUTO_FD int console = -1;
        uint32_t number;

        if (!console_number(path, &number))
                return 0;
        console = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        if (console >= 0 && ioctl(console, VT_DISALLOCATE, number) == 0)
                return 1;
        return console >= 0 && errno != EBUSY ? err_new(-errno) : 0;
}

int terminal_care(const char *path, TerminalCare care, bool patient) {
        static const char clear_all[] = "\033[r\033[H\033[3J\033c"; /* margins, home, all, reset */
        AUTO_FD int fd = -1;
        int r = care == TERMINAL_DISALLOCATE ? disallocate(path) : 0;

        if (r != 0)
                return r < 0 ? err_pass(r) : 0;
        fd = open_within(path, O_RDWR | O_NONBLOCK, patient ? N_ATTEMPTS : 1);
        if (fd < 0)
                return err_pass(fd);
        switch (care) {
        case TERMINAL_HANG_UP:
                return ioctl(fd, TIOCVHANGUP) < 0 ? err_new(-errno) : 0;
        case TERMINAL_RESET:
                return err_pass(reset(fd));
        case TERMINAL_DISALLOCATE:
        case TERMINAL_CARE_COUNT:
                break;
        }
        return write(fd, clear_all, sizeof(clear_all) - 1) < 0 ? err_new(-errno) : 0;
}

int terminal_take_back(const char *path) {
        AUTO_FD int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

        if (fd < 0)
                return err_new(-errno);
        if (!isatty(fd))
                return err_new(-ENOTTY);
        return fchown(fd, 0, TTY_GID) < 0 || fchmod(fd, TTY_MODE) < 0 ? err_new(-errno) : 0;
}

int terminal_set_size(int fd, unsigned rows, unsigned columns) {
        struct winsize size;

        if (rows == 0 && columns == 0)
                return 0;
        if (ioctl(fd, TIOCGWINSZ, &size) < 0)
                return err_new(-errno);
        if (rows > 0)
                size.ws_row = (unsigned short)rows;
        if (columns > 0)
                size.ws_col = (unsigned short)columns;
        return ioctl(fd, TIOCSWINSZ, &size) < 0 ? err_new(-errno) : 0;
}

const char *terminal_default_type(const char *path) {
        uint32_t number;

        return console_number(path, &number) ? "linux" : "vt220";
}
