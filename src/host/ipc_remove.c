/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ipc_remove.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"

#define TABLE_MAX (16 * 1024 * 1024)
#define DEPTH_MAX 64 /* of directories in /dev/shm; who makes more keeps them */

static bool is_owned(uid_t uid, gid_t gid, uid_t owner, gid_t group) {
        return (uid != IPC_NOBODY && uid != 0 && owner == uid) ||
               (gid != (gid_t)-1 && gid != 0 && group == gid);
}

/* --- System V --------------------------------------------------------------------------------- */

static void remove_memory(int id) {
        (void)shmctl(id, IPC_RMID, NULL); /* somebody may have been faster, as with the others */
}

static void remove_semaphores(int id) {
        (void)semctl(id, 0, IPC_RMID);
}

static void remove_queue(int id) {
        (void)msgctl(id, IPC_RMID, NULL);
}

/* Tables of proc(5): the second column is the id, uid and gid stand at a place of their own. */
static const struct {
        const char *path;
        unsigned uid_column, gid_column;
        void (*remove)(int id);
} tables[] = {
        { "/proc/sysvipc/shm", 7, 8, remove_memory },
        { "/proc/sysvipc/sem", 4, 5, remove_semaphores },
        { "/proc/sysvipc/msg", 7, 8, remove_queue },
};

static void remove_line(unsigned table, Str line, uid_t uid, gid_t gid) {
        uint32_t id = UINT32_MAX, owner = 0, group = 0;
        Str word;

        for (unsigned column = 0; str_next_word(&line, &word); column++) {
                uint32_t number;
                if (parse_u32(word, &number) < 0)
                        continue; /* the heading, or a key below zero */
                if (column == 1)
                        id = number;
                if (column == tables[table].uid_column)
                        owner = number;
                if (column == tables[table].gid_column)
                        group = number;
        }
        if (id <= INT32_MAX && is_owned(uid, gid, owner, group))
                tables[table].remove((int)id);
}

static void remove_listed(unsigned table, uid_t uid, gid_t gid) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        Str rest, line;

        if (file_read(tables[table].path, TABLE_MAX, &text, &length, NULL) < 0)
                return; /* the kernel has none of these */
        rest = (Str){ text, length };
        while (rest.length > 0 && str_next_part(&rest, '\n', &line))
                remove_line(table, line, uid, gid);
}

/* --- POSIX ------------------------------------------------------------------------------------ */

/* Whose files go. */
typedef struct Owner {
        uid_t uid;
        gid_t gid;
} Owner;

static void remove_files(int fd, const Owner *owner, unsigned depth);

static void
remove_file(int directory, const struct dirent *entry, const Owner *owner, unsigned depth) {
        struct stat st;

        if (streq(entry->d_name, ".") || streq(entry->d_name, "..") ||
            fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !is_owned(owner->uid, owner->gid, st.st_uid, st.st_gid))
                return;
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
                remove_files(openat(directory,
                                    entry->d_name,
                                    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
                             owner,
                             depth + 1);
        (void)unlinkat(directory, entry->d_name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
}

/* Takes the descriptor. */
static void remove_files(int fd, const Owner *owner, unsigned depth) {
        DIR *directory = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (!directory) {
                (void)fd_close(fd); /* always -1 */
                return;
        }
        while ((entry = readdir(directory)))
                remove_file(dirfd(directory), entry, owner, depth);
        (void)closedir(directory); /* read only */
}

void ipc_remove(uid_t uid, gid_t gid) {
        static const char *const places[] = { "/dev/shm", "/dev/mqueue" };
        const Owner owner = { uid, gid };

        for (unsigned i = 0; i < ARRAY_LENGTH(tables); i++)
                remove_listed(i, uid, gid);
        for (unsigned i = 0; i < ARRAY_LENGTH(places); i++)
                remove_files(open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
                             &owner,
                             0);
}
