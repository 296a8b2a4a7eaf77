# Samsvar with Airflow from the lock file: every package checked by its hash, compiled, run as an ordinary user.
# Another Python: docker build --build-arg PYTHON=3.13 .
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS locked
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements.txt /tmp/requirements.txt
# Files that are no Python of this version (templates, test data) do not compile; nobody imports them.
RUN pip install --no-compile --require-hashes -r /tmp/requirements.txt \
    && (python -m compileall -q -j0 "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || true) \
    && rm /tmp/requirements.txt

# Only here are the build tools, also from the lock.
FROM locked AS wheel
COPY requirements-dev.txt /tmp/requirements-dev.txt
RUN pip install --no-compile --require-hashes -r /tmp/requirements-dev.txt
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY include include
COPY plugins/samsvar plugins/samsvar
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .

# The SFTP drop of the profile `dev`: OpenSSH, one user, keys only, sftp only, its host key kept in a volume. The server
# needs root to become that user and to lock it into its folder; compose leaves it those three rights only.
FROM debian:12-slim AS drop
RUN apt-get update && apt-get install -y --no-install-recommends openssh-server \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* \
    && useradd --uid 50001 --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' drop \
    && install -d /run/sshd /drop /keys && install -d -o drop /drop/files
COPY --chmod=0555 <<'SCRIPT' /usr/local/bin/drop
#!/bin/sh
set -eu
: "${DROP_PUBLIC_KEY:?is missing: set SAMSVAR_DROP_PUBLIC_KEY in .env to the key that may log in}"
umask 077
[ -f /keys/host ] || ssh-keygen -q -t ed25519 -N '' -C drop -f /keys/host
install -m 0644 /dev/null /run/sshd/authorized
printf '%s\n' "$DROP_PUBLIC_KEY" >/run/sshd/authorized
echo "The drop's host key, for \"host_key\" in the connection ecoc_sftp: $(cut -d' ' -f1,2 /keys/host.pub)"
exec /usr/sbin/sshd -D -e -f /dev/null -p 2222 -h /keys/host -o PidFile=none -o UsePAM=no -o PermitRootLogin=no \
    -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no -o AuthorizedKeysFile=/run/sshd/authorized \
    -o DisableForwarding=yes -o PermitTTY=no -o AllowUsers=drop -o ChrootDirectory=/drop \
    -o "Subsystem=sftp internal-sftp" -o "ForceCommand=internal-sftp -d /files"
SCRIPT
EXPOSE 2222
VOLUME ["/drop/files", "/keys"]
CMD ["drop"]

FROM locked AS samsvar
RUN apt-get update && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --create-home --home-dir /opt/airflow airflow \
    && install -d -o airflow /opt/airflow/logs /opt/samsvar /opt/samsvar/store /opt/samsvar/sandbox
COPY --from=wheel /wheel /tmp/wheel
RUN pip install --no-deps --no-index /tmp/wheel/*.whl && rm -rf /tmp/wheel
WORKDIR /opt/samsvar
COPY dags dags
COPY plugins plugins
COPY include include
RUN python -m compileall -q -j0 /opt/samsvar \
    && install -d -o airflow /opt/airflow/config \
    && printf 'from samsvar.preload import preload\n\npreload()\n' >/opt/airflow/config/airflow_local_settings.py
# The wheel registers the provider; the code that runs is the one in /opt/samsvar, so that compose can mount newer files.
ENV AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/samsvar/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/samsvar/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__LOGGING__SECRET_MASK_ADAPTER=samsvar.hooks.masked_forms.forms \
    PYTHONPATH=/opt/samsvar:/opt/samsvar/plugins \
    PYTHONUNBUFFERED=1 \
    SAMSVAR_STORE=file:///opt/samsvar/store
USER airflow
EXPOSE 8080
ENTRYPOINT ["airflow"]
CMD ["version"]
