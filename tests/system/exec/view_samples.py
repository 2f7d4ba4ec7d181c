# SPDX-License-Identifier: Apache-2.0
"""Services whose view of themselves is compared with what they see under the real systemd: the settings of [Service] in
lines, a bar between two of them. Where no command is given it is VIEW, and where no StandardOutput= is given it is the file that
is compared. `%p` is the name of the unit, so that what one sample makes is not found by another."""

VIEW = "/opt/view/self_view"
SEEN = "/opt/view/seen"
TO_FILE = f"{VIEW} -o {SEEN}/%p"  # for those whose stdout goes elsewhere

# What the samples speak of; run in both containers before.
SETUP = f"""
mount --make-rshared /
mkdir -p {SEEN} /opt/data/sub /opt/data/tree/deep /opt/other /opt/root/opt /opt/root/tmp /opt/root/etc /opt/root/proc /opt/root/run /opt/root/root /opt/root/home /opt/root/usr /opt/root/var/tmp /opt/root/var/lib /opt/root/dev /opt/root/sys /opt/root/new/data /opt/root/opt/view /opt/tree /run/user
mount -o remount,bind,nosuid,nodev,noexec /sys/fs/cgroup
chmod 1777 {SEEN} /opt/root/tmp
echo one >/opt/data/one; echo two >/opt/data/sub/two; echo deep >/opt/data/tree/deep/three; mkdir /opt/other/sub; echo other >/opt/other/file; echo mine >/opt/other/sub/mine
printf 'A=file\\n# comment\\nB="quoted words" \\nC=con\\\\\\ntinued\\nbad line\\n1X=bad\\nD=a\\\\tb\\n; more\\nE= \\n F=indented\\nA=again\\nG=$A\\n' >/opt/data/env
printf 'A=second\\nH=h' >/opt/data/env2
ln -s /opt/data /opt/link; ln -s nowhere /opt/dangling; ln -s /opt/root /opt/rootlink
mkdir -p /etc/credstore /run/credstore; echo stored >/etc/credstore/stored; echo socketless >/opt/data/secret; chmod 600 /opt/data/secret
printf 'root:x:0:0::/root:/bin/sh\\nin-root:x:4711:4711::/opt:/bin/sh\\n' >/opt/root/etc/passwd
printf 'root:x:0:\\nin-root:x:4711:\\nmore:x:4712:in-root\\n' >/opt/root/etc/group
mkdir -p /srv/view; chmod 700 /srv/view
for name in stdin:0 stdout:1 stderr:2; do ln -sf /proc/self/fd/${{name#*:}} /dev/${{name%:*}}; done
mkdir -p /dev/mqueue; mkdir -p /home/view /root/view; echo mine >/home/view/file
printf '#!/bin/sh\\nexit 0\\n' >/opt/data/script; chmod 755 /opt/data/script
printf 'exit 0\\n' >/opt/data/no-interpreter; chmod 755 /opt/data/no-interpreter
printf '#!/absent/interpreter\\n' >/opt/data/bad-interpreter; chmod 755 /opt/data/bad-interpreter
"""

FILES = "/tmp/ /var/tmp /home/ /root /run/user /etc/passwd /usr/bin/true /boot /opt/data/ /opt/data/sub/ /opt/other/ /dev/ /sys/fs/cgroup /proc/sys/kernel /proc/sysrq-trigger /proc/kmsg /proc/1 /proc/meminfo"

IDENTITY = """
|
User=nobody
User=65534
User=daemon|Group=games
Group=games
Group=4711
User=4711
User=4711|Group=4712
User=absent-user
Group=absent-group
User=nobody|SupplementaryGroups=audio games
User=nobody|SupplementaryGroups=audio|SupplementaryGroups=|SupplementaryGroups=video
SupplementaryGroups=audio 4711
SupplementaryGroups=absent-group
SupplementaryGroups=audio video
User=games|WorkingDirectory=~
User=games|WorkingDirectory=-~
User=root
User=root|Group=root
User=0
DynamicUser=yes
DynamicUser=yes|User=nobody
DynamicUser=yes|User=games|Group=audio
DynamicUser=yes|User=view-%p
DynamicUser=yes|User=view-%p|Group=view2-%p
DynamicUser=yes|SupplementaryGroups=audio
DynamicUser=yes|StateDirectory=%p|RuntimeDirectory=%p|CacheDirectory=%p|LogsDirectory=%p|ConfigurationDirectory=%p
DynamicUser=yes|StateDirectory=%p/deep/er|StateDirectoryMode=0700
DynamicUser=yes|PrivateTmp=no|ProtectHome=no|ProtectSystem=no
DynamicUser=yes|ProtectSystem=full|RemoveIPC=no
DynamicUser=yes|NoNewPrivileges=no
PrivateUsers=yes
PrivateUsers=yes|User=nobody
PrivateUsers=yes|User=4711|Group=4712
PrivateUsers=yes|CapabilityBoundingSet=CAP_CHOWN
PrivateUsers=yes|DynamicUser=yes
"""

RIGHTS = """
CapabilityBoundingSet=CAP_CHOWN CAP_KILL
CapabilityBoundingSet=
CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_NET_ADMIN
CapabilityBoundingSet=CAP_CHOWN|CapabilityBoundingSet=CAP_KILL
CapabilityBoundingSet=CAP_CHOWN CAP_KILL|CapabilityBoundingSet=~CAP_KILL
CapabilityBoundingSet=CAP_CHOWN|CapabilityBoundingSet=
CapabilityBoundingSet=~
User=nobody|CapabilityBoundingSet=CAP_CHOWN CAP_KILL
User=nobody|AmbientCapabilities=CAP_NET_BIND_SERVICE
User=nobody|AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_CHOWN|CapabilityBoundingSet=CAP_CHOWN
User=nobody|AmbientCapabilities=CAP_CHOWN|SecureBits=keep-caps
User=nobody|AmbientCapabilities=~CAP_CHOWN
User=nobody|AmbientCapabilities=CAP_CHOWN|NoNewPrivileges=yes
AmbientCapabilities=CAP_CHOWN
DynamicUser=yes|AmbientCapabilities=CAP_NET_ADMIN
SecureBits=noroot
SecureBits=noroot-locked no-setuid-fixup
SecureBits=keep-caps-locked
User=nobody|SecureBits=keep-caps
User=nobody|SecureBits=noroot no-setuid-fixup-locked|AmbientCapabilities=CAP_KILL
NoNewPrivileges=yes
User=nobody|NoNewPrivileges=yes
KeyringMode=inherit
KeyringMode=private
KeyringMode=shared
User=nobody|KeyringMode=private
User=nobody|KeyringMode=shared
User=nobody|KeyringMode=inherit
UMask=0077
UMask=0
UMask=7777
RestrictSUIDSGID=yes
User=nobody|RestrictSUIDSGID=yes
MemoryDenyWriteExecute=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictNamespaces=uts user
RestrictNamespaces=~uts
RestrictNamespaces=no
RestrictAddressFamilies=AF_UNIX
RestrictAddressFamilies=~AF_INET AF_PACKET
RestrictAddressFamilies=none
RestrictAddressFamilies=AF_UNIX|RestrictAddressFamilies=~AF_UNIX
RestrictAddressFamilies=AF_INET AF_INET6|RestrictAddressFamilies=
Personality=x86
Personality=x86-64
Personality=arm64
SystemCallArchitectures=native
SystemCallArchitectures=x86
SystemCallArchitectures=native x86
SystemCallFilter=@system-service
SystemCallFilter=@system-service|SystemCallErrorNumber=EPERM
SystemCallFilter=~@mount|SystemCallErrorNumber=ENOMEM
SystemCallFilter=~umount2:EIO sysinfo:EXDEV @keyring:13
SystemCallFilter=~sysinfo
SystemCallFilter=~sysinfo|SystemCallErrorNumber=kill
SystemCallFilter=~sysinfo:kill
SystemCallFilter=~@clock @module|SystemCallFilter=~@resources:EBUSY|SystemCallErrorNumber=EACCES
SystemCallFilter=@basic-io
SystemCallFilter=~execve
SystemCallFilter=@known|SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service|SystemCallFilter=~@privileged @resources|SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service umount2:EBUSY|SystemCallErrorNumber=EPERM
SystemCallFilter=~absent_call sysinfo|SystemCallErrorNumber=EPERM
SystemCallFilter=~sysinfo|SystemCallFilter=|SystemCallErrorNumber=EPERM
SystemCallLog=sysinfo
SystemCallLog=~@system-service
User=nobody|SystemCallFilter=~sysinfo:EIO
User=nobody|SystemCallFilter=~sysinfo:EIO|NoNewPrivileges=no
User=nobody|AmbientCapabilities=CAP_SYS_ADMIN|SystemCallFilter=~sysinfo:EIO
"""

LIMITS = """
LimitNOFILE=100
LimitNOFILE=100:200
LimitNOFILE=infinity
LimitCORE=0|LimitFSIZE=1G|LimitSTACK=1M:2M|LimitAS=infinity
LimitCPU=10|LimitDATA=1G|LimitRSS=10M|LimitNPROC=1000
LimitMEMLOCK=1M|LimitLOCKS=5|LimitSIGPENDING=10|LimitMSGQUEUE=1K
LimitNICE=+5|LimitRTPRIO=3|LimitRTTIME=5ms
LimitNICE=10:20|LimitCPU=1min:2min
User=nobody|LimitNOFILE=200:100
Nice=5
Nice=-5
Nice=19|User=nobody
Nice=-20|User=nobody
OOMScoreAdjust=100
OOMScoreAdjust=-1000
User=nobody|OOMScoreAdjust=-500
IOSchedulingClass=idle
IOSchedulingClass=best-effort|IOSchedulingPriority=7
IOSchedulingClass=realtime|IOSchedulingPriority=2
IOSchedulingPriority=1
IOSchedulingClass=none
CPUSchedulingPolicy=batch
CPUSchedulingPolicy=idle|Nice=3
CPUSchedulingPolicy=fifo
CPUSchedulingPolicy=fifo|CPUSchedulingPriority=7
CPUSchedulingPolicy=rr|CPUSchedulingPriority=99|CPUSchedulingResetOnFork=yes
CPUSchedulingResetOnFork=yes
CPUSchedulingPriority=5
CPUSchedulingPriority=5|CPUSchedulingPolicy=rr
CPUSchedulingPolicy=batch|User=nobody|Nice=-3
CPUAffinity=0
CPUAffinity=1 0
CPUAffinity=0|CPUAffinity=
CPUAffinity=900
NUMAPolicy=interleave|NUMAMask=0
NUMAPolicy=local
NUMAPolicy=bind|NUMAMask=0
TimerSlackNSec=1ms
CoredumpFilter=0x3
CoredumpFilter=default all
IgnoreSIGPIPE=no
"""

ENVIRONMENT = f"""
Environment=A=1 "B=two words" C=
Environment=A=1|Environment=A=2
Environment=A=1|Environment=|Environment=B=2
Environment=A=%n B=$A C=${{A}}
Environment="A=say \\"hi\\"" 'B=x\\ty'
Environment=1A=bad A-B=bad =bad good=1
EnvironmentFile=/opt/data/env
EnvironmentFile=/opt/data/env|EnvironmentFile=/opt/data/env2|Environment=A=first
EnvironmentFile=/opt/data/env*
EnvironmentFile=/opt/absent
EnvironmentFile=-/opt/absent
EnvironmentFile=/opt/absent*
EnvironmentFile=-/opt/data/env2|EnvironmentFile=
PassEnvironment=container HOME absent
PassEnvironment=container|Environment=container=mine
UnsetEnvironment=PATH LANG
Environment=A=1 B=2|UnsetEnvironment=A B=3
Environment=A=1 B=2|UnsetEnvironment=A=1 B=3
EnvironmentFile=/opt/data/env|UnsetEnvironment=A INVOCATION_ID
ExecSearchPath=/opt/view:/usr/bin|ExecStart=self_view
ExecSearchPath=/absent|ExecStart=self_view
ExecSearchPath=/opt/view|Environment=PATH=/mine|ExecStart=self_view
Environment=A=one\\x20two B=b|ExecStart={VIEW} -a $A -a ${{A}} -a "$B" -a x${{B}}y -a $C -a ${{C}} -a $$A
Environment="A=one two"|ExecStart=:{VIEW} -a $A -a ${{A}}
ExecStart=@{VIEW} another-name -a a\\x20b -a "it's" -a 'say "x"' -a \\101
ExecStart={VIEW} -a %n -a %% -a %u -a %U -a %h -a %t -a %S -a %C -a %L -a %E -a %i -a %N -a %p -a %P -a %j -a %J -a %s -a %g -a %G -a %T -a %V -a %d
User=nobody|ExecStart={VIEW} -a %u -a %U -a %h -a %s -a %g -a %G
User=nobody|Environment=HOME=/mine USER=me SHELL=/x LOGNAME=who
User=games
User=4711
WorkingDirectory=/opt/data
WorkingDirectory=/opt/absent
WorkingDirectory=-/opt/absent
WorkingDirectory=~
WorkingDirectory=/opt/data/one
WorkingDirectory=/srv/view|User=nobody
WorkingDirectory=-/srv/view|User=nobody
WorkingDirectory=/opt/link/sub
WorkingDirectory=/opt/data|WorkingDirectory=
UtmpIdentifier=abc
SyslogIdentifier=abc|SyslogFacility=mail|SyslogLevel=debug|SyslogLevelPrefix=no
WatchdogSec=100
NotifyAccess=all
Type=notify|NotifyAccess=main|TimeoutStartSec=50
LogNamespace=absent
LogExtraFields=A=b
"""

DIRECTORIES = """
RuntimeDirectory=%p
RuntimeDirectory=%p|RuntimeDirectoryMode=0750|User=nobody
RuntimeDirectory=%p/a %p/b|RuntimeDirectoryPreserve=yes
RuntimeDirectory=%p|RuntimeDirectoryPreserve=restart|Group=games
RuntimeDirectory=%p:%p-link
RuntimeDirectory=%p:%p-link:bad
StateDirectory=%p|User=nobody|StateDirectoryMode=0700
StateDirectory=%p/deep %p-two|CacheDirectory=%p|LogsDirectory=%p|ConfigurationDirectory=%p|User=nobody|Group=games
StateDirectory=%p:%p-link
StateDirectory=%p:%p-link %p:%p-dir/link2
LogsDirectory=%p:%p-a:%p-b
CacheDirectory=%p:%p-link|User=nobody
ConfigurationDirectory=%p:%p-link
StateDirectory=../bad
StateDirectory=/absolute
StateDirectory=%p|StateDirectoryMode=0755|UMask=0077
StateDirectory=%p|StateDirectoryMode=2770
StateDirectory=%p|ProtectSystem=strict
RuntimeDirectory=%p|StateDirectory=%p|CacheDirectory=%p|LogsDirectory=%p|ProtectSystem=strict|User=nobody
ConfigurationDirectory=%p|ProtectSystem=full
ConfigurationDirectory=%p|ConfigurationDirectoryMode=0700|User=nobody
StateDirectory=%p|ReadOnlyPaths=/var/lib
StateDirectory=%p|TemporaryFileSystem=/var/lib
StateDirectory=%p|InaccessiblePaths=/var/lib/%p
DynamicUser=yes|StateDirectory=%p:%p-link
DynamicUser=yes|StateDirectory=%p|TemporaryFileSystem=/var/lib
DynamicUser=yes|RuntimeDirectory=%p|RuntimeDirectoryPreserve=yes
DynamicUser=yes|CacheDirectory=%p|ReadWritePaths=/var/cache
RuntimeDirectory=%p|PrivateTmp=yes|PrivateDevices=yes
TimeoutCleanSec=5|CacheDirectory=%p|CacheDirectoryMode=0
"""

MOUNTS = f"""
PrivateTmp=yes
PrivateTmp=yes|User=nobody
PrivateTmp=yes|BindPaths=/opt/data:/tmp/%p
PrivateTmp=yes|ReadOnlyPaths=/
PrivateTmp=yes|InaccessiblePaths=/tmp
PrivateTmp=yes|TemporaryFileSystem=/tmp
PrivateTmp=yes|ReadOnlyPaths=/tmp
PrivateTmp=yes|NoExecPaths=/tmp
BindPaths=/opt/data:/opt/other|ReadOnlyPaths=/opt/other
BindPaths=/opt/data:/opt/other|NoExecPaths=/opt/other
TemporaryFileSystem=/opt/data|NoExecPaths=/opt/data
TemporaryFileSystem=/opt/data|BindPaths=/opt/other:/opt/data
ReadOnlyPaths=/opt/data|NoExecPaths=/opt/data
BindPaths=/opt/data:/opt/other|ReadOnlyPaths=/opt/other/sub
BindPaths=/opt/data:/opt/other|NoExecPaths=/opt/other/tree
BindReadOnlyPaths=/opt/data:/opt/other|ReadWritePaths=/opt/other/sub
BindPaths=/opt/data:/opt/other|InaccessiblePaths=/opt/other/sub
TemporaryFileSystem=/opt/data|InaccessiblePaths=/opt/data/sub
TemporaryFileSystem=/opt/data|ReadOnlyPaths=-/opt/data/sub
ProtectHome=tmpfs|ReadWritePaths=/home
BindReadOnlyPaths=/opt/tree:/opt/other|BindPaths=/opt/data/one:/opt/other/%p-file
PrivateMounts=yes
PrivateMounts=yes|MountFlags=shared
MountFlags=slave
MountFlags=private
MountFlags=shared
ProtectSystem=yes
ProtectSystem=full
ProtectSystem=strict
ProtectSystem=strict|ReadWritePaths=/opt/data /absent
ProtectSystem=strict|ReadWritePaths=-/opt/absent -/opt/data
ProtectSystem=strict|ReadWritePaths=/opt/link
ProtectSystem=strict|PrivateTmp=yes|ReadWritePaths=/var
ProtectSystem=full|ReadWritePaths=/usr/local
ProtectSystem=strict|StateDirectory=%p|ReadWritePaths=/opt|ReadOnlyPaths=/opt/data
ProtectHome=yes
ProtectHome=read-only
ProtectHome=tmpfs
ProtectHome=tmpfs|BindReadOnlyPaths=/opt/data:/home/data
ProtectHome=tmpfs|BindPaths=/home/view
ProtectHome=yes|ReadWritePaths=/home/view
ProtectHome=yes|WorkingDirectory=/root
ProtectHome=yes|WorkingDirectory=-/root
ProtectSystem=strict|ProtectHome=yes|PrivateTmp=yes|PrivateDevices=yes
ReadOnlyPaths=/opt/data
ReadOnlyPaths=/opt/absent
ReadOnlyPaths=-/opt/absent
ReadOnlyPaths=+/opt/data
ReadOnlyPaths=/opt/dangling
ReadOnlyPaths=-/opt/dangling
ReadOnlyPaths=/|ReadWritePaths=/opt/data|InaccessiblePaths=/opt/data/sub
ReadOnlyPaths=/opt|ReadWritePaths=/opt/data|ReadOnlyPaths=/opt/data/sub
ReadOnlyPaths=/opt/data|ReadOnlyPaths=|ReadOnlyPaths=/opt/other
InaccessiblePaths=/opt/data
InaccessiblePaths=/opt/data/one /opt/other /dev/null /run/systemd/private
InaccessiblePaths=-/opt/absent
InaccessiblePaths=/opt/absent
InaccessiblePaths=/opt/data|ReadWritePaths=/opt/data/sub
InaccessiblePaths=/opt/data|BindPaths=/opt/other:/opt/data/sub
ReadWritePaths=/opt/data
NoExecPaths=/|ExecPaths=/opt/view /usr
NoExecPaths=/opt/data
NoExecPaths=/|ExecPaths=/usr
NoExecPaths=/opt|ExecPaths=/opt/view|ReadOnlyPaths=/opt
NoExecPaths=-/absent /opt/other|ExecPaths=-/absent
BindPaths=/opt/data:/opt/other
BindPaths=/opt/data:/opt/new/deep/er
BindPaths=/opt/data/one:/opt/%p-file
BindPaths=/opt/absent:/opt/other
BindPaths=-/opt/absent:/opt/other
BindPaths=/opt/data:/opt/other:norbind
BindPaths=/opt/data:/opt/other:rbind
BindReadOnlyPaths=/opt/data:/opt/other
BindReadOnlyPaths=/opt/data /opt/other
BindReadOnlyPaths=/opt/link:/opt/other
BindPaths=/opt/data:/opt/link
BindReadOnlyPaths=/opt/data:/opt/other|BindPaths=/opt/data/sub:/opt/other/tree
BindReadOnlyPaths=/sys:/opt/other
BindPaths=/opt/data:/opt/other|BindPaths=
TemporaryFileSystem=/opt/data
TemporaryFileSystem=/opt/data:ro
TemporaryFileSystem=/opt/data:size=1M,mode=0700,noexec
TemporaryFileSystem=/opt/data:ro,nodev,strictatime
TemporaryFileSystem=/opt/data|BindReadOnlyPaths=/opt/other:/opt/data/other
TemporaryFileSystem=/opt/data:ro|BindReadOnlyPaths=/opt/data/sub
TemporaryFileSystem=/opt/data|ReadOnlyPaths=/opt/data
TemporaryFileSystem=/opt/fresh/deep
TemporaryFileSystem=/opt/data:bad-option
TemporaryFileSystem=/var:ro|StateDirectory=%p|BindReadOnlyPaths=/var/log
PrivateDevices=yes
PrivateDevices=yes|User=nobody
PrivateDevices=yes|CapabilityBoundingSet=CAP_MKNOD CAP_CHOWN
PrivateDevices=yes|BindPaths=/opt/data/one:/dev/%p
PrivateDevices=yes|SystemCallFilter=@system-service @raw-io|SystemCallErrorNumber=EPERM
ProtectKernelTunables=yes
ProtectKernelTunables=yes|ReadWritePaths=/proc/sys/kernel
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectHostname=yes|User=nobody
ProtectKernelTunables=yes|ProtectKernelModules=yes|ProtectKernelLogs=yes|ProtectControlGroups=yes|ProtectClock=yes|ProtectHostname=yes|User=nobody
ProtectProc=invisible|User=nobody
ProtectProc=noaccess|User=nobody
ProtectProc=ptraceable|User=nobody
ProtectProc=invisible
ProcSubset=pid
ProcSubset=pid|ProtectProc=invisible|User=nobody
ProcSubset=pid|ProtectKernelTunables=yes
MountAPIVFS=yes
PrivateNetwork=yes
PrivateNetwork=yes|RestrictAddressFamilies=AF_UNIX
PrivateIPC=yes
PrivateUsers=yes|ProtectSystem=strict|PrivateTmp=yes
NetworkNamespacePath=/proc/1/ns/net
NetworkNamespacePath=/opt/absent
NetworkNamespacePath=/opt/data/one
IPCNamespacePath=/proc/1/ns/ipc
IPCNamespacePath=/opt/absent
RootDirectory=/opt/root
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|MountAPIVFS=yes
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|MountAPIVFS=no
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|MountAPIVFS=yes|PrivateDevices=yes|ProtectSystem=strict|PrivateTmp=yes
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|User=in-root
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|User=4711|WorkingDirectory=/tmp
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|StateDirectory=%p|RuntimeDirectory=%p
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|DynamicUser=yes|StateDirectory=%p
RootDirectory=/opt/rootlink|BindReadOnlyPaths=/opt/view
RootDirectory=/opt/absent
RootDirectory=-/opt/absent
RootDirectory=/
RootDirectory=/opt/root|BindPaths=/opt/view /opt/data:/new/data|TemporaryFileSystem=/tmp
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|WorkingDirectory=/opt/data
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|ReadOnlyPaths=/etc +/opt/data|InaccessiblePaths=-/opt/absent
RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|ProtectProc=invisible|ProtectKernelTunables=yes|MountAPIVFS=yes
RootImage=/opt/absent
"""

CREDENTIALS = """
SetCredential=a:one
SetCredential=a:one|SetCredential=b:two|User=nobody
LoadCredential=a:/opt/data/secret
LoadCredential=a:/opt/data/secret|User=nobody
LoadCredential=a:/opt/data/secret|SetCredential=a:default
LoadCredential=a:/opt/absent|SetCredential=a:default
LoadCredential=a:/opt/absent
LoadCredential=stored
LoadCredential=absent-name
LoadCredential=tree:/opt/data/tree
LoadCredential=a:/opt/data/secret|PrivateMounts=yes|ProtectSystem=strict
LoadCredential=a:/opt/data/secret|DynamicUser=yes
SetCredential=a:one|Environment=WHERE=%d
SetCredential=a:one|RootDirectory=/opt/root|BindReadOnlyPaths=/opt/view|MountAPIVFS=yes
"""

STREAMS = f"""
StandardOutput=null|ExecStart={TO_FILE}
StandardOutput=journal|ExecStart={TO_FILE}
StandardOutput=inherit|ExecStart={TO_FILE}
StandardOutput=kmsg|ExecStart={TO_FILE}
StandardOutput=journal+console|ExecStart={TO_FILE}
StandardOutput=tty|TTYPath=/dev/absent|ExecStart={TO_FILE}
StandardOutput=file:/opt/view/%p-out|ExecStart={TO_FILE}
StandardOutput=truncate:/opt/view/%p-out|StandardError=inherit|ExecStart={TO_FILE}
StandardOutput=append:/opt/view/%p-out|StandardError=append:/opt/view/%p-err|ExecStart={TO_FILE}
StandardOutput=append:/opt/view/%p-out|StandardError=append:/opt/view/%p-out|ExecStart={TO_FILE}
StandardOutput=append:/opt/view/%p-out|User=nobody|UMask=0077|ExecStart={TO_FILE}
StandardOutput=file:/opt/absent/out|ExecStart={TO_FILE}
StandardOutput=fd:absent|ExecStart={TO_FILE}
StandardInput=file:/opt/data/one
StandardInput=file:/opt/absent
StandardInput=file:/opt/data/one|StandardOutput=file:/opt/data/one|ExecStart={TO_FILE}
StandardInput=data|StandardInputText=hello %n
StandardInput=data|StandardInputData=aGVsbG8K
StandardInputText=implied
StandardInput=null|StandardError=null
StandardInput=socket
StandardInput=tty|TTYPath=/dev/absent
StandardInput=fd:absent
StandardError=journal
StandardError=file:/opt/view/%p-err
StandardError=kmsg
StandardError=inherit
"""

COMMANDS = f"""
ExecStart=-{VIEW} -e 7
ExecStart={VIEW} -e 7
ExecStart={VIEW} -e 7|SuccessExitStatus=7
ExecStart={VIEW} -e 7|RemainAfterExit=yes|SuccessExitStatus=5-9
ExecStart=+{VIEW}|User=nobody|NoNewPrivileges=yes|PrivateTmp=yes|ProtectSystem=strict|SystemCallFilter=~sysinfo
ExecStart=!{VIEW}|User=nobody|CapabilityBoundingSet=CAP_CHOWN|PrivateTmp=yes|UMask=0027
ExecStart=!!{VIEW}|User=nobody|AmbientCapabilities=CAP_CHOWN
ExecStart=!{VIEW}|User=nobody|AmbientCapabilities=CAP_CHOWN|SupplementaryGroups=audio
ExecStart=+{VIEW}|DynamicUser=yes|StateDirectory=%p
ExecStart=+{VIEW}|PrivateNetwork=yes|ProtectHostname=yes|PrivateIPC=yes|KeyringMode=private
ExecStart=+{VIEW}|RootDirectory=/opt/root
ExecStart=+{VIEW}|LimitNOFILE=77|Nice=4|CPUSchedulingPolicy=batch|OOMScoreAdjust=7|User=nobody|Environment=A=1
ExecStart=+{VIEW}|User=nobody|WorkingDirectory=/opt/data|RuntimeDirectory=%p|UMask=0077
ExecStart=@-:{VIEW} name -e 3
ExecStart=/opt/absent
ExecStart=-/opt/absent
ExecStart=/opt/data
ExecStart=/opt/data/one
ExecStart=/opt/data/script
ExecStart=/opt/data/no-interpreter
ExecStart=/opt/data/bad-interpreter
ExecStart=absent-program
ExecStart=/opt/absent|NoNewPrivileges=yes|ProtectSystem=strict
ExecStart={VIEW}|ExecStart={VIEW} -e 4|ExecStart={VIEW}
ExecStartPre={VIEW} -a pre|ExecStart={VIEW}|ExecStartPost={VIEW} -a post|PrivateTmp=yes
ExecStartPre={VIEW} -e 3|ExecStart={VIEW}|ExecStopPost={VIEW} -a stopped
ExecStartPre=-{VIEW} -e 3|ExecStart={VIEW}|ExecStopPost={VIEW} -a stopped
ExecStart={VIEW} -e 3|ExecStopPost={VIEW} -a stopped
ExecCondition={VIEW} -e 1|ExecStart={VIEW}
ExecCondition={VIEW} -e 255|ExecStart={VIEW}
ExecStart={VIEW}|ExecStop={VIEW} -a stop|ExecStopPost={VIEW} -a stopped|RuntimeDirectory=%p
PermissionsStartOnly=yes|User=nobody|ExecStartPre={VIEW} -a pre|ExecStart={VIEW}
RootDirectoryStartOnly=yes|RootDirectory=/opt/root|ExecStartPre={VIEW} -a pre|ExecStart=/absent
"""

GROUPS = {
    "identity": IDENTITY,
    "rights": RIGHTS,
    "limits": LIMITS,
    "environment": ENVIRONMENT,
    "directories": DIRECTORIES,
    "mounts": MOUNTS,
    "credentials": CREDENTIALS,
    "streams": STREAMS,
    "commands": COMMANDS,
}

SAMPLES = {
    f"{group[:3]}{number}": settings
    for group, text in GROUPS.items()
    for number, settings in enumerate(text.strip("\n").split("\n"))
}


def unit_text(settings):
    lines = [line for line in settings.split("|") if line]
    names = [line.partition("=")[0] for line in lines]
    if "ExecStart" not in names:
        lines.append(f"ExecStart={VIEW} {FILES}")
    if "StandardOutput" not in names:
        lines.append(f"StandardOutput=append:{SEEN}/%p")
    if "Type" not in names:
        lines.insert(0, "Type=oneshot")
    return "[Service]\n" + "\n".join(lines) + "\n"
