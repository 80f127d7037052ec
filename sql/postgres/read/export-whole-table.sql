-- purpose: Rows of {{table}}, which has no date of its own, in the order of its key.
select * from {{table}} order by {{key}}
