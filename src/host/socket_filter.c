/* SPDX-License-Identifier: Apache-2.0 */
#include "host/socket_filter.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strv.h"
#include "host/bpf_program.h"

/* Registers: 1 = the context, then what is asked about. */
enum { RESULT, CONTEXT, PORT, PROTOCOL, INTERFACE = PORT };

#define LIST_MAX 128 /* rules of one kind (systemd.resource-control(5), SocketBindAllow=) */

/* --- bind(2) ---------------------------------------------------------------------------------- */

static void add_answer(BpfProgram *program, int32_t answer) {
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, answer);
        (void)bpf_add(program, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

static void add_load(BpfProgram *program, uint8_t to, size_t place) {
        (void)bpf_add_at(program, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, (int16_t)place);
}

/* The verifier refuses what no path leads to, but takes it that a condition may go either way:
 * these always and never jump. */
static unsigned add_always(BpfProgram *program) {
        return bpf_add_jump(program, BPF_JGE, PORT, 0, 0);
}

static unsigned add_never(BpfProgram *program) {
        return bpf_add_jump(program, BPF_JLT, PORT, 0, 0);
}

/* Goes on behind it when the rule does not match; otherwise over it, by the jump that is given. */
static unsigned add_match(BpfProgram *program, const SocketBindRule *rule) {
        unsigned misses[3], n = 0;

        if (rule->protocol != 0)
                misses[n++] = bpf_add_jump(program, BPF_JNE, PROTOCOL, rule->protocol, 0);
        if (rule->last != 0) {
                misses[n++] = bpf_add_jump(program, BPF_JLT, PORT, (int32_t)rule->first, 0);
                misses[n++] = bpf_add_jump(program, BPF_JGT, PORT, (int32_t)rule->last, 0);
        }
        unsigned hit = add_always(program);
        for (unsigned i = 0; i < n; i++)
                bpf_land(program, misses[i]);
        return hit;
}

/* Appends the jumps of all rules of a list that are about this family. */
static int add_list(BpfProgram *program, char *const *list, int family, unsigned *hits) {
        unsigned n = 0;

        STRV_FOREACH(text, list) {
                SocketBindRule rule;
                int r = socket_bind_rule_parse(str_of(*text), &rule);
                if (r < 0)
                        return err_pass(r);
                if (rule.family != 0 && rule.family != family)
                        continue;
                if (n == LIST_MAX)
                        return err_new(-E2BIG);
                hits[n++] = add_match(program, &rule);
        }
        return (int)n;
}

static void land_all(BpfProgram *program, const unsigned *jumps, int n) {
        for (int i = 0; i < n; i++)
                bpf_land(program, jumps[i]);
}

static int add_bind_level(BpfProgram *program, const SocketBindLevel *level, int family) {
        unsigned allowed[LIST_MAX], denied[LIST_MAX];
        int n_allowed = add_list(program, level->allowed, family, allowed);
        int n_denied = n_allowed < 0 ? n_allowed : add_list(program, level->denied, family, denied);

        if (n_denied < 0)
                return err_pass(n_denied);
        unsigned over = add_always(program);
        land_all(program, denied, n_denied);
        add_answer(program, 0);
        bpf_land(program, over);
        land_all(program, allowed, n_allowed);
        return 0;
}

static int
set_bind(const BpfPlace *place, const SocketBindLevel *levels, unsigned n_levels, int family) {
        BpfProgram program = { .n = 0 };

        add_load(&program, PORT, offsetof(struct bpf_sock_addr, user_port));
        (void)bpf_add(&program, BPF_ALU | BPF_END | BPF_TO_BE, PORT, 0, 16);
        add_load(&program, PROTOCOL, offsetof(struct bpf_sock_addr, protocol));
        for (unsigned i = 0; i < n_levels; i++) {
                int r = add_bind_level(&program, &levels[i], family);
                if (r < 0)
                        return err_pass(r);
        }
        add_answer(&program, 1);
        return err_pass(bpf_program_replace(n_levels > 0 ? &program : NULL, place));
}

int socket_bind_filter_set(const char *directory,
                           const SocketBindLevel *levels,
                           unsigned n_levels) {
        BpfPlace place = {
                .directory = directory,
                .type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
                .attach_type = BPF_CGROUP_INET4_BIND,
                .name = "tend_bind",
        };
        int r = set_bind(&place, levels, n_levels, AF_INET);

        place.attach_type = BPF_CGROUP_INET6_BIND;
        return r < 0 ? err_pass(r) : err_pass(set_bind(&place, levels, n_levels, AF_INET6));
}

/* --- interfaces ------------------------------------------------------------------------------- */

static void
add_interface_level(BpfProgram *program, const InterfaceLevel *level, const char **missing) {
        unsigned hits[LIST_MAX], n = 0;

        STRV_FOREACH(name, level->names) {
                unsigned number = if_nametoindex(*name);
                if (number == 0 && !*missing)
                        *missing = *name;
                if (number != 0 && n < LIST_MAX)
                        hits[n++] = bpf_add_jump(program, BPF_JEQ, INTERFACE, (int32_t)number, 0);
        }
        unsigned over = level->is_denied ? add_always(program) : add_never(program);
        if (level->is_denied)
                land_all(program, hits, (int)n);
        add_answer(program, 0);
        if (!level->is_denied)
                land_all(program, hits, (int)n);
        bpf_land(program, over);
}

int interface_filter_set(const char *directory,
                         const InterfaceLevel *levels,
                         unsigned n_levels,
                         const char **ret_missing) {
        static const enum bpf_attach_type directions[] = { BPF_CGROUP_INET_INGRESS,
                                                           BPF_CGROUP_INET_EGRESS };
        BpfProgram program = { .n = 0 };
        const char *missing = NULL;
        int r = 0;

        add_load(&program, INTERFACE, offsetof(struct __sk_buff, ifindex));
        for (unsigned i = 0; i < n_levels; i++) {
                if (strv_length(levels[i].names) > LIST_MAX)
                        return err_new(-E2BIG);
                add_interface_level(&program, &levels[i], &missing);
        }
        add_answer(&program, 1);
        for (unsigned i = 0; r == 0 && i < 2; i++) {
                const BpfPlace place = {
                        .directory = directory,
                        .type = BPF_PROG_TYPE_CGROUP_SKB,
                        .attach_type = directions[i],
                        .name = "tend_interface",
                };
                r = bpf_program_replace(n_levels > 0 ? &program : NULL, &place);
        }
        if (r < 0)
                return err_pass(r);
        *ret_missing = missing;
        return 0;
}
