/* SPDX-License-Identifier: Apache-2.0 */
#include "host/address_filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "host/bpf_program.h"

/* Registers beyond calls: the packet, and the answer. */
enum { RESULT = 0, PACKET = 6, VERDICT = 7 };

#define STACK_KEY (-24) /* a PrefixKey on the program's stack */

/* As a trie of prefixes wants its keys. */
typedef struct PrefixKey {
        uint32_t n_bits;
        uint8_t address[16];
} PrefixKey;

/* One family of addresses. */
typedef struct Family {
        uint16_t protocol;
        int16_t source, destination; /* place of the address behind the network header */
        uint8_t length;
        int number;
} Family;

static const Family families[] = {
        { ETH_P_IP, 12, 16, 4, AF_INET },
        { ETH_P_IPV6, 8, 24, 16, AF_INET6 },
};

/* The list's prefixes of one family as a map; -1 in `ret` when there are none. */
static int make_map(char *const *list, const Family *family, int *ret) {
        AUTO_FD int map = -1;
        uint32_t key_size = (uint32_t)offsetof(PrefixKey, address) + family->length;
        uint64_t value = 1;

        STRV_FOREACH(item, list) {
                PrefixKey key = { 0 };
                Str rest = str_of(*item), address;
                if (!str_next_part(&rest, '/', &address) || parse_u32(rest, &key.n_bits) < 0)
                        return err_new(-EINVAL);
                AUTO_FREE char *text = str_dup(address);
                if (!text)
                        return err_new(-ENOMEM);
                if (inet_pton(family->number, text, key.address) != 1)
                        continue; /* of the other family */
                if (map < 0)
                        map = bpf_map_new(BPF_MAP_TYPE_LPM_TRIE,
                                          key_size,
                                          sizeof(value),
                                          (uint32_t)strv_length(list));
                int r = map < 0 ? map : bpf_map_set(map, &key, &value);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = steal_fd(&map);
        return 0;
}

/* The maps of one direction; the program keeps them when they are closed. */
typedef struct Maps {
        int allowed[2], denied[2];
} Maps;

static void maps_done(Maps *maps) {
        for (unsigned i = 0; i < 2; i++) {
                maps->allowed[i] = fd_close(maps->allowed[i]);
                maps->denied[i] = fd_close(maps->denied[i]);
        }
}
DEFINE_AUTO_DONE(Maps, maps_done);

static void add_move(BpfProgram *program, uint8_t to, int32_t number) {
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, number);
}

static void add_copy(BpfProgram *program, uint8_t to, uint8_t from) {
        (void)bpf_add(program, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0);
}

static void add_call(BpfProgram *program, int32_t function) {
        (void)bpf_add(program, BPF_JMP | BPF_CALL, 0, 0, function);
}

/* Register `to` = address of the stack at `place`. */
static void add_stack(BpfProgram *program, uint8_t to, int32_t place) {
        add_copy(program, to, BPF_REG_10);
        (void)bpf_add(program, BPF_ALU64 | BPF_ADD | BPF_K, to, 0, place);
}

/* Leaves the element (or 0) in RESULT. */
static void add_lookup(BpfProgram *program, int map) {
        bpf_add_map(program, BPF_REG_1, map);
        add_stack(program, BPF_REG_2, STACK_KEY);
        add_call(program, BPF_FUNC_map_lookup_elem);
}

/* VERDICT = whether the address of this family may be talked to. */
static void
add_family(BpfProgram *program, const Family *family, bool egress, int allowed, int denied) {
        unsigned jumps[3], n = 0;

        (void)bpf_add_at(program,
                         BPF_LDX | BPF_MEM | BPF_W,
                         BPF_REG_2,
                         PACKET,
                         offsetof(struct __sk_buff, protocol));
        jumps[n++] = bpf_add_jump(program, BPF_JNE, BPF_REG_2, htons(family->protocol), 0);
        add_copy(program, BPF_REG_1, PACKET);
        add_move(program, BPF_REG_2, egress ? family->destination : family->source);
        add_stack(program, BPF_REG_3, STACK_KEY + (int32_t)offsetof(PrefixKey, address));
        add_move(program, BPF_REG_4, family->length);
        add_call(program, BPF_FUNC_skb_load_bytes);
        add_move(program, BPF_REG_2, family->length * 8);
        (void)bpf_add_at(program, BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, BPF_REG_2, STACK_KEY);
        if (allowed >= 0) {
                add_lookup(program, allowed);
                jumps[n++] = bpf_add_jump(program, BPF_JNE, RESULT, 0, 0);
        }
        if (denied >= 0) {
                add_lookup(program, denied);
                jumps[n++] = bpf_add_jump(program, BPF_JEQ, RESULT, 0, 0);
                add_move(program, VERDICT, 0);
        }
        for (unsigned i = 0; i < n; i++)
                bpf_land(program, jumps[i]);
}

/* Counters are an array of bytes and packets for each direction. */
static void add_counter(BpfProgram *program, int counters, int32_t place, bool bytes) {
        add_move(program, BPF_REG_2, place);
        (void)bpf_add_at(program, BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, BPF_REG_2, STACK_KEY);
        add_lookup(program, counters);
        unsigned jump = bpf_add_jump(program, BPF_JEQ, RESULT, 0, 0);
        if (bytes)
                (void)bpf_add_at(program,
                                 BPF_LDX | BPF_MEM | BPF_W,
                                 BPF_REG_1,
                                 PACKET,
                                 offsetof(struct __sk_buff, len));
        else
                add_move(program, BPF_REG_1, 1);
        (void)bpf_add_at(program, BPF_STX | BPF_ATOMIC | BPF_DW, RESULT, BPF_REG_1, 0);
        bpf_land(program, jump); /* the operation of the atomic store is 0, which is "add" */
}

static void add_counters(BpfProgram *program, int counters, bool egress) {
        unsigned jump = bpf_add_jump(program, BPF_JEQ, VERDICT, 0, 0);

        add_counter(program, counters, egress ? 2 : 0, true);
        add_counter(program, counters, egress ? 3 : 1, false);
        bpf_land(program, jump);
}

static int
set_direction(const char *directory, const AddressRules *rules, int counters, bool egress) {
        AUTO(maps_done) Maps maps = { { -1, -1 }, { -1, -1 } };
        BpfProgram program = { .n = 0 };
        int r = 0;

        add_copy(&program, PACKET, BPF_REG_1);
        add_move(&program, VERDICT, 1);
        for (unsigned i = 0; rules && i < 2; i++) {
                r = make_map(rules->allowed, &families[i], &maps.allowed[i]);
                if (r == 0)
                        r = make_map(rules->denied, &families[i], &maps.denied[i]);
                if (r < 0)
                        return err_pass(r);
                if (maps.denied[i] >= 0)
                        add_family(&program, &families[i], egress, maps.allowed[i], maps.denied[i]);
        }
        if (counters >= 0)
                add_counters(&program, counters, egress);
        add_copy(&program, RESULT, VERDICT);
        (void)bpf_add(&program, BPF_JMP | BPF_EXIT, 0, 0, 0);
        const BpfPlace place = {
                .directory = directory,
                .type = BPF_PROG_TYPE_CGROUP_SKB,
                .attach_type = egress ? BPF_CGROUP_INET_EGRESS : BPF_CGROUP_INET_INGRESS,
        };
        return err_pass(bpf_program_replace(rules ? &program : NULL, &place));
}

int address_filter_set(const char *directory, const AddressRules *rules, int *counters) {
        if (!rules || !rules->counted)
                *counters = fd_close(*counters);
        else if (*counters < 0) {
                int map = bpf_map_new(BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), sizeof(uint64_t), 4);
                if (map < 0)
                        return err_pass(map);
                *counters = map;
        }
        int r = set_direction(directory, rules, *counters, false);
        return r < 0 ? err_pass(r) : err_pass(set_direction(directory, rules, *counters, true));
}

void address_filter_count(int counters, bool egress, uint64_t *ret_bytes, uint64_t *ret_packets) {
        uint32_t bytes_key = egress ? 2 : 0, packets_key = egress ? 3 : 1;

        if (counters < 0 || bpf_map_get(counters, &bytes_key, ret_bytes) < 0 ||
            bpf_map_get(counters, &packets_key, ret_packets) < 0)
                *ret_bytes = *ret_packets = UINT64_MAX;
}
