-- purpose: Hear of every change of runs, steps, notes and prices.
listen assay_events
