"""What may leave the exporter and what never may, word for word: what no command, path or body is outside of.

Everything here is a fact about some firmware: what acts on it, what tells a secret, and what reads although it looks
otherwise. `questions` admits by these lists and by nothing else.
"""

from __future__ import annotations

from typing import Final

# What changes a miner, its pools, its log or its sessions on any firmware, makes it call out, or tells a secret.
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


# What a person may ask with `query` and no poll ever does: who may write to the miner, and what else it knows. The id
# of a session is masked when it is shown.
BY_HAND: Final = frozenset({"session", "privileged", "check"})

# What a page's path may not have as a word: on some firmware it acts, logs in, or answers with secrets or for ever.
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
# What may be asked in a frame, with the parameters that it always has: without one it answers with its salt.
FRAMED: Final = {
    "get.device.info": frozenset({"miner", "system", "power", "network", "error-code"}),
    "get.miner.status": frozenset({"summary", "edevs", "pools"}),
}

# Where firmware takes the lines of its API by POST as well, and what it may be sent there: (port, path).
POST: Final = (8080, "/api")

# Pages that are read by POST, as their firmware has it, with (query, body) of each; to no other path is any posted. On
# IceRiver it is the number in the query that reads; with another one the same path acts. GraphQL is asked one query.
POSTED: Final = {
    "/api/overview": ("", b"{}"),
    "/api/summary": ("", b"{}"),
    "/user/userpanel": ("?post=4", b""),
    "/graphql": ("", b'{"query":"{bos{hostname info{version{full}}}}"}'),
}

# The queries of pages that are got, as their firmware has it: without one such a page says a part of what it knows, or
# nothing. To no other path is any query sent.
QUERIES: Final = {
    "/api/v1/telemetry": "?level=miner,hashboard,psu",
    "/mcb/cgminer": "?cgminercmd=devs",
}

# What may be called by gRPC: methods that read, asked with an empty message. Their neighbours reboot and reset.
CALLS: Final = frozenset(
    (
        "braiins.bos.ApiVersionService/GetApiVersion",
        "braiins.bos.v1.CoolingService/GetCoolingState",
        "braiins.bos.v1.MinerService/GetHashboards",
        "braiins.bos.v1.MinerService/GetMinerDetails",
        "braiins.bos.v1.MinerService/GetMinerStats",
        "braiins.bos.v1.PerformanceService/GetTunerState",
        "braiins.bos.v1.PoolService/GetPoolGroups",
    )
)

# Pages that only read, although their path has a word that acts elsewhere.
READS: Final = frozenset((
    "/api/v1/mining",  # Proto Rig: what the miner does; paths below it act
))  # fmt: skip

# Where a name and a password are posted for a token or a session. Nothing else about the miner changes there.
LOGINS: Final = frozenset((
    "/api/v1/auth/login",  # BraiinsOS
    "/token",  # Auradine
    "/api/auth",  # Innosilicon
    "/user/login",  # Ebang
    "/api/login",  # Obelisk
    "braiins.bos.v1.AuthenticationService/Login",  # BraiinsOS, by gRPC
))  # fmt: skip
