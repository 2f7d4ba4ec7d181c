/* SPDX-License-Identifier: Apache-2.0 */
#include "host/file_system_magic.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"

/* What linux/magic.h has no names for, or not everywhere. */
#define AIO_RING_MAGIC 0xa10a10a1
#define CONFIGFS_MAGIC 0x62656570
#define FUSE_CONTROL_MAGIC 0x65735543
#define GFS2_MAGIC 0x01161970
#define HFS_MAGIC 0x4244
#define HFS_PLUS_MAGIC 0x482b
#define JFS_MAGIC 0x3153464a
#define MQUEUE_MAGIC 0x19800202
#define NFSD_MAGIC 0x6e667364
#define NTFS_MAGIC 0x5346544e
#define NTFS3_MAGIC 0x7366746e
#define ORANGEFS_MAGIC 0x20030528
#define PIDFS_MAGIC 0x50494446
#define RPC_PIPEFS_MAGIC 0x67596969
#define UBIFS_MAGIC 0x24051905
#define VBOXSF_MAGIC 0x786f4256

/* A type has as many rows as numbers. */
/* clang-format off */
static const struct {
        const char *name;
        uint32_t number;
} types[] = {
        { "9p", V9FS_MAGIC },
        { "adfs", ADFS_SUPER_MAGIC },
        { "affs", AFFS_SUPER_MAGIC },
        { "afs", AFS_FS_MAGIC },
        { "afs", AFS_SUPER_MAGIC },
        { "aio", AIO_RING_MAGIC },
        { "anon_inodefs", ANON_INODE_FS_MAGIC },
        { "apparmorfs", AAFS_MAGIC },
        { "autofs", AUTOFS_SUPER_MAGIC },
        { "bdev", BDEVFS_MAGIC },
        { "binder", BINDERFS_SUPER_MAGIC },
        { "binfmt_misc", BINFMTFS_MAGIC },
        { "bpf", BPF_FS_MAGIC },
        { "btrfs", BTRFS_SUPER_MAGIC },
        { "ceph", CEPH_SUPER_MAGIC },
        { "cgroup", CGROUP_SUPER_MAGIC },
        { "cgroup2", CGROUP2_SUPER_MAGIC },
        { "cifs", CIFS_SUPER_MAGIC },
        { "cifs", SMB2_SUPER_MAGIC },
        { "coda", CODA_SUPER_MAGIC },
        { "configfs", CONFIGFS_MAGIC },
        { "cpuset", CGROUP_SUPER_MAGIC },
        { "cramfs", CRAMFS_MAGIC },
        { "dax", DAXFS_MAGIC },
        { "debugfs", DEBUGFS_MAGIC },
        { "devmem", DEVMEM_MAGIC },
        { "devpts", DEVPTS_SUPER_MAGIC },
        { "devtmpfs", TMPFS_MAGIC },
        { "dmabuf", DMA_BUF_MAGIC },
        { "ecryptfs", ECRYPTFS_SUPER_MAGIC },
        { "efivarfs", EFIVARFS_MAGIC },
        { "efs", EFS_SUPER_MAGIC },
        { "erofs", EROFS_SUPER_MAGIC_V1 },
        { "exfat", EXFAT_SUPER_MAGIC },
        { "ext2", EXT2_SUPER_MAGIC },
        { "ext3", EXT3_SUPER_MAGIC },
        { "ext4", EXT4_SUPER_MAGIC },
        { "f2fs", F2FS_SUPER_MAGIC },
        { "fuse", FUSE_SUPER_MAGIC },
        { "fuseblk", FUSE_SUPER_MAGIC },
        { "fusectl", FUSE_CONTROL_MAGIC },
        { "gfs", GFS2_MAGIC },
        { "gfs2", GFS2_MAGIC },
        { "hfs", HFS_MAGIC },
        { "hfsplus", HFS_PLUS_MAGIC },
        { "hostfs", HOSTFS_SUPER_MAGIC },
        { "hpfs", HPFS_SUPER_MAGIC },
        { "hugetlbfs", HUGETLBFS_MAGIC },
        { "iso9660", ISOFS_SUPER_MAGIC },
        { "jffs2", JFFS2_SUPER_MAGIC },
        { "jfs", JFS_MAGIC },
        { "minix", MINIX_SUPER_MAGIC },
        { "minix", MINIX_SUPER_MAGIC2 },
        { "minix", MINIX2_SUPER_MAGIC },
        { "minix", MINIX2_SUPER_MAGIC2 },
        { "minix", MINIX3_SUPER_MAGIC },
        { "mqueue", MQUEUE_MAGIC },
        { "msdos", MSDOS_SUPER_MAGIC },
        { "ncp", NCP_SUPER_MAGIC },
        { "ncpfs", NCP_SUPER_MAGIC },
        { "nfs", NFS_SUPER_MAGIC },
        { "nfs4", NFS_SUPER_MAGIC },
        { "nfsd", NFSD_MAGIC },
        { "nilfs2", NILFS_SUPER_MAGIC },
        { "nsfs", NSFS_MAGIC },
        { "ntfs", NTFS_MAGIC },
        { "ntfs3", NTFS3_MAGIC },
        { "ocfs2", OCFS2_SUPER_MAGIC },
        { "openpromfs", OPENPROM_SUPER_MAGIC },
        { "orangefs", ORANGEFS_MAGIC },
        { "overlay", OVERLAYFS_SUPER_MAGIC },
        { "pidfs", PIDFS_MAGIC },
        { "pipefs", PIPEFS_MAGIC },
        { "proc", PROC_SUPER_MAGIC },
        { "pstore", PSTOREFS_MAGIC },
        { "pvfs2", ORANGEFS_MAGIC },
        { "qnx4", QNX4_SUPER_MAGIC },
        { "qnx6", QNX6_SUPER_MAGIC },
        { "ramfs", RAMFS_MAGIC },
        { "reiserfs", REISERFS_SUPER_MAGIC },
        { "resctrl", RDTGROUP_SUPER_MAGIC },
        { "rpc_pipefs", RPC_PIPEFS_MAGIC },
        { "secretmem", SECRETMEM_MAGIC },
        { "securityfs", SECURITYFS_MAGIC },
        { "selinuxfs", SELINUX_MAGIC },
        { "smackfs", SMACK_MAGIC },
        { "smb3", CIFS_SUPER_MAGIC },
        { "smb3", SMB2_SUPER_MAGIC },
        { "smbfs", SMB_SUPER_MAGIC },
        { "sockfs", SOCKFS_MAGIC },
        { "squashfs", SQUASHFS_MAGIC },
        { "sysfs", SYSFS_MAGIC },
        { "tmpfs", TMPFS_MAGIC },
        { "tracefs", TRACEFS_MAGIC },
        { "ubifs", UBIFS_MAGIC },
        { "udf", UDF_SUPER_MAGIC },
        { "usbdevfs", USBDEVICE_SUPER_MAGIC },
        { "vboxsf", VBOXSF_MAGIC },
        { "vfat", MSDOS_SUPER_MAGIC },
        { "virtiofs", FUSE_SUPER_MAGIC },
        { "xenfs", XENFS_SUPER_MAGIC },
        { "xfs", XFS_SUPER_MAGIC },
        { "zonefs", ZONEFS_MAGIC },
};

static const struct {
        const char *name;
        const char *members; /* with spaces between; a group may hold groups */
} groups[] = {
        { "@anonymous", "anon_inodefs pipefs sockfs" },
        { "@application", "aio autofs fuse overlay" },
        { "@auxiliary-api", "binfmt_misc configfs efivarfs fusectl hugetlbfs rpc_pipefs securityfs" },
        { "@basic-api", "cgroup cgroup2 devpts devtmpfs mqueue proc sysfs" },
        { "@common-block", "btrfs erofs exfat ext4 f2fs iso9660 ntfs3 squashfs udf vfat xfs" },
        { "@historical-block", "ext2 ext3 minix" },
        { "@known", "@anonymous @application @auxiliary-api @basic-api @common-block @historical-block @network "
                    "@privileged-api @security @temporary" },
        { "@network", "afs ceph cifs gfs gfs2 ncp ncpfs nfs nfs4 ocfs2 orangefs pvfs2 smb3 smbfs" },
        { "@privileged-api", "bpf debugfs pstore tracefs" },
        { "@security", "apparmorfs selinuxfs smackfs" },
        { "@temporary", "ramfs tmpfs" },
};
/* clang-format on */

static int add_number(FileSystemMagics *magics, uint32_t number) {
        for (unsigned i = 0; i < magics->n; i++)
                if (magics->numbers[i] == number)
                        return 0;
        if (magics->n == FILE_SYSTEM_MAGICS_MAX)
                return err_new(-E2BIG);
        magics->numbers[magics->n++] = number;
        return 0;
}

static int add_type(FileSystemMagics *magics, Str name) {
        bool is_known = false;

        for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
                if (!str_equal_c(name, types[i].name))
                        continue;
                int r = add_number(magics, types[i].number);
                if (r < 0)
                        return err_pass(r);
                is_known = true;
        }
        return is_known ? 0 : err_new(-ENOENT);
}

static const char *members_of(Str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
                if (str_equal_c(name, groups[i].name))
                        return groups[i].members;
        return NULL;
}

static int add(FileSystemMagics *magics, Str name) {
        const char *members = members_of(name);
        Str rest = str_of(members), member;

        if (!members)
                return err_pass(add_type(magics, name));
        while (str_next_word(&rest, &member)) {
                int r = add(magics, member); /* groups hold no groups but one does */
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

int file_system_magics_add(FileSystemMagics *magics, const char *name) {
        return err_pass(add(magics, str_of(name)));
}
