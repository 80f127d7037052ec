-- purpose: The version of the server, as a number (150018 is 15.18) and in words.
select current_setting('server_version_num')::integer as number, current_setting('server_version') as version
