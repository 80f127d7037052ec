-- purpose: Rows of {{table}} in the order of its key; $1 is a year of {{date}} (null: all).
select * from {{table}}
where $1::integer is null or extract(year from {{date}}) = $1
order by {{key}}
