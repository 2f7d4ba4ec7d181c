/* SPDX-License-Identifier: Apache-2.0 */
#include "host/socket_options.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "unit/unit_enums.h"

typedef enum OptionKind {
        OPTION_FLAG,    /* set to 1 when the setting is true */
        OPTION_NUMBER,  /* the setting's number */
        OPTION_SECONDS, /* rounded down */
        OPTION_TEXT,
} OptionKind;

/* One setting, one option. `families` 0 = all. A second row of the same setting is for another
 * family, or is tried when the first was refused. */
typedef struct OptionRow {
        DirectiveId id;
        const char *setting;
        OptionKind kind;
        int family; /* 0 = any */
        int level, option;
        int fallback; /* option that needs less privilege; 0 = none */
} OptionRow;

// clang-format off
static const OptionRow before_rows[] = {
        { DIRECTIVE_BIND_TO_DEVICE, "BindToDevice", OPTION_TEXT, 0,        SOL_SOCKET,   SO_BINDTODEVICE,    0 },
        { DIRECTIVE_REUSE_PORT,     "ReusePort",    OPTION_FLAG, 0,        SOL_SOCKET,   SO_REUSEPORT,       0 },
        { DIRECTIVE_FREE_BIND,      "FreeBind",     OPTION_FLAG, AF_INET,  IPPROTO_IP,   IP_FREEBIND,        0 },
        { DIRECTIVE_FREE_BIND,      "FreeBind",     OPTION_FLAG, AF_INET6, IPPROTO_IPV6, IPV6_FREEBIND,      0 },
        { DIRECTIVE_TRANSPARENT,    "Transparent",  OPTION_FLAG, AF_INET,  IPPROTO_IP,   IP_TRANSPARENT,     0 },
        { DIRECTIVE_TRANSPARENT,    "Transparent",  OPTION_FLAG, AF_INET6, IPPROTO_IPV6, IPV6_TRANSPARENT,   0 },
};

static const OptionRow rows[] = {
        { DIRECTIVE_KEEP_ALIVE,              "KeepAlive",            OPTION_FLAG,    0,          SOL_SOCKET,   SO_KEEPALIVE,        0 },
        { DIRECTIVE_KEEP_ALIVE_TIME_SEC,     "KeepAliveTimeSec",     OPTION_SECONDS, 0,          SOL_TCP,      TCP_KEEPIDLE,        0 },
        { DIRECTIVE_KEEP_ALIVE_INTERVAL_SEC, "KeepAliveIntervalSec", OPTION_SECONDS, 0,          SOL_TCP,      TCP_KEEPINTVL,       0 },
        { DIRECTIVE_KEEP_ALIVE_PROBES,       "KeepAliveProbes",      OPTION_NUMBER,  0,          SOL_TCP,      TCP_KEEPCNT,         0 },
        { DIRECTIVE_DEFER_ACCEPT_SEC,        "DeferAcceptSec",       OPTION_SECONDS, 0,          SOL_TCP,      TCP_DEFER_ACCEPT,    0 },
        { DIRECTIVE_NO_DELAY,                "NoDelay",              OPTION_FLAG,    0,          SOL_TCP,      TCP_NODELAY,         0 },
        { DIRECTIVE_TCP_CONGESTION,          "TCPCongestion",        OPTION_TEXT,    0,          SOL_TCP,      TCP_CONGESTION,      0 },
        { DIRECTIVE_BROADCAST,               "Broadcast",            OPTION_FLAG,    0,          SOL_SOCKET,   SO_BROADCAST,        0 },
        { DIRECTIVE_PASS_CREDENTIALS,        "PassCredentials",      OPTION_FLAG,    0,          SOL_SOCKET,   SO_PASSCRED,         0 },
        { DIRECTIVE_PASS_SECURITY,           "PassSecurity",         OPTION_FLAG,    0,          SOL_SOCKET,   SO_PASSSEC,          0 },
        { DIRECTIVE_PASS_PACKET_INFO,        "PassPacketInfo",       OPTION_FLAG,    AF_INET,    IPPROTO_IP,   IP_PKTINFO,          0 },
        { DIRECTIVE_PASS_PACKET_INFO,        "PassPacketInfo",       OPTION_FLAG,    AF_INET6,   IPPROTO_IPV6, IPV6_RECVPKTINFO,    0 },
        { DIRECTIVE_PASS_PACKET_INFO,        "PassPacketInfo",       OPTION_FLAG,    AF_NETLINK, SOL_NETLINK,  NETLINK_PKTINFO,     0 },
        { DIRECTIVE_PRIORITY,                "Priority",             OPTION_NUMBER,  0,          SOL_SOCKET,   SO_PRIORITY,         0 },
        { DIRECTIVE_RECEIVE_BUFFER,          "ReceiveBuffer",        OPTION_NUMBER,  0,          SOL_SOCKET,   SO_RCVBUFFORCE,      SO_RCVBUF },
        { DIRECTIVE_SEND_BUFFER,             "SendBuffer",           OPTION_NUMBER,  0,          SOL_SOCKET,   SO_SNDBUFFORCE,      SO_SNDBUF },
        { DIRECTIVE_MARK,                    "Mark",                 OPTION_NUMBER,  0,          SOL_SOCKET,   SO_MARK,             0 },
        { DIRECTIVE_IP_TOS,                  "IPTOS",                OPTION_NUMBER,  AF_INET,    IPPROTO_IP,   IP_TOS,              0 },
        { DIRECTIVE_IP_TOS,                  "IPTOS",                OPTION_NUMBER,  AF_INET6,   IPPROTO_IP,   IP_TOS,              0 },
        { DIRECTIVE_IP_TTL,                  "IPTTL",                OPTION_NUMBER,  AF_INET,    IPPROTO_IP,   IP_TTL,              0 },
        { DIRECTIVE_IP_TTL,                  "IPTTL",                OPTION_NUMBER,  AF_INET6,   IPPROTO_IPV6, IPV6_UNICAST_HOPS,   0 },
};

static const struct {
        DirectiveId id;
        const char *setting, *attribute;
} label_rows[] = {
        { DIRECTIVE_SMACK_LABEL_IP_IN,  "SmackLabelIPIn",  "security.SMACK64IPIN" },
        { DIRECTIVE_SMACK_LABEL_IP_OUT, "SmackLabelIPOut", "security.SMACK64IPOUT" },
};
// clang-format on

static int set_option(int fd, const OptionRow *row, const Value *value) {
        int number = 0;
        switch (row->kind) {
        case OPTION_TEXT:
                return setsockopt(fd,
                                  row->level,
                                  row->option,
                                  value->text,
                                  (socklen_t)strlen(value->text) + 1) < 0
                               ? err_new(-errno)
                               : 0;
        case OPTION_FLAG:
                if (value->number == 0)
                        return 0;
                number = 1;
                break;
        case OPTION_NUMBER:
                if ((int64_t)value->number < 0)
                        return 0; /* written out as "not set" */
                if (value->number > INT32_MAX)
                        return err_new(-ERANGE);
                number = (int)value->number;
                break;
        case OPTION_SECONDS:
                number = (int)MIN(value->number / USEC_PER_SEC, (uint64_t)INT32_MAX);
                break;
        }
        if (setsockopt(fd, row->level, row->option, &number, sizeof(number)) == 0)
                return 0;
        if (row->fallback != 0 &&
            setsockopt(fd, row->level, row->fallback, &number, sizeof(number)) == 0)
                return 0;
        return err_new(-errno);
}

static bool applies(const OptionRow *row, int family) {
        return row->family == 0 || row->family == family;
}

static void warn(const Unit *unit, const char *setting, int error) {
        unit_log(unit,
                 LOG_WARNING,
                 "%s: %s= cannot be set on the socket, going on without: %s",
                 unit->id,
                 setting,
                 strerror(error));
}

int socket_options_before_bind(int fd, int family, const Unit *unit, const char **ret_setting) {
        const int yes = 1;
        for (unsigned i = 0; i < ARRAY_LENGTH(before_rows); i++) {
                const Value *value = unit_spec_find(unit->spec, before_rows[i].id);
                if (!value || !applies(&before_rows[i], family))
                        continue;
                int r = set_option(fd, &before_rows[i], value);
                if (r < 0 && before_rows[i].id == DIRECTIVE_BIND_TO_DEVICE) {
                        *ret_setting = before_rows[i].setting;
                        return err_pass(r);
                }
                if (r < 0)
                        warn(unit, before_rows[i].setting, -r);
        }
        const Value *ipv6_only = unit_spec_find(unit->spec, DIRECTIVE_BIND_IPV6_ONLY);
        if (family == AF_INET6 && ipv6_only && ipv6_only->number != 0) {
                int only = ipv6_only->number == 2;
                if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)) < 0) {
                        *ret_setting = "BindIPv6Only";
                        return err_new(-errno);
                }
        }
        /* A restart must not wait for old connections; where there are none it means nothing. */
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        return 0;
}

/* Off, microseconds, nanoseconds. */
static void apply_timestamping(int fd, const Unit *unit) {
        const int yes = 1;
        uint64_t wanted = unit_spec_number(unit->spec, DIRECTIVE_TIMESTAMPING);
        int option = wanted == 1 ? SO_TIMESTAMP : SO_TIMESTAMPNS;
        if (wanted != 0 && setsockopt(fd, SOL_SOCKET, option, &yes, sizeof(yes)) < 0)
                warn(unit, "Timestamping", errno);
}

void socket_options_apply(int fd, int family, const Unit *unit) {
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
                const Value *value = unit_spec_find(unit->spec, rows[i].id);
                int r = value && applies(&rows[i], family) ? set_option(fd, &rows[i], value) : 0;
                if (r < 0)
                        warn(unit, rows[i].setting, -r);
        }
        for (unsigned i = 0; i < ARRAY_LENGTH(label_rows); i++) {
                const char *label = unit_spec_text(unit->spec, label_rows[i].id);
                if (label && fsetxattr(fd, label_rows[i].attribute, label, strlen(label), 0) < 0)
                        warn(unit, label_rows[i].setting, errno);
        }
        apply_timestamping(fd, unit);
}

void socket_options_apply_fifo(int fd, const Unit *unit) {
        const Value *size = unit_spec_find(unit->spec, DIRECTIVE_PIPE_SIZE);
        const char *label = unit_spec_text(unit->spec, DIRECTIVE_SMACK_LABEL);
        if (size && size->number > 0 &&
            fcntl(fd, F_SETPIPE_SZ, (int)MIN(size->number, (uint64_t)INT32_MAX)) < 0)
                warn(unit, "PipeSize", errno);
        if (label && fsetxattr(fd, "security.SMACK64", label, strlen(label), 0) < 0)
                warn(unit, "SmackLabel", errno);
}
