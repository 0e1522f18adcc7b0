"""Hours of history of a simulated fleet, as blocks of Prometheus: made in seconds, with troubles whose place is known.

The simulated miners answer real polls at virtual times, so that all series are the exporter's own. Between two polls of
a miner the numbers are interpolated.

* clock: virtual time.
* farm: the miners, their places, and the exporter's configuration.
* troubles: what goes wrong, where and when; `scenarios` chooses.
* polls: the polls, and the series that they give.
* blocks: the series as OpenMetrics text, and as blocks through `promtool`.
* recorded: what the recording rules and the alerts make of the blocks.
"""
