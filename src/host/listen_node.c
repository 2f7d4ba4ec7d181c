/* SPDX-License-Identifier: Apache-2.0 */
#include "host/listen_node.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/socket_address.h"
#include "host/socket_options.h"
#include "unit/kinds.h"

static int complain(const Unit *unit, const Rule *rule, const char *what, int error) {
        unit_log(unit,
                 LOG_ERR,
                 "%s: Cannot listen on %s: %s: %s",
                 unit->id,
                 rule->source,
                 what,
                 strerror(-error));
        return err_new(error);
}

/* --- owner and directories ----------------------------------------------------------------------
 */

/* SocketUser= and SocketGroup=; -1 where nothing is to be changed. */
static int find_owner(const Unit *unit, uid_t *ret_uid, gid_t *ret_gid) {
        const char *user = unit_spec_text(unit->spec, DIRECTIVE_SOCKET_USER);
        const char *group = unit_spec_text(unit->spec, DIRECTIVE_SOCKET_GROUP);
        uint32_t number;
        *ret_uid = (uid_t)-1;
        *ret_gid = (gid_t)-1;
        if (user) {
                const struct passwd *entry = getpwnam(user);
                if (!entry && parse_u32(str_of(user), &number) == 0)
                        *ret_uid = number;
                else if (!entry)
                        return err_new(-ESRCH);
                else {
                        *ret_uid = entry->pw_uid;
                        *ret_gid = entry->pw_gid;
                }
        }
        if (group) {
                const struct group *entry = getgrnam(group);
                if (!entry && parse_u32(str_of(group), &number) == 0)
                        *ret_gid = number;
                else if (!entry)
                        return err_new(-ESRCH);
                else
                        *ret_gid = entry->gr_gid;
        }
        return 0;
}

static mode_t node_mode(const Unit *unit) {
        return (mode_t)unit_spec_number(unit->spec, DIRECTIVE_SOCKET_MODE);
}

/* A FIFO that was there is ours when we made it: another user's would show that user what is
 * written. */
static int take_fifo(const Unit *unit, int fd) {
        struct stat st;
        uid_t uid;
        gid_t gid;
        int r = find_owner(unit, &uid, &gid);
        if (r < 0)
                return err_pass(r);
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        if (!S_ISFIFO(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != uid))
                return err_new(-EEXIST);
        if (fchown(fd, uid, gid) < 0 || fchmod(fd, node_mode(unit)) < 0)
                return err_new(-errno);
        return 0;
}

static int give_to_owner(const Unit *unit, const char *path) {
        uid_t uid;
        gid_t gid;
        int r = find_owner(unit, &uid, &gid);
        if (r < 0)
                return err_pass(r);
        if (uid == (uid_t)-1 && gid == (gid_t)-1)
                return 0;
        return lchown(path, uid, gid) < 0 ? err_new(-errno) : 0;
}

/* Directories above a node get DirectoryMode=. */
static void make_parents(const Unit *unit, const char *path) {
        AUTO_FREE char *directory = path_dir_name(path);
        mode_t mode = (mode_t)unit_spec_number(unit->spec, DIRECTIVE_DIRECTORY_MODE);
        if (directory)
                (void)dir_make_each(directory, mode); /* binding says what is missing */
}

/* --- sockets ------------------------------------------------------------------------------------
 */

static int socket_type(ListenType type) {
        switch (type) {
        case LISTEN_DATAGRAM:
                return SOCK_DGRAM;
        case LISTEN_SEQUENTIAL_PACKET:
                return SOCK_SEQPACKET;
        case LISTEN_NETLINK:
                return SOCK_RAW;
        case LISTEN_STREAM:
        case LISTEN_FIFO:
        case LISTEN_SPECIAL:
        case LISTEN_MESSAGE_QUEUE:
        case LISTEN_USB_FUNCTION:
        default:
                return SOCK_STREAM;
        }
}

/* A socket node that nobody listens on any more stands in the way: it is replaced, as systemd does.
 */
static int bind_address(int fd, const SocketAddress *address) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)&address->storage;
        const struct sockaddr *generic = (const struct sockaddr *)&address->storage;
        if (bind(fd, generic, address->length) == 0)
                return 0;
        if (errno != EADDRINUSE || !socket_address_is_path(address))
                return err_new(-errno);
        if (unlink(un->sun_path) < 0)
                return err_new(-errno);
        return bind(fd, generic, address->length) < 0 ? err_new(-errno) : 0;
}

static int bind_node(const Unit *unit, int fd, const SocketAddress *address) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)&address->storage;
        if (!socket_address_is_path(address))
                return err_pass(bind_address(fd, address));
        make_parents(unit, un->sun_path);
        mode_t before = umask(~node_mode(unit) & 0777);
        int r = bind_address(fd, address);
        (void)umask(before);
        return r < 0 ? err_pass(r) : give_to_owner(unit, un->sun_path);
}

static int open_socket(const Unit *unit, const Rule *rule) {
        ListenType type = (ListenType)rule->variant;
        const char *setting = NULL;
        SocketAddress address;
        int kind = socket_type(type);
        int r = type == LISTEN_NETLINK
                        ? socket_address_parse_netlink(str_of(rule->source), &address)
                        : socket_address_parse(str_of(rule->source), &address);
        if (r < 0)
                return complain(unit, rule, "the address does not hold here", r);
        int family = address.storage.ss_family;
        int protocol = type == LISTEN_NETLINK
                               ? address.protocol
                               : (int)unit_spec_number(unit->spec, DIRECTIVE_SOCKET_PROTOCOL);
        if (family != AF_INET && family != AF_INET6 && type != LISTEN_NETLINK)
                protocol = 0;
        AUTO_FD int fd = socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
        if (fd < 0)
                return complain(unit, rule, "no socket", -errno);
        r = socket_options_before_bind(fd, family, unit, &setting);
        if (r < 0)
                return complain(unit, rule, setting, r);
        r = bind_node(unit, fd, &address);
        if (r < 0)
                return complain(unit, rule, "binding failed", r);
        socket_options_apply(fd, family, unit);
        uint64_t backlog = unit_spec_number(unit->spec, DIRECTIVE_BACKLOG);
        if ((kind == SOCK_STREAM || kind == SOCK_SEQPACKET) &&
            listen(fd, (int)MIN(backlog, (uint64_t)INT32_MAX)) < 0)
                return complain(unit, rule, "listening failed", -errno);
        return steal_fd(&fd);
}

/* --- others -------------------------------------------------------------------------------------
 */

static int open_fifo(const Unit *unit, const Rule *rule) {
        make_parents(unit, rule->source);
        mode_t before = umask(~node_mode(unit) & 0777);
        int r = mkfifo(rule->source, node_mode(unit)) < 0 && errno != EEXIST ? -errno : 0;
        (void)umask(before);
        if (r < 0)
                return complain(unit, rule, "no FIFO", r);
        /* Open for writing too: its end never comes (fifo(7)). */
        AUTO_FD int fd =
                open(rule->source, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
        if (fd < 0)
                return complain(unit, rule, "opening failed", -errno);
        r = take_fifo(unit, fd);
        if (r == -EEXIST)
                return complain(unit, rule, "it is no FIFO of the manager or of SocketUser=", r);
        if (r < 0)
                return complain(unit, rule, "SocketUser= or SocketGroup= cannot own it", r);
        socket_options_apply_fifo(fd, unit);
        return steal_fd(&fd);
}

static int open_special(const Unit *unit, const Rule *rule) {
        struct stat st;
        int access_mode = unit_spec_bool(unit->spec, DIRECTIVE_WRITABLE) ? O_RDWR : O_RDONLY;
        AUTO_FD int fd =
                open(rule->source, access_mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
        if (fd < 0)
                return complain(unit, rule, "opening failed", -errno);
        if (fstat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)))
                return complain(unit, rule, "it is neither a file nor a character device", -EEXIST);
        return steal_fd(&fd);
}

static int open_queue(const Unit *unit, const Rule *rule) {
        const Value *messages = unit_spec_find(unit->spec, DIRECTIVE_MESSAGE_QUEUE_MAX_MESSAGES);
        const Value *size = unit_spec_find(unit->spec, DIRECTIVE_MESSAGE_QUEUE_MESSAGE_SIZE);
        struct mq_attr attributes = { 0 };
        bool has_limits = messages && size && messages->number > 0 && size->number > 0;
        if (has_limits) {
                attributes.mq_maxmsg = (long)messages->number;
                attributes.mq_msgsize = (long)size->number;
        }
        mode_t before = umask(~node_mode(unit) & 0777);
        int fd = mq_open(rule->source,
                         O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_CREAT,
                         node_mode(unit),
                         has_limits ? &attributes : NULL);
        int error = errno;
        (void)umask(before);
        return fd < 0 ? complain(unit, rule, "no message queue", -error) : fd;
}

int listen_node_open(const Unit *unit, const Rule *rule) {
        switch ((ListenType)rule->variant) {
        case LISTEN_STREAM:
        case LISTEN_DATAGRAM:
        case LISTEN_SEQUENTIAL_PACKET:
        case LISTEN_NETLINK:
                return open_socket(unit, rule);
        case LISTEN_FIFO:
                return open_fifo(unit, rule);
        case LISTEN_SPECIAL:
                return open_special(unit, rule);
        case LISTEN_MESSAGE_QUEUE:
                return open_queue(unit, rule);
        case LISTEN_USB_FUNCTION:
        default:
                return complain(unit, rule, "USB gadgets are not supported", -EOPNOTSUPP);
        }
}

/* --- links and removal --------------------------------------------------------------------------
 */

/* The one node in the file system that links lead to; loading refused units with several. */
static const char *node_path(const Unit *unit) {
        const RuleList *rules = unit_spec_rules(unit->spec, DIRECTIVE_LISTEN);
        for (unsigned i = 0; rules && i < rules->n_rules; i++)
                if (rules->rules[i].source[0] == '/' &&
                    rules->rules[i].variant != LISTEN_MESSAGE_QUEUE)
                        return rules->rules[i].source;
        return NULL;
}

static void make_link(const Unit *unit, const char *target, const char *path) {
        make_parents(unit, path);
        if (symlink(target, path) == 0)
                return;
        if (errno == EEXIST) {
                struct stat st;
                if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && unlink(path) == 0 &&
                    symlink(target, path) == 0)
                        return;
                errno = EEXIST;
        }
        unit_log(unit,
                 LOG_WARNING,
                 "%s: The link %s to %s cannot be made, going on without: %s",
                 unit->id,
                 path,
                 target,
                 strerror(errno));
}

void listen_node_link(const Unit *unit) {
        const char *target = node_path(unit);
        STRV_FOREACH(path, unit_spec_strv(unit->spec, DIRECTIVE_SYMLINKS))
        if (target)
                make_link(unit, target, *path);
}

static void remove_rule(const Rule *rule) {
        if (rule->variant == LISTEN_MESSAGE_QUEUE)
                (void)mq_unlink(rule->source); /* gone already is fine, here and below */
        else if (rule->variant != LISTEN_SPECIAL && rule->source[0] == '/')
                (void)unlink(rule->source);
}

void listen_node_remove(const Unit *unit) {
        const RuleList *rules = unit_spec_rules(unit->spec, DIRECTIVE_LISTEN);
        if (!unit_spec_bool(unit->spec, DIRECTIVE_REMOVE_ON_STOP))
                return;
        for (unsigned i = 0; rules && i < rules->n_rules; i++)
                remove_rule(&rules->rules[i]);
        STRV_FOREACH(path, unit_spec_strv(unit->spec, DIRECTIVE_SYMLINKS))
        (void)unlink(*path);
}
