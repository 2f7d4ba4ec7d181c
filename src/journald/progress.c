/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"

int progress_open(Progress *progress, const char *path) {
        AUTO_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        *progress = (Progress){ 0 };
        if (fd < 0 || ftruncate(fd, sizeof(ProgressNote)) < 0)
                return err_new(-errno);
        void *note = mmap(NULL, sizeof(ProgressNote), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (note == MAP_FAILED)
                return err_new(-errno);
        progress->note = note;
        progress->found = *progress->note;
        progress->found.stream_id[sizeof(progress->found.stream_id) - 1] = '\0';
        return 0;
}

void progress_begin(Progress *progress, const char *stream_id, uint64_t seqnum) {
        if (!progress->note)
                return;
        progress->note->seqnum = seqnum;
        memcpy(progress->note->stream_id + 1, stream_id + 1, sizeof(progress->note->stream_id) - 1);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        progress->note->stream_id[0] = stream_id[0]; /* from here on it counts */
        __atomic_thread_fence(__ATOMIC_RELEASE);
}

void progress_end(Progress *progress) {
        __atomic_thread_fence(__ATOMIC_RELEASE);
        if (progress->note)
                progress->note->stream_id[0] = '\0';
}

void progress_close(Progress *progress) {
        if (progress->note)
                (void)munmap(progress->note, sizeof(ProgressNote)); /* ours */
        progress->note = NULL;
}
