"""A fleet of simulated miners that answer like the real ones. It shares no code with the exporter that reads them.

From the inside out:

* Machine: a model, with its boards, chips, fans, nominal rate and power.
* Life: a miner over time. Each number is a pure function of a seed, the machine and the time.
* Condition: trouble that the answers show, such as a dead board; permanent, or coming and going.
* Moment: a life at one time, with the state of boards, pools, fans and power in plain units.
* Dialect: a firmware, which makes the bytes of an answer from a moment: `Api` (port 4028), `Web` or `Frames`.
* Fault: trouble on the wire, such as half an answer and then a reset.
* Miner: a name and an address for all of these. `fleet` makes many of them, `serving` listens for them.

A new firmware is one file in `dialects/`, which is found by import:

1. Functions from a moment to rows, one for each command or page, with the fields that the firmware has.
2. A dialect of these functions. The dialect names the conditions and the readings in its answers, and the symptoms:
   samples that the exporter must show while a condition holds. `Dialect` explains each word. The tests check all three.
3. A machine, and `SIMULATED = (Simulated(family, machine, dialect),)`. Where a fact is unknown, choose a likely number.

`dialects/openminer.py` is an example with pages, `dialects/minerva.py` an example with the API.
"""

from exporter.simulator.miners import Miner, answer, configuration, fleet
from exporter.simulator.mix import FAMILIES, MIX
from exporter.simulator.server import serving

__all__ = ["FAMILIES", "MIX", "Miner", "answer", "configuration", "fleet", "serving"]
