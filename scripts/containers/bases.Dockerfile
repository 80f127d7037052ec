# What stands in for images that no registry gives here: Debian by debootstrap, and on it Node and Python for our own
# Dockerfile, and servers for compose.yaml. scripts/containers/images.mjs lays the folder that this is built in.

# For debian:12-slim, whose apt keeps nothing of what it fetched either.
FROM scratch AS debian
ADD debian.tar /
RUN echo 'DPkg::Post-Invoke { "rm -rf /var/cache/apt/*"; }; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";' >/etc/apt/apt.conf.d/clean

# For node:20-bookworm-slim: the very Node and npm that run the trial.
FROM debian AS node
COPY node /usr/local/

# For python:3.12-slim-bookworm: Debian's Python 3.11, where images of Python have theirs.
FROM debian AS python
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3-venv \
  && rm -rf /var/lib/apt/lists/* \
  && python3 -m venv /usr/local

# For postgres:17: the server that scripts/install-postgres.sh installs, with Debian's psql and pg_isready.
FROM debian AS postgres
RUN apt-get update \
  && apt-get install --yes --no-install-recommends postgresql-client gosu \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 999 --user-group --no-create-home --home-dir /var/lib/postgresql postgres
COPY postgres /usr/local/postgres
COPY postgres.sh /
ENV PATH=/usr/local/postgres/bin:$PATH
ENTRYPOINT ["/postgres.sh"]

# For MinIO: VersityGW over a folder.
FROM debian AS s3
COPY versitygw s3.sh /
