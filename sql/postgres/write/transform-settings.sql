-- purpose: Memory for the sorts of one transformation, until the end of its transaction.
set local work_mem = '32MB'
