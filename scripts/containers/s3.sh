#!/bin/sh
# VersityGW in MinIO's place: one account, that of the services, and the bucket that deploy/minio/bucket.sh would make.
set -eu
mkdir -p /data/assay
ROOT_ACCESS_KEY="$(cat /run/secrets/s3_app_user)"
ROOT_SECRET_KEY="$(cat /run/secrets/s3_app_password)"
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec /versitygw --port :9000 --health /health --quiet posix /data
