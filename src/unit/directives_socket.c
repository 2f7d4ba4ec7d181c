/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <netinet/in.h>
#include <netinet/ip.h>

#include "base/duration.h"
#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows of [Socket]. Sorted by name; numbers in the same order. */

/* clang-format off */
static const char *const bind_ipv6_only_names[] = {
        "default", "both", "ipv6-only",
};
static const char *const timestamping_names[] = {
        "off", "us", "ns",
};
static const EnumAlias timestamping_aliases[] = {
        { "usec", 1 }, { "\u03bcs", 1 }, { "nsec", 2 }, { NULL, 0 },
};
static const char *const socket_protocol_names[] = {
        [IPPROTO_SCTP] = "sctp", [IPPROTO_UDPLITE] = "udplite",
};
static const char *const ip_tos_names[] = {
        [IPTOS_LOWDELAY] = "low-delay", [IPTOS_THROUGHPUT] = "throughput",
        [IPTOS_RELIABILITY] = "reliability", [IPTOS_LOWCOST] = "low-cost",
};

static const KindParameter bind_ipv6_only_parameter = { .message = "Failed to parse bind IPv6 only value", .names = bind_ipv6_only_names, .n_names = ARRAY_LENGTH(bind_ipv6_only_names), .flags = ENUM_BOOLEAN, .minimum = 1, .maximum = 2 };
static const KindParameter timestamping_parameter = { .message = "Failed to parse timestamping precision", .names = timestamping_names, .n_names = ARRAY_LENGTH(timestamping_names), .aliases = timestamping_aliases, .flags = ENUM_BOOLEAN, .minimum = 0, .maximum = 2 };
static const KindParameter socket_protocol_parameter = { .message = "Failed to parse socket protocol", .names = socket_protocol_names, .n_names = ARRAY_LENGTH(socket_protocol_names) };
static const KindParameter ip_tos_parameter = { .message = "Failed to parse IP TOS value", .names = ip_tos_names, .n_names = ARRAY_LENGTH(ip_tos_names), .flags = NUMBER_EMPTY_RESETS | ENUM_NUMBERS, .maximum = 255 };
static const KindParameter socket_timeout_parameter = { .message = "Failed to parse time value", .flags = TIME_ZERO_IS_INFINITY };
static const KindParameter symlinks_parameter = { .flags = PATHS_STOP };
static const KindParameter socket_user_parameter = { .flags = USER_WARN_NOBODY };

const DirectiveRow directives_socket[] = {
        { .id = DIRECTIVE_ACCEPT, .sections = SECTION_SOCKET, .name = "Accept", .kind = &kind_boolean, .since = 239, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BACKLOG, .sections = SECTION_SOCKET, .name = "Backlog", .kind = &kind_unsigned, .default_number = UINT32_MAX, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BIND_IPV6_ONLY, .sections = SECTION_SOCKET, .name = "BindIPv6Only", .kind = &kind_enum, .parameter = &bind_ipv6_only_parameter, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BIND_TO_DEVICE, .sections = SECTION_SOCKET, .name = "BindToDevice", .kind = &kind_interface, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BROADCAST, .sections = SECTION_SOCKET, .name = "Broadcast", .kind = &kind_boolean, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DEFER_ACCEPT_SEC, .sections = SECTION_SOCKET, .name = "DeferAcceptSec", .kind = &kind_time_span, .since = 216, .support = SUPPORT_ENFORCED, .bus_name = "DeferAcceptUSec" },
        { .id = DIRECTIVE_DIRECTORY_MODE, .sections = SECTION_SOCKET | SECTION_MOUNT | SECTION_AUTOMOUNT | SECTION_PATH, .name = "DirectoryMode", .kind = &kind_mode, .default_number = 0755, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_STOP_PRE, .sections = SECTION_SOCKET, .name = "ExecStopPre", .kind = &kind_commands, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_FILE_DESCRIPTOR_NAME, .sections = SECTION_SOCKET, .name = "FileDescriptorName", .kind = &kind_fd_name, .since = 227, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_FLUSH_PENDING, .sections = SECTION_SOCKET, .name = "FlushPending", .kind = &kind_boolean, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_FREE_BIND, .sections = SECTION_SOCKET, .name = "FreeBind", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_TOS, .sections = SECTION_SOCKET, .name = "IPTOS", .kind = &kind_enum_number, .parameter = &ip_tos_parameter, .default_number = (uint64_t)-1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_TTL, .sections = SECTION_SOCKET, .name = "IPTTL", .kind = &kind_integer, .default_number = (uint64_t)-1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KEEP_ALIVE, .sections = SECTION_SOCKET, .name = "KeepAlive", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KEEP_ALIVE_INTERVAL_SEC, .sections = SECTION_SOCKET, .name = "KeepAliveIntervalSec", .kind = &kind_time_span, .since = 216, .support = SUPPORT_ENFORCED, .bus_name = "KeepAliveIntervalUSec" },
        { .id = DIRECTIVE_KEEP_ALIVE_PROBES, .sections = SECTION_SOCKET, .name = "KeepAliveProbes", .kind = &kind_unsigned, .since = 216, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KEEP_ALIVE_TIME_SEC, .sections = SECTION_SOCKET, .name = "KeepAliveTimeSec", .kind = &kind_time_span, .since = 216, .support = SUPPORT_ENFORCED, .bus_name = "KeepAliveTimeUSec" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenDatagram", .kind = &kind_listen, .variant = LISTEN_DATAGRAM, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenFIFO", .kind = &kind_listen, .variant = LISTEN_FIFO, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenMessageQueue", .kind = &kind_listen, .variant = LISTEN_MESSAGE_QUEUE, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenNetlink", .kind = &kind_listen, .variant = LISTEN_NETLINK, .since = 235, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenSequentialPacket", .kind = &kind_listen, .variant = LISTEN_SEQUENTIAL_PACKET, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenSpecial", .kind = &kind_listen, .variant = LISTEN_SPECIAL, .since = 227, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenStream", .kind = &kind_listen, .variant = LISTEN_STREAM, .support = SUPPORT_ENFORCED, .bus_name = "Listen" },
        { .id = DIRECTIVE_LISTEN, .sections = SECTION_SOCKET, .name = "ListenUSBFunction", .kind = &kind_listen, .variant = LISTEN_USB_FUNCTION, .support = SUPPORT_NONE, .note = "USB gadgets are not supported", .bus_name = "Listen" },
        { .id = DIRECTIVE_MARK, .sections = SECTION_SOCKET, .name = "Mark", .kind = &kind_integer, .default_number = (uint64_t)-1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MAX_CONNECTIONS, .sections = SECTION_SOCKET, .name = "MaxConnections", .kind = &kind_unsigned, .default_number = 64, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MAX_CONNECTIONS_PER_SOURCE, .sections = SECTION_SOCKET, .name = "MaxConnectionsPerSource", .kind = &kind_unsigned, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MESSAGE_QUEUE_MAX_MESSAGES, .sections = SECTION_SOCKET, .name = "MessageQueueMaxMessages", .kind = &kind_long, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MESSAGE_QUEUE_MESSAGE_SIZE, .sections = SECTION_SOCKET, .name = "MessageQueueMessageSize", .kind = &kind_long, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NO_DELAY, .sections = SECTION_SOCKET, .name = "NoDelay", .kind = &kind_boolean, .since = 216, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PASS_CREDENTIALS, .sections = SECTION_SOCKET, .name = "PassCredentials", .kind = &kind_boolean, .since = 38, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PASS_PACKET_INFO, .sections = SECTION_SOCKET, .name = "PassPacketInfo", .kind = &kind_boolean, .since = 246, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PASS_SECURITY, .sections = SECTION_SOCKET, .name = "PassSecurity", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PIPE_SIZE, .sections = SECTION_SOCKET, .name = "PipeSize", .kind = &kind_size, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIORITY, .sections = SECTION_SOCKET, .name = "Priority", .kind = &kind_integer, .default_number = (uint64_t)-1, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RECEIVE_BUFFER, .sections = SECTION_SOCKET, .name = "ReceiveBuffer", .kind = &kind_size, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_REMOVE_ON_STOP, .sections = SECTION_SOCKET, .name = "RemoveOnStop", .kind = &kind_boolean, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_REUSE_PORT, .sections = SECTION_SOCKET, .name = "ReusePort", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SE_LINUX_CONTEXT_FROM_NET, .sections = SECTION_SOCKET, .name = "SELinuxContextFromNet", .kind = &kind_boolean, .since = 217, .support = SUPPORT_NONE, .note = "labels of peers are not passed on", .bus_name = "" },
        { .id = DIRECTIVE_SEND_BUFFER, .sections = SECTION_SOCKET, .name = "SendBuffer", .kind = &kind_size, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SERVICE, .sections = SECTION_SOCKET, .name = "Service", .kind = &kind_service_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_SMACK_LABEL, .sections = SECTION_SOCKET, .name = "SmackLabel", .kind = &kind_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SMACK_LABEL_IP_IN, .sections = SECTION_SOCKET, .name = "SmackLabelIPIn", .kind = &kind_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SMACK_LABEL_IP_OUT, .sections = SECTION_SOCKET, .name = "SmackLabelIPOut", .kind = &kind_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_GROUP, .sections = SECTION_SOCKET, .name = "SocketGroup", .kind = &kind_user, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_MODE, .sections = SECTION_SOCKET, .name = "SocketMode", .kind = &kind_mode, .default_number = 0666, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_PROTOCOL, .sections = SECTION_SOCKET, .name = "SocketProtocol", .kind = &kind_enum_number, .parameter = &socket_protocol_parameter, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_USER, .sections = SECTION_SOCKET, .name = "SocketUser", .kind = &kind_user, .parameter = &socket_user_parameter, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYMLINKS, .sections = SECTION_SOCKET, .name = "Symlinks", .kind = &kind_paths, .parameter = &symlinks_parameter, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TCP_CONGESTION, .sections = SECTION_SOCKET, .name = "TCPCongestion", .kind = &kind_plain_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TIMEOUT_SEC, .sections = SECTION_SOCKET | SECTION_MOUNT | SECTION_SWAP, .name = "TimeoutSec", .kind = &kind_time_span, .parameter = &socket_timeout_parameter, .default_number = 90 * USEC_PER_SEC, .since = 188, .support = SUPPORT_ENFORCED, .bus_name = "TimeoutUSec" },
        { .id = DIRECTIVE_TIMESTAMPING, .sections = SECTION_SOCKET, .name = "Timestamping", .kind = &kind_enum, .parameter = &timestamping_parameter, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TRANSPARENT, .sections = SECTION_SOCKET, .name = "Transparent", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TRIGGER_LIMIT_BURST, .sections = SECTION_SOCKET | SECTION_PATH, .name = "TriggerLimitBurst", .kind = &kind_unsigned, .default_number = UINT32_MAX, .since = 230, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TRIGGER_LIMIT_INTERVAL_SEC, .sections = SECTION_SOCKET | SECTION_PATH, .name = "TriggerLimitIntervalSec", .kind = &kind_time_span, .default_number = UINT64_MAX, .since = 230, .support = SUPPORT_ENFORCED, .bus_name = "TriggerLimitIntervalUSec" },
        { .id = DIRECTIVE_WRITABLE, .sections = SECTION_SOCKET, .name = "Writable", .kind = &kind_boolean, .since = 227, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_socket = ARRAY_LENGTH(directives_socket);
/* clang-format on */
