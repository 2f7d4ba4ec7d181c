/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_name_space.h"

#include <assert.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "host/keeper_link.h"
#include "host/name_space.h"

typedef enum NameSpaceKind {
        NAME_SPACE_NETWORK,
        NAME_SPACE_IPC,
        NAME_SPACE_KIND_COUNT
} NameSpaceKind;

static const struct {
        DirectiveId id, path_id; /* the setting that asks, and the one that names another instead */
        int type;
} kinds[NAME_SPACE_KIND_COUNT] = {
        { DIRECTIVE_PRIVATE_NETWORK, DIRECTIVE_NETWORK_NAMESPACE_PATH, CLONE_NEWNET },
        { DIRECTIVE_PRIVATE_IPC, DIRECTIVE_IPC_NAMESPACE_PATH, CLONE_NEWIPC },
};

static_assert(NAME_SPACE_KIND_COUNT == HOST_NAME_SPACES, "a descriptor for each");

static bool wants(const HostUnit *hu, NameSpaceKind kind) {
        const UnitSpec *spec = hu->unit->spec;
        return unit_spec_bool(spec, kinds[kind].id) && !unit_spec_find(spec, kinds[kind].path_id);
}

/* The name of the descriptor in the keeper; NULL when out of memory. */
static char *keeper_name(const HostUnit *hu, NameSpaceKind kind) {
        static const uint8_t key[16] = "tend-name-space";
        StrBuf name = STRBUF_INIT;
        strbuf_addf(&name,
                    "namespace:%d:%016llx",
                    (int)kind,
                    (unsigned long long)siphash24(hu->unit->id, strlen(hu->unit->id), key));
        return strbuf_steal(&name);
}

/* That of a unit which this one joins, or which joins it. */
static int joined(const HostUnit *hu, NameSpaceKind kind) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(hu->unit, DEP_BIT(DEP_JOINS_NAMESPACE_OF), &cursor));) {
                const HostUnit *other = host_unit_peek(edge->other);
                if (other && other->name_spaces[kind] >= 0)
                        return fcntl(other->name_spaces[kind], F_DUPFD_CLOEXEC, 0);
        }
        return -1;
}

static void make_one(HostUnit *hu, NameSpaceKind kind) {
        AUTO_FREE char *name = keeper_name(hu, kind);
        int fd = name ? host_take_kept_fd(hu->host, name) : -1;
        bool is_new = fd < 0;
        if (fd < 0)
                fd = joined(hu, kind);
        if (fd < 0)
                fd = name_space_make(kinds[kind].type);
        if (fd < 0)
                return; /* the executor meets the same refusal */
        if (is_new && name)
                host_keep_fd(hu->host, name, fd);
        hu->name_spaces[kind] = fd;
        host_unit_drop_plan(hu);
}

void unit_name_space_make(HostUnit *hu) {
        for (unsigned kind = 0; kind < NAME_SPACE_KIND_COUNT; kind++)
                if (hu->name_spaces[kind] < 0 && wants(hu, (NameSpaceKind)kind))
                        make_one(hu, (NameSpaceKind)kind);
}

/* By the manager's own descriptor: proc(5), /proc/PID/fd. */
static char *path_of(const HostUnit *hu, NameSpaceKind kind) {
        StrBuf path = STRBUF_INIT;
        if (hu->name_spaces[kind] < 0)
                return NULL;
        strbuf_addf(&path, "/proc/%d/fd/%d", (int)getpid(), hu->name_spaces[kind]);
        return strbuf_steal(&path);
}

char *unit_name_space_network(const HostUnit *hu) {
        return path_of(hu, NAME_SPACE_NETWORK);
}

char *unit_name_space_ipc(const HostUnit *hu) {
        return path_of(hu, NAME_SPACE_IPC);
}

void unit_name_space_release(HostUnit *hu, bool forget) {
        for (unsigned kind = 0; kind < NAME_SPACE_KIND_COUNT; kind++) {
                if (hu->name_spaces[kind] < 0)
                        continue;
                AUTO_FREE char *name = forget ? keeper_name(hu, (NameSpaceKind)kind) : NULL;
                if (name && hu->host->keeper)
                        (void)keeper_link_remove(hu->host->keeper,
                                                 name); /* a lost keeper was reported */
                hu->name_spaces[kind] = fd_close(hu->name_spaces[kind]);
        }
}
