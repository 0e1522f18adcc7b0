"""The allow and deny lists, word for word: the only file to review before a firmware is asked something new.

Each entry is a fact about some firmware: a word that acts or tells a secret, or a request that is known to read. The
kinds of questions check themselves against these lists.
"""

from __future__ import annotations

from typing import Final

# Commands that no line may have. On some firmware each changes the miner, its pools, its log or its sessions, makes the
# miner call out, or tells a secret.
NEVER: Final = frozenset(
    [
        "switchpool",
        "enablepool",
        "disablepool",
        "addpool",
        "removepool",
        "poolpriority",
        "poolquota",
        "save",
        "quit",
        "restart",
        "zero",
        "hotplug",
        "setconfig",
        "debug",
        "lockstats",
        "ascenable",
        "ascdisable",
        "ascidentify",
        "ascset",
        "pgaenable",
        "pgadisable",
        "pgaidentify",
        "pgaset",
        "gpuenable",
        "gpudisable",
        "gpurestart",
        "gpuintensity",
        "gpumem",
        "gpuengine",
        "gpufan",
        "gpuvddc",
        "pause",
        "resume",
        "reload",
        "reboot",
        "addgroup",
        "atmset",
        "autotunerset",
        "curtail",
        "disableboard",
        "enableboard",
        "fanset",
        "frequencyset",
        "frequencystop",
        "groupquota",
        "hashboardoptsset",
        "healthchipset",
        "healthctrlset",
        "immersionswitch",
        "kill",
        "ledset",
        "logoff",
        "logon",
        "logset",
        "netset",
        "pooloptsset",
        "powertargetset",
        "profilenew",
        "profilerem",
        "profilerestore",
        "profileset",
        "psuset",
        "rebootdevice",
        "removegroup",
        "resetconfig",
        "resetminer",
        "tempctrlset",
        "tempsensorset",
        "tunableswitch",
        "tunerswitch",
        "uninstallluxos",
        "updaterun",
        "updateset",
        "voltageset",
        "updatecheck",
        "logs",
        "systemaudit",
        "get_token",
        "gettoken",
        "openwriteapi",
        "downloadlogs",
        "poweroff",
        "poweron",
        "setled",
        "factoryreset",
        "netconfig",
    ]  # cgminer, bmminer, BOSminer; LuxOS; Whatsminer
)


# Commands for `query --ask` alone; polls leave them out. They tell which clients may write to the miner, and which
# commands the miner knows. The id of a session is masked in the output.
BY_HAND: Final = frozenset({"session", "privileged", "check"})

# Words that no path of a page may have, in any spelling. On some firmware each acts, logs in, tells a secret, or starts
# an answer that never ends.
ACTS: Final = frozenset(
    [
        "reboot",
        "restart",
        "reset",
        "restore",
        "factory",
        "upgrade",
        "update",
        "updates",
        "firmware",
        "upload",
        "flash",
        "passwd",
        "password",
        "set",
        "save",
        "write",
        "apply",
        "delete",
        "remove",
        "add",
        "enable",
        "disable",
        "uninstall",
        "install",
        "kill",
        "stop",
        "start",
        "pause",
        "resume",
        "sleep",
        "wake",
        "unlock",
        "login",
        "logout",
        "auth",
        "token",
        "session",
        "locate",
        "blink",
        "identify",
        "find",
        "scan",
        "wifi",
        "benchmark",
        "autotune",
        "mining",
        "pool",
        "profile",
        "preset",
        "apikey",
        "apikeys",
        "conf",
        "config",
        "configuration",
        "settings",
        "backup",
        "archive",
        "log",
        "logs",
        "hlog",
        "shell",
        "cmd",
        "exec",
        "switch",
    ]
)
# Commands that are asked in frames, each with its parameters. Without a parameter, get.device.info tells its salt too.
FRAMED: Final = {
    "get.device.info": frozenset({"miner", "system", "power", "network", "error-code"}),
    "get.miner.status": frozenset({"summary", "edevs", "pools"}),
    "get.miner.setting": frozenset({""}),
    "get.system.setting": frozenset({""}),
}

# The port and path where LuxOS takes the lines of its API by POST.
POST: Final = (8080, "/api")

# Pages that are read by POST, with the query and the body of each. On IceRiver the number in the query decides: with
# another number the same path acts. GraphQL is asked only this query; on FutureBit's, other fields of Miner act.
POSTED: Final = {
    "/api/overview": ("", b"{}"),
    "/api/summary": ("", b"{}"),
    "/user/userpanel": ("?post=4", b""),
    "/graphql": ("", b'{"query":"{bos{hostname info{version{full}}}}"}'),
    "/api/graphql": (
        "",
        (
            b'{"query":"{Miner{online{result{online{status}}} stats{result{stats{uuid version versions{miner} '
            b"master{upTime boards hwAddr boardsI boardsW intervals{int_30{bySol} int_300{bySol} int_900{bySol} "
            b"int_3600{bySol} int_0{bySol errors errorRate chipRestarts}}} "
            b"pool{host port userName diff intervals{int_0{sharesAccepted sharesRejected reconnections}}} "
            b'fans{int_0{rpm}} slots{int_0{chips pwrOn temperature temperature1 overheats}}}}}}}"}'
        ),
    ),
}

# Pages that are read by GET with a query. Without the query they give only a part of their contents, or nothing.
QUERIES: Final = {
    "/api/v1/telemetry": "?level=miner,hashboard,psu,asic",
    "/mcb/cgminer": "?cgminercmd=devs",
}

# Methods that are called by gRPC, with an empty message. All of them read; other methods of their services act.
CALLS: Final = frozenset(
    (
        "braiins.bos.ApiVersionService/GetApiVersion",
        "braiins.bos.v1.ConfigurationService/GetConstraints",
        "braiins.bos.v1.ConfigurationService/GetMinerConfiguration",
        "braiins.bos.v1.CoolingService/GetCoolingState",
        "braiins.bos.v1.LicenseService/GetLicenseState",
        "braiins.bos.v1.MinerService/GetErrors",
        "braiins.bos.v1.MinerService/GetHashboards",
        "braiins.bos.v1.MinerService/GetMinerDetails",
        "braiins.bos.v1.MinerService/GetMinerStats",
        "braiins.bos.v1.PerformanceService/GetTunerState",
        "braiins.bos.v1.PoolService/GetPoolGroups",
    )
)

# Pages that only read, although their path has a word that acts on other firmware.
READS: Final = frozenset((
    "/api/v1/chains/factory-info",  # VNish: what the boards and the supply are; settings/factory-reset acts
    "/api/v1/mining",  # Proto Rig: the state of mining; longer paths that begin so may act
    "/api/v1/mining/target",  # Proto Rig: the limits of its power
    "/api/v1/curtailment/status",  # Proto Rig: whether the rig is held back, and the age of the latest word
    "/api/v1/configuration/constraints",  # BraiinsOS: the limits of the settings
    "/api/v1/configuration/miner",  # BraiinsOS: the settings, by GET; its excerpt drops the pools with their passwords
))  # fmt: skip

# Paths and methods where a name and a password, or a password alone, are posted for a token or a session.
LOGINS: Final = frozenset((
    "/api/v1/auth/login",  # BraiinsOS, and Proto Rig with a password alone
    "/token",  # Auradine
    "/api/auth",  # Innosilicon
    "/user/login",  # Ebang
    "/api/login",  # Obelisk, Fluminer
    "braiins.bos.v1.AuthenticationService/Login",  # BraiinsOS, by gRPC
))  # fmt: skip
