-- purpose: Up to 20 offending rows of a check, whose query takes the place of the braces, and how many there are.
-- inputs: $1 from, $2 to of the transformation that is judged (null: everything)
select offending, count(*) over ()::integer as offending_count
from (select to_jsonb(c) as offending from ({{check}}) c) as found
where ($1::date is null or true) and ($2::date is null or true)
order by offending::text
limit 20
