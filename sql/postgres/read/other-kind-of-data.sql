-- purpose: A loaded source that is simulated where the new one is real, or the other way round.
select source from raw.load where simulated <> $1 limit 1
