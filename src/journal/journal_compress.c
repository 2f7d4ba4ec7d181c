/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_compress.h"

#include <errno.h>
#include <zstd.h>

#include "base/error.h"
#include "base/macros.h"
#include "journal/journal_format.h"
#include "journal/journal_unpack.h"

#define LEVEL 1 /* twice as fast as the usual level, a few per cent larger */
#define FIRST_GUESS (UINT64_C(64) * 1024)

int journal_compress(Str payload, StrBuf *out) {
        if (payload.length < 2)
                return 0;
        size_t room = payload.length - 1;
        strbuf_clear(out);
        char *place = strbuf_reserve(out, room);
        if (!place)
                return err_new(-ENOMEM);
        size_t n = ZSTD_compress(place, room, payload.data, payload.length, LEVEL);
        if (ZSTD_isError(n)) /* it would not fit, that is: not smaller */
                return 0;
        out->length = n;
        out->data[n] = '\0';
        return 1;
}

static int unpack(ZSTD_DStream *stream, Str payload, uint64_t limit, StrBuf *out) {
        ZSTD_inBuffer input = { payload.data, payload.length, 0 };

        for (;;) {
                if (out->length >= limit)
                        return err_new(-E2BIG);
                size_t room = MIN(MAX(out->length, FIRST_GUESS), limit - out->length);
                char *place = strbuf_reserve(out, room);
                if (!place)
                        return err_new(-ENOMEM);
                ZSTD_outBuffer output = { place, room, 0 };
                size_t n = ZSTD_decompressStream(stream, &output, &input);
                if (ZSTD_isError(n))
                        return err_new(-EBADMSG);
                out->length += output.pos;
                out->data[out->length] = '\0';
                if (n == 0)
                        return 0;
                if (output.pos < room && input.pos == input.size)
                        return err_new(-EBADMSG); /* it ends too early */
        }
}

int journal_decompress(unsigned flags, Str payload, uint64_t limit, StrBuf *out) {
        strbuf_clear(out);
        if ((flags & JOURNAL_OBJECT_COMPRESSED) == JOURNAL_OBJECT_LZ4)
                return err_pass(journal_unpack_lz4(payload, limit, out));
        if ((flags & JOURNAL_OBJECT_COMPRESSED) == JOURNAL_OBJECT_XZ)
                return err_pass(journal_unpack_xz(payload, limit, out));
        if ((flags & JOURNAL_OBJECT_COMPRESSED) != JOURNAL_OBJECT_ZSTD)
                return err_new(-EPROTONOSUPPORT);
        ZSTD_DStream *stream = ZSTD_createDStream();
        if (!stream)
                return err_new(-ENOMEM);
        int r = unpack(stream, payload, limit, out);
        (void)ZSTD_freeDStream(stream); /* cannot fail */
        return err_pass(r);
}
