# Images of the stack: `assay` (the default, last), and below it what the services of others need beside them.
#   docker build -t assay .            docker build --target mlflow -t assay-mlflow .

ARG NODE_IMAGE=node:20.19.5-bookworm-slim
ARG DEBIAN_IMAGE=debian:12.12-slim
ARG PYTHON_IMAGE=python:3.12.11-slim-bookworm

FROM ${NODE_IMAGE} AS build
WORKDIR /src
# First what the packages follow from, so that a change of ours installs nothing anew.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
# The embedded engines stay out: here the servers are other containers.
RUN node scripts/build-image.mjs /app

FROM ${PYTHON_IMAGE} AS mlflow
RUN groupadd --gid 10001 assay && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp assay
COPY deploy/mlflow/requirements.txt /opt/mlflow/
RUN pip install --no-cache-dir --requirement /opt/mlflow/requirements.txt
RUN apt-get update \
  && apt-get install --yes --no-install-recommends 'tini=0.19.*' \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/mlflow/start.sh /opt/mlflow/
USER 10001:10001
ENV HOME=/tmp MLFLOW_DISABLE_TELEMETRY=true
EXPOSE 5000
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/mlflow/start.sh"]

FROM ${PYTHON_IMAGE} AS superset
RUN groupadd --gid 10001 assay && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp assay
COPY deploy/superset/requirements.txt /opt/superset/
RUN pip install --no-cache-dir --requirement /opt/superset/requirements.txt
RUN apt-get update \
  && apt-get install --yes --no-install-recommends 'tini=0.19.*' \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/superset /opt/superset
USER 10001:10001
ENV HOME=/tmp SUPERSET_HOME=/tmp/superset SUPERSET_CONFIG_PATH=/opt/superset/superset_config.py
EXPOSE 8088
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/superset/start.sh"]

# Node itself, without the package managers that its image adds.
FROM ${DEBIAN_IMAGE} AS runtime
COPY --from=build /usr/local/bin/node /usr/local/bin/node
# An init that passes signals on and reaps what workers leave.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends 'tini=0.19.*' \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 assay \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data assay \
  && install --directory --owner 10001 --group 10001 /data
# The last: what Amazon's client says of Node 20 at each start is for us to heed, not for whoever reads the log.
ENV NODE_ENV=production ASSAY_DATA=/data PATH=/app/bin:$PATH AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /data
VOLUME /data

FROM runtime AS airflow
# Airflow's tasks call the command line of `assay`, so both are in one image.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends 'python3-venv=3.11.*' \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/airflow/requirements.txt /opt/airflow/
RUN python3 -m venv /opt/airflow/venv \
  && /opt/airflow/venv/bin/pip install --no-cache-dir --requirement /opt/airflow/requirements.txt
COPY deploy/airflow /opt/airflow
# Ours last: a change of it installs nothing anew. What the DAGs are made of is asked once, not at each task.
COPY --from=build /app /app
RUN assay manifest --json >/opt/airflow/manifest.json
ENV PATH=/opt/airflow/venv/bin:$PATH AIRFLOW_HOME=/tmp/airflow HOME=/tmp AIRFLOW_ASSAY_MANIFEST=/opt/airflow/manifest.json
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/airflow/start.sh"]

FROM runtime AS assay
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8501 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "/app/bin/healthy.mjs", "http://127.0.0.1:8501/api/v1/health"]
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/app/dist/src/cli/main.js"]
CMD ["up"]
