/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <endian.h>
#include <string.h>

/* What a half byte makes of a checksum of zero when so many half bytes of zero follow, for the
 * reflected polynomial 0xedb88320. */
/* clang-format off */
static const uint32_t crc32_half_bytes[8][16] = {
        { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
          0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c },
        { 0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3,
          0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91 },
        { 0x00000000, 0x4ac21251, 0x958424a2, 0xdf4636f3, 0xf0794f05, 0xbabb5d54, 0x65fd6ba7, 0x2f3f79f6,
          0x3b83984b, 0x71418a1a, 0xae07bce9, 0xe4c5aeb8, 0xcbfad74e, 0x8138c51f, 0x5e7ef3ec, 0x14bce1bd },
        { 0x00000000, 0x191b3141, 0x32366282, 0x2b2d53c3, 0x646cc504, 0x7d77f445, 0x565aa786, 0x4f4196c7,
          0xc8d98a08, 0xd1c2bb49, 0xfaefe88a, 0xe3f4d9cb, 0xacb54f0c, 0xb5ae7e4d, 0x9e832d8e, 0x87981ccf },
        { 0x00000000, 0x1c26a370, 0x384d46e0, 0x246be590, 0x709a8dc0, 0x6cbc2eb0, 0x48d7cb20, 0x54f16850,
          0xe1351b80, 0xfd13b8f0, 0xd9785d60, 0xc55efe10, 0x91af9640, 0x8d893530, 0xa9e2d0a0, 0xb5c473d0 },
        { 0x00000000, 0x01c26a37, 0x0384d46e, 0x0246be59, 0x0709a8dc, 0x06cbc2eb, 0x048d7cb2, 0x054f1685,
          0x0e1351b8, 0x0fd13b8f, 0x0d9785d6, 0x0c55efe1, 0x091af964, 0x08d89353, 0x0a9e2d0a, 0x0b5c473d },
        { 0x00000000, 0x5019579f, 0xa032af3e, 0xf02bf8a1, 0x9b14583d, 0xcb0d0fa2, 0x3b26f703, 0x6b3fa09c,
          0xed59b63b, 0xbd40e1a4, 0x4d6b1905, 0x1d724e9a, 0x764dee06, 0x2654b999, 0xd67f4138, 0x866616a7 },
        { 0x00000000, 0xb8bc6765, 0xaa09c88b, 0x12b5afee, 0x8f629757, 0x37def032, 0x256b5fdc, 0x9dd738b9,
          0xc5b428ef, 0x7d084f8a, 0x6fbde064, 0xd7018701, 0x4ad6bfb8, 0xf26ad8dd, 0xe0df7733, 0x58631056 },
};
/* clang-format on */

#define JENKINS_BLOCK ((size_t)12)

typedef struct SipState {
        uint64_t v0, v1, v2, v3;
} SipState;

static inline uint64_t rotate_left(uint64_t x, unsigned bits) {
        return x << bits | x >> (64 - bits);
}

static inline uint64_t load_le64(const uint8_t *p) {
        uint64_t x;
        memcpy(&x, p, sizeof(x));
        return le64toh(x);
}

static inline uint32_t load_le32(const uint8_t *p) {
        uint32_t x;
        memcpy(&x, p, sizeof(x));
        return le32toh(x);
}

static inline void sip_round(SipState *s) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate_left(s->v1, 13) ^ s->v0;
        s->v3 = rotate_left(s->v3, 16) ^ s->v2;
        s->v0 = rotate_left(s->v0, 32);
        s->v2 += s->v1;
        s->v0 += s->v3;
        s->v1 = rotate_left(s->v1, 17) ^ s->v2;
        s->v3 = rotate_left(s->v3, 21) ^ s->v0;
        s->v2 = rotate_left(s->v2, 32);
}

static inline void sip_word(SipState *s, uint64_t word) {
        s->v3 ^= word;
        sip_round(s);
        sip_round(s);
        s->v0 ^= word;
}

static inline SipState sip_start(const uint8_t key[static 16]) {
        uint64_t k0 = load_le64(key), k1 = load_le64(key + 8);

        return (SipState){
                .v0 = k0 ^ UINT64_C(0x736f6d6570736575),
                .v1 = k1 ^ UINT64_C(0x646f72616e646f6d),
                .v2 = k0 ^ UINT64_C(0x6c7967656e657261),
                .v3 = k1 ^ UINT64_C(0x7465646279746573),
        };
}

/* The last `left` bytes of `length`. */
static inline uint64_t sip_finish(SipState *s, const uint8_t *p, size_t left, size_t length) {
        uint64_t last = (uint64_t)length << 56;

        for (; left >= 8; p += 8, left -= 8)
                sip_word(s, load_le64(p));
        for (size_t i = 0; i < left; i++)
                last |= (uint64_t)p[i] << (8 * i);
        sip_word(s, last);
        s->v2 ^= 0xff;
        for (unsigned i = 0; i < 4; i++)
                sip_round(s);
        return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t siphash24(const void *data, size_t length, const uint8_t key[static 16]) {
        SipState s = sip_start(key);

        return sip_finish(&s, data, length, length);
}

/* Four bytes: their eight half bytes do not wait for each other. */
static inline uint32_t crc32_word(uint32_t crc, uint32_t word) {
        uint32_t x = crc ^ word, next = 0;
        for (unsigned i = 0; i < 8; i++)
                next ^= crc32_half_bytes[7 - i][x >> (4 * i) & 15];
        return next;
}

uint32_t crc32_update(uint32_t crc, const void *data, size_t length) {
        const uint8_t *p = data;
        crc = ~crc;
        for (; length >= 4; p += 4, length -= 4)
                crc = crc32_word(crc, load_le32(p));
        for (; length > 0; p++, length--) {
                crc ^= *p;
                crc = crc >> 4 ^ crc32_half_bytes[0][crc & 15];
                crc = crc >> 4 ^ crc32_half_bytes[0][crc & 15];
        }
        return ~crc;
}

static inline uint32_t rotate_left32(uint32_t x, unsigned bits) {
        return x << bits | x >> (32 - bits);
}

typedef struct JenkinsState {
        uint32_t a, b, c;
} JenkinsState;

static inline void jenkins_mix_turn(uint32_t *one, uint32_t two, uint32_t *three, unsigned bits) {
        *one = (*one - *three) ^ rotate_left32(*three, bits);
        *three += two;
}

static inline void jenkins_mix(JenkinsState *s) {
        jenkins_mix_turn(&s->a, s->b, &s->c, 4);
        jenkins_mix_turn(&s->b, s->c, &s->a, 6);
        jenkins_mix_turn(&s->c, s->a, &s->b, 8);
        jenkins_mix_turn(&s->a, s->b, &s->c, 16);
        jenkins_mix_turn(&s->b, s->c, &s->a, 19);
        jenkins_mix_turn(&s->c, s->a, &s->b, 4);
}

static inline void jenkins_final_turn(uint32_t *one, uint32_t before, unsigned bits) {
        *one = (*one ^ before) - rotate_left32(before, bits);
}

static inline void jenkins_final(JenkinsState *s) {
        jenkins_final_turn(&s->c, s->b, 14);
        jenkins_final_turn(&s->a, s->c, 11);
        jenkins_final_turn(&s->b, s->a, 25);
        jenkins_final_turn(&s->c, s->b, 16);
        jenkins_final_turn(&s->a, s->c, 4);
        jenkins_final_turn(&s->b, s->a, 14);
        jenkins_final_turn(&s->c, s->b, 24);
}

static inline JenkinsState jenkins_start(size_t length) {
        uint32_t start = UINT32_C(0xdeadbeef) + (uint32_t)length;

        return (JenkinsState){ start, start, start };
}

static inline void jenkins_add(JenkinsState *s, const uint8_t *p) {
        s->a += load_le32(p);
        s->b += load_le32(p + 4);
        s->c += load_le32(p + 8);
}

/* The last `left` bytes. */
static inline uint64_t jenkins_finish(JenkinsState *s, const uint8_t *p, size_t left) {
        uint8_t rest[JENKINS_BLOCK] = { 0 };

        for (; left > JENKINS_BLOCK; p += JENKINS_BLOCK, left -= JENKINS_BLOCK) {
                jenkins_add(s, p);
                jenkins_mix(s);
        }
        if (left > 0) {
                memcpy(rest, p, left);
                jenkins_add(s, rest);
                jenkins_final(s);
        }
        return (uint64_t)s->c << 32 | s->b;
}

uint64_t jenkins_hash64(const void *data, size_t length) {
        JenkinsState s = jenkins_start(length);

        return jenkins_finish(&s, data, length);
}

/* Each is a chain of operations that wait for one another, so that two take the time of one. */
HashPair hash_both(const void *data, size_t length, const uint8_t key[static 16]) {
        SipState sip = sip_start(key);
        JenkinsState jenkins = jenkins_start(length);
        const uint8_t *p = data;
        size_t left = length;

        for (; left > 2 * JENKINS_BLOCK; p += 2 * JENKINS_BLOCK, left -= 2 * JENKINS_BLOCK) {
                for (size_t at = 0; at < 2 * JENKINS_BLOCK; at += 8)
                        sip_word(&sip, load_le64(p + at));
                jenkins_add(&jenkins, p);
                jenkins_mix(&jenkins);
                jenkins_add(&jenkins, p + JENKINS_BLOCK);
                jenkins_mix(&jenkins);
        }
        return (HashPair){
                .siphash = sip_finish(&sip, p, left, length),
                .jenkins = jenkins_finish(&jenkins, p, left),
        };
}
