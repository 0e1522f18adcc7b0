"""A fleet of simulated miners that answer like the real ones. It shares no code with the exporter that reads them.

Machine   a model: its boards, chips, fans, nominal rate and power
Life      one miner over time: each number is a pure function of a seed, the machine and the time
condition trouble of a miner that its answers show, such as a dead board; spells of it come and go in its life
Moment    a life at one time: boards, pools, fans and power, before a firmware words them
Dialect   a firmware: `Api` (port 4028), `Web` (pages) or `Frames` make the bytes of an answer from a moment
fault     trouble on the wire, such as half an answer and a reset; the answer itself is right
Miner     a name and an address for all of these; `fleet` makes many, `serving` listens for them

To add a firmware, write one file in `dialects/`: functions from a moment to rows, a dialect of them, and a line
`SIMULATED = (Simulated(family, machine, dialect),)`. The mix finds it by import. The dialect states which readings and
symptoms its answers hold, and the tests then hold the exporter's page against the simulated moment.
"""

from exporter.simulator.miners import Miner, answer, configuration, fleet
from exporter.simulator.mix import FAMILIES, MIX
from exporter.simulator.server import serving

__all__ = ["FAMILIES", "MIX", "Miner", "answer", "configuration", "fleet", "serving"]
