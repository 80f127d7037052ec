-- purpose: Keep the newest result of each check: $1 names, $2 purposes, $3 counts, $4 first offending rows.
insert into ops.check_result (check_name, purpose, offending_count, offending)
select check_name, purpose, offending_count, offending
from unnest($1::text[], $2::text[], $3::integer[], $4::jsonb[]) as u (check_name, purpose, offending_count, offending)
on conflict (check_name) do update set
  purpose = excluded.purpose,
  offending_count = excluded.offending_count,
  offending = excluded.offending,
  checked_at = excluded.checked_at
