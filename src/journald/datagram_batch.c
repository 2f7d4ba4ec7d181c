/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/datagram_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "base/error.h"
#include "base/fd.h"

/* The largest that a privileged client sends: it raises its buffer to 8 MiB. */
#define DATAGRAM_MAX (UINT64_C(9) * 1024 * 1024)
#define SLOT (DATAGRAM_MAX + 4096)
#define KEEP (UINT64_C(16) * 1024) /* of a slot stays in memory */

typedef union Control {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(struct timeval)) +
                   CMSG_SPACE(sizeof(int))];
} Control;

struct DatagramBatch {
        char *memory;
        Datagram datagrams[DATAGRAMS_AT_ONCE];
        struct mmsghdr heads[DATAGRAMS_AT_ONCE];
        struct iovec parts[DATAGRAMS_AT_ONCE];
        Control controls[DATAGRAMS_AT_ONCE];
        unsigned n;
};

DatagramBatch *datagram_batch_new(void) {
        DatagramBatch *batch = calloc(1, sizeof(*batch));

        if (!batch)
                return NULL;
        batch->memory = mmap(NULL,
                             SLOT * DATAGRAMS_AT_ONCE,
                             PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                             -1,
                             0);
        if (batch->memory == MAP_FAILED) {
                free(batch);
                return NULL;
        }
        return batch;
}

/* Closes descriptors that nobody took, and gives the memory of large ones back. */
static void clear(DatagramBatch *batch) {
        for (unsigned i = 0; i < batch->n; i++) {
                Datagram *datagram = &batch->datagrams[i];
                datagram->fd = fd_close(datagram->fd);
                if (datagram->length > KEEP - DATAGRAM_ROOM)
                        (void)madvise(batch->memory + i * SLOT + KEEP,
                                      SLOT - KEEP,
                                      MADV_DONTNEED); /* advice */
        }
        batch->n = 0;
}

static void take_control(Datagram *datagram, const struct cmsghdr *extra) {
        struct timeval time;

        if (extra->cmsg_level != SOL_SOCKET)
                return;
        if (extra->cmsg_type == SCM_CREDENTIALS)
                memcpy(&datagram->from, CMSG_DATA(extra), sizeof(datagram->from));
        else if (extra->cmsg_type == SCM_TIMESTAMP) {
                memcpy(&time, CMSG_DATA(extra), sizeof(time));
                datagram->sent_usec = (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
        } else if (extra->cmsg_type == SCM_RIGHTS && extra->cmsg_len == CMSG_LEN(sizeof(int)))
                memcpy(&datagram->fd, CMSG_DATA(extra), sizeof(int));
}

static void fill(DatagramBatch *batch, unsigned i) {
        struct msghdr *head = &batch->heads[i].msg_hdr;
        Datagram *datagram = &batch->datagrams[i];

        *datagram = (Datagram){
                .data = batch->parts[i].iov_base,
                .length = batch->heads[i].msg_len,
                .fd = -1,
                .is_cut = (head->msg_flags & MSG_TRUNC) != 0,
        };
        datagram->data[datagram->length] = '\0';
        for (struct cmsghdr *extra = CMSG_FIRSTHDR(head); extra; extra = CMSG_NXTHDR(head, extra))
                take_control(datagram, extra);
}

int datagram_batch_receive(DatagramBatch *batch, int fd) {
        clear(batch);
        for (unsigned i = 0; i < DATAGRAMS_AT_ONCE; i++) {
                batch->parts[i] =
                        (struct iovec){ batch->memory + i * SLOT + DATAGRAM_ROOM, DATAGRAM_MAX };
                batch->heads[i].msg_hdr = (struct msghdr){
                        .msg_iov = &batch->parts[i],
                        .msg_iovlen = 1,
                        .msg_control = &batch->controls[i],
                        .msg_controllen = sizeof(batch->controls[i]),
                };
        }
        int n = recvmmsg(
                fd, batch->heads, DATAGRAMS_AT_ONCE, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL);
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : err_new(-errno);
        batch->n = (unsigned)n;
        for (unsigned i = 0; i < batch->n; i++)
                fill(batch, i);
        return n;
}

Datagram *datagram_batch_get(DatagramBatch *batch, unsigned i) {
        return &batch->datagrams[i];
}

DatagramBatch *datagram_batch_free(DatagramBatch *batch) {
        if (!batch)
                return NULL;
        clear(batch);
        (void)munmap(batch->memory, SLOT * DATAGRAMS_AT_ONCE); /* ours */
        free(batch);
        return NULL;
}
