"""A decoder's traced run in, a compiled plan that replays it at every later poll out.

An example of a decoder:

    def decoder(reading):
        row = reading.row("summary")
        if row.static("Type") == "S19":
            yield Miner(miner_uptime_seconds=count(row["Elapsed"]))

    row["Elapsed"]       traced: a field whose value the decoder cannot see
    count(...)           traceable: recorded as a call, and its result is traced again
    row.static("Type")   static: a plain value, and the plan holds only while it stays "S19"

The first run becomes a plan: read the fields, check the static values, run `count` over all its fields at once, fill
the template. An answer that the plan refuses makes the decoder run again:

    {"Type": "S19", "Elapsed": 5}            -> asic_miner_uptime_seconds 5     traced and compiled, some 3 ms
    {"Type": "S19", "Elapsed": 70}           -> asic_miner_uptime_seconds 70    replayed, some 0.07 ms
    {"Type": "S21", "Elapsed": 70}           -> PlanMismatch                    another static value
    {"Type": "S19", "Elapsed": 70, "New": 1} -> PlanMismatch                    another shape

Traced values are the values of fields, the time, and the results of traceable functions. Their types have no methods.
A decision on a traced value is an error for mypy, and at run time a TypeError with advice.

Static are the values that a decoder takes by `row.static()` or `static()`, and the shape of the answers. The shape is
the sections and their Descriptions, the number and places of rows, and the keys of each row that the decoder looked at.
Names, serials and addresses, which differ between miners of a kind, have to be traced.

The decoder runs again if the shape or a static value is new, or if a recorded function raises. Another set of options,
of failed questions or of slow questions needs another plan (`Plan.key`). New slow answers need another `PlanState`. All
plans are in one cache, and miners of a kind share them.

    compiler   from a run to a plan: places of values, steps, template
    readers    the fields of an answer, after the check of its shape
    steps      the recorded calls, grouped by function
    columns    functions of many values at once
    plan       the program itself, and its state for each target
    cache      the plans in use, within a budget of memory
"""
