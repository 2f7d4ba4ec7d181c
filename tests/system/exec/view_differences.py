# SPDX-License-Identifier: Apache-2.0
"""Where a service of tend may see something else than one of systemd 252, and why: which samples (a pattern of their settings),
which lines (a pattern of what either sees), the reason."""

import re

ANY = ".*"  # the sample fails under one of them, so that all lines differ

# fmt: off
KNOWN = (
    ("CPUScheduling.*(fifo|rr)", ANY, "where the kernel refuses real time in a container, tend says so and runs the service"),
    ("CPUSchedulingResetOnFork=yes$", "policy:", "252 forgets it where no policy is set"),
    ("IPCNamespacePath=/opt/absent", ANY, "252 starts the service outside of the name space that it should be in"),
    ("LogNamespace=", ANY, "tend has no journal of its own for a name space; systemd waits for a service that is not there"),
    ("ConfigurationDirectory=", "(left|path) /etc/", "systemd.exec(5): these belong to root; 252 gives away those that it makes"),
    ("(ProtectHome=tmpfs|RootDirectory)", "(path|mount) /(home|root|run)[ /:]|path /run/user", "252 forgets the options of its own file systems in memory, which everybody may write then"),
    ("PrivateDevices=yes", "path /dev/char:", "systemd's links by number"),
    ("ExecStart=[!+]|PermissionsStartOnly", "Groups:", "252 leaves the groups of the user to a command that is run as root"),
    ("ExecStart=[!+]|PermissionsStartOnly", "limit 7:", "252 gives its own limit of descriptors to a command that is run as root"),
    ("ExecStart=\\+|RootDirectoryStartOnly", "namespace mnt|mount /|path /var/lib/.*DYNAMIC", "252 makes a name space in which nothing is mounted for such a command"),
    ("DynamicUser=yes.User=games", "env: HOME", "a user that exists has a home, as with User="),
    ("NoExecPaths=/opt.ExecPaths=/opt/view.ReadOnly", "mount /opt/view", "252 makes writable again what may be executed"),
    ("TemporaryFileSystem=/opt/data.NoExecPaths=/opt/data", "(path|mount) /opt/data", "252 shows what should be covered"),
    ("DynamicUser=yes.StateDirectory=%p.TemporaryFileSystem", "path /var/lib/", "the link is not made in the empty directory; $STATE_DIRECTORY is there under private/"),
    ("ProtectKernelTunables|ProtectControlGroups|ProtectProc", "(path|mount) /proc", "252 mounts /proc anew and undoes with it what the container has closed"),
    ("StandardInput(Text|Data)|StandardInput=data", "descriptor 0|path /dev/stdin", "of systemd's memory file the descriptor can be written to"),
    ("LoadCredential|SetCredential", "mount /run/credentials", "no symbolic links are followed there"),
    ("StandardOutput=(inherit|journal\\+console)", "env: (TERM|JOURNAL_STREAM)|descriptor [12]|path /dev/std", "systemd's own stdout is known to it; TERM is the console's"),
)
# fmt: on


def is_known(settings, line):
    return any(re.search(sample, settings) and re.match(lines, line) for sample, lines, _ in KNOWN)
