-- purpose: The statement that lets the reader of dm in with a password ($1); it takes no parameters of its own.
select format('alter role assay_bi login password %L', $1::text) as statement
