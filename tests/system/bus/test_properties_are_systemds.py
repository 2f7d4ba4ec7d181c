# SPDX-License-Identifier: Apache-2.0
"""Every property of units with settings of all kinds, beside the real systemd: `systemctl show --all` of both, value by value."""

import pytest

from two_managers import two_managers

# Settings of one unit each, between bars. A word in brackets opens a section.
SERVICES = """
Nice=5|OOMScoreAdjust=100|UMask=0027|CoredumpFilter=private-anonymous shared-anonymous|TimerSlackNSec=10us
CPUSchedulingPolicy=fifo|CPUSchedulingPriority=10|CPUSchedulingResetOnFork=yes|CPUAffinity=0
CPUSchedulingPolicy=rr
CPUSchedulingPolicy=batch|IOSchedulingClass=idle|IOSchedulingPriority=3
IOSchedulingClass=none
NUMAMask=0
NUMAPolicy=bind|NUMAMask=0
LimitNOFILE=100:200|LimitCORE=0|LimitNPROC=5|LimitAS=1G:2G|LimitCPU=10s|LimitNICE=+5|LimitRTTIME=5s:10s
LimitFSIZE=1M|LimitDATA=2M|LimitSTACK=3M:4M|LimitRSS=5M|LimitMEMLOCK=infinity|LimitLOCKS=6|LimitSIGPENDING=7|LimitMSGQUEUE=8|LimitRTPRIO=9
Environment=A=b "C=d e" F=|EnvironmentFile=-/etc/x|EnvironmentFile=/etc/y|PassEnvironment=G H|UnsetEnvironment=I J=k
User=daemon|Group=adm|SupplementaryGroups=audio video|PAMName=login
DynamicUser=yes
DynamicUser=yes|User=somebody|StateDirectory=a b
DynamicUser=yes|ProtectSystem=no|ProtectHome=no|PrivateTmp=no|RemoveIPC=no|NoNewPrivileges=no|RestrictSUIDSGID=no
DynamicUser=yes|ProtectHome=tmpfs|ProtectSystem=full
WorkingDirectory=/srv|RootDirectory=/srv/root
WorkingDirectory=-/nowhere
WorkingDirectory=~
RootDirectory=/srv/root|MountAPIVFS=no
StandardInput=tty|TTYPath=/dev/tty9|TTYReset=yes|TTYVHangup=yes|TTYVTDisallocate=yes
StandardInput=socket
StandardInput=fd:in|StandardOutput=fd:out|StandardError=fd:err
StandardInput=file:/etc/fstab|StandardOutput=append:/srv/log|StandardError=truncate:/srv/err
StandardInputText=some text|StandardInputText=and more
StandardInputData=aGVsbG8K
StandardInput=data|StandardInputText=x|StandardOutput=null
StandardOutput=kmsg+console|StandardError=inherit
StandardOutput=tty
SyslogIdentifier=me|SyslogFacility=local3|SyslogLevel=warning|SyslogLevelPrefix=no|LogLevelMax=notice|LogExtraFields=A=b C=d|LogRateLimitIntervalSec=5|LogRateLimitBurst=7
RuntimeDirectory=a b:c|RuntimeDirectoryMode=0700|RuntimeDirectoryPreserve=restart
StateDirectory=d:e|CacheDirectory=f:g|LogsDirectory=h|ConfigurationDirectory=i|StateDirectoryMode=0750|CacheDirectoryMode=0711|LogsDirectoryMode=01777|ConfigurationDirectoryMode=0700|TimeoutCleanSec=1min
ProtectSystem=yes|ProtectHome=yes|PrivateTmp=yes
ProtectSystem=full|ProtectHome=read-only|ReadWritePaths=/srv -/nowhere +/below|ReadOnlyPaths=/usr|InaccessiblePaths=/boot|ExecPaths=/bin|NoExecPaths=/
ProtectSystem=strict|ProtectHome=tmpfs|TemporaryFileSystem=/a /b:ro,size=1M|BindPaths=/a:/b -/c /d:/e:norbind|BindReadOnlyPaths=/f:/g:rbind
PrivateDevices=yes|PrivateNetwork=yes|PrivateIPC=yes|PrivateUsers=yes|PrivateMounts=yes
PrivateDevices=yes|CapabilityBoundingSet=CAP_MKNOD CAP_CHOWN|DevicePolicy=auto
ProtectKernelTunables=yes|ProtectKernelModules=yes|ProtectKernelLogs=yes|ProtectControlGroups=yes|ProtectClock=yes|ProtectHostname=yes
ProtectProc=invisible|ProcSubset=pid|MountFlags=slave
NetworkNamespacePath=/run/netns/x|IPCNamespacePath=/run/ipcns/x
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_TIME|AmbientCapabilities=CAP_NET_ADMIN|SecureBits=keep-caps noroot-locked
CapabilityBoundingSet=~CAP_SYS_ADMIN|NoNewPrivileges=yes|KeyringMode=shared
CapabilityBoundingSet=
SystemCallFilter=@system-service|SystemCallErrorNumber=EPERM|SystemCallArchitectures=native
SystemCallFilter=~@clock @mount:EACCES reboot:kill|SystemCallErrorNumber=kill
SystemCallFilter=read write openat|SystemCallFilter=~write|SystemCallLog=@network-io
SystemCallLog=~@system-service|SystemCallArchitectures=x86-64 x86
RestrictAddressFamilies=AF_UNIX AF_INET|RestrictNamespaces=user mnt|RestrictRealtime=yes|RestrictSUIDSGID=yes|LockPersonality=yes|MemoryDenyWriteExecute=yes
RestrictAddressFamilies=~AF_PACKET|RestrictNamespaces=~net|Personality=x86
RestrictAddressFamilies=none|RestrictNamespaces=yes
RestrictFileSystems=ext4 tmpfs
RestrictFileSystems=~@network-unknown ext4
LoadCredential=a:/etc/a|LoadCredential=b|LoadCredentialEncrypted=c:/etc/c|SetCredential=d:text|SetCredential=e:more text
AppArmorProfile=-profile|SELinuxContext=-a:b:c|SmackProcessLabel=-label
UtmpIdentifier=ab|UtmpMode=login|IgnoreSIGPIPE=no|NonBlocking=yes|RemoveIPC=yes
KillMode=mixed|KillSignal=SIGINT|RestartKillSignal=SIGHUP|FinalKillSignal=SIGQUIT|SendSIGHUP=yes|SendSIGKILL=no|WatchdogSignal=SIGTERM
KillMode=process|TimeoutStopSec=7|TimeoutAbortSec=8|TimeoutStartSec=9|RuntimeMaxSec=10|RuntimeRandomizedExtraSec=11
KillMode=none
Type=oneshot|RemainAfterExit=yes|SuccessExitStatus=3 SIGUSR1|RestartPreventExitStatus=4
RestartForceExitStatus=5 6
Type=notify|NotifyAccess=all|WatchdogSec=20|Restart=on-failure|RestartSec=1min 2s|FileDescriptorStoreMax=5|GuessMainPID=no
Type=forking|PIDFile=/run/x.pid|ExitType=main|OOMPolicy=kill
Type=dbus|BusName=a.b.c
Type=idle|ExitType=cgroup|TimeoutStartFailureMode=abort|TimeoutStopFailureMode=kill
ExecStartPre=-/bin/a b "c d"|ExecStartPost=+/bin/e|ExecReload=!/bin/f|ExecStop=:/bin/g $h|ExecStopPost=@/bin/i j k|ExecCondition=!!/bin/l
CPUWeight=50|StartupCPUWeight=60|CPUQuota=20%|CPUQuotaPeriodSec=50ms|AllowedCPUs=0|StartupAllowedCPUs=0|AllowedMemoryNodes=0|StartupAllowedMemoryNodes=0
CPUWeight=idle|CPUAccounting=no|CPUShares=512|StartupCPUShares=256
MemoryMin=1M|MemoryLow=2M|MemoryHigh=3M|MemoryMax=4M|MemorySwapMax=5M|MemoryAccounting=no
MemoryMax=infinity|MemoryHigh=50%|MemoryLimit=6M
DefaultMemoryLow=1M|DefaultMemoryMin=2M
TasksMax=7|TasksAccounting=no
TasksMax=10%
TasksMax=infinity
IOAccounting=yes|IOWeight=30|StartupIOWeight=40|IODeviceWeight=/dev/null 50|IOReadBandwidthMax=/dev/null 1M|IOWriteIOPSMax=/dev/zero 20|IODeviceLatencyTargetSec=/dev/null 5ms
BlockIOAccounting=yes|BlockIOWeight=300|BlockIODeviceWeight=/dev/null 100|BlockIOReadBandwidth=/dev/null 1K
IPAccounting=yes|IPAddressAllow=10.0.0.0/8|IPAddressDeny=1.2.3.4|IPIngressFilterPath=/sys/fs/bpf/x|IPEgressFilterPath=/sys/fs/bpf/y
SocketBindAllow=ipv4:tcp:80-90|SocketBindDeny=any|RestrictNetworkInterfaces=lo eth0
RestrictNetworkInterfaces=~eth1|BPFProgram=egress:/sys/fs/bpf/z
DevicePolicy=closed|DeviceAllow=/dev/null rw|DeviceAllow=char-pts rwm|DeviceAllow=block-loop
Delegate=yes
Delegate=cpu memory|DisableControllers=io
Delegate=no
ManagedOOMSwap=kill|ManagedOOMMemoryPressure=kill|ManagedOOMMemoryPressureLimit=40%|ManagedOOMPreference=avoid
Slice=a-b.slice|[Unit]|JobTimeoutSec=5|JobTimeoutAction=reboot|JobTimeoutRebootArgument=now
[Unit]|JobRunningTimeoutSec=6|StartLimitIntervalSec=7|StartLimitBurst=8|StartLimitAction=reboot|FailureAction=exit|SuccessAction=none|FailureActionExitStatus=9
[Unit]|RefuseManualStart=yes|RefuseManualStop=yes|StopWhenUnneeded=yes|AllowIsolate=yes|IgnoreOnIsolate=yes|CollectMode=inactive-or-failed|OnFailureJobMode=fail
[Unit]|PropagatesReloadTo=n.service|Wants=n.service|Before=m.target|OnFailure=n.service|Documentation=man:a(1) https://b/c
[Unit]|RequiresMountsFor=/srv/a /var|ConditionPathExists=!/a|ConditionUser=root|AssertArchitecture=x86-64|ConditionHost=|Description=about %n
[Unit]|DefaultDependencies=no
""".strip().splitlines()
SOCKETS = """
ListenStream=/run/a/b|SocketMode=0600|SocketUser=daemon|SocketGroup=adm|DirectoryMode=0711|RemoveOnStop=yes|Symlinks=/run/c
ListenStream=80|ListenDatagram=[::1]:81|ListenSequentialPacket=@abstract|BindIPv6Only=both|Backlog=7|BindToDevice=lo|FreeBind=yes|Transparent=yes|ReusePort=yes
ListenStream=127.0.0.1:82|Accept=yes|MaxConnections=3|MaxConnectionsPerSource=2|KeepAlive=yes|KeepAliveTimeSec=5|KeepAliveIntervalSec=6|KeepAliveProbes=7|NoDelay=yes
ListenFIFO=/run/fifo|PipeSize=1M|TimeoutSec=9|FileDescriptorName=x|Writable=yes
ListenMessageQueue=/mq|MessageQueueMaxMessages=5|MessageQueueMessageSize=6
ListenSpecial=/dev/null|ExecStartPre=/bin/a|ExecStopPost=/bin/b|User=daemon|PrivateTmp=yes
ListenNetlink=route 1|ReceiveBuffer=8K|SendBuffer=16K|PassCredentials=yes|PassSecurity=yes|PassPacketInfo=yes|Timestamping=us
ListenStream=83|Priority=5|IPTOS=low-delay|IPTTL=6|Mark=7|DeferAcceptSec=8|TCPCongestion=cubic|TriggerLimitIntervalSec=9|TriggerLimitBurst=10|SocketProtocol=sctp|FlushPending=yes
ListenStream=84|MemoryMax=1M|IPAddressDeny=any|KillMode=process|Slice=a.slice|Nice=3|SmackLabel=x
ListenStream=85|ExecStartPost=/bin/c|DynamicUser=yes|KeyringMode=private
""".strip().splitlines()
OTHERS = {
    "timer": """
OnActiveSec=1h|OnBootSec=2h|OnStartupSec=3h|OnUnitActiveSec=4h|OnUnitInactiveSec=5h|AccuracySec=1s|RandomizedDelaySec=2s|FixedRandomDelay=yes
OnCalendar=daily|OnCalendar=Mon 10:00|WakeSystem=yes|RemainAfterElapse=no
OnClockChange=yes|OnTimezoneChange=yes|Unit=n.service
""".strip().splitlines(),
    "path": """
PathExists=/srv/a|PathExistsGlob=/srv/*|PathChanged=/srv/b|PathModified=/srv/c|DirectoryNotEmpty=/srv/d|MakeDirectory=yes|DirectoryMode=0700
PathExists=/srv/a|Unit=n.service|TriggerLimitIntervalSec=5|TriggerLimitBurst=6
""".strip().splitlines(),
    "slice": """
CPUWeight=50|MemoryMax=50%|TasksMax=10|DefaultMemoryLow=1M|IOAccounting=yes
ManagedOOMSwap=kill|ManagedOOMMemoryPressure=kill|ManagedOOMMemoryPressureLimit=12.5%|DisableControllers=cpu
CPUAccounting=no|MemoryAccounting=no|TasksAccounting=no|IPAccounting=yes|DevicePolicy=strict
""".strip().splitlines(),
    "target": """
[Unit]|AllowIsolate=yes|PropagatesReloadTo=n.service|Wants=n.service
[Unit]|RefuseManualStart=yes|StopWhenUnneeded=yes|JobTimeoutSec=5min
""".strip().splitlines(),
}
CORPUS = {"service": SERVICES, "socket": SOCKETS, **OTHERS}

# Lists without an order of their own.
SETS = set(
    """After Before Conflicts Requires Wants WantedBy RequiredBy ConflictedBy TriggeredBy Triggers Names OnFailure
    PropagatesReloadTo RequiresMountsFor RestrictAddressFamilies IPAddressAllow IPAddressDeny RestrictNetworkInterfaces
    SystemCallArchitectures DelegateControllers SystemCallFilter SystemCallLog""".split()
)
# What differs on purpose, with the reason.
DIFFERS = {
    "LimitNOFILE": "tend tells what services get, which is less where the manager may not raise its own",
    "RestrictFileSystems": "systemd forgets it where the kernel does not let it enforce it",
}


def file_text(kind, settings):
    text = {"service": "[Service]\nExecStart=/bin/true\n"}.get(kind, f"[{kind.title()}]\n" if kind != "target" else "")
    return text + settings.replace("|", "\n") + "\n"


def is_mount_without_file(unit):
    """Mounts of the kernel's table: systemd orders after those of the container, which are there before it."""
    return unit.endswith(".mount") and unit not in ("-.mount", "tmp.mount")


def properties(text):
    """By unit, what is shown of it."""
    units = {}
    for block in text.strip().split("\n\n"):
        shown = {}
        for line in block.splitlines():
            name, _, value = line.partition("=")
            shown.setdefault(name, []).append(value)
        for name in SETS & set(shown):
            shown[name] = sorted(word for word in " ".join(shown[name]).split() if not is_mount_without_file(word))
        units[shown["Id"][0]] = shown
    return units


def differences(theirs, ours):
    for name in sorted(set(theirs) | set(ours)):
        if theirs.get(name) != ours.get(name) and name not in DIFFERS:
            yield f"  {name}\n    systemd: {theirs.get(name)}\n    tend:    {ours.get(name)}"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What both show of each unit: systemd's, tend's."""
    with two_managers(tmp_path_factory.mktemp("pair")) as pair:
        names = {f"{kind[:2]}{i}.{kind}": (kind, text) for kind, samples in CORPUS.items() for i, text in enumerate(samples)}
        for name, (kind, settings) in names.items():
            pair.unit(name, file_text(kind, settings))
            if kind in ("socket", "timer", "path"):
                service = name.replace(f".{kind}", "@.service" if "Accept=yes" in settings else ".service")
                pair.unit(service, "[Service]\nExecStart=/bin/true\n")
        pair.step("systemctl daemon-reload")
        answers = pair.ask(f"systemctl show --all {' '.join(names)}")
        assert [status for status, _, _ in answers] == [0, 0], answers
        pair.step("systemctl show | grep ^Default | grep -v ^DefaultLimitNOFILE=")  # as above
        yield names, *[properties(text) for _, text, _ in answers]


@pytest.mark.parametrize("kind", CORPUS)
def test_every_property_is_systemds(shown, kind):
    names, theirs, ours = shown
    wrong = []
    for name, (its_kind, settings) in names.items():
        if its_kind == kind and (found := list(differences(theirs[name], ours[name]))):
            wrong.append(f"{name}: {settings}\n" + "\n".join(found))
    assert not wrong, "\n".join(wrong)
