-- purpose: What a connection through a pooler is told first; poolers keep these two for whoever set them.
set timezone to 'UTC';
set datestyle to 'ISO';
