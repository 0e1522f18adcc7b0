"""The vocabulary: each class is a part of a miner; fields declared by `gauge` or `counter` are metrics, others labels.

The name of a metric is `asic_`, the part's PREFIX and the field's name. The page shows metrics in the order of
`status`, `miner`, `boards`, `pools` and `expected`, and within each module in the order of declaration.
"""

from exporter.core.vocabulary.boards import (
    Board,
    BoardChipsExpected,
    BoardInfo,
    BoardSensor,
    BoardsExpected,
    Chip,
)
from exporter.core.vocabulary.expected import (
    ActivePoolExpected,
    Expected,
    PoolExpected,
)
from exporter.core.vocabulary.miner import (
    MINER_STATES,
    TUNER_STATES,
    Fan,
    FansExpected,
    Fault,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    MinerState,
    Power,
    Profile,
    Psu,
    PsuInfo,
    Sensor,
    TemperatureLimit,
    TunerState,
    miner_states,
    tuner_states,
)
from exporter.core.vocabulary.part import (
    INFO_KEYS,
    Part,
    Text,
    Value,
)
from exporter.core.vocabulary.pools import (
    Pool,
    PoolInfo,
)
from exporter.core.vocabulary.status import (
    PollFailures,
    Section,
    Status,
    TargetInfo,
)

__all__ = [
    "INFO_KEYS",
    "MINER_STATES",
    "TUNER_STATES",
    "ActivePoolExpected",
    "Board",
    "BoardChipsExpected",
    "BoardInfo",
    "BoardSensor",
    "BoardsExpected",
    "Chip",
    "Expected",
    "Fan",
    "FansExpected",
    "Fault",
    "HashrateNominal",
    "HashrateWindow",
    "Miner",
    "MinerInfo",
    "MinerState",
    "Part",
    "PollFailures",
    "Pool",
    "PoolExpected",
    "PoolInfo",
    "Power",
    "Profile",
    "Psu",
    "PsuInfo",
    "Section",
    "Sensor",
    "Status",
    "TargetInfo",
    "TemperatureLimit",
    "Text",
    "TunerState",
    "Value",
    "miner_states",
    "tuner_states",
]
