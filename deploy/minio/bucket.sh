#!/bin/sh
# Makes the bucket and an account that may use that bucket and nothing else; safe to run again.
# Passwords come from files in ASSAY_SECRETS, which `assay init --compose` writes.
set -eu
secrets="${ASSAY_SECRETS:-/run/secrets}"
bucket="${ASSAY_BUCKET:-assay}"
mc alias set --quiet store "${ASSAY_S3_ENDPOINT:-http://minio:9000}" \
  "$(cat "$secrets/s3_root_user")" "$(cat "$secrets/s3_root_password")" >/dev/null
mc mb --quiet --ignore-existing "store/$bucket"
cat >/tmp/policy.json <<EOF2
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::$bucket"},
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
   "Resource": "arn:aws:s3:::$bucket/*"}
]}
EOF2
mc admin policy create --quiet store assay /tmp/policy.json
mc admin user add --quiet store "$(cat "$secrets/s3_app_user")" "$(cat "$secrets/s3_app_password")" >/dev/null
mc admin policy attach --quiet store assay --user "$(cat "$secrets/s3_app_user")" 2>/dev/null || true
