"""Scenes of pools: alive, and the expected ones."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import Scene

FIRST: Final = 'asic_pool_up{pool="0"}'
SECOND: Final = 'asic_pool_up{pool="1"}'
ACTIVE: Final = ('asic_pool_active{pool="0"}', 'asic_pool_active{pool="1"}')
HOSTS: Final = {
    'asic_pool_info{pool="0",host="a.example:3333",kind="user"}': "1",
    'asic_pool_info{pool="1",host="b.example:3333",kind="user"}': "1",
}
ORDER: Final = {'asic_pool_priority{pool="0"}': "0", 'asic_pool_priority{pool="1"}': "1"}
SLEEPS: Final = {'asic_miner_state{state="sleeping"}': "1"}
MAKERS: Final = {'asic_pool_info{pool="2",host="a.example:3333",kind="devfee"}': "1"}
WORKS: Final = 'asic_active_pool_expected{check="host"}'


def of(name: str, miner: int, labels: str = "") -> str:
    return f'{name}{{job="asic-exporter",instance="x",miner="m{miner}",pool="0"{labels}}}'


def farm(name: str, miners: range, value: str = "1", labels: str = "") -> dict[str, str]:
    return {of(name, miner, labels): value for miner in miners}


HOST: Final = ',host="a.example:3333",kind="user"'
STRANGE: Final = ',host="evil.example:3333",kind="user"'
CHECK: Final = ',check="host"'

SCENES: Final = [
    Scene(
        "AsicPoolUnreachable",
        fault={of("asic_pool_up", miner): ("1", "0") for miner in range(3)},
        steady={**farm("asic_pool_up", range(3, 5)), **farm("asic_pool_info", range(5), labels=HOST)},
        fires=3,
        ends=15,
        text="3 of 5 miners with a.example:3333 call it dead.",
        excused=[
            {of("asic_pool_up", 0): "1"},
            {of("asic_pool_up", 4): ""},
            {of("asic_pool_info", 0, HOST): "", of("asic_pool_info", 0, HOST.replace("a.", "b.")): "1"},
        ],
        farm=True,
    ),
    Scene(
        "AsicAllPoolsDead",
        fault={FIRST: ("1", "0"), SECOND: ("1", "0")},
        steady={**HOSTS, **MAKERS, 'asic_pool_up{pool="2"}': "1"},
        fires=10,
        ends=15,
        text="Every pool of sick is dead, so it earns nothing: pool 0 a.example:3333 pool 1 b.example:3333. http",
        excused=[{SECOND: "1"}, SLEEPS],
    ),
    Scene(
        "AsicAllPoolsDead",
        fault={FIRST: ("1", "0")},
        fires=10,
        ends=15,
        text="Every pool of sick is dead, so it earns nothing: pool 0. http",
    ),
    Scene(
        "AsicPoolDead",
        fault={FIRST: ("1", "0")},
        steady={**HOSTS, **ORDER, SECOND: "1"},
        fires=30,
        ends=30,
        text="sick calls pool 0 a.example:3333 dead. http://192.0.2.1/, rack r1",
        excused=[SLEEPS, {'asic_pool_priority{pool="0"}': "7"}],
    ),
    Scene(
        "AsicPoolDead",
        fault={SECOND: ("1", "0")},
        steady={**HOSTS, FIRST: "1"},
        fires=30,
        ends=30,
        text="sick calls pool 1 b.example:3333 dead.",
        excused=[ORDER, dict(zip(ACTIVE, "10", strict=True))],
    ),
    Scene(
        "AsicBackupPoolDead",
        fault={SECOND: ("1", "0")},
        steady={**HOSTS, **ORDER, FIRST: "1"},
        fires=60,
        ends=30,
        text="sick calls its back-up, pool 1 b.example:3333, dead: it is of no help if the first one fails. http",
        excused=[SLEEPS, {ACTIVE[1]: "1"}, {'asic_pool_priority{pool="1"}': "0"}],
        lasts=90,
    ),
    Scene(
        "AsicBackupPoolDead",
        fault={SECOND: ("1", "0")},
        steady={**HOSTS, FIRST: "1", **dict(zip(ACTIVE, "10", strict=True))},
        fires=60,
        ends=30,
        text="sick calls its back-up, pool 1 b.example:3333, dead",
        excused=[dict(zip(ACTIVE, "00", strict=True))],
        lasts=90,
    ),
    Scene(
        "AsicBackupPoolInUse",
        fault={ACTIVE[0]: ("1", "0"), ACTIVE[1]: ("0", "1")},
        steady={**HOSTS, **ORDER},
        fires=40,
        ends=30,
        text="sick works for pool 1 b.example:3333, not for pool 0 a.example:3333, which comes first. http",
        excused=[
            SLEEPS,
            {ACTIVE[0]: "1"},
            {'asic_pool_priority{pool="1"}': "0"},
            {
                'asic_pool_info{pool="1",host="b.example:3333",kind="user"}': "",
                'asic_pool_info{pool="1",host="b.example:3333",kind="devfee"}': "1",
            },
        ],
    ),
    Scene(
        "AsicStrangePoolOnSeveral",
        fault={of("asic_pool_expected", miner, CHECK): ("1", "0") for miner in range(3)},
        steady={
            **farm("asic_pool_info", range(4), labels=STRANGE),
            **farm("asic_pool_active", range(4)),
            of("asic_pool_expected", 3, CHECK): "1",
        },
        fires=3,
        ends=15,
        text="3 miners work for evil.example:3333, which is not expected: m0 m1 m2.",
        excused=[{of("asic_pool_active", 0): "0"}, {of("asic_pool_expected", 2, CHECK): "1"}],
        farm=True,
    ),
    Scene(
        "AsicActivePoolUnexpected",
        fault={WORKS: ("1", "0")},
        steady={**HOSTS, ACTIVE[1]: "1", **SLEEPS},
        fires=5,
        ends=15,
        text="The pool of sick has an unexpected host: hijacked, or a mistake. Its work is for b.example:3333. http",
        excused=[{WORKS: ""}],
    ),
    Scene(
        "AsicPoolUnexpected",
        fault={'asic_pool_expected{pool="1",check="host"}': ("1", "0")},
        steady={**HOSTS, WORKS: "1", **SLEEPS},
        fires=30,
        ends=30,
        text="The host of pool 1 of sick is not expected: b.example:3333. http://192.0.2.1/, rack r1",
        excused=[{WORKS: "0"}, {'asic_pool_expected{pool="1",check="host"}': ""}],
    ),
]
