-- purpose: Makes and grants the roles as far as the current role may; returns the statements left to an administrator.
select statement from ops.grant_roles() as statement
