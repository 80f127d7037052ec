-- purpose: Rows that share the declared grain of {{table}}. Both names come from the headers of our own SQL files.
select {{grain}}, count(*) as copies from {{table}} group by {{grain}} having count(*) > 1
