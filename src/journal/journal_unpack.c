/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_unpack.h"

#include <dlfcn.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"

#define XZ_MEMORY_MAX (UINT64_C(256) * 1024 * 1024) /* that a hostile stream may ask for */
#define XZ_OK 0                                     /* lzma_ret in lzma/base.h */
#define XZ_TOO_SMALL 10
#define XZ_TIGHTEST 8192 /* times that it packs at most, rounded up */
#define FIRST_GUESS 4

/* The two functions, as the interfaces of the libraries have had them for ever (lz4.h,
 * lzma/container.h): they take plain numbers and pointers, so no headers are needed. */
typedef int DecompressLz4(const char *from, char *to, int from_length, int room);
typedef int DecompressXz(uint64_t *memory_max,
                         uint32_t flags,
                         const void *allocator,
                         const uint8_t *from,
                         size_t *from_at,
                         size_t from_length,
                         uint8_t *to,
                         size_t *to_at,
                         size_t room);

/* A function of a library that stays loaded; NULL when there is none. */
static void *find_function(const char *library, const char *name) {
        void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

        return handle ? dlsym(handle, name) : NULL;
}

int journal_unpack_lz4(Str payload, uint64_t limit, StrBuf *out) {
        uint64_t length;

        if (payload.length <= sizeof(length) || payload.length > INT_MAX)
                return err_new(-EBADMSG);
        memcpy(&length, payload.data, sizeof(length));
        length = le64toh(length);
        if (length > MIN(limit, (uint64_t)INT_MAX))
                return err_new(-E2BIG);
        DecompressLz4 *decompress =
                (DecompressLz4 *)find_function("liblz4.so.1", "LZ4_decompress_safe");
        if (!decompress)
                return err_new(-EPROTONOSUPPORT);
        if (length / 255 > payload.length) /* no block is packed tighter */
                return err_new(-EBADMSG);
        char *place = strbuf_reserve(out, (size_t)length);
        if (!place)
                return err_new(-ENOMEM);
        int n = decompress(payload.data + sizeof(length),
                           place,
                           (int)(payload.length - sizeof(length)),
                           (int)length);
        if (n < 0 || (uint64_t)n != length)
                return err_new(-EBADMSG);
        out->length += (size_t)n;
        out->data[out->length] = '\0';
        return 0;
}

int journal_unpack_xz(Str payload, uint64_t limit, StrBuf *out) {
        DecompressXz *decompress =
                (DecompressXz *)find_function("liblzma.so.5", "lzma_stream_buffer_decode");
        uint64_t room = MIN(MAX(payload.length * FIRST_GUESS, (uint64_t)4096), limit);

        /* A stream that was cut asks for more room, too. */
        limit = MIN(limit, MAX((uint64_t)payload.length * XZ_TIGHTEST, room));
        if (!decompress)
                return err_new(-EPROTONOSUPPORT);
        for (;; room = MIN(room * 4, limit)) {
                uint64_t memory_max = XZ_MEMORY_MAX;
                size_t from = 0, to = 0;
                char *place = strbuf_reserve(out, (size_t)room);
                if (!place)
                        return err_new(-ENOMEM);
                int r = decompress(&memory_max,
                                   0,
                                   NULL,
                                   (const uint8_t *)payload.data,
                                   &from,
                                   payload.length,
                                   (uint8_t *)place,
                                   &to,
                                   (size_t)room);
                if (r == XZ_TOO_SMALL && room < limit)
                        continue; /* how long it is stands nowhere in front */
                if (r != XZ_OK)
                        return err_new(r == XZ_TOO_SMALL ? -E2BIG : -EBADMSG);
                out->length += to;
                out->data[out->length] = '\0';
                return 0;
        }
}
